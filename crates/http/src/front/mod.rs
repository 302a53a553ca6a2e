//! The front channel, one file for each route; the table tells which there are.

mod acknowledge;
mod assets;
mod authenticator;
mod backup_codes;
mod confirm;
mod entrance;
mod first_account;
mod login;
mod login_mfa;
mod logout;
mod lost_access;
mod notices;
mod overview;
mod passkey;
mod password;
mod problems;
mod proof;
mod protected;
mod reauthenticate;
mod session;
mod sessions;
mod setup;

use crate::table::Table;

/// What only a host of its own answers.
pub(crate) fn entrance(table: Table) -> Table {
    entrance::routes(table)
}

/// The routes, one file each.
pub(crate) fn routes(table: Table) -> Table {
    let parts: &[fn(Table) -> Table] = &[
        entrance::well_known,
        assets::routes,
        problems::routes,
        first_account::routes,
        login::routes,
        login_mfa::routes,
        passkey::routes,
        protected::routes,
        logout::routes,
        lost_access::routes,
        session::routes,
        sessions::routes,
        password::routes,
        reauthenticate::routes,
        overview::routes,
        setup::routes,
        confirm::routes,
        authenticator::routes,
        backup_codes::routes,
        acknowledge::routes,
        notices::routes,
    ];
    parts.iter().fold(table, |table, part| part(table))
}
