//! Brings the proxies that stand in front of the product in its tests: the system's own packages,
//! unpacked below the target folder and not installed.

use std::{env, ffi::OsString, fs, path::Path, process::Command};

use crate::{failure::Failure, step, tools, workspace::Workspace};

/// Package, program in it, and the variable by which the tests are told.
const PROXIES: &[(&str, &str, &str)] = &[
    ("nginx", "usr/sbin/nginx", "COUNTERSIGN_NGINX"),
    ("caddy", "usr/bin/caddy", "COUNTERSIGN_CADDY"),
];

/// Where they are: as their variables name them, as PATH has them, else below the target folder. One
/// that cannot be brought is said, and its tests are left out.
pub fn find(workspace: &Workspace) -> Result<Vec<(&'static str, OsString)>, Failure> {
    let folder = workspace.target.join("tools/proxies");
    fs::create_dir_all(&folder).map_err(|source| Failure::File {
        path: folder.clone(),
        source,
    })?;
    let mut found = Vec::new();
    for &(package, program, variable) in PROXIES {
        let ours = folder.join(program);
        let there = env::var_os(variable)
            .or_else(|| tools::on_path(package).map(OsString::from))
            .or_else(|| ours.is_file().then(|| ours.clone().into()));
        if let Some(there) = there {
            found.push((variable, there));
            continue;
        }
        match unpack(package, &folder) {
            Ok(()) => found.push((variable, ours.into())),
            Err(failure) => println!("left out: tests behind {package}: {failure}"),
        }
    }
    Ok(found)
}

/// The package that the system's own lists name, whose signature its package manager has checked.
fn unpack(package: &str, folder: &Path) -> Result<(), Failure> {
    let mut download = Command::new("apt-get");
    download
        .args(["download", "--quiet", package])
        .current_dir(folder);
    step::stream(&mut download, "`apt-get update` may be due")?;
    let prefix = format!("{package}_");
    let unreadable = |source| Failure::File {
        path: folder.to_owned(),
        source,
    };
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if !entry.file_name().to_string_lossy().starts_with(&prefix) {
            continue;
        }
        let mut extract = Command::new("dpkg");
        extract.arg("-x").arg(entry.path()).arg(folder);
        step::stream(&mut extract, "is the package whole?")?;
        fs::remove_file(entry.path()).map_err(unreadable)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_that_cannot_be_had_is_a_failure() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert!(unpack("no-such-package-here", folder).is_err());
    }
}
