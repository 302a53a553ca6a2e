//! `doctor`: looks at everything a server needs, changes nothing, and says how to mend what is wrong.

mod files;
mod store;

use std::io;
use std::net::TcpListener;

use countersign::clock::Clock as _;
use serde_json::{Value, json};

use crate::ambient::SystemClock;
use crate::attestation::{self, Warning};
use crate::cli::{Context, runtime};
use crate::config::{ConfigError, Layers, Settings};
use crate::failure::Failure;
use crate::telemetry;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Good,
    Warning,
    Failed,
}

/// One check: what was looked at, what was found, and what to do.
struct Finding {
    name: &'static str,
    state: State,
    detail: String,
    fix: Option<String>,
}

/// What was found so far.
#[derive(Default)]
struct Report(Vec<Finding>);

impl Report {
    fn good(&mut self, name: &'static str, detail: impl Into<String>) {
        self.add(name, State::Good, detail.into(), None);
    }

    fn warn(&mut self, name: &'static str, detail: impl Into<String>, fix: &str) {
        self.add(name, State::Warning, detail.into(), Some(fix.to_owned()));
    }

    fn fail(&mut self, name: &'static str, failure: &Failure) {
        self.add(name, State::Failed, failure.to_string(), failure.hint());
    }

    fn wrong(&mut self, name: &'static str, detail: impl Into<String>, fix: &str) {
        self.add(name, State::Failed, detail.into(), Some(fix.to_owned()));
    }

    fn add(&mut self, name: &'static str, state: State, detail: String, fix: Option<String>) {
        self.0.push(Finding {
            name,
            state,
            detail,
            fix,
        });
    }
}

pub(super) fn run(context: &Context) -> Result<(), Failure> {
    let mut report = Report::default();
    match configuration(context, &mut report) {
        Err(error) => report.fail("configuration", &error.into()),
        Ok(settings) => {
            report.good("configuration", "it can be used");
            attestation(&settings, &mut report);
            files::data_directory(&settings, &mut report);
            let keyring = files::keyring(&settings, &mut report);
            if files::database(&settings, &mut report)
                && let Some(keyring) = keyring
            {
                runtime(&mut tokio::runtime::Builder::new_current_thread())?.block_on(store::look(
                    &settings,
                    &keyring,
                    &mut report,
                ));
            }
            public_url(&settings, &mut report);
            address(&settings, &mut report);
        }
    }
    print(context, &report)
}

fn configuration(context: &Context, report: &mut Report) -> Result<Settings, ConfigError> {
    let layers = Layers::gather(&context.flags, std::env::vars_os())?;
    for (stray, resembled) in &layers.strays {
        report.warn(
            "configuration",
            format!("the variable {stray} is not read"),
            &format!("did you mean {resembled}?"),
        );
    }
    let settings = Settings::resolve(&layers)?;
    telemetry::check(&settings.log)?;
    Ok(settings)
}

fn attestation(settings: &Settings, report: &mut Report) {
    const NAME: &str = "attestation";
    let Some(attested) = &settings.attested else {
        return;
    };
    let now = SystemClock.now();
    match attestation::load(attested, now) {
        Err(error) => report.fail(NAME, &error.into()),
        Ok(loaded) => {
            for Warning { text, fix } in loaded.warnings(now) {
                report.warn(NAME, text, fix);
            }
            report.good(NAME, loaded.summary());
        }
    }
}

fn public_url(settings: &Settings, report: &mut Report) {
    const NAME: &str = "public URL";
    let Ok(url) = settings.expected_origin() else {
        return;
    };
    let origin = url.origin();
    if url.is_secure() {
        report.good(
            NAME,
            format!("{origin}: cookies are Secure, with the prefix __Host-"),
        );
    } else if settings.listen.ip().is_loopback() {
        report.warn(
            NAME,
            format!("{origin}: for this machine alone, cookies without Secure"),
            "to serve others, set public_url to the https:// URL that they use",
        );
    } else {
        report.wrong(
            NAME,
            format!(
                "{origin}, while {} answers other machines too",
                settings.listen
            ),
            "set public_url to the https:// URL that they use, or listen on 127.0.0.1",
        );
    }
}

fn address(settings: &Settings, report: &mut Report) {
    const NAME: &str = "address";
    let address = settings.listen;
    match TcpListener::bind(address) {
        Ok(_) => report.good(NAME, format!("{address} is free")),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => report.warn(
            NAME,
            format!("{address} is in use"),
            "it should be, if the server runs; otherwise stop the program there, or choose another by --listen",
        ),
        Err(error) => report.fail(NAME, &Failure::Listen { address, error }),
    }
}

fn print(context: &Context, report: &Report) -> Result<(), Failure> {
    let output = context.output;
    let failed = report
        .0
        .iter()
        .filter(|finding| finding.state == State::Failed)
        .count();
    if output.is_json() {
        let checks: Vec<Value> = report.0.iter().map(value).collect();
        output.json(&json!({ "healthy": failed == 0, "checks": checks }))?;
    } else {
        let rows: Vec<Vec<String>> = report.0.iter().flat_map(rows).collect();
        output.table(&["", "CHECK", "FOUND"], &rows)?;
    }
    if failed == 0 {
        Ok(())
    } else {
        Err(Failure::Doctor(failed))
    }
}

fn rows(finding: &Finding) -> Vec<Vec<String>> {
    let mark = match finding.state {
        State::Good => "✔",
        State::Warning => "!",
        State::Failed => "✘",
    };
    let row = |mark: &str, name: &str, text: &str| {
        vec![mark.to_owned(), name.to_owned(), text.to_owned()]
    };
    let mut rows = vec![row(mark, finding.name, &finding.detail)];
    if let Some(fix) = &finding.fix {
        rows.push(row("", "", &format!("→ {fix}")));
    }
    rows
}

fn value(finding: &Finding) -> Value {
    json!({
        "check": finding.name,
        "state": match finding.state {
            State::Good => "good",
            State::Warning => "warning",
            State::Failed => "failed",
        },
        "detail": finding.detail,
        "fix": finding.fix,
    })
}
