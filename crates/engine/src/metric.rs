//! What is counted for whoever operates it, through the `metrics` facade: without a recorder, nothing.
//! No label ever tells of a user.

use metrics::counter;

use crate::error::Error;
use crate::verification::{Closed, Ended};

/// An attempt that was admitted and ended.
pub(crate) fn ended(method: &'static str, ended: &Ended) {
    verification(
        method,
        match ended {
            Ended::Accepted(..) => "accepted",
            Ended::AlreadyUsed => "already_used",
            Ended::Refused => "refused",
            Ended::Gone => "gone",
        },
    );
}

/// An attempt that was not admitted.
pub(crate) fn closed(method: &'static str, closed: &Closed) {
    verification(
        method,
        match closed {
            Closed::Gone => "gone",
            Closed::Exhausted => "suspended",
            Closed::Throttled(_) => "throttled",
        },
    );
}

fn verification(method: &'static str, outcome: &'static str) {
    counter!("countersign_verifications_total", "method" => method, "outcome" => outcome)
        .increment(1);
}

/// An operation of the store, counted if it failed.
pub(crate) fn store<T>(operation: &'static str, answer: Result<T, Error>) -> Result<T, Error> {
    if answer.is_err() {
        counter!("countersign_store_errors_total", "operation" => operation).increment(1);
    }
    answer
}

/// A password or backup code that found the hashing pool full.
pub(crate) fn hashing_full() {
    counter!("countersign_hashing_refused_total").increment(1);
}
