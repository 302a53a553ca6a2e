//! The configuration: flags over variables over one file over defaults; nothing else is looked at.

mod error;
mod file;
mod key;
mod settings;
mod value;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

pub use error::ConfigError;
pub use key::{KEYS, Key};
pub use settings::{Attested, KeyringPlace, LogFormat, MetadataFiles, Settings};

use key::{OTHER_VARIABLES, nearest};

/// What may be said on the command line.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Flags {
    /// Read this configuration file (TOML).
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Keep the database and the keyring in this directory.
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<String>,
    /// Listen on this address.
    #[arg(long, global = true, value_name = "ADDR:PORT")]
    pub listen: Option<String>,
    /// The URL by which browsers reach the server.
    #[arg(long, global = true, value_name = "URL")]
    pub public_url: Option<String>,
    /// Where the data is: sqlite:PATH.
    #[arg(long, global = true, value_name = "URL")]
    pub store: Option<String>,
    /// A second store for what may be lost (not in this build).
    #[arg(long, global = true, value_name = "URL", hide = true)]
    pub ephemeral: Option<String>,
}

/// Who gave a value; the later ones win.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Nobody.
    Default,
    /// The file.
    File,
    /// A variable.
    Environment,
    /// A flag.
    Flag,
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Default => "default",
            Self::File => "file",
            Self::Environment => "environment",
            Self::Flag => "flag",
        })
    }
}

/// A value and who gave it. No `Debug`: it may be a secret.
pub struct Value {
    /// As it was written.
    pub text: String,
    /// Who gave it.
    pub source: Source,
}

/// All values, the winning one of each key.
pub struct Layers {
    values: BTreeMap<&'static str, Value>,
    /// Variables that look like ours and are not, with the one they resemble.
    pub strays: Vec<(String, String)>,
}

impl Layers {
    /// Gathers defaults, the file, `variables` and flags.
    pub fn gather(
        flags: &Flags,
        variables: impl Iterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigError> {
        let variables = ours(variables)?;
        let mut layers = Self {
            values: BTreeMap::new(),
            strays: strays(&variables),
        };
        for key in KEYS {
            if let Some(text) = key.default {
                layers.set(key, text.to_owned(), Source::Default)?;
            }
        }
        let named = variables.get("COUNTERSIGN_CONFIG").map(PathBuf::from);
        if let Some(path) = flags.config.clone().or(named) {
            for (key, text) in file::read(&path)? {
                layers.set(key, text, Source::File)?;
            }
        }
        for key in KEYS {
            if let Some(text) = variables.get(&key.variable()) {
                layers.set(key, text.clone(), Source::Environment)?;
            }
        }
        for (name, text) in [
            ("data_dir", &flags.data_dir),
            ("listen", &flags.listen),
            ("public_url", &flags.public_url),
            ("store", &flags.store),
            ("ephemeral", &flags.ephemeral),
        ] {
            if let (Some(key), Some(text)) = (Key::named(name), text) {
                layers.set(key, text.clone(), Source::Flag)?;
            }
        }
        Ok(layers)
    }

    /// The value of a key.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    fn set(&mut self, key: &'static Key, text: String, source: Source) -> Result<(), ConfigError> {
        if let Some(twin) = key.twin {
            let plain = key.name.trim_end_matches("_file");
            let key = Key::named(plain).map_or(key.name, |key| key.name);
            if self
                .values
                .get(twin)
                .is_some_and(|twin| twin.source == source)
            {
                return Err(ConfigError::Both {
                    key,
                    source_: source,
                });
            }
            self.values.remove(twin);
        }
        self.values.insert(key.name, Value { text, source });
        Ok(())
    }
}

/// The variables that begin like ours and are not empty.
fn ours(
    variables: impl Iterator<Item = (OsString, OsString)>,
) -> Result<BTreeMap<String, String>, ConfigError> {
    variables
        .filter_map(|(name, text)| Some((name.into_string().ok()?, text)))
        .filter(|(name, text)| name.starts_with("COUNTERSIGN_") && !text.is_empty())
        .map(|(name, text)| match text.into_string() {
            Ok(text) => Ok((name, text)),
            Err(_) => Err(ConfigError::NotText(name)),
        })
        .collect()
}

/// Variables that resemble a key's. Others are left alone: a cluster sets some for a service of our
/// name.
fn strays(variables: &BTreeMap<String, String>) -> Vec<(String, String)> {
    let known: Vec<String> = KEYS
        .iter()
        .map(Key::variable)
        .chain(OTHER_VARIABLES.iter().map(|name| (*name).to_owned()))
        .collect();
    variables
        .keys()
        .filter(|name| !known.contains(name))
        .filter_map(|name| {
            let resembled = nearest(name, known.iter().map(String::as_str))?;
            Some((name.clone(), resembled.to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests;
