//! What an operator may set of a policy, as text: one name, one spelling and one range, the same in the
//! configuration, at the command line and in a realm's row.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::Policy;
use crate::clock::parse_span;
use crate::error::Misuse;

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Setting {
    /// Past TOTP steps accepted.
    TotpPast,
    /// Future TOTP steps accepted.
    TotpFuture,
    /// HOTP counters accepted beyond the next.
    HotpLookAhead,
    /// How far two consecutive HOTP codes may be ahead.
    HotpResynchronize,
    /// Whether users have to keep their last authenticator.
    LastAuthenticator,
    /// Whether an application must show the user's proof.
    HostProof,
    /// What becomes of a passkey whose counter went back.
    SignCount,
    /// When a session ends that is not seen.
    SessionIdle,
    /// When a session ends in any case.
    SessionAbsolute,
    /// How long a proof is fresh.
    Fresh,
    /// Failures in a window that are told as wrong.
    ThrottleAttempts,
    /// How long the window is.
    ThrottleWindow,
    /// Failures in a row that suspend.
    ThrottleConsecutive,
}

const STEPS: &str = "is 0, 1 or 2 steps";
const LOOK_AHEAD: &str = "is a number from 0 to 50";
const PERCENT: &str = "is a number from 0 to 100";
const LAST: &str = "is removable or kept";
const PROOF: &str = "is demanded or waived";
const COUNT: &str = "is strict or reported";
const SESSION: &str = "is a time from 60s to 86400s, such as 30s, 10m, 24h or 7d";
const FRESH: &str = "is a time from 30s to 300s, such as 90s or 5m";
const ATTEMPTS: &str = "is a number from 1 to 5";
const WINDOW: &str = "is a time from 300s to 86400s, such as 5m, 1h or 1d";
const CONSECUTIVE: &str = "is a number from 1 to 100";

impl Setting {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::TotpPast,
        Self::TotpFuture,
        Self::HotpLookAhead,
        Self::HotpResynchronize,
        Self::LastAuthenticator,
        Self::HostProof,
        Self::SignCount,
        Self::SessionIdle,
        Self::SessionAbsolute,
        Self::Fresh,
        Self::ThrottleAttempts,
        Self::ThrottleWindow,
        Self::ThrottleConsecutive,
    ];

    /// Its name: the configuration's key, and with hyphens the option.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TotpPast => "totp.past",
            Self::TotpFuture => "totp.future",
            Self::HotpLookAhead => "hotp.look_ahead",
            Self::HotpResynchronize => "hotp.resynchronize",
            Self::LastAuthenticator => "authenticators.last",
            Self::HostProof => "authenticators.proof",
            Self::SignCount => "passkeys.sign_count",
            Self::SessionIdle => "session.idle",
            Self::SessionAbsolute => "session.absolute",
            Self::Fresh => "session.fresh",
            Self::ThrottleAttempts => "throttle.attempts",
            Self::ThrottleWindow => "throttle.window",
            Self::ThrottleConsecutive => "throttle.consecutive",
        }
    }

    /// The setting of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// For a sentence: "`name` is …".
    pub const fn expected(self) -> &'static str {
        match self {
            Self::TotpPast | Self::TotpFuture => STEPS,
            Self::HotpLookAhead => LOOK_AHEAD,
            Self::HotpResynchronize => PERCENT,
            Self::LastAuthenticator => LAST,
            Self::HostProof => PROOF,
            Self::SignCount => COUNT,
            Self::SessionIdle | Self::SessionAbsolute => SESSION,
            Self::Fresh => FRESH,
            Self::ThrottleAttempts => ATTEMPTS,
            Self::ThrottleWindow => WINDOW,
            Self::ThrottleConsecutive => CONSECUTIVE,
        }
    }

    /// Puts it into a policy; a text that is not [`Self::expected`] is refused.
    pub fn apply(self, policy: &mut Policy, text: &str) -> Result<(), Misuse> {
        self.put(policy, text.trim())
            .ok_or(Misuse::Policy(self.expected()))
    }

    fn put(self, policy: &mut Policy, text: &str) -> Option<()> {
        let limits = &mut policy.limits;
        match self {
            Self::TotpPast => policy.past = number(text, 0..=2)?,
            Self::TotpFuture => policy.future = number(text, 0..=2)?,
            Self::HotpLookAhead => policy.look_ahead = number(text, 0..=50)?,
            Self::HotpResynchronize => policy.resynchronize = number(text, 0..=100)?,
            Self::LastAuthenticator => policy.keep_last = second(text, ["removable", "kept"])?,
            Self::HostProof => policy.host_proof = second(text, ["waived", "demanded"])?,
            Self::SignCount => {
                policy.accept_sign_count_regression = second(text, ["strict", "reported"])?;
            }
            Self::SessionIdle => policy.session_idle = span(text, 60..=86_400)?,
            Self::SessionAbsolute => policy.session_absolute = span(text, 60..=86_400)?,
            Self::Fresh => policy.fresh = span(text, 30..=300)?,
            Self::ThrottleAttempts => {
                let attempts = number(text, 1..=5)?.into();
                limits.code.attempts = attempts;
                limits.backup_code.attempts = attempts;
                limits.password.attempts = attempts;
            }
            Self::ThrottleWindow => {
                let window = span(text, 300..=86_400)?;
                limits.code.span = window;
                limits.backup_code.span = window;
                limits.password.span = window;
            }
            Self::ThrottleConsecutive => limits.consecutive = number(text, 1..=100)?.into(),
        }
        Some(())
    }
}

fn number(text: &str, range: RangeInclusive<u8>) -> Option<u8> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| digits)?;
    range.contains(&number).then_some(number)
}

/// Whether it is the second of two words.
fn second(text: &str, [no, yes]: [&str; 2]) -> Option<bool> {
    match text {
        text if text == no => Some(false),
        text if text == yes => Some(true),
        _ => None,
    }
}

fn span(text: &str, seconds: RangeInclusive<u64>) -> Option<Duration> {
    parse_span(text).filter(|span| seconds.contains(&span.as_secs()))
}

/// What was said of a policy; what was not is as it comes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicySettings(BTreeMap<Setting, String>);

impl PolicySettings {
    /// Says one; a text that is not [`Setting::expected`] is refused.
    pub fn set(&mut self, setting: Setting, text: &str) -> Result<(), Misuse> {
        setting.apply(&mut Policy::default(), text)?;
        self.0.insert(setting, text.trim().to_owned());
        Ok(())
    }

    /// Takes one back.
    pub fn unset(&mut self, setting: Setting) {
        self.0.remove(&setting);
    }

    /// What was said, in the settings' order.
    pub fn iter(&self) -> impl Iterator<Item = (Setting, &str)> {
        self.0.iter().map(|(one, text)| (*one, text.as_str()))
    }

    /// The policy that comes of it, or why there can be none such.
    pub fn policy(&self) -> Result<Policy, Misuse> {
        let mut policy = Policy::default();
        for (setting, text) in self.iter() {
            setting.apply(&mut policy, text)?;
        }
        policy.check()?;
        Ok(policy)
    }

    /// As a row has it: a line each, its name, `=`, and what was said.
    pub fn text(&self) -> String {
        let lines = self
            .iter()
            .map(|(one, text)| format!("{}={text}\n", one.name()));
        lines.collect()
    }

    /// From a row's text; none if no code of ours wrote it.
    pub fn parse(text: &str) -> Option<Self> {
        let mut settings = Self::default();
        for line in text.lines() {
            let (name, text) = line.split_once('=')?;
            settings.set(Setting::named(name)?, text).ok()?;
        }
        Some(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_read_as_it_was_written() {
        let mut settings = PolicySettings::default();
        for (name, text) in [
            ("totp.past", "0"),
            ("hotp.resynchronize", " 50 "),
            ("authenticators.last", "kept"),
            ("authenticators.proof", "waived"),
            ("session.idle", "10m"),
            ("session.fresh", "90s"),
            ("throttle.attempts", "3"),
            ("throttle.window", "1h"),
        ] {
            let setting = Setting::named(name).unwrap();
            settings.set(setting, text).unwrap();
        }
        assert_eq!(PolicySettings::parse(&settings.text()).unwrap(), settings);
        let policy = settings.policy().unwrap();
        assert_eq!(
            (policy.past, policy.future, policy.resynchronize),
            (0, 1, 50)
        );
        assert!(policy.keep_last && !policy.host_proof);
        assert_eq!(policy.session_idle, Duration::from_mins(10));
        assert_eq!(policy.fresh, Duration::from_secs(90));
        for window in [
            policy.limits.code,
            policy.limits.backup_code,
            policy.limits.password,
        ] {
            assert_eq!((window.attempts, window.span), (3, Duration::from_hours(1)));
        }
        settings.unset(Setting::TotpPast);
        assert_eq!(settings.policy().unwrap().past, 1);
    }

    /// No setting loosens what the documents promise of every realm.
    #[test]
    fn what_is_out_of_range_is_refused() {
        for setting in Setting::ALL {
            for text in [
                "", "-1", "+1", "101", "6d", "2d", "1e1", "yes", "\u{664}", "1\n2",
            ] {
                let refused = setting.apply(&mut Policy::default(), text);
                assert_eq!(
                    refused,
                    Err(Misuse::Policy(setting.expected())),
                    "{setting:?} {text}"
                );
            }
            assert_eq!(Setting::named(setting.name()), Some(setting));
        }
        for (setting, text) in [
            (Setting::TotpPast, "3"),
            (Setting::HotpLookAhead, "51"),
            (Setting::Fresh, "6m"),
            (Setting::ThrottleAttempts, "6"),
            (Setting::ThrottleWindow, "1m"),
            (Setting::ThrottleConsecutive, "0"),
        ] {
            assert!(
                PolicySettings::default().set(setting, text).is_err(),
                "{setting:?}"
            );
        }
        for text in ["nothing", "totp.past=9\n", "unknown=1\n"] {
            assert!(PolicySettings::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn settings_that_contradict_each_other_make_no_policy() {
        let mut settings = PolicySettings::default();
        settings.set(Setting::SessionAbsolute, "30m").unwrap();
        assert!(settings.policy().is_err());
        settings.set(Setting::SessionIdle, "30m").unwrap();
        settings.policy().unwrap();
    }
}
