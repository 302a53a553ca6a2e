//! What an operator does at the command line: create, list, require and remove; never plant a factor.

use crate::audit::{Actor, AuditRow, Draft, Event, Outcome, Reason};
use crate::authenticator::{AuthenticatorRecord, PasskeyRecord};
use crate::clock::Timestamp;
use crate::countersign::Countersign;
use crate::engine::mismatch;
use crate::error::{Error, VaultFailure};
use crate::factor::{otp_row, passkey_row};
use crate::id::AuthenticatorId;
use crate::password::{self, LEAST_ALONE, LEAST_WITH_MFA};
use crate::port::store::{
    Authority, Change, Changed, EventFilter, Found, Holdings, NewUser, Read, StoreState,
};
use crate::secret_text::Password;
use crate::session::{Origin, Token};
use crate::use_case::setup::new_user;
use crate::user::{UserKey, UserName, UserRecord};
use crate::verdict::{Refusal, Verdict};

/// What a keyring opens of a store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyCheck {
    /// How many of the users that were looked at open wholly.
    pub opened: u32,
    /// The names of those who do not: their rows were changed, or the keyring is another's.
    pub failed: Vec<String>,
}

impl KeyCheck {
    /// Whether nothing opens although there is something: the keyring is of another store.
    pub fn is_foreign(&self) -> bool {
        self.opened == 0 && !self.failed.is_empty()
    }
}

/// An operator's view of the engine.
pub struct Operator<'a> {
    pub(super) mfa: &'a Countersign,
    origin: Origin,
}

impl Countersign {
    /// What an operator may do.
    pub fn operator(&self) -> Operator<'_> {
        Operator {
            mfa: self,
            origin: Origin::default(),
        }
    }
}

impl Operator<'_> {
    /// A link to create the first user, in place of any before; none once there is a user, or where the
    /// application has a directory of its own.
    pub async fn setup_link(&self) -> Result<Option<Token>, Error> {
        let engine = &self.mfa.0;
        if !self.mfa.keeps_passwords() {
            return Ok(None);
        }
        let now = engine.now()?;
        let token = Token::generate([0; 8], &*engine.random)?;
        let expires_at = now.plus(engine.policy.setup_link);
        let audit = self.row(None, Actor::System, Event::SetupLinkIssued, None, None, now)?;
        let change = Change::IssueSetupLink {
            link: engine.hash(&token),
            expires_at,
            now,
            audit,
        };
        Ok((engine.change(change).await? == Changed::Done).then_some(token))
    }

    /// Creates a user of the built-in directory.
    pub async fn add_user(
        &self,
        name: &str,
        password: Password,
        admin: bool,
    ) -> Result<Verdict<()>, Error> {
        if !self.mfa.keeps_passwords() {
            return Ok(Verdict::Refused(Refusal::PasswordElsewhere));
        }
        let engine = &self.mfa.0;
        let now = engine.now()?;
        let record = match new_user(engine, name, &password, admin, now).await? {
            Ok(record) => record,
            Err(refusal) => return Ok(Verdict::Refused(refusal)),
        };
        let audit = self.row(
            Some(&record),
            Actor::Operator,
            Event::UserCreated,
            Some(Reason::ByOperator),
            None,
            now,
        )?;
        let user = NewUser {
            record,
            setup_link: None,
            session: None,
            known: None,
        };
        self.done(Change::CreateUser(Box::new(user), audit)).await
    }

    /// Sets a password. Sessions, pending logins and known browsers end; authenticators stay.
    pub async fn set_password(&self, name: &str, password: Password) -> Result<Verdict<()>, Error> {
        if !self.mfa.keeps_passwords() {
            return Ok(Verdict::Refused(Refusal::PasswordElsewhere));
        }
        let engine = &self.mfa.0;
        let now = engine.now()?;
        let Some(user) = self.user(name).await? else {
            return Ok(Verdict::Refused(Refusal::NotFound));
        };
        let holdings = self.holdings_of(user.key, now).await?;
        let least = if holdings.demanding() > 0 {
            LEAST_WITH_MFA
        } else {
            LEAST_ALONE
        };
        let password =
            match password::permitted(&password, least, &[&user.name, &engine.realm.issuer]) {
                Ok(password) => password,
                Err(refusal) => return Ok(Verdict::Refused(refusal)),
            };
        let version = user.password_version + 1;
        let permit = engine.hasher.permit(1, true)?;
        let phc = engine
            .hasher
            .hash(&permit, password.as_bytes(), &*engine.random)
            .await?;
        let hash = engine.seal_password(&user.key, version, &phc)?;
        let audit = self.row(
            Some(&user),
            Actor::Operator,
            Event::PasswordChanged,
            Some(Reason::ByOperator),
            None,
            now,
        )?;
        self.done(Change::SetPassword {
            user: user.key,
            hash,
            version,
            now,
            audit,
        })
        .await
    }

    /// Enables or disables a user.
    pub async fn set_enabled(&self, name: &str, enabled: bool) -> Result<Verdict<()>, Error> {
        let now = self.mfa.0.now()?;
        let Some(user) = self.user(name).await? else {
            return Ok(Verdict::Refused(Refusal::NotFound));
        };
        let reason = if enabled {
            Reason::Enabled
        } else {
            Reason::Disabled
        };
        let audit = self.row(
            Some(&user),
            Actor::Operator,
            Event::UserUpdated,
            Some(reason),
            None,
            now,
        )?;
        self.done(Change::SetEnabled {
            user: user.key,
            enabled,
            now,
            audit,
        })
        .await
    }

    /// Removes all of a user's authenticators and backup codes, never the password, and clears what
    /// was counted. Returns how many authenticators went.
    pub async fn reset(&self, name: &str) -> Result<Verdict<usize>, Error> {
        let engine = &self.mfa.0;
        let now = engine.now()?;
        let Some(user) = self.user(name).await? else {
            return Ok(Verdict::Refused(Refusal::NotFound));
        };
        let revocations = super::account::revocations(engine, user.key, now).await?;
        let count = revocations.len();
        let audit = self.row(
            Some(&user),
            Actor::Operator,
            Event::UserReset,
            Some(Reason::ByOperator),
            None,
            now,
        )?;
        let change = Change::Reset {
            user: user.key,
            revocations,
            now,
            audit,
        };
        Ok(self.done(change).await?.map(|()| count))
    }

    /// The realm's users by creation, with what they hold.
    pub async fn users(
        &self,
        after: Option<UserKey>,
        limit: u32,
    ) -> Result<Vec<(UserRecord, Holdings)>, Error> {
        match self
            .mfa
            .0
            .store
            .read(Read::Users {
                realm: self.mfa.0.realm.id.clone(),
                after,
                limit: limit.clamp(1, 1000),
            })
            .await?
        {
            Found::Users(users) => Ok(users),
            _ => Err(mismatch()),
        }
    }

    /// A user's authenticators that are not revoked.
    pub async fn authenticators(
        &self,
        name: &str,
    ) -> Result<Verdict<Vec<AuthenticatorRecord>>, Error> {
        let now = self.mfa.0.now()?;
        Ok(match self.user(name).await? {
            Some(user) => Verdict::Accepted(self.rows_of(user.key, now).await?),
            None => Verdict::Refused(Refusal::NotFound),
        })
    }

    /// A user's passkeys that are not revoked.
    pub async fn passkeys(&self, name: &str) -> Result<Verdict<Vec<PasskeyRecord>>, Error> {
        Ok(match self.user(name).await? {
            Some(user) => Verdict::Accepted(passkey_row::of(&self.mfa.0, user.key).await?),
            None => Verdict::Refused(Refusal::NotFound),
        })
    }

    /// Fixes the realm's RP ID. False: there are passkeys under another one, which would all be lost.
    pub async fn fix_rp_id(&self) -> Result<bool, Error> {
        let realm = &self.mfa.0.realm;
        let change = Change::FixRpId {
            realm: realm.id.clone(),
            rp_id: realm.rp_id.clone(),
        };
        Ok(self.mfa.0.change(change).await? == Changed::Done)
    }

    /// Revokes one of a user's authenticators.
    pub async fn revoke(&self, name: &str, id: AuthenticatorId) -> Result<Verdict<()>, Error> {
        let engine = &self.mfa.0;
        let now = engine.now()?;
        let Some(user) = self.user(name).await? else {
            return Ok(Verdict::Refused(Refusal::NotFound));
        };
        let Some(revocation) = super::account::revocation(engine, user.key, id, now).await? else {
            return Ok(Verdict::Refused(Refusal::NotFound));
        };
        let event = Event::AuthenticatorRevoked;
        let audit = self.row(
            Some(&user),
            Actor::Operator,
            event,
            Some(Reason::ByOperator),
            Some(id),
            now,
        )?;
        self.done(Change::Revoke {
            authority: Authority::Operator,
            keep_last: false,
            user: user.key,
            revocation,
            now,
            audit,
        })
        .await
    }

    /// What a user holds.
    pub async fn holdings(&self, name: &str) -> Result<Verdict<Holdings>, Error> {
        let now = self.mfa.0.now()?;
        Ok(match self.user(name).await? {
            Some(user) => Verdict::Accepted(self.holdings_of(user.key, now).await?),
            None => Verdict::Refused(Refusal::NotFound),
        })
    }

    /// A user by name.
    pub async fn user(&self, name: &str) -> Result<Option<Box<UserRecord>>, Error> {
        let engine = &self.mfa.0;
        let Ok(name) = UserName::parse(name) else {
            return Ok(None);
        };
        match engine
            .store
            .read(Read::UserByName(name.hash(&engine.realm.id)))
            .await?
        {
            Found::User(user) => Ok(user),
            _ => Err(mismatch()),
        }
    }

    /// Audit rows, each with whether its MAC holds.
    pub async fn events(&self, filter: EventFilter) -> Result<Vec<(AuditRow, bool)>, Error> {
        match self.mfa.0.store.read(Read::Events(filter)).await? {
            Found::Events(rows) => Ok(rows
                .into_iter()
                .map(|row| {
                    let holds = row.verify(&self.mfa.0.vault).is_ok();
                    (row, holds)
                })
                .collect()),
            _ => Err(mismatch()),
        }
    }

    /// How the store is.
    pub async fn state(&self) -> Result<StoreState, Error> {
        match self.mfa.0.store.read(Read::State).await? {
            Found::State(state) => Ok(state),
            _ => Err(mismatch()),
        }
    }

    /// Records that the server started.
    pub async fn started(&self) -> Result<(), Error> {
        let now = self.mfa.0.now()?;
        let audit = self.row(None, Actor::System, Event::Started, None, None, now)?;
        self.mfa.0.change(Change::Record(audit)).await.map(|_| ())
    }

    /// Checks the rows of all realms, opens the sealed rows of this one's first users and checks their
    /// MACs: whether this keyring is the one
    /// that this store was written with. It costs the same however many users there are.
    pub async fn check_keys(&self) -> Result<KeyCheck, Error> {
        let engine = &self.mfa.0;
        let now = engine.now()?;
        let mut check = KeyCheck::default();
        let realms = self.realm_rows().await?;
        if !realms.is_empty() {
            // Who wrote the newest record is at home here, whatever somebody changed since.
            let newest = EventFilter {
                after: None,
                user: None,
                newest: true,
                limit: 1,
            };
            let newest = self.events(newest).await?;
            check.opened += u32::from(newest.iter().any(|(_, holds)| *holds));
        }
        for realm in realms {
            match realm.check(&engine.vault) {
                Ok(()) => check.opened += 1,
                Err(_) => check.failed.push(format!("realm {}", realm.id.as_str())),
            }
        }
        for (user, _) in self.users(None, 20).await? {
            let rows = self.rows_of(user.key, now).await?;
            let password = engine.open_password(&user).map(|_| ());
            let rows = rows
                .iter()
                .map(|row| otp_row::open(engine, row).map(|_| ()));
            let keys = passkey_row::of(engine, user.key).await?;
            let keys = keys.iter().map(|row| passkey_row::check(engine, row));
            let all = std::iter::once(password).chain(rows).chain(keys);
            let all: Result<(), VaultFailure> = all.collect();
            match all {
                Ok(()) => check.opened += 1,
                Err(_) => check.failed.push(user.name),
            }
        }
        Ok(check)
    }

    async fn rows_of(
        &self,
        user: UserKey,
        now: Timestamp,
    ) -> Result<Vec<AuthenticatorRecord>, Error> {
        match self
            .mfa
            .0
            .store
            .read(Read::Authenticators { user, now })
            .await?
        {
            Found::Authenticators(rows) => Ok(rows),
            _ => Err(mismatch()),
        }
    }

    async fn holdings_of(&self, user: UserKey, now: Timestamp) -> Result<Holdings, Error> {
        match self.mfa.0.store.read(Read::Overview { user, now }).await? {
            Found::Overview(Some(overview)) => Ok(overview.holdings),
            _ => Err(mismatch()),
        }
    }

    pub(super) fn row(
        &self,
        user: Option<&UserRecord>,
        actor: Actor,
        event: Event,
        reason: Option<Reason>,
        authenticator: Option<AuthenticatorId>,
        now: Timestamp,
    ) -> Result<AuditRow, Error> {
        let draft = Draft {
            actor,
            ..self.mfa.0.draft(user, &self.origin, now)
        };
        self.mfa
            .0
            .row(&draft, event, Outcome::Success, reason, authenticator)
    }

    pub(super) async fn done(&self, change: Change) -> Result<Verdict<()>, Error> {
        Ok(match self.mfa.0.change(change).await? {
            Changed::Done => Verdict::Accepted(()),
            Changed::NameTaken => Verdict::Refused(Refusal::NameTaken),
            Changed::NotFound => Verdict::Refused(Refusal::NotFound),
            _ => Verdict::Refused(Refusal::Conflict),
        })
    }
}
