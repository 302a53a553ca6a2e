//! A Python with the packages that `cargo xtask test` brings.

use std::env;
use std::path::{Path, PathBuf};

/// The Python that has the packages; a missing one skips the test, unless the variable names it.
pub fn python() -> Option<PathBuf> {
    let variable = "COUNTERSIGN_PYTHON";
    if let Some(named) = env::var_os(variable) {
        let named = PathBuf::from(named);
        assert!(
            named.is_file(),
            "{variable} names {}, which is not there",
            named.display()
        );
        return Some(named);
    }
    let target = match env::var_os("CARGO_TARGET_DIR") {
        Some(target) => PathBuf::from(target),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"),
    };
    let usual = target.join("tools/python-soft-webauthn-0.1.4-bcrypt-5.0.0/bin/python");
    if usual.is_file() {
        return Some(usual);
    }
    eprintln!(
        "skipped: {} is missing. `cargo xtask test` brings it, {variable} names another.",
        usual.display()
    );
    None
}
