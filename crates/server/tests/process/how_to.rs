//! Pages that people follow, run as they are written: every command, against the binary, and its
//! answers against those on the page.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::support::{Place, Start};

const PAGES: &str = "../../docs/how-to";

/// The blocks of these languages, in the order of the page.
pub fn blocks(page: &str, languages: &[&str]) -> Vec<String> {
    let parts = page.split("```").skip(1).step_by(2);
    parts
        .filter_map(|part| {
            let (language, text) = part.split_once('\n')?;
            languages.contains(&language).then(|| text.to_owned())
        })
        .collect()
}

/// What a line of the page promises: the fields of a JSON answer, or the line itself.
fn shape(line: &str) -> (BTreeSet<String>, Vec<Value>) {
    let Ok(Value::Object(fields)) = serde_json::from_str(line) else {
        return (BTreeSet::from([line.to_owned()]), Vec::new());
    };
    let told = [
        "code",
        "status",
        "enrolled",
        "methods",
        "backup_codes_left",
        "acr",
        "amr",
    ];
    let values = told.map(|name| fields.get(name).cloned().unwrap_or_default());
    (fields.keys().cloned().collect(), values.to_vec())
}

#[test]
fn the_page_beside_an_application_does_what_it_says() {
    does_what_it_says("beside-your-application.md");
}

#[test]
fn the_page_about_realms_does_what_it_says() {
    does_what_it_says("realms.md");
}

fn does_what_it_says(name: &str) {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGES);
    let page = fs::read_to_string(pages.join(name)).unwrap();
    let mut commands = blocks(&page, &["sh"]);
    assert_eq!(
        commands.remove(0),
        "countersign\n",
        "the server is started first"
    );
    assert!(commands.len() >= 4);
    let place = Place::new();
    let server = Start::new().at(&place);
    let door = format!("http://localhost:{}", server.door().port());
    // The port is another, and so the public name is told where the page needs not tell it.
    let script = commands
        .concat()
        .replace("http://localhost:8080", &door)
        .replace("curl -s", "curl -sS -H 'Host: localhost:8080'");
    let binary = Path::new(env!("CARGO_BIN_EXE_countersign"));
    let path = format!("{}:/usr/bin:/bin", binary.parent().unwrap().display());
    let mut shell = place
        .command("bash")
        .args(["-eu", "-o", "pipefail"])
        .env("PATH", path)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = shell.stdin.take().unwrap();
    input.write_all(script.as_bytes()).unwrap();
    drop(input);
    let output = shell.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let wrong = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}\n{wrong}");
    let promised = blocks(&page, &["json", "text"]).concat();
    let promised: Vec<_> = promised.lines().map(shape).collect();
    let shown: Vec<_> = said.lines().map(shape).collect();
    assert_eq!(shown, promised, "{said}\n{wrong}");
}
