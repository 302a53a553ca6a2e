//! How single values are written: stores and networks.

use std::net::IpAddr;
use std::path::PathBuf;

use countersign_http::IpNet;

/// What a store's URL names.
#[derive(Debug, PartialEq, Eq)]
pub enum Store {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// Something that this build does not have, by its scheme.
    Other(String),
    /// No store.
    Nothing,
}

/// Reads a store's URL.
pub fn store(url: &str) -> Store {
    match url.split_once(':') {
        Some(("sqlite", path)) if !path.is_empty() && path != "//" && path != ":memory:" => {
            Store::Sqlite(PathBuf::from(path.strip_prefix("//").unwrap_or(path)))
        }
        Some((scheme, _)) if scheme != "sqlite" && is_scheme(scheme) => {
            Store::Other(scheme.to_owned())
        }
        _ => Store::Nothing,
    }
}

fn is_scheme(text: &str) -> bool {
    text.len() <= 16
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// An address or a network.
pub fn network(text: &str) -> Option<IpNet> {
    let one = || text.parse::<IpAddr>().ok().map(IpNet::from);
    text.parse().ok().or_else(one)
}
