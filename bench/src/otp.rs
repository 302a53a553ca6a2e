//! A TOTP verification that misses: three candidates, none of them right, on one core.

use std::hint::black_box;
use std::time::Duration;

use countersign_otp::{Algorithm, Code, Digits, Period, Reach, Secret, Totp, Window};
use countersign_testkit::TestRandom;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

use crate::Failure;
use crate::interleave::{Contender, Times, rounds};
use crate::report::{Measure, Report, Row};

const NOW: u64 = 1_767_225_600;
const STEP: u64 = NOW / 30;
const USERS: usize = 256;
const ROUNDS: usize = 15;
const SPAN: Duration = Duration::from_millis(80);

/// One user's secret, in every form in which a contender takes it, and a code that is wrong.
struct User {
    secret: [u8; 20],
    totp: Totp,
    keyed: Hmac<Sha1>,
    wrong: String,
}

impl User {
    fn new(random: &TestRandom) -> Result<Self, Failure> {
        let secret: [u8; 20] = random.bytes();
        let totp = prepared(&secret)?;
        let near: Vec<String> = (STEP - 1..=STEP + 1)
            .map(|step| totp.code_at_step(step).text().to_string())
            .collect();
        let mut wrong = (0..4).map(|number| format!("{number:06}"));
        Ok(Self {
            secret,
            totp,
            keyed: Hmac::new_from_slice(&secret)?,
            wrong: wrong.find(|code| !near.contains(code)).unwrap_or_default(),
        })
    }
}

fn prepared(secret: &[u8]) -> Result<Totp, Failure> {
    let secret = Secret::from_bytes(secret)?;
    Ok(Totp::new(
        &secret,
        Algorithm::Sha1,
        Digits::SIX,
        Period::DEFAULT,
    ))
}

fn ours(totp: &Totp, code: &str) -> Option<u64> {
    let code = Code::parse(code).ok()?;
    let window = Window::around(totp.step_at(NOW), Reach::ONE, Reach::ONE);
    totp.matches(&code, window)
}

fn theirs(secret: [u8; 20], code: &str) -> Option<u64> {
    let totp = totp_rs::Builder::new()
        .with_secret(totp_rs::Secret::new_stack(secret))
        .build();
    totp.ok()?.check(code, NOW)
}

/// The bare MACs of three candidates, their key hashed in before.
fn macs(keyed: &Hmac<Sha1>) {
    for step in STEP - 1..=STEP + 1 {
        let mut mac = keyed.clone();
        mac.update(&step.to_be_bytes());
        black_box(mac.finalize().into_bytes());
    }
}

/// So many compressions, each waiting for the one before.
fn compressions(many: usize) {
    let (mut state, block) = (black_box([1_u32; 5]), [[0x5a_u8; 64]]);
    for _ in 0..many {
        sha1::block_api::compress(&mut state, black_box(&block));
    }
    black_box(state);
}

/// Takes the figures.
pub fn measure(report: &mut Report) -> Result<(), Failure> {
    let random = TestRandom::default();
    let users: Vec<User> = (0..USERS)
        .map(|_| User::new(&random))
        .collect::<Result<_, _>>()?;
    for user in &users {
        if ours(&user.totp, &user.wrong).is_some() || theirs(user.secret, &user.wrong).is_some() {
            return Err("a code that was to be wrong is right".into());
        }
    }
    // Each contender goes through the users by itself.
    let each = |run: fn(&User)| {
        let mut users = users.iter().cycle();
        Contender::new(move || users.next().into_iter().for_each(run))
    };
    let [raw, ready, peer, macs, six, eight] = rounds(
        [
            each(|user| {
                let totp = prepared(black_box(&user.secret)).ok();
                black_box(totp.and_then(|totp| ours(&totp, black_box(&user.wrong))));
            }),
            each(|user| {
                black_box(ours(black_box(&user.totp), black_box(&user.wrong)));
            }),
            each(|user| {
                black_box(theirs(black_box(user.secret), black_box(&user.wrong)));
            }),
            each(|user| macs(black_box(&user.keyed))),
            Contender::new(|| compressions(6)),
            Contender::new(|| compressions(8)),
        ],
        ROUNDS,
        SPAN,
    );
    let row = |what: &str, own: &Times, name: &str, other: &Times| {
        Row::new(what, Measure::PerSecond(own.rate()))
            .beside(name, Measure::PerSecond(other.rate()))
            .ratio(own.faster_than(other))
    };
    let from_raw = "TOTP that misses, from a raw secret";
    let from_ready = "TOTP that misses, with a prepared key";
    report.row(row(from_raw, &raw, "totp-rs 6, from a raw secret", &peer).at_least(1.1));
    report.row(row(
        from_raw,
        &raw,
        "its 8 SHA-1 compressions alone",
        &eight,
    ));
    report.row(row(from_ready, &ready, "totp-rs 6, from a raw secret", &peer).at_least(1.5));
    report.row(row(
        from_ready,
        &ready,
        "hmac crate, 3 MACs of a keyed state",
        &macs,
    ));
    report.row(row(
        from_ready,
        &ready,
        "its 6 SHA-1 compressions alone",
        &six,
    ));
    Ok(())
}
