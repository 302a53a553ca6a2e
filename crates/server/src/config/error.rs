//! Why a configuration is refused; it repeats no value that may be secret.

use std::path::PathBuf;

use countersign_webauthn::error::MetadataError;

use crate::config::Source;

/// What is wrong with the configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the configuration file {} cannot be read: {error}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{} line {line}: {problem}", path.display())]
    Syntax {
        /// Which file.
        path: PathBuf,
        /// Where.
        line: usize,
        /// The parser's words, which quote no value.
        problem: String,
    },
    /// The file has no `version`, or not this one.
    #[error("{} does not say `version = 1`", path.display())]
    Version {
        /// Which file.
        path: PathBuf,
    },
    /// A key that does not exist.
    #[error("{} line {line}: there is no key `{key}`", path.display())]
    UnknownKey {
        /// Which file.
        path: PathBuf,
        /// Where.
        line: usize,
        /// What was written.
        key: String,
        /// The key that looks most like it.
        nearest: Option<&'static str>,
    },
    /// A value of the wrong TOML type.
    #[error("{} line {line}: `{key}` is {expected}", path.display())]
    Type {
        /// Which file.
        path: PathBuf,
        /// Where.
        line: usize,
        /// The key.
        key: &'static str,
        /// What it should be.
        expected: &'static str,
    },
    /// A secret that the file may only point to.
    #[error("{} line {line}: `{key}` is a secret and does not stand in this file", path.display())]
    SecretInFile {
        /// Which file.
        path: PathBuf,
        /// Where.
        line: usize,
        /// The key.
        key: &'static str,
    },
    /// A setting and its file at the same time.
    #[error("`{key}` and `{key}_file` are both given ({source_})")]
    Both {
        /// The setting.
        key: &'static str,
        /// Where.
        source_: Source,
    },
    /// An environment variable that is not UTF-8.
    #[error("the variable {0} is not UTF-8")]
    NotText(String),
    /// A value that cannot be used.
    #[error("`{key}` ({source_}) {problem}")]
    Value {
        /// The key.
        key: &'static str,
        /// Where it was given.
        source_: Source,
        /// What it should be.
        problem: String,
    },
    /// A file that a key names.
    #[error("{} (`{key}`) cannot be read: {error}", path.display())]
    UnreadableNamed {
        /// The key.
        key: &'static str,
        /// Which file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A file that should hold certificates.
    #[error("{} (`{key}`) {problem}", path.display())]
    Certificates {
        /// The key.
        key: &'static str,
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A metadata blob that is not believed.
    #[error("{} (`passkeys.metadata_file`) cannot be used: {error}", path.display())]
    Metadata {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: MetadataError,
    },
    /// Directives of the log that cannot be understood.
    #[error(
        "`log` is a level (error, warn, info, debug, trace) or target=level, separated by commas"
    )]
    Log,
    /// A store that this build does not have.
    #[error("this build keeps its data in SQLite and has no store `{scheme}:`")]
    Scheme {
        /// The URL's scheme; the rest may hold a password.
        scheme: String,
    },
    /// A second store for what may be lost.
    #[error("this build has no ephemeral store; SQLite holds everything")]
    Ephemeral,
    /// A public URL that would send cookies and codes in the clear.
    #[error("the public URL {0} is not encrypted, and its host is not this machine")]
    Cleartext(String),
    /// A public URL whose host is not the one that passkeys are bound to.
    #[error("there are passkeys of another host than {0}; at this one they would all be lost")]
    OtherHost(String),
}

impl ConfigError {
    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::UnknownKey { nearest, .. } => match nearest {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => "see the keys with: countersign config show".to_owned(),
            },
            Self::Version { .. } => "write `version = 1` as its first line".to_owned(),
            Self::SecretInFile { key, .. } => {
                format!("write the path of a file that holds it: `{key}_file = \"…\"`")
            }
            Self::Both { key, .. } => format!("keep one of `{key}` and `{key}_file`"),
            Self::Scheme { .. } => "use --store sqlite:PATH, or leave it out".to_owned(),
            Self::Ephemeral => "leave --ephemeral out".to_owned(),
            Self::Cleartext(_) => {
                "use an https:// URL (a proxy may hold the certificate), or http://localhost:PORT to try things out".to_owned()
            }
            Self::OtherHost(_) => {
                "start with the public URL that they were made under, or have their owners remove them first".to_owned()
            }
            Self::Unreadable { .. } => "check the path given by --config".to_owned(),
            Self::UnreadableNamed { key, .. } => {
                format!("check the path given by `{key}`, and that the user that runs the server may read it")
            }
            Self::Certificates { .. } => {
                "put certificates there as PEM: blocks of -----BEGIN CERTIFICATE-----".to_owned()
            }
            Self::Metadata { error, .. } => metadata_hint(*error).to_owned(),
            Self::Syntax { .. }
            | Self::Type { .. }
            | Self::NotText(_)
            | Self::Log
            | Self::Value { .. } => return None,
        })
    }
}

fn metadata_hint(error: MetadataError) -> &'static str {
    match error {
        MetadataError::Chain => {
            "get the blob again from https://mds3.fidoalliance.org, and see that `passkeys.metadata_root_file` \
             holds the root that the FIDO alliance names; an old blob's certificates may have expired"
        }
        _ => {
            "get the blob again from https://mds3.fidoalliance.org, as it is: one long line with two dots"
        }
    }
}
