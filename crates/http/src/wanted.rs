//! The page at a protected host that somebody was on their way to, as `/login?rd=` and `/return?rd=`
//! carry it. Where it leads is judged each time anew, by [`Page::read`](crate::protected::Page::read).

use countersign::ticket::Browser;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// The own address that leads on to it.
const RETURN: &str = "/return?rd=";

/// Between the page and the browser.
const BROWSER: &str = "&rs=";

/// A page, not judged yet, and the browser that its host knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// The page's address.
    pub(crate) page: String,
    /// The browser; without it there is no ticket.
    pub(crate) browser: Option<Browser>,
}

impl Wanted {
    /// From `/return?rd=…&rs=…`, in exactly this spelling.
    pub(crate) fn parse(path: &str) -> Option<Self> {
        let rest = path.strip_prefix(RETURN)?;
        let (page, browser) = match rest.split_once(BROWSER) {
            Some((page, browser)) => (page, Some(Browser::parse(browser)?)),
            None => (rest, None),
        };
        let page = percent_decode_str(page).decode_utf8().ok()?.into_owned();
        let wanted = Self { page, browser };
        (wanted.path() == path).then_some(wanted)
    }

    /// The own address that leads on to it.
    pub(crate) fn path(&self) -> String {
        format!("{RETURN}{}", self.query())
    }

    /// The own address where somebody signs in on the way to it.
    pub(crate) fn sign_in(&self) -> String {
        format!("/login?rd={}", self.query())
    }

    fn query(&self) -> String {
        let page = utf8_percent_encode(&self.page, NON_ALPHANUMERIC);
        match &self.browser {
            Some(browser) => format!("{page}{BROWSER}{}", browser.text()),
            None => page.to_string(),
        }
    }
}
