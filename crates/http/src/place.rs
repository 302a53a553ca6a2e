//! The closed set of own addresses that a sign-in or a fresh proof may lead back to.

use countersign::id::AuthenticatorId;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::pages::Reason;
use crate::wanted::Wanted;

/// What a query carries as it is (RFC 3986 §2.3).
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// An own page. Nothing that a request brings is ever followed unless it parses as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// `/mfa`
    Overview,
    /// `/mfa/setup`
    Setup,
    /// `/mfa/passkeys/new`
    Passkey,
    /// `/mfa/backup-codes`
    BackupCodes,
    /// `/mfa/backup-codes/acknowledge`
    Acknowledge,
    /// `/password`
    Password,
    /// `/sessions`
    Sessions,
    /// `/sessions/end`
    EndSessions,
    /// `/mfa/authenticators/{id}/rename`
    Rename(AuthenticatorId),
    /// `/mfa/authenticators/{id}/remove`
    Remove(AuthenticatorId),
    /// `/return?rd=…`, which leads on to a page at a protected host, if it is at one.
    App(Box<Wanted>),
}

const AUTHENTICATORS: &str = "/mfa/authenticators/";

impl Place {
    /// Exactly one of the paths; no other spelling, host, query or fragment.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let fixed = [
            Self::Overview,
            Self::Setup,
            Self::Passkey,
            Self::BackupCodes,
            Self::Acknowledge,
            Self::Password,
            Self::Sessions,
            Self::EndSessions,
        ];
        fixed
            .into_iter()
            .find(|place| place.path() == text)
            .or_else(|| Wanted::parse(text).map(|wanted| Self::App(Box::new(wanted))))
            .or_else(|| {
                let (id, verb) = text.strip_prefix(AUTHENTICATORS)?.split_once('/')?;
                let id = AuthenticatorId::parse(id)?;
                match verb {
                    "rename" => Some(Self::Rename(id)),
                    "remove" => Some(Self::Remove(id)),
                    _ => None,
                }
            })
    }

    /// Its path.
    pub(crate) fn path(&self) -> String {
        match self {
            Self::Overview => "/mfa".to_owned(),
            Self::Setup => "/mfa/setup".to_owned(),
            Self::Passkey => "/mfa/passkeys/new".to_owned(),
            Self::BackupCodes => "/mfa/backup-codes".to_owned(),
            Self::Acknowledge => "/mfa/backup-codes/acknowledge".to_owned(),
            Self::Password => "/password".to_owned(),
            Self::Sessions => "/sessions".to_owned(),
            Self::EndSessions => "/sessions/end".to_owned(),
            Self::Rename(id) => format!("{AUTHENTICATORS}{id}/rename"),
            Self::Remove(id) => format!("{AUTHENTICATORS}{id}/remove"),
            Self::App(wanted) => wanted.path(),
        }
    }

    /// As the value of a query.
    pub(crate) fn encoded(&self) -> String {
        utf8_percent_encode(&self.path(), UNRESERVED).to_string()
    }

    /// What somebody who is asked for a proof there was about to do.
    pub(crate) fn reason(&self) -> Reason {
        match self {
            Self::Overview | Self::Acknowledge => Reason::Other,
            Self::Setup | Self::Passkey => Reason::AddAuthenticator,
            Self::BackupCodes => Reason::BackupCodes,
            Self::Password => Reason::ChangePassword,
            Self::Sessions | Self::EndSessions => Reason::EndSessions,
            Self::Rename(_) => Reason::RenameAuthenticator,
            Self::Remove(_) => Reason::RemoveAuthenticator,
            Self::App(_) => Reason::OpenApplication,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_pages_are_read_and_written_back() {
        let id = "0190b0a0-0000-7000-8000-000000000001";
        let browser = countersign::ticket::Browser::of("x").text();
        for path in [
            "/return?rd=https%3A%2F%2Fapp%2Eexample%2Ecom%2Fa%3Fb%3Dc".to_owned(),
            format!("/return?rd=https%3A%2F%2Fapp%2Eexample%2Ecom%2F&rs={browser}"),
            "/mfa".to_owned(),
            "/mfa/passkeys/new".to_owned(),
            "/sessions/end".to_owned(),
            format!("/mfa/authenticators/{id}/rename"),
            format!("/mfa/authenticators/{id}/remove"),
        ] {
            let read = Place::parse(&path).map(|place| place.path());
            assert_eq!(read, Some(path));
        }
    }

    proptest::proptest! {
        #[test]
        fn a_place_is_written_as_it_was_read(text in "/[a-z0-9/-]{0,60}|.{0,80}") {
            if let Some(place) = Place::parse(&text) {
                proptest::prop_assert_eq!(place.path(), text);
            }
        }
    }

    #[test]
    fn anything_else_is_no_place() {
        for text in [
            "",
            "/",
            "https://evil.example/mfa",
            "//evil.example",
            "/\\evil.example",
            "/mfa/",
            "/mfa?x=1",
            "/mfa#x",
            "/mfa/../logout",
            "/logout",
            "/return",
            "/return?rd=https://app.example.com",
            "/return?rd=%2f",
            "/return?rd=x&rs=y",
            "/return?rd=x&x=y",
            "//return?rd=x",
            "/%6dfa",
            "mfa",
            " /mfa",
            "javascript:alert(1)",
            "/mfa/authenticators/1/rename",
            "/mfa/authenticators/0190b0a0-0000-7000-8000-000000000001/rename/",
        ] {
            assert_eq!(Place::parse(text), None, "{text}");
        }
    }
}
