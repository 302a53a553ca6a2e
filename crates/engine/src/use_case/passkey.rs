//! Passkeys: the options of each ceremony, signing in by one alone, and enrolling one.

use countersign_webauthn::{
    Authentication, AuthenticationResponse, CreationOptions, Registered, Registration,
    RegistrationResponse, RegistrationState, RequestOptions, TrustPolicy, User,
};

use crate::assurance::{Amr, Assurance, Level};
use crate::audit::{Draft, Event, Outcome, Reason};
use crate::authenticator::{Label, PasskeyRecord, Status};
use crate::clock::Timestamp;
use crate::countersign::Countersign;
use crate::engine::Engine;
use crate::error::Error;
use crate::factor::passkey::{self, Purpose};
use crate::factor::{backup_code, passkey_row};
use crate::id::AuthenticatorId;
use crate::port::store::{Authority, Change, Changed, Effect, Gate, Guard, SettleKind};
use crate::session::Token;
use crate::use_case::assertion;
use crate::use_case::directory::Asking;
use crate::use_case::sign_in::{pending_view, remember};
use crate::use_case::verify::Presentation;
use crate::user::{UserKey, UserRecord};
use crate::vault::RowMac;
use crate::verdict::{Refusal, Verdict};
use crate::view::{Client, EnrolledPasskey, Session, SignedIn};

impl Countersign {
    /// Options to sign in by a passkey alone: for whoever answers, so they name nobody and page
    /// views write nothing.
    pub fn sign_in_options(&self) -> Result<RequestOptions, Error> {
        let challenge = passkey::challenge(&self.0, Purpose::SignIn, self.0.now()?)?;
        Ok(Authentication::discoverable()
            .begin(&self.0.rp, &challenge)
            .0)
    }

    /// Signs in by a passkey alone: a discoverable credential, the user verified by it. Everything
    /// that does not hold is one refusal.
    pub async fn sign_in_by_passkey(
        &self,
        response: AuthenticationResponse,
        client: Client,
    ) -> Result<Verdict<SignedIn>, Error> {
        self.0
            .detached(|engine| async move { sign_in(&engine, &response, &client).await })
            .await
    }

    /// Options for the second step of a pending login.
    pub async fn second_step_options(
        &self,
        pending: &Token,
    ) -> Result<Verdict<RequestOptions>, Error> {
        let (hash, now) = (self.0.hash(pending), self.0.now()?);
        match pending_view(&self.0, hash, now).await? {
            Some(view) => options(&self.0, &view.user, Purpose::SecondStep(hash), now).await,
            None => Ok(Verdict::Refused(Refusal::PasswordStepRequired)),
        }
    }

    /// Options for a step-up of a session.
    pub async fn step_up_options(
        &self,
        session: &Session,
    ) -> Result<Verdict<RequestOptions>, Error> {
        let now = self.0.now()?;
        match self.0.user(session.user).await? {
            Some(user) => options(&self.0, &user, Purpose::StepUp(session.hash), now).await,
            None => Ok(Verdict::Refused(Refusal::SessionRequired)),
        }
    }

    /// Options to enroll a passkey, with a fresh proof.
    pub async fn enroll_passkey_options(
        &self,
        session: &Session,
    ) -> Result<Verdict<CreationOptions>, Error> {
        if let Some(refusal) = self.stale(session) {
            return Ok(Verdict::Refused(refusal));
        }
        let now = self.0.now()?;
        let Some(user) = self.0.user(session.user).await? else {
            return Ok(Verdict::Refused(Refusal::SessionRequired));
        };
        let rows = passkey_row::of(&self.0, user.key).await?;
        let challenge = passkey::challenge(&self.0, Purpose::Enroll(session.hash), now)?;
        let registration = registration(&user)?
            .exclude(passkey::descriptors(&rows)?)
            .attestation(self.0.attestation.preference());
        Ok(Verdict::Accepted(
            registration.begin(&self.0.rp, &challenge).0,
        ))
    }

    /// Enrolls the passkey that answered [`Self::enroll_passkey_options`]. The session goes on at
    /// AAL2 under a new token; the first authenticator brings the backup codes. Without a label it
    /// is called after its provider.
    pub async fn enroll_passkey(
        &self,
        session: &Session,
        response: RegistrationResponse,
        label: Option<&str>,
        client: Client,
    ) -> Result<Verdict<EnrolledPasskey>, Error> {
        let Ok(label) = label.map(Label::parse).transpose() else {
            return Ok(Verdict::Refused(Refusal::LabelInvalid));
        };
        let session = session.clone();
        let work = |engine: std::sync::Arc<Engine>| async move {
            enroll(&engine, &session, &response, label, &client).await
        };
        self.0.detached(work).await
    }
}

async fn options(
    engine: &Engine,
    user: &UserRecord,
    purpose: Purpose,
    now: Timestamp,
) -> Result<Verdict<RequestOptions>, Error> {
    let allowed = passkey::descriptors(&passkey_row::of(engine, user.key).await?)?;
    if allowed.is_empty() {
        return Ok(Verdict::Refused(Refusal::NotFound));
    }
    let challenge = passkey::challenge(engine, purpose, now)?;
    let authentication = Authentication::of_user(passkey::handle(user)?, allowed);
    Ok(Verdict::Accepted(
        authentication.begin(&engine.rp, &challenge).0,
    ))
}

async fn sign_in(
    engine: &Engine,
    response: &AuthenticationResponse,
    client: &Client,
) -> Result<Verdict<SignedIn>, Error> {
    let now = engine.now()?;
    let kind = SettleKind::Passkey;
    let presented = Presentation {
        gate: Gate::Open,
        event: Event::PasskeySignIn,
        now,
    };
    let asking = Asking::begin(engine, client)?;
    let (attempt, judgement) = match assertion::judge(engine, presented, response, client).await? {
        Ok((attempt, _, judgement)) => (attempt, judgement),
        Err(refused) => return Ok(refused.verdict(now, Refusal::InvalidPasskey)),
    };
    let judgement = match asking {
        Some(asking) => asking.may_sign_in(attempt.user(), judgement).await,
        None => judgement,
    };
    let key = attempt.user().map_or(UserKey([0; 16]), |user| user.key);
    let assurance = Assurance {
        level: Level::Aal2,
        amr: Amr::POP.with(Amr::MFA),
        auth_time: now,
    };
    let (token, session) = engine.new_session(&key, assurance, &client.origin, now)?;
    let (known_token, known) = remember(engine, attempt.open.known, now)?;
    let why = match (attempt.user(), &attempt.open.passkey) {
        (Some(user), _) if !user.enabled => Reason::UserDisabled,
        (_, Some(_)) => Reason::WrongPasskey,
        (_, None) => Reason::UnknownCredential,
    };
    let ended = attempt
        .settle(
            engine,
            judgement,
            Effect::BeginSession { session, known },
            &client.origin,
            why,
        )
        .await?;
    Ok(
        ended.verdict(kind, Refusal::InvalidPasskey, |_, _| SignedIn {
            session: token,
            known: known_token,
            assurance,
            backup_codes_left: None,
        }),
    )
}

fn registration(user: &UserRecord) -> Result<Registration, Error> {
    Ok(Registration::new(User {
        handle: passkey::handle(user)?,
        name: user.name.clone(),
        display_name: user.name.clone(),
    }))
}

async fn enroll(
    engine: &Engine,
    session: &Session,
    response: &RegistrationResponse,
    label: Option<Label>,
    client: &Client,
) -> Result<Verdict<EnrolledPasskey>, Error> {
    let now = engine.now()?;
    let client_data = response.response.client_data_json.as_bytes();
    let purpose = Purpose::Enroll(session.hash);
    let Some((challenge, used)) = passkey::recognize(engine, client_data, purpose, now) else {
        return Ok(Verdict::Refused(Refusal::ChallengeExpired));
    };
    let Some(overview) = engine.overview(session.user, now).await? else {
        return Ok(Verdict::Refused(Refusal::SessionRequired));
    };
    let state = registration(&overview.user)?
        .begin(&engine.rp, &challenge)
        .1;
    let draft = engine.draft(Some(&overview.user), &client.origin, now);
    let registered = match judge(engine, &state, response, &draft, now).await? {
        Ok(registered) => registered,
        Err(refusal) => return Ok(Verdict::Refused(refusal)),
    };
    let label = match label {
        Some(label) => label,
        None => Label::parse(registered.aaguid.provider().unwrap_or("Passkey"))?,
    };
    let id = AuthenticatorId::generate(now, &*engine.random)?;
    let row = row(engine, id, session.user, &registered, &label, now);
    let assurance = Assurance {
        level: Level::Aal2,
        amr: session.assurance().amr.with(Amr::POP).with(Amr::MFA),
        auth_time: now,
    };
    let (token, successor) = engine.new_session(&session.user, assurance, &client.origin, now)?;
    let permit = engine.hasher.permit(backup_code::PLACES, true)?;
    let newest = overview.backup_set;
    let (backup_codes, list) =
        backup_code::first_set(engine, &permit, session.user, newest, now).await?;
    let audit = engine.row(
        &draft,
        Event::EnrollmentConfirmed,
        Outcome::Success,
        Some(Reason::Passkey),
        Some(id),
    )?;
    let guard = Guard {
        session: session.hash,
        now,
        // Freshness was demanded when the ceremony began; its challenge lives a few minutes more.
        max_age: engine.policy.fresh + engine.policy.challenge,
    };
    let change = Change::AddPasskey {
        authority: Authority::Fresh(guard),
        now,
        challenge: used,
        credential: passkey::hash(&engine.realm.id, &row.credential_id),
        rp: (engine.realm.id.clone(), engine.realm.rp_id.clone()),
        passkey: Box::new(row),
        session: Some(successor),
        backup_codes,
        audit,
    };
    Ok(match engine.change(change).await? {
        Changed::Done => Verdict::Accepted(enrolled(token, id, &label, None)),
        Changed::DoneWithBackupCodes => Verdict::Accepted(enrolled(token, id, &label, list)),
        other => Verdict::Refused(super::account::refusal(session.holdings(), other)),
    })
}

/// What the answer registers; what the attestation policy or the ceremony refuses is recorded.
pub(super) async fn judge(
    engine: &Engine,
    state: &RegistrationState,
    response: &RegistrationResponse,
    draft: &Draft<'_>,
    now: Timestamp,
) -> Result<Result<Registered, Refusal>, Error> {
    let finish = |policy: &TrustPolicy<'_>| state.finish(&engine.rp, response, policy);
    match engine.attestation.judge(now, finish) {
        Ok(registered) => Ok(Ok(registered)),
        Err((refusal, why)) => {
            let (event, failed) = (Event::EnrollmentConfirmed, Outcome::Failure);
            let audit = engine.row(draft, event, failed, Some(why), None)?;
            engine.change(Change::Record(audit)).await?;
            Ok(Err(refusal))
        }
    }
}

fn enrolled(
    session: Token,
    authenticator: AuthenticatorId,
    label: &Label,
    backup_codes: Option<crate::secret_text::BackupCodeList>,
) -> EnrolledPasskey {
    EnrolledPasskey {
        session,
        authenticator,
        label: label.as_str().to_owned(),
        backup_codes,
    }
}

pub(super) fn row(
    engine: &Engine,
    id: AuthenticatorId,
    user: UserKey,
    registered: &Registered,
    label: &Label,
    now: Timestamp,
) -> PasskeyRecord {
    let mut transports: Vec<&str> = registered.transports.iter().map(String::as_str).collect();
    transports.retain(|word| {
        word.len() <= 32
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
    });
    transports.truncate(8);
    let mut row = PasskeyRecord {
        id,
        user,
        status: Status::Active,
        label: label.as_str().to_owned(),
        credential_id: registered.credential_id.as_bytes().to_vec(),
        public_key: registered.public_key.clone(),
        aaguid: *registered.aaguid.as_bytes(),
        transports: transports.join(","),
        sign_count: registered.sign_count,
        uv_initialized: registered.uv_initialized,
        backup_eligible: registered.backup_eligible,
        backup_state: registered.backup_state,
        mac: RowMac::empty(),
        created_at: now,
        last_used_at: None,
    };
    row.mac = passkey_row::mac(engine, &row, Status::Active);
    row
}
