//! The keyring's providers: a file that only its owner may read, or a variable. It makes a keyring
//! once, whole or not at all, and never over another.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use countersign::vault::{Keyring, KeyringError};
use zeroize::Zeroizing;

use crate::config::KeyringPlace;

/// The largest keyring that is read, in bytes.
const MOST: u64 = 1024 * 1024;

/// Why there is no keyring.
#[derive(Debug, thiserror::Error)]
pub enum KeyringFailure {
    /// There is none.
    #[error("there is no keyring at {}", .0.display())]
    Missing(PathBuf),
    /// There is none, and data that only the lost one opens.
    #[error("the keyring {} is missing, and {} holds data that it sealed", path.display(), database.display())]
    Lost {
        /// Where it should be.
        path: PathBuf,
        /// What it sealed.
        database: PathBuf,
    },
    /// It cannot be read.
    #[error("the keyring {} cannot be read: {error}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Others may read it.
    #[error("the keyring {} may be read or changed by others (mode {mode:03o})", path.display())]
    Exposed {
        /// Which.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// It is not what a keyring is.
    #[error("the keyring {place} is damaged: {error}")]
    Damaged {
        /// Which.
        place: String,
        /// How.
        error: KeyringError,
    },
    /// It could not be made.
    #[error("the keyring {} cannot be written: {error}", path.display())]
    Unwritable {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// It is another one than sealed the data.
    #[error("the keyring does not open the data in {}", .0.display())]
    Foreign(PathBuf),
}

impl KeyringFailure {
    /// What to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::Missing(_) => "run: countersign init".to_owned(),
            Self::Lost { .. } => {
                "put the keyring back from its backup; a new one would open nothing, so none is made"
                    .to_owned()
            }
            Self::Unreadable { .. } => "check its owner and its mode: chmod 600, and the user that runs the server".to_owned(),
            Self::Exposed { path, .. } => format!("run: chmod 600 {}", path.display()),
            Self::Damaged { .. } => "put the keyring back from its backup".to_owned(),
            Self::Unwritable { .. } => {
                "let the user that runs the server write to the directory, or choose another by --data-dir".to_owned()
            }
            Self::Foreign(_) => {
                "use the keyring that belongs to this data, or the data that belongs to this keyring"
                    .to_owned()
            }
        }
    }
}

/// The keyring at its place; none only where [`create`] may make one.
pub fn load(place: &KeyringPlace) -> Result<Option<Keyring>, KeyringFailure> {
    match place {
        KeyringPlace::Variable(json) => parse(json, "in COUNTERSIGN_KEYRING").map(Some),
        KeyringPlace::File(path) => match read(path, 0o027)? {
            Some(json) => parse(&json, &path.display().to_string()).map(Some),
            None => Err(KeyringFailure::Missing(path.clone())),
        },
        KeyringPlace::DataDirectory(path) => read(path, 0o077)?
            .map(|json| parse(&json, &path.display().to_string()))
            .transpose(),
    }
}

/// Writes a new keyring: to a file beside it, forced to the disk, and renamed, so that no crash
/// leaves half of one. The caller holds the directory's lock and has seen that there is none.
pub fn create(path: &Path, keyring: &Keyring) -> Result<(), KeyringFailure> {
    let unwritable = |error| KeyringFailure::Unwritable {
        path: path.to_owned(),
        error,
    };
    let directory = path.parent().unwrap_or(Path::new("."));
    let temporary = path.with_extension("json.new");
    let json = keyring.to_json();
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&temporary)
        .and_then(|mut file| {
            file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
            file.write_all(json.as_bytes())?;
            file.write_all(b"\n")?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&temporary, path))
        .and_then(|()| File::open(directory)?.sync_all());
    written.map_err(unwritable)
}

/// The file's text, if there is one, none of the bits of `forbidden` in its mode.
fn read(path: &Path, forbidden: u32) -> Result<Option<Zeroizing<String>>, KeyringFailure> {
    let unreadable = |error| KeyringFailure::Unreadable {
        path: path.to_owned(),
        error,
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    let metadata = file.metadata().map_err(unreadable)?;
    if !metadata.is_file() || metadata.len() > MOST {
        return Err(unreadable(io::Error::other(
            "it is no file, or too large for a keyring",
        )));
    }
    let mode = metadata.mode() & 0o777;
    if mode & forbidden != 0 {
        return Err(KeyringFailure::Exposed {
            path: path.to_owned(),
            mode,
        });
    }
    let mut text = Zeroizing::new(String::with_capacity(
        usize::try_from(metadata.len()).unwrap_or_default() + 1,
    ));
    file.take(MOST)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    Ok(Some(text))
}

fn parse(json: &str, place: &str) -> Result<Keyring, KeyringFailure> {
    Keyring::parse(json).map_err(|error| KeyringFailure::Damaged {
        place: place.to_owned(),
        error,
    })
}
