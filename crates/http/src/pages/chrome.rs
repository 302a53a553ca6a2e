//! What surrounds every page, and the small values that several pages share.

use askama::Template;

use super::{
    assets,
    notice::{Notice, Shown},
};

/// The frame of a page: whose site it is, who is signed in, what there is to tell.
#[derive(Clone, Debug, Default)]
pub struct Chrome {
    /// The realm's issuer name, shown as the name of the site.
    pub site_name: String,
    /// The anti-forgery value that every form of the page sends back as `form_token`.
    pub form_token: String,
    /// The name of the signed-in user; without one the page has the signed-out frame.
    pub signed_in_as: Option<String>,
    /// Whether there is a page to change the password at; not where the application keeps it.
    pub passwords_here: bool,
    /// Told above the content, in this order.
    pub notices: Vec<Notice>,
}

impl Chrome {
    /// The address of the style sheet.
    pub fn style(&self) -> &'static str {
        assets::style()
    }

    /// The address of the script.
    pub fn script(&self) -> &'static str {
        assets::script()
    }

    /// A notice, as this page shows it.
    pub fn shown<'a>(&self, notice: &'a Notice) -> Shown<'a> {
        Shown::new(notice, self.passwords_here)
    }

    /// The address of the passkeys' script; only the pages that use it name it.
    pub fn passkey_script(&self) -> &'static str {
        assets::passkey_script()
    }
}

/// A time, for people and for programs.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "part/moment.html")]
pub struct Moment {
    /// As people read it, with its zone: `24 Nov 2026, 14:32 UTC`, or `14:32 UTC` where the day
    /// is plain. A browser with scripts shows its own zone instead.
    pub text: String,
    /// RFC 3339, UTC.
    pub rfc3339: String,
}

/// How long a throttled person has to wait.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "part/wait.html")]
pub struct Wait {
    /// Whole minutes, rounded up, at least 1.
    pub minutes: u32,
    /// When the next attempt is admitted; `text` is the time of day.
    pub until: Moment,
}

/// Where in a sequence of pages this one stands.
#[derive(Clone, Copy, Debug)]
pub struct Steps {
    /// 1-based.
    pub current: u8,
    /// How many there are: 4 for the first authenticator, 2 for a further one.
    pub total: u8,
}
