//! `audit`: what happened, row by row, each with whether it still is what was written.

use std::collections::HashSet;
use std::time::Duration;

use countersign::Countersign;
use countersign::audit::{AuditRow, Reason};
use countersign::clock::Timestamp;
use countersign::id::EventId;
use countersign::port::store::EventFilter;
use countersign::user::{UserId, UserKey};
use serde_json::{Value, json};

use crate::cli::Context;
use crate::failure::Failure;
use crate::output::Output;
use crate::realms;
use crate::wiring::Opening;

/// Rows of one page.
const PAGE: u32 = 1000;

/// How often a trail is looked at while it is followed.
const EVERY: Duration = Duration::from_millis(500);

/// A row may be committed so long after one with a later id.
const LATE: Duration = Duration::from_secs(10);

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Show the newest rows.
    Tail {
        /// How many.
        #[arg(short = 'n', long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
        lines: u32,
        /// Go on with those that come.
        #[arg(long)]
        follow: bool,
        /// Only this user's.
        #[arg(long, value_name = "NAME")]
        user: Option<String>,
        /// The realm of that user.
        #[arg(
            long,
            value_name = "REALM",
            requires = "user",
            default_value = "default"
        )]
        realm: String,
    },
    /// Print all rows as JSON, one a line, oldest first.
    Export,
}

pub(super) fn run(context: &Context, command: &Command) -> Result<(), Failure> {
    context.with_engine(Opening::Repair, async |mfa| match command {
        Command::Tail {
            lines,
            follow,
            user,
            realm,
        } => {
            let whose = match user {
                Some(name) => Some(key(mfa, name, realm).await?),
                None => None,
            };
            tail(context.output, mfa, *lines, *follow, whose).await
        }
        Command::Export => export(context.output, mfa).await,
    })
}

/// The key of a realm's user.
async fn key(mfa: &Countersign, name: &str, realm: &str) -> Result<UserKey, Failure> {
    let there = realms::engine(mfa, realm).await?;
    let user = there.operator().user(name).await?;
    user.map(|user| user.key)
        .ok_or_else(|| Failure::NoUser(name.to_owned()))
}

async fn tail(
    output: Output,
    mfa: &Countersign,
    lines: u32,
    follow: bool,
    user: Option<UserKey>,
) -> Result<(), Failure> {
    let newest = EventFilter {
        after: None,
        user,
        newest: true,
        limit: lines,
    };
    let mut seen = HashSet::new();
    if follow {
        // What is there already is not to come.
        let before = since(mfa, mfa.now().minus(LATE), user).await?;
        seen.extend(before.iter().map(|(row, _)| (row.id, row.at)));
    }
    for (row, holds) in mfa.operator().events(newest).await? {
        print(output, &row, holds)?;
        seen.insert((row.id, row.at));
    }
    if follow {
        go_on(output, mfa, user, seen).await?;
    }
    Ok(())
}

/// Shows what comes, until somebody interrupts.
async fn go_on(
    output: Output,
    mfa: &Countersign,
    user: Option<UserKey>,
    mut seen: HashSet<(EventId, Timestamp)>,
) -> Result<(), Failure> {
    let mut from = mfa.now();
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = tokio::signal::ctrl_c() => return Ok(()),
        }
        let now = mfa.now();
        let back = from.minus(LATE);
        for (row, holds) in since(mfa, back, user).await? {
            if seen.insert((row.id, row.at)) {
                print(output, &row, holds)?;
            }
        }
        seen.retain(|(_, at)| *at >= back);
        from = now;
    }
}

/// All rows whose ids were made at `moment` or later.
async fn since(
    mfa: &Countersign,
    moment: Timestamp,
    user: Option<UserKey>,
) -> Result<Vec<(AuditRow, bool)>, Failure> {
    let mut after = Some(first_id(moment));
    let mut found = Vec::new();
    loop {
        let filter = EventFilter {
            after,
            user,
            newest: false,
            limit: PAGE,
        };
        let page = mfa.operator().events(filter).await?;
        let Some((last, _)) = page.last() else {
            return Ok(found);
        };
        after = Some(last.id);
        found.extend(page);
    }
}

/// An id below all those that are made at `moment` (RFC 9562 §5.7: milliseconds lead).
fn first_id(moment: Timestamp) -> EventId {
    let mut bytes = [0; 16];
    let millis = moment.as_millis().max(0).to_be_bytes();
    bytes
        .iter_mut()
        .zip(millis.iter().skip(2))
        .for_each(|(to, from)| *to = *from);
    EventId::from_bytes(bytes)
}

async fn export(output: Output, mfa: &Countersign) -> Result<(), Failure> {
    let (mut after, mut rows, mut wrong) = (None, 0_u64, 0_u64);
    let progress = output.progress("rows");
    loop {
        let filter = EventFilter {
            after,
            user: None,
            newest: false,
            limit: PAGE,
        };
        let page = mfa.operator().events(filter).await?;
        let Some((last, _)) = page.last() else {
            break;
        };
        after = Some(last.id);
        for (row, holds) in &page {
            output.json(&value(row, *holds))?;
            rows += 1;
            wrong += u64::from(!holds);
        }
        progress.set_position(rows);
    }
    progress.finish_and_clear();
    output.note(&format!("{rows} rows"));
    if wrong == 0 {
        Ok(())
    } else {
        Err(Failure::Audit(wrong))
    }
}

fn print(output: Output, row: &AuditRow, holds: bool) -> Result<(), Failure> {
    if output.is_json() {
        return output.json(&value(row, holds));
    }
    let repeats = match row.repeats {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    output.line(&format!(
        "{}  {}  {:<10}  {:<30}  {:<7}  {:<18}  {:<8}  {:<36}  {}{repeats}",
        if holds { " " } else { "!" },
        row.at.rfc3339(),
        row.realm.as_str(),
        row.event.as_str(),
        row.outcome.as_str(),
        row.reason.map_or("-", |reason| reason.as_str()),
        row.actor.text(),
        row.user_id.as_ref().map_or("-", |user| user.as_str()),
        row.address.as_deref().unwrap_or("-"),
    ))
}

fn value(row: &AuditRow, holds: bool) -> Value {
    json!({
        "id": row.id.to_string(),
        "at": row.at.rfc3339(),
        "realm": row.realm.as_str(),
        "user_id": row.user_id.as_ref().map(UserId::as_str),
        "actor": row.actor.text(),
        "event": row.event.as_str(),
        "outcome": row.outcome.as_str(),
        "reason": row.reason.map(Reason::as_str),
        "authenticator_id": row.authenticator.map(|id| id.to_string()),
        "address": row.address,
        "user_agent": row.agent,
        "request_id": row.request_id,
        "repeats": row.repeats,
        "mac_valid": holds,
    })
}
