//! Step-up: a fresh proof for a living session, and the change of a password, which needs one.

use crate::assurance::{Amr, Assurance, Level};
use crate::audit::{Event, Reason};
use crate::clock::Timestamp;
use crate::countersign::Countersign;
use crate::engine::Engine;
use crate::error::Error;
use crate::password::{self, LEAST_ALONE, LEAST_WITH_MFA};
use crate::port::store::{Effect, Gate, SettleKind};
use crate::secret_text::{Password, Proof};
use crate::use_case::directory;
use crate::use_case::password::Typed;
use crate::use_case::verify::{self, Presentation};
use crate::user::UserName;
use crate::verdict::{Refusal, Verdict};
use crate::verification::Ended;
use crate::view::{Client, Session, SignedIn};

impl Countersign {
    /// A fresh proof: the password, and the second factor of a user who has one. The session goes on
    /// under a new token.
    pub async fn reauthenticate(
        &self,
        session: &Session,
        password: Option<Password>,
        proof: Option<Proof>,
        client: Client,
    ) -> Result<Verdict<SignedIn>, Error> {
        let session = session.clone();
        let work = |engine: std::sync::Arc<Engine>| async move {
            let Some(name) = directory::login_name(&engine, &session).await? else {
                return Ok(Verdict::Refused(Refusal::SessionRequired));
            };
            let Some(password) = password else {
                return alone(&engine, &session, proof.as_ref(), &client).await;
            };
            let typed = (&name, &password);
            reauthenticate(&engine, &session, typed, proof.as_ref(), &client).await
        };
        self.0.detached(work).await
    }

    /// Sets a new password: a fresh proof and the current one. Other sessions, pending logins and
    /// known browsers end; this session goes on under a new token. Where the application keeps the
    /// passwords it is refused.
    pub async fn change_password(
        &self,
        session: &Session,
        current: Password,
        new: Password,
        client: Client,
    ) -> Result<Verdict<SignedIn>, Error> {
        if !self.keeps_passwords() {
            return Ok(Verdict::Refused(Refusal::PasswordElsewhere));
        }
        if let Some(refusal) = self.stale(session) {
            return Ok(Verdict::Refused(refusal));
        }
        let session = session.clone();
        let work = |engine: std::sync::Arc<Engine>| async move {
            change_password(&engine, &session, &current, &new, &client).await
        };
        self.0.detached(work).await
    }

    /// The refusal of a change by a session that is not proof enough. What follows checks again, in
    /// the store; this spares the work and tells what it takes.
    pub(super) fn stale(&self, session: &Session) -> Option<Refusal> {
        let second_factor = session.holdings().demanding() > 0;
        (!self.is_fresh(session)).then_some(Refusal::ReauthenticationRequired { second_factor })
    }
}

async fn reauthenticate(
    engine: &Engine,
    session: &Session,
    (name, password): (&UserName, &Password),
    proof: Option<&Proof>,
    client: &Client,
) -> Result<Verdict<SignedIn>, Error> {
    let now = engine.now()?;
    let demanded = session.holdings().demanding() > 0;
    if demanded && proof.is_none() {
        return Ok(Verdict::Refused(Refusal::SecondFactorRequired));
    }
    let gone = Refusal::SessionRequired;
    let typed = Typed {
        name,
        password,
        client,
        gate: Gate::Session(session.hash),
        event: Event::StepUp,
        now,
    };
    let (attempt, judgement) = match typed.check(engine).await? {
        Ok(judged) => judged,
        Err(closed) => return Ok(closed.verdict(now, SettleKind::Password, gone)),
    };
    let alone = Assurance {
        level: Level::Aal1,
        amr: Amr::PWD,
        auth_time: now,
    };
    let (token, record) = engine.new_session(&session.user, alone, &client.origin, now)?;
    // A password alone raises nothing for a user who has a second factor by the time of the commit.
    let effect = if demanded {
        Effect::None
    } else {
        Effect::RaiseSession {
            session: record,
            only_without_mfa: true,
        }
    };
    let ended = attempt
        .settle(
            engine,
            judgement,
            effect,
            &client.origin,
            Reason::WrongPassword,
        )
        .await?;
    let verdict = ended.verdict(SettleKind::Password, gone, |_, _| ());
    match (verdict, proof.filter(|_| demanded)) {
        (Verdict::Accepted(()), Some(proof)) => {
            second_factor(engine, session, proof, client, now, true).await
        }
        (verdict, _) => Ok(verdict.map(|()| SignedIn {
            session: token,
            known: None,
            assurance: alone,
            backup_codes_left: None,
        })),
    }
}

/// Without a password there is one proof that is strong enough: a passkey that verified its user.
async fn alone(
    engine: &Engine,
    session: &Session,
    proof: Option<&Proof>,
    client: &Client,
) -> Result<Verdict<SignedIn>, Error> {
    match proof {
        Some(proof) if proof.is_passkey() => {
            second_factor(engine, session, proof, client, engine.now()?, false).await
        }
        _ => Ok(Verdict::Refused(Refusal::PasswordRequired)),
    }
}

async fn second_factor(
    engine: &Engine,
    session: &Session,
    proof: &Proof,
    client: &Client,
    now: Timestamp,
    with_password: bool,
) -> Result<Verdict<SignedIn>, Error> {
    let gone = Refusal::SessionRequired;
    let presented = Presentation {
        gate: Gate::Session(session.hash),
        event: Event::StepUp,
        now,
    };
    let (attempt, kind, mut judgement) =
        match verify::judge(engine, presented, proof, client).await? {
            Ok(judged) => judged,
            Err(refused) => return Ok(refused.verdict(now, gone)),
        };
    // A passkey that verified nobody is one factor, and no step-up by itself.
    let bare = !with_password && judgement.matched.is_some() && !judgement.verified;
    if bare {
        judgement.matched = None;
    }
    let mut assurance = verify::worth(kind, now);
    if !with_password {
        assurance.amr = Amr::POP.with(Amr::MFA);
    }
    let (token, record) = engine.new_session(&session.user, assurance, &client.origin, now)?;
    let effect = Effect::RaiseSession {
        session: record,
        only_without_mfa: false,
    };
    let ended = attempt
        .settle(
            engine,
            judgement,
            effect,
            &client.origin,
            verify::wrong(kind),
        )
        .await?;
    if bare && matches!(ended, Ended::Refused) {
        return Ok(Verdict::Refused(Refusal::PasswordRequired));
    }
    let left = verify::codes_left(engine, kind, &ended, session.user, now).await?;
    Ok(ended.verdict(kind, gone, |_, _| SignedIn {
        session: token,
        known: None,
        assurance,
        backup_codes_left: left,
    }))
}

async fn change_password(
    engine: &Engine,
    session: &Session,
    current: &Password,
    new: &Password,
    client: &Client,
) -> Result<Verdict<SignedIn>, Error> {
    let now = engine.now()?;
    let least = if session.holdings().demanding() > 0 {
        LEAST_WITH_MFA
    } else {
        LEAST_ALONE
    };
    let context = [session.user_name(), &engine.realm.issuer];
    let new = match password::permitted(new, least, &context) {
        Ok(new) => new,
        Err(refusal) => return Ok(Verdict::Refused(refusal)),
    };
    let permit = engine.hasher.permit(1, true)?;
    let Ok(name) = UserName::parse(session.user_name()) else {
        return Ok(Verdict::Refused(Refusal::SessionRequired));
    };
    let typed = Typed {
        name: &name,
        password: current,
        client,
        gate: Gate::Session(session.hash),
        event: Event::PasswordChanged,
        now,
    };
    let (attempt, judgement) = match typed.check(engine).await? {
        Ok(judged) => judged,
        Err(closed) => {
            return Ok(closed.verdict(now, SettleKind::Password, Refusal::SessionRequired));
        }
    };
    let (token, record) =
        engine.new_session(&session.user, session.assurance(), &client.origin, now)?;
    let effect = if judgement.matched.is_some() {
        let version = attempt.user().map_or(0, |user| user.password_version) + 1;
        let phc = engine
            .hasher
            .hash(&permit, new.as_bytes(), &*engine.random)
            .await?;
        let hash = engine.seal_password(&session.user, version, &phc)?;
        Effect::SetPassword {
            guard: engine.guard(session.hash, now),
            hash,
            version,
            session: record,
        }
    } else {
        Effect::None
    };
    let ended = attempt
        .settle(
            engine,
            judgement,
            effect,
            &client.origin,
            Reason::WrongPassword,
        )
        .await?;
    Ok(
        ended.verdict(SettleKind::Password, Refusal::Conflict, |_, _| SignedIn {
            session: token,
            known: None,
            assurance: session.assurance(),
            backup_codes_left: None,
        }),
    )
}
