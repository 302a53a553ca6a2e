//! The first factor where the application keeps the passwords: its directory says who it is, and what
//! that is worth is decided here. Nobody is let in by an answer that did not come.

use crate::audit::{Event, Outcome, Reason};
use crate::directory::Directory;
use crate::engine::Engine;
use crate::error::Error;
use crate::hashing::Permit;
use crate::port::directory::DirectoryUser;
use crate::port::store::{Gate, Named};
use crate::use_case::host;
use crate::use_case::password::Typed;
use crate::user::{UserName, UserRecord};
use crate::verification::{Attempt, Elsewhere, Judgement};
use crate::view::{Client, Session};

/// A place to ask the directory at.
pub(super) struct Asking<'a> {
    directory: &'a Directory,
    permit: Permit,
}

impl<'a> Asking<'a> {
    /// Takes a place, where there is a directory.
    pub(super) fn begin(engine: &'a Engine, client: &Client) -> Result<Option<Self>, Error> {
        let known = engine.known_hash(client.known.as_ref()).is_some();
        Self::among(engine, known)
    }

    fn among(engine: &'a Engine, known: bool) -> Result<Option<Self>, Error> {
        let Some(directory) = &engine.directory else {
            return Ok(None);
        };
        let permit = directory.permit(known)?;
        Ok(Some(Self { directory, permit }))
    }

    /// An admitted name and password: whose they are, if they are anybody's.
    pub(super) async fn judge(
        self,
        engine: &Engine,
        typed: &Typed<'_>,
        mut attempt: Attempt,
    ) -> Result<(Attempt, Judgement), Error> {
        let wrong = Judgement::of_password(false, None);
        let Typed { name, password, .. } = *typed;
        let asked = self.directory.authenticate(&self.permit, name, password);
        let told = match asked.await {
            Ok(Some(told)) => told,
            Ok(None) => return Ok((attempt, wrong.refused_by(Elsewhere::Refused))),
            Err(unavailable) => {
                let undecided = wrong.refused_by(Elsewhere::Unavailable(unavailable));
                return Ok((attempt, undecided));
            }
        };
        let key = told.id.key(&engine.realm.id);
        if typed.gate != Gate::Open {
            let own = attempt.user().is_some_and(|user| user.key == key);
            return Ok((attempt, Judgement::of_password(own, None)));
        }
        // Whom the attempt was admitted by is taken as they stood then, before the directory was asked: what
        // changed in between refuses the settlement.
        let held = attempt.open.user.take_if(|user| user.key == key);
        let found = if held.is_some() {
            held
        } else {
            // The browser is known to somebody else.
            attempt.open.known = false;
            engine.user(key).await?.map(|user| *user)
        };
        if found.as_ref().is_some_and(|user| ended(user, typed)) {
            return Ok((attempt, wrong.refused_by(Elsewhere::Ended)));
        }
        let enabled = found.as_ref().is_none_or(|user| user.enabled);
        let named = named(engine, typed, &told, found.is_some())?;
        let attempt = attempt.name(found, named);
        Ok((attempt, Judgement::of_password(enabled, None)))
    }

    /// What an assertion of this user is worth: nothing, if the directory does not know them any more.
    #[cfg(feature = "passkeys")]
    pub(super) async fn may_sign_in(
        self,
        user: Option<&UserRecord>,
        judgement: Judgement,
    ) -> Judgement {
        let Some(user) = user.filter(|_| judgement.matched.is_some()) else {
            return judgement;
        };
        match self.directory.find(&self.permit, &user.id).await {
            Ok(Some(_)) => judgement,
            Ok(None) => judgement.refused_by(Elsewhere::Refused),
            Err(unavailable) => judgement.refused_by(Elsewhere::Unavailable(unavailable)),
        }
    }
}

/// The name that the user of a session signs in by; none of whom the directory does not know any more.
pub(super) async fn login_name(
    engine: &Engine,
    session: &Session,
) -> Result<Option<UserName>, Error> {
    let Some(asking) = Asking::among(engine, true)? else {
        return Ok(UserName::parse(session.user_name()).ok());
    };
    let Some(user) = engine.user(session.user).await? else {
        return Ok(None);
    };
    let found = asking.directory.find(&asking.permit, &user.id).await?;
    Ok(found.map(|found| found.name))
}

/// Whether the user's sessions were ended since the attempt began, where its row was read only after it:
/// the answer may have been about the password before. Without an ending there is no version.
fn ended(user: &UserRecord, typed: &Typed<'_>) -> bool {
    user.password_version > 0 && user.sessions_valid_from > typed.now
}

fn named(
    engine: &Engine,
    typed: &Typed<'_>,
    told: &DirectoryUser,
    exists: bool,
) -> Result<Named, Error> {
    let name = told.name.shown().to_owned();
    let new = if exists {
        None
    } else {
        let record = host::new_user(engine, &told.id, &name, typed.now)?;
        let draft = engine.draft(Some(&record), &typed.client.origin, typed.now);
        let (event, reason) = (Event::UserCreated, Some(Reason::ByHost));
        let audit = engine.row(&draft, event, Outcome::Success, reason, None)?;
        Some(Box::new((record, audit)))
    };
    Ok(Named {
        new,
        name,
        typed: typed.name.hash(&engine.realm.id),
    })
}
