//! `otpauth:` URIs: the form that is written, the forms that are read, and what is refused.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use countersign_otp::{
    Algorithm, Digits, KeyUri, KeyUriError, LabelError, Moving, Parameter, Period, Secret,
    SecretError, validate_label,
};

const BASE32: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

fn secret() -> Secret {
    Secret::from_base32(BASE32).ok().unwrap()
}

fn read(text: &str) -> KeyUri {
    KeyUri::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn refusal(text: &str) -> KeyUriError {
    KeyUri::parse(text)
        .err()
        .unwrap_or_else(|| panic!("{text} was read"))
}

fn with_query(query: &str) -> String {
    format!("otpauth://totp/Acme:alice?secret={BASE32}{query}")
}

#[test]
fn written_with_issuer_twice_and_every_setting() {
    let uri =
        KeyUri::totp("ACME & Co", "alice+test@example.com", secret()).unwrap_or_else(|_| panic!());
    assert_eq!(
        uri.text().as_str(),
        "otpauth://totp/ACME%20%26%20Co:alice%2Btest%40example.com\
         ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=ACME%20%26%20Co\
         &algorithm=SHA1&digits=6&period=30"
    );
    let uri = uri
        .with_algorithm(Algorithm::Sha512)
        .with_digits(Digits::EIGHT)
        .with_period(Period::try_from(60).unwrap());
    assert!(uri.text().ends_with("&algorithm=SHA512&digits=8&period=60"));
}

#[test]
fn a_hotp_uri_has_its_counter_and_no_period() {
    let uri = KeyUri::hotp("Acme", "alice", secret(), 42)
        .ok()
        .unwrap()
        .with_period(Period::DEFAULT);
    let text = uri.text();
    assert!(text.starts_with("otpauth://hotp/Acme:alice?"));
    assert!(text.ends_with("&counter=42") && !text.contains("period"));
    assert_eq!(read(&text).moving(), Moving::Counter(42));
}

#[test]
fn a_secret_that_base32_would_pad_is_written_without_padding() {
    let secret = Secret::from_bytes(&[1; 16]).ok().unwrap();
    let text = KeyUri::totp("Acme", "alice", secret).ok().unwrap().text();
    let (_, rest) = text.split_once("secret=").unwrap();
    let (written, _) = rest.split_once('&').unwrap();
    assert_eq!(written.len(), 26);
    assert!(
        written
            .bytes()
            .all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7')),
        "{written}"
    );
}

#[test]
fn names_with_characters_of_the_uri_survive() {
    for name in [
        "a b",
        "a/b?c&d=e#f",
        "100%",
        "%3A",
        "日本語",
        "Zoë 🦀",
        "a+b",
        "\"<script>'",
        "..",
        ".",
    ] {
        let text = KeyUri::totp(name, name, secret()).ok().unwrap().text();
        let uri = read(&text);
        assert_eq!(
            (uri.issuer(), uri.account()),
            (Some(name), name),
            "{}",
            &*text
        );
        assert!(text.is_ascii() && !text.contains(['"', '<', '\'']));
    }
}

#[test]
fn defaults_are_filled_in() {
    let uri = read(&format!("otpauth://totp/alice?secret={BASE32}"));
    assert_eq!(uri.issuer(), None);
    assert_eq!(uri.account(), "alice");
    assert_eq!(uri.algorithm(), Algorithm::Sha1);
    assert_eq!(uri.digits(), Digits::SIX);
    assert_eq!(uri.moving(), Moving::Time(Period::DEFAULT));
    assert!(uri.secret().same_as(&secret()));
    assert!(uri.text().starts_with("otpauth://totp/alice?secret="));
}

#[test]
fn an_issuer_that_differs_from_the_label_is_read_and_counts() {
    let uri = read(&with_query("&issuer=acme.example"));
    assert_eq!(uri.issuer(), Some("acme.example"));
    assert_eq!(
        read(&with_query("")).issuer(),
        Some("Acme"),
        "the label's, without a parameter"
    );
    assert_eq!(
        read(&with_query("&issuer=")).issuer(),
        Some("Acme"),
        "the label's, if it is empty"
    );
}

#[test]
fn read_as_other_writers_write() {
    for text in [
        format!("OTPAUTH://TOTP/Acme%20Co:alice?SECRET={BASE32}"),
        format!("otpauth://totp/Acme%20Co%3Aalice?secret={BASE32}"),
        format!("otpauth://totp/Acme%20Co%3aalice?secret={BASE32}"),
        format!("otpauth://totp/Acme%20Co:%20alice?secret={BASE32}"),
        format!("otpauth://totp/alice?issuer=Acme+Co&secret={BASE32}"),
        "otpauth://totp/alice?issuer=Acme%20Co&secret=gezd+gnbv gy3t-qojq%20gezdgnbvgy3tqojq"
            .into(),
        format!("  otpauth://totp/alice?issuer=Acme Co&secret={BASE32}#fragment\n"),
        format!(
            "otpauth://totp/Acme Co:alice?secret={BASE32}&image=https%3A%2F%2Fa%2Fb.png&&x&=&codeDisplay=1"
        ),
        format!("otpauth://totp/Acme%20Co:alice?secret={BASE32}&counter=nonsense"),
        format!("otpauth://totp/Acme%20Co:alice?algorithm=sha1&s%65cret={BASE32}"),
    ] {
        let uri = read(&text);
        assert_eq!(
            (uri.issuer(), uri.account()),
            (Some("Acme Co"), "alice"),
            "{text}"
        );
        assert!(uri.secret().same_as(&secret()), "{text}");
    }
    let hotp = read(&format!(
        "otpauth://hotp/a?secret={BASE32}&counter=7&period=nonsense"
    ));
    assert_eq!(hotp.moving(), Moving::Counter(7));
    let padded = read("otpauth://totp/a?secret=AEAQCAIBAEAQCAIBAEAQCAIBAE%3D%3D%3D%3D%3D%3D");
    assert_eq!(padded.into_secret().expose(), [1; 16]);
}

#[test]
fn a_plus_sign_in_the_label_is_a_plus_sign() {
    let uri = read(&format!("otpauth://totp/Acme:alice+test?secret={BASE32}"));
    assert_eq!(uri.account(), "alice+test");
}

#[test]
fn the_label_is_split_before_it_is_decoded() {
    let refused = KeyUriError::Label(LabelError::Colon);
    for label in ["a:b:c", "a:b%3Ac", "a%3Ab:c", "a%3Ab%3ac"] {
        assert_eq!(
            refusal(&format!("otpauth://totp/{label}?secret={BASE32}")),
            refused,
            "{label}"
        );
    }
    // An encoded percent sign is not an encoded colon.
    let uri = read(&format!("otpauth://totp/a%253Ab:c?secret={BASE32}"));
    assert_eq!((uri.issuer(), uri.account()), (Some("a%3Ab"), "c"));
    assert_eq!(refusal(&with_query("&issuer=a:b")), refused);
}

#[test]
fn a_known_parameter_twice_is_refused() {
    for (parameter, value) in [
        (Parameter::Secret, BASE32),
        (Parameter::Issuer, "x"),
        (Parameter::Algorithm, "SHA1"),
        (Parameter::Digits, "6"),
        (Parameter::Period, "30"),
        (Parameter::Counter, "1"),
    ] {
        let name = parameter.as_str();
        let text = with_query(&format!("&{name}={value}&{}={value}", name.to_uppercase()));
        assert_eq!(refusal(&text), KeyUriError::Repeated(parameter), "{text}");
    }
    assert_eq!(
        refusal(&with_query("&s%65cret=AAAA")),
        KeyUriError::Repeated(Parameter::Secret)
    );
    assert!(
        KeyUri::parse(&with_query("&x=1&x=2")).is_ok(),
        "an unknown one may be"
    );
}

#[test]
fn what_must_be_there_is_missed() {
    assert_eq!(
        refusal("otpauth://totp/a"),
        KeyUriError::Missing(Parameter::Secret)
    );
    assert_eq!(
        refusal("otpauth://totp/a?issuer=b"),
        KeyUriError::Missing(Parameter::Secret)
    );
    let hotp = format!("otpauth://hotp/a?secret={BASE32}");
    assert_eq!(refusal(&hotp), KeyUriError::Missing(Parameter::Counter));
    assert_eq!(
        refusal(&format!("otpauth://totp/?secret={BASE32}")),
        KeyUriError::Label(LabelError::Empty)
    );
    assert_eq!(
        refusal(&format!("otpauth://totp?secret={BASE32}")),
        KeyUriError::Label(LabelError::Empty)
    );
}

#[test]
fn values_outside_their_range_are_refused() {
    for (query, parameter) in [
        ("&digits=5", Parameter::Digits),
        ("&digits=9", Parameter::Digits),
        ("&digits=262", Parameter::Digits),
        ("&digits=", Parameter::Digits),
        ("&digits=%2B6", Parameter::Digits),
        ("&period=14", Parameter::Period),
        ("&period=121", Parameter::Period),
        ("&period=-30", Parameter::Period),
        ("&period=286", Parameter::Period),
        ("&period=18446744073709551646", Parameter::Period),
        ("&algorithm=MD5", Parameter::Algorithm),
        ("&algorithm=", Parameter::Algorithm),
    ] {
        assert_eq!(
            refusal(&with_query(query)),
            KeyUriError::Value(parameter),
            "{query}"
        );
    }
    let hotp = format!("otpauth://hotp/a?secret={BASE32}&counter=");
    for counter in ["", "-1", "1.5", "18446744073709551616"] {
        assert_eq!(
            refusal(&format!("{hotp}{counter}")),
            KeyUriError::Value(Parameter::Counter)
        );
    }
    assert_eq!(
        read(&format!("{hotp}18446744073709551615")).moving(),
        Moving::Counter(u64::MAX)
    );
}

#[test]
fn secrets_that_are_too_short_or_no_base32_are_refused() {
    assert_eq!(
        refusal("otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ"),
        KeyUriError::Secret(SecretError::Length),
        "ten bytes"
    );
    for secret in ["", "01890189", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQA"] {
        let error = refusal(&format!("otpauth://totp/a?secret={secret}"));
        assert!(matches!(error, KeyUriError::Secret(_)), "{secret}: {error}");
    }
}

#[test]
fn other_schemes_kinds_and_lengths_are_refused() {
    for text in [
        "",
        "otpauth:",
        "otpauth:totp/a",
        "https://totp/a",
        "otpauth-migration://offline",
    ] {
        assert_eq!(refusal(text), KeyUriError::Scheme, "{text}");
    }
    for kind in ["steam", "", "totps", "motp"] {
        assert_eq!(
            refusal(&format!("otpauth://{kind}/a?secret={BASE32}")),
            KeyUriError::Kind
        );
    }
    assert_eq!(
        refusal(&format!("otpauth://totp/%FF?secret={BASE32}")),
        KeyUriError::Encoding
    );
    let filler = "x".repeat(KeyUri::MAX_TEXT);
    assert_eq!(
        refusal(&with_query(&format!("&x={filler}"))),
        KeyUriError::TooLong
    );
}

#[test]
fn a_name_is_checked_before_it_is_written() {
    let longest = "é".repeat(127) + "x";
    assert_eq!(longest.len(), countersign_otp::MAX_LABEL);
    for (name, expected) in [
        ("alice@example.com", Ok(())),
        (longest.as_str(), Ok(())),
        ("", Err(LabelError::Empty)),
        (&"x".repeat(256), Err(LabelError::TooLong)),
        ("a:b", Err(LabelError::Colon)),
        ("a\nb", Err(LabelError::Control)),
        ("a\0", Err(LabelError::Control)),
        ("a\u{85}b", Err(LabelError::Control)),
        ("a\u{2028}b", Err(LabelError::Control)),
        (" a", Err(LabelError::OuterSpace)),
        ("a\u{a0}", Err(LabelError::OuterSpace)),
    ] {
        assert_eq!(validate_label(name), expected, "{name:?}");
        assert_eq!(KeyUri::totp(name, "alice", secret()).err(), expected.err());
        assert_eq!(
            KeyUri::hotp("Acme", name, secret(), 0).err(),
            expected.err()
        );
    }
}

#[test]
fn the_longest_uri_can_be_read_again() {
    let name = "é".repeat(127) + "x";
    let secret = Secret::from_bytes(&[0xff; 128]).ok().unwrap();
    let uri = KeyUri::hotp(&name, &name, secret, u64::MAX).ok().unwrap();
    let text = uri.with_algorithm(Algorithm::Sha512).text();
    assert!(text.len() <= KeyUri::MAX_TEXT);
    assert_eq!(read(&text).account(), name);
}
