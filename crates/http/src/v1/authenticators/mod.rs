//! `/v1/users/{user}/authenticators`: one file for each verb.

mod begin;
mod confirm;
mod list;
mod rename;
mod revoke;

pub(super) use begin::{__path_begin, begin};
pub(super) use confirm::{__path_confirm, confirm};
pub(super) use list::{__path_list, list};
pub(super) use rename::{__path_rename, rename};
pub(super) use revoke::{__path_revoke, revoke};

use countersign::HostAuthenticator;
use countersign::authenticator::Kind;
use countersign::clock::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::table::Table;

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/v1/users/{user}/authenticators", list)
        .post("/v1/users/{user}/authenticators", begin)
        .post("/v1/users/{user}/authenticators/{id}/confirm", confirm)
        .patch("/v1/users/{user}/authenticators/{id}", rename)
        .delete("/v1/users/{user}/authenticators/{id}", revoke)
}

/// What kind of authenticator.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = AuthenticatorType)]
pub(super) enum Type {
    Totp,
    Hotp,
    Passkey,
}

impl Type {
    fn of(kind: Kind) -> Self {
        match kind {
            Kind::Totp => Self::Totp,
            Kind::Hotp => Self::Hotp,
            Kind::Passkey => Self::Passkey,
        }
    }
}

/// A derived reader would take what is no text for broken JSON.
impl<'de> Deserialize<'de> for Type {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let kind = Kind::parse(&text).ok_or_else(|| D::Error::custom("no type"))?;
        Ok(Self::of(kind))
    }
}

/// An authenticator, and never its secret.
#[derive(Serialize, ToSchema)]
#[schema(as = Authenticator)]
pub(super) struct Item {
    /// Its id.
    id: String,
    #[serde(rename = "type")]
    kind: Type,
    /// `pending` verifies nothing yet; `suspended` verifies nothing, and still counts as a second
    /// factor.
    #[schema(examples("active"), pattern = "^(pending|active|suspended)$")]
    status: &'static str,
    /// What the user calls it.
    label: String,
    /// When it was begun, RFC 3339 in UTC.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it last verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
    /// Of a passkey: who keeps it, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<&'static str>,
    /// Of a passkey: whether it is synced to more than one device.
    #[serde(skip_serializing_if = "Option::is_none")]
    synced: Option<bool>,
}

impl Item {
    fn of(row: HostAuthenticator) -> Self {
        Self {
            id: row.id.to_string(),
            kind: Type::of(row.kind),
            status: row.status.as_str(),
            label: row.label,
            created_at: row.created_at.rfc3339(),
            last_used_at: row.last_used_at.map(Timestamp::rfc3339),
            provider: row.provider,
            synced: row.synced,
        }
    }
}
