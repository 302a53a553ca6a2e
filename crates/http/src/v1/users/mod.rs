//! `/v1/users`: who there is, what one has, and taking all of it away.

mod list;
mod reset;
mod show;

pub(super) use list::{__path_list, list};
pub(super) use reset::{__path_reset, reset};
pub(super) use show::{__path_show, show};

use countersign::user::UserId;
use countersign::{HostUser, Method};
use serde::Serialize;
use utoipa::ToSchema;

use crate::table::Table;

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/v1/users", list)
        .get("/v1/users/{user}", show)
        .post("/v1/users/{user}/reset", reset)
}

/// A way to be verified.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Method)]
pub(super) enum Way {
    Passkey,
    Totp,
    Hotp,
    BackupCode,
}

impl Way {
    pub(super) fn of(method: Method) -> Self {
        match method {
            Method::Passkey => Self::Passkey,
            Method::Totp => Self::Totp,
            Method::Hotp => Self::Hotp,
            Method::BackupCode => Self::BackupCode,
        }
    }
}

/// What a user has.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
pub(super) struct Item {
    /// The application's own id of them.
    id: String,
    /// Whether there is anything to verify them by: then ask for it at each sign-in.
    enrolled: bool,
    /// Strongest first, and among equals the last used first. Empty although `enrolled`: the codes
    /// are suspended, and an administrator's reset is the way in.
    methods: Vec<Way>,
    /// Whether an authenticator is suspended after too many wrong codes.
    suspended: bool,
    /// How many backup codes are left.
    backup_codes_left: u32,
}

impl Item {
    fn of(id: &UserId, user: HostUser) -> Self {
        Self {
            id: id.as_str().to_owned(),
            enrolled: user.enrolled,
            methods: user.methods.into_iter().map(Way::of).collect(),
            suspended: user.suspended,
            backup_codes_left: user.backup_codes_left,
        }
    }
}
