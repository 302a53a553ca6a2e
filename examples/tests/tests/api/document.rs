//! The `OpenAPI` document, judged by programs that others wrote.

use std::process::Command;

use countersign_e2e::Phone;
use countersign_examples::{Product, Tools, folder};
use serde_json::{Value, json};

const DOCUMENT: &str = "crates/http/openapi.json";

#[test]
fn the_document_is_valid_openapi() {
    let Some(tools) = Tools::find() else { return };
    let mut validator = Command::new(&tools.python);
    validator.args(["-m", "openapi_spec_validator"]);
    let judged = validator.arg(folder(DOCUMENT)).output().unwrap();
    assert!(judged.status.success(), "{judged:?}");
}

/// Walks every operation with what fits the document and with what does not, in all of the checker's
/// ways, with a fixed seed and for a bounded time.
async fn walk(scopes: &str, seconds: u32) {
    let Some(tools) = Tools::find() else { return };
    let product = Product::start(&tools.server);
    enroll(&product).await;
    let key = product.key(scopes);
    let place = tempfile::tempdir().unwrap();
    let rules = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/schemathesis.toml");
    let mut walk = Command::new(tools.program("st"));
    walk.current_dir(place.path())
        .args(["--config-file", rules, "run"])
        .arg(folder(DOCUMENT).canonicalize().unwrap())
        .args(["--url", &product.origin()])
        .args(["--header", &format!("Authorization: Bearer {key}")])
        .args(["--seed", "1", "--max-examples", "25", "--no-color"])
        .args(["--continue-on-failure", "--max-time", &seconds.to_string()]);
    let walked = walk.output().unwrap();
    let said = String::from_utf8_lossy(&walked.stdout);
    assert!(walked.status.success(), "{said}");
    assert!(said.contains("Tested: 13"), "{said}");
}

/// The user whom the document's examples name has an authenticator, so that more than refusals are seen.
async fn enroll(product: &Product) {
    let key = product.key("enroll");
    let http = reqwest::Client::new();
    let post = async |path: &str, body: Value| -> Value {
        let request = http.post(format!("{}/users/u-1/authenticators{path}", product.api()));
        let request = request
            .bearer_auth(&key)
            .header("content-type", "application/json");
        let answer = request.body(body.to_string()).send().await.unwrap();
        assert!(answer.status().is_success(), "{answer:?}");
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    };
    let begun = post(
        "",
        json!({ "type": "totp", "account_name": "alice@example.com" }),
    )
    .await;
    let mut phone = Phone::scan(begun["uri"].as_str().unwrap());
    let path = format!("/{}/confirm", begun["id"].as_str().unwrap());
    post(&path, json!({ "code": phone.code().await })).await;
}

#[tokio::test]
async fn every_answer_to_a_key_of_all_scopes_is_documented() {
    walk("verify,enroll,admin", 70).await;
}

#[tokio::test]
async fn every_answer_to_a_key_of_one_scope_is_documented() {
    walk("verify", 20).await;
}
