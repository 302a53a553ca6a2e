//! A table that the tutorial's own packages made, moved in as its page says; and tables that are refused
//! as a whole.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::how_to::blocks;
use crate::support::{Answer, App, Client, Door, Place, Request, Run, Start, python, step};

const PAGE: &str = "../../docs/how-to/move-from-the-tutorial.md";
const KEY_FILE: [&str; 2] = ["--key-file", "fernet.key"];

/// An application of the tutorial, and what its users know.
struct Tutorial {
    place: Place,
    users: Vec<Value>,
    page: String,
    python: PathBuf,
}

impl Tutorial {
    /// None without the packages.
    fn new(rounds: u8) -> Option<Self> {
        let python = python()?;
        let place = Place::new();
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
        let page = fs::read_to_string(page).unwrap();
        let program = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/process/import/table.py");
        let mut command = place.command(python.to_str().unwrap());
        let made = command
            .args(["-I", "-B", program, &rounds.to_string()])
            .output();
        let made = Run::of(&made.unwrap()).ok();
        let script = blocks(&page, &["python"]).concat();
        fs::write(place.path("export.py"), script).unwrap();
        Some(Self {
            place,
            users: serde_json::from_str(&made).unwrap(),
            page,
            python,
        })
    }

    /// Commands in the shell, where `countersign` and `python3` are those of the test.
    fn shell(&self, script: &str) -> String {
        let binary = Path::new(env!("CARGO_BIN_EXE_countersign"));
        let folders = [binary.parent().unwrap(), self.python.parent().unwrap()];
        let [ours, python] = folders.map(|folder| folder.display().to_string());
        let mut shell = self.place.command("bash");
        let output = shell
            .args(["-eu", "-o", "pipefail", "-c", script])
            .env("PATH", format!("{ours}:{python}:/usr/bin:/bin"))
            .stdin(Stdio::null())
            .output();
        Run::of(&output.unwrap()).ok()
    }

    fn export(&self) -> String {
        self.shell("python3 export.py > users.jsonl");
        fs::read_to_string(self.place.path("users.jsonl")).unwrap()
    }

    fn import(&self, arguments: &[&str]) -> Run {
        let command = [&["import", "tutorial"], arguments].concat();
        self.place.run(&command, "")
    }

    /// What is refused leaves no user behind.
    #[track_caller]
    fn refuses(&self, arguments: &[&str], expected: &str) {
        let run = self.import(arguments);
        assert_eq!((run.code, &*run.stdout), (Some(1), ""), "{}", run.stderr);
        assert!(run.stderr.contains(expected), "{}", run.stderr);
        let count = "SELECT (SELECT count(*) FROM user) + (SELECT count(*) FROM audit_event \
                     WHERE event IN ('user_created', 'user_imported'))";
        let left: u32 = self
            .place
            .look()
            .query_row(count, [], |row| row.get(0))
            .unwrap();
        assert_eq!(left, 0);
    }

    fn app(&self, at: usize) -> App {
        let secret = self.users[at]["secret"].as_str().unwrap();
        App::scan(
            "",
            &format!("otpauth://totp/App:a?secret={secret}&issuer=App"),
        )
    }

    fn code(&self, at: usize, number: usize) -> &str {
        self.users[at]["codes"][number].as_str().unwrap()
    }
}

/// A back end that verifies.
struct Backend {
    client: Client,
    key: String,
}

impl Backend {
    fn new(place: &Place, door: Door) -> Self {
        let created = ["api-key", "create", "shop", "--scope", "verify,enroll"];
        Self {
            client: Client::new(door),
            key: place.run(&created, "").ok().trim_end().to_owned(),
        }
    }

    fn verify(&mut self, user: usize, body: &Value) -> Answer {
        let line = format!("Bearer {}", self.key);
        let request = Request::new("POST", &format!("/v1/users/{}/verify", user + 1));
        let request = request.field("authorization", &line).json(body);
        self.client.send(&request).unwrap()
    }

    fn backup_code(&mut self, user: usize, code: &str) -> Answer {
        self.verify(user, &json!({ "backup_code": code }))
    }
}

#[test]
fn a_table_of_the_tutorials_own_packages_is_moved_in_as_the_page_says() {
    let Some(tutorial) = Tutorial::new(12) else {
        return;
    };
    let server = Start::new().at(&tutorial.place);
    let script = blocks(&tutorial.page, &["sh"]).concat();
    let said = tutorial.shell(&script);
    assert_eq!(said, blocks(&tutorial.page, &["text"]).concat());
    let left = fs::read_to_string(tutorial.place.path("left.txt")).unwrap();
    assert_eq!(left.lines().count(), 3, "{left}");

    let mut backend = Backend::new(&tutorial.place, server.door());
    for user in 0..3 {
        let (app, now) = (tutorial.app(user), step());
        let next = json!({ "code": app.code(now + 1) });
        backend.verify(user, &next).expect(200);
        backend
            .verify(user, &next)
            .refuses(409, "code_already_used");
        // Half a minute before, it may have been used in the old program.
        backend
            .verify(user, &json!({ "code": app.code(now) }))
            .refuses(409, "code_already_used");
    }
    let first = tutorial.code(0, 0).to_owned();
    let told = backend.backup_code(0, &format!(" {first}\n")).expect(200);
    assert_eq!(told["backup_codes_left"], 2, "{told}");
    backend.backup_code(0, &first).refuses(422, "invalid_code");
    // One that has the form of our own, and one that no form of ours would take.
    backend.backup_code(0, tutorial.code(0, 1)).expect(200);
    backend
        .backup_code(0, &tutorial.code(0, 2).to_uppercase())
        .refuses(422, "invalid_code");
    let last = backend.backup_code(0, tutorial.code(0, 2)).expect(200);
    assert_eq!(last["backup_codes_left"], 0, "{last}");
    // Somebody else's, and nobody's.
    backend.backup_code(1, &first).refuses(422, "invalid_code");
    let printed = tutorial.place.printed("log");
    let printed = String::from_utf8_lossy(&printed);
    for user in &tutorial.users {
        assert!(!printed.contains(user["secret"].as_str().unwrap()));
    }
    tutorial.place.assert_sound();
}

#[test]
fn a_table_with_one_fault_moves_nobody_in() {
    let Some(tutorial) = Tutorial::new(4) else {
        return;
    };
    let place = &tutorial.place;
    place.run(&["init"], "").ok();
    let good = tutorial.export();
    let wrong = ["users.jsonl", "--key-file", "other.key"];
    tutorial.refuses(
        &wrong,
        "line 1: totp_secret opens with none of the Fernet keys",
    );
    let spoil = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        fs::write(place.path("spoiled.jsonl"), good.replacen(from, to, 1)).unwrap();
    };
    let line = good.lines().next().unwrap();
    let twice = format!("{line}\n{line}");
    for (from, to, expected) in [
        ("gAAAA", "gAAAB", "line 1: totp_secret opens"),
        ("\"user_id\": 3", "\"user_id\": \"..\"", "line 3: user_id"),
        (
            "\"user_id\": 2",
            "\"user\": 2",
            "line 2: unknown field `user`",
        ),
        (
            "$2b$04$",
            "$2b$15$",
            "line 1: backup_codes: number 1: its cost",
        ),
        (
            "$2b$04$",
            "$2x$04$",
            "line 1: backup_codes: number 1: it is no",
        ),
        ("user1@", "user1:", "line 1: account_name"),
        (line, &twice, "line 2: user_id is that of line 1"),
        (line, "{\"user_id\":", "line 1: it is not written"),
        (
            "\"backup_codes\"",
            "\"period\": 5, \"backup_codes\"",
            "line 1: ",
        ),
    ] {
        spoil(from, to);
        tutorial.refuses(&[&["spoiled.jsonl"], &KEY_FILE[..]].concat(), expected);
    }
    let run = tutorial.import(&["users.jsonl"]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
}

#[test]
fn a_table_in_csv_is_the_same_and_the_rest_is_moved_in_later() {
    let Some(tutorial) = Tutorial::new(4) else {
        return;
    };
    let place = &tutorial.place;
    let rows = tutorial.export();
    let rows: Vec<Value> = rows
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut table = "user_id,totp_secret,backup_codes,period\n".to_owned();
    for row in rows.iter().take(2) {
        let codes = row["backup_codes"].as_array().unwrap();
        let codes: Vec<_> = codes.iter().map(|code| code.as_str().unwrap()).collect();
        let secret = row["totp_secret"].as_str().unwrap();
        writeln!(table, "{},{secret},{},", row["user_id"], codes.join("|")).unwrap();
    }
    fs::write(place.path("users.csv"), table).unwrap();
    let json = [&["--output", "json"], &KEY_FILE[..]].concat();
    let told = tutorial.import(&[&["users.csv"], &json[..]].concat()).ok();
    let told: Value = serde_json::from_str(&told).unwrap();
    let expected =
        json!({ "users": 2, "imported": 2, "skipped": 0, "backup_codes": 6, "dry_run": false });
    assert_eq!(told, expected);
    let told = tutorial
        .import(&[&["users.jsonl"], &json[..]].concat())
        .ok();
    let told: Value = serde_json::from_str(&told).unwrap();
    let expected =
        json!({ "users": 3, "imported": 1, "skipped": 2, "backup_codes": 3, "dry_run": false });
    assert_eq!(told, expected);
    let bad = "user_id,totp_secret\n7,x,y\n";
    fs::write(place.path("bad.csv"), bad).unwrap();
    let run = tutorial.import(&[&["bad.csv"], &KEY_FILE[..]].concat());
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("line 2: "), "{}", run.stderr);
}
