//! The keys of the configuration: each is a line of the file, a variable and, for some, a flag.

/// What a key's value looks like in TOML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A string.
    Text,
    /// An integer.
    Number,
    /// An array of strings; in a variable, separated by commas.
    List,
}

impl Form {
    /// For a sentence: "`key` is …".
    pub const fn expected(self) -> &'static str {
        match self {
            Self::Text => "a string",
            Self::Number => "an integer",
            Self::List => "an array of strings",
        }
    }
}

/// One key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its name in the file; the variable is `COUNTERSIGN_` and this in capitals, `_` for `.`.
    pub name: &'static str,
    /// How it is written.
    pub form: Form,
    /// Its value when nobody gives one.
    pub default: Option<&'static str>,
    /// The other spelling of the same setting: a file, or what the file would hold.
    pub twin: Option<&'static str>,
    /// Whether the file refuses it, because it is a secret.
    pub environment_only: bool,
}

const fn key(name: &'static str, form: Form, default: Option<&'static str>) -> Key {
    Key {
        name,
        form,
        default,
        twin: None,
        environment_only: false,
    }
}

const fn twins(name: &'static str, twin: &'static str, environment_only: bool) -> Key {
    Key {
        name,
        form: Form::Text,
        default: None,
        twin: Some(twin),
        environment_only,
    }
}

/// All of them.
pub const KEYS: &[Key] = &[
    key("data_dir", Form::Text, Some("./countersign-data")),
    key("listen", Form::Text, Some("127.0.0.1:8080")),
    key("public_url", Form::Text, None),
    twins("store", "store_file", false),
    twins("store_file", "store", false),
    twins("ephemeral", "ephemeral_file", false),
    twins("ephemeral_file", "ephemeral", false),
    twins("keyring", "keyring_file", true),
    twins("keyring_file", "keyring", false),
    key("issuer", Form::Text, Some("Countersign")),
    key("contact", Form::Text, None),
    key("address_limit", Form::Number, Some("120")),
    key("trusted_proxies", Form::List, Some("")),
    key("forward_auth.hosts", Form::List, Some("")),
    key("log", Form::Text, Some("info")),
    key("log_format", Form::Text, Some("auto")),
    key("shutdown_delay", Form::Text, Some("0s")),
    key("shutdown_deadline", Form::Text, Some("10s")),
    key("operations.listen", Form::Text, None),
    key("totp.past", Form::Number, Some("1")),
    key("totp.future", Form::Number, Some("1")),
    key("hotp.look_ahead", Form::Number, Some("10")),
    key("hotp.resynchronize", Form::Number, Some("100")),
    key("authenticators.last", Form::Text, Some("removable")),
    key("authenticators.proof", Form::Text, Some("demanded")),
    key("passkeys.related_origins", Form::List, Some("")),
    key("passkeys.sign_count", Form::Text, Some("strict")),
    key("passkeys.attestation", Form::Text, Some("none")),
    key("passkeys.attestation_roots_file", Form::Text, None),
    key("passkeys.allowed_aaguids", Form::List, Some("")),
    key("passkeys.metadata_file", Form::Text, None),
    key("passkeys.metadata_root_file", Form::Text, None),
    key("session.idle", Form::Text, Some("1h")),
    key("session.absolute", Form::Text, Some("24h")),
    key("session.fresh", Form::Text, Some("5m")),
    key("throttle.attempts", Form::Number, Some("5")),
    key("throttle.window", Form::Text, Some("5m")),
    key("throttle.consecutive", Form::Number, Some("100")),
];

/// Variables that are no keys: which file to read.
pub const OTHER_VARIABLES: &[&str] = &["COUNTERSIGN_CONFIG"];

impl Key {
    /// The key of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.name == name)
    }

    /// Its environment variable.
    pub fn variable(&self) -> String {
        format!(
            "COUNTERSIGN_{}",
            self.name.to_ascii_uppercase().replace('.', "_")
        )
    }
}

/// Of `known`, the one that looks most like `written`, if any does.
pub fn nearest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let most = (written.chars().count() / 3).clamp(1, 3);
    known
        .map(|name| (distance(written, name), name))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Levenshtein's distance, over the first 64 characters.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().take(64).count()).collect();
    for (at, from) in left.chars().take(64).enumerate() {
        let (mut diagonal, mut before) = (at, at + 1);
        if let Some(first) = row.first_mut() {
            *first = before;
        }
        for (slot, to) in row.iter_mut().skip(1).zip(right.chars()) {
            let above = *slot;
            *slot = (above + 1)
                .min(before + 1)
                .min(diagonal + usize::from(from != to));
            (diagonal, before) = (above, *slot);
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_levenshteins() {
        for (left, right, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("kitten", "sitting", 3),
            ("listen", "lisen", 1),
        ] {
            assert_eq!(distance(left, right), expected, "{left} {right}");
            assert_eq!(distance(right, left), expected, "{right} {left}");
        }
    }

    #[test]
    fn a_slip_finds_its_key_and_nonsense_finds_none() {
        let names = || KEYS.iter().map(|key| key.name);
        assert_eq!(nearest("lisen", names()), Some("listen"));
        assert_eq!(nearest("public_uri", names()), Some("public_url"));
        assert_eq!(nearest("totp.pasts", names()), Some("totp.past"));
        assert_eq!(nearest("bananas_are_blue", names()), None);
    }

    #[test]
    fn twins_name_each_other() {
        for key in KEYS {
            if let Some(twin) = key.twin.and_then(Key::named) {
                assert_eq!(twin.twin, Some(key.name));
            }
        }
    }
}
