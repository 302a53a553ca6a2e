//! The packages of others that the examples are made of and checked with: locked versions, checked against
//! their hashes, below the target folder. Nothing is fetched while the lock is the one that was installed.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{failure::Failure, step, tools, workspace::Workspace};

const PYTHON_LOCK: &str = "examples/tests/requirements.txt";
const NODE_FOLDER: &str = "examples/express";

/// A Python with the packages of the examples: the one that `COUNTERSIGN_EXAMPLES_PYTHON` names, else
/// one of our own. None, and a word about it, where the machine has no Python or reaches no registry.
pub fn python(workspace: &Workspace) -> Result<Option<PathBuf>, Failure> {
    if let Some(named) = env::var_os("COUNTERSIGN_EXAMPLES_PYTHON") {
        return Ok(Some(named.into()));
    }
    let folder = workspace.target.join("tools/python-examples");
    let lock = workspace.root.join(PYTHON_LOCK);
    let ours = folder.join("bin/python");
    if same(&lock, &folder.join("requirements.txt")) {
        return Ok(Some(ours));
    }
    let mut venv = Command::new("python3");
    venv.args(["-m", "venv", "--clear"]).arg(&folder);
    let mut install = Command::new(&ours);
    install
        .args(["-m", "pip", "install", "--quiet", "--require-hashes"])
        .args(["--disable-pip-version-check", "--only-binary", ":all:"])
        .arg("-r")
        .arg(&lock);
    bring("python3", &mut [venv, install], &[lock], &folder, ours)
}

/// The lock of the Node packages of the Express example, beside which they are installed: the one that
/// `COUNTERSIGN_EXAMPLES_NODE` names, else one of our own. None as for Python.
pub fn node(workspace: &Workspace) -> Result<Option<PathBuf>, Failure> {
    if let Some(named) = env::var_os("COUNTERSIGN_EXAMPLES_NODE") {
        return Ok(Some(named.into()));
    }
    let folder = workspace.target.join("tools/node-examples");
    let list = ["package.json", "package-lock.json"];
    let from = list.map(|file| workspace.root.join(NODE_FOLDER).join(file));
    let ours = folder.join("package-lock.json");
    if from.iter().all(|file| same(file, &folder.join(name(file)))) {
        return Ok(Some(ours));
    }
    // Installed from the example's own folder, so that a lock is beside the packages only when they are whole.
    let mut clear = Command::new("rm");
    clear.arg("-rf").arg(&folder);
    let mut make = Command::new("mkdir");
    make.arg("-p").arg(folder.join("new"));
    let mut copy = Command::new("cp");
    copy.args(&from).arg(folder.join("new"));
    let mut install = Command::new("npm");
    install
        .args([
            "ci",
            "--silent",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
        ])
        .current_dir(workspace.target.join("tools"))
        .arg("--prefix")
        .arg(folder.join("new"));
    let mut place = Command::new("mv");
    place.arg(folder.join("new/node_modules")).arg(&folder);
    let mut commands = [clear, make, copy, install, place];
    bring("npm", &mut commands, &from, &folder, ours)
}

/// Runs the commands, then puts the lock beside what they have brought.
fn bring(
    program: &str,
    commands: &mut [Command],
    lock: &[PathBuf],
    folder: &Path,
    ours: PathBuf,
) -> Result<Option<PathBuf>, Failure> {
    if tools::on_path(program).is_none() {
        println!("left out: the examples that need {program}, which is not here");
        return Ok(None);
    }
    let tools = folder.parent().unwrap_or(folder);
    fs::create_dir_all(tools).map_err(|source| Failure::File {
        path: tools.to_owned(),
        source,
    })?;
    for command in commands {
        if let Err(failure) = step::stream(command, "is the network there?") {
            println!("left out: the examples that need {program}: {failure}");
            return Ok(None);
        }
    }
    for file in lock {
        fs::copy(file, folder.join(name(file))).map_err(|source| Failure::File {
            path: file.clone(),
            source,
        })?;
    }
    Ok(Some(ours))
}

fn name(file: &Path) -> PathBuf {
    file.file_name().map(PathBuf::from).unwrap_or_default()
}

/// Whether two files are there and hold the same.
fn same(one: &Path, other: &Path) -> bool {
    let read = |file| fs::read(file).ok();
    read(one).is_some_and(|bytes| read(other) == Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_lock_is_taken_for_installed() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let (manifest, source) = (root.join("Cargo.toml"), root.join("src/main.rs"));
        assert!(same(&manifest, &manifest));
        assert!(!same(&manifest, &source));
        assert!(!same(&root.join("none"), &root.join("none")));
    }
}
