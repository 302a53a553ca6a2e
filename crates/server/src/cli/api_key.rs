//! `api-key`: which back ends may ask, and what. A key is printed once, where it is made.

use std::time::Duration;

use countersign::api_key::{ApiKeyRecord, Scope, Scopes};
use countersign::clock::{Clock as _, Timestamp};
use countersign::id::ApiKeyId;
use countersign::{NewKey, Refusal, Verdict};
use serde_json::{Value, json};

use crate::ambient::SystemClock;
use crate::cli::{Context, InRealm, accepted};
use crate::failure::Failure;
use crate::wiring::Opening;

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Make a key and print it, once.
    Create {
        /// What it is called: 1 to 64 characters. Two that live may share a name.
        name: String,
        /// What it may ask for: verify, enroll, admin, separated by commas.
        #[arg(long, value_name = "SCOPES", required = true, value_delimiter = ',', value_parser = scope)]
        scope: Vec<Scope>,
        /// How long it works, such as 90d, 12h or 30m; without this, until it is revoked.
        #[arg(long, value_name = "TIME", value_parser = lifetime)]
        expires: Option<Duration>,
        #[command(flatten)]
        realm: InRealm,
    },
    /// List the keys, without what is secret of them.
    List {
        #[command(flatten)]
        realm: InRealm,
    },
    /// Revoke a key: it works no more, at once.
    Revoke {
        /// The key's id, as the list shows it.
        id: String,
        #[command(flatten)]
        realm: InRealm,
    },
}

pub(super) fn run(context: &Context, command: &Command) -> Result<(), Failure> {
    match command {
        Command::Create {
            name,
            scope,
            expires,
            realm,
        } => {
            let scopes = Scopes::of(scope.iter().copied());
            let scopes = scopes.ok_or(Failure::Usage("a key needs a scope"))?;
            let key = NewKey {
                name,
                scopes,
                lifetime: *expires,
            };
            create(context, key, realm)
        }
        Command::List { realm } => list(context, realm),
        Command::Revoke { id, realm } => revoke(context, realm, id),
    }
}

fn create(context: &Context, new: NewKey<'_>, realm: &InRealm) -> Result<(), Failure> {
    let name = new.name.to_owned();
    let (record, key) = context.in_realm(realm, Opening::Make, async |mfa| {
        match mfa.operator().create_api_key(new).await? {
            Verdict::Refused(Refusal::NameTaken) => Err(Failure::TwoApiKeys(name)),
            verdict => accepted(verdict),
        }
    })?;
    if context.output.is_json() {
        let mut told = value(&record);
        if let Some(fields) = told.as_object_mut() {
            fields.insert("key".to_owned(), key.reveal().into());
        }
        return context.output.json(&told);
    }
    context.output.note(&format!(
        "Made the API key {:?} ({}). It is shown only here:",
        record.name,
        scopes(&record)
    ));
    context.output.line(key.reveal())
}

fn list(context: &Context, realm: &InRealm) -> Result<(), Failure> {
    let keys = context.in_realm(realm, Opening::Existing, async |mfa| {
        Ok(mfa.operator().api_keys().await?)
    })?;
    if context.output.is_json() {
        return context.output.json(&keys.iter().map(value).collect());
    }
    if keys.is_empty() {
        context
            .output
            .note("There is no API key yet: countersign api-key create NAME --scope verify,enroll");
        return Ok(());
    }
    let now = SystemClock.now();
    let rows: Vec<Vec<String>> = keys.iter().map(|key| row(key, now)).collect();
    let heads = [
        "ID",
        "NAME",
        "SCOPES",
        "STATE",
        "CREATED",
        "EXPIRES",
        "LAST USED",
    ];
    context.output.table(&heads, &rows)
}

fn revoke(context: &Context, realm: &InRealm, id: &str) -> Result<(), Failure> {
    let missing = || Failure::NoApiKey(id.to_owned());
    let parsed = ApiKeyId::parse(id).ok_or_else(missing)?;
    context.in_realm(realm, Opening::Existing, async |mfa| {
        match mfa.operator().revoke_api_key(parsed).await? {
            Verdict::Refused(Refusal::NotFound) => Err(missing()),
            verdict => accepted(verdict),
        }
    })?;
    context
        .output
        .answer(&format!("Revoked the API key {id}."), &json!({ "id": id }))
}

fn scopes(key: &ApiKeyRecord) -> String {
    key.scopes.names().collect::<Vec<_>>().join(",")
}

fn row(key: &ApiKeyRecord, now: Timestamp) -> Vec<String> {
    let state = match key.revoked_at {
        Some(_) => "revoked",
        None if key.lives(now) => "active",
        None => "expired",
    };
    let moment = |at: Option<Timestamp>| at.map_or_else(|| "never".to_owned(), Timestamp::rfc3339);
    vec![
        key.id.to_string(),
        key.name.clone(),
        scopes(key),
        state.to_owned(),
        key.created_at.rfc3339(),
        moment(key.expires_at),
        moment(key.last_used_at),
    ]
}

fn value(key: &ApiKeyRecord) -> Value {
    json!({
        "id": key.id.to_string(),
        "name": key.name,
        "realm": key.realm.as_str(),
        "scopes": key.scopes.names().collect::<Vec<_>>(),
        "created_at": key.created_at.rfc3339(),
        "expires_at": key.expires_at.map(Timestamp::rfc3339),
        "last_used_at": key.last_used_at.map(Timestamp::rfc3339),
        "revoked_at": key.revoked_at.map(Timestamp::rfc3339),
    })
}

fn scope(text: &str) -> Result<Scope, String> {
    Scope::parse(text.trim()).ok_or_else(|| "a scope is verify, enroll or admin".to_owned())
}

/// A number and its unit; at most ten years.
fn lifetime(text: &str) -> Result<Duration, String> {
    let wrong = || "a time is like 90d, 12h or 30m, and at most 3650d".to_owned();
    let unit = match text.chars().last() {
        Some('d') => 86_400,
        Some('h') => 3_600,
        Some('m') => 60,
        _ => return Err(wrong()),
    };
    let number = text.get(..text.len() - 1).unwrap_or("");
    let digits = number.bytes().all(|digit| digit.is_ascii_digit());
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let seconds = number.checked_mul(unit).filter(|_| digits);
    let seconds = seconds.filter(|seconds| (1..=3650 * 86_400).contains(seconds));
    seconds.map(Duration::from_secs).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_has_a_unit_and_an_end() {
        let seconds = |text: &str| lifetime(text).map(|span| span.as_secs()).ok();
        assert_eq!(seconds("90d"), Some(7_776_000));
        assert_eq!(seconds("12h"), Some(43_200));
        assert_eq!(seconds("30m"), Some(1_800));
        for text in [
            "",
            "d",
            "90",
            "0d",
            "+1d",
            "-1d",
            "1.5h",
            "3651d",
            "1dd",
            "99999999999999999999d",
            "1é",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
