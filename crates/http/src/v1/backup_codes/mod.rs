//! `/v1/users/{user}/backup-codes`: how many are left, and a new set.

mod count;
mod replace;

pub(super) use count::{__path_count, count};
pub(super) use replace::{__path_replace, replace};

use crate::table::Table;

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/v1/users/{user}/backup-codes", count)
        .post("/v1/users/{user}/backup-codes", replace)
}
