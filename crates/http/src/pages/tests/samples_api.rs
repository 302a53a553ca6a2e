//! The reference of the service API, filled with one operation.

use super::samples::{add, chrome};
use crate::pages::{ApiAnswer, ApiField, ApiGroup, ApiOperation, ApiReference};

fn field(name: &str, required: bool) -> ApiField {
    ApiField {
        name: name.into(),
        kind: "string".into(),
        required,
        text: "What `navigator.credentials.get()` gives & no <img>.".into(),
    }
}

pub(super) fn pages() -> Vec<(String, String)> {
    let verify = ApiOperation {
        method: "POST".into(),
        path: "/v1/users/{user}/verify".into(),
        title: "Verify a user".into(),
        text: vec!["200 is the only answer that lets anybody in.".into()],
        parameters: vec![field("user", true)],
        body: vec![field("code", false), field("context.address", false)],
        answers: vec![
            ApiAnswer {
                status: "200".into(),
                text: "Accepted.".into(),
                fields: vec![field("verification_id", true)],
            },
            ApiAnswer {
                status: "422".into(),
                text: "`invalid_code`: The code was not accepted.".into(),
                fields: Vec::new(),
            },
        ],
    };
    let page = ApiReference {
        chrome: chrome(None, Vec::new()),
        text: "Only an answer in `2xx` lets anybody in.".into(),
        common: vec![(401, "`api_key_required`: It takes an API key.".into())],
        groups: vec![ApiGroup {
            name: "Verification".into(),
            text: "Is it them? Key scope `verify`.".into(),
            operations: vec![verify],
        }],
    };
    let mut pages = Vec::new();
    add(&mut pages, "api-reference", &page);
    pages
}
