//! Fails when the release binary contains a hook that only tests may use; it looks for the hooks' mark alone.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{failure::Failure, step, workspace::Workspace};

/// Every hook behind `--cfg countersign_test` keeps this in the binary.
const MARK: &[u8] = b"countersign_test_hook";

/// Builds the release binary as it ships and looks into it.
pub fn run(workspace: &Workspace) -> Result<(), Failure> {
    let mut build = workspace.cargo();
    build.args(["build", "--release", "--package", "countersign-server"]);
    step::stream(&mut build, "the release profile does not build")?;
    let path = workspace.server_binary(&workspace.target, "release");
    if !is_marked(&path)? {
        println!("{}: no test hook", path.display());
        return Ok(());
    }
    Err(Failure::Faults {
        check: "a test hook in the release binary",
        count: 1,
        next: "Put it behind `#[cfg(countersign_test)]`, and unset RUSTFLAGS if it asks for that",
    })
}

/// Builds the binary with the hooks, in a target folder of its own so that neither build undoes the
/// other, and makes sure that the mark by which a release is judged is there to be found.
pub fn build_with_hooks(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let target = workspace.target.join("countersign-test");
    let flags = std::env::var("RUSTFLAGS").unwrap_or_default();
    let mut build = workspace.cargo();
    build
        .args(["build", "--package", "countersign-server", "--target-dir"])
        .arg(&target)
        .env("RUSTFLAGS", format!("{flags} --cfg countersign_test"));
    step::stream(&mut build, "the product does not build with its test hooks")?;
    let path = workspace.server_binary(&target, "debug");
    if is_marked(&path)? {
        return Ok(path);
    }
    Err(Failure::Faults {
        check: "test hooks without their mark",
        count: 1,
        next: "Each must keep `countersign_test_hook` in the binary, or the release check would see nothing",
    })
}

fn is_marked(path: &Path) -> Result<bool, Failure> {
    let binary = fs::read(path).map_err(|source| Failure::File {
        path: path.to_owned(),
        source,
    })?;
    Ok(binary.windows(MARK.len()).any(|window| window == MARK))
}
