//! What is printed, in one place: answers on standard output, everything else on standard error.

use std::io::{self, IsTerminal as _, Write as _};

use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};
use serde_json::Value;

use crate::failure::Failure;

/// For whom answers are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// The two streams of the process.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    format: Format,
    terminal: bool,
}

impl Output {
    /// Looks whether standard output is a terminal.
    pub fn new(format: Format) -> Self {
        Self {
            format,
            terminal: io::stdout().is_terminal(),
        }
    }

    /// Whether the answer is for a program.
    pub fn is_json(self) -> bool {
        self.format == Format::Json
    }

    /// The answer: `value` for a program, `text` for a person.
    pub fn answer(self, text: &str, value: &Value) -> Result<(), Failure> {
        if self.is_json() {
            self.json(value)
        } else {
            self.line(text)
        }
    }

    /// A line on standard output.
    #[expect(clippy::unused_self, reason = "whoever prints holds the streams")]
    pub fn line(self, text: &str) -> Result<(), Failure> {
        write(text.trim_end_matches('\n').as_bytes(), b"\n")
    }

    /// Bytes on standard output as they are.
    #[expect(clippy::unused_self, reason = "whoever prints holds the streams")]
    pub fn bytes(self, bytes: &[u8]) -> Result<(), Failure> {
        write(bytes, b"")
    }

    /// A JSON value on a line of its own.
    pub fn json(self, value: &Value) -> Result<(), Failure> {
        self.line(&value.to_string())
    }

    /// An aligned table; its heads stand out on a terminal. Control characters are shown as `?`.
    pub fn table(self, heads: &[&str], rows: &[Vec<String>]) -> Result<(), Failure> {
        let heads: Vec<String> = heads.iter().map(|head| (*head).to_owned()).collect();
        let mut widths: Vec<usize> = heads.iter().map(|head| head.chars().count()).collect();
        for row in rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let head = aligned(&heads, &widths);
        if self.terminal {
            self.line(&format!("\u{1b}[1m{head}\u{1b}[0m"))?;
        } else {
            self.line(&head)?;
        }
        rows.iter()
            .try_for_each(|row| self.line(&aligned(row, &widths)))
    }

    /// A remark on standard error; it is no part of the answer.
    #[expect(clippy::unused_self, reason = "whoever prints holds the streams")]
    pub fn note(self, text: &str) {
        // Nobody is left to tell when standard error is closed.
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// Counts long work on standard error, if that is a terminal that the answer does not go to.
    pub fn progress(self, what: &'static str) -> ProgressBar {
        if self.terminal {
            return ProgressBar::hidden();
        }
        ProgressBar::new_spinner()
            .with_finish(ProgressFinish::AndClear)
            .with_prefix(what)
            .with_style(
                ProgressStyle::with_template("{spinner} {pos} {prefix}")
                    .unwrap_or_else(|_| ProgressStyle::default_spinner()),
            )
    }

    /// Why a command failed and what to do next, on standard error.
    pub fn failure(self, failure: &Failure) {
        let hint = failure.hint();
        if self.is_json() {
            self.note(
                &serde_json::json!({ "error": failure.to_string(), "hint": hint }).to_string(),
            );
        } else {
            self.note(&format!("error: {failure}"));
            if let Some(hint) = hint {
                self.note(&format!("  → {hint}"));
            }
        }
    }
}

fn write(bytes: &[u8], end: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    stdout
        .write_all(bytes)
        .and_then(|()| stdout.write_all(end))
        .and_then(|()| stdout.flush())
        .map_err(Failure::Output)
}

fn aligned(row: &[String], widths: &[usize]) -> String {
    let cells: Vec<String> = row
        .iter()
        .zip(widths)
        .map(|(cell, width)| format!("{:width$}", plain(cell)))
        .collect();
    cells.join("  ").trim_end().to_owned()
}

fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '?' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_and_control_characters_do_not_reach_the_terminal() {
        let row = ["é".to_owned(), "a\u{1b}[2J".to_owned(), "end".to_owned()];
        assert_eq!(aligned(&row, &[3, 7, 5]), "é    a?[2J    end");
    }
}
