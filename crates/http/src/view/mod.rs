//! From the engine's values to what pages show of them.

mod account;
mod activity;

use countersign::clock::Timestamp;

pub(crate) use account::{
    accepted_passkeys, authenticators, backup_codes_left, label, notice, provider, sessions,
};
pub(crate) use activity::activity;

use crate::pages::{Moment, Wait};
use crate::problem::Failure;

/// A moment with its day.
pub(crate) fn moment(at: Timestamp) -> Moment {
    formatted(at, "%-d %b %Y, %H:%M UTC")
}

/// A moment of which the day is plain.
pub(crate) fn time_of_day(at: Timestamp) -> Moment {
    formatted(at, "%H:%M UTC")
}

fn formatted(at: Timestamp, pattern: &str) -> Moment {
    let text = jiff::Timestamp::from_millisecond(at.as_millis())
        .map(|moment| moment.strftime(pattern).to_string())
        .unwrap_or_default();
    Moment {
        text,
        rfc3339: at.rfc3339(),
    }
}

/// How long a failure says to wait.
pub(crate) fn wait(failure: &Failure) -> Option<Wait> {
    let minutes = failure.seconds_to_wait()?.div_ceil(60).max(1);
    Some(Wait {
        minutes: u32::try_from(minutes).unwrap_or(u32::MAX),
        until: failure.retry_at.map(time_of_day)?,
    })
}

/// A user agent as people know it: `Firefox on Linux`; empty where it tells neither.
pub(crate) fn browser(agent: Option<&str>) -> String {
    let agent = agent.unwrap_or("");
    let named = |names: &[(&str, &'static str)]| {
        names
            .iter()
            .find(|(mark, _)| agent.contains(mark))
            .map(|(_, name)| *name)
    };
    // The order matters: each claims to be those after it.
    let browser = named(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = named(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;
    use std::time::Duration;

    #[test]
    fn moments_read_like_dates() {
        let at = Timestamp::from_seconds(1_795_530_720);
        assert_eq!(moment(at).text, "24 Nov 2026, 14:32 UTC");
        assert_eq!(time_of_day(at).text, "14:32 UTC");
        assert_eq!(moment(at).rfc3339, "2026-11-24T14:32:00Z");
        assert_eq!(moment(Timestamp::from_millis(i64::MAX)).text, "");
    }

    #[test]
    fn a_wait_is_rounded_up() {
        let failure = |seconds| Failure {
            retry_after: Some(Duration::from_secs(seconds)),
            retry_at: Some(Timestamp::from_seconds(0)),
            ..Problem::Throttled.into()
        };
        assert_eq!(wait(&failure(1)).unwrap().minutes, 1);
        assert_eq!(wait(&failure(61)).unwrap().minutes, 2);
        assert!(wait(&Problem::Throttled.into()).is_none());
    }

    #[test]
    fn browsers_are_told_by_name() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        assert_eq!(browser(Some(firefox)), "Firefox on Linux");
        let edge = "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0";
        assert_eq!(browser(Some(edge)), "Edge on Windows");
        assert_eq!(browser(Some("<script>")), "");
        assert_eq!(browser(None), "");
    }
}
