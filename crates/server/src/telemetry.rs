//! The log, on standard error: text on a terminal, JSON elsewhere. It is told no secrets, so it
//! holds none.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::EnvFilter;

use crate::config::{ConfigError, LogFormat};

/// Whether `log` can be understood.
pub fn check(log: &str) -> Result<EnvFilter, ConfigError> {
    EnvFilter::builder()
        .parse(log)
        .map_err(|_| ConfigError::Log)
}

/// Starts the log.
pub fn start(log: &str, format: LogFormat) -> Result<(), ConfigError> {
    let filter = check(log)?;
    let json = match format {
        LogFormat::Auto => !io::stderr().is_terminal(),
        LogFormat::Text => false,
        LogFormat::Json => true,
    };
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // It would tell that the log cannot be written on standard error, and panic when that fails:
        // a full disk under the log would end every request.
        .log_internal_errors(false)
        .with_writer(io::stderr);
    // A second start in one process changes nothing.
    let _ = if json {
        builder.json().flatten_event(true).try_init()
    } else {
        builder.with_ansi(io::stderr().is_terminal()).try_init()
    };
    Ok(())
}
