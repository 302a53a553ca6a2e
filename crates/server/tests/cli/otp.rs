//! `otp`: the standards' vectors, round trips between the commands, and refusals.

use serde_json::Value;

use crate::support::{Place, mode, vectors};

fn bytes(hex: &Value) -> Vec<u8> {
    hex.as_str()
        .unwrap()
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn base32(bytes: &[u8]) -> String {
    countersign_otp::base32::encode(bytes).to_string()
}

#[test]
fn codes_by_counter_are_rfc_4226_appendix_d() {
    let place = Place::new();
    let vectors = vectors("rfc4226_appendix_d.json");
    place.write("secret", &base32(&bytes(&vectors["secret_hex"])));
    for row in vectors["rows"].as_array().unwrap() {
        let counter = row["counter"].to_string();
        let arguments = [
            "otp",
            "generate",
            "--secret-file",
            "secret",
            "--counter",
            &counter,
        ];
        let code = place.run(&arguments).ok();
        assert_eq!(code.trim_end(), row["hotp6"]);
        let verified = place.run(&[
            "otp",
            "verify",
            code.trim_end(),
            "--secret-file",
            "secret",
            "--counter",
            "0",
            "--output",
            "json",
        ]);
        assert_eq!(verified.json()["counter"], row["counter"]);
    }
}

#[test]
fn codes_by_time_are_rfc_6238_appendix_b() {
    let place = Place::new();
    let vectors = vectors("rfc6238_appendix_b.json");
    for algorithm in ["SHA1", "SHA256", "SHA512"] {
        place.write(algorithm, &base32(&bytes(&vectors["seeds_hex"][algorithm])));
        for row in vectors["rows"].as_array().unwrap() {
            let time = row["time"].to_string();
            let settings = [
                "--secret-file",
                algorithm,
                "--algorithm",
                algorithm,
                "--digits",
                "8",
                "--at",
                &time,
            ];
            let generate = [&["otp", "generate"], &settings[..]].concat();
            let code = place.run(&generate).ok();
            assert_eq!(code.trim_end(), row[algorithm.to_ascii_lowercase()]);
            let verify = [&["otp", "verify", code.trim_end()], &settings[..]].concat();
            place.run(&verify).ok();
        }
    }
}

#[test]
fn a_wrong_code_is_exit_code_1_and_a_slow_clock_is_named() {
    let place = Place::new();
    place.write("secret", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n");
    let verify =
        |code, at| place.run(&["otp", "verify", code, "--secret-file", "secret", "--at", at]);
    assert_eq!(
        verify("287082", "59").ok(),
        "The code matches, at step 1.\n"
    );
    assert_eq!(
        verify("287 082", "89").ok(),
        "The code matches, at step 1.\n"
    );
    assert_eq!(
        verify("287082", "150").fails(1),
        "error: the code does not match\n  → it would match a clock that is 120 s slow\n"
    );
    assert_eq!(
        verify("000000", "59").fails(1),
        "error: the code does not match\n"
    );
    let stderr = verify("12345", "59").fails(1);
    assert_eq!(stderr, "error: a code has 6 to 8 digits\n");
}

#[test]
fn a_fresh_secret_becomes_a_uri_a_picture_and_codes() {
    let place = Place::new();
    let new = place
        .run(&[
            "otp",
            "new",
            "--issuer",
            "ACME",
            "--account",
            "alice",
            "--algorithm",
            "SHA256",
            "--output",
            "json",
        ])
        .json();
    let uri = new["uri"].as_str().unwrap();
    let secret = new["secret"].as_str().unwrap();
    assert_eq!(secret.len(), 52);
    assert!(uri.starts_with("otpauth://totp/ACME:alice?secret=") && uri.contains(secret));

    let at = ["--at", "2026-01-31T12:00:00Z"];
    let from_uri = place
        .run_with(uri, &[&["otp", "generate"], &at[..]].concat())
        .ok();
    let from_secret = place
        .run_with(
            secret,
            &[&["otp", "generate", "--algorithm", "sha256"], &at[..]].concat(),
        )
        .ok();
    assert_eq!(from_uri, from_secret);
    let verify = [
        "otp",
        "verify",
        from_uri.trim_end(),
        "--secret-file",
        "-",
        "--at",
        "1769860829",
    ];
    place.run_with(uri, &verify).ok();

    assert_eq!(place.run_with(uri, &["otp", "uri"]).ok().trim_end(), uri);
    assert!(place.run_with(uri, &["otp", "qr"]).ok().contains('█'));
    let picture = place.run_with(uri, &["otp", "qr", "--png", "q.png", "--svg", "q.svg"]);
    assert_eq!(picture.ok(), "");
    assert_eq!(mode(&place.path("q.png")), 0o600);
    assert_eq!(&std::fs::read(place.path("q.png")).unwrap()[1..4], b"PNG");
    assert!(
        std::fs::read_to_string(place.path("q.svg"))
            .unwrap()
            .starts_with("<svg")
    );
    let again = place
        .run_with(uri, &["otp", "qr", "--png", "q.png"])
        .fails(1);
    assert!(again.contains("cannot create q.png"), "{again}");
}

#[test]
fn refusals_do_not_repeat_the_secret() {
    let place = Place::new();
    for secret in ["HUNTER2!", "otpauth://totp/x?secret=HUNTER2", "HUNTER22"] {
        let run = place.run_with(secret, &["otp", "generate"]);
        assert!(!run.stderr.contains("HUNTER"), "{}", run.stderr);
        run.fails(1);
    }
    let stderr = place
        .run(&["otp", "generate", "--secret", "HUNTER22"])
        .fails(2);
    assert!(stderr.contains("--secret-file"), "{stderr}");
    let stderr = place
        .run_with("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", &["otp", "uri"])
        .fails(2);
    assert!(stderr.contains("--issuer"), "{stderr}");
    for argument in ["--digits=9", "--period=5", "--algorithm=MD5"] {
        place
            .run_with(
                "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
                &["otp", "generate", argument],
            )
            .fails(1);
    }
}

#[test]
fn two_fresh_secrets_differ() {
    let place = Place::new();
    let secret = || place.run(&["otp", "new"]).ok();
    assert_ne!(secret(), secret());
}
