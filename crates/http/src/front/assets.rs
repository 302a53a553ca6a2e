//! `GET /assets/{name}`: the compiled-in files, the only answers that may be kept.

use axum::extract::Path;
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};

use super::table::Table;
use crate::headers::IMMUTABLE;
use crate::pages::{self, Chrome};
use crate::problem::{Failure, Problem};

pub(super) fn routes(table: Table) -> Table {
    table.get("/assets/{name}", asset)
}

async fn asset(Path(name): Path<String>, address: Uri) -> Result<Response, Failure> {
    let asset = pages::asset(&name).ok_or(Problem::NotFound)?;
    let kind = [(header::CONTENT_TYPE, asset.content_type)];
    let mut response = (kind, asset.bytes).into_response();
    if is_versioned(&name, &address.to_string()) {
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, IMMUTABLE);
    }
    Ok(response)
}

/// Style and script change under their names: they are kept only by the address that has their
/// hash. A font or picture that changes gets a new name.
fn is_versioned(name: &str, address: &str) -> bool {
    let chrome = Chrome::default();
    match name {
        "app.css" => address.ends_with(chrome.style()),
        "app.js" => address.ends_with(chrome.script()),
        "passkey.js" => address.ends_with(chrome.passkey_script()),
        _ => true,
    }
}
