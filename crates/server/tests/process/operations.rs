//! The operations listener: what it tells of a server that works, one that cannot, and one that stops.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde_json::json;

use crate::support::{Client, Door, Person, Place, Server, Start, login};

fn watched(place: &Place) -> (Server, Door) {
    let server = Start::new()
        .with("COUNTERSIGN_OPERATIONS_LISTEN", "127.0.0.1:0")
        .with("COUNTERSIGN_SHUTDOWN_DELAY", "2s")
        .at(place);
    let operations = Door::of_operations(place);
    (server, operations)
}

fn ready(operations: &Door) -> (u16, String) {
    let answer = Client::new(operations.clone()).get("/readyz");
    assert_eq!(answer.field("cache-control"), Some("no-store"));
    (
        answer.status,
        answer.json()["status"].as_str().unwrap().to_owned(),
    )
}

/// Until it says so; the machine may be busy.
fn becomes(operations: &Door, wanted: (u16, &str)) {
    let began = Instant::now();
    loop {
        let (status, word) = ready(operations);
        if (status, word.as_str()) == wanted {
            return;
        }
        assert!(began.elapsed() < Duration::from_mins(1), "{status} {word}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// Each sample with its labels, and its value.
fn metrics(operations: &Door) -> BTreeMap<String, f64> {
    let answer = Client::new(operations.clone()).get("/metrics");
    let kind = answer.field("content-type").unwrap();
    assert!(kind.starts_with("text/plain; version=0.0.4"), "{kind}");
    let text = answer.text();
    let samples = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    samples
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').unwrap();
            (name.to_owned(), value.parse().unwrap())
        })
        .collect()
}

/// The label names that the reference gives a metric.
fn documented() -> BTreeMap<String, Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/metrics.md");
    let text = fs::read_to_string(path).unwrap();
    let rows = text
        .lines()
        .filter(|line| line.starts_with("| `countersign_"));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let labels = cells[3].split(", ").filter(|label| !label.is_empty());
        let labels = labels
            .map(|label| label.trim_matches('`').to_owned())
            .collect();
        (cells[1].trim_matches('`').to_owned(), labels)
    })
    .collect()
}

#[test]
fn it_tells_what_was_done_and_of_nobody() {
    let place = Place::new();
    let (server, operations) = watched(&place);
    let mut alice = Person::enrolled(&place, server.door(), "alice");
    let mut pending = alice.pending();
    let code = alice.next_code();
    let body = json!({ "code": code });
    pending.post("/login/mfa", &body).expect(200);
    let mut again = alice.pending();
    again
        .post("/login/mfa", &body)
        .refuses(401, "code_already_used");
    let wrong = json!({ "code": alice.app.wrong() });
    again
        .post("/login/mfa", &wrong)
        .refuses(401, "invalid_code");
    let live = Client::new(operations.clone()).get("/livez");
    assert_eq!((live.status, live.text().as_str()), (200, "ok\n"));
    assert_eq!(ready(&operations), (200, "ready".to_owned()));
    let seen = metrics(&operations);
    let verified = |method: &str, outcome: &str| {
        let name = "countersign_verifications_total";
        seen[&format!("{name}{{method=\"{method}\",outcome=\"{outcome}\"}}")]
    };
    assert!((verified("code", "already_used") - 1.0).abs() < 0.1);
    assert!((verified("code", "refused") - 1.0).abs() < 0.1);
    assert!(
        verified("code", "accepted") > 1.5,
        "the one that confirmed, and the one after"
    );
    assert!(verified("password", "accepted") > 1.5);
    let answered =
        "countersign_http_requests_total{method=\"POST\",route=\"/login/mfa\",code=\"401\"}";
    assert!((seen[answered] - 2.0).abs() < 0.1);
    // Every sample is of a metric that the reference has, with the labels it gives.
    let documented = documented();
    for sample in seen.keys() {
        let (name, rest) = sample.split_once('{').unwrap_or((sample, ""));
        let stem = ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|end| name.strip_suffix(end));
        let stem = stem
            .filter(|stem| documented.contains_key(*stem))
            .unwrap_or(name);
        let labels = documented
            .get(stem)
            .unwrap_or_else(|| panic!("{sample} is not documented"));
        let told = rest
            .trim_end_matches('}')
            .split(',')
            .filter(|label| !label.is_empty());
        let told = told
            .filter_map(|label| label.split_once('='))
            .map(|(label, _)| label);
        for label in told.filter(|label| *label != "le") {
            assert!(labels.iter().any(|known| known == label), "{sample}");
        }
    }
    for (name, _) in documented {
        let there = |sample: &String| sample.starts_with(&name);
        let only_when_wrong = name == "countersign_store_errors_total";
        assert!(only_when_wrong || seen.keys().any(there), "{name}");
    }
    let text = Client::new(operations).get("/metrics").text();
    for told in ["alice", &code, "127.0.0.1"] {
        assert!(!text.contains(told), "{told}");
    }
}

#[test]
fn it_is_not_ready_while_the_store_takes_no_change_and_ready_after() {
    let place = Place::new();
    let (server, operations) = watched(&place);
    becomes(&operations, (200, "ready"));
    let holder = Connection::open(place.database()).unwrap();
    holder.execute_batch("BEGIN EXCLUSIVE").unwrap();
    becomes(&operations, (503, "not ready"));
    let live = Client::new(operations.clone()).get("/livez");
    assert_eq!(live.status, 200);
    drop(holder);
    becomes(&operations, (200, "ready"));
    drop(server);
}

#[test]
fn a_server_that_stops_says_so_and_answers_until_it_has() {
    let place = Place::new();
    let (mut server, operations) = watched(&place);
    place.add_user("alice");
    becomes(&operations, (200, "ready"));
    server.terminate();
    becomes(&operations, (503, "stopping"));
    login(&mut Client::new(server.door()), "alice").expect(200);
    assert_eq!(server.ended(), Some(0));
}

#[test]
fn without_an_address_there_is_none() {
    let place = Place::new();
    let server = Start::new().at(&place);
    let mut client = Client::new(server.door());
    for path in ["/livez", "/readyz", "/metrics"] {
        client.get(path).refuses(404, "not_found");
    }
    let log = String::from_utf8(place.printed("log")).unwrap();
    assert!(!log.contains("operations listener"));
}
