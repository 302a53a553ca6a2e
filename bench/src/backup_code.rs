//! A wrong backup code through the whole engine and its store: one Argon2id, whatever is wrong.

use std::hint::black_box;
use std::time::Duration;

use argon2::{Algorithm, Argon2, Params, Version};
use countersign::{Client, Proof};

use crate::Failure;
use crate::enrolled::Enrolled;
use crate::interleave::{Contender, rounds};
use crate::report::{Measure, Report, Row};

const ROUNDS: usize = 9;
/// The cost that the peers hash their backup codes with.
const BCRYPT_COST: u32 = 12;
/// How many hashes a peer tries a backup code against.
const BCRYPT_CODES: f64 = 10.0;

/// Takes the figures.
pub fn measure(report: &mut Report) -> Result<(), Failure> {
    let world = Enrolled::new()?;
    let argon2 = Argon2::new(
        Algorithm::Argon2id,
        Version::V0x13,
        Params::new(19_456, 2, 1, Some(32))?,
    );
    let bcrypt = bcrypt::hash("7K3M-9QXD-T2WH-4RZC", BCRYPT_COST)?;
    let context = Client::default();
    let mut refused = 0_u64;
    let before = world.mfa.hashes_performed();
    let [ours, bare, theirs] = rounds(
        [
            Contender::once(|| {
                // Out of the window that the one before is counted in.
                world.clock.advance(Duration::from_mins(6));
                let proof = Proof::backup_code(world.wrong_backup_code.as_str());
                let verdict = world.mfa.verify(&world.user, proof, &context);
                let verdict = world.runtime.block_on(verdict);
                refused += u64::from(matches!(verdict, Ok(countersign::Verdict::Refused(_))));
            }),
            Contender::once(|| {
                let mut tag = [0; 32];
                let done = argon2.hash_password_into(b"7K3M9QXDT2WH4RZC", &[7; 16], &mut tag);
                black_box((done.is_ok(), tag));
            }),
            Contender::once(|| {
                black_box(bcrypt::verify("7K3M-9QXD-T2WH-4RZD", &bcrypt).is_ok());
            }),
        ],
        ROUNDS,
        Duration::from_millis(1),
    );
    let hashes = world.mfa.hashes_performed() - before;
    if refused == 0 || refused != hashes {
        return Err(format!("{refused} wrong backup codes took {hashes} hashes").into());
    }
    let what = "wrong backup code, engine and store";
    let took = Measure::Seconds(ours.median());
    report.row(
        Row::new(what, took)
            .beside("one Argon2id alone", Measure::Seconds(bare.median()))
            .ratio(ours.faster_than(&bare))
            .goal("one hash", true),
    );
    report.row(
        Row::new(what, took)
            .beside(
                "ten bcrypt(12) checks",
                Measure::Seconds(BCRYPT_CODES * theirs.median()),
            )
            .ratio(ours.faster_than_times(&theirs, BCRYPT_CODES))
            .at_least(100.0),
    );
    Ok(())
}
