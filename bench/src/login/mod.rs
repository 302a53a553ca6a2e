//! `POST /login/mfa` and `POST /v1/users/{user}/verify` over the product's SQLite store, accepted and
//! missed, beside an empty handler of the same server, asked by the same client, in turns.

mod client;
mod disk;
mod figures;
mod growth;
mod person;
mod process;
mod seed;
pub mod server;

use std::sync::Arc;
use std::time::Duration;

use countersign::clock::Timestamp;

use crate::Failure;
use crate::arguments::Arguments;
use crate::enrolled::wrong_code;
use crate::report::Report;
use client::{Load, Outcome, Submission, Whose};
use process::Server;
use seed::{Person, Seeded};

/// Connections, and which share of the users they get.
const LEVELS: [(usize, f64); 3] = [(1, 0.12), (16, 0.36), (64, 0.50)];
const ROUNDS: usize = 3;
/// How often the empty handler is asked for each request to the product: it is faster.
const EMPTY_TIMES: usize = 4;
const STEP: Duration = Duration::from_secs(30);

/// What is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The empty handler.
    Empty,
    /// A code of somebody who has not been asked yet.
    Code {
        /// By which route.
        route: Route,
        /// Whether it is theirs.
        right: bool,
    },
}

/// Where a second step is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Route {
    /// `POST /login/mfa`.
    Login,
    /// `POST /v1/users/{user}/verify`.
    Verify,
}

/// In turns.
const KINDS: [Kind; 5] = [
    Kind::Empty,
    code(Route::Login, true),
    code(Route::Login, false),
    code(Route::Verify, true),
    code(Route::Verify, false),
];

const fn code(route: Route, right: bool) -> Kind {
    Kind::Code { route, right }
}

/// One kind's share of one round.
struct Leg {
    outcome: Outcome,
    /// Transactions committed meanwhile.
    commits: u64,
    /// Processor time of the whole server, and of its writing thread, in seconds.
    processor: f64,
    writer: f64,
    /// Bytes written, to files and connections.
    written: f64,
}

/// A running server and the people who have not been asked yet.
struct Bench {
    server: Server,
    people: Vec<Person>,
    key: Arc<str>,
    now: Timestamp,
}

/// Takes the figures.
pub fn measure(arguments: &Arguments, report: &mut Report) -> Result<(), Failure> {
    let seeded = seed::seed(&arguments.folder, arguments.users, 1)?;
    let mut bench = Bench::start(seeded)?;
    let idle = bench.server.resident()?;
    let mut users = arguments.users;
    if arguments.full {
        growth::measure(arguments, &mut bench, report)?;
        users = u32::try_from(bench.people.len())?;
    }
    for kind in KINDS {
        bench.leg(16, kind, usize::try_from(users / 200)?)?;
    }
    for (connections, share) in LEVELS {
        let each = share * f64::from(users) / ((KINDS.len() - 1) * ROUNDS) as f64;
        let each = Duration::from_secs(1).mul_f64(each).as_secs();
        let mut level = figures::Level::new(connections);
        for _ in 0..ROUNDS {
            if connections == 1 {
                level.disk(disk::syncs(&arguments.folder)?);
            }
            for kind in KINDS {
                level.add(kind, bench.leg(connections, kind, usize::try_from(each)?)?);
            }
        }
        level.report(report)?;
    }
    figures::memory(report, idle, bench.server.resident()?, arguments.users);
    notes(report);
    Ok(())
}

fn notes(report: &mut Report) {
    report.note(
        "Latencies are p50 / p99 / p99.9. A ratio is the median of rounds taken in turns; in \
         parentheses, the middle half of them.",
    );
    report.note(
        "The client takes its part of the same cores, from the empty handler as from the product. \
         The product writes its default log, to nowhere; the empty handler writes none.",
    );
    report.note(
        "A commit is one fdatasync of the journal; each verification is two operations, one before \
         it is judged and one after. Checkpoints of the journal are not among the commits, but among \
         what is written, and so is the answer. Each request is another user's.",
    );
}

impl Bench {
    fn start(seeded: Seeded) -> Result<Self, Failure> {
        Ok(Self {
            server: Server::start(&seeded.database, &seeded.keyring)?,
            people: seeded.people,
            key: seeded.key,
            now: seeded.until.plus(4 * STEP),
        })
    }

    /// One kind at so many connections, at the beginning of a time step of its own.
    fn leg(&mut self, connections: usize, kind: Kind, requests: usize) -> Result<Leg, Failure> {
        self.now = next_step(self.now);
        self.server.set_clock(self.now)?;
        let people = match kind {
            Kind::Empty => Vec::new(),
            Kind::Code { .. } => {
                let rest = self.people.len().checked_sub(requests);
                self.people.split_off(rest.ok_or("too few users")?)
            }
        };
        let submissions: Arc<[Submission]> = match kind {
            Kind::Empty => vec![empty(); EMPTY_TIMES * requests].into(),
            Kind::Code { route, right } => {
                let of = |person: &Person| submission(person, (route, right), &self.key, self.now);
                people.iter().filter_map(of).collect()
            }
        };
        let load = Load {
            port: match kind {
                Kind::Empty => self.server.ports.empty,
                Kind::Code { .. } => self.server.ports.product,
            },
            connections,
            submissions,
            expect: match kind {
                Kind::Empty | Kind::Code { right: true, .. } => 200,
                Kind::Code {
                    route: Route::Login,
                    ..
                } => 401,
                Kind::Code {
                    route: Route::Verify,
                    ..
                } => 422,
            },
        };
        self.send(&load)
    }

    fn send(&mut self, load: &Load) -> Result<Leg, Failure> {
        let (commits, before) = (self.server.commits()?, self.server.processor_time()?);
        let wrote = self.server.written()?;
        let outcome = client::run(load)?;
        let written = self.server.written()? - wrote;
        let (after, committed) = (self.server.processor_time()?, self.server.commits()?);
        let spent = |name: Option<&str>| -> f64 {
            let of = |threads: &std::collections::BTreeMap<String, f64>| -> f64 {
                let wanted = threads
                    .iter()
                    .filter(|(thread, _)| name.is_none_or(|name| name == *thread));
                wanted.map(|(_, seconds)| *seconds).sum()
            };
            of(&after) - of(&before)
        };
        Ok(Leg {
            outcome,
            commits: committed - commits,
            processor: spent(None),
            writer: spent(Some("store-writer")),
            written,
        })
    }
}

fn next_step(now: Timestamp) -> Timestamp {
    let step = now.plus(STEP).unix_seconds() / STEP.as_secs();
    let seconds = i64::try_from(step * STEP.as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_seconds(seconds)
}

fn submission(
    person: &Person,
    (route, right): (Route, bool),
    key: &Arc<str>,
    now: Timestamp,
) -> Option<Submission> {
    let (totp, seconds) = (person.totp(), now.unix_seconds());
    Some(Submission {
        whose: match route {
            Route::Login => Whose::Login(person.logins.first()?.clone()),
            Route::Verify => Whose::User {
                id: person.id.as_str().to_owned(),
                key: Arc::clone(key),
            },
        },
        code: if right {
            totp.code_at(seconds).text().to_string()
        } else {
            wrong_code(&totp, seconds)
        },
    })
}

fn empty() -> Submission {
    Submission {
        whose: Whose::Login("A".repeat(54)),
        code: "123456".to_owned(),
    }
}
