//! The tutorial everyone copies, with its second step asked of Countersign.

use std::process::Command;

use countersign_examples::{Product, Site, Tools, free_port};

use crate::story;

#[tokio::test]
async fn the_flask_example_demands_the_second_step() {
    let Some(tools) = Tools::find() else { return };
    let mut product = Product::start(&tools.server);
    let (key, port) = (product.key("verify,enroll"), free_port());
    let site = Site::start("flask", port, |_| {
        let mut command = Command::new(&tools.python);
        command
            .args(["-m", "flask", "--app", "app", "run", "--port"])
            .arg(port.to_string())
            .env_clear()
            .env("SECRET_KEY", "known to this test alone")
            .env("PLAIN_HTTP", "1")
            .env("COUNTERSIGN_AT", product.api())
            .env("COUNTERSIGN_KEY", key);
        command
    });
    story::tell(&mut product, &site).await;
    let log = site.log();
    assert!(log.contains("Countersign does not answer"), "{log}");
    assert!(!log.contains("Traceback") && !log.contains("csk_"), "{log}");
}
