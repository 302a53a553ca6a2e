//! Which authenticators become passkeys, as their makers vouch for them.

use std::collections::BTreeSet;
use std::time::Duration;

use countersign::audit::{Event, Outcome, Reason};
use countersign::clock::Timestamp;
use countersign::port::store::EventFilter;
use countersign::webauthn::{Aaguid, RegistrationResponse, TrustAnchors};
use countersign::{AttestationPolicy, Countersign, Session, TrustedModels};
use countersign_testkit::{Maker, SoftKey, base64url};
use serde_json::{Value, json};

use crate::support::{World, accepted, client, told};

const ORIGIN: &str = "http://localhost:8080";
/// Rows of one moment are in no order.
const SECOND: Duration = Duration::from_secs(1);
const MODEL: Aaguid = Aaguid::from_bytes([7; 16]);
const OTHER: Aaguid = Aaguid::from_bytes([8; 16]);

fn key(id: u8) -> SoftKey {
    SoftKey::new(ORIGIN, [id; 16], *MODEL.as_bytes())
}

/// Whatever this maker vouches for.
fn trusting(maker: &Maker) -> TrustedModels {
    let mut anchors = TrustAnchors::new();
    anchors.add(maker.root()).unwrap();
    TrustedModels {
        anchors,
        ..TrustedModels::default()
    }
}

async fn options(mfa: &Countersign, session: &Session) -> Value {
    let options = mfa.enroll_passkey_options(session).await.unwrap();
    serde_json::to_value(accepted(options)).unwrap()
}

/// What the engine says to an answer.
async fn answered(mfa: &Countersign, session: &Session, answer: &Value) -> String {
    let response = RegistrationResponse::parse(answer.to_string().as_bytes()).unwrap();
    let verdict = mfa.enroll_passkey(session, response, None, client()).await;
    told(&verdict.unwrap())
}

async fn enroll(
    mfa: &Countersign,
    session: &Session,
    key: &SoftKey,
    maker: Option<&Maker>,
) -> String {
    let options = options(mfa, session).await;
    let answer = key.register(options["challenge"].as_str().unwrap(), maker);
    answered(mfa, session, &answer).await
}

/// How the newest enrollment ended, by the audit trail.
async fn recorded(mfa: &Countersign) -> (Outcome, Option<Reason>) {
    let filter = EventFilter {
        after: None,
        user: None,
        newest: true,
        limit: 1,
    };
    let rows = mfa.operator().events(filter).await.unwrap();
    let (row, holds) = rows.first().unwrap();
    assert!(holds);
    assert_eq!(row.event, Event::EnrollmentConfirmed);
    (row.outcome, row.reason)
}

#[tokio::test]
async fn without_a_policy_nothing_is_asked_and_any_is_enrolled() {
    let world = World::new();
    world.add_user("alice").await;
    let session = world.sign_in("alice").await;
    let options = options(&world.mfa, &session).await;
    assert_eq!(options["attestation"], "none");
    let told = enroll(&world.mfa, &session, &key(1), None).await;
    assert_eq!(told, "accepted");
    world.add_user("bob").await;
    let (session, stranger) = (world.sign_in("bob").await, Maker::new());
    let told = enroll(&world.mfa, &session, &key(2), Some(&stranger)).await;
    assert_eq!(told, "accepted");
}

#[tokio::test]
async fn where_it_is_required_an_enrollment_is_refused_unless_somebody_trusted_vouches_for_it() {
    let (world, maker, stranger) = (World::new(), Maker::new(), Maker::new());
    world.add_user("alice").await;
    let session = world.sign_in("alice").await;
    let only = |models: &[Aaguid]| TrustedModels {
        allowed: Some(models.iter().copied().collect()),
        ..trusting(&maker)
    };
    let fallen = TrustedModels {
        fallen: BTreeSet::from([MODEL]),
        ..only(&[MODEL])
    };
    let nobody = TrustedModels::default();
    for (models, voucher, reason) in [
        (trusting(&maker), None, Reason::NoAttestation),
        (only(&[MODEL]), None, Reason::NoAttestation),
        (
            trusting(&maker),
            Some(&stranger),
            Reason::AttestationUntrusted,
        ),
        (nobody, Some(&maker), Reason::AttestationUntrusted),
        (only(&[OTHER]), Some(&maker), Reason::ModelNotAllowed),
        (fallen, Some(&maker), Reason::ModelNotAllowed),
    ] {
        let mfa = world.beside_attested(AttestationPolicy::Required(models));
        assert_eq!(options(&mfa, &session).await["attestation"], "direct");
        world.clock.advance(SECOND);
        let told = enroll(&mfa, &session, &key(1), voucher).await;
        assert_eq!(told, "AuthenticatorNotAllowed", "{reason:?}");
        assert_eq!(recorded(&mfa).await, (Outcome::Failure, Some(reason)));
    }
    let mfa = world.beside_attested(AttestationPolicy::Required(only(&[MODEL])));
    world.clock.advance(SECOND);
    let told = enroll(&mfa, &session, &key(1), Some(&maker)).await;
    assert_eq!(told, "accepted");
    let passkey = (Outcome::Success, Some(Reason::Passkey));
    assert_eq!(recorded(&mfa).await, passkey);
}

/// It signs no AAGUID, so whoever holds any key of the maker's could write in the model that is allowed.
#[tokio::test]
async fn a_security_key_of_old_names_no_model() {
    let (world, maker) = (World::new(), Maker::new());
    world.add_user("alice").await;
    let session = world.sign_in("alice").await;
    let mfa = world.beside_attested(AttestationPolicy::Required(TrustedModels {
        allowed: Some(BTreeSet::from([MODEL])),
        ..trusting(&maker)
    }));
    let challenge = options(&mfa, &session).await["challenge"].clone();
    world.clock.advance(SECOND);
    let answer = key(1).register_by_u2f(challenge.as_str().unwrap(), &maker);
    let told = answered(&mfa, &session, &answer).await;
    assert_eq!(told, "AuthenticatorNotAllowed");
    let untrusted = Some(Reason::AttestationUntrusted);
    assert_eq!(recorded(&mfa).await, (Outcome::Failure, untrusted));

    let mfa = world.beside_attested(AttestationPolicy::Required(trusting(&maker)));
    let nameless = SoftKey::new(ORIGIN, [2; 16], [0; 16]);
    let challenge = options(&mfa, &session).await["challenge"].clone();
    let answer = nameless.register_by_u2f(challenge.as_str().unwrap(), &maker);
    assert_eq!(answered(&mfa, &session, &answer).await, "accepted");
}

#[tokio::test]
async fn a_changed_passkey_is_told_with_its_user_and_the_others_open() {
    let world = World::new();
    for (name, id) in [("alice", 1), ("bob", 2)] {
        world.add_user(name).await;
        let session = world.sign_in(name).await;
        let told = enroll(&world.mfa, &session, &key(id), None).await;
        assert_eq!(told, "accepted");
    }
    let db = rusqlite::Connection::open(world.path()).unwrap();
    let change = "UPDATE passkey SET public_key = x'00' WHERE user_key = \
        (SELECT user_key FROM user WHERE name = 'alice')";
    assert_eq!(db.execute(change, []).unwrap(), 1);
    let check = world.mfa.operator().check_keys().await.unwrap();
    assert_eq!((check.opened, check.failed), (1, vec!["alice".to_owned()]));
}

#[tokio::test]
async fn an_attestation_of_something_else_does_not_hold() {
    let (world, maker) = (World::new(), Maker::new());
    world.add_user("alice").await;
    let session = world.sign_in("alice").await;
    let mfa = world.beside_attested(AttestationPolicy::Required(trusting(&maker)));
    let challenge = options(&mfa, &session).await["challenge"].clone();
    world.clock.advance(SECOND);
    let mut answer = key(1).register(challenge.as_str().unwrap(), Some(&maker));
    let other = json!({ "type": "webauthn.create", "challenge": challenge, "origin": ORIGIN });
    answer["response"]["clientDataJSON"] = base64url(other.to_string().as_bytes()).into();
    assert_eq!(answered(&mfa, &session, &answer).await, "InvalidPasskey");
    let wrong = (Outcome::Failure, Some(Reason::WrongPasskey));
    assert_eq!(recorded(&mfa).await, wrong);
}

#[tokio::test]
async fn a_certificate_is_good_by_the_engines_clock() {
    let (world, maker) = (World::new(), Maker::new());
    // The maker's certificates end with 2043.
    world.clock.set(Timestamp::from_seconds(2_366_841_600));
    world.add_user("alice").await;
    let session = world.sign_in("alice").await;
    let mfa = world.beside_attested(AttestationPolicy::Required(trusting(&maker)));
    world.clock.advance(SECOND);
    let told = enroll(&mfa, &session, &key(1), Some(&maker)).await;
    assert_eq!(told, "AuthenticatorNotAllowed");
    let late = (Outcome::Failure, Some(Reason::AttestationUntrusted));
    assert_eq!(recorded(&mfa).await, late);
}
