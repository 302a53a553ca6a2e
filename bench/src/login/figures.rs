//! The rows of one number of connections, from the legs of its rounds.

use hdrhistogram::Histogram;

use super::{Kind, Leg, Route, client};
use crate::Failure;
use crate::interleave::{Ratio, Times, quantile};
use crate::report::{Measure, Report, Row};

/// The level that the goals are set for.
const MANY: usize = 64;
/// The slowest that one in a hundred may be, in seconds.
const P99: f64 = 10e-3;
/// The most commits a verification may need.
const COMMITS: f64 = 0.1;

/// All rounds at one number of connections.
pub struct Level {
    connections: usize,
    empty: Vec<Leg>,
    codes: Vec<(Route, bool, Vec<Leg>)>,
    disk: Vec<f64>,
}

impl Level {
    pub fn new(connections: usize) -> Self {
        Self {
            connections,
            empty: Vec::new(),
            codes: Vec::new(),
            disk: Vec::new(),
        }
    }

    /// Adds a leg.
    pub fn add(&mut self, kind: Kind, leg: Leg) {
        match kind {
            Kind::Empty => self.empty.push(leg),
            Kind::Code { route, right } => {
                let same = |of: &&mut (Route, bool, Vec<Leg>)| (of.0, of.1) == (route, right);
                match self.codes.iter_mut().find(same) {
                    Some((.., legs)) => legs.push(leg),
                    None => self.codes.push((route, right, vec![leg])),
                }
            }
        }
    }

    /// Adds how often the disk alone makes a block durable, a second.
    pub fn disk(&mut self, syncs: f64) {
        self.disk.push(syncs);
    }

    /// Its rows.
    pub fn report(&self, report: &mut Report) -> Result<(), Failure> {
        for (route, right, legs) in &self.codes {
            let route = match route {
                Route::Login => "/login/mfa",
                Route::Verify => "/v1/…/verify",
            };
            let how = if *right { "accepted" } else { "missed" };
            self.kind(report, &format!("POST {route} {how}"), legs)?;
        }
        Ok(())
    }

    fn kind(&self, report: &mut Report, what: &str, legs: &[Leg]) -> Result<(), Failure> {
        let many = self.connections == MANY;
        let plural = if self.connections == 1 { "" } else { "s" };
        let (ours, empty) = (times(legs), times(&self.empty));
        let rate = Row::new(
            format!("{what}, {} connection{plural}", self.connections),
            Measure::PerSecond(ours.rate()),
        )
        .beside("empty axum handler", Measure::PerSecond(empty.rate()))
        .ratio(ours.faster_than(&empty));
        report.row(if many { rate.at_least(0.25) } else { rate });

        let (own, other) = (merged(legs)?, merged(&self.empty)?);
        let latency = Row::new("  latency", measure(&own)).beside("the same", measure(&other));
        let p99 = seconds(own.value_at_quantile(0.99));
        report.row(if many {
            latency.goal("p99 ≤ 10 ms", p99 <= P99)
        } else {
            latency
        });

        let commits = median(legs, |leg| leg.commits as f64 / requests(leg));
        let row = Row::new("  commits each", Measure::Each(commits))
            .beside("one by one", Measure::Each(2.0));
        report.row(if many {
            row.goal("≤ 0.1", commits <= COMMITS)
        } else {
            row
        });
        if !self.disk.is_empty() {
            let committing = |leg: &Leg| leg.outcome.elapsed.as_secs_f64() / leg.commits as f64;
            let committing = Times::of(legs.iter().map(committing).collect());
            let disk = Times::of(self.disk.iter().map(|rate| rate.recip()).collect());
            report.row(
                Row::new("  commits", Measure::PerSecond(committing.rate()))
                    .beside("4 KiB and fdatasync alone", Measure::PerSecond(disk.rate()))
                    .ratio(committing.faster_than(&disk)),
            );
        }
        let each = |legs: &[Leg], of: fn(&Leg) -> f64| {
            Measure::Seconds(median(legs, |leg| of(leg) / requests(leg)))
        };
        report.row(
            Row::new("  processor time each", each(legs, |leg| leg.processor))
                .beside("the same", each(&self.empty, |leg| leg.processor)),
        );
        report.row(Row::new(
            "  of it in the writing thread",
            each(legs, |leg| leg.writer),
        ));
        let written = median(legs, |leg| leg.written / requests(leg));
        report.row(Row::new("  written each", Measure::Bytes(written)));
        Ok(())
    }
}

/// The memory of a server that was just started, and after all of it.
pub fn memory(report: &mut Report, idle: f64, busy: f64, users: u32) {
    report.row(
        Row::new(
            format!("resident after the runs, {users} users"),
            Measure::Bytes(busy),
        )
        .beside("the same just started", Measure::Bytes(idle))
        .ratio(Ratio::of([busy / idle].into_iter())),
    );
}

fn requests(leg: &Leg) -> f64 {
    leg.outcome.requests as f64
}

fn median(legs: &[Leg], of: impl Fn(&Leg) -> f64) -> f64 {
    quantile(legs.iter().map(of).collect(), 0.5)
}

/// Seconds for one request, round by round.
fn times(legs: &[Leg]) -> Times {
    let each = |leg: &Leg| leg.outcome.elapsed.as_secs_f64() / requests(leg);
    Times::of(legs.iter().map(each).collect())
}

fn merged(legs: &[Leg]) -> Result<Histogram<u64>, Failure> {
    let mut all = client::histogram()?;
    for leg in legs {
        all.add(&leg.outcome.latency)?;
    }
    Ok(all)
}

fn measure(latency: &Histogram<u64>) -> Measure {
    let at = |part| seconds(latency.value_at_quantile(part));
    Measure::Latency {
        p50: at(0.5),
        p99: at(0.99),
        p999: at(0.999),
    }
}

fn seconds(micros: u64) -> f64 {
    micros as f64 / 1e6
}
