//! `GET /mfa`: what a user has, as a list for programs and as the account page for people.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use countersign::authenticator::{AuthenticatorRecord, PasskeyRecord};
use countersign::clock::Timestamp;
use countersign::id::AuthenticatorId;
use countersign::port::store::{Notice as Told, Overview};

use super::table::Table;
use crate::extract::{Query, Signed};
use crate::pages::{self, Notice};
use crate::problem::Failure;
use crate::reply;
use crate::state::Front;
use crate::view;

pub(super) fn routes(table: Table) -> Table {
    table.get("/mfa", show)
}

#[derive(Serialize)]
struct Answer {
    authenticators: Vec<Item>,
    backup_codes_left: u32,
    backup_codes_acknowledged: bool,
    notices: Vec<Heard>,
}

#[derive(Serialize)]
struct Item {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    label: String,
    status: &'static str,
    created_at: String,
    last_used_at: Option<String>,
    #[serde(flatten)]
    of_kind: OfKind,
}

/// What only its kind has.
#[derive(Serialize)]
#[serde(untagged)]
enum OfKind {
    Code(Code),
    Passkey(Passkey),
}

#[derive(Serialize)]
struct Passkey {
    synced: bool,
    provider: Option<&'static str>,
}

#[derive(Serialize)]
struct Code {
    algorithm: &'static str,
    digits: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<u64>,
}

#[derive(Serialize)]
struct Heard {
    kind: &'static str,
    at: String,
    count: u32,
}

impl Item {
    fn of(record: &AuthenticatorRecord) -> Self {
        let by_time = record.kind == countersign::authenticator::Kind::Totp;
        Self {
            id: record.id.to_string(),
            kind: record.kind.as_str(),
            label: record.label.clone(),
            status: record.status.as_str(),
            created_at: record.created_at.rfc3339(),
            last_used_at: record.last_used_at.map(Timestamp::rfc3339),
            of_kind: OfKind::Code(Code {
                algorithm: record.algorithm.as_str(),
                digits: record.digits.get(),
                period: by_time.then(|| record.period.get()),
            }),
        }
    }

    fn of_passkey(record: &PasskeyRecord) -> Self {
        Self {
            id: record.id.to_string(),
            kind: countersign::authenticator::Kind::Passkey.as_str(),
            label: record.label.clone(),
            status: record.status.as_str(),
            created_at: record.created_at.rfc3339(),
            last_used_at: record.last_used_at.map(Timestamp::rfc3339),
            of_kind: OfKind::Passkey(Passkey {
                synced: record.backup_state,
                provider: view::provider(record.aaguid),
            }),
        }
    }
}

impl Heard {
    fn of(notice: &Told) -> Self {
        Self {
            kind: notice.kind.as_str(),
            at: notice.at.rfc3339(),
            count: notice.count,
        }
    }
}

async fn show(
    State(front): State<Front>,
    signed: Signed,
    query: Query,
) -> Result<Response, Failure> {
    let overview = front.mfa.overview(&signed.session).await?;
    if signed.visit.html {
        let page = page(&front, &signed, &overview, &query);
        return Ok(reply::page(StatusCode::OK, signed.jar(), &page));
    }
    let passkeys = overview.passkeys.iter().map(Item::of_passkey);
    let others = overview.authenticators.iter().map(Item::of);
    let answer = Answer {
        authenticators: passkeys.chain(others).collect(),
        backup_codes_left: overview.holdings.backup_codes,
        backup_codes_acknowledged: overview.holdings.backup_codes_acknowledged,
        notices: overview.notices.iter().map(Heard::of).collect(),
    };
    Ok(reply::json(StatusCode::OK, signed.jar(), &answer))
}

fn page(front: &Front, signed: &Signed, overview: &Overview, query: &Query) -> pages::Overview {
    let mut chrome = signed.chrome(front);
    chrome.notices = done(overview, query).into_iter().collect();
    let unread = overview.notices.iter();
    chrome
        .notices
        .extend(unread.map(|notice| view::notice(notice, overview)));
    pages::Overview {
        chrome,
        unread: !overview.notices.is_empty(),
        authenticators: view::authenticators(overview),
        backup_codes: view::backup_codes_left(overview),
        sessions: view::sessions(overview, signed.session.id()),
        activity: view::activity(overview),
        password_changed: None,
        accepted: view::accepted_passkeys(overview, &front.mfa.realm().rp_id),
    }
}

/// What the address says was just done: one of a closed set, in our own words.
fn done(overview: &Overview, query: &Query) -> Option<Notice> {
    Some(match query.value("done")?.as_str() {
        "renamed" => {
            let id = AuthenticatorId::parse(&query.value("id")?)?;
            let label = view::label(overview, id)?.to_owned();
            Notice::AuthenticatorRenamed { label }
        }
        "session-ended" => Notice::SessionEnded,
        "other-sessions-ended" => Notice::OtherSessionsEnded,
        "password-changed" => Notice::PasswordChanged,
        "acknowledged" => Notice::BackupCodesAcknowledged,
        _ => return None,
    })
}
