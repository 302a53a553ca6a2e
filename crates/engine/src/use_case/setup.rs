//! The first user: made through a one-time link, and only while there is none.

use crate::assurance::{Amr, Assurance, Level};
use crate::audit::{Event, Outcome, Reason};
use crate::clock::Timestamp;
use crate::countersign::Countersign;
use crate::engine::{Engine, mismatch};
use crate::error::Error;
use crate::password::{self, LEAST_ALONE};
use crate::port::store::{Change, Changed, Found, NewUser, Read};
use crate::secret_text::Password;
use crate::session::Token;
use crate::use_case::sign_in::remember;
use crate::user::{UserId, UserName, UserRecord};
use crate::verdict::{Refusal, Verdict};
use crate::view::{Client, SignedIn};

impl Countersign {
    /// Whether a setup link opens. Asking consumes nothing.
    pub async fn setup_link_opens(&self, link: &Token) -> Result<bool, Error> {
        if !self.keeps_passwords() {
            return Ok(false);
        }
        let read = Read::SetupLink {
            link: self.0.hash(link),
            now: self.0.now()?,
        };
        match self.0.store.read(read).await? {
            Found::Flag(opens) => Ok(opens),
            _ => Err(mismatch()),
        }
    }

    /// Creates the first user, an administrator, and signs them in. The link is used up by it. Where the
    /// application keeps the passwords it is refused.
    pub async fn create_first_user(
        &self,
        link: &Token,
        name: &str,
        password: Password,
        client: Client,
    ) -> Result<Verdict<SignedIn>, Error> {
        if !self.keeps_passwords() {
            return Ok(Verdict::Refused(Refusal::PasswordElsewhere));
        }
        if !self.setup_link_opens(link).await? {
            return Ok(Verdict::Refused(Refusal::LinkInvalid));
        }
        let engine = &*self.0;
        let now = engine.now()?;
        let record = match new_user(engine, name, &password, true, now).await? {
            Ok(record) => record,
            Err(refusal) => return Ok(Verdict::Refused(refusal)),
        };
        let assurance = Assurance {
            level: Level::Aal1,
            amr: Amr::PWD,
            auth_time: now,
        };
        let (token, session) = engine.new_session(&record.key, assurance, &client.origin, now)?;
        let (known_token, known) = remember(engine, false, now)?;
        let draft = engine.draft(Some(&record), &client.origin, now);
        let audit = engine.row(
            &draft,
            Event::UserCreated,
            Outcome::Success,
            Some(Reason::ByUser),
            None,
        )?;
        let user = NewUser {
            record,
            setup_link: Some(engine.hash(link)),
            session: Some(session),
            known,
        };
        Ok(
            match engine
                .change(Change::CreateUser(Box::new(user), audit))
                .await?
            {
                Changed::Done => Verdict::Accepted(SignedIn {
                    session: token,
                    known: known_token,
                    assurance,
                    backup_codes_left: None,
                }),
                Changed::NameTaken => Verdict::Refused(Refusal::NameTaken),
                _ => Verdict::Refused(Refusal::LinkInvalid),
            },
        )
    }
}

/// The row of a new user of the built-in directory.
pub(super) async fn new_user(
    engine: &Engine,
    name: &str,
    password: &Password,
    admin: bool,
    now: Timestamp,
) -> Result<Result<UserRecord, Refusal>, Error> {
    let Ok(name) = UserName::parse(name) else {
        return Ok(Err(Refusal::NameInvalid));
    };
    let password =
        match password::permitted(password, LEAST_ALONE, &[name.shown(), &engine.realm.issuer]) {
            Ok(password) => password,
            Err(refusal) => return Ok(Err(refusal)),
        };
    let bytes: [u8; 16] = crate::clock::random(&*engine.random)?;
    let id = UserId::parse(&format!("usr_{}", data_encoding::HEXLOWER.encode(&bytes)))?;
    let key = id.key(&engine.realm.id);
    let permit = engine.hasher.permit(1, false)?;
    let phc = engine
        .hasher
        .hash(&permit, password.as_bytes(), &*engine.random)
        .await?;
    let version = 1;
    Ok(Ok(UserRecord {
        key,
        id,
        realm: engine.realm.id.clone(),
        name_hash: name.hash(&engine.realm.id),
        handle: crate::clock::random(&*engine.random)?,
        name: name.shown().to_owned(),
        admin,
        enabled: true,
        password: Some(engine.seal_password(&key, version, &phc)?),
        password_version: version,
        created_at: now,
        sessions_valid_from: now,
    }))
}
