//! `import`: moves the users of another program in. The whole table is judged before the first of them is
//! touched; then each is moved in wholly or not at all.

mod fernet;
mod table;
mod user;

use std::collections::HashMap;
use std::path::PathBuf;

use countersign::{Countersign, Error, ImportUser, Imported};
use indicatif::ProgressBar;
use serde_json::json;
use tokio::task::JoinSet;

use crate::cli::{Context, InRealm};
use crate::failure::Failure;
use crate::input;
use crate::output::Output;
use crate::wiring::Opening;
use fernet::Keys;
use table::{Format, Numbered, Table};

/// As many at once as one commit of the store can take together.
const AT_ONCE: usize = 64;
/// How many faults and skipped users are told one by one.
const TOLD: u64 = 100;

const TUTORIAL: &str = "\
Move in a table of Fernet-sealed TOTP secrets and bcrypt backup codes.

Each line or record is a user: user_id, totp_secret (the Fernet token of the base32 secret), and where there \
are any account_name, backup_codes (bcrypt hashes), digits, period, algorithm, label. Users who have, or had, \
an authenticator here are left as they are, so that it can be run again.";

const KEY_FILE: &str = "Read the Fernet keys from this file, or from standard input if it is -; without it, \
from the variable FERNET_KEY. Several keys are tried in turn";

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Move in a table of Fernet-sealed TOTP secrets and bcrypt backup codes.
    #[command(long_about = TUTORIAL)]
    Tutorial(Tutorial),
}

#[derive(clap::Args)]
pub(super) struct Tutorial {
    /// The table: JSON Lines (.jsonl, .ndjson) or CSV with a header (.csv).
    table: PathBuf,
    /// How the table is written, where its name does not say so.
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
    #[arg(long, value_name = "FILE", help = KEY_FILE)]
    key_file: Option<String>,
    /// Judge the whole table, tell what would be done, and change nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    realm: InRealm,
}

/// What came of a table.
#[derive(Default)]
struct Count {
    users: u64,
    imported: u64,
    skipped: u64,
    backup_codes: u64,
}

pub(super) fn run(context: &Context, command: &Command) -> Result<(), Failure> {
    let Command::Tutorial(asked) = command;
    let table = Table::new(&asked.table, asked.format)?;
    let keys = keys(asked.key_file.as_deref())?;
    let users = judge(context.output, &table, &keys)?;
    let opening = if asked.dry_run {
        Opening::Existing
    } else {
        Opening::Make
    };
    let count = context.in_realm(&asked.realm, opening, async |mfa| {
        let mut import = Import {
            mfa,
            output: context.output,
            dry_run: asked.dry_run,
            bar: context.output.progress("users"),
            count: Count::default(),
        };
        let ended = import.all(&table, &keys).await;
        import.bar.finish_and_clear();
        if ended.is_err() && import.count.imported > 0 {
            let done = import.count.imported;
            context.output.note(&format!(
                "{done} users are imported; run it again for the rest"
            ));
        }
        ended.map(|()| import.count)
    })?;
    let done = if asked.dry_run {
        "Would import"
    } else {
        "Imported"
    };
    context.output.answer(
        &format!(
            "{done} {} of {users} users, with {} backup codes; {} left as they are.",
            count.imported, count.backup_codes, count.skipped
        ),
        &json!({
            "users": count.users,
            "imported": count.imported,
            "skipped": count.skipped,
            "backup_codes": count.backup_codes,
            "dry_run": asked.dry_run,
        }),
    )
}

fn keys(file: Option<&str>) -> Result<Keys, Failure> {
    let text = match file {
        Some(_) => input::secret(file, "Fernet key")?,
        None => std::env::var("FERNET_KEY")
            .map(Into::into)
            .map_err(|_| Failure::Usage("give the Fernet key by --key-file or FERNET_KEY"))?,
    };
    Keys::parse(&text).ok_or(Failure::FernetKey)
}

/// Every line, before anything is changed; how many users they are.
fn judge(output: Output, table: &Table, keys: &Keys) -> Result<u64, Failure> {
    let (mut seen, mut faults) = (HashMap::new(), 0);
    let bar = output.progress("lines judged");
    for row in table.rows()? {
        let (line, row) = row?;
        bar.inc(1);
        let fault = match row.map(|row| user::user(row, keys).map_err(|fault| fault.to_string())) {
            Err(fault) | Ok(Err(fault)) => fault,
            Ok(Ok(user)) => match seen.insert(user.user, line) {
                None => continue,
                Some(before) => format!("user_id is that of line {before}"),
            },
        };
        faults += 1;
        if faults <= TOLD {
            bar.suspend(|| note(output, line, &fault));
        }
    }
    bar.finish_and_clear();
    match faults {
        0 => Ok(u64::try_from(seen.len()).unwrap_or(u64::MAX)),
        faults => Err(Failure::Table(faults)),
    }
}

fn note(output: Output, line: u64, text: &str) {
    if output.is_json() {
        output.note(&json!({ "line": line, "problem": text }).to_string());
    } else {
        output.note(&format!("line {line}: {text}"));
    }
}

struct Import<'a> {
    mfa: &'a Countersign,
    output: Output,
    dry_run: bool,
    bar: ProgressBar,
    count: Count,
}

impl Import<'_> {
    /// All rows; after a failure those that were begun are still waited for and counted.
    async fn all(&mut self, table: &Table, keys: &Keys) -> Result<(), Failure> {
        let mut begun = JoinSet::new();
        let mut ended = Ok(());
        for row in table.rows()? {
            if begun.len() >= AT_ONCE
                && let Some(done) = begun.join_next().await
            {
                ended = self.note(done);
            }
            match row.and_then(|row| unchanged(row, keys)) {
                Ok((line, user)) if ended.is_ok() => {
                    let (mfa, dry_run) = (self.mfa.clone(), self.dry_run);
                    begun.spawn(async move {
                        let came = one(&mfa, &user, dry_run).await;
                        (line, user.backup_codes.len(), came)
                    });
                }
                Ok(_) => break,
                Err(failure) => {
                    ended = Err(failure);
                    break;
                }
            }
        }
        while let Some(done) = begun.join_next().await {
            ended = self.note(done).and(ended);
        }
        ended
    }

    fn note(
        &mut self,
        done: Result<(u64, usize, Result<Imported, Error>), tokio::task::JoinError>,
    ) -> Result<(), Failure> {
        let interrupted = |_| Error::from(countersign::error::Unavailable::Interrupted);
        let (line, codes, came) = done.map_err(interrupted)?;
        let why = match came? {
            Imported::Done => {
                self.count.imported += 1;
                self.count.backup_codes += u64::try_from(codes).unwrap_or(0);
                None
            }
            Imported::EnrolledBefore => Some("has, or had, an authenticator here"),
            Imported::PasswordHere => Some("has a password here"),
        };
        self.count.users += 1;
        self.bar.inc(1);
        if let Some(why) = why {
            self.count.skipped += 1;
            if self.count.skipped <= TOLD {
                let text = format!("the user {why} and is left as they are");
                self.bar.suspend(|| note(self.output, line, &text));
            }
        }
        Ok(())
    }
}

/// The row as it was judged: a file that is changed meanwhile ends the import.
fn unchanged((line, row): Numbered, keys: &Keys) -> Result<(u64, ImportUser), Failure> {
    let user = row.ok().and_then(|row| user::user(row, keys).ok());
    user.map(|user| (line, user)).ok_or(Failure::Table(1))
}

async fn one(mfa: &Countersign, user: &ImportUser, dry_run: bool) -> Result<Imported, Error> {
    if dry_run {
        mfa.operator().would_import(&user.user).await
    } else {
        mfa.operator().import(user).await
    }
}
