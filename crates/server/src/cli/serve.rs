//! `serve`: binds, opens, tells where it is, and answers until a signal. The link to create the first
//! user goes to standard output and nowhere else.

use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use countersign::clock::{Clock as _, Timestamp};
use countersign::error::Unavailable;
use countersign::port::store::EventFilter;
use countersign::{AttestationPolicy, Countersign, Hashing};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

use crate::ambient::SystemClock;
use crate::cli::{Context, runtime};
use crate::config::{ConfigError, Settings};
use crate::failure::Failure;
use crate::operations::{Operations, Watched};
use crate::realms::Kept;
use crate::wiring::{self, Opened, Opening};
use crate::{attestation, connection, jobs, telemetry};

pub(super) fn run(context: &Context) -> Result<(), Failure> {
    let settings = context.settings()?;
    telemetry::start(&settings.log, settings.log_format)?;
    let runtime = runtime(&mut tokio::runtime::Builder::new_multi_thread())?;
    let ended = runtime.block_on(serve(context, &settings));
    // Nothing that still runs may change anything now: what had begun was waited for.
    runtime.shutdown_timeout(Duration::from_secs(1));
    ended
}

async fn serve(context: &Context, settings: &Settings) -> Result<(), Failure> {
    let signals = Signals::listen()?;
    check_clock(SystemClock.now())?;
    let listener = bind(settings.listen).await?;
    let address = listener.local_addr().map_err(Failure::Run)?;
    let operations = match settings.operations {
        Some(address) => Some(Operations::new(bind(address).await?)?),
        None => None,
    };
    let url = settings.origin(address.port())?;
    let attestation = attestation(settings)?;
    let hashing = Hashing::default();
    let opened = wiring::open(settings, Opening::Make, &url, hashing, attestation).await?;
    for path in &opened.made {
        tracing::info!(path = %path.display(), "made");
    }
    if !opened.mfa.operator().fix_rp_id().await? {
        return Err(ConfigError::OtherHost(url.host().to_owned()).into());
    }
    warn(settings, address, &opened.mfa).await?;
    opened.mfa.operator().started().await?;
    let origin = url.origin();
    let realms = wiring::realms(opened.mfa.clone(), settings, url);
    let app = realms.router();
    let mut kept = Kept::new(opened.mfa.clone(), realms);
    kept.look().await?;
    announce(context, &origin, &opened.mfa).await?;
    if let Some(operations) = &operations {
        let address = operations.address().map_err(Failure::Run)?;
        tracing::info!(%address, "operations listener");
    }
    tracing::info!(%address, public_url = origin, version = env!("CARGO_PKG_VERSION"), "serving");
    let jobs = [
        tokio::spawn(jobs::purge(opened.mfa.clone())),
        tokio::spawn(jobs::realms(kept)),
    ];
    let serving = Serving {
        listener,
        app,
        operations,
        jobs,
        delay: settings.shutdown_delay,
        deadline: settings.shutdown_deadline,
    };
    answer(serving, signals, opened).await
}

/// What answers, and how long it may take to end.
struct Serving {
    listener: TcpListener,
    app: Router,
    operations: Option<Operations>,
    jobs: [JoinHandle<()>; 2],
    delay: Duration,
    deadline: Duration,
}

/// What authenticators must show to become passkeys; what may not be meant so is said.
fn attestation(settings: &Settings) -> Result<AttestationPolicy, ConfigError> {
    let Some(attested) = &settings.attested else {
        return Ok(AttestationPolicy::Any);
    };
    let now = SystemClock.now();
    let loaded = attestation::load(attested, now)?;
    for warning in loaded.warnings(now) {
        tracing::warn!(fix = warning.fix, "{}", warning.text);
    }
    tracing::info!("passkeys must be attested: {}", loaded.summary());
    Ok(loaded.policy())
}

/// Codes, sessions and records all count from 1970: no clock before it can be right.
fn check_clock(now: Timestamp) -> Result<(), Failure> {
    if now < Timestamp::from_seconds(0) {
        return Err(countersign::Error::from(Unavailable::Clock).into());
    }
    Ok(())
}

async fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address)
        .await
        .map_err(|error| Failure::Listen { address, error })
}

/// Says what may not be meant so.
async fn warn(settings: &Settings, address: SocketAddr, mfa: &Countersign) -> Result<(), Failure> {
    if settings.public_url.is_none() && !address.ip().is_loopback() {
        tracing::warn!(
            "listening beyond this machine, but only browsers on it can sign in: set public_url"
        );
    }
    let newest = EventFilter {
        after: None,
        user: None,
        newest: true,
        limit: 1,
    };
    let newest = mfa.operator().events(newest).await?;
    let behind = |at: Timestamp| at.since(mfa.now()) > wiring::CLOCK_TOLERANCE;
    if newest.iter().any(|(row, _)| behind(row.at)) {
        tracing::warn!("the clock is behind the newest record of the audit trail: check it");
    }
    Ok(())
}

async fn announce(context: &Context, origin: &str, mfa: &Countersign) -> Result<(), Failure> {
    let output = context.output;
    let operator = mfa.operator();
    if is_journal() && operator.users(None, 1).await?.is_empty() {
        output.line(&format!("Countersign is at {origin}"))?;
        return output
            .line("There is no user yet. Create the first one: countersign user add NAME --admin");
    }
    let link = operator
        .setup_link()
        .await?
        .map(|token| Zeroizing::new(format!("{origin}/setup/{}", token.reveal().as_str())));
    if output.is_json() {
        let link = link.as_ref().map(|link| link.as_str());
        return output.json(&json!({ "address": origin, "setup_link": link }));
    }
    output.line(&format!("Countersign is at {origin}"))?;
    if let Some(link) = link {
        output.line("There is no user yet. Create the first one, within an hour, at")?;
        output.line(&format!("  {}", link.as_str()))?;
    }
    Ok(())
}

/// Whether standard output ends in the system's journal, where a link would outlive its hour before
/// many eyes: systemd tells the journal's device and inode.
fn is_journal() -> bool {
    let Ok(stdout) = rustix::fs::fstat(std::io::stdout()) else {
        return false;
    };
    std::env::var("JOURNAL_STREAM")
        .is_ok_and(|journal| journal == format!("{}:{}", stdout.st_dev, stdout.st_ino))
}

/// Answers until a signal, for a while longer, then lets open requests and begun work end within the
/// deadline.
async fn answer(serving: Serving, mut signals: Signals, opened: Opened) -> Result<(), Failure> {
    let Opened { mfa, tasks, .. } = opened;
    let Serving {
        listener,
        app,
        operations,
        jobs,
        delay,
        deadline,
    } = serving;
    let watched = Watched::new(mfa.clone());
    let operations = operations.map(|operations| tokio::spawn(operations.answer(watched.clone())));
    let (stop, mut stopped) = watch::channel(false);
    let stopped = async move {
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    let mut server = pin!(connection::serve(
        listener,
        app,
        (
            connection::most(),
            metrics::gauge!("countersign_connections")
        ),
        stopped
    ));
    tokio::select! {
        () = &mut server => return Ok(()),
        name = signals.next() => tracing::info!(signal = name, "stopping"),
    }
    watched.stop();
    if !delay.is_zero() {
        tokio::select! {
            () = &mut server => {}
            () = tokio::time::sleep(delay) => {}
            name = signals.next() => tracing::info!(signal = name, "waiting no longer"),
        }
    }
    let _ = stop.send(true);
    jobs.iter().for_each(JoinHandle::abort);
    drop(mfa);
    let drained = tokio::time::timeout(deadline, async {
        server.await;
        tasks.wait().await;
    });
    tokio::select! {
        drained = drained => if drained.is_err() {
            tracing::warn!("some connections were cut: they took longer than shutdown_deadline");
        },
        name = signals.next() => tracing::warn!(signal = name, "stopping at once"),
    }
    if let Some(operations) = operations {
        operations.abort();
    }
    tracing::info!("stopped");
    Ok(())
}

/// What asks the server to stop.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> Result<Self, Failure> {
        let listen = |kind| signal(kind).map_err(Failure::Run);
        Ok(Self {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_before_1970_is_no_clock_to_start_with() {
        let failure = check_clock(Timestamp::from_millis(-1)).unwrap_err();
        assert_eq!(failure.to_string(), "the clock is wrong");
        assert!(failure.hint().unwrap().contains("set the machine's clock"));
        check_clock(Timestamp::from_millis(0)).unwrap();
    }
}
