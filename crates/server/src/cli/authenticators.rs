//! `authenticators`: what a user enrolled; revoking is the only change.

use countersign::authenticator::{AuthenticatorRecord, Kind, PasskeyRecord};
use countersign::clock::Timestamp;
use countersign::id::AuthenticatorId;
use countersign::webauthn::Aaguid;
use countersign::{Refusal, Verdict};
use serde_json::{Value, json};

use crate::cli::{Context, InRealm, accepted, of_user};
use crate::failure::Failure;
use crate::wiring::Opening;

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// List a user's authenticators.
    List {
        /// The user.
        user: String,
        #[command(flatten)]
        realm: InRealm,
    },
    /// Revoke one of them.
    Revoke {
        /// The user.
        user: String,
        /// The authenticator's id, as the list shows it.
        id: String,
        #[command(flatten)]
        realm: InRealm,
    },
}

pub(super) fn run(context: &Context, command: &Command) -> Result<(), Failure> {
    match command {
        Command::List { user, realm } => list(context, realm, user),
        Command::Revoke { user, id, realm } => revoke(context, realm, user, id),
    }
}

fn list(context: &Context, realm: &InRealm, name: &str) -> Result<(), Failure> {
    let (passkeys, rows) = context.in_realm(realm, Opening::Repair, async |mfa| {
        let passkeys = of_user(name, mfa.operator().passkeys(name).await?)?;
        let rows = of_user(name, mfa.operator().authenticators(name).await?)?;
        Ok((passkeys, rows))
    })?;
    if context.output.is_json() {
        let passkeys = passkeys.iter().map(passkey_value);
        let all = passkeys.chain(rows.iter().map(value)).collect();
        return context.output.json(&Value::Array(all));
    }
    if passkeys.is_empty() && rows.is_empty() {
        context
            .output
            .note(&format!("{name:?} has no authenticator."));
        return Ok(());
    }
    let passkeys = passkeys.iter().map(passkey_row);
    let rows: Vec<Vec<String>> = passkeys.chain(rows.iter().map(row)).collect();
    let heads = ["ID", "TYPE", "STATE", "LABEL", "CREATED", "LAST USED"];
    context.output.table(&heads, &rows)
}

fn revoke(context: &Context, realm: &InRealm, name: &str, id: &str) -> Result<(), Failure> {
    let missing = || Failure::NoAuthenticator(id.to_owned());
    let parsed = AuthenticatorId::parse(id).ok_or_else(missing)?;
    context.in_realm(realm, Opening::Repair, async |mfa| {
        if mfa.operator().user(name).await?.is_none() {
            return Err(Failure::NoUser(name.to_owned()));
        }
        match mfa.operator().revoke(name, parsed).await? {
            Verdict::Refused(Refusal::NotFound) => Err(missing()),
            verdict => accepted(verdict),
        }
    })?;
    context.output.answer(
        &format!("Revoked the authenticator {id} of {name:?}."),
        &json!({ "user": name, "id": id }),
    )
}

fn row(row: &AuthenticatorRecord) -> Vec<String> {
    vec![
        row.id.to_string(),
        row.kind.as_str().to_owned(),
        row.status.as_str().to_owned(),
        row.label.clone(),
        row.created_at.rfc3339(),
        row.last_used_at
            .map_or_else(|| "never".to_owned(), Timestamp::rfc3339),
    ]
}

fn passkey_row(row: &PasskeyRecord) -> Vec<String> {
    vec![
        row.id.to_string(),
        Kind::Passkey.as_str().to_owned(),
        row.status.as_str().to_owned(),
        row.label.clone(),
        row.created_at.rfc3339(),
        row.last_used_at
            .map_or_else(|| "never".to_owned(), Timestamp::rfc3339),
    ]
}

fn passkey_value(row: &PasskeyRecord) -> Value {
    json!({
        "id": row.id.to_string(),
        "type": Kind::Passkey.as_str(),
        "status": row.status.as_str(),
        "label": row.label,
        "synced": row.backup_state,
        "provider": Aaguid::from_bytes(row.aaguid).provider(),
        "created_at": row.created_at.rfc3339(),
        "last_used_at": row.last_used_at.map(Timestamp::rfc3339),
    })
}

fn value(row: &AuthenticatorRecord) -> Value {
    json!({
        "id": row.id.to_string(),
        "type": row.kind.as_str(),
        "status": row.status.as_str(),
        "label": row.label,
        "algorithm": row.algorithm.as_str(),
        "digits": row.digits.get(),
        "created_at": row.created_at.rfc3339(),
        "confirmed_at": row.confirmed_at.map(Timestamp::rfc3339),
        "last_used_at": row.last_used_at.map(Timestamp::rfc3339),
    })
}
