//! What can be said of a realm, and what follows from it. Whether it fits together is the engine's to
//! say.

use countersign::Setting;
use countersign::realm::RealmRecord;
use countersign::webauthn::RelyingParty;
use countersign_http::PublicUrl;

use crate::failure::Failure;

/// Takes back what was said before.
const NONE: &str = "none";
const DEFAULT: &str = "default";

#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub(in crate::cli) struct Options {
    /// The RP ID that its passkeys are bound to; without it the host of `--public-url`. It can be
    /// changed only while there is no passkey. With `none` there are no passkeys.
    #[arg(long, value_name = "DOMAIN")]
    rp_id: Option<String>,
    /// An origin under the RP ID that may use its passkeys, beside `--public-url`; can be repeated.
    #[arg(long, value_name = "ORIGIN")]
    origin: Vec<String>,
    /// An origin of another site that may use them; can be repeated.
    #[arg(long, value_name = "ORIGIN")]
    related_origin: Vec<String>,
    /// Steps before the present one whose code is accepted: 0 to 2; as all rules below, `default` takes
    /// back what was set.
    #[arg(long, value_name = "STEPS", help_heading = "Rules")]
    totp_past: Option<String>,
    /// Steps after it: 0 to 2.
    #[arg(long, value_name = "STEPS", help_heading = "Rules")]
    totp_future: Option<String>,
    /// HOTP codes accepted beyond the next: 0 to 50.
    #[arg(long, value_name = "CODES", help_heading = "Rules")]
    hotp_look_ahead: Option<String>,
    /// How far ahead two consecutive HOTP codes may be: 0 to 100.
    #[arg(long, value_name = "CODES", help_heading = "Rules")]
    hotp_resynchronize: Option<String>,
    /// `kept`: users cannot remove their last authenticator; or `removable`.
    #[arg(long, value_name = "WORD", help_heading = "Rules")]
    authenticators_last: Option<String>,
    /// `waived`: back ends change authenticators without the user's proof; or `demanded`.
    #[arg(long, value_name = "WORD", help_heading = "Rules")]
    authenticators_proof: Option<String>,
    /// `reported`: a passkey whose counter went back is accepted; or `strict`.
    #[arg(long, value_name = "WORD", help_heading = "Rules")]
    passkeys_sign_count: Option<String>,
    /// A session ends when it is not used for so long: 1m to 24h.
    #[arg(long, value_name = "TIME", help_heading = "Rules")]
    session_idle: Option<String>,
    /// A session ends after so long: 1m to 24h.
    #[arg(long, value_name = "TIME", help_heading = "Rules")]
    session_absolute: Option<String>,
    /// How old the proof before a change may be: 30s to 5m.
    #[arg(long, value_name = "TIME", help_heading = "Rules")]
    session_fresh: Option<String>,
    /// Failures in a window that are judged; the next waits: 1 to 5.
    #[arg(long, value_name = "NUMBER", help_heading = "Rules")]
    throttle_attempts: Option<String>,
    /// How long that window is: 5m to 24h.
    #[arg(long, value_name = "TIME", help_heading = "Rules")]
    throttle_window: Option<String>,
    /// Failures in a row that suspend codes or void backup codes: 1 to 100.
    #[arg(long, value_name = "NUMBER", help_heading = "Rules")]
    throttle_consecutive: Option<String>,
}

impl Options {
    /// Whether nothing is said.
    pub(super) fn are_none(&self) -> bool {
        *self == Self::default()
    }

    /// Puts what is said into a row.
    pub(super) fn put(&self, row: &mut RealmRecord, pages: &Pages) -> Result<(), Failure> {
        let before = row.public_url.clone();
        match pages {
            Pages::Unsaid => {}
            Pages::Nowhere => row.public_url = None,
            Pages::At(url) => row.public_url = Some(url.origin()),
        }
        // An RP ID that the new pages are under stays.
        let holds = |url: &PublicUrl| {
            let rp_id = row.rp_id.as_deref();
            rp_id.is_some_and(|rp_id| RelyingParty::new(rp_id, "", [url.origin()]).is_ok())
        };
        if let Pages::At(url) = pages
            && !holds(url)
        {
            row.rp_id = rp_id(url);
        }
        match self.rp_id.as_deref() {
            Some(NONE) => {
                row.rp_id = None;
                row.origins.clear();
                row.related_origins.clear();
            }
            Some(rp_id) => row.rp_id = Some(rp_id.to_owned()),
            None => {}
        }
        replace(&mut row.origins, &self.origin);
        replace(&mut row.related_origins, &self.related_origin);
        row.origins.retain(|origin| {
            before.as_ref() != Some(origin) && row.public_url.as_ref() != Some(origin)
        });
        let listed = !(row.origins.is_empty() && row.related_origins.is_empty());
        if row.rp_id.is_none() && listed {
            return Err(refuse("origin", "wants the RP ID of its passkeys: --rp-id"));
        }
        if let Some(own) = &row.public_url {
            row.origins.insert(0, own.clone());
        }
        for (setting, text) in self.rules() {
            match text {
                None => {}
                Some(DEFAULT) => row.settings.unset(setting),
                Some(text) => {
                    let set = row.settings.set(setting, text);
                    set.map_err(|_| refuse(&option(setting), setting.expected()))?;
                }
            }
        }
        let idle = option(Setting::SessionIdle);
        let contradiction = |_| refuse(&idle, "is not longer than `--session-absolute`");
        row.settings.policy().map(|_| ()).map_err(contradiction)
    }

    fn rules(&self) -> [(Setting, Option<&str>); 13] {
        Setting::ALL.map(|setting| {
            let text = match setting {
                Setting::TotpPast => &self.totp_past,
                Setting::TotpFuture => &self.totp_future,
                Setting::HotpLookAhead => &self.hotp_look_ahead,
                Setting::HotpResynchronize => &self.hotp_resynchronize,
                Setting::LastAuthenticator => &self.authenticators_last,
                Setting::HostProof => &self.authenticators_proof,
                Setting::SignCount => &self.passkeys_sign_count,
                Setting::SessionIdle => &self.session_idle,
                Setting::SessionAbsolute => &self.session_absolute,
                Setting::Fresh => &self.session_fresh,
                Setting::ThrottleAttempts => &self.throttle_attempts,
                Setting::ThrottleWindow => &self.throttle_window,
                Setting::ThrottleConsecutive => &self.throttle_consecutive,
            };
            (setting, text.as_deref())
        })
    }
}

/// Where `--public-url` puts the realm's pages.
pub(super) enum Pages {
    /// Where they are.
    Unsaid,
    /// Nowhere: it has none.
    Nowhere,
    /// There.
    At(PublicUrl),
}

/// What `--public-url` says.
pub(super) fn pages(text: Option<&str>) -> Result<Pages, Failure> {
    match text {
        None => Ok(Pages::Unsaid),
        Some(NONE) => Ok(Pages::Nowhere),
        Some(text) => PublicUrl::parse(text)
            .map(Pages::At)
            .map_err(|error| refuse("public-url", &format!("cannot be used: {error}"))),
    }
}

/// The RP ID that a URL can have; numbers and names without a dot have none.
fn rp_id(url: &PublicUrl) -> Option<String> {
    let fits = RelyingParty::new(url.host(), "", [url.origin()]).is_ok();
    fits.then(|| url.host().to_owned())
}

/// A list that is given is in place of the one before.
fn replace(list: &mut Vec<String>, given: &[String]) {
    if !given.is_empty() {
        *list = given.iter().filter(|one| *one != NONE).cloned().collect();
    }
}

/// The name of a setting's option.
fn option(setting: Setting) -> String {
    setting.name().replace(['.', '_'], "-")
}

fn refuse(option: &str, problem: &str) -> Failure {
    Failure::Argument {
        option: option.to_owned(),
        problem: problem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_an_option_of_its_name() {
        use clap::Args as _;
        let command = Options::augment_args(clap::Command::new("x"));
        let longs: Vec<&str> = command
            .get_arguments()
            .filter_map(|one| one.get_long())
            .collect();
        for setting in Setting::ALL {
            assert!(longs.contains(&option(setting).as_str()), "{setting:?}");
        }
    }
}
