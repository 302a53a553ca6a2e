//! `realm`: tenants of one server, each with its own name, pages, passkeys and rules.

mod list;
mod options;

use countersign::PolicySettings;
use countersign::clock::Timestamp;
use countersign::realm::{RealmId, RealmRecord};
use countersign::vault::RowMac;
use countersign::{Countersign, RealmRefusal};

use crate::cli::Context;
use crate::failure::Failure;
use crate::wiring::Opening;
use options::{Options, Pages};

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Add a realm. A server that runs serves it within 5 seconds.
    Add {
        /// What it is called: 1 to 63 of a-z, 0-9 and hyphen.
        name: String,
        /// What authenticator apps call it.
        #[arg(long, value_name = "NAME")]
        issuer: String,
        #[command(flatten)]
        options: Box<Options>,
    },
    /// Change a realm: what is given, and nothing else.
    Set {
        /// The realm.
        name: String,
        /// What authenticator apps call it; those that have it keep the name they have.
        #[arg(long, value_name = "NAME")]
        issuer: Option<String>,
        #[command(flatten)]
        options: Box<Options>,
    },
    /// List the realms, `default` among them.
    List,
}

/// Here `--public-url` is the realm's, and not the server's.
pub(super) fn run(context: &Context, command: &Command) -> Result<(), Failure> {
    let mut flags = context.flags.clone();
    let taken = match command {
        Command::Add { .. } | Command::Set { .. } => flags.public_url.take(),
        Command::List => None,
    };
    let context = Context {
        flags,
        output: context.output,
    };
    let pages = options::pages(taken.as_deref())?;
    match command {
        Command::Add {
            name,
            issuer,
            options,
        } => add(&context, name, issuer, (&pages, options)),
        Command::Set {
            name,
            issuer,
            options,
        } => set(&context, name, issuer.as_deref(), (&pages, options)),
        Command::List => list::run(&context),
    }
}

fn add(
    context: &Context,
    name: &str,
    issuer: &str,
    (pages, options): (&Pages, &Options),
) -> Result<(), Failure> {
    let id = named(name)?;
    let mut row = RealmRecord {
        id,
        issuer: issuer.to_owned(),
        public_url: None,
        rp_id: None,
        origins: Vec::new(),
        related_origins: Vec::new(),
        settings: PolicySettings::default(),
        created_at: Timestamp::from_millis(0),
        changed_at: Timestamp::from_millis(0),
        mac: RowMac::from_row(0, [0; 32]),
    };
    options.put(&mut row, pages)?;
    host_is_free(context, pages)?;
    let row = context.with_engine(Opening::Make, async |mfa| {
        Ok(mfa.operator().add_realm(row).await??)
    })?;
    context
        .output
        .answer(&format!("Added the realm {name:?}."), &list::value(&row))
}

fn set(
    context: &Context,
    name: &str,
    issuer: Option<&str>,
    (pages, options): (&Pages, &Options),
) -> Result<(), Failure> {
    let id = named(name)?;
    if id == RealmId::default() {
        return Err(RealmRefusal::Default.into());
    }
    if issuer.is_none() && matches!(pages, Pages::Unsaid) && options.are_none() {
        return Err(Failure::Usage("nothing to change was given"));
    }
    host_is_free(context, pages)?;
    let row = context.with_engine(Opening::Existing, async |mfa| {
        let found = found(mfa, &id).await?;
        let mut row = found.clone();
        if let Some(issuer) = issuer {
            issuer.clone_into(&mut row.issuer);
        }
        options.put(&mut row, pages)?;
        Ok(mfa.operator().set_realm(&found, row).await??)
    })?;
    context
        .output
        .answer(&format!("Changed the realm {name:?}."), &list::value(&row))
}

/// A row that somebody else wrote is not built upon.
async fn found(mfa: &Countersign, id: &RealmId) -> Result<RealmRecord, Failure> {
    let row = mfa.operator().realm_row(id).await?;
    let row = row.ok_or_else(|| Failure::NoRealm(id.as_str().to_owned()))?;
    // One that cannot be built may be mended here.
    let _ = mfa.of_row(&row)?;
    Ok(row)
}

fn named(name: &str) -> Result<RealmId, Failure> {
    RealmId::parse(name).map_err(|error| countersign::Error::from(error).into())
}

/// The configuration's own host is in no row.
fn host_is_free(context: &Context, pages: &Pages) -> Result<(), Failure> {
    let first = context.settings()?.expected_origin()?;
    match pages {
        Pages::At(url) if first.shares_host(url) => Err(RealmRefusal::HostTaken.into()),
        _ => Ok(()),
    }
}
