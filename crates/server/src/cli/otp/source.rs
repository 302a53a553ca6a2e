//! Where an authenticator's secret and settings come from.

use countersign::clock::{Clock as _, Timestamp};
use countersign_otp::{Algorithm, Digits, KeyUri, Moving, Period, Secret};

use super::{Names, Parameters, SecretFile};
use crate::ambient::SystemClock;
use crate::failure::{Failure, OtpFailure};
use crate::input;

/// A secret and all that a code depends on besides the moment.
pub(super) struct Source {
    pub(super) secret: Secret,
    pub(super) algorithm: Algorithm,
    pub(super) digits: Digits,
    pub(super) moving: Moving,
    issuer: Option<String>,
    account: Option<String>,
}

impl Source {
    /// Reads the secret; what the flags say wins over a URI.
    pub(super) fn read(file: &SecretFile, parameters: &Parameters) -> Result<Self, Failure> {
        let text = input::secret(file.secret_file.as_deref(), "Secret")?;
        let text = text.trim();
        let source = if text
            .get(..8)
            .is_some_and(|head| head.eq_ignore_ascii_case("otpauth:"))
        {
            let uri = KeyUri::parse(text).map_err(OtpFailure::from)?;
            Self {
                algorithm: uri.algorithm(),
                digits: uri.digits(),
                moving: uri.moving(),
                issuer: uri.issuer().map(str::to_owned),
                account: Some(uri.account().to_owned()),
                secret: uri.into_secret(),
            }
        } else {
            Self::plain(Secret::from_base32_lenient(text).map_err(OtpFailure::from)?)
        };
        source.with(parameters)
    }

    /// A secret with the usual settings.
    pub(super) fn plain(secret: Secret) -> Self {
        Self {
            secret,
            algorithm: Algorithm::default(),
            digits: Digits::default(),
            moving: Moving::Time(Period::DEFAULT),
            issuer: None,
            account: None,
        }
    }

    /// The same with what the flags say.
    pub(super) fn with(mut self, parameters: &Parameters) -> Result<Self, Failure> {
        if let Some(algorithm) = parameters.algorithm()? {
            self.algorithm = algorithm;
        }
        if let Some(digits) = parameters.digits {
            self.digits = Digits::try_from(digits).map_err(OtpFailure::from)?;
        }
        if let Some(period) = parameters.period {
            self.moving = Moving::Time(Period::try_from(period).map_err(OtpFailure::from)?);
        }
        if let Some(counter) = parameters.counter {
            self.moving = Moving::Counter(counter);
        }
        Ok(self)
    }

    /// As a URI for an authenticator app.
    pub(super) fn into_uri(self, names: &Names) -> Result<KeyUri, Failure> {
        let missing =
            Failure::Usage("give --issuer and --account, or an otpauth: URI as the secret");
        let (Some(issuer), Some(account)) = (
            names.issuer.clone().or(self.issuer),
            names.account.clone().or(self.account),
        ) else {
            return Err(missing);
        };
        let uri = match self.moving {
            Moving::Time(period) => {
                KeyUri::totp(&issuer, &account, self.secret).map(|uri| uri.with_period(period))
            }
            Moving::Counter(counter) => KeyUri::hotp(&issuer, &account, self.secret, counter),
        };
        let uri = uri.map_err(OtpFailure::from)?;
        Ok(uri.with_algorithm(self.algorithm).with_digits(self.digits))
    }
}

impl Parameters {
    /// The algorithm, if one is named.
    pub(super) fn algorithm(&self) -> Result<Option<Algorithm>, Failure> {
        let parsed = self.algorithm.as_deref().map(str::parse).transpose();
        Ok(parsed.map_err(OtpFailure::from)?)
    }
}

/// Seconds since 1970 of `at` (a number of them, or RFC 3339), or of now.
pub(super) fn moment(at: Option<&str>) -> Result<u64, Failure> {
    let Some(text) = at else {
        let now = SystemClock.now();
        if now < Timestamp::from_seconds(0) {
            return Err(OtpFailure::Clock.into());
        }
        return Ok(now.unix_seconds());
    };
    text.parse()
        .ok()
        .or_else(|| u64::try_from(text.parse::<jiff::Timestamp>().ok()?.as_second()).ok())
        .ok_or(Failure::Usage(
            "a moment is a number of seconds since 1970, or like 2026-01-31T12:00:00Z",
        ))
}
