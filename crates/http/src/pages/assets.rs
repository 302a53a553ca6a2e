//! The files the pages need, compiled in; nothing is ever fetched from another host.

use std::sync::LazyLock;

/// One file below `/assets/`.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// What goes into `Content-Type`.
    pub content_type: &'static str,
    /// The file.
    pub bytes: &'static [u8],
}

const CSS: &[u8] = include_bytes!("../../assets/app.css");
const JS: &[u8] = include_bytes!("../../assets/app.js");
const PASSKEY_JS: &[u8] = include_bytes!("../../assets/passkey.js");
const MARK: &[u8] = include_bytes!("../../assets/mark.svg");
const BAND: &[u8] = include_bytes!("../../assets/band.svg");
const ROSETTE: &[u8] = include_bytes!("../../assets/rosette.svg");
const TEXT_FACE: &[u8] = include_bytes!("../../assets/atkinson-next-latin.woff2");
const TEXT_FACE_EXTENDED: &[u8] = include_bytes!("../../assets/atkinson-next-latin-ext.woff2");
const CODE_FACE: &[u8] = include_bytes!("../../assets/atkinson-mono-latin.woff2");
const FACE_LICENSE: &[u8] = include_bytes!("../../assets/atkinson-OFL.txt");

/// The file called `name` below `/assets/`, or nothing.
///
/// The pages address style and script with `?v=` and a hash of their content, so every answer may
/// be cached as immutable; a font or picture that changes gets a new name.
pub fn asset(name: &str) -> Option<Asset> {
    let (content_type, bytes) = match name {
        "app.css" => ("text/css; charset=utf-8", CSS),
        "app.js" => ("text/javascript; charset=utf-8", JS),
        "passkey.js" => ("text/javascript; charset=utf-8", PASSKEY_JS),
        "mark.svg" => ("image/svg+xml", MARK),
        "band.svg" => ("image/svg+xml", BAND),
        "rosette.svg" => ("image/svg+xml", ROSETTE),
        "atkinson-next-latin.woff2" => ("font/woff2", TEXT_FACE),
        "atkinson-next-latin-ext.woff2" => ("font/woff2", TEXT_FACE_EXTENDED),
        "atkinson-mono-latin.woff2" => ("font/woff2", CODE_FACE),
        "atkinson-OFL.txt" => ("text/plain; charset=utf-8", FACE_LICENSE),
        _ => return None,
    };
    Some(Asset {
        content_type,
        bytes,
    })
}

/// The address of the style sheet, with its version.
pub(super) fn style() -> &'static str {
    static ADDRESS: LazyLock<String> = LazyLock::new(|| versioned("app.css", CSS));
    &ADDRESS
}

/// The address of the script, with its version.
pub(super) fn script() -> &'static str {
    static ADDRESS: LazyLock<String> = LazyLock::new(|| versioned("app.js", JS));
    &ADDRESS
}

/// The address of the passkeys' script, with its version.
pub(super) fn passkey_script() -> &'static str {
    static ADDRESS: LazyLock<String> = LazyLock::new(|| versioned("passkey.js", PASSKEY_JS));
    &ADDRESS
}

fn versioned(name: &str, bytes: &[u8]) -> String {
    format!("/assets/{name}?v={:016x}", fingerprint(bytes))
}

/// FNV-1a: tells one build's file from another's in a cache. It protects nothing.
fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
