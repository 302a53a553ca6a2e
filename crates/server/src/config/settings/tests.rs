use super::*;
use crate::config::Flags;

fn settings(variables: &[(&str, &str)]) -> Result<Settings, String> {
    let variables = variables
        .iter()
        .map(|(name, text)| (format!("COUNTERSIGN_{name}").into(), text.into()))
        .collect::<Vec<_>>();
    Layers::gather(&Flags::default(), variables.into_iter())
        .and_then(|layers| Settings::resolve(&layers))
        .map_err(|error| error.to_string())
}

#[test]
fn nothing_set_is_a_server_on_this_machine() {
    let settings = settings(&[]).unwrap();
    assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(
        settings.database.to_str(),
        Some("./countersign-data/countersign.db")
    );
    assert!(settings.public_url.is_none());
    assert_eq!(settings.totp_window, (1, 1));
    assert_eq!(settings.session_idle, Duration::from_hours(1));
    assert_eq!(settings.session_absolute, Duration::from_hours(24));
}

#[test]
fn what_cannot_be_used_is_refused_by_its_name() {
    for (name, text, expected) in [
        ("LISTEN", "8080", "`listen` (environment) is an address"),
        ("PUBLIC_URL", "x", "`public_url` (environment) is an origin"),
        ("PUBLIC_URL", "http://example.com", "is not encrypted"),
        ("ADDRESS_LIMIT", "-1", "`address_limit`"),
        ("TRUSTED_PROXIES", "10.0.0.0/33", "`trusted_proxies`"),
        ("TOTP_PAST", "3", "`totp.past` (environment) is 0, 1 or 2"),
        ("SESSION_IDLE", "1", "`session.idle`"),
        ("SESSION_IDLE", "25h", "`session.idle`"),
        ("SESSION_ABSOLUTE", "30m", "`session.idle`"),
        ("ISSUER", "A:B", "`issuer` (environment) cannot be used"),
        ("LOG_FORMAT", "xml", "`log_format`"),
        ("EPHEMERAL", "redis://x", "no ephemeral store"),
        ("STORE", "sqlite:", "`store` (environment) is sqlite:PATH"),
        (
            "STORE",
            "sqlite::memory:",
            "`store` (environment) is sqlite:PATH",
        ),
        ("STORE", "/path", "`store` (environment) is sqlite:PATH"),
        ("STORE_FILE", "/nowhere/at/all", "cannot be read"),
    ] {
        let error = settings(&[(name, text)]).err().unwrap();
        assert!(error.contains(expected), "{name}={text}: {error}");
    }
}

#[test]
fn the_password_in_a_stores_url_is_not_repeated() {
    let error = settings(&[("STORE", "postgres://me:hunter2@db/x")])
        .err()
        .unwrap();
    assert!(
        error.contains("no store `postgres:`") && !error.contains("hunter2"),
        "{error}"
    );
}

#[test]
fn networks_and_paths_are_read() {
    let settings = settings(&[
        ("TRUSTED_PROXIES", "10.0.0.1, fd00::/8"),
        ("STORE", "sqlite:///var/lib/x.db"),
        ("SHUTDOWN_DEADLINE", "0s"),
    ])
    .unwrap();
    let proxies = ["10.0.0.1/32", "fd00::/8"].map(|text| value::network(text).unwrap());
    assert_eq!(settings.trusted_proxies, proxies);
    assert_eq!(settings.database.to_str(), Some("/var/lib/x.db"));
    assert_eq!(settings.shutdown_deadline, Duration::ZERO);
}
