//! The configuration file: TOML of version 1, whose every key is known.

use std::fs;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use crate::config::ConfigError;
use crate::config::key::{Form, KEYS, Key, nearest};

/// What a file gives: keys and their values as text.
pub type Entries = Vec<(&'static Key, String)>;

/// Reads a file.
pub fn read(path: &Path) -> Result<Entries, ConfigError> {
    let text = fs::read_to_string(path).map_err(|error| ConfigError::Unreadable {
        path: path.to_owned(),
        error,
    })?;
    parse(path, &text)
}

fn parse(path: &Path, text: &str) -> Result<Entries, ConfigError> {
    let table = DeTable::parse(text).map_err(|error| ConfigError::Syntax {
        path: path.to_owned(),
        line: line(text, error.span().map_or(0, |span| span.start)),
        problem: error.message().to_owned(),
    })?;
    let reader = Reader { path, text };
    let table = table.get_ref();
    let version = table.get("version").map(Spanned::get_ref);
    if version.and_then(integer) != Some(1) {
        return Err(ConfigError::Version {
            path: path.to_owned(),
        });
    }
    let mut entries = Entries::new();
    reader.table("", table, &mut entries)?;
    Ok(entries)
}

struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Reader<'_> {
    fn table(
        &self,
        prefix: &str,
        table: &DeTable<'_>,
        entries: &mut Entries,
    ) -> Result<(), ConfigError> {
        for (name, value) in table {
            let full = format!("{prefix}{}", name.get_ref());
            let line = line(self.text, name.span().start);
            if full == "version" {
                continue;
            }
            let group = format!("{full}.");
            match (Key::named(&full), value.get_ref()) {
                (Some(key), value) => entries.push((key, self.value(key, line, value)?)),
                (None, DeValue::Table(inner))
                    if KEYS.iter().any(|key| key.name.starts_with(&group)) =>
                {
                    self.table(&group, inner, entries)?;
                }
                (None, _) => {
                    return Err(ConfigError::UnknownKey {
                        path: self.path.to_owned(),
                        line,
                        nearest: nearest(&full, KEYS.iter().map(|key| key.name)),
                        key: full,
                    });
                }
            }
        }
        Ok(())
    }

    fn value(
        &self,
        key: &'static Key,
        line: usize,
        value: &DeValue<'_>,
    ) -> Result<String, ConfigError> {
        if key.environment_only {
            return Err(ConfigError::SecretInFile {
                path: self.path.to_owned(),
                line,
                key: key.name,
            });
        }
        let text = match (key.form, value) {
            (Form::Text, DeValue::String(text)) => Some(text.to_string()),
            (Form::Number, value) => integer(value).map(|number| number.to_string()),
            (Form::List, DeValue::Array(items)) => list(items),
            _ => None,
        };
        text.ok_or_else(|| ConfigError::Type {
            path: self.path.to_owned(),
            line,
            key: key.name,
            expected: key.form.expected(),
        })
    }
}

fn integer(value: &DeValue<'_>) -> Option<i64> {
    let integer = value.as_integer()?;
    i64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

fn list(items: &DeArray<'_>) -> Option<String> {
    let items: Option<Vec<&str>> = items.iter().map(|item| item.get_ref().as_str()).collect();
    items.map(|items| items.join(","))
}

fn line(text: &str, offset: usize) -> usize {
    text.bytes()
        .take(offset)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(text: &str) -> Result<Vec<(&'static str, String)>, String> {
        parse(Path::new("c.toml"), text)
            .map(|entries| {
                entries
                    .into_iter()
                    .map(|(key, value)| (key.name, value))
                    .collect()
            })
            .map_err(|error| format!("{error} / {}", error.hint().unwrap_or_default()))
    }

    #[test]
    fn keys_and_tables_are_read() {
        let text = "version = 1\nlisten = \"[::1]:80\"\ntrusted_proxies = [\"10.0.0.1\", \"10.1.0.0/16\"]\n[totp]\npast = 0x2\n";
        let mut entries = outcome(text).unwrap();
        entries.sort();
        assert_eq!(
            entries,
            [
                ("listen", "[::1]:80".to_owned()),
                ("totp.past", "2".to_owned()),
                ("trusted_proxies", "10.0.0.1,10.1.0.0/16".to_owned()),
            ]
        );
    }

    #[test]
    fn what_is_not_understood_is_refused_with_its_line() {
        for (text, expected) in [
            ("", "does not say `version = 1`"),
            ("version = 2", "does not say `version = 1`"),
            ("version = \"1\"", "does not say `version = 1`"),
            (
                "version = 1\nlisen = 3",
                "line 2: there is no key `lisen` / did you mean `listen`?",
            ),
            (
                "version = 1\n[totp]\npst = 3",
                "line 3: there is no key `totp.pst` / did you mean `totp.past`?",
            ),
            (
                "version = 1\n[nothing]\nx = 3",
                "line 2: there is no key `nothing`",
            ),
            ("version = 1\n\nlisten = 80", "line 3: `listen` is a string"),
            (
                "version = 1\naddress_limit = \"x\"",
                "`address_limit` is an integer",
            ),
            ("version = 1\nkeyring = \"{}\"", "is a secret"),
            ("version = 1\nlisten", "line 2:"),
            ("version = 1\nlisten = \"a\"\nlisten = \"b\"", "line 3:"),
        ] {
            let error = outcome(text).unwrap_err();
            assert!(error.contains(expected), "{text:?}: {error}");
        }
    }
}
