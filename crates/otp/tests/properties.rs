//! What holds for all inputs: parsers are total, what is written is read again, windows accept what
//! they hold.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use countersign_otp::{
    Algorithm, Code, Digits, Hotp, Key, KeyUri, Moving, Period, Reach, Secret, Totp, Window,
    base32, migration, validate_label,
};
use hmac::Hmac;
use proptest::prelude::*;

/// As bytes, because a secret cannot be printed when a property fails.
fn secrets() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 16..=128)
}

fn secret(bytes: &[u8]) -> Secret {
    Secret::from_bytes(bytes).ok().unwrap()
}

fn algorithms() -> impl Strategy<Value = Algorithm> {
    prop::sample::select(Algorithm::ALL.to_vec())
}

fn digits() -> impl Strategy<Value = Digits> {
    (6_u8..=8).prop_map(|digits| digits.try_into().unwrap())
}

fn periods() -> impl Strategy<Value = Period> {
    (15_u64..=120).prop_map(|seconds| seconds.try_into().unwrap())
}

fn reaches() -> impl Strategy<Value = Reach> {
    (0_u8..=2).prop_map(|steps| steps.try_into().unwrap())
}

/// All of time, and both its ends more often.
fn moments() -> impl Strategy<Value = u64> {
    prop_oneof![
        any::<u64>(),
        0_u64..1000,
        (0_u64..1000).prop_map(|back| u64::MAX - back)
    ]
}

fn labels() -> impl Strategy<Value = String> {
    "\\PC{1,40}".prop_filter("a name", |name| validate_label(name).is_ok())
}

fn codes() -> impl Strategy<Value = String> {
    "[0-9]{6,8}"
}

/// What a key URI is made of.
#[derive(Debug, Clone)]
struct Parts {
    names: (String, String),
    secret: Vec<u8>,
    algorithm: Algorithm,
    digits: Digits,
    moving: Moving,
}

impl Parts {
    fn uri(&self) -> KeyUri {
        let (issuer, account) = &self.names;
        let secret = secret(&self.secret);
        match self.moving {
            Moving::Time(period) => {
                KeyUri::totp(issuer, account, secret).map(|uri| uri.with_period(period))
            }
            Moving::Counter(counter) => KeyUri::hotp(issuer, account, secret, counter),
        }
        .ok()
        .unwrap()
        .with_algorithm(self.algorithm)
        .with_digits(self.digits)
    }
}

fn keys() -> impl Strategy<Value = Parts> {
    let moving = prop_oneof![
        Just(Moving::Time(Period::DEFAULT)),
        periods().prop_map(Moving::Time),
        moments().prop_map(Moving::Counter)
    ];
    (
        (labels(), labels()),
        secrets(),
        algorithms(),
        digits(),
        moving,
    )
        .prop_map(|(names, secret, algorithm, digits, moving)| Parts {
            names,
            secret,
            algorithm,
            digits,
            moving,
        })
}

/// The other implementation of HMAC.
fn reference(algorithm: Algorithm, key: &[u8], message: &[u8]) -> Vec<u8> {
    fn mac<M: hmac::Mac + hmac::KeyInit>(key: &[u8], message: &[u8]) -> Vec<u8> {
        M::new_from_slice(key)
            .unwrap()
            .chain_update(message)
            .finalize()
            .into_bytes()
            .to_vec()
    }
    match algorithm {
        Algorithm::Sha1 => mac::<Hmac<sha1::Sha1>>(key, message),
        Algorithm::Sha256 => mac::<Hmac<sha2::Sha256>>(key, message),
        Algorithm::Sha512 => mac::<Hmac<sha2::Sha512>>(key, message),
    }
}

proptest! {
    #[test]
    fn macs_are_those_of_the_other_implementation(
        bytes in secrets(),
        algorithm in algorithms(),
        message in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let mac = Key::new(&secret(&bytes), algorithm).mac(&message);
        prop_assert_eq!(mac.to_vec(), reference(algorithm, &bytes, &message));
    }

    #[test]
    fn a_code_of_the_window_matches_and_at_its_highest_step(
        bytes in secrets(),
        (algorithm, digits, period) in (algorithms(), digits(), periods()),
        now in moments(),
        (past, future, drift) in (reaches(), reaches(), any::<i8>()),
    ) {
        let totp = Totp::new(&secret(&bytes), algorithm, digits, period);
        let window = Window::around(totp.step_at(now), past, future).shifted(drift);
        for step in window.first()..=window.last() {
            let code = totp.code_at_step(step);
            let highest = (window.first()..=window.last())
                .rfind(|other| totp.code_at_step(*other).text() == code.text());
            prop_assert_eq!(totp.matches(&code, window), highest);
        }
        for outside in [window.first().checked_sub(1), window.last().checked_add(1)].into_iter().flatten() {
            let code = totp.code_at_step(outside);
            let found = totp.matches(&code, window);
            prop_assert!(found.is_none_or(|step| totp.code_at_step(step).text() == code.text()));
            prop_assert!(found.is_none_or(|step| window.contains(step)));
        }
    }

    #[test]
    fn a_window_holds_what_was_asked_and_drift_never_widens_it(
        step in moments(),
        (past, future) in (reaches(), reaches()),
        drift in any::<i8>(),
    ) {
        let window = Window::around(step, past, future);
        prop_assert!(window.contains(step));
        prop_assert!(window.candidates() <= 1 + u64::from(past.get()) + u64::from(future.get()));
        let shifted = window.shifted(drift);
        prop_assert!(shifted.candidates() <= window.candidates());
        let moved = i128::from(shifted.last()) - i128::from(window.last());
        prop_assert!(moved.abs() <= i128::from(Window::MAX_DRIFT));
        if (1000..u64::MAX - 1000).contains(&step) {
            let wanted = drift.clamp(-Window::MAX_DRIFT, Window::MAX_DRIFT);
            prop_assert_eq!(moved, i128::from(wanted));
            prop_assert_eq!(shifted.candidates(), window.candidates());
            prop_assert_eq!(window.first(), step - u64::from(past.get()));
            prop_assert_eq!(window.last(), step + u64::from(future.get()));
        }
    }

    #[test]
    fn the_offset_of_a_code_leads_to_a_step_that_shows_it(
        bytes in secrets(),
        step in moments(),
        (reach, away) in (0_u8..=12, -12_i64..=12),
    ) {
        let totp = Totp::new(&secret(&bytes), Algorithm::Sha1, Digits::SIX, Period::DEFAULT);
        let Some(other) = step.checked_add_signed(away) else { return Ok(()) };
        let code = totp.code_at_step(other);
        match totp.offset_of(&code, step, reach) {
            Some(offset) => {
                prop_assert!(offset.unsigned_abs() <= u64::from(reach).min(away.unsigned_abs()));
                let found = step.checked_add_signed(offset).unwrap();
                prop_assert_eq!(totp.code_at_step(found).text(), code.text());
            }
            None => prop_assert!(away.unsigned_abs() > u64::from(reach)),
        }
    }

    #[test]
    fn any_code_at_any_counter_is_judged_without_panic(
        bytes in secrets(),
        (algorithm, digits) in (algorithms(), digits()),
        (first, second) in (codes(), codes()),
        counter in moments(),
        ahead in 0_u8..=20,
    ) {
        let hotp = Hotp::new(&secret(&bytes), algorithm, digits);
        let [first, second] = [first, second].map(|code| Code::parse(&code).ok().unwrap());
        if let Some(found) = hotp.matches(&first, counter, ahead) {
            prop_assert_eq!(hotp.code(found).text(), first.text());
        }
        prop_assert_eq!(hotp.resynchronize(&first, &second, counter, ahead), None);
        let code = hotp.code(counter);
        prop_assert_eq!(code.digits(), digits);
        prop_assert!(hotp.matches(&code, counter, ahead).is_some_and(|found| found >= counter));
        if let Some(next) = counter.checked_add(1) {
            let found = hotp.resynchronize(&code, &hotp.code(next), counter, ahead);
            prop_assert!(found.is_some_and(|found| found >= next));
        }
    }

    #[test]
    fn codes_are_read_as_they_are_written(bytes in secrets(), digits in digits(), counter in moments()) {
        let text = Hotp::new(&secret(&bytes), Algorithm::Sha1, digits).code(counter).text();
        prop_assert_eq!(text.len(), usize::from(digits.get()));
        prop_assert_eq!(Code::parse(&text).ok().unwrap().text(), text);
    }

    #[test]
    fn base32_is_read_as_it_is_written(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let text = base32::encode(&bytes);
        prop_assert_eq!(base32::decode(&text).unwrap().to_vec(), bytes.clone());
        let typed: Vec<_> = text.as_bytes().chunks(4).map(|four| std::str::from_utf8(four).unwrap()).collect();
        let typed = typed.join(" ").to_lowercase();
        prop_assert_eq!(base32::decode_lenient(&typed).unwrap().to_vec(), bytes);
    }

    #[test]
    fn base32_that_is_read_is_the_only_writing_of_its_bytes(text in "[A-Z2-7]{0,40}={0,6}") {
        if let Ok(bytes) = base32::decode(&text) {
            let again = base32::encode(&bytes);
            prop_assert_eq!(again.as_str(), text.trim_end_matches('='));
        }
    }

    #[test]
    fn key_uris_are_read_as_they_are_written(parts in keys()) {
        let uri = parts.uri();
        let text = uri.text();
        let read = KeyUri::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", &*text));
        prop_assert_eq!((read.issuer(), read.account()), (uri.issuer(), uri.account()));
        prop_assert!(read.secret().same_as(uri.secret()));
        prop_assert_eq!((read.algorithm(), read.digits(), read.moving()), (uri.algorithm(), uri.digits(), uri.moving()));
    }

    #[test]
    fn exports_are_read_as_they_are_written(
        parts in prop::collection::vec(keys(), 0..25),
        batch in any::<i32>(),
    ) {
        let keys: Vec<_> = parts.iter().map(Parts::uri).collect();
        match migration::export(&keys, batch) {
            Ok(texts) => {
                let mut read = Vec::new();
                for text in &texts {
                    let part = migration::parse(text).unwrap();
                    prop_assert_eq!(part.batch, batch);
                    read.extend(part.entries.into_iter().map(|entry| entry.ok().unwrap().text()));
                }
                prop_assert_eq!(read, keys.iter().map(KeyUri::text).collect::<Vec<_>>());
            }
            Err((at, _)) => {
                let key = &keys[at];
                prop_assert!(key.digits() == Digits::SEVEN || key.moving() != Moving::Time(Period::DEFAULT));
            }
        }
    }

    #[test]
    fn every_parser_is_total(text in any::<String>()) {
        every_parser(&text);
    }

    #[test]
    fn every_parser_is_total_near_what_it_expects(
        text in "(otpauth|otpauth-migration)://(totp|hotp|offline)[/?](%3A|%|:|é|[ -~]){0,30}\
                 (\\?|&|data=|secret=|issuer=|digits=|period=|counter=|%|[0-9A-Za-z=+]){0,40}",
    ) {
        every_parser(&text);
    }

    #[test]
    fn every_payload_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        every_parser(&format!("otpauth-migration://offline?data={}", data_encoding::BASE64URL.encode(&bytes)));
    }

    #[test]
    fn every_text_is_drawn_or_refused(text in "\\PC{0,200}") {
        #[cfg(feature = "qr")]
        prop_assert!(countersign_otp::qr::svg(&text).is_ok());
        let _ = text;
    }
}

/// Gives every parser the text; what is read must be fit to be written again.
fn every_parser(text: &str) {
    if let Ok(code) = Code::parse(text) {
        assert!((6..=8).contains(&code.text().len()));
    }
    if let Ok(secret) = Secret::from_base32_lenient(text) {
        assert!((16..=128).contains(&secret.expose().len()));
    }
    let _ = (
        base32::decode(text),
        text.parse::<Algorithm>(),
        validate_label(text),
    );
    let part = migration::parse(text).ok();
    let entries = part
        .into_iter()
        .flat_map(|part| part.entries)
        .filter_map(Result::ok);
    for uri in entries.chain(KeyUri::parse(text).ok()) {
        assert!(KeyUri::parse(&uri.text()).is_ok());
    }
}
