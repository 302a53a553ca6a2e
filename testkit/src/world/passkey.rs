//! Passkeys: enrolled, presented, accepted.

use countersign::assurance::Level;
use countersign::audit::{Event, Outcome};
use countersign::authenticator::CredentialHash;
use countersign::id::AuthenticatorId;
use countersign::port::store::{
    Admit, AdmitPasskey, Authority, BackupCodes, Change, Changed, Consumption, Effect, Gate, Guard,
    Judged, Open, Revocation, Settle, SettleKind, Store, UsedChallenge,
};

use countersign::realm::RealmId;

use crate::Person;
use crate::record::{challenge, codes, credential, mac};

use super::{Reply, World, opened};

/// Somebody with a passkey.
pub struct Keyed {
    /// Who.
    pub person: Person,
    /// The passkey, active.
    pub passkey: AuthenticatorId,
    /// Its credential.
    pub credential: CredentialHash,
    /// What their session passes.
    pub guard: Guard,
}

/// What their realm's passkeys are bound to.
pub const RP_ID: &str = "example.com";

impl<S: Store> World<S> {
    /// A challenge made now.
    pub fn challenge(&self) -> UsedChallenge {
        challenge(&self.random, self.now())
    }

    /// The enrollment of a passkey, its counter at 5, and the guard that its session passes then.
    pub fn adding(
        &self,
        person: &Person,
        guard: Guard,
        (credential, challenge): (CredentialHash, UsedChallenge),
        backup_codes: BackupCodes,
    ) -> (Change, AuthenticatorId, Guard) {
        let passkey = person.passkey(&self.random, self.now(), 5);
        let (id, session) = (
            passkey.id,
            person.session(&self.random, self.now(), Level::Aal2),
        );
        let successor = self.guard(session.hash);
        let change = Change::AddPasskey {
            authority: Authority::Fresh(guard),
            now: self.now(),
            challenge,
            passkey: Box::new(passkey),
            credential,
            rp: (RealmId::default(), RP_ID.to_owned()),
            session: Some(session),
            backup_codes,
            audit: self.row(person, Event::EnrollmentConfirmed, Outcome::Success, None),
        };
        (change, id, successor)
    }

    /// Somebody who signed in and enrolled a passkey, with ten backup codes.
    pub async fn keyed(&self, name: &str) -> Keyed {
        let person = self.person(name).await;
        let guard = self.sign_in(&person, None).await;
        let credential = credential(&self.random);
        let set = codes(&self.random, self.now(), 1, 10);
        let with = (credential, self.challenge());
        let (change, passkey, guard) = self.adding(&person, guard, with, set);
        assert_eq!(self.change(change).await, Changed::DoneWithBackupCodes);
        Keyed {
            person,
            passkey,
            credential,
            guard,
        }
    }

    /// An admission of a passkey.
    pub fn passkey(&self, gate: Gate, credential: CredentialHash) -> AdmitPasskey {
        AdmitPasskey {
            attempt: self.attempt(),
            now: self.now(),
            gate,
            credential,
            known: None,
        }
    }

    /// What is presented with this credential.
    pub async fn presented(&self, admit: AdmitPasskey) -> Result<Box<Open>, Reply> {
        opened(self.admit(Admit::Passkey(admit)).await)
    }

    /// The settlement of an assertion that holds, which answers this challenge.
    pub fn asserted(
        &self,
        who: &Keyed,
        admit: AdmitPasskey,
        (challenge, sign_count): (UsedChallenge, u32),
        effect: Effect,
    ) -> Settle {
        let assertion = Consumption::Assertion {
            authenticator: who.passkey,
            judged_at: None,
            sign_count,
            backup_state: true,
            uv_initialized: true,
        };
        let right = Judged::Match(vec![Consumption::Challenge(challenge), assertion]);
        let of = (admit.attempt, SettleKind::Passkey);
        let mut settle = self.settlement(&who.person, of, admit.gate, right);
        settle.exhaustion = None;
        settle.effect = effect;
        settle
    }

    /// A passkey's answer at the host's own first step, from admit to settle.
    pub async fn try_passkey(&self, who: &Keyed, answer: (UsedChallenge, u32)) -> Reply {
        let admit = self.passkey(Gate::User(who.person.key), who.credential);
        if let Err(reply) = self.presented(admit).await {
            return reply;
        }
        let settle = self.asserted(who, admit, answer, Effect::None);
        Reply::Settled(self.settle(settle).await)
    }

    /// A session of theirs that begins.
    pub fn beginning(&self, person: &Person) -> Effect {
        Effect::BeginSession {
            session: person.session(&self.random, self.now(), Level::Aal2),
            known: None,
        }
    }

    /// Revokes an authenticator, as an operator does.
    pub async fn revoke(&self, person: &Person, authenticator: AuthenticatorId) -> Changed {
        self.change(Change::Revoke {
            keep_last: false,
            authority: Authority::Operator,
            user: person.key,
            revocation: Revocation {
                authenticator,
                mac: mac(&self.random),
            },
            now: self.now(),
            audit: self.row(person, Event::AuthenticatorRevoked, Outcome::Success, None),
        })
        .await
    }
}
