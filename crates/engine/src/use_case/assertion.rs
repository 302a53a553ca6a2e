//! A passkey's answer, from what the browser sent to a judgement.

use countersign_webauthn::AuthenticationResponse;

use crate::audit::{Event, Outcome, Reason};
use crate::authenticator::PasskeyRecord;
use crate::engine::{Engine, mismatch};
use crate::error::{Error, Unavailable};
use crate::factor::passkey::{self, Asserted, Purpose};
use crate::port::store::{
    Admit, AdmitPasskey, Change, Found, Gate, Read, SettleKind, UsedChallenge,
};
use crate::use_case::verify::{Judged, Presentation, Unjudged};
use crate::user::UserRecord;
use crate::verification::{Attempt, Judgement, What};
use crate::view::Client;

/// A passkey's answer from admit to judgement. The gate says what its challenge must be for.
pub(super) async fn judge(
    engine: &Engine,
    presented: Presentation,
    response: &AuthenticationResponse,
    client: &Client,
) -> Result<Judged, Error> {
    let Presentation { gate, event, now } = presented;
    let kind = SettleKind::Passkey;
    let purpose = match gate {
        Gate::Open => Purpose::SignIn,
        Gate::Pending(pending) => Purpose::SecondStep(pending),
        Gate::Session(session) => Purpose::StepUp(session),
        Gate::User(user) => Purpose::HostVerify(user),
    };
    let client_data = response.response.client_data_json.as_bytes();
    let Some((challenge, spent)) = passkey::recognize(engine, client_data, purpose, now) else {
        return Ok(Err(Unjudged::Expired));
    };
    let what = What {
        kind,
        event,
        gate,
        now,
        subject: None,
    };
    let credential = passkey::hash(&engine.realm.id, response.raw_id.as_bytes());
    let known = engine.known_hash(client.known.as_ref());
    let admit = |attempt| {
        Admit::Passkey(AdmitPasskey {
            attempt,
            now,
            gate,
            credential,
            known,
        })
    };
    let attempt = match Attempt::admit(engine, what, &client.origin, admit).await? {
        Ok(attempt) => attempt,
        Err(closed) => return Ok(Err(Unjudged::Closed(kind, closed))),
    };
    let known_user = gate != Gate::Open;
    let judgement = match (attempt.user(), &attempt.open.passkey) {
        (Some(user), Some(row)) if user.enabled => {
            let judged = passkey::evaluate(
                engine,
                (user, row),
                response,
                (&challenge, spent),
                known_user,
            );
            let subject = (user, row, spent);
            judge_assertion(engine, presented, subject, judged, client).await?
        }
        _ => Judgement::of_passkey(None, None, None),
    };
    Ok(Ok((attempt, kind, judgement)))
}

/// An assertion that holds, unless its counter went back and the policy minds; that is recorded
/// either way. The same answer again is no copy of the key: its settlement says that it was used.
async fn judge_assertion(
    engine: &Engine,
    presented: Presentation,
    (user, row, spent): (&UserRecord, &PasskeyRecord, UsedChallenge),
    judged: Result<Option<Asserted>, Error>,
    client: &Client,
) -> Result<Judgement, Error> {
    let asserted = match judged {
        Ok(asserted) => asserted,
        Err(Error::Unavailable(Unavailable::Vault(failure))) => {
            return Ok(Judgement::of_passkey(Some(row.id), None, Some(failure)));
        }
        Err(error) => return Err(error),
    };
    let regressed = asserted.as_ref().is_some_and(|asserted| asserted.regressed);
    if regressed && is_used(engine, spent).await? {
        return Ok(Judgement::of_passkey(Some(row.id), asserted, None));
    }
    let accept = engine.policy.accept_sign_count_regression;
    if regressed {
        let draft = engine.draft(Some(user), &client.origin, presented.now);
        let outcome = if accept {
            Outcome::Success
        } else {
            Outcome::Failure
        };
        let reason = Some(Reason::SignCountRegressed);
        let event = Event::SignCountRegressed;
        let audit = engine.row(&draft, event, outcome, reason, Some(row.id))?;
        engine.change(Change::Record(audit)).await?;
    }
    let holds = asserted.filter(|asserted| accept || !asserted.regressed);
    Ok(Judgement::of_passkey(Some(row.id), holds, None))
}

async fn is_used(engine: &Engine, challenge: UsedChallenge) -> Result<bool, Error> {
    match engine
        .store
        .read(Read::ChallengeUsed(challenge.hash))
        .await?
    {
        Found::Flag(used) => Ok(used),
        _ => Err(mismatch()),
    }
}
