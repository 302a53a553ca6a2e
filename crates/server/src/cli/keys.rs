//! `keys`: which keys there are and which are in use; never a key.

use countersign::vault::Class;
use serde_json::{Value, json};

use crate::cli::Context;
use crate::failure::Failure;
use crate::keyring::{self, KeyringFailure};
use crate::wiring::Opening;

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// List the keys.
    List,
}

pub(super) fn run(context: &Context, command: &Command) -> Result<(), Failure> {
    let Command::List = command;
    let settings = context.settings()?;
    let keyring = keyring::load(&settings.keyring)?
        .ok_or_else(|| KeyringFailure::Missing(settings.data_dir.join("keyring.json")))?;
    let sealing = context.with_engine(Opening::Existing, async |mfa| {
        Ok(mfa.operator().state().await?.seal_keys)
    })?;
    let mut rows = Vec::new();
    for class in Class::ALL {
        let keys = keyring.list(class);
        let last = keys.last().map(|(id, _)| *id);
        for (id, created) in keys {
            // Only sealed rows name their key in a way that is counted.
            let used = (class == Class::Seal).then(|| sealing.contains(&id));
            rows.push((class.as_str(), id, created, last == Some(id), used));
        }
    }
    if context.output.is_json() {
        let values = rows.into_iter().map(|(class, id, created, active, used)| {
            json!({
                "class": class,
                "id": id,
                "created_at": created,
                "active": active,
                "used_by_rows": used,
            })
        });
        return context.output.json(&Value::Array(values.collect()));
    }
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|(class, id, created, active, used)| {
            let used = match used {
                Some(true) => "yes",
                Some(false) => "no",
                None => "-",
            };
            vec![
                class.to_owned(),
                id.to_string(),
                created,
                if active { "active" } else { "older" }.to_owned(),
                used.to_owned(),
            ]
        })
        .collect();
    let heads = ["CLASS", "ID", "CREATED", "STATE", "USED BY ROWS"];
    context.output.table(&heads, &rows)
}
