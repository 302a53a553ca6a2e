//! Nothing secret is anywhere but where it belongs: looked for in the database, the log at its most
//! talkative, every answer and what the commands print.

mod browser;
mod host;
mod program;
mod secrets;
mod service;
mod watched;

use std::collections::BTreeSet;
use std::fs;

use countersign_http::routes;

use self::secrets::{Kind, Secrets};
use self::watched::Watched;
use crate::support::{Place, Server, Start};

/// Everything that two users did in a day, and where it may have left traces.
struct Day {
    place: Place,
    server: Server,
    program: Watched,
    person: Watched,
}

impl Day {
    fn new() -> Self {
        let place = Place::new();
        let server = Start::new()
            .with("COUNTERSIGN_LOG", "trace")
            .with("COUNTERSIGN_TRUSTED_PROXIES", "127.0.0.1")
            .with("COUNTERSIGN_FORWARD_AUTH_HOSTS", host::HOST)
            .at(&place);
        let link = server.link().unwrap().to_owned();
        let mut program = Watched::new(server.door());
        let mut person = Watched::new(server.door());
        assert_eq!(person.page(&format!("/setup/{link}")).status, 200);
        program::walk(&mut program, &link);
        service::walk(&mut program, &place);
        place.add_user("bob");
        browser::walk(&mut person, "bob");
        host::walk(&mut person, server.door());
        Self {
            place,
            server,
            program,
            person,
        }
    }

    fn secrets(&self) -> impl Iterator<Item = &Secrets> {
        [&self.program.secrets, &self.person.secrets].into_iter()
    }

    #[track_caller]
    fn none_in(&self, what: &str, bytes: &[u8]) {
        for secrets in self.secrets() {
            secrets.none_in(what, bytes);
        }
    }
}

/// The files of the data directory but the keyring.
fn files(day: &Day) -> Vec<(String, Vec<u8>)> {
    fs::read_dir(day.place.path("countersign-data"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            (
                entry.file_name().into_string().unwrap(),
                fs::read(entry.path()).unwrap(),
            )
        })
        .filter(|(name, _)| name != "keyring.json")
        .collect()
}

#[test]
fn no_secret_is_anywhere_but_where_it_belongs() {
    let mut day = Day::new();
    every_route_was_taken(&day);
    answers(&day.program);
    answers(&day.person);

    let names: BTreeSet<String> = files(&day).into_iter().map(|(name, _)| name).collect();
    let database = ["countersign.db", "countersign.db-shm", "countersign.db-wal"];
    assert!(
        database.iter().all(|name| names.contains(*name)),
        "{names:?}"
    );
    for (name, bytes) in files(&day) {
        day.none_in(&name, &bytes);
    }
    rows_are_there(&day);
    commands(&day);

    let log = day.place.printed("log");
    let text = String::from_utf8(log.clone()).unwrap();
    assert!(text.contains(r#""level":"TRACE""#) && text.contains("answered"));
    day.none_in("the log", &log);
    let printed = String::from_utf8(day.place.printed("out")).unwrap();
    let link = day.server.link().unwrap();
    assert_eq!(printed.matches(link).count(), 1, "the one exception, once");
    day.none_in("standard output", printed.replace(link, "LINK").as_bytes());

    // All of it once more when the log of writes has been folded into the file.
    day.server.kill();
    day.server.start_again(&day.place);
    let folding = day.place.look();
    folding
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    let is_main = |(name, _): &(String, Vec<u8>)| name.ends_with("countersign.db");
    let (_, bytes) = files(&day).into_iter().find(is_main).unwrap();
    assert!(
        bytes.len() > 50_000,
        "the database was folded into its file"
    );
    day.none_in("the folded database", &bytes);
    a_planted_secret_is_found(&day, &log);
}

/// A search that finds nothing has to be able to find.
fn a_planted_secret_is_found(day: &Day, log: &[u8]) {
    let end = &log[log.len() - 2000..];
    for secrets in day.secrets() {
        for secret in &secrets.0 {
            let planted = [end, b"\"", &secret.spelling, b"\"\n"].concat();
            let kinds = secrets.kinds_in(&planted);
            assert!(
                kinds.contains(&secret.kind),
                "{:?} is not seen",
                secret.kind
            );
        }
        let kinds: BTreeSet<Kind> = secrets.0.iter().map(|secret| secret.kind).collect();
        assert!(kinds.len() >= 6, "{kinds:?}");
    }
}

fn every_route_was_taken(day: &Day) {
    let taken =
        |name: &str| day.program.visited.contains(name) || day.person.visited.contains(name);
    for route in routes() {
        let name = format!("{} {}", route.method, route.path);
        assert!(taken(&name), "{name} was not looked at");
    }
}

/// Where each kind of secret may be in an answer; and each of the shown ones once.
fn answers(watched: &Watched) {
    for (name, answer) in &watched.answers {
        for (field, value) in &answer.fields {
            let kinds = watched.secrets.kinds_in(value.as_bytes());
            let allowed = match field.as_str() {
                "set-cookie" => kinds == [Kind::Cookie],
                "location" => name == "GET /return" && kinds == [Kind::Ticket],
                _ => false,
            };
            assert!(
                kinds.is_empty() || allowed,
                "{kinds:?} in {field} of {name}"
            );
        }
        for kind in watched.secrets.kinds_in(&answer.body) {
            let allowed = match kind {
                Kind::Password | Kind::Code | Kind::Cookie | Kind::ApiKey | Kind::Ticket => false,
                Kind::TotpSecret => {
                    name == "POST /mfa/setup" || name == "POST /v1/users/{user}/authenticators"
                }
                Kind::BackupCode => [
                    "POST /mfa/confirm",
                    "POST /mfa/backup-codes",
                    "POST /v1/users/{user}/authenticators/{id}/confirm",
                    "POST /v1/users/{user}/backup-codes",
                ]
                .contains(&name.as_str()),
                Kind::Grant => name == "POST /v1/users/{user}/verify",
                Kind::FormToken => answer
                    .field("content-type")
                    .unwrap()
                    .starts_with("text/html"),
                Kind::SetupToken => name == "GET /setup/{token}",
            };
            assert!(allowed, "{kind:?} in the answer to {name}");
        }
        if answer.status >= 400 && answer.field("content-type").unwrap().contains("problem") {
            watched.secrets.none_in(name, &answer.body);
        }
    }
    let mut shown = vec![0; watched.secrets.0.len()];
    for (_, answer) in &watched.answers {
        for number in watched.secrets.found_in(&answer.body) {
            shown[number] += 1;
        }
    }
    for kind in [Kind::TotpSecret, Kind::BackupCode, Kind::Grant] {
        let of_kind = watched.secrets.0.iter().zip(&shown);
        let times = of_kind.filter(|(secret, _)| secret.kind == kind);
        let most = times.map(|(_, times)| *times).max();
        let most = most.unwrap_or(usize::from(kind == Kind::Grant));
        assert_eq!(most, 1, "{kind:?} is in that many answers");
    }
}

/// What stands for the secrets is there: a search of an empty database would prove nothing.
fn rows_are_there(day: &Day) {
    let database = day.place.look();
    let count = |sql: &str| -> i64 { database.query_row(sql, [], |row| row.get(0)).unwrap() };
    for table in [
        "user",
        "authenticator",
        "backup_code",
        "known_browser",
        "api_key",
        "audit_event",
    ] {
        assert!(
            count(&format!("SELECT count(*) FROM {table}")) > 0,
            "{table}"
        );
    }
    let cookie = day.person.client.cookie("session").unwrap();
    let hash = secrets::hash(&cookie);
    let found: i64 = database
        .query_row(
            "SELECT count(*) FROM session WHERE hash = ?1",
            [&hash[..]],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(found, 1);
}

fn commands(day: &Day) {
    for arguments in [
        &["audit", "export"][..],
        &["audit", "tail", "-n", "1000"],
        &["user", "list", "--output", "json"],
        &["authenticators", "list", "alice"],
        &["backup-codes", "bob"],
        &["keys", "list"],
        &["api-key", "list"],
        &["api-key", "list", "--output", "json"],
        &["config", "show"],
        &["doctor"],
        &["user", "disable", "alice"],
        &["user", "reset", "bob", "--yes"],
    ] {
        let run = day.place.run(arguments, "");
        day.none_in(&arguments.join(" "), (run.stdout + &run.stderr).as_bytes());
    }
    let exported = day.place.run(&["audit", "export"], "").ok();
    assert!(exported.lines().count() > 40, "{exported}");
}
