//! What ends a command: whose fault it is, what to do next, and the exit code.
//!
//! Exit codes: 0 done · 1 failed or refused · 2 the command line · 3 the configuration · 4 the
//! keyring · 5 the store · 6 the address to listen on.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::config::ConfigError;
use crate::keyring::KeyringFailure;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The command line is incomplete or contradicts itself.
    #[error("{0}")]
    Usage(&'static str),
    /// The configuration is refused.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There is no keyring to work with.
    #[error(transparent)]
    Keyring(#[from] KeyringFailure),
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
            Self::Usage(_) => 2,
            Self::Config(_) => 3,
            Self::Keyring(_) => 4,
            Self::Listen { .. } => 6,
            _ => 1,
        })
    }
}
