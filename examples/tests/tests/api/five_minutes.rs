//! The page for who has five minutes: its programs as they stand there, with a phone beside them.

use std::fs;
use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};

use countersign_e2e::Phone;
use countersign_examples::{Product, Tools, folder};

const PAGE: &str = "docs/how-to/five-minutes-in-python-and-node.md";

/// The first block of a language.
fn block(language: &str) -> String {
    let page = fs::read_to_string(folder(PAGE)).unwrap();
    let (_, rest) = page.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

/// What the page says is printed, without what a person adds: the codes and the secret.
fn promised() -> String {
    let shown = block("text");
    let lines = shown.lines().map(|line| match line.split_once(": ") {
        Some((said, "492039" | "287082")) => format!("{said}: "),
        Some((said, _secret)) => format!("{said}: \n"),
        None => format!("{line}\n"),
    });
    lines.collect()
}

async fn follow(language: &str, file: &str) {
    let Some(server) = Tools::server() else {
        return;
    };
    let page = fs::read_to_string(folder(PAGE)).unwrap();
    let line = page
        .lines()
        .find(|line| line.ends_with(&format!(" {file}")));
    let (program, _) = line.unwrap().split_once(' ').unwrap();
    let product = Product::start(&server);
    let place = tempfile::tempdir().unwrap();
    let text = block(language).replace("http://localhost:8080", &product.origin());
    fs::write(place.path().join(file), text).unwrap();
    let mut child = Command::new(program)
        .arg(file)
        .current_dir(place.path())
        .env("COUNTERSIGN_KEY", product.key("verify,enroll"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut input, mut output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut said = String::new();
    let mut hear = |until: &str| {
        let mut byte = [0];
        while !said.ends_with(until) && output.read(&mut byte).unwrap() == 1 {
            said.push(char::from(byte[0]));
        }
        said.clone()
    };
    let heard = hear("\nCode: ");
    let line = heard.lines().next().unwrap();
    let secret = line.rsplit(' ').next().unwrap().to_owned();
    let mut phone = Phone::with_key(&secret);
    writeln!(input, "{}", phone.code().await).unwrap();
    hear("The code after it: ");
    writeln!(input, "{}", phone.code().await).unwrap();
    let said = hear("no more").replace(&secret, "");
    assert!(child.wait().unwrap().success(), "{said}");
    assert_eq!(said, promised());
}

#[tokio::test]
async fn the_page_works_in_python() {
    follow("python", "five_minutes.py").await;
}

#[tokio::test]
async fn the_page_works_in_node() {
    follow("js", "five-minutes.mjs").await;
}
