//! Where the server, the browser and the accessibility checker are. A missing one skips the tests,
//! unless a variable names it: then it is a failure.

use std::env;
use std::path::{Path, PathBuf};

/// What the tests start or run.
#[derive(Clone)]
pub struct Tools {
    /// The product.
    pub server: PathBuf,
    /// The browser.
    pub chromium: PathBuf,
    /// The script of the accessibility checker.
    pub axe: PathBuf,
}

impl Tools {
    /// All of them, or none after saying which is missing.
    pub fn find() -> Option<Self> {
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(target) => PathBuf::from(target),
            None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"),
        };
        Some(Self {
            chromium: find("COUNTERSIGN_CHROMIUM", chromium())?,
            axe: find(
                "COUNTERSIGN_AXE",
                target.join("tools/axe-4.14.1/package/axe.min.js"),
            )?,
            server: find("COUNTERSIGN_BIN", target.join("debug/countersign"))?,
        })
    }
}

fn chromium() -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    names
        .iter()
        .find_map(|name| {
            env::split_paths(&path)
                .map(|folder| folder.join(name))
                .find(|file| file.is_file())
        })
        .unwrap_or_else(|| PathBuf::from("/usr/bin/chromium"))
}

#[expect(clippy::print_stderr, reason = "a skipped test tells why")]
fn find(variable: &str, usual: PathBuf) -> Option<PathBuf> {
    if let Some(named) = env::var_os(variable) {
        let named = PathBuf::from(named);
        assert!(
            named.is_file(),
            "{variable} names {}, which is not there",
            named.display()
        );
        return Some(named);
    }
    if usual.is_file() {
        return Some(usual);
    }
    eprintln!(
        "skipped: {} is missing. `cargo xtask test` brings it, {variable} names another.",
        usual.display()
    );
    None
}
