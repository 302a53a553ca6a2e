//! The load: so many connections that are kept, each asking again once it was answered (a closed
//! loop), on one thread of this process.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::Failure;

/// One request: a code, and whose it is.
#[derive(Clone)]
pub struct Submission {
    pub whose: Whose,
    pub code: String,
}

/// Whose a code is said to be.
#[derive(Clone)]
pub enum Whose {
    /// `POST /login/mfa` with the cookie of a pending login.
    Login(String),
    /// `POST /v1/users/{user}/verify` with an API key.
    User {
        /// The application's id of the user.
        id: String,
        /// The key's text.
        key: Arc<str>,
    },
}

/// What is to be sent.
#[derive(Clone)]
pub struct Load {
    pub port: u16,
    pub connections: usize,
    pub submissions: Arc<[Submission]>,
    /// The status that every answer must have.
    pub expect: u16,
}

/// What came back.
pub struct Outcome {
    pub requests: usize,
    pub elapsed: Duration,
    /// In microseconds.
    pub latency: Histogram<u64>,
}

/// Sends all of it, each once.
pub fn run(load: &Load) -> Result<Outcome, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(all(load))
}

async fn all(load: &Load) -> Result<Outcome, Failure> {
    let ready = Arc::new(Barrier::new(load.connections + 1));
    let next = Arc::new(AtomicUsize::new(0));
    let mut connections = JoinSet::new();
    for _ in 0..load.connections {
        let (ready, next, load) = (Arc::clone(&ready), Arc::clone(&next), load.clone());
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, load.port));
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        connections.spawn(async move {
            ready.wait().await;
            one(stream, &load, &next).await
        });
    }
    ready.wait().await;
    let started = Instant::now();
    let mut latency = histogram()?;
    while let Some(ended) = connections.join_next().await {
        latency.add(ended??)?;
    }
    Ok(Outcome {
        requests: load.submissions.len(),
        elapsed: started.elapsed(),
        latency,
    })
}

/// Up to a minute, to three digits.
pub fn histogram() -> Result<Histogram<u64>, Failure> {
    Ok(Histogram::new_with_max(60_000_000, 3)?)
}

async fn one(
    mut stream: TcpStream,
    load: &Load,
    next: &AtomicUsize,
) -> Result<Histogram<u64>, Failure> {
    let mut latency = histogram()?;
    let mut buffer = Vec::with_capacity(4096);
    while let Some(submission) = load.submissions.get(next.fetch_add(1, Ordering::Relaxed)) {
        let request = request(load.port, submission);
        let started = Instant::now();
        stream.write_all(request.as_bytes()).await?;
        let status = answer(&mut stream, &mut buffer).await?;
        let took = u64::try_from(started.elapsed().as_micros())?;
        latency.record(took)?;
        if status != load.expect {
            let text = String::from_utf8_lossy(&buffer);
            return Err(format!("{status} where {} was due: {text}", load.expect).into());
        }
    }
    Ok(latency)
}

fn request(port: u16, Submission { whose, code }: &Submission) -> String {
    let (path, field) = match whose {
        Whose::Login(token) => (
            "/login/mfa".to_owned(),
            format!("cookie: countersign-login={token}"),
        ),
        Whose::User { id, key } => (
            format!("/v1/users/{id}/verify"),
            format!("authorization: Bearer {key}"),
        ),
    };
    let body = format!("{{\"code\":\"{code}\"}}");
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost:{port}\r\naccept: application/json\r\n\
         content-type: application/json\r\n{field}\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Reads one answer to its end, and tells its status.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<u16, Failure> {
    buffer.clear();
    loop {
        if let Some((status, length)) = head(buffer)
            && buffer.len() >= length
        {
            return Ok(status);
        }
        if stream.read_buf(buffer).await? == 0 {
            return Err("the connection was closed".into());
        }
    }
}

/// The status and the whole length of an answer whose head is there.
fn head(buffer: &[u8]) -> Option<(u16, usize)> {
    let end = buffer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(buffer.get(..end)?).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let body = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let named = name.eq_ignore_ascii_case("content-length");
        named.then(|| value.trim().parse::<usize>().ok()).flatten()
    });
    Some((status, end + 4 + body.unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::head;

    #[test]
    fn an_answer_is_as_long_as_its_head_says() {
        let answer = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 3\r\n\r\nabc";
        assert_eq!(head(answer), Some((401, answer.len())));
        assert_eq!(head(&answer[..30]), None);
    }
}
