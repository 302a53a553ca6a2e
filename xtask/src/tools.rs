//! Brings what the tests need and the machine lacks, each at a pinned version; nothing is fetched that is already here.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{failure::Failure, step, workspace::Workspace};

const DENY: &str = "0.20.2";
const AXE: &str = "4.14.1";
const AXE_SHA512: &str = "1477dafa598d8d065f273d6af302aa203c02e83131707b7fa648cd41bd3d6b734f8c22a0dab86ee6a6f64b8afbe804b214d36db85a2826965edfb3a0b9d546b5";
/// The authenticator in Python, and what hashed backup codes elsewhere, by whose versions their folder is
/// called; the tests look for it there.
const SOFT_WEBAUTHN: &str = "0.1.4";
const BCRYPT: &str = "5.0.0";
const CHROMIUM_NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome"];

/// The licence checker: the one on PATH, else one of our own below the target folder.
pub fn cargo_deny(workspace: &Workspace) -> Result<PathBuf, Failure> {
    if let Some(found) = on_path("cargo-deny") {
        return Ok(found);
    }
    let tools = workspace.target.join("tools");
    let ours = tools.join("bin/cargo-deny");
    if ours.is_file() {
        return Ok(ours);
    }
    let mut install = workspace.cargo();
    // It runs for a second or two: a fast build is worth more than a fast program.
    install
        .args(["install", "cargo-deny", "--version", DENY, "--locked"])
        .arg("--root")
        .arg(&tools)
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "256")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
        .env_remove("CARGO_TARGET_DIR");
    step::stream(&mut install, "install cargo-deny yourself and run again")?;
    Ok(ours)
}

/// A browser: the one that `COUNTERSIGN_CHROMIUM` names, the one on PATH, else the system's package.
pub fn chromium() -> Result<PathBuf, Failure> {
    if let Some(named) = env::var_os("COUNTERSIGN_CHROMIUM") {
        return Ok(named.into());
    }
    if let Some(found) = CHROMIUM_NAMES.iter().find_map(|name| on_path(name)) {
        return Ok(found);
    }
    install_package("chromium")?;
    on_path("chromium").ok_or_else(|| Failure::Missing {
        what: "a browser",
        command: "COUNTERSIGN_CHROMIUM=/path/to/chromium cargo xtask test".to_owned(),
    })
}

/// The accessibility checker that is run inside the pages: one script, from a tarball whose checksum is pinned.
pub fn axe(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let folder = workspace.target.join("tools").join(format!("axe-{AXE}"));
    let script = folder.join("package/axe.min.js");
    if script.is_file() {
        return Ok(script);
    }
    if on_path("npm").is_none() {
        return Err(Failure::Missing {
            what: "npm",
            command: "apt-get update && apt-get install -y npm".to_owned(),
        });
    }
    fs::create_dir_all(&folder).map_err(|source| Failure::File {
        path: folder.clone(),
        source,
    })?;
    let mut pack = Command::new("npm");
    pack.args(["pack", &format!("axe-core@{AXE}"), "--silent"])
        .current_dir(&folder);
    step::stream(&mut pack, "npm cannot fetch it: is the network there?")?;
    let tarball = folder.join(format!("axe-core-{AXE}.tgz"));
    verify(&tarball, AXE_SHA512)?;
    let mut unpack = Command::new("tar");
    unpack
        .arg("-xzf")
        .arg(&tarball)
        .args(["package/axe.min.js", "package/LICENSE"])
        .current_dir(&folder);
    step::stream(&mut unpack, "the tarball has another shape than 4.14's")?;
    Ok(script)
}

/// A Python with the authenticator that its tests run and the packages of the tutorial, by pinned checksums: the one that
/// `COUNTERSIGN_PYTHON` names, else one of our own below the target folder. None, and a word about it,
/// where the machine has no Python or reaches no registry: the test that wants it is skipped then.
pub fn python(workspace: &Workspace) -> Result<Option<PathBuf>, Failure> {
    if let Some(named) = env::var_os("COUNTERSIGN_PYTHON") {
        return Ok(Some(named.into()));
    }
    let tools = workspace.target.join("tools");
    let folder = tools.join(format!(
        "python-soft-webauthn-{SOFT_WEBAUTHN}-bcrypt-{BCRYPT}"
    ));
    let ours = folder.join("bin/python");
    if ours.is_file() {
        return Ok(Some(ours));
    }
    if on_path("python3").is_none() {
        println!("left out: the authenticator in Python, for want of python3");
        return Ok(None);
    }
    // It has its name when it is whole, so that one that was interrupted is made anew.
    let made = tools.join("python.new");
    let python = made.join("bin/python");
    let lists = ["passkey", "import"]
        .map(|part| format!("crates/server/tests/process/{part}/requirements.txt"));
    let mut venv = Command::new("python3");
    venv.args(["-m", "venv", "--clear"]).arg(&made);
    let mut install = Command::new(&python);
    install
        .args(["-m", "pip", "install", "--quiet", "--require-hashes"])
        .args(["--disable-pip-version-check", "--only-binary", ":all:"]);
    for list in lists {
        install.arg("-r").arg(workspace.root.join(list));
    }
    for command in [&mut venv, &mut install] {
        if let Err(failure) = step::stream(command, "is the network there?") {
            println!("left out: the authenticator in Python: {failure}");
            return Ok(None);
        }
    }
    fs::rename(&made, &folder).map_err(|source| Failure::File {
        path: folder,
        source,
    })?;
    Ok(Some(ours))
}

fn verify(file: &Path, sha512: &str) -> Result<(), Failure> {
    let printed = step::capture(
        Command::new("sha512sum").arg("--binary").arg(file),
        "the file cannot be read",
    )?;
    if printed.split(' ').next() == Some(sha512) {
        return Ok(());
    }
    Err(Failure::Altered {
        path: file.to_owned(),
    })
}

/// Installs a package of the system, or tells the one command that would.
fn install_package(package: &'static str) -> Result<(), Failure> {
    let script = format!("apt-get update && apt-get install -y --no-install-recommends {package}");
    let prefix: &[&str] = if says_yes("sh", &["-c", "test \"$(id -u)\" = 0"]) {
        &[]
    } else if says_yes("sudo", &["-n", "true"]) {
        &["sudo", "-n"]
    } else {
        &["false"]
    };
    if on_path("apt-get").is_none() || prefix == ["false"] {
        return Err(Failure::Missing {
            what: package,
            command: format!("sudo sh -c '{script}'"),
        });
    }
    let mut words = prefix.iter().chain(&["sh", "-c"]);
    let mut command = Command::new(words.next().unwrap_or(&"sh"));
    command
        .args(words)
        .arg(&script)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null());
    step::stream(&mut command, "install the package yourself and run again")
}

fn says_yes(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Where PATH has a program of that name.
pub fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_other_than_the_pinned_one_is_refused() {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let refused = verify(&manifest, AXE_SHA512).unwrap_err();
        assert!(matches!(refused, Failure::Altered { .. }), "{refused}");
    }

    #[test]
    fn a_program_is_found_only_where_path_says() {
        assert!(on_path("sh").is_some());
        assert!(on_path("no-such-program-here").is_none());
    }
}
