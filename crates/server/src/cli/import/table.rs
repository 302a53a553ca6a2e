//! The table as a file, read row by row: JSON Lines or CSV. It knows fields and lines, and judges no
//! content. What it says of a fault holds nothing that stood in the file but names of fields.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::failure::{Failure, FileFailure};

/// The longest line of JSON that is read, in bytes.
const MOST: u64 = 64 * 1024;

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated values, with a header.
    Csv,
}

/// A table in a file.
pub(super) struct Table {
    path: PathBuf,
    format: Format,
}

/// One user of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    pub(super) user_id: Id,
    pub(super) account_name: Option<String>,
    pub(super) totp_secret: Option<String>,
    pub(super) backup_codes: Option<Codes>,
    pub(super) digits: Option<u8>,
    pub(super) period: Option<u64>,
    pub(super) algorithm: Option<String>,
    pub(super) label: Option<String>,
}

/// A database's ids are numbers as often as text.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Id {
    Number(i64),
    Text(String),
}

impl Id {
    pub(super) fn text(self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text,
        }
    }
}

/// A list, or a text that holds one.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Codes {
    List(Vec<String>),
    Text(String),
}

/// The same from CSV, where everything is text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    user_id: String,
    account_name: Option<String>,
    totp_secret: Option<String>,
    backup_codes: Option<String>,
    digits: Option<u8>,
    period: Option<u64>,
    algorithm: Option<String>,
    label: Option<String>,
}

impl From<Record> for Row {
    fn from(record: Record) -> Self {
        Self {
            user_id: Id::Text(record.user_id),
            account_name: record.account_name,
            totp_secret: record.totp_secret,
            backup_codes: record.backup_codes.map(Codes::Text),
            digits: record.digits,
            period: record.period,
            algorithm: record.algorithm,
            label: record.label,
        }
    }
}

/// A line's number, and its row or what is wrong with it.
pub(super) type Numbered = (u64, Result<Row, String>);

impl Table {
    /// In the format that is given, else in that of the file's name.
    pub(super) fn new(path: &Path, format: Option<Format>) -> Result<Self, Failure> {
        let named = path.extension().and_then(|extension| extension.to_str());
        let format = match (format, named) {
            (Some(format), _) => format,
            (None, Some("jsonl" | "ndjson")) => Format::Jsonl,
            (None, Some("csv")) => Format::Csv,
            (None, _) => return Err(Failure::Usage("say --format jsonl or --format csv")),
        };
        Ok(Self {
            path: path.to_owned(),
            format,
        })
    }

    /// Its rows, from the beginning; a fault of the disk is one.
    pub(super) fn rows(
        &self,
    ) -> Result<Box<dyn Iterator<Item = Result<Numbered, Failure>>>, Failure> {
        let file = File::open(&self.path).map_err(|error| self.unreadable(error))?;
        let path = self.path.clone();
        let unreadable = move |error| FileFailure::new("read", &path, error).into();
        Ok(match self.format {
            Format::Jsonl => Box::new(lines(file).map(move |line| line.map_err(&unreadable))),
            Format::Csv => Box::new(records(file).map(move |line| line.map_err(&unreadable))),
        })
    }

    fn unreadable(&self, error: std::io::Error) -> Failure {
        FileFailure::new("read", &self.path, error).into()
    }
}

fn lines(file: File) -> impl Iterator<Item = Result<Numbered, std::io::Error>> {
    let (mut reader, mut number) = (BufReader::new(file), 0);
    std::iter::from_fn(move || {
        loop {
            let mut line = Vec::new();
            number += 1;
            match reader.by_ref().take(MOST + 1).read_until(b'\n', &mut line) {
                Err(error) => return Some(Err(error)),
                Ok(0) => return None,
                Ok(_) if line.trim_ascii().is_empty() => {}
                Ok(_) => {
                    let short = line.len() <= usize::try_from(MOST).unwrap_or_default();
                    if !short && let Err(error) = reader.skip_until(b'\n') {
                        return Some(Err(error));
                    }
                    let row = if short {
                        serde_json::from_slice(&line).map_err(|error| told(&error.to_string()))
                    } else {
                        Err(format!("it is longer than {MOST} bytes"))
                    };
                    return Some(Ok((number, row)));
                }
            }
        }
    })
}

fn records(file: File) -> impl Iterator<Item = Result<Numbered, std::io::Error>> {
    let mut reader = csv::Reader::from_reader(file);
    let mut ended = false;
    std::iter::from_fn(move || {
        if ended {
            return None;
        }
        let header = match reader.headers() {
            Ok(header) => header.clone(),
            Err(error) => {
                ended = true;
                return Some(fault(1, error));
            }
        };
        let mut record = csv::StringRecord::new();
        match reader.read_record(&mut record) {
            Ok(false) => None,
            Ok(true) => {
                let line = record.position().map_or(0, csv::Position::line);
                let row = record.deserialize::<Record>(Some(&header)).map(Row::from);
                Some(Ok((line, row.map_err(|error| csv_told(&error)))))
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                Some(fault(line, error))
            }
        }
    })
}

fn fault(line: u64, error: csv::Error) -> Result<Numbered, std::io::Error> {
    if error.is_io_error()
        && let csv::ErrorKind::Io(error) = error.into_kind()
    {
        return Err(error);
    }
    Ok((
        line,
        Err("it is no line of CSV with as many fields as the header".to_owned()),
    ))
}

fn csv_told(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Deserialize { err, .. } => told(&err.kind().to_string()),
        _ => told(""),
    }
}

/// What names fields is told; what might name their content is not.
fn told(error: &str) -> String {
    let named = ["unknown field", "missing field", "duplicate field"];
    match named.iter().find_map(|head| error.find(head)) {
        Some(at) => {
            let text = error.get(at..).unwrap_or_default();
            text.split(" at line ").next().unwrap_or(text).to_owned()
        }
        None => {
            "it is not written as it should be, or one of its fields is of another type".to_owned()
        }
    }
}
