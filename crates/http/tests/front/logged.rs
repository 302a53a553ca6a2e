//! What is logged: the route, never what was sent to it.

use std::io;
use std::sync::{Arc, Mutex};

use tracing_subscriber::fmt::MakeWriter;

use crate::support::{PASSWORD, Phone, World};

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Kept {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn nothing_that_opens_anything_is_in_the_log() {
    let kept = Kept::default();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(kept.clone())
        .finish();
    // While there is only one, what another thread is the first to log is never logged here either:
    // `tracing` asks that thread, which has none.
    let _second = tracing::Dispatch::new(
        tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_writer(io::sink)
            .finish(),
    );
    let _guard = tracing::subscriber::set_default(subscriber);
    let world = World::new();
    let link = world.mfa.operator().setup_link().await.unwrap().unwrap();
    let link = link.reveal().to_string();
    let client = world.client();
    client
        .page(&format!("/setup/{link}"))
        .await
        .shows(200, "first account");
    let body = format!(r#"{{"username":"ada-lovelace","password":"{PASSWORD}"}}"#);
    let created = client.post(&format!("/setup/{link}"), body).await;
    assert_eq!(created.status, 201);
    let setup = client.post("/mfa/setup", "").await.json();
    let secret = setup["secret"].as_str().unwrap().to_owned();
    let code = Phone::from_base32(&secret).code(world.seconds());
    let body = format!(r#"{{"code":"{code}"}}"#);
    let confirmed = client.post("/mfa/confirm", body).await.json();
    let backup = confirmed["backup_codes"][0].as_str().unwrap().to_owned();
    client.login_with("somebody-else", "typed by mistake").await;
    client.get("/session?code=999888").await;
    let session = client.cookie("__Host-countersign-session").unwrap();
    let known = client.cookie("__Host-countersign-known").unwrap();
    let log = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    for told in ["/setup/{token}", "/mfa/confirm", "status=201", "latency_ms"] {
        assert!(log.contains(told), "{told} is not in {log}");
    }
    for secret in [
        link.as_str(),
        PASSWORD,
        &secret,
        &code,
        &backup,
        &session,
        &known,
        "somebody-else",
        "typed by mistake",
        "999888",
    ] {
        assert!(!log.contains(secret), "{secret} is in {log}");
    }
}
