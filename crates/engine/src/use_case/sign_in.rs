//! Signing in: the password step, the second step, and the session they lead to.

use crate::assurance::{Amr, Assurance, Level};
use crate::audit::{Event, Outcome, Reason};
use crate::clock::Timestamp;
use crate::countersign::Countersign;
use crate::engine::{Engine, mismatch};
use crate::error::Error;
use crate::port::store::{
    Change, Effect, Effected, Found, Gate, PendingView, Read, SessionView, SettleKind,
};
use crate::secret_text::{Password, Proof};
use crate::session::{Origin, PendingRecord, SessionRecord, Token, TokenHash};
use crate::use_case::password::Typed;
use crate::use_case::verify::{self, Presentation};
use crate::user::{UserKey, UserName};
use crate::verdict::{Refusal, Verdict};
use crate::verification::Ended;
use crate::view::{Client, FirstStep, Method, PendingLogin, Session, SignedIn};

impl Countersign {
    /// The first step. Unknown name, wrong password and disabled user are one answer at one price:
    /// one Argon2id (rule 5).
    pub async fn login(
        &self,
        name: &str,
        password: Password,
        client: Client,
    ) -> Result<Verdict<FirstStep>, Error> {
        let name = UserName::parse(name).unwrap_or_else(|_| UserName::nobody());
        self.0
            .detached(|engine| async move { login(&engine, &name, &password, &client).await })
            .await
    }

    /// A pending login, for the page of the second step; none when it is over.
    pub async fn pending_login(&self, pending: &Token) -> Result<Option<PendingLogin>, Error> {
        let view = pending_view(&self.0, self.0.hash(pending), self.0.now()?).await?;
        Ok(view.map(|view| PendingLogin {
            name: view.user.name.clone(),
            methods: Method::of(&view.holdings),
            expires_at: view.pending.expires_at,
        }))
    }

    /// The second step: the code is consumed and the session made, or neither.
    pub async fn second_step(
        &self,
        pending: &Token,
        proof: Proof,
        client: Client,
    ) -> Result<Verdict<SignedIn>, Error> {
        let pending = self.0.hash(pending);
        self.0
            .detached(
                move |engine| async move { second_step(&engine, pending, &proof, &client).await },
            )
            .await
    }

    /// The session that a token opens; none when it is over. Postpones its idle end, to the minute.
    pub async fn session(&self, session: &Token) -> Result<Option<Session>, Error> {
        let now = self.0.now()?;
        let read = Read::Session {
            session: self.0.hash(session),
            now,
        };
        let Found::Session(view) = self.0.store.read(read).await? else {
            return Err(mismatch());
        };
        // A session at a protected host opens nothing here: what it is sent to sees its token.
        let own = |view: &SessionView| {
            view.session.parent.is_none() && view.session.audience == self.0.realm.audience
        };
        let Some(mut view) = view.filter(|view| own(view)) else {
            return Ok(None);
        };
        if let Some(idle_expires_at) = self.see(&view.session, now).await? {
            view.session.idle_expires_at = idle_expires_at;
        }
        Ok(Some(Session::of(&view)))
    }

    /// Postpones a session's idle end, to the minute; tells the new one.
    pub(super) async fn see(
        &self,
        session: &SessionRecord,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, Error> {
        if now.since(session.last_seen_at).as_secs() < 60 {
            return Ok(None);
        }
        let idle_expires_at = now.plus(self.0.policy.session_idle);
        self.0
            .change(Change::TouchSession {
                session: session.hash,
                now,
                idle_expires_at,
            })
            .await?;
        Ok(Some(idle_expires_at))
    }

    /// Ends a session, and its children.
    pub async fn sign_out(&self, session: &Session, origin: Origin) -> Result<(), Error> {
        let now = self.0.now()?;
        let user = self.0.user(session.user).await?;
        let draft = self.0.draft(user.as_deref(), &origin, now);
        let audit = self.0.row(
            &draft,
            Event::SessionEnded,
            Outcome::Success,
            Some(Reason::SignedOut),
            None,
        )?;
        self.0
            .change(Change::SignOut {
                session: session.hash,
                now,
                audit,
            })
            .await
            .map(|_| ())
    }
}

async fn login(
    engine: &Engine,
    name: &UserName,
    password: &Password,
    client: &Client,
) -> Result<Verdict<FirstStep>, Error> {
    let now = engine.now()?;
    let typed = Typed {
        name,
        password,
        client,
        gate: Gate::Open,
        event: Event::PasswordStep,
        now,
    };
    let (attempt, judgement) = match typed.check(engine).await? {
        Ok(judged) => judged,
        Err(closed) => {
            return Ok(closed.verdict(now, SettleKind::Password, Refusal::InvalidCredentials));
        }
    };
    // A name that is nobody's gets as much work: rows and tokens are made and thrown away.
    let key = attempt.user().map_or(UserKey([0; 16]), |user| user.key);
    let version = attempt.user().map_or(0, |user| user.password_version);
    let assurance = Assurance {
        level: Level::Aal1,
        amr: Amr::PWD,
        auth_time: now,
    };
    let (token, session) = engine.new_session(&key, assurance, &client.origin, now)?;
    let pending = engine.token(&key)?;
    let expires_at = now.plus(engine.policy.pending);
    let record = PendingRecord {
        hash: engine.hash(&pending),
        user: key,
        audience: engine.realm.audience.clone(),
        password_version: version,
        created_at: now,
        expires_at,
    };
    let (known_token, known) = remember(engine, attempt.open.known, now)?;
    let why = match attempt.user() {
        None => Reason::UnknownUser,
        Some(user) if !user.enabled => Reason::UserDisabled,
        Some(_) => Reason::WrongPassword,
    };
    let effect = Effect::FirstStep {
        pending: record,
        session,
        known,
    };
    let ended = attempt
        .settle(engine, judgement, effect, &client.origin, why)
        .await?;
    if let Ended::Accepted(_, Effected::SecondStepDemanded) = ended {
        let view = pending_view(engine, engine.hash(&pending), now).await?;
        let methods = view
            .map(|view| Method::of(&view.holdings))
            .unwrap_or_default();
        return Ok(Verdict::Accepted(FirstStep::SecondStep {
            pending,
            methods,
            expires_at,
        }));
    }
    Ok(
        ended.verdict(SettleKind::Password, Refusal::InvalidCredentials, |_, _| {
            FirstStep::SignedIn(SignedIn {
                session: token,
                known: known_token,
                assurance,
                backup_codes_left: None,
            })
        }),
    )
}

async fn second_step(
    engine: &Engine,
    pending: TokenHash,
    proof: &Proof,
    client: &Client,
) -> Result<Verdict<SignedIn>, Error> {
    let now = engine.now()?;
    let presented = Presentation {
        gate: Gate::Pending(pending),
        event: Event::SecondStep,
        now,
    };
    let gone = Refusal::PasswordStepRequired;
    let (attempt, kind, judgement) = match verify::judge(engine, presented, proof, client).await? {
        Ok(judged) => judged,
        Err(refused) => {
            if refused.is_gone() {
                let draft = engine.draft(None, &client.origin, now);
                let event = Event::SequenceFailed;
                let audit = engine.row(&draft, event, Outcome::Failure, None, None)?;
                engine.change(Change::Record(audit)).await?;
            }
            return Ok(refused.verdict(now, gone));
        }
    };
    let Some(user) = attempt.user().map(|user| user.key) else {
        return Ok(Verdict::Refused(gone));
    };
    let assurance = verify::worth(kind, now);
    let (token, session) = engine.new_session(&user, assurance, &client.origin, now)?;
    let (known_token, known) = remember(engine, attempt.open.known, now)?;
    let why = verify::wrong(kind);
    let ended = attempt
        .settle(
            engine,
            judgement,
            Effect::OpenSession { session, known },
            &client.origin,
            why,
        )
        .await?;
    let left = verify::codes_left(engine, kind, &ended, user, now).await?;
    Ok(ended.verdict(kind, gone, |_, _| SignedIn {
        session: token,
        known: known_token,
        assurance,
        backup_codes_left: left,
    }))
}

type Remembered = (Option<Token>, Option<crate::session::KnownBrowser>);

pub(super) fn remember(engine: &Engine, known: bool, now: Timestamp) -> Result<Remembered, Error> {
    if known {
        return Ok((None, None));
    }
    let (token, record) = engine.new_known(now)?;
    Ok((Some(token), Some(record)))
}

pub(super) async fn pending_view(
    engine: &Engine,
    pending: TokenHash,
    now: Timestamp,
) -> Result<Option<Box<PendingView>>, Error> {
    match engine.store.read(Read::Pending { pending, now }).await? {
        Found::Pending(view) => Ok(view),
        _ => Err(mismatch()),
    }
}
