//! The files: where they are, whose they are, and whether this process may use them.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use countersign::vault::{Class, Keyring};
use rustix::fs::{Access, access};

use super::Report;
use crate::config::{KeyringPlace, Settings};
use crate::keyring;

/// The data directory's mode and whether it can be written.
pub(super) fn data_directory(settings: &Settings, report: &mut Report) {
    const NAME: &str = "data directory";
    let path = &settings.data_dir;
    let shown = path.display();
    let Ok(metadata) = fs::metadata(path) else {
        report.warn(
            NAME,
            format!("{shown} does not exist yet"),
            "the first start makes it, and so does: countersign init",
        );
        return;
    };
    let mode = metadata.mode() & 0o777;
    if !metadata.is_dir() {
        report.wrong(
            NAME,
            format!("{shown} is no directory"),
            "choose another by --data-dir",
        );
    } else if access(path, Access::WRITE_OK | Access::EXEC_OK).is_err() {
        report.wrong(
            NAME,
            format!("{shown} cannot be written by this user"),
            "run as the user that runs the server, or change the directory's owner",
        );
    } else if mode & 0o022 != 0 {
        report.wrong(
            NAME,
            format!("others may change what is in {shown} (mode {mode:03o})"),
            &format!("run: chmod 700 {shown}"),
        );
    } else if mode & 0o055 != 0 {
        report.warn(
            NAME,
            format!("others may look into {shown} (mode {mode:03o})"),
            &format!("run: chmod 700 {shown}"),
        );
    } else {
        report.good(NAME, format!("{shown}, mode {mode:03o}"));
    }
}

/// The keyring, if it can be read.
pub(super) fn keyring(settings: &Settings, report: &mut Report) -> Option<Keyring> {
    const NAME: &str = "keyring";
    let place = match &settings.keyring {
        KeyringPlace::DataDirectory(path) | KeyringPlace::File(path) => path.display().to_string(),
        KeyringPlace::Variable(_) => "COUNTERSIGN_KEYRING".to_owned(),
    };
    match keyring::load(&settings.keyring) {
        Ok(Some(keyring)) => {
            let keys: usize = Class::ALL
                .map(|class| keyring.list(class).len())
                .iter()
                .sum();
            report.good(NAME, format!("{place}, {keys} keys"));
            Some(keyring)
        }
        Ok(None) if settings.database.exists() => {
            report.wrong(
                NAME,
                format!("{place} is missing, and there is a database"),
                "put the keyring back from its backup",
            );
            None
        }
        Ok(None) => {
            report.warn(
                NAME,
                format!("{place} does not exist yet"),
                "the first start makes it, and so does: countersign init",
            );
            None
        }
        Err(failure) => {
            report.fail(NAME, &failure.into());
            None
        }
    }
}

/// The database file's mode; whether there is one.
pub(super) fn database(settings: &Settings, report: &mut Report) -> bool {
    const NAME: &str = "database";
    let path: &Path = &settings.database;
    let shown = path.display();
    let Ok(metadata) = fs::metadata(path) else {
        report.warn(
            NAME,
            format!("{shown} does not exist yet"),
            "the first start makes it, and so does: countersign init",
        );
        return false;
    };
    let mode = metadata.mode() & 0o777;
    if access(path, Access::WRITE_OK).is_err() {
        report.wrong(
            NAME,
            format!("{shown} cannot be written by this user"),
            "run as the user that runs the server, or change the file's owner",
        );
    } else if mode & 0o077 != 0 {
        report.wrong(
            NAME,
            format!("others may read {shown} (mode {mode:03o})"),
            &format!("run: chmod 600 {shown}"),
        );
    } else {
        report.good(NAME, format!("{shown}, mode {mode:03o}"));
    }
    true
}
