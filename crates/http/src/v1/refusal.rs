//! What the operations may be refused with, as the document tells it.

use std::collections::BTreeMap;

use utoipa::openapi::schema::{AllOfBuilder, ObjectBuilder, Type};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

use crate::problem::{Problem, Row};

/// By any operation.
pub(super) const ANY: &[Problem] = &[
    Problem::ApiKeyRequired,
    Problem::MalformedApiKey,
    Problem::InvalidApiKey,
    Problem::Misdirected,
    Problem::TooManyRequests,
    Problem::Internal,
    Problem::StoreUnavailable,
    Problem::ClockWrong,
    Problem::SecretUnavailable,
    Problem::TimedOut,
    Problem::Unavailable,
];

/// By one that takes a scope.
pub(super) const SCOPE: &[Problem] = &[Problem::InsufficientScope];

/// By one that names a user.
pub(super) const USER: &[Problem] = &[Problem::InvalidUserId];

/// By one that may change something: it takes a body.
pub(super) const BODY: &[Problem] = &[
    Problem::CrossSite,
    Problem::MalformedBody,
    Problem::InvalidFields,
    Problem::TooLarge,
    Problem::UnsupportedMediaType,
];

/// By one that can be named by an `Idempotency-Key`.
pub(super) const ONCE: &[Problem] = &[
    Problem::InvalidIdempotencyKey,
    Problem::IdempotencyKeyReused,
    Problem::AlreadyCreated,
];

/// By one that judges a proof of the user's.
pub(super) const PROOF: &[Problem] = &[
    Problem::CodeRefused,
    Problem::CodeSpent,
    Problem::MalformedCode,
    Problem::Throttled,
    Problem::CodesSuspended,
    Problem::PasskeyRefused,
    Problem::ChallengeExpired,
    Problem::ChallengeSpent,
];

/// What is told once for all operations, and left out of each.
pub(super) fn common() -> impl Iterator<Item = Row> {
    let groups = [ANY, SCOPE, USER, BODY];
    groups.into_iter().flatten().map(|problem| problem.row())
}

/// A type with the refusals of one operation: those of the named groups, and its own.
macro_rules! refusals {
    ($($group:ident)*; $($own:ident)*) => {
        /// What may be answered instead.
        pub(in crate::v1) struct Refused;

        impl utoipa::IntoResponses for Refused {
            fn responses()
            -> std::collections::BTreeMap<String, utoipa::openapi::RefOr<utoipa::openapi::Response>>
            {
                $crate::v1::refusal::responses(&[
                    $crate::v1::refusal::ANY,
                    $($crate::v1::refusal::$group,)*
                    &[$($crate::problem::Problem::$own,)*],
                ])
            }
        }
    };
}
pub(super) use refusals;

/// One response for each status, with the codes it may carry.
pub(super) fn responses(groups: &[&[Problem]]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<u16, Vec<Row>> = BTreeMap::new();
    for problem in groups.iter().copied().flatten() {
        let row = problem.row();
        by_status.entry(row.status).or_default().push(row);
    }
    let told = by_status.into_iter();
    told.map(|(status, rows)| (status.to_string(), RefOr::T(response(&rows))))
        .collect()
}

fn response(rows: &[Row]) -> Response {
    let told = rows
        .iter()
        .map(|row| format!("`{}`: {}", row.code, row.title));
    let codes = rows.iter().map(|row| row.code);
    let code = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(codes));
    let these = ObjectBuilder::new().property("code", code);
    let schema = AllOfBuilder::new()
        .item(Ref::from_schema_name("Problem"))
        .item(these);
    let content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new()
        .description(told.collect::<Vec<_>>().join(" "))
        .content("application/problem+json", content)
        .build()
}
