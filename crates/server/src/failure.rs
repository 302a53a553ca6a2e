//! What ends a command: whose fault it is, what to do next, and the exit code.
//!
//! Exit codes: 0 done · 1 failed or refused · 2 the command line · 3 the configuration · 4 the
//! keyring · 5 the store · 6 the address to listen on.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use countersign::error::Unavailable;
use countersign::{BuildError, Error, RealmRefusal, Refusal};
use countersign_store::OpenError;

use crate::config::ConfigError;
use crate::keyring::KeyringFailure;
use crate::refusal;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The command line is incomplete or contradicts itself.
    #[error("{0}")]
    Usage(&'static str),
    /// Somebody was asked and did not say yes.
    #[error("nothing was changed")]
    Declined,
    /// The configuration is refused.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There is no keyring to work with.
    #[error(transparent)]
    Keyring(#[from] KeyringFailure),
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// There is no database.
    #[error("there is no database at {}", .0.display())]
    NoDatabase(PathBuf),
    /// There is no data directory.
    #[error("there is no data directory at {}", .0.display())]
    NoDataDirectory(PathBuf),
    /// The data directory cannot be made.
    #[error(transparent)]
    DataDirectory(FileFailure),
    /// Nothing can be counted.
    #[error("metrics cannot be recorded: {0}")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
    /// The engine cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The engine could not decide or act.
    #[error(transparent)]
    Engine(#[from] Error),
    /// The engine refused.
    #[error("{}", refusal::text(*.0))]
    Refused(Refusal),
    /// The engine asks to wait.
    #[error("too many attempts: try again in {} s", .0.as_secs())]
    Throttled(Duration),
    /// There is no user of this name.
    #[error("there is no user {0:?}")]
    NoUser(String),
    /// The user has no such authenticator.
    #[error("the user has no authenticator {0}")]
    NoAuthenticator(String),
    /// There is no API key of this id.
    #[error("there is no API key {0}")]
    NoApiKey(String),
    /// As many API keys of this name live as may.
    #[error("two API keys named {0:?} live already")]
    TwoApiKeys(String),
    /// There is no realm of this name.
    #[error("there is no realm {0:?}")]
    NoRealm(String),
    /// A table that is to be imported.
    #[error("{0} lines of the table cannot be imported: no user is imported from such a table")]
    Table(u64),
    /// A Fernet key.
    #[error("a Fernet key is 32 bytes in URL-safe base64; what was given is none")]
    FernetKey,
    /// A realm that cannot be so.
    #[error(transparent)]
    Realm(#[from] RealmRefusal),
    /// An option's value.
    #[error("`--{option}` {problem}")]
    Argument {
        /// The option's name.
        option: String,
        /// What it should be.
        problem: String,
    },
    /// The audit trail holds rows that this keyring did not write.
    #[error("{0} rows of the audit trail are not what was written")]
    Audit(u64),
    /// Something is not as it should be.
    #[error("{0} checks failed")]
    Doctor(usize),
    /// A file.
    #[error(transparent)]
    File(#[from] FileFailure),
    /// Standard input.
    #[error("standard input cannot be read: {0}")]
    Input(io::Error),
    /// Standard output.
    #[error("standard output cannot be written: {0}")]
    Output(io::Error),
    /// A secret, a name or a setting of an authenticator.
    #[error(transparent)]
    Otp(#[from] OtpFailure),
    /// A code that matches nothing.
    #[error("the code does not match")]
    NoMatch {
        /// How many seconds the other clock is off, if that explains it.
        clock_offset: Option<i64>,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {error}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        error: io::Error,
    },
    /// The runtime did not start, or the server ended by itself.
    #[error("the server cannot run: {0}")]
    Run(io::Error),
}

/// A file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("cannot {verb} {}: {error}", path.display())]
pub struct FileFailure {
    verb: &'static str,
    path: PathBuf,
    error: io::Error,
}

impl FileFailure {
    /// That `path` cannot be `verb`.
    pub fn new(verb: &'static str, path: &Path, error: io::Error) -> Self {
        Self {
            verb,
            path: path.to_owned(),
            error,
        }
    }
}

/// What the OTP commands refuse.
#[derive(Debug, thiserror::Error)]
pub enum OtpFailure {
    /// The secret.
    #[error("the secret cannot be used: {0}")]
    Secret(#[from] countersign_otp::SecretError),
    /// The URI.
    #[error("{0}")]
    KeyUri(#[from] countersign_otp::KeyUriError),
    /// A setting.
    #[error("{0}")]
    Parameter(#[from] countersign_otp::ParameterError),
    /// A name.
    #[error("issuer or account cannot be used: {0}")]
    Label(#[from] countersign_otp::LabelError),
    /// The code.
    #[error("{0}")]
    Code(#[from] countersign_otp::CodeError),
    /// The picture.
    #[error("{0}")]
    Qr(#[from] countersign_otp::QrError),
    /// The clock.
    #[error("the clock stands before 1970")]
    Clock,
    /// The generator.
    #[error("the random generator failed")]
    Randomness,
}

impl Failure {
    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Config(error) => error.hint(),
            Self::Keyring(failure) => Some(failure.hint()),
            Self::NoDatabase(_) | Self::NoDataDirectory(_) => {
                Some("run: countersign init, or name the right place by --data-dir".to_owned())
            }
            Self::DataDirectory(_) => {
                Some("choose a place that this user may write to, by --data-dir".to_owned())
            }
            Self::Engine(Error::Unavailable(Unavailable::Clock)) => {
                Some("set the machine's clock, then start again".to_owned())
            }
            Self::Engine(Error::Unavailable(Unavailable::Vault(_))) | Self::Audit(_) => {
                Some("check that the keyring is the right one; run: countersign doctor".to_owned())
            }
            Self::Engine(Error::Unavailable(Unavailable::Store(_)) | Error::Inconsistent(_)) => {
                Some("run: countersign doctor".to_owned())
            }
            Self::Refused(refusal) => refusal::hint(*refusal).map(str::to_owned),
            Self::NoUser(_) => Some("see who there is: countersign user list".to_owned()),
            Self::NoAuthenticator(_) => {
                Some("see what there is: countersign authenticators list USER".to_owned())
            }
            Self::NoApiKey(_) => Some("see what there is: countersign api-key list".to_owned()),
            Self::TwoApiKeys(_) => {
                Some("revoke the one that is no longer used: countersign api-key list".to_owned())
            }
            Self::Table(_) => Some(
                "mend the lines above, or the keys, and run it with --dry-run first".to_owned(),
            ),
            Self::NoRealm(_) => Some("see what there is: countersign realm list".to_owned()),
            Self::Realm(refusal) => refusal::of_realm(refusal).map(str::to_owned),
            Self::NoMatch {
                clock_offset: Some(seconds),
            } => Some(format!(
                "it would match a clock that is {} s {}",
                seconds.abs(),
                if *seconds < 0 { "slow" } else { "fast" }
            )),
            Self::Listen { error, .. } if error.kind() == io::ErrorKind::AddrInUse => {
                Some("stop the program that uses it, or choose another by --listen".to_owned())
            }
            Self::Listen { .. } => Some(
                "choose an address of this machine by --listen; ports below 1024 need a privilege"
                    .to_owned(),
            ),
            Self::Otp(OtpFailure::Clock) => {
                Some("set the clock, or give a moment by --at".to_owned())
            }
            _ => None,
        }
    }

    /// The process's exit code.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            // Whoever reads the output has read enough.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => 0,
            Self::Usage(_) | Self::Argument { .. } => 2,
            Self::Config(_) => 3,
            Self::Keyring(_)
            | Self::Engine(Error::Unavailable(Unavailable::Vault(_)))
            | Self::Build(BuildError::Keyring(_)) => 4,
            Self::Open(_)
            | Self::NoDatabase(_)
            | Self::NoDataDirectory(_)
            | Self::DataDirectory(_)
            | Self::Engine(Error::Unavailable(Unavailable::Store(_)) | Error::Inconsistent(_)) => 5,
            Self::Listen { .. } => 6,
            _ => 1,
        })
    }
}
