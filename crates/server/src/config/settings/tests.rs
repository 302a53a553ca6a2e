use super::*;
use crate::config::Flags;

const MODEL: &str = "2fc0579f-8113-47ea-b116-bb5a8db9202a";

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
    let (set, plain) = (settings.policy, Policy::default());
    assert_eq!(format!("{set:?}"), format!("{plain:?}"));
    assert!(settings.related_origins.is_empty());
}

#[test]
fn passkeys_may_be_shared_with_other_sites_and_the_last_one_kept() {
    let settings = settings(&[
        (
            "PASSKEYS_RELATED_ORIGINS",
            "https://a.example, https://b.example",
        ),
        ("PASSKEYS_SIGN_COUNT", "reported"),
        ("AUTHENTICATORS_LAST", "kept"),
    ])
    .unwrap();
    assert!(settings.policy.keep_last && settings.policy.accept_sign_count_regression);
    assert_eq!(
        settings.related_origins,
        ["https://a.example", "https://b.example"]
    );
}

#[test]
fn what_cannot_be_used_is_refused_by_its_name() {
    for (name, text, expected) in [
        ("LISTEN", "8080", "`listen` (environment) is an address"),
        ("PUBLIC_URL", "x", "`public_url` (environment) is an origin"),
        ("PUBLIC_URL", "http://example.com", "is not encrypted"),
        ("ADDRESS_LIMIT", "-1", "`address_limit`"),
        ("TRUSTED_PROXIES", "10.0.0.0/33", "`trusted_proxies`"),
        (
            "AUTHENTICATORS_LAST",
            "yes",
            "`authenticators.last` (environment) is removable or kept",
        ),
        (
            "PASSKEYS_SIGN_COUNT",
            "off",
            "`passkeys.sign_count` (environment) is strict or reported",
        ),
        (
            "PASSKEYS_RELATED_ORIGINS",
            "https://a.example, b.example",
            "`passkeys.related_origins` (environment) holds origins of other sites: not an origin",
        ),
        ("TOTP_PAST", "3", "`totp.past` (environment) is 0, 1 or 2"),
        (
            "HOTP_LOOK_AHEAD",
            "51",
            "`hotp.look_ahead` (environment) is",
        ),
        (
            "SESSION_FRESH",
            "6m",
            "`session.fresh` (environment) is a time",
        ),
        (
            "THROTTLE_ATTEMPTS",
            "6",
            "`throttle.attempts` (environment) is",
        ),
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
        (
            "PASSKEYS_ATTESTATION",
            "direct",
            "`passkeys.attestation` (environment) is none or required",
        ),
        (
            "PASSKEYS_ATTESTATION",
            "required",
            "nobody vouches for any authenticator",
        ),
        (
            "PASSKEYS_ALLOWED_AAGUIDS",
            "2fc0579f81134",
            "`passkeys.allowed_aaguids` (environment) holds AAGUIDs",
        ),
        (
            "PASSKEYS_ALLOWED_AAGUIDS",
            MODEL,
            "`passkeys.allowed_aaguids` (environment) wants `passkeys.attestation = \"required\"`",
        ),
        ("PASSKEYS_ATTESTATION_ROOTS_FILE", "r", "= \"required\"`"),
        ("PASSKEYS_METADATA_FILE", "b", "= \"required\"`"),
        ("PASSKEYS_METADATA_ROOT_FILE", "r", "= \"required\"`"),
    ] {
        let error = settings(&[(name, text)]).err().unwrap();
        assert!(error.contains(expected), "{name}={text}: {error}");
    }
}

#[test]
fn protected_hosts_ask_for_two_factors_unless_told() {
    let hosts = "app.example.com, Wiki.example.com:8443 aal1,x.example.com phr 15m";
    let settings = settings(&[
        ("FORWARD_AUTH_HOSTS", hosts),
        ("TRUSTED_PROXIES", "127.0.0.1"),
        ("PUBLIC_URL", "https://example.com"),
    ])
    .unwrap();
    let asked: Vec<_> = settings
        .protected_hosts
        .iter()
        .map(|host| {
            let asked = host.requirement();
            (asked.minimum.as_str(), asked.max_age)
        })
        .collect();
    let quarter = Some(Duration::from_mins(15));
    assert_eq!(asked, [("aal2", None), ("aal1", None), ("phr", quarter)]);
}

#[test]
fn a_protected_host_that_could_let_nobody_through_is_refused() {
    for (hosts, proxies, expected) in [
        ("app.example.com", "", "wants `trusted_proxies`"),
        ("https://app.example.com", "::1", "holds hosts"),
        ("app.example.com aal4", "::1", "holds hosts"),
        ("app.example.com aal2 1s", "::1", "holds hosts"),
        ("app.example.com aal2 1h more", "::1", "holds hosts"),
        ("*.example.com", "::1", "holds hosts"),
        (
            "app.example.com, APP.example.com",
            "::1",
            "names a host twice",
        ),
        ("example.com", "::1", "names the portal itself"),
        ("example.com:443 phr", "::1", "names the portal itself"),
    ] {
        let error = settings(&[
            ("FORWARD_AUTH_HOSTS", hosts),
            ("TRUSTED_PROXIES", proxies),
            ("PUBLIC_URL", "https://example.com"),
        ]);
        let error = error.err().unwrap();
        let named = error.contains("`forward_auth.hosts` (environment)");
        assert!(named && error.contains(expected), "{hosts}: {error}");
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

#[test]
fn attestation_is_required_with_somebody_who_vouches() {
    let required = ("PASSKEYS_ATTESTATION", "required");
    let (blob, root) = (
        ("PASSKEYS_METADATA_FILE", "blob.jwt"),
        ("PASSKEYS_METADATA_ROOT_FILE", "root.pem"),
    );
    assert!(settings(&[]).unwrap().attested.is_none());
    let models = format!(" {MODEL},{}", MODEL.to_uppercase());
    let all = settings(&[
        required,
        blob,
        root,
        ("PASSKEYS_ATTESTATION_ROOTS_FILE", "roots.pem"),
        ("PASSKEYS_ALLOWED_AAGUIDS", &models),
    ]);
    let all = all.unwrap().attested.unwrap();
    assert_eq!(all.roots.unwrap().to_str(), Some("roots.pem"));
    let files = all.metadata.unwrap();
    assert_eq!(files.blob.to_str(), Some("blob.jwt"));
    assert_eq!(files.root.to_str(), Some("root.pem"));
    let allowed: Vec<String> = all
        .allowed
        .iter()
        .flatten()
        .map(ToString::to_string)
        .collect();
    assert_eq!(allowed, [MODEL]);
    let few = settings(&[required, blob, root]).unwrap().attested.unwrap();
    assert!(few.roots.is_none() && few.allowed.is_none());
    for (half, expected) in [
        (blob, "wants `passkeys.metadata_root_file` beside it"),
        (root, "wants `passkeys.metadata_file` beside it"),
    ] {
        let error = settings(&[required, half]).err().unwrap();
        assert!(error.contains(expected), "{error}");
    }
}
