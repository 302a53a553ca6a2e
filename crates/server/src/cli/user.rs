//! `user`: who may sign in. An operator removes and requires factors here, and plants none.

use countersign::port::store::Holdings;
use countersign::user::UserRecord;
use countersign::{Password, Verdict};
use serde_json::{Value, json};

use crate::cli::{Context, InRealm, of_user};
use crate::failure::Failure;
use crate::input;
use crate::wiring::Opening;

/// Users of one page.
const PAGE: u32 = 500;

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Add a user.
    Add {
        /// The name to sign in with.
        name: String,
        #[command(flatten)]
        password: PasswordFile,
        /// Make it an administrator.
        #[arg(long)]
        admin: bool,
        #[command(flatten)]
        realm: InRealm,
    },
    /// Set a user's password; it ends the user's sessions.
    SetPassword {
        /// The user.
        name: String,
        #[command(flatten)]
        password: PasswordFile,
        #[command(flatten)]
        realm: InRealm,
    },
    /// List the users.
    List {
        #[command(flatten)]
        realm: InRealm,
    },
    /// Remove a user's authenticators and backup codes; the password stays.
    Reset {
        /// The user.
        name: String,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        realm: InRealm,
    },
    /// Let a user pass no step.
    Disable {
        /// The user.
        name: String,
        #[command(flatten)]
        realm: InRealm,
    },
    /// Let a disabled user sign in again.
    Enable {
        /// The user.
        name: String,
        #[command(flatten)]
        realm: InRealm,
    },
}

#[derive(clap::Args)]
pub(super) struct PasswordFile {
    /// Read the password from this file, or from standard input if it is -; without it, ask.
    #[arg(long, value_name = "FILE")]
    password_file: Option<String>,
}

impl PasswordFile {
    fn read(&self) -> Result<Password, Failure> {
        let mut text = input::new_password(self.password_file.as_deref())?;
        Ok(Password::new(std::mem::take(&mut *text)))
    }
}

pub(super) fn run(context: &Context, command: &Command) -> Result<(), Failure> {
    match command {
        Command::Add {
            name,
            password,
            admin,
            realm,
        } => add(context, (realm, name), password, *admin),
        Command::SetPassword {
            name,
            password,
            realm,
        } => set_password(context, realm, name, password),
        Command::List { realm } => list(context, realm),
        Command::Reset { name, yes, realm } => reset(context, realm, name, *yes),
        Command::Disable { name, realm } => set_enabled(context, realm, name, false),
        Command::Enable { name, realm } => set_enabled(context, realm, name, true),
    }
}

fn add(
    context: &Context,
    (realm, name): (&InRealm, &str),
    file: &PasswordFile,
    admin: bool,
) -> Result<(), Failure> {
    let password = file.read()?;
    context.in_realm(realm, Opening::Make, async |mfa| {
        let verdict: Verdict<()> = mfa.operator().add_user(name, password, admin).await?;
        super::accepted(verdict)
    })?;
    let kind = if admin { "administrator" } else { "user" };
    context.output.answer(
        &format!("Added the {kind} {name:?}."),
        &json!({ "name": name, "admin": admin }),
    )
}

fn set_password(
    context: &Context,
    realm: &InRealm,
    name: &str,
    file: &PasswordFile,
) -> Result<(), Failure> {
    let password = file.read()?;
    context.in_realm(realm, Opening::Existing, async |mfa| {
        of_user(name, mfa.operator().set_password(name, password).await?)
    })?;
    context.output.answer(
        &format!("Set the password of {name:?}; their sessions have ended."),
        &json!({ "name": name }),
    )
}

fn reset(context: &Context, realm: &InRealm, name: &str, yes: bool) -> Result<(), Failure> {
    let question = format!("Remove all authenticators and backup codes of {name:?}?");
    input::confirm(yes, &question)?;
    let removed = context.in_realm(realm, Opening::Repair, async |mfa| {
        of_user(name, mfa.operator().reset(name).await?)
    })?;
    let things = if removed == 1 {
        "authenticator"
    } else {
        "authenticators"
    };
    context.output.answer(
        &format!("Removed {removed} {things} of {name:?}; the password alone signs in now."),
        &json!({ "name": name, "authenticators_removed": removed }),
    )
}

fn set_enabled(
    context: &Context,
    realm: &InRealm,
    name: &str,
    enabled: bool,
) -> Result<(), Failure> {
    context.in_realm(realm, Opening::Existing, async |mfa| {
        of_user(name, mfa.operator().set_enabled(name, enabled).await?)
    })?;
    let done = if enabled { "Enabled" } else { "Disabled" };
    context.output.answer(
        &format!("{done} {name:?}."),
        &json!({ "name": name, "enabled": enabled }),
    )
}

fn list(context: &Context, realm: &InRealm) -> Result<(), Failure> {
    let users = context.in_realm(realm, Opening::Existing, async |mfa| {
        let mut users: Vec<(UserRecord, Holdings)> = Vec::new();
        loop {
            let after = users.last().map(|(user, _)| user.key);
            let page = mfa.operator().users(after, PAGE).await?;
            if page.is_empty() {
                return Ok(users);
            }
            users.extend(page);
        }
    })?;
    if context.output.is_json() {
        let users: Vec<Value> = users.iter().map(|(user, held)| value(user, held)).collect();
        return context.output.json(&Value::Array(users));
    }
    if users.is_empty() {
        context
            .output
            .note("There is no user yet: countersign user add NAME");
        return Ok(());
    }
    let rows: Vec<Vec<String>> = users.iter().map(|(user, held)| row(user, held)).collect();
    let heads = [
        "NAME",
        "ROLE",
        "STATE",
        "TOTP",
        "HOTP",
        "PASSKEYS",
        "SUSPENDED",
        "BACKUP CODES",
        "CREATED",
        "ID",
    ];
    context.output.table(&heads, &rows)
}

fn row(user: &UserRecord, held: &Holdings) -> Vec<String> {
    let role = if user.admin { "admin" } else { "user" };
    let state = if user.enabled { "enabled" } else { "disabled" };
    vec![
        user.name.clone(),
        role.to_owned(),
        state.to_owned(),
        held.totp.to_string(),
        held.hotp.to_string(),
        held.passkeys.to_string(),
        held.suspended.to_string(),
        held.backup_codes.to_string(),
        user.created_at.rfc3339(),
        user.id.as_str().to_owned(),
    ]
}

fn value(user: &UserRecord, held: &Holdings) -> Value {
    json!({
        "id": user.id.as_str(),
        "name": user.name,
        "admin": user.admin,
        "enabled": user.enabled,
        "totp": held.totp,
        "hotp": held.hotp,
        "passkeys": held.passkeys,
        "suspended": held.suspended,
        "backup_codes_left": held.backup_codes,
        "created_at": user.created_at.rfc3339(),
    })
}
