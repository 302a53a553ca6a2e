//! `otp`: codes without a server, like an authenticator in the pocket. A secret comes from a file or
//! standard input and never from an argument; a code may be one, since it expires.

mod code;
mod picture;
mod source;

use clap::Args;

use crate::cli::Context;
use crate::failure::Failure;

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Make a fresh secret.
    New(picture::New),
    /// Print the code of now, of a moment, or of a counter.
    Generate(code::Generate),
    /// Say whether a code is right; exit code 1 when it is not.
    Verify(code::Verify),
    /// Print the otpauth: URI that authenticator apps read.
    Uri(picture::Uri),
    /// Draw the otpauth: URI as a QR code.
    Qr(picture::Qr),
}

/// The settings of an authenticator; an otpauth: URI brings its own.
#[derive(Args)]
struct Parameters {
    /// The hash: SHA1, SHA256 or SHA512 [default: SHA1].
    #[arg(long, value_name = "NAME")]
    algorithm: Option<String>,
    /// How long a code is: 6, 7 or 8 [default: 6].
    #[arg(long, value_name = "N")]
    digits: Option<u8>,
    /// Seconds from one code to the next, 15 to 120 [default: 30].
    #[arg(long, value_name = "SECONDS")]
    period: Option<u64>,
    /// Codes by this counter instead of time (HOTP).
    #[arg(long, value_name = "N", conflicts_with = "period")]
    counter: Option<u64>,
}

/// Where the secret is.
#[derive(Args)]
struct SecretFile {
    /// Read the secret from this file: base32, or an otpauth: URI; - is standard input, the default.
    #[arg(long, value_name = "FILE")]
    secret_file: Option<String>,
}

/// What an app shows beside the codes.
#[derive(Args)]
struct Names {
    /// Whose codes these are; needed unless the secret is an otpauth: URI.
    #[arg(long, value_name = "NAME")]
    issuer: Option<String>,
    /// For whom; needed unless the secret is an otpauth: URI.
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
}

pub(super) fn run(context: &Context, command: &Command) -> Result<(), Failure> {
    match command {
        Command::New(new) => new.run(context),
        Command::Generate(generate) => generate.run(context),
        Command::Verify(verify) => verify.run(context),
        Command::Uri(uri) => uri.run(context),
        Command::Qr(qr) => qr.run(context),
    }
}
