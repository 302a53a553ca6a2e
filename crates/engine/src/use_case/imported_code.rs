//! A backup code of a user whose current set was imported: the same way through as any other, judged by
//! the hashes of the program that it came from.

use crate::engine::{Engine, mismatch};
use crate::error::Error;
use crate::factor::imported_code;
use crate::port::store::{Admit, AdmitBackupCode, Found, Read, SettleKind};
use crate::use_case::verify::{Judged, Presentation, Unjudged, subject};
use crate::verification::{Attempt, Judgement, What};
use crate::view::Client;

/// The dearest cost of the imported set of whoever is behind the gate; none where the current set is our
/// own, or nothing is left of it. Nobody unknown has one: they cost what they always do.
pub(super) async fn set(engine: &Engine, presented: Presentation) -> Result<Option<u8>, Error> {
    let Presentation { gate, now, .. } = presented;
    match engine.store.read(Read::ImportedSet { gate, now }).await? {
        Found::BackupSet(set) => Ok(set.and_then(|set| set.bcrypt_cost)),
        _ => Err(mismatch()),
    }
}

/// From admit to judgement; the places in the pool are taken before anything is counted.
pub(super) async fn judge(
    engine: &Engine,
    presented: Presentation,
    (text, cost): (&str, u8),
    client: &Client,
) -> Result<Judged, Error> {
    let Some(typed) = imported_code::typed(text) else {
        return Ok(Err(Unjudged::Malformed));
    };
    let Presentation { gate, event, now } = presented;
    let kind = SettleKind::BackupCode;
    let known = engine.known_hash(client.known.as_ref());
    let places = engine.hasher.bcrypt_places(cost);
    let permit = engine.hasher.permit(places, known.is_some())?;
    let what = What {
        kind,
        event,
        gate,
        now,
        subject: subject(gate),
    };
    let limits = engine.policy.limits;
    let admit = |attempt| {
        Admit::BackupCode(AdmitBackupCode {
            attempt,
            now,
            gate,
            selector: None,
            known,
            limits,
        })
    };
    let attempt = match Attempt::admit(engine, what, &client.origin, admit).await? {
        Ok(attempt) => attempt,
        Err(closed) => return Ok(Err(Unjudged::Closed(kind, closed))),
    };
    let (right, failure) = imported_code::evaluate(engine, &permit, &attempt.open, typed).await?;
    let judgement = Judgement::of_imported_code(&right, failure);
    Ok(Ok((attempt, kind, judgement)))
}
