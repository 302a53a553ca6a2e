//! `otp new`, `otp uri` and `otp qr`: these print the secret, since that is what they are for.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use clap::Args;
use countersign::clock::Randomness as _;
use countersign_otp::{Secret, qr};
use serde_json::json;

use super::source::Source;
use super::{Names, Parameters, SecretFile};
use crate::ambient::OsRandom;
use crate::cli::Context;
use crate::failure::{Failure, FileFailure, OtpFailure};

#[derive(Args)]
pub(crate) struct New {
    #[command(flatten)]
    parameters: Parameters,
    #[command(flatten)]
    names: Names,
}

impl New {
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let algorithm = self.parameters.algorithm()?.unwrap_or_default();
        let secret = Secret::generate(algorithm, |bytes| OsRandom.fill(bytes))
            .map_err(|_| OtpFailure::Randomness)?;
        let base32 = secret.to_base32();
        if self.names.issuer.is_none() && self.names.account.is_none() {
            return context
                .output
                .answer(&base32, &json!({ "secret": *base32 }));
        }
        let source = Source::plain(secret).with(&self.parameters)?;
        let uri = source.into_uri(&self.names)?.text();
        let value = json!({ "secret": *base32, "uri": *uri });
        context.output.answer(&uri, &value)
    }
}

#[derive(Args)]
pub(crate) struct Uri {
    #[command(flatten)]
    secret: SecretFile,
    #[command(flatten)]
    parameters: Parameters,
    #[command(flatten)]
    names: Names,
}

impl Uri {
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let source = Source::read(&self.secret, &self.parameters)?;
        let uri = source.into_uri(&self.names)?.text();
        context.output.answer(&uri, &json!({ "uri": *uri }))
    }
}

#[derive(Args)]
pub(crate) struct Qr {
    #[command(flatten)]
    secret: SecretFile,
    #[command(flatten)]
    parameters: Parameters,
    #[command(flatten)]
    names: Names,
    /// Write a PNG file instead of drawing on the terminal.
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,
    /// Write an SVG file instead of drawing on the terminal.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

impl Qr {
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let source = Source::read(&self.secret, &self.parameters)?;
        let uri = source.into_uri(&self.names)?.text();
        if let Some(path) = &self.png {
            write(path, &qr::png(&uri).map_err(OtpFailure::from)?)?;
        }
        if let Some(path) = &self.svg {
            write(path, qr::svg(&uri).map_err(OtpFailure::from)?.as_bytes())?;
        }
        if context.output.is_json() {
            return context.output.json(&json!({ "uri": *uri }));
        }
        if self.png.is_none() && self.svg.is_none() {
            return context
                .output
                .bytes(qr::terminal(&uri).map_err(OtpFailure::from)?.as_bytes());
        }
        Ok(())
    }
}

/// A new file that only its owner may read: the picture is the secret.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(bytes))
        .map_err(|error| FileFailure::new("create", path, error).into())
}
