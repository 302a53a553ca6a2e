//! `init`: everything a first start makes, without starting.

use countersign::AttestationPolicy;
use serde_json::json;

use crate::cli::{Context, runtime};
use crate::config::KeyringPlace;
use crate::failure::Failure;
use crate::wiring::{self, Opening};

pub(super) fn run(context: &Context) -> Result<(), Failure> {
    let settings = context.settings()?;
    let runtime = runtime(&mut tokio::runtime::Builder::new_current_thread())?;
    let made = runtime.block_on(async {
        let opened = wiring::open(
            &settings,
            Opening::Make,
            &settings.expected_origin()?,
            wiring::ONE_HASH,
            AttestationPolicy::default(),
        )
        .await?;
        drop(opened.mfa);
        opened.tasks.wait().await;
        Ok::<_, Failure>(opened.made)
    })?;
    let keyring = match &settings.keyring {
        KeyringPlace::DataDirectory(path) | KeyringPlace::File(path) => path.display().to_string(),
        KeyringPlace::Variable(_) => "COUNTERSIGN_KEYRING".to_owned(),
    };
    let made: Vec<String> = made.iter().map(|path| path.display().to_string()).collect();
    if context.output.is_json() {
        return context.output.json(&json!({
            "made": made,
            "data_dir": settings.data_dir,
            "keyring": keyring,
            "database": settings.database,
        }));
    }
    if made.is_empty() {
        context
            .output
            .line("Everything is there; nothing was made.")?;
    }
    for path in &made {
        context.output.line(&format!("made {path}"))?;
    }
    if made.contains(&keyring) {
        context.output.note(&format!(
            "Keep a copy of {keyring} apart from the database: without it nothing in there opens."
        ));
    }
    Ok(())
}
