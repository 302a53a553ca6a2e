//! Where the product and the packages of others are. A missing one skips the test, unless a variable
//! names it: then it is a failure.

use std::env;
use std::path::{Path, PathBuf};

/// What the tests start or run.
pub struct Tools {
    /// The product.
    pub server: PathBuf,
    /// A Python that has what `requirements.txt` lists.
    pub python: PathBuf,
}

impl Tools {
    /// Both, or none after saying which is missing.
    pub fn find() -> Option<Self> {
        Some(Self {
            server: find("COUNTERSIGN_BIN", "debug/countersign")?,
            python: find(
                "COUNTERSIGN_EXAMPLES_PYTHON",
                "tools/python-examples/bin/python",
            )?,
        })
    }

    /// A program that came with the Python packages.
    pub fn program(&self, name: &str) -> PathBuf {
        self.python.with_file_name(name)
    }

    /// The Node packages of the Express example.
    pub fn node_modules() -> Option<PathBuf> {
        let lock = "tools/node-examples/package-lock.json";
        let lock = find("COUNTERSIGN_EXAMPLES_NODE", lock)?;
        Some(lock.with_file_name("node_modules"))
    }

    /// The product alone.
    pub fn server() -> Option<PathBuf> {
        find("COUNTERSIGN_BIN", "debug/countersign")
    }
}

/// A folder of the repository.
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(name)
}

#[expect(clippy::print_stderr, reason = "a skipped test tells why")]
fn find(variable: &str, usual: &str) -> Option<PathBuf> {
    if let Some(named) = env::var_os(variable) {
        let named = PathBuf::from(named);
        let there = named.is_file();
        assert!(
            there,
            "{variable} names {}, which is not there",
            named.display()
        );
        return Some(named);
    }
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| folder("target"), PathBuf::from);
    let usual = target.join(usual);
    if usual.is_file() {
        return Some(usual);
    }
    eprintln!(
        "skipped: {} is missing. `cargo xtask test` brings it, {variable} names another.",
        usual.display()
    );
    None
}
