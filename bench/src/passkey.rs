//! An assertion of a passkey (ES256) on one core, from the JSON of the answer to the typed result:
//! ours and a peer's of the very same answer, and its signature alone.

use std::hint::black_box;
use std::time::Duration;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use countersign::webauthn::{
    Authentication, AuthenticationResponse, AuthenticationState, Challenge, CredentialDescriptor,
    CredentialId, RelyingParty, StoredCredential, UserHandle,
};
use countersign_testkit::{Assertion, SoftKey, TestRandom, base64url};
use webauthn_rs::prelude::{PasskeyAuthentication, PublicKeyCredential, Url, Uuid};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use crate::Failure;
use crate::interleave::{Contender, Times, rounds};
use crate::report::{Measure, Report, Row};

const RP_ID: &str = "login.example.com";
const ORIGIN: &str = "https://login.example.com";
const USERS: usize = 32;
/// Many short rounds: most of them are shorter than a scheduler's slice, so that the median is of
/// rounds that nobody cut into.
const ROUNDS: usize = 1501;
const SPAN: Duration = Duration::from_millis(2);

/// Both relying parties.
struct Parties {
    ours: RelyingParty,
    theirs: Webauthn,
}

/// One user's passkey as both keep it, a ceremony that both began, and its answer.
struct User {
    id: CredentialId,
    handle: UserHandle,
    cose: Vec<u8>,
    point: Vec<u8>,
    ours: AuthenticationState,
    theirs: PasskeyAuthentication,
    answer: Assertion,
    forged: Assertion,
}

impl Parties {
    fn new() -> Result<Self, Failure> {
        let origin = Url::parse(ORIGIN)?;
        Ok(Self {
            ours: RelyingParty::new(RP_ID, "MyApp", [ORIGIN])?,
            theirs: WebauthnBuilder::new(RP_ID, &origin)?
                .rp_name("MyApp")
                .build()?,
        })
    }

    /// The peer draws its challenges itself and takes no others, so it begins, and ours follows.
    fn user(&self, random: &TestRandom) -> Result<User, Failure> {
        let key = SoftKey::new(ORIGIN, random.bytes(), random.bytes());
        let name = Uuid::from_bytes(random.bytes());
        let (options, state) =
            self.theirs
                .start_passkey_registration(name, "alice@example.com", "Alice", None)?;
        let answer = key.register(&base64url(&options.public_key.challenge), None);
        let answer = serde_json::from_value(answer)?;
        let passkey = self.theirs.finish_passkey_registration(&answer, &state)?;
        let (options, theirs) = self.theirs.start_passkey_authentication(&[passkey])?;
        let challenge: [u8; 32] = options.public_key.challenge.as_slice().try_into()?;
        let (id, handle) = (
            CredentialId::from_bytes(&key.id)?,
            UserHandle::from_bytes(name.as_bytes())?,
        );
        let descriptor = CredentialDescriptor::new(id.clone(), vec!["internal".to_owned()]);
        let (_, ours) = Authentication::of_user(handle.clone(), vec![descriptor])
            .begin(&self.ours, &Challenge::from(challenge));
        Ok(User {
            cose: key.cose(),
            point: key.point().to_vec(),
            answer: key.assert(&base64url(&challenge), name.as_bytes()),
            forged: SoftKey::new(ORIGIN, key.id, key.model)
                .assert(&base64url(&challenge), name.as_bytes()),
            id,
            handle,
            ours,
            theirs,
        })
    }

    fn ours(&self, user: &User, json: &str) -> bool {
        let stored = StoredCredential {
            id: &user.id,
            user: &user.handle,
            public_key: &user.cose,
            sign_count: 1,
            uv_initialized: true,
            backup_eligible: true,
        };
        AuthenticationResponse::parse(json.as_bytes()).is_ok_and(|response| {
            let passed = user.ours.finish(&self.ours, &response, &stored);
            passed.is_ok_and(|passed| black_box(passed).user_verified)
        })
    }

    fn theirs(&self, user: &User, json: &str) -> bool {
        serde_json::from_str::<PublicKeyCredential>(json).is_ok_and(|response| {
            let passed = self
                .theirs
                .finish_passkey_authentication(&response, &user.theirs);
            passed.is_ok_and(|passed| black_box(passed).user_verified())
        })
    }
}

/// The signature alone, its key read from its point.
fn signature(user: &User, answer: &Assertion) -> bool {
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &user.point)
        .verify(&answer.message, &answer.signature)
        .is_ok()
}

/// An answer that another key signed is refused by all: nobody measures a short cut.
fn check(parties: &Parties, user: &User) -> Result<(), Failure> {
    let all = |answer: &Assertion| {
        [
            parties.ours(user, &answer.json),
            parties.theirs(user, &answer.json),
            signature(user, answer),
        ]
    };
    if all(&user.answer) != [true; 3] {
        return Err("an assertion that was to be right is refused".into());
    }
    if all(&user.forged) != [false; 3] {
        return Err("an assertion that was to be wrong is accepted".into());
    }
    Ok(())
}

/// Takes the figures.
pub fn measure(report: &mut Report) -> Result<(), Failure> {
    let parties = Parties::new()?;
    let random = TestRandom::default();
    let users: Vec<User> = (0..USERS)
        .map(|_| parties.user(&random))
        .collect::<Result<_, _>>()?;
    for user in &users {
        check(&parties, user)?;
    }
    // Each contender goes through the users by itself.
    let each = |run: Box<dyn Fn(&User) -> bool>| {
        let mut users = users.iter().cycle();
        Contender::new(move || {
            black_box(users.next().is_some_and(|user| run(black_box(user))));
        })
    };
    let [ours, bare, peer] = rounds(
        [
            each(Box::new(|user| parties.ours(user, &user.answer.json))),
            each(Box::new(|user| signature(user, &user.answer))),
            each(Box::new(|user| parties.theirs(user, &user.answer.json))),
        ],
        ROUNDS,
        SPAN,
    );
    let row = |name: &str, other: &Times| {
        Row::new(
            "passkey assertion (ES256), from JSON",
            Measure::PerSecond(ours.rate()),
        )
        .beside(name, Measure::PerSecond(other.rate()))
        .ratio(ours.faster_than(other))
    };
    report.row(row("its P-256 signature alone, aws-lc-rs", &bare).at_least(0.9));
    report.row(row("webauthn-rs 0.6, the same answer", &peer));
    Ok(())
}
