//! Connections: taken up to a limit, each held to sending its requests in time, all let end when the
//! server stops. Knows nothing of what is answered.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use metrics::Gauge;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;
use tower::Service as _;

/// Open at once, if the process may have that many files.
const MOST: u64 = 8192;
/// Files that are no connections: database, journal, log.
const OTHER_FILES: u64 = 64;
/// To send the head of a request, also of the next one on the same connection.
const HEAD: Duration = Duration::from_secs(30);
/// Without a byte from the other end, or one taken by it; longer than any answer takes.
const STILL: Duration = Duration::from_mins(1);
/// An HTTP/2 connection whose other end does not answer this long is cut.
const SILENCE: Duration = Duration::from_secs(20);
/// Before the next try where none can be taken, such as for want of files.
const PAUSE: Duration = Duration::from_millis(100);

/// How many connections may be open at once; more wait to be taken, so that nobody uses up the files
/// of the process. As many files as that takes are asked of the system.
pub fn most() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let wanted = MOST + OTHER_FILES;
    let granted = |limit: Option<u64>| limit.unwrap_or(u64::MAX);
    if granted(limit.current) < wanted {
        let more = Rlimit {
            current: Some(wanted.min(granted(limit.maximum))),
            ..limit
        };
        // What is refused is not had; what there is then is asked again.
        let _ = setrlimit(Resource::Nofile, more);
    }
    let files = granted(getrlimit(Resource::Nofile).current).min(wanted);
    usize::try_from(files.saturating_sub(OTHER_FILES).max(1)).unwrap_or(1)
}

/// Takes and serves at most `most` connections at once until `stopped`, then returns when the last has ended: an idle one
/// at once, any other with the answer it waits for. `open` counts those that there are.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    (most, open): (usize, Gauge),
    stopped: impl Future<Output = ()>,
) {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(HEAD)
        .keep_alive_timeout(SILENCE);
    let places = Arc::new(Semaphore::new(most));
    let graceful = GracefulShutdown::new();
    let mut stopped = std::pin::pin!(stopped);
    loop {
        let taken = async {
            // Nobody closes it: there is always a place in the end.
            let place = Arc::clone(&places).acquire_owned().await;
            (take(&listener).await, place)
        };
        let ((stream, peer), place) = tokio::select! {
            taken = taken => taken,
            () = &mut stopped => break,
        };
        tracing::trace!(%peer, "connection taken");
        let app = app.clone();
        let service = hyper::service::service_fn(move |mut request: Request<_>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            app.clone().call(request)
        });
        // From the first byte on: which HTTP is spoken is read before any other limit begins.
        let mut stream = TimeoutStream::new(stream);
        stream.set_read_timeout(Some(STILL));
        stream.set_write_timeout(Some(STILL));
        let connection = builder.serve_connection(TokioIo::new(Box::pin(stream)), service);
        let connection = graceful.watch(connection.into_owned());
        let open = open.clone();
        open.increment(1.0);
        tokio::spawn(async move {
            // Who breaks off, or sends no HTTP, is told by nobody.
            let _ = connection.await;
            open.decrement(1.0);
            drop(place);
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

async fn take(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Without it small answers wait for each other; a socket that refuses serves too.
                let _ = stream.set_nodelay(true);
                return (stream, peer);
            }
            Err(error) if is_of_the_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be taken");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Whether only the connection that was about to be taken is lost.
fn is_of_the_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    [ConnectionAborted, ConnectionRefused, ConnectionReset].contains(&error.kind())
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::sync::oneshot;

    use super::*;

    const ASKED: &[u8] = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";

    struct Running {
        address: SocketAddr,
        stop: oneshot::Sender<()>,
        server: tokio::task::JoinHandle<()>,
    }

    async fn start(most: usize) -> Running {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new().route(
            "/",
            get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() }),
        );
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(serve(listener, app, (most, Gauge::noop()), async {
            let _ = stopped.await;
        }));
        Running {
            address,
            stop,
            server,
        }
    }

    async fn ask(stream: &mut TcpStream) -> String {
        stream.write_all(ASKED).await.unwrap();
        let mut answer = vec![0; 1024];
        let read = stream.read(&mut answer).await.unwrap();
        String::from_utf8(answer[..read].to_vec()).unwrap()
    }

    #[tokio::test]
    async fn who_waits_for_a_place_is_answered_when_one_is_free() {
        let running = start(1).await;
        let mut first = TcpStream::connect(running.address).await.unwrap();
        assert!(ask(&mut first).await.ends_with("127.0.0.1"));
        let mut second = TcpStream::connect(running.address).await.unwrap();
        second.write_all(ASKED).await.unwrap();
        let mut answer = [0; 12];
        let early =
            tokio::time::timeout(Duration::from_millis(200), second.read_exact(&mut answer));
        assert!(early.await.is_err());
        drop(first);
        second.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200");
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_does_not_come_is_not_waited_for() {
        let running = start(8).await;
        let mut slow = TcpStream::connect(running.address).await.unwrap();
        slow.write_all(b"GET / HTTP/1.1\r\nhost: lo").await.unwrap();
        let begun = tokio::time::Instant::now();
        let mut rest = Vec::new();
        let _ = slow.read_to_end(&mut rest).await;
        assert!(!rest.starts_with(b"HTTP/1.1 200"));
        assert!(begun.elapsed() >= HEAD && begun.elapsed() < HEAD * 2);
    }

    #[tokio::test(start_paused = true)]
    async fn who_says_nothing_or_half_a_preface_is_not_waited_for() {
        let running = start(8).await;
        for said in [&b""[..], b"PRI * HTTP/2.0"] {
            let mut silent = TcpStream::connect(running.address).await.unwrap();
            silent.write_all(said).await.unwrap();
            let begun = tokio::time::Instant::now();
            let _ = silent.read_to_end(&mut Vec::new()).await;
            assert!(begun.elapsed() >= STILL && begun.elapsed() < STILL * 2);
        }
    }

    #[test]
    fn there_are_places_within_the_files_of_the_process() {
        assert!((1..=8192).contains(&most()));
    }

    #[tokio::test]
    async fn idle_connections_end_with_the_server() {
        let running = start(8).await;
        let mut idle = TcpStream::connect(running.address).await.unwrap();
        assert!(ask(&mut idle).await.contains("200 OK"));
        running.stop.send(()).unwrap();
        running.server.await.unwrap();
        assert_eq!(idle.read(&mut [0; 1]).await.unwrap(), 0);
    }
}
