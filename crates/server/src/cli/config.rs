//! `config`: whether the configuration is usable, what it is, and who said so. It prints no secret.

use countersign::clock::Clock as _;
use serde_json::{Map, Value, json};

use crate::ambient::SystemClock;
use crate::attestation::{self, Warning};
use crate::cli::Context;
use crate::config::{KEYS, Layers, Settings, Source};
use crate::failure::Failure;

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Say whether the configuration can be used.
    Check,
    /// Show every value and where it comes from; secrets are not shown.
    Show,
}

pub(super) fn run(context: &Context, command: &Command) -> Result<(), Failure> {
    let settings = context.settings()?;
    match command {
        Command::Check => {
            crate::telemetry::check(&settings.log)?;
            if let Some(attested) = &settings.attested {
                let now = SystemClock.now();
                for warning in attestation::load(attested, now)?.warnings(now) {
                    let Warning { text, fix } = warning;
                    context.output.note(&format!("warning: {text}\n  → {fix}"));
                }
            }
            context
                .output
                .answer("The configuration can be used.", &json!({ "usable": true }))
        }
        Command::Show => show(context, &context.layers()?, &settings),
    }
}

fn show(context: &Context, layers: &Layers, settings: &Settings) -> Result<(), Failure> {
    let rows: Vec<(&str, String, Source)> = KEYS
        .iter()
        .filter_map(|key| match layers.value(key.name) {
            Some(value) => {
                let shown = if key.environment_only {
                    "(not shown)".to_owned()
                } else {
                    value.text.clone()
                };
                Some((key.name, shown, value.source))
            }
            None => Some((
                key.name,
                derived(key.name, layers, settings)?,
                Source::Default,
            )),
        })
        .collect();
    if context.output.is_json() {
        let values: Map<String, Value> = rows
            .into_iter()
            .map(|(name, value, source)| {
                let value = json!({ "value": value, "from": source.to_string() });
                (name.to_owned(), value)
            })
            .collect();
        return context.output.json(&Value::Object(values));
    }
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|(name, value, source)| vec![name.to_owned(), value, source.to_string()])
        .collect();
    context.output.table(&["KEY", "VALUE", "FROM"], &rows)
}

/// What a key without a value amounts to.
fn derived(name: &str, layers: &Layers, settings: &Settings) -> Option<String> {
    match name {
        "public_url" => Some(settings.expected_origin().ok()?.origin()),
        "store" if layers.value("store_file").is_none() => {
            Some(format!("sqlite:{}", settings.database.display()))
        }
        "keyring_file" if layers.value("keyring").is_none() => {
            let path = settings.data_dir.join("keyring.json");
            Some(path.display().to_string())
        }
        _ => None,
    }
}
