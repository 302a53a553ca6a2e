//! Problems (RFC 9457): the closed catalogue, what a failed request carries, and how both are told.

mod catalogue;
mod engine;
mod failure;
mod service;

use std::fmt::Write as _;

pub use catalogue::{Problem, Row};
pub(crate) use engine::Settle;
pub(crate) use failure::{Document, Failure, StepUp};

/// All rows of the catalogue.
pub fn catalogue() -> impl Iterator<Item = Row> {
    Problem::ALL.iter().map(|problem| problem.row())
}

/// The catalogue as the reference documentation prints it.
pub fn markdown() -> String {
    let mut text = String::from(
        "# Errors\n\n\
         Every error is an `application/problem+json` document (RFC 9457) with `type`, `title`, \
         `status`, `code`, `detail` and `request_id`. Key on `code` or `type`, never on the words. \
         An answer in `2xx` is the only one that lets anybody in.\n\n\
         | code | status | title | what to do |\n|---|---|---|---|\n",
    );
    for row in catalogue() {
        let Row {
            code,
            status,
            title,
            detail,
        } = row;
        // Writing to a string does not fail.
        let _ = writeln!(text, "| `{code}` | {status} | {title} | {detail} |");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_two_rows_are_the_same_problem() {
        let rows: HashSet<_> = catalogue().map(|row| (row.code, row.status)).collect();
        assert_eq!(rows.len(), Problem::ALL.len());
    }

    #[test]
    fn codes_are_snake_case_and_statuses_are_errors() {
        for row in catalogue() {
            let snake = |letter: char| letter.is_ascii_lowercase() || letter == '_';
            assert!(
                row.code.len() >= 3 && row.code.chars().all(snake),
                "{row:?}"
            );
            assert!((400..=599).contains(&row.status), "{row:?}");
            assert!(
                row.title.ends_with('.') && row.detail.ends_with('.'),
                "{row:?}"
            );
        }
    }

    #[test]
    fn the_document_has_a_line_for_each() {
        let document = markdown();
        for row in catalogue() {
            let line = format!("| `{}` | {} |", row.code, row.status);
            assert!(document.contains(&line), "{line}");
        }
        assert!(!document.lines().any(|line| line.matches('|').count() > 5));
    }
}
