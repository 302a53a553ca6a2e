//! A server's life: it starts from nothing, tells where it is, answers, and ends as it is asked to.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::MetadataExt as _;

use rustix::process::Signal;

use crate::support::{PASSWORD, Place, Run, Server, mode};

#[test]
fn the_first_start_makes_everything_and_prints_address_and_link() {
    let place = Place::new();
    let server = Server::start(&place, &[]);
    assert_eq!(mode(&place.path("countersign-data")), 0o700);
    assert_eq!(mode(&place.path("countersign-data/keyring.json")), 0o600);
    let link = server.link().unwrap();
    let start = format!("http://localhost:{}/setup/", server.port);
    let token = link.strip_prefix(&start).unwrap();
    assert!(token.len() > 40, "{link}");
    assert!(server.get("/login").starts_with("HTTP/1.1 "));

    let log = fs::read_to_string(place.path("log")).unwrap();
    assert!(!log.contains(token) && !log.contains("/setup/"), "{log}");
    for line in log.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    server.signal(Signal::TERM);
    assert_eq!(server.ends(), Some(0));
}

#[test]
fn once_there_is_a_user_no_link_is_printed() {
    let place = Place::new();
    place.add_user("alice");
    let server = Server::start(&place, &[]);
    assert_eq!(server.link(), None);
    server.signal(Signal::INT);
    assert_eq!(server.ends(), Some(0));
}

#[test]
fn people_are_told_in_words() {
    let place = Place::new();
    let mut child = place.command(&["--listen", "127.0.0.1:0"]).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut said = String::new();
    while said.lines().count() < 3 {
        let mut some = [0; 512];
        let read = stdout.read(&mut some).unwrap();
        assert_ne!(read, 0, "{said}");
        said.push_str(std::str::from_utf8(&some[..read]).unwrap());
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(
        said.starts_with("Countersign is at http://localhost:"),
        "{said}"
    );
    assert!(
        said.contains("within an hour") && said.contains("/setup/"),
        "{said}"
    );
}

#[test]
fn the_link_does_not_reach_the_journal() {
    let place = Place::new();
    let journal = fs::File::create(place.path("journal")).unwrap();
    let metadata = journal.metadata().unwrap();
    let mut child = place
        .command(&["--listen", "127.0.0.1:0"])
        .env(
            "JOURNAL_STREAM",
            format!("{}:{}", metadata.dev(), metadata.ino()),
        )
        .stdout(journal)
        .spawn()
        .unwrap();
    let said = loop {
        let said = fs::read_to_string(place.path("journal")).unwrap();
        if said.lines().count() == 2 {
            break said;
        }
        assert!(child.try_wait().unwrap().is_none(), "{said}");
        std::thread::yield_now();
    };
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(
        !said.contains("/setup/") && said.contains("countersign user add NAME --admin"),
        "{said}"
    );
}

#[test]
fn commands_work_beside_a_running_server() {
    let place = Place::new();
    let server = Server::start(&place, &[]);
    place.add_user("alice");
    place.run(&["user", "disable", "alice"]).ok();
    assert!(place.run(&["user", "list"]).ok().contains("disabled"));
    let events = place.run(&["audit", "export"]).ok();
    assert!(
        events.contains("sys_startup") && events.contains("authn_setup_link_issued"),
        "{events}"
    );
    assert!(server.get("/login").starts_with("HTTP/1.1 "));
}

#[test]
fn a_server_that_was_killed_starts_again_with_everything() {
    let place = Place::new();
    let server = Server::start(&place, &[]);
    place.add_user("alice");
    server.signal(Signal::KILL);
    assert_eq!(server.ends(), None);
    let server = Server::start(&place, &[]);
    assert_eq!(server.link(), None);
    assert!(server.get("/login").starts_with("HTTP/1.1 "));
    assert!(place.run(&["user", "list"]).ok().contains("alice"));
}

/// A request whose body the server waits for.
fn half_a_request(server: &Server) -> std::net::TcpStream {
    let mut stream = server.connect().unwrap();
    let port = server.port;
    write!(
        stream,
        "POST /login HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: application/json\r\nContent-Length: 40\r\nExpect: 100-continue\r\n\r\n"
    )
    .unwrap();
    let mut answer = [0; 25];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

#[test]
fn an_open_request_is_answered_before_the_server_ends() {
    let place = Place::new();
    let server = Server::start(&place, &[]);
    let mut stream = half_a_request(&server);
    server.signal(Signal::TERM);
    while server.connect().is_ok() {
        std::thread::yield_now();
    }
    stream
        .write_all(br#"{"username":"nobody","password":"none"}"#)
        .unwrap();
    stream.write_all(b" ").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    assert_eq!(server.ends(), Some(0));
}

#[test]
fn a_request_that_does_not_end_is_cut_at_the_deadline() {
    let place = Place::new();
    let server = Server::start(&place, &[("COUNTERSIGN_SHUTDOWN_DEADLINE", "1s")]);
    let stream = half_a_request(&server);
    server.signal(Signal::TERM);
    assert_eq!(server.ends(), Some(0));
    drop(stream);
    let log = fs::read_to_string(place.path("log")).unwrap();
    assert!(log.contains("some connections were cut"), "{log}");
}

#[test]
fn the_log_holds_no_secret_even_when_it_says_everything() {
    let place = Place::new();
    let server = Server::start(&place, &[("COUNTERSIGN_LOG", "trace")]);
    let link = server.link().unwrap();
    let token = link.rsplit('/').next().unwrap();
    place.add_user("alice");
    let mut stream = server.connect().unwrap();
    let body = format!(r#"{{"username":"alice","password":"{PASSWORD}"}}"#);
    let (port, length) = (server.port, body.len());
    write!(
        stream,
        "POST /login HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let cookies: Vec<String> = answer
        .lines()
        .filter(|line| line.to_ascii_lowercase().starts_with("set-cookie:"))
        .filter_map(|line| Some(line.split_once('=')?.1.split(';').next()?.to_owned()))
        .filter(|value| value.len() > 20)
        .collect();
    assert!(!cookies.is_empty(), "{answer}");
    server.get(&format!("/setup/{token}"));
    server.signal(Signal::TERM);
    assert_eq!(server.ends(), Some(0));
    let log = fs::read_to_string(place.path("log")).unwrap();
    let keyring = fs::read_to_string(place.path("countersign-data/keyring.json")).unwrap();
    let keyring: serde_json::Value = serde_json::from_str(&keyring).unwrap();
    let key = keyring["seal"][0]["key"].as_str().unwrap();
    for secret in cookies
        .iter()
        .map(String::as_str)
        .chain([PASSWORD, token, key])
    {
        assert!(!log.contains(secret), "a secret is in the log");
    }
}

#[test]
fn an_unreadable_log_filter_is_refused() {
    let place = Place::new();
    let output = place
        .command(&["serve"])
        .env("COUNTERSIGN_LOG", "info,=x=")
        .output()
        .unwrap();
    let stderr = Run::of(output).fails(3);
    assert!(stderr.contains("`log` is a level"), "{stderr}");
}
