//! The settings in their types: what every value means, and which values are refused.

mod forward_auth;
mod passkeys;

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use zeroize::Zeroizing;

pub use passkeys::{Attested, MetadataFiles};

use crate::config::value::{self, Store};
use crate::config::{ConfigError, Layers, Source};
use countersign::clock::parse_span;
use countersign::{Policy, Setting};
use countersign_http::{IpNet, ProtectedHost, PublicUrl, PublicUrlError};

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Text on a terminal, JSON elsewhere.
    Auto,
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Where the keyring is. No `Debug`: it may hold the keys.
pub enum KeyringPlace {
    /// In the data directory, made there at the first start.
    DataDirectory(PathBuf),
    /// In a file that somebody else makes.
    File(PathBuf),
    /// In the variable `COUNTERSIGN_KEYRING`.
    Variable(Zeroizing<String>),
}

/// Everything that can be set.
pub struct Settings {
    /// Holds the database and the keyring.
    pub data_dir: PathBuf,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// The origin that browsers know; none means `localhost` and the port.
    pub public_url: Option<PublicUrl>,
    /// The database's file.
    pub database: PathBuf,
    /// The keyring.
    pub keyring: KeyringPlace,
    /// What authenticator apps call the server.
    pub issuer: String,
    /// How somebody locked out reaches the operator.
    pub contact: Option<String>,
    /// Submissions a minute and client address; 0 turns the limit off.
    pub address_limit: u32,
    /// Peers whose forwarded addresses are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Hosts whose proxies ask here before they answer.
    pub protected_hosts: Vec<ProtectedHost>,
    /// What is logged, as directives of `tracing`.
    pub log: String,
    /// How.
    pub log_format: LogFormat,
    /// How long the server goes on answering after it was asked to stop, not ready any more.
    pub shutdown_delay: Duration,
    /// Where the operations listener is, if there is one.
    pub operations: Option<SocketAddr>,
    /// How long open requests may take to end when the server stops.
    pub shutdown_deadline: Duration,
    /// Origins of other sites that may use the same passkeys.
    pub related_origins: Vec<String>,
    /// What authenticators must show to become passkeys; nothing unless somebody asks for it.
    pub attested: Option<Attested>,
    /// The policy of the realm `default`.
    pub policy: Policy,
}

impl Settings {
    /// From the values; the files of secrets are read, but the keyring's.
    pub fn resolve(layers: &Layers) -> Result<Self, ConfigError> {
        if layers.value("ephemeral").is_some() || layers.value("ephemeral_file").is_some() {
            return Err(ConfigError::Ephemeral);
        }
        let read = Reader(layers);
        let data_dir = PathBuf::from(read.text("data_dir"));
        Ok(Self {
            listen: read.parse("listen", "is an address and a port, such as 127.0.0.1:8080")?,
            public_url: read.public_url()?,
            database: read.database(&data_dir)?,
            keyring: read.keyring(&data_dir),
            issuer: read.issuer()?,
            contact: layers.value("contact").map(|value| value.text.clone()),
            address_limit: read.parse("address_limit", "is a number from 0 to 4294967295")?,
            trusted_proxies: read.networks("trusted_proxies")?,
            protected_hosts: read.protected_hosts()?,
            log: read.text("log").to_owned(),
            log_format: match read.text("log_format") {
                "auto" => LogFormat::Auto,
                "text" => LogFormat::Text,
                "json" => LogFormat::Json,
                _ => return Err(read.refuse("log_format", "is auto, text or json")),
            },
            shutdown_delay: read.duration("shutdown_delay", 0, 600)?,
            operations: read.operations("operations.listen")?,
            shutdown_deadline: read.duration("shutdown_deadline", 0, 600)?,
            related_origins: read.related_origins("passkeys.related_origins")?,
            attested: read.attested()?,
            policy: read.policy()?,
            data_dir,
        })
    }

    /// The public URL, or what it is for a server at this port when nobody gave one.
    pub fn origin(&self, port: u16) -> Result<PublicUrl, ConfigError> {
        if let Some(url) = &self.public_url {
            return Ok(url.clone());
        }
        PublicUrl::parse(&format!("http://localhost:{port}")).map_err(|error| ConfigError::Value {
            key: "public_url",
            source_: Source::Default,
            problem: error.to_string(),
        })
    }

    /// The same for the port that is configured.
    pub fn expected_origin(&self) -> Result<PublicUrl, ConfigError> {
        self.origin(self.listen.port())
    }
}

struct Reader<'a>(&'a Layers);

impl Reader<'_> {
    fn text(&self, name: &'static str) -> &str {
        self.0.value(name).map_or("", |value| value.text.as_str())
    }

    fn refuse(&self, name: &'static str, problem: &str) -> ConfigError {
        ConfigError::Value {
            key: name,
            source_: self
                .0
                .value(name)
                .map_or(Source::Default, |value| value.source),
            problem: problem.to_owned(),
        }
    }

    fn parse<T: FromStr>(&self, name: &'static str, problem: &str) -> Result<T, ConfigError> {
        self.text(name)
            .trim()
            .parse()
            .map_err(|_| self.refuse(name, problem))
    }

    /// What can be said of a policy, each as the one place says that knows it.
    fn policy(&self) -> Result<Policy, ConfigError> {
        let mut policy = Policy::default();
        for setting in Setting::ALL {
            let name = setting.name();
            setting
                .apply(&mut policy, self.text(name))
                .map_err(|_| self.refuse(name, setting.expected()))?;
        }
        if policy.session_idle > policy.session_absolute {
            return Err(self.refuse("session.idle", "is not longer than `session.absolute`"));
        }
        Ok(policy)
    }

    fn duration(&self, name: &'static str, least: u64, most: u64) -> Result<Duration, ConfigError> {
        parse_span(self.text(name))
            .filter(|span| (least..=most).contains(&span.as_secs()))
            .ok_or_else(|| {
                let problem =
                    format!("is a time from {least}s to {most}s, such as 30s, 10m, 24h or 7d");
                self.refuse(name, &problem)
            })
    }

    fn operations(&self, name: &'static str) -> Result<Option<SocketAddr>, ConfigError> {
        let problem = "is an address and a port, such as 127.0.0.1:9090";
        let given = self.0.value(name).is_some();
        given.then(|| self.parse(name, problem)).transpose()
    }

    fn public_url(&self) -> Result<Option<PublicUrl>, ConfigError> {
        let Some(value) = self.0.value("public_url") else {
            return Ok(None);
        };
        let text = value.text.trim();
        PublicUrl::parse(text)
            .map(Some)
            .map_err(|error| match error {
                PublicUrlError::Insecure => ConfigError::Cleartext(text.to_owned()),
                PublicUrlError::Malformed
                | PublicUrlError::Scheme
                | PublicUrlError::NotAnOrigin => self.refuse(
                    "public_url",
                    "is an origin, such as https://login.example.com",
                ),
            })
    }

    fn issuer(&self) -> Result<String, ConfigError> {
        let issuer = self.text("issuer");
        countersign_otp::validate_label(issuer)
            .map(|()| issuer.to_owned())
            .map_err(|problem| self.refuse("issuer", &format!("cannot be used: {problem}")))
    }

    fn database(&self, data_dir: &Path) -> Result<PathBuf, ConfigError> {
        let url = match (self.0.value("store"), self.0.value("store_file")) {
            (Some(value), _) => Zeroizing::new(value.text.clone()),
            (None, Some(value)) => {
                let path = PathBuf::from(&value.text);
                fs::read_to_string(&path)
                    .map(Zeroizing::new)
                    .map_err(|error| ConfigError::Unreadable { path, error })?
            }
            (None, None) => return Ok(data_dir.join("countersign.db")),
        };
        match value::store(url.trim()) {
            Store::Sqlite(path) => Ok(path),
            Store::Other(scheme) => Err(ConfigError::Scheme { scheme }),
            Store::Nothing => Err(self.refuse("store", "is sqlite:PATH")),
        }
    }

    fn keyring(&self, data_dir: &Path) -> KeyringPlace {
        match (self.0.value("keyring"), self.0.value("keyring_file")) {
            (Some(value), _) => KeyringPlace::Variable(Zeroizing::new(value.text.clone())),
            (None, Some(value)) => KeyringPlace::File(PathBuf::from(&value.text)),
            (None, None) => KeyringPlace::DataDirectory(data_dir.join("keyring.json")),
        }
    }

    fn networks(&self, name: &'static str) -> Result<Vec<IpNet>, ConfigError> {
        self.text(name)
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(|item| {
                value::network(item).ok_or_else(|| {
                    self.refuse(name, "holds addresses such as 10.0.0.1 or 10.0.0.0/8")
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
