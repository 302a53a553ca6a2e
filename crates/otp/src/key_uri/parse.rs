//! Reading `otpauth:` URIs of all writers; refuses to guess where two readings are possible.

use percent_encoding::percent_decode;
use zeroize::Zeroizing;

use super::{KeyUri, Moving};
use crate::error::{KeyUriError, Parameter};
use crate::label;
use crate::parameter::{Algorithm, Digits, Period};
use crate::secret::Secret;

pub(super) fn key_uri(text: &str) -> Result<KeyUri, KeyUriError> {
    let text = text.trim();
    if text.len() > KeyUri::MAX_TEXT {
        return Err(KeyUriError::TooLong);
    }
    let rest = after_prefix(text, "otpauth://").ok_or(KeyUriError::Scheme)?;
    let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (kind, label) = path.split_once('/').unwrap_or((path, ""));
    let timed = match kind {
        kind if kind.eq_ignore_ascii_case("totp") => true,
        kind if kind.eq_ignore_ascii_case("hotp") => false,
        _ => return Err(KeyUriError::Kind),
    };
    let parameters = Parameters::read(query)?;
    let (prefix, account) = names(label)?;
    let issuer = match parameters.value(Parameter::Issuer) {
        Some(issuer) if !issuer.trim().is_empty() => Some(label::imported(issuer)?),
        _ => prefix,
    };
    let secret = parameters
        .value(Parameter::Secret)
        .ok_or(KeyUriError::Missing(Parameter::Secret))?;
    let secret = Secret::from_base32_lenient(secret)?;
    let algorithm = match parameters.value(Parameter::Algorithm) {
        Some(name) => name
            .parse::<Algorithm>()
            .map_err(|_| KeyUriError::Value(Parameter::Algorithm))?,
        None => Algorithm::default(),
    };
    let digits = parameters.number(Parameter::Digits, Digits::default(), |digits| {
        u8::try_from(digits).ok()?.try_into().ok()
    })?;
    let moving = if timed {
        Moving::Time(
            parameters.number(Parameter::Period, Period::default(), |s| s.try_into().ok())?,
        )
    } else if parameters.value(Parameter::Counter).is_some() {
        Moving::Counter(parameters.number(Parameter::Counter, 0, Some)?)
    } else {
        return Err(KeyUriError::Missing(Parameter::Counter));
    };
    Ok(KeyUri::from_parts(
        issuer,
        account,
        secret,
        (algorithm, digits, moving),
    ))
}

/// The rest of a text behind a prefix in any case.
pub(crate) fn after_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// Issuer and account of a label, separated at the first `:` or `%3A` **before** decoding:
/// afterwards an encoded colon inside a name could no longer be told from the one between them.
fn names(label: &str) -> Result<(Option<String>, String), KeyUriError> {
    let colon = label.find(':').map(|at| (at, at + 1));
    let encoded = [label.find("%3A"), label.find("%3a")]
        .into_iter()
        .flatten()
        .min();
    let encoded = encoded.map(|at| (at, at + 3));
    match [colon, encoded].into_iter().flatten().min() {
        Some((end, start)) => {
            let issuer = decode(label.get(..end).unwrap_or_default(), false)?;
            let account = decode(label.get(start..).unwrap_or_default(), false)?;
            let issuer = match issuer.trim() {
                "" => None,
                issuer => Some(label::imported(issuer)?),
            };
            Ok((issuer, label::imported(&account)?))
        }
        None => Ok((None, label::imported(&decode(label, false)?)?)),
    }
}

/// The known parameters, each at most once.
struct Parameters([Option<Zeroizing<String>>; Parameter::ALL.len()]);

impl Parameters {
    fn read(query: &str) -> Result<Self, KeyUriError> {
        let mut values = Self(Default::default());
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            // The name decoded too, or `s%65cret` would be a second secret to some readers and none
            // to us.
            let name = decode(name, true)?;
            let mut known = Parameter::ALL.into_iter().zip(&mut values.0);
            let Some((parameter, place)) =
                known.find(|(parameter, _)| name.eq_ignore_ascii_case(parameter.as_str()))
            else {
                continue;
            };
            if place.replace(decode(value, true)?).is_some() {
                return Err(KeyUriError::Repeated(parameter));
            }
        }
        Ok(values)
    }

    fn value(&self, parameter: Parameter) -> Option<&str> {
        let mut known = Parameter::ALL.into_iter().zip(&self.0);
        let (_, value) = known.find(|(known, _)| *known == parameter)?;
        value.as_deref().map(String::as_str)
    }

    /// A number in digits alone (the standard parser takes a plus sign too), or the default when it
    /// is absent.
    fn number<T>(
        &self,
        parameter: Parameter,
        default: T,
        check: impl FnOnce(u64) -> Option<T>,
    ) -> Result<T, KeyUriError> {
        let Some(value) = self.value(parameter) else {
            return Ok(default);
        };
        let number = if value.bytes().all(|byte| byte.is_ascii_digit()) {
            value.parse().ok()
        } else {
            None
        };
        number.and_then(check).ok_or(KeyUriError::Value(parameter))
    }
}

/// Percent-decodes. In parameters a `+` is a space, as forms write it; in the label it is a plus
/// sign.
fn decode(text: &str, form: bool) -> Result<Zeroizing<String>, KeyUriError> {
    // Decoding never gets longer, so nothing moves and leaves a copy.
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    if form {
        let spaced = Zeroizing::new(text.replace('+', " "));
        bytes.extend(percent_decode(spaced.as_bytes()));
    } else {
        bytes.extend(percent_decode(text.as_bytes()));
    }
    let text = core::str::from_utf8(&bytes).map_err(|_| KeyUriError::Encoding)?;
    Ok(Zeroizing::new(text.to_owned()))
}
