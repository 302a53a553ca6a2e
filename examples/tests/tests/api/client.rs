//! A client that a program made out of the document, in another language, at work.

use std::process::Command;

use countersign_examples::{Product, Tools, folder};

#[test]
fn a_generated_client_enrolls_and_verifies() {
    let Some(tools) = Tools::find() else { return };
    let product = Product::start(&tools.server);
    let place = tempfile::tempdir().unwrap();
    let mut generate = Command::new(tools.program("openapi-python-client"));
    generate
        .args(["generate", "--meta", "none", "--fail-on-warning", "--path"])
        .arg(folder("crates/http/openapi.json"))
        .args(["--config"])
        .arg(folder("examples/tests/tests/api/generator.yaml"))
        .arg("--output-path")
        .arg(place.path().join("service"));
    let made = generate.output().unwrap();
    assert!(made.status.success(), "{made:?}");
    let mut client = Command::new(&tools.python);
    client
        .arg(folder("examples/tests/tests/api/client.py"))
        .env("PYTHONPATH", place.path())
        .env("COUNTERSIGN_AT", product.origin())
        .env("COUNTERSIGN_KEY", product.key("verify,enroll"))
        .env("COUNTERSIGN_BIN", &tools.server);
    let done = client.output().unwrap();
    assert!(done.status.success(), "{done:?}");
    let said = String::from_utf8(done.stdout).unwrap();
    assert_eq!(
        said,
        "enrolled\ncode_already_used\nverified aal2\ninvalid_code\n"
    );
}
