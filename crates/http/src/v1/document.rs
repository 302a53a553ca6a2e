//! The `OpenAPI` document of the service API, derived from the handlers.

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, Modify, OpenApi};

use super::{audit_events, authenticators, backup_codes, challenges, users, verify};
use crate::problem::Document;

/// `{user}`.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "it is only described; extractors read it")]
pub(super) struct UserPath {
    /// The application's own id of the user: 1 to 128 bytes of UTF-8 without control characters,
    /// percent-encoded in one segment, case-sensitive, neither `.` nor `..`.
    #[param(
        example = "u-1",
        min_length = 1,
        max_length = 128,
        pattern = r"^[^\u0000-\u001f\u007f-\u009f]+$"
    )]
    user: String,
}

/// `{user}` and `{id}`.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "it is only described; extractors read it")]
pub(super) struct AuthenticatorPath {
    /// The application's own id of the user: 1 to 128 bytes of UTF-8 without control characters,
    /// percent-encoded in one segment, case-sensitive, neither `.` nor `..`.
    #[param(
        example = "u-1",
        min_length = 1,
        max_length = 128,
        pattern = r"^[^\u0000-\u001f\u007f-\u009f]+$"
    )]
    user: String,
    /// The authenticator's id.
    id: String,
}

/// The part of a list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is only described; extractors read it")]
pub(super) struct PageQuery {
    /// The `next_cursor` of the page before. It means nothing by itself.
    #[param(min_length = 1)]
    after: Option<String>,
    /// At most so many.
    #[param(minimum = 1, maximum = 500, default = 100)]
    limit: Option<u32>,
}

/// `Idempotency-Key`.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it is only described; extractors read it")]
pub(super) struct OnceHeader {
    /// A name for this request, 1 to 255 visible ASCII characters. Within 24 hours the same request
    /// by the same API key is done once, and another one under this name is refused.
    #[param(
        rename = "Idempotency-Key",
        min_length = 1,
        max_length = 255,
        pattern = "^[!-~]+$"
    )]
    idempotency_key: Option<String>,
}

/// The whole document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Countersign service API",
        description = "The second step for an application that has its own users and passwords. \
            Only an answer in 2xx lets anybody in. Errors are problem documents (RFC 9457): key on \
            `code`. Times are RFC 3339 in UTC."
    ),
    servers((url = "/")),
    paths(
        users::show,
        challenges::begin,
        verify::verify,
        authenticators::begin,
        authenticators::confirm,
        authenticators::list,
        authenticators::rename,
        authenticators::revoke,
        backup_codes::count,
        backup_codes::replace,
        users::list,
        users::reset,
        audit_events::list
    ),
    components(schemas(Document)),
    modifiers(&Key, &LeftOut),
    security(("api_key" = [])),
    tags(
        (name = "Verification", description = "Is it them? Key scope `verify`."),
        (name = "Enrollment", description = "Give a user an authenticator. Key scope `enroll`."),
        (name = "Management", description = "What a user has. Key scope `enroll`."),
        (name = "Administration", description = "For who looks after the users. Key scope `admin`, \
            which enrolls nothing.")
    )
)]
pub(super) struct Service;

struct Key;

impl Modify for Key {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("csk_…")
            .description(Some(
                "An API key, made by `countersign api-key create`. It begins with `csk_`.",
            ))
            .build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("api_key", SecurityScheme::Http(scheme));
        document.info.license = None;
        document.info.contact = None;
    }
}

/// A body that may be left out is never `null`: the derived schema would promise that it may be.
struct LeftOut;

impl Modify for LeftOut {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        for path in document.paths.paths.values_mut() {
            for operation in [&mut path.post, &mut path.delete].into_iter().flatten() {
                let Some(RefOr::T(body)) = &mut operation.request_body else {
                    continue;
                };
                for content in body.content.values_mut() {
                    if let RefOr::T(content) = content {
                        content.schema = content.schema.take().map(never_null);
                    }
                }
            }
        }
    }
}

/// Of a schema that is a named one or null, the named one.
fn never_null(schema: RefOr<Schema>) -> RefOr<Schema> {
    let RefOr::T(Schema::OneOf(either)) = &schema else {
        return schema;
    };
    let named = either.items.iter().find(|one| matches!(one, RefOr::Ref(_)));
    named.cloned().unwrap_or(schema)
}

/// The document as it is committed and served.
pub(super) fn text() -> String {
    let mut text = Service::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}
