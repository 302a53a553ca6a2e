//! An application with users of its own: its word, a user's proof, what it begins.

use std::time::Duration;

use countersign::api_key::{ApiKeyRecord, Scopes};
use countersign::audit::{Event, Outcome};
use countersign::authenticator::Label;
use countersign::id::{ApiKeyId, AuthenticatorId};
use countersign::port::store::{
    Admit, Authority, BackupCodes, Change, Effect, Gate, Judged, Once, Purpose, SettleKind,
    Settled, Store, UsedChallenge, Voucher,
};
use countersign::realm::RealmId;
use countersign::session::TokenHash;

use crate::Person;
use crate::record::{credential, mac};

use super::passkey::RP_ID;
use super::{Enrolled, World, opened, step};

impl<S: Store> World<S> {
    /// An application's word for a user, with this proof, where proofs are asked for.
    pub fn voucher(&self, proof: Option<TokenHash>) -> Authority {
        Authority::Host(Voucher {
            now: self.now(),
            proof,
            demanded: true,
        })
    }

    /// An application's word, where it is enough.
    pub fn word(&self) -> Authority {
        Authority::Host(Voucher {
            now: self.now(),
            proof: None,
            demanded: false,
        })
    }

    /// A proof that is granted now, for five minutes.
    pub fn granting(&self) -> (TokenHash, Effect) {
        let proof = self.token();
        let effect = Effect::Grant {
            proof,
            expires_at: self.now().plus(Duration::from_mins(5)),
            known: None,
        };
        (proof, effect)
    }

    /// The proof of a verification by the code of this step.
    pub async fn proof(&self, who: &Enrolled, at: u64) -> TokenHash {
        let gate = Gate::User(who.person.key);
        let admit = self.code(gate);
        opened(self.admit(Admit::Code(admit)).await).unwrap();
        let of = (admit.attempt, SettleKind::Code(Purpose::Verify));
        let right = Judged::Match(vec![step(who.authenticator, at)]);
        let mut settle = self.settlement(&who.person, of, gate, right);
        let (proof, effect) = self.granting();
        settle.effect = effect;
        let settled = self.settle(settle).await;
        assert!(matches!(settled, Settled::Accepted(_)), "{settled:?}");
        proof
    }

    /// The beginning of an enrollment.
    pub fn beginning_enrollment(&self, person: &Person, authority: Authority) -> Change {
        Change::BeginEnrollment {
            authority,
            authenticator: Box::new(person.authenticator(&self.random, self.now())),
            audit: self.row(person, Event::EnrollmentBegun, Outcome::Success, None),
        }
    }

    /// The beginning of a passkey's enrollment, good for five minutes, and the id that it will have.
    pub fn beginning_passkey(
        &self,
        person: &Person,
        authority: Authority,
    ) -> (Change, AuthenticatorId) {
        let id = AuthenticatorId::generate(self.now(), &self.random).unwrap();
        let change = Change::BeginPasskey {
            authority,
            user: person.key,
            authenticator: id,
            label: Some(Label::parse("Blue key").unwrap()),
            expires_at: self.now().plus(Duration::from_mins(5)),
            audit: self.row(person, Event::EnrollmentBegun, Outcome::Success, None),
        };
        (change, id)
    }

    /// The end of one that was begun under this id.
    pub fn adding_begun(
        &self,
        person: &Person,
        id: AuthenticatorId,
        challenge: UsedChallenge,
        backup_codes: BackupCodes,
    ) -> Change {
        let mut passkey = person.passkey(&self.random, self.now(), 0);
        passkey.id = id;
        Change::AddPasskey {
            authority: Authority::Begun(id, self.now()),
            now: self.now(),
            challenge,
            passkey: Box::new(passkey),
            credential: credential(&self.random),
            rp: (RealmId::default(), RP_ID.to_owned()),
            session: None,
            backup_codes,
            audit: self.row(person, Event::EnrollmentConfirmed, Outcome::Success, None),
        }
    }

    /// A name for one request, remembered for a day.
    pub fn once(&self) -> Once {
        Once {
            name: self.token(),
            request: self.token(),
            made: self.random.bytes(),
            now: self.now(),
            expires_at: self.now().plus(Duration::from_hours(24)),
        }
    }

    /// A key of this name in the default realm, made now, that lives until it is revoked.
    pub fn api_key(&self, name: &str) -> ApiKeyRecord {
        ApiKeyRecord {
            id: ApiKeyId::generate(self.now(), &self.random).unwrap(),
            realm: RealmId::default(),
            name: name.to_owned(),
            hash: self.token(),
            scopes: Scopes::ALL,
            created_at: self.now(),
            expires_at: None,
            last_used_at: None,
            revoked_at: None,
            mac: mac(&self.random),
        }
    }
}
