//! A relying party takes what a browser would write, and nothing that only looks like it.

use countersign_webauthn::error::RelyingPartyError as Error;
use countersign_webauthn::{Aaguid, RelyingParty};
use serde_json::json;

fn new(id: &str, origin: &str) -> Result<RelyingParty, Error> {
    RelyingParty::new(id, "Name", [origin])
}

#[test]
fn rp_ids_are_lower_case_domain_names() {
    for id in [
        "example.com",
        "a.b-c.example",
        "xn--bcher-kva.example",
        "localhost",
    ] {
        let origin = format!("https://{id}");
        assert!(new(id, &origin).is_ok(), "{id}");
    }
    let long = format!("{}.com", "a".repeat(64));
    for id in [
        "",
        "com",
        "Example.com",
        "example.com.",
        ".example.com",
        "exa mple.com",
        "bücher.example",
        "127.0.0.1",
        "[::1]",
        "https://example.com",
        "example.com:443",
        "-a.com",
        "a-.com",
        &long,
    ] {
        assert_eq!(
            new(id, "https://example.com").unwrap_err(),
            Error::RpId,
            "{id}"
        );
    }
}

#[test]
fn origins_are_as_browsers_write_them() {
    for origin in [
        "https://example.com",
        "https://example.com:8443",
        "https://a.b.example.com",
    ] {
        assert!(new("example.com", origin).is_ok(), "{origin}");
    }
    for origin in [
        "http://example.com",
        "https://example.com/",
        "https://example.com:443",
        "https://example.com:",
        "https://example.com:0443",
        "https://example.com:99999",
        "https://user@example.com",
        "https://EXAMPLE.com",
        "HTTPS://example.com",
        "example.com",
        "https://",
        "null",
        "",
        "https://example.com?",
        "https://example.com#",
        "*",
        "https://*.example.com",
    ] {
        assert_eq!(
            new("example.com", origin).unwrap_err(),
            Error::Origin,
            "{origin}"
        );
    }
    for origin in [
        "https://example.net",
        "https://example.com.evil.net",
        "https://notexample.com",
        "https://com",
    ] {
        assert_eq!(
            new("example.com", origin).unwrap_err(),
            Error::Outside,
            "{origin}"
        );
    }
    for origin in [
        "http://localhost:8080",
        "http://localhost",
        "https://localhost:1",
        "http://a.localhost",
    ] {
        assert!(new("localhost", origin).is_ok(), "{origin}");
    }
    assert_eq!(
        RelyingParty::new("example.com", "", [""; 0]).unwrap_err(),
        Error::Count
    );
    let many = (0..65).map(|port| format!("https://example.com:{}", 1000 + port));
    assert_eq!(
        RelyingParty::new("example.com", "", many).unwrap_err(),
        Error::Count
    );
}

#[test]
fn one_list_feeds_the_file_of_related_origins_and_what_is_accepted() {
    let rp = new("example.com", "https://example.com")
        .unwrap()
        .with_related_origins(["https://example.co.uk", "https://shop.example"])
        .unwrap();
    let file = serde_json::to_value(rp.related_origins()).unwrap();
    assert_eq!(
        file,
        json!({"origins": ["https://example.com", "https://example.co.uk", "https://shop.example"]}),
    );
    for origin in file["origins"].as_array().unwrap() {
        assert!(rp.accepts_origin(origin.as_str().unwrap()));
    }
    assert!(!rp.accepts_origin("https://evil.example"));
    assert!(rp.with_related_origins(["http://plain.example"]).is_err());
}

#[test]
fn apps_are_named_by_the_hash_of_their_certificate() {
    let app = format!(
        "android:apk-key-hash:{}",
        data_encoding::BASE64URL_NOPAD.encode(&[1; 32])
    );
    let rp = new("example.com", "https://example.com").unwrap();
    let with = rp.clone().with_app_origins([&app]).unwrap();
    assert!(with.accepts_origin(&app) && !rp.accepts_origin(&app));
    assert_eq!(
        serde_json::to_value(with.related_origins()).unwrap()["origins"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    for wrong in [
        "android:apk-key-hash:AAAA",
        "android:apk-key-hash:",
        "ios:x",
        "https://example.com",
    ] {
        assert_eq!(
            rp.clone().with_app_origins([wrong]).unwrap_err(),
            Error::AppOrigin
        );
    }
}

#[test]
fn aaguids_are_read_as_they_are_written_and_some_have_a_name() {
    let text = "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4";
    let aaguid: Aaguid = text.parse().unwrap();
    assert_eq!(aaguid.to_string(), text);
    assert_eq!(aaguid.provider(), Some("Google Password Manager"));
    assert_eq!(Aaguid::ZERO.provider(), None);
    assert_eq!(serde_json::to_value(aaguid).unwrap(), json!(text));
    assert_eq!(
        serde_json::from_value::<Aaguid>(json!(text.to_uppercase())).unwrap(),
        aaguid
    );
    for wrong in [
        "",
        "ea9b8d664d011d213ce4b6b48cb575d4",
        "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d",
        "+a9b8d66-4d01-1d21-3ce4-b6b48cb575d4",
    ] {
        assert!(wrong.parse::<Aaguid>().is_err(), "{wrong}");
    }
}
