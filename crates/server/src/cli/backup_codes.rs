//! `backup-codes`: how many are left; the codes themselves nobody can show again.

use serde_json::json;

use crate::cli::{Context, InRealm, of_user};
use crate::failure::Failure;
use crate::wiring::Opening;

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Tell how many backup codes a user has left.
    Show {
        /// The user.
        user: String,
        #[command(flatten)]
        realm: InRealm,
    },
}

pub(super) fn run(context: &Context, command: &Command) -> Result<(), Failure> {
    let Command::Show { user, realm } = command;
    let held = context.in_realm(realm, Opening::Existing, async |mfa| {
        of_user(user, mfa.operator().holdings(user).await?)
    })?;
    let left = held.backup_codes;
    let codes = if left == 1 { "code" } else { "codes" };
    let unseen = if left > 0 && !held.backup_codes_acknowledged {
        ", and has not typed one back yet"
    } else {
        ""
    };
    context.output.answer(
        &format!("{user:?} has {left} backup {codes} left{unseen}."),
        &json!({
            "user": user,
            "left": left,
            "acknowledged": held.backup_codes_acknowledged,
        }),
    )
}
