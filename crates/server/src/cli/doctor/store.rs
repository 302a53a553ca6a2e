//! The data: whether it is whole, whether the keyring opens it, and whether its clock was this one.

use std::time::Duration;

use countersign::clock::{Clock as _, Timestamp};
use countersign::port::store::{EventFilter, StoreState};
use countersign::vault::Keyring;
use countersign::{AttestationPolicy, Countersign};
use countersign_store::{Options, SqliteStore};

use super::Report;
use crate::ambient::SystemClock;
use crate::config::Settings;
use crate::failure::Failure;
use crate::keyring::KeyringFailure;
use crate::wiring;

/// How many of the newest audit rows are checked.
const ROWS: u32 = 1000;

/// Opens the database to read it and looks.
pub(super) async fn look(settings: &Settings, keyring: &Keyring, report: &mut Report) {
    match open(settings, keyring) {
        Ok(mfa) => {
            match mfa.operator().state().await {
                Ok(state) => store(&state, report),
                Err(error) => report.fail("store", &error.into()),
            }
            keys(settings, &mfa, report).await;
            audit(&mfa, report).await;
        }
        Err(failure) => report.fail("store", &failure),
    }
}

fn open(settings: &Settings, keyring: &Keyring) -> Result<Countersign, Failure> {
    let options = Options {
        read_only: true,
        ..Options::default()
    };
    let store = SqliteStore::open(&settings.database, options)?;
    let (mfa, _) = wiring::build(
        store,
        keyring,
        settings,
        &settings.expected_origin()?,
        wiring::ONE_HASH,
        AttestationPolicy::default(),
    )?;
    Ok(mfa)
}

fn store(state: &StoreState, report: &mut Report) {
    report.good(
        "schema",
        format!("version {}, {} users", state.schema, state.users),
    );
    if state.intact {
        report.good("integrity", "the database is whole");
    } else {
        report.wrong(
            "integrity",
            "the database is damaged",
            "stop the server and put the database back from a backup",
        );
    }
}

async fn keys(settings: &Settings, mfa: &Countersign, report: &mut Report) {
    const NAME: &str = "keys";
    match mfa.operator().check_keys().await {
        Ok(keys) if keys.is_foreign() => report.fail(
            NAME,
            &KeyringFailure::Foreign(settings.database.clone()).into(),
        ),
        Ok(keys) if keys.failed.is_empty() => report.good(NAME, "the keyring opens the data"),
        Ok(keys) => report.wrong(
            NAME,
            format!("rows do not open of: {}", keys.failed.join(", ")),
            "somebody changed them: put the database back from a backup, or set a new password and reset each of these users",
        ),
        Err(error) => report.fail(NAME, &error.into()),
    }
}

async fn audit(mfa: &Countersign, report: &mut Report) {
    let filter = EventFilter {
        after: None,
        user: None,
        newest: true,
        limit: ROWS,
    };
    match mfa.operator().events(filter).await {
        Err(error) => report.fail("audit trail", &error.into()),
        Ok(rows) => {
            let wrong = rows.iter().filter(|(_, holds)| !holds).count();
            if wrong == 0 {
                let rows = rows.len();
                report.good(
                    "audit trail",
                    format!("the newest {rows} rows are what was written"),
                );
            } else {
                report.wrong(
                    "audit trail",
                    format!("{wrong} rows are not what was written"),
                    "find out who changed the database: countersign audit export",
                );
            }
            clock(rows.iter().map(|(row, _)| row.at).max(), report);
        }
    }
}

fn clock(newest: Option<Timestamp>, report: &mut Report) {
    const NAME: &str = "clock";
    const FIX: &str = "set the machine's clock and keep it by NTP";
    let now = SystemClock.now();
    let behind = newest.map_or(Duration::ZERO, |newest| newest.since(now));
    if now < Timestamp::from_seconds(0) {
        report.wrong(NAME, "it stands before 1970", FIX);
    } else if behind > wiring::CLOCK_TOLERANCE {
        let seconds = behind.as_secs();
        report.wrong(
            NAME,
            format!("it is {seconds} s behind the newest record of the audit trail"),
            FIX,
        );
    } else {
        report.good(NAME, now.rfc3339());
    }
}
