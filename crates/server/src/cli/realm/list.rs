//! `realm list`: what each realm is, and whether it is what was written.

use countersign::Setting;
use countersign::realm::{Realm, RealmRecord};
use serde_json::{Map, Value, json};

use crate::cli::Context;
use crate::config::{Layers, Source};
use crate::failure::Failure;
use crate::wiring::Opening;

pub(super) fn run(context: &Context) -> Result<(), Failure> {
    let layers = context.layers()?;
    let (first, rows) = context.with_engine(Opening::Repair, async |mfa| {
        let mut rows = Vec::new();
        for row in mfa.operator().realm_rows().await? {
            let state = match mfa.of_row(&row) {
                Ok(Ok(_)) => "served",
                Ok(Err(_)) => "unusable",
                Err(_) => "tampered",
            };
            rows.push((row, state));
        }
        Ok((mfa.realm().clone(), rows))
    })?;
    if context.output.is_json() {
        let others = rows.iter().map(|(row, state)| {
            let mut value = value(row);
            if let Some(fields) = value.as_object_mut() {
                fields.insert("state".to_owned(), (*state).into());
            }
            value
        });
        let all = std::iter::once(configured(&first, &layers)).chain(others);
        return context.output.json(&all.collect());
    }
    let mut table = vec![line(&configured(&first, &layers), "served")];
    table.extend(rows.iter().map(|(row, state)| line(&value(row), state)));
    let heads = ["NAME", "ISSUER", "PUBLIC URL", "RP ID", "STATE", "RULES"];
    context.output.table(&heads, &table)
}

/// A realm's row, for programs.
pub(super) fn value(row: &RealmRecord) -> Value {
    let rules = row.settings.iter();
    let rules = rules.map(|(one, text)| (one.name().to_owned(), text.into()));
    json!({
        "name": row.id.as_str(),
        "issuer": row.issuer,
        "public_url": row.public_url,
        "rp_id": row.rp_id,
        "origins": row.origins,
        "related_origins": row.related_origins,
        "rules": rules.collect::<Map<String, Value>>(),
        "created_at": row.created_at.rfc3339(),
        "changed_at": row.changed_at.rfc3339(),
    })
}

/// The same of the realm that the configuration says.
fn configured(realm: &Realm, layers: &Layers) -> Value {
    let said = |setting: Setting| {
        let value = layers.value(setting.name())?;
        let said = value.source != Source::Default;
        said.then(|| (setting.name().to_owned(), value.text.clone().into()))
    };
    json!({
        "name": realm.id.as_str(),
        "issuer": realm.issuer,
        "public_url": realm.audience,
        "rp_id": realm.rp_id,
        "origins": realm.origins,
        "related_origins": realm.related_origins,
        "rules": Setting::ALL.into_iter().filter_map(said).collect::<Map<String, Value>>(),
        "state": "served",
    })
}

fn line(value: &Value, state: &str) -> Vec<String> {
    let text = |name: &str| {
        let text = value.get(name).and_then(Value::as_str);
        text.unwrap_or("-").to_owned()
    };
    let rules = value.get("rules").and_then(Value::as_object);
    let rules = rules.into_iter().flatten();
    let rules = rules.filter_map(|(name, text)| Some(format!("{name}={}", text.as_str()?)));
    vec![
        text("name"),
        text("issuer"),
        text("public_url"),
        text("rp_id"),
        state.to_owned(),
        rules.collect::<Vec<_>>().join(" "),
    ]
}
