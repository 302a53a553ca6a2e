//! Secrets from standard input, a file or a terminal without echo; never from the command line.

use std::fs::File;
use std::io::{self, BufRead as _, IsTerminal as _, Read, Write as _};
use std::path::Path;

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use crate::failure::{Failure, FileFailure};

/// The longest secret text that is read, in bytes.
const MOST: u64 = 64 * 1024;

/// A secret from `source`: `-` is standard input, anything else a file, and none asks on the
/// terminal. One line break at its end is dropped.
pub fn secret(source: Option<&str>, what: &str) -> Result<Zeroizing<String>, Failure> {
    match source {
        None | Some("-") if io::stdin().is_terminal() => ask(what),
        None | Some("-") => read(io::stdin().lock(), Path::new("standard input")),
        Some(path) => {
            let path = Path::new(path);
            let file = File::open(path).map_err(|error| FileFailure::new("read", path, error))?;
            read(file, path)
        }
    }
}

/// A new password from `source`; without one it is asked twice on the terminal.
pub fn new_password(source: Option<&str>) -> Result<Zeroizing<String>, Failure> {
    if source.is_none() && !io::stdin().is_terminal() {
        return Err(Failure::Usage(
            "give the password by --password-file FILE, or --password-file - for standard input",
        ));
    }
    let password = secret(source, "Password")?;
    if source.is_none() && *ask("Password again")? != *password {
        return Err(Failure::Usage("the two passwords are not the same"));
    }
    Ok(password)
}

/// Asks before something that cannot be undone. Without a terminal only `yes` lets it pass.
pub fn confirm(yes: bool, question: &str) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::Usage("this cannot be undone: say --yes"));
    }
    prompt(&format!("{question} Type yes: "))?;
    let mut answer = String::new();
    io::stdin()
        .lock()
        .read_line(&mut answer)
        .map_err(Failure::Input)?;
    if answer.trim() == "yes" {
        Ok(())
    } else {
        Err(Failure::Declined)
    }
}

fn read(source: impl Read, path: &Path) -> Result<Zeroizing<String>, Failure> {
    // Room for all of it at once: a growing string would leave copies behind.
    let mut text = Zeroizing::new(String::with_capacity(
        usize::try_from(MOST).unwrap_or_default() + 1,
    ));
    source
        .take(MOST + 1)
        .read_to_string(&mut text)
        .map_err(|error| FileFailure::new("read", path, error))?;
    if text.len() > usize::try_from(MOST).unwrap_or_default() {
        return Err(Failure::Usage("a secret has at most 65536 bytes"));
    }
    strip_line_break(&mut text);
    Ok(text)
}

fn strip_line_break(text: &mut String) {
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
}

fn prompt(text: &str) -> Result<(), Failure> {
    let mut stderr = io::stderr().lock();
    stderr
        .write_all(text.as_bytes())
        .and_then(|()| stderr.flush())
        .map_err(Failure::Input)
}

fn ask(what: &str) -> Result<Zeroizing<String>, Failure> {
    let mut line = Zeroizing::new(String::with_capacity(4096));
    {
        // Silent first: what is typed as soon as the question stands there is not shown either.
        let _silent = Silent::begin();
        prompt(&format!("{what}: "))?;
        io::stdin()
            .lock()
            .take(MOST)
            .read_line(&mut line)
            .map_err(Failure::Input)?;
    }
    prompt("\n")?;
    strip_line_break(&mut line);
    Ok(line)
}

/// A terminal without echo, for as long as it lives.
struct Silent(Option<Termios>);

impl Silent {
    fn begin() -> Self {
        let before = tcgetattr(io::stdin()).ok();
        if let Some(before) = &before {
            let mut silent = before.clone();
            silent.local_modes.remove(LocalModes::ECHO);
            // If it fails the secret is seen by who types it, and by nobody else.
            let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &silent);
        }
        Self(before)
    }
}

impl Drop for Silent {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, before);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_break_is_dropped_and_no_space() {
        for (text, expected) in [
            ("secret", "secret"),
            ("secret\n", "secret"),
            ("secret\r\n", "secret"),
            ("secret \n\n", "secret \n"),
            ("", ""),
        ] {
            let read = read(text.as_bytes(), Path::new("-")).ok().unwrap();
            assert_eq!(*read, expected);
        }
    }

    #[test]
    fn an_endless_source_is_refused() {
        assert!(read(io::repeat(b'a'), Path::new("-")).is_err());
    }
}
