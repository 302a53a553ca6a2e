//! Records made by hand: seals that open nowhere, MACs that hold nowhere.

use std::time::Duration;

use countersign::assurance::{Amr, Assurance, Level};
use countersign::audit::{Actor, AuditRow, Event, Outcome, Reason};
use countersign::authenticator::{
    AuthenticatorRecord, CredentialHash, Kind, PasskeyRecord, Status,
};
use countersign::clock::Timestamp;
use countersign::id::{AuthenticatorId, BackupCodeId, EventId, SessionId};
use countersign::port::store::{BackupCodes, UsedChallenge};
use countersign::realm::RealmId;
use countersign::session::{KnownBrowser, PendingRecord, SessionRecord, TokenHash};
use countersign::throttle::{Limits, Odds, Window};
use countersign::user::{NameHash, Subject, UserId, UserKey, UserRecord};
use countersign::vault::{RowMac, Sealed};
use countersign_otp::{Algorithm, Digits, Period};

use crate::TestRandom;

/// A user as the tests know them.
#[derive(Clone, Debug)]
pub struct Person {
    /// The opaque id.
    pub id: UserId,
    /// The key of their rows.
    pub key: UserKey,
    /// The reservation of their name.
    pub name: NameHash,
    /// What their passwords are counted under.
    pub subject: Subject,
}

impl Person {
    /// Somebody of this name in the default realm.
    pub fn named(name: &str) -> Self {
        let id = UserId::parse(name).unwrap();
        let key = id.key(&RealmId::default());
        let other = |salt: u8| {
            let mut bytes = key.0;
            for byte in &mut bytes {
                *byte ^= salt;
            }
            bytes
        };
        Self {
            key,
            name: NameHash(other(0x55)),
            subject: Subject(other(0xaa)),
            id,
        }
    }

    /// Their row: enabled, with a password at version 1.
    pub fn record(&self, random: &TestRandom, now: Timestamp) -> UserRecord {
        UserRecord {
            key: self.key,
            id: self.id.clone(),
            realm: RealmId::default(),
            handle: random.bytes(),
            name: self.id.as_str().to_owned(),
            name_hash: self.name,
            admin: false,
            enabled: true,
            password: Some(sealed(random)),
            password_version: 1,
            created_at: now,
            sessions_valid_from: now,
        }
    }

    /// A session of theirs that begins now.
    pub fn session(&self, random: &TestRandom, now: Timestamp, level: Level) -> SessionRecord {
        SessionRecord {
            hash: TokenHash(random.bytes()),
            id: SessionId::generate(now, random).unwrap(),
            user: self.key,
            audience: "http://localhost:8080".to_owned(),
            parent: None,
            assurance: Assurance {
                level,
                amr: Amr::PWD,
                auth_time: now,
            },
            created_at: now,
            last_seen_at: now,
            idle_expires_at: now.plus(Duration::from_hours(1)),
            expires_at: now.plus(Duration::from_hours(24)),
            address: Some("192.0.2.1".to_owned()),
            agent: None,
        }
    }

    /// A pending login of theirs that begins now, at version 1 of the password.
    pub fn pending(&self, random: &TestRandom, now: Timestamp) -> PendingRecord {
        PendingRecord {
            hash: TokenHash(random.bytes()),
            user: self.key,
            audience: "http://localhost:8080".to_owned(),
            password_version: 1,
            created_at: now,
            expires_at: now.plus(Duration::from_mins(10)),
        }
    }

    /// A pending TOTP authenticator of theirs.
    pub fn authenticator(&self, random: &TestRandom, now: Timestamp) -> AuthenticatorRecord {
        AuthenticatorRecord {
            id: AuthenticatorId::generate(now, random).unwrap(),
            user: self.key,
            kind: Kind::Totp,
            status: Status::Pending,
            label: "Phone".to_owned(),
            algorithm: Algorithm::Sha1,
            digits: Digits::SIX,
            period: Period::DEFAULT,
            secret: sealed(random),
            next: 0,
            drift: 0,
            mac: mac(random),
            created_at: now,
            confirmed_at: None,
            last_used_at: None,
            expires_at: Some(now.plus(Duration::from_mins(10))),
        }
    }

    /// An active passkey of theirs, whose counter stands at this.
    pub fn passkey(&self, random: &TestRandom, now: Timestamp, sign_count: u32) -> PasskeyRecord {
        PasskeyRecord {
            id: AuthenticatorId::generate(now, random).unwrap(),
            user: self.key,
            status: Status::Active,
            label: "Laptop".to_owned(),
            credential_id: random.bytes::<32>().to_vec(),
            public_key: random.bytes::<77>().to_vec(),
            aaguid: random.bytes(),
            transports: "hybrid,internal".to_owned(),
            sign_count,
            uv_initialized: false,
            backup_eligible: true,
            backup_state: false,
            mac: mac(random),
            created_at: now,
            last_used_at: None,
        }
    }

    /// An audit row of theirs.
    pub fn row(
        &self,
        random: &TestRandom,
        now: Timestamp,
        event: Event,
        outcome: Outcome,
        reason: Option<Reason>,
    ) -> AuditRow {
        AuditRow {
            id: EventId::generate(now, random).unwrap(),
            at: now,
            realm: RealmId::default(),
            user: Some(self.key),
            user_id: Some(self.id.clone()),
            actor: Actor::User,
            event,
            outcome,
            reason,
            authenticator: None,
            address: Some("192.0.2.1".to_owned()),
            agent: None,
            request_id: None,
            repeats: 0,
            mac: mac(random),
        }
    }
}

/// An envelope in its outer form, under key 1, around nothing.
pub fn sealed<T>(random: &TestRandom) -> Sealed<T> {
    let mut bytes = vec![1, 0, 0, 0, 1];
    bytes.extend_from_slice(&random.bytes::<48>());
    Sealed::from_row("test", "sealed", bytes).unwrap()
}

/// A challenge made now, good for five minutes.
pub(crate) fn challenge(random: &TestRandom, now: Timestamp) -> UsedChallenge {
    UsedChallenge {
        hash: TokenHash(random.bytes()),
        expires_at: now.plus(Duration::from_mins(5)),
    }
}

pub(crate) fn credential(random: &TestRandom) -> CredentialHash {
    CredentialHash(random.bytes())
}

pub(crate) fn mac(random: &TestRandom) -> RowMac {
    RowMac::from_row(1, random.bytes())
}

pub(crate) fn browser(random: &TestRandom, now: Timestamp) -> KnownBrowser {
    KnownBrowser {
        hash: TokenHash(random.bytes()),
        expires_at: now.plus(Duration::from_hours(24 * 400)),
    }
}

/// So many codes, with selectors from zero.
pub(crate) fn codes(random: &TestRandom, now: Timestamp, version: i64, many: u8) -> BackupCodes {
    let code = |selector| {
        let id = BackupCodeId::generate(now, random).unwrap();
        (id, selector, sealed(random))
    };
    BackupCodes {
        version,
        codes: (0..many).map(code).collect(),
    }
}

/// Limits that limit nothing.
pub fn generous() -> Limits {
    let window = Window {
        attempts: u32::MAX,
        span: Duration::from_mins(5),
    };
    Limits {
        code: window,
        backup_code: window,
        password: window,
        consecutive: u32::MAX,
        unknown_budget: Odds(u64::MAX >> 1),
        known_budget: Odds(u64::MAX >> 1),
        password_grace: u32::MAX,
    }
}
