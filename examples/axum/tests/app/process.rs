//! The program itself: it starts in an empty folder, says where it is, and finds everything again.

use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::browser::Browser;

struct Program(Child);

impl Program {
    fn start(folder: &Path) -> (Self, Browser) {
        let mut program = Command::new(env!("CARGO_BIN_EXE_countersign-example-axum"))
            .arg(folder)
            .arg("127.0.0.1:0")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
        let origin = lines.next().unwrap().unwrap();
        let port = origin.strip_prefix("http://localhost:").unwrap();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port.parse().unwrap()));
        (Self(program), Browser::new(address))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn it_starts_in_an_empty_folder_and_again_in_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (program, mut browser) = Program::start(folder.path());
    browser.sign_up("alice@example.com").await.leads_to("/");
    let scan = browser.post("/setup", &[]).await;
    assert!(scan.link("otpauth://totp/MyApp:").contains("issuer=MyApp"));
    drop(program);
    let (_program, mut browser) = Program::start(folder.path());
    browser.sign_in("alice@example.com").await.leads_to("/");
}
