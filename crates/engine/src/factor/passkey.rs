//! Passkeys: challenges that vouch for themselves, and what an assertion is judged by.
//! The ceremonies themselves are `countersign-webauthn`'s.

use std::time::Duration;

use countersign_webauthn::client_data::ClientData;
use countersign_webauthn::{
    Authenticated, Authentication, AuthenticationResponse, AuthenticationState, Challenge,
    CredentialDescriptor, CredentialId, StoredCredential, UserHandle,
};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::authenticator::{CredentialHash, PasskeyRecord, Status};
use crate::clock::{Timestamp, random};
use crate::engine::Engine;
use crate::error::{Error, Inconsistent};
use crate::factor::passkey_row;
use crate::id::AuthenticatorId;
use crate::port::store::{Consumption, UsedChallenge};
use crate::realm::RealmId;
use crate::session::TokenHash;
use crate::user::{UserKey, UserRecord};
use crate::vault::length_prefixed;

/// What a challenge is for. One made for one purpose answers no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To enroll a passkey in this session.
    Enroll(TokenHash),
    /// To take the second step of this pending login.
    SecondStep(TokenHash),
    /// To step this session up.
    StepUp(TokenHash),
    /// To sign in, by whoever answers.
    SignIn,
    /// To be enrolled under this id, which an application began.
    HostEnroll(AuthenticatorId),
    /// To verify this user for an application.
    HostVerify(UserKey),
}

impl Purpose {
    fn parts(&self) -> (&'static [u8], &[u8]) {
        match self {
            Self::Enroll(session) => (b"enroll", &session.0),
            Self::SecondStep(pending) => (b"second step", &pending.0),
            Self::StepUp(session) => (b"step-up", &session.0),
            Self::SignIn => (b"sign-in", &[]),
            Self::HostEnroll(id) => (b"host enroll", id.as_bytes()),
            Self::HostVerify(user) => (b"host verify", &user.0),
        }
    }
}

/// A challenge that needs no row until it is used: 6 bytes of time, 10 random ones, and a MAC over
/// them, the realm and the purpose with the token it is bound to. Its use is what is written.
pub(crate) fn challenge(
    engine: &Engine,
    purpose: Purpose,
    now: Timestamp,
) -> Result<Challenge, Error> {
    let mut bytes = [0; 32];
    let (front, mac) = bytes.split_at_mut(16);
    let (time, fresh) = front.split_at_mut(6);
    time.iter_mut()
        .zip(now.as_millis().to_be_bytes().iter().skip(2))
        .for_each(|(to, from)| *to = *from);
    fresh.copy_from_slice(&random::<10>(&*engine.random)?);
    mac.copy_from_slice(&tag(engine, purpose, front));
    Ok(Challenge::from(bytes))
}

/// How far the clocks of two nodes may be apart.
const CLOCKS_APART: Duration = Duration::from_secs(5);

/// The challenge that a response answers, if it is one of ours for this purpose and still good.
pub(crate) fn recognize(
    engine: &Engine,
    client_data: &[u8],
    purpose: Purpose,
    now: Timestamp,
) -> Option<(Challenge, UsedChallenge)> {
    let client_data = ClientData::parse(client_data).ok()?;
    let text = client_data.challenge().filter(|text| text.len() == 43)?;
    let bytes: [u8; 32] = data_encoding::BASE64URL_NOPAD
        .decode(text.as_bytes())
        .ok()?
        .try_into()
        .ok()?;
    let (front, mac) = bytes.split_at(16);
    let mut millis = [0; 8];
    millis
        .iter_mut()
        .skip(2)
        .zip(front)
        .for_each(|(to, from)| *to = *from);
    // One that was made later than now, before the clock stepped back, is none: it would outlive its
    // time, and the memory of its use.
    let made = Timestamp::from_millis(i64::from_be_bytes(millis));
    if made.since(now) > CLOCKS_APART {
        return None;
    }
    let genuine: bool = tag(engine, purpose, front).ct_eq(mac).into();
    let expires_at = made.plus(engine.policy.challenge);
    let hash = TokenHash(Sha256::digest(bytes).into());
    (genuine && now < expires_at)
        .then(|| (Challenge::from(bytes), UsedChallenge { hash, expires_at }))
}

/// The hash of the challenge that a response says it answers, whoever made it.
pub(crate) fn answered(client_data: &[u8]) -> Option<TokenHash> {
    let client_data = ClientData::parse(client_data).ok()?;
    let text = client_data.challenge().filter(|text| text.len() == 43)?;
    let bytes = data_encoding::BASE64URL_NOPAD
        .decode(text.as_bytes())
        .ok()?;
    Some(TokenHash(Sha256::digest(bytes).into()))
}

/// What a challenge is remembered by once it is used.
pub(crate) fn challenge_hash(challenge: &Challenge) -> TokenHash {
    TokenHash(Sha256::digest(challenge.as_bytes()).into())
}

fn tag(engine: &Engine, purpose: Purpose, front: &[u8]) -> [u8; 16] {
    let (name, token) = purpose.parts();
    let mac = engine.vault.mac(
        b"challenge",
        &[engine.realm.id.as_str().as_bytes(), name, token, front],
    );
    let mut tag = [0; 16];
    tag.iter_mut()
        .zip(mac.tag())
        .for_each(|(to, from)| *to = *from);
    tag
}

/// What reserves and finds a credential id in its realm.
pub(crate) fn hash(realm: &RealmId, credential: &[u8]) -> CredentialHash {
    let mut hash = Sha256::new();
    length_prefixed(
        &[b"credential", realm.as_str().as_bytes(), credential],
        |part| hash.update(part),
    );
    CredentialHash(hash.finalize().into())
}

/// What the browser is told of a user's passkeys.
pub(crate) fn descriptors(rows: &[PasskeyRecord]) -> Result<Vec<CredentialDescriptor>, Error> {
    let active = rows.iter().filter(|row| row.status == Status::Active);
    active
        .map(|row| {
            let transports = row.transports.split(',').filter(|word| !word.is_empty());
            Ok(CredentialDescriptor::new(
                credential_id(row)?,
                transports.map(str::to_owned).collect(),
            ))
        })
        .collect()
}

/// The user's WebAuthn handle.
pub(crate) fn handle(user: &UserRecord) -> Result<UserHandle, Error> {
    UserHandle::from_bytes(&user.handle).map_err(|_| {
        Inconsistent {
            table: "user",
            column: "handle",
        }
        .into()
    })
}

fn credential_id(row: &PasskeyRecord) -> Result<CredentialId, Error> {
    CredentialId::from_bytes(&row.credential_id).map_err(|_| {
        Inconsistent {
            table: "passkey",
            column: "credential_id",
        }
        .into()
    })
}

/// An assertion that holds, and what accepting it consumes.
pub(crate) struct Asserted {
    pub(crate) consumptions: Vec<Consumption>,
    pub(crate) verified: bool,
    pub(crate) regressed: bool,
}

/// Judges an assertion by the row that was admitted for it: the row's MAC first, then the ceremony.
/// `known_user` tells whether a first step named the user; without one the key must verify them.
pub(crate) fn evaluate(
    engine: &Engine,
    (user, row): (&UserRecord, &PasskeyRecord),
    response: &AuthenticationResponse,
    (challenge, spent): (&Challenge, UsedChallenge),
    known_user: bool,
) -> Result<Option<Asserted>, Error> {
    passkey_row::check(engine, row)?;
    let (id, handle) = (credential_id(row)?, handle(user)?);
    let state = if known_user {
        let allowed = vec![CredentialDescriptor::new(id.clone(), Vec::new())];
        Authentication::of_user(handle.clone(), allowed)
            .begin(&engine.rp, challenge)
            .1
    } else {
        AuthenticationState::discoverable(challenge)
    };
    let stored = StoredCredential {
        id: &id,
        user: &handle,
        public_key: &row.public_key,
        sign_count: row.sign_count,
        uv_initialized: row.uv_initialized,
        backup_eligible: row.backup_eligible,
    };
    let passed = state.finish(&engine.rp, response, &stored).ok();
    // Alone it has to be two factors: verification that it showed for the first time is none yet
    // (WebAuthn L3 §4, uvInitialized), or whoever sets a PIN on a found key would be its owner.
    let passed = passed.filter(|passed| known_user || passed.user_verification_counts);
    Ok(passed.map(|passed| {
        let accept_regression = engine.policy.accept_sign_count_regression;
        asserted(row, &passed, spent, known_user, accept_regression)
    }))
}

fn asserted(
    row: &PasskeyRecord,
    passed: &Authenticated,
    used: UsedChallenge,
    known_user: bool,
    accept_regression: bool,
) -> Asserted {
    let assertion = Consumption::Assertion {
        authenticator: row.id,
        judged_at: (!accept_regression).then_some(row.sign_count),
        sign_count: passed.new_sign_count,
        backup_state: passed.backup_state,
        // Verification may begin to count only where another factor stood beside it.
        uv_initialized: row.uv_initialized || (known_user && passed.may_initialize_uv),
    };
    Asserted {
        consumptions: vec![Consumption::Challenge(used), assertion],
        verified: passed.user_verification_counts,
        regressed: passed.sign_count_regressed,
    }
}
