//! What the engine costs by itself: a code that misses, over a store that answers from memory and
//! keeps nothing. Not a store for anything else.

use std::hint::black_box;
use std::time::Duration;

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use countersign::authenticator::AuthenticatorRecord;
use countersign::clock::Clock as _;
use countersign::error::{Error, StoreFailure};
use countersign::port::store::{
    Admission, Admit, Change, Changed, Found, Open, Read, Settle, Settled, Store,
};
use countersign::user::UserRecord;
use countersign::vault::Sealed;
use countersign::{Client, Countersign, Proof, Verdict};
use hkdf::Hkdf;
use sha2::Sha256;

use crate::enrolled::Enrolled;
use crate::interleave::{Contender, rounds};
use crate::report::{Measure, Report, Row};
use crate::{Failure, ambient};

/// A store of one user with one authenticator, that forgets every attempt.
struct Canned {
    user: UserRecord,
    authenticator: AuthenticatorRecord,
}

impl Canned {
    fn user(&self) -> UserRecord {
        let user = &self.user;
        UserRecord {
            key: user.key,
            id: user.id.clone(),
            realm: user.realm.clone(),
            handle: user.handle,
            name: user.name.clone(),
            name_hash: user.name_hash,
            admin: user.admin,
            enabled: user.enabled,
            password: None,
            password_version: user.password_version,
            created_at: user.created_at,
            sessions_valid_from: user.sessions_valid_from,
        }
    }

    fn authenticator(&self) -> Result<AuthenticatorRecord, Error> {
        let row = &self.authenticator;
        let sealed = row.secret.as_bytes().to_vec();
        Ok(AuthenticatorRecord {
            label: row.label.clone(),
            secret: Sealed::from_row("authenticator", "secret", sealed)?,
            ..*row
        })
    }
}

impl Store for Canned {
    async fn admit(&self, _: Admit) -> Result<Admission, Error> {
        Ok(Admission::Open(Box::new(Open {
            imported_codes: Vec::new(),
            user: Some(self.user()),
            authenticators: vec![self.authenticator()?],
            passkey: None,
            backup_code: None,
            backup_set: None,
            known: false,
            demanding: 1,
        })))
    }

    async fn settle(&self, settle: Settle) -> Result<Settled, Error> {
        black_box(settle);
        Ok(Settled::Refused)
    }

    async fn change(&self, _: Change) -> Result<Changed, Error> {
        Err(StoreFailure::Closed.into())
    }

    async fn read(&self, _: Read) -> Result<Found, Error> {
        Err(StoreFailure::Closed.into())
    }
}

impl Canned {
    async fn of(world: &Enrolled) -> Result<Self, Failure> {
        let now = world.clock.now();
        let key = world.user.key(&world.mfa.realm().id);
        let Found::User(Some(user)) = world.store.read(Read::User(key)).await? else {
            return Err("no user".into());
        };
        let read = Read::Authenticators { user: key, now };
        let Found::Authenticators(rows) = world.store.read(read).await? else {
            return Err("no authenticators".into());
        };
        let authenticator = rows.into_iter().next().ok_or("no authenticator")?;
        Ok(Self {
            user: *user,
            authenticator,
        })
    }
}

/// Takes the figure.
pub fn measure(report: &mut Report) -> Result<(), Failure> {
    let world = Enrolled::new()?;
    let canned = world.runtime.block_on(Canned::of(&world))?;
    let mfa = Countersign::builder(canned, &world.keyring)
        .clock(std::sync::Arc::clone(&world.clock))
        .randomness(ambient::OsRandom)
        .spawn(ambient::Runtime)
        .build()?;
    let wrong = world.wrong_code();
    let context = Client::default();
    let verdict = || {
        let verdict = mfa.verify(&world.user, Proof::code(wrong.as_str()), &context);
        world.runtime.block_on(verdict)
    };
    if !matches!(verdict(), Ok(Verdict::Refused(_))) {
        return Err("a code that was to be wrong is right".into());
    }
    let data_key = Hkdf::<Sha256>::from_prk(&[7; 32]).map_err(|_| "no key")?;
    let envelope = cipher(&data_key)?
        .encrypt(&NONCE.into(), payload(&[9; 20]))
        .map_err(|_| "no envelope")?;
    let [ours, bare] = rounds(
        [
            Contender::new(|| {
                black_box(verdict().is_ok());
            }),
            Contender::new(|| {
                let cipher = cipher(black_box(&data_key)).ok();
                let opened = cipher.and_then(|cipher| {
                    let nonce: Nonce<_> = NONCE.into();
                    cipher.decrypt(&nonce, payload(&envelope)).ok()
                });
                black_box(opened);
            }),
        ],
        11,
        Duration::from_millis(100),
    );
    report.row(
        Row::new(
            "a code that misses, engine without a store",
            Measure::Seconds(ours.median()),
        )
        .beside(
            "one secret's key derived and opened, alone",
            Measure::Seconds(bare.median()),
        )
        .ratio(ours.faster_than(&bare)),
    );
    Ok(())
}

const NONCE: [u8; 12] = [3; 12];

/// As long as what the vault binds.
const CONTEXT: [u8; 80] = [5; 80];

fn payload(msg: &[u8]) -> Payload<'_, '_> {
    Payload { msg, aad: &CONTEXT }
}

fn cipher(data_key: &Hkdf<Sha256>) -> Result<Aes256Gcm, Failure> {
    let mut key = [0; 32];
    data_key
        .expand(&CONTEXT, &mut key)
        .map_err(|_| "no row key")?;
    Ok(Aes256Gcm::new_from_slice(&key)?)
}
