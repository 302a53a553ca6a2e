//! Origins as browsers serialize them (HTML, serialization of an origin); refuses paths, user
//! names, upper case, default ports and addresses.

use data_encoding::BASE64URL_NOPAD;

/// A name that can be an RP ID: two labels or more, or `localhost`.
pub(crate) fn is_rp_id(text: &str) -> bool {
    is_domain(text) && (text.contains('.') || text == "localhost")
}

/// The host of a web origin, or nothing if the text is none.
pub(crate) fn host(origin: &str) -> Option<&str> {
    let (rest, secure) = match origin.strip_prefix("https://") {
        Some(rest) => (rest, true),
        None => (origin.strip_prefix("http://")?, false),
    };
    let (host, port) = match rest.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (rest, None),
    };
    let local = host == "localhost" || host.ends_with(".localhost");
    let default = if secure { "443" } else { "80" };
    let port_fits = port.is_none_or(|port| port != default && is_port(port));
    (is_domain(host) && port_fits && (secure || local)).then_some(host)
}

/// Whether a host is the RP ID or a name below it.
pub(crate) fn is_within(host: &str, rp_id: &str) -> bool {
    host.strip_suffix(rp_id)
        .is_some_and(|front| front.is_empty() || front.ends_with('.'))
}

/// Whether a text is the origin of an Android app.
pub(crate) fn is_app(text: &str) -> bool {
    text.strip_prefix("android:apk-key-hash:")
        .and_then(|hash| BASE64URL_NOPAD.decode(hash.as_bytes()).ok())
        .is_some_and(|hash| hash.len() == 32)
}

fn is_port(text: &str) -> bool {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    digits && text.parse::<u16>().is_ok()
}

fn is_domain(text: &str) -> bool {
    let last_is_number = text
        .rsplit('.')
        .next()
        .is_some_and(|label| label.bytes().all(|byte| byte.is_ascii_digit()));
    text.len() <= 253 && !last_is_number && text.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    let letters = label
        .bytes()
        .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    letters && (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
}
