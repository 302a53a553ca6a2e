//! `/api/openapi.json` and `/api/docs`: the document for programs, and the same for people.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::{document, reading};
use crate::pages::{ApiField, ApiGroup, ApiReference};
use crate::problem::Failure;
use crate::reply;
use crate::state::Front;
use crate::table::Table;
use crate::visit::Visit;

static DOCUMENT: LazyLock<String> = LazyLock::new(document::text);

pub(super) fn routes(table: Table) -> Table {
    table.get("/api/openapi.json", show).get("/api/docs", page)
}

async fn show() -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (kind, DOCUMENT.as_str()).into_response()
}

async fn page(State(front): State<Front>, visit: Visit) -> Result<Response, Failure> {
    visit.browser("")?;
    let document = read();
    let page = ApiReference {
        chrome: front.bare(),
        text: reading::text(&document),
        common: reading::common(),
        groups: reading::groups(&document),
    };
    Ok(reply::page(StatusCode::OK, visit.jar(), &page))
}

fn read() -> Value {
    serde_json::from_str(&DOCUMENT).unwrap_or_default()
}

/// The service API as the reference documentation prints it.
pub fn markdown() -> String {
    let document = read();
    let mut text = String::from(INTRODUCTION);
    for (status, codes) in reading::common() {
        // Writing to a string does not fail.
        let _ = writeln!(text, "| {status} | {codes} |");
    }
    for group in reading::groups(&document) {
        let _ = write!(text, "\n## {}\n\n{}\n", group.name, group.text);
        operations(&mut text, &group);
    }
    text
}

const INTRODUCTION: &str = "\
# Service API

What a back end asks that has its own users and passwords. This page is made from
[openapi.json](../../crates/http/openapi.json), which the server has at `/api/openapi.json`, and as a page at
`/api/docs`. [Five minutes beside your application](../how-to/beside-your-application.md) walks through it.

- **Key.** `Authorization: Bearer csk_…`, made by `countersign api-key create`. It belongs to one realm and holds the
  scopes `verify`, `enroll`, `admin`, or some of them; `admin` enrolls nothing. Two may live at once, so that one can
  take over from the other. Cookies are neither read nor set.
- **Status.** Only an answer in `2xx` means yes. Everything else is a [problem document](errors.md).
- **User.** `{user}` is your own id of them, percent-encoded. There is no call to make a user: they arise at their first
  enrollment, and one who was never seen is answered as one who has nothing.
- **Proof.** Once a user has a second factor, enrolling another, revoking one and making backup codes take the
  `verification_id` of a verification of the last five minutes, as `proof`. It works once.
- **Repeating.** A `POST` with an `Idempotency-Key` is done once within 24 hours. Its secrets are told once all the same:
  the repeated request is 409 `already_created` with the `id`. `verify` takes no such key, since a code works once
  anyhow; `challenges` changes nothing.
- **Requests.** JSON in UTF-8 with `Content-Type: application/json`; no body is an empty object. Unknown fields and a key
  twice are refused. A body has at most 16 KiB, or 64 where a passkey may answer.
- **Limits.** A back end that shows a right key is not limited by its address; who shows wrong ones is.

Any operation may be answered by these; they are left out below.

| status | |
|---|---|
";

fn operations(text: &mut String, group: &ApiGroup) {
    for operation in &group.operations {
        let (method, path) = (&operation.method, &operation.path);
        let _ = write!(text, "\n### {}\n\n`{method} {path}`\n", operation.title);
        for paragraph in &operation.text {
            let _ = write!(text, "\n{paragraph}\n");
        }
        table(text, "In path, query or header", &operation.parameters);
        table(text, "In the body", &operation.body);
        text.push_str("\n| status | |\n|---|---|\n");
        for answer in &operation.answers {
            let _ = writeln!(text, "| {} | {} |", answer.status, answer.text);
        }
        for answer in &operation.answers {
            table(text, &format!("In {}", answer.status), &answer.fields);
        }
    }
}

fn table(text: &mut String, title: &str, fields: &[ApiField]) {
    if fields.is_empty() {
        return;
    }
    let _ = write!(text, "\n| {title} | | |\n|---|---|---|\n");
    for field in fields {
        let presence = if field.required { "" } else { ", optional" };
        let kind = field.kind.replace('|', "\\|");
        let _ = writeln!(
            text,
            "| `{}` | {kind}{presence} | {} |",
            field.name, field.text
        );
    }
}
