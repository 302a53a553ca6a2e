//! `otp generate` and `otp verify`.

use clap::Args;
use countersign::clock::Timestamp;
use countersign_otp::{Code, Hotp, Moving, Reach, Totp, Window};
use serde_json::json;

use super::source::{Source, moment};
use super::{Parameters, SecretFile};
use crate::cli::Context;
use crate::failure::{Failure, OtpFailure};

/// How many steps off a clock is looked for when a code does not match.
const CLOCK_REACH: u8 = 10;

#[derive(Args)]
pub(crate) struct Generate {
    #[command(flatten)]
    secret: SecretFile,
    #[command(flatten)]
    parameters: Parameters,
    /// The moment: seconds since 1970, or like 2026-01-31T12:00:00Z [default: now].
    #[arg(long, value_name = "TIME", conflicts_with = "counter")]
    at: Option<String>,
}

impl Generate {
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let source = Source::read(&self.secret, &self.parameters)?;
        match source.moving {
            Moving::Counter(counter) => {
                let hotp = Hotp::new(&source.secret, source.algorithm, source.digits);
                let code = hotp.code(counter).text();
                let value = json!({ "code": *code, "counter": counter });
                context.output.answer(&code, &value)
            }
            Moving::Time(period) => {
                let at = moment(self.at.as_deref())?;
                let totp = Totp::new(&source.secret, source.algorithm, source.digits, period);
                let code = totp.code_at(at).text();
                let end = (totp.step_at(at) + 1).saturating_mul(period.get());
                let end = Timestamp::from_seconds(i64::try_from(end).unwrap_or(i64::MAX));
                let value = json!({
                    "code": *code,
                    "step": totp.step_at(at),
                    "expires_at": end.rfc3339(),
                });
                context.output.answer(&code, &value)
            }
        }
    }
}

#[derive(Args)]
pub(crate) struct Verify {
    /// The code.
    code: String,
    #[command(flatten)]
    secret: SecretFile,
    #[command(flatten)]
    parameters: Parameters,
    /// The moment: seconds since 1970, or like 2026-01-31T12:00:00Z [default: now].
    #[arg(long, value_name = "TIME", conflicts_with = "counter")]
    at: Option<String>,
    /// Accept codes of so many steps before, 0 to 2.
    #[arg(long, value_name = "STEPS", default_value_t = 1)]
    past: u8,
    /// Accept codes of so many steps ahead, 0 to 2.
    #[arg(long, value_name = "STEPS", default_value_t = 1)]
    future: u8,
    /// With a counter: accept codes of so many counters ahead.
    #[arg(long, value_name = "N", default_value_t = 10)]
    look_ahead: u8,
}

impl Verify {
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let code = Code::parse(&self.code).map_err(OtpFailure::from)?;
        let source = Source::read(&self.secret, &self.parameters)?;
        match source.moving {
            Moving::Counter(counter) => {
                let hotp = Hotp::new(&source.secret, source.algorithm, source.digits);
                let found = hotp
                    .matches(&code, counter, self.look_ahead)
                    .ok_or(Failure::NoMatch { clock_offset: None })?;
                let value = json!({ "matches": true, "counter": found });
                let text = format!("The code matches, at counter {found}.");
                context.output.answer(&text, &value)
            }
            Moving::Time(period) => {
                let totp = Totp::new(&source.secret, source.algorithm, source.digits, period);
                let now = totp.step_at(moment(self.at.as_deref())?);
                let reach = |steps| Reach::try_from(steps).map_err(OtpFailure::from);
                let window = Window::around(now, reach(self.past)?, reach(self.future)?);
                let found = totp.matches(&code, window).ok_or_else(|| {
                    let steps = totp.offset_of(&code, now, CLOCK_REACH);
                    let seconds = i64::try_from(period.get()).unwrap_or(i64::MAX);
                    Failure::NoMatch {
                        clock_offset: steps.map(|steps| steps.saturating_mul(seconds)),
                    }
                })?;
                let value = json!({ "matches": true, "step": found });
                let text = format!("The code matches, at step {found}.");
                context.output.answer(&text, &value)
            }
        }
    }
}
