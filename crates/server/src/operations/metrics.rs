//! The metrics that there are, by Prometheus' naming rules. No label tells of a user.

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

/// What kind a metric is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Only grows, from the start of the process.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts durations, in seconds, by how long they were.
    Histogram,
}

/// One metric.
#[derive(Clone, Copy, Debug)]
struct Metric {
    /// Its name.
    name: &'static str,
    /// Its kind.
    kind: Kind,
    /// What it tells.
    help: &'static str,
}

const fn metric(name: &'static str, kind: Kind, help: &'static str) -> Metric {
    Metric { name, kind, help }
}

/// All of them.
const METRICS: &[Metric] = &[
    metric(
        "countersign_build_info",
        Kind::Gauge,
        "1, with the version that runs.",
    ),
    metric(
        "countersign_connections",
        Kind::Gauge,
        "Connections that are open, without those of the operations listener.",
    ),
    metric(
        "countersign_http_requests_total",
        Kind::Counter,
        "Requests answered, by route and status.",
    ),
    metric(
        "countersign_http_request_duration_seconds",
        Kind::Histogram,
        "Seconds from a request's head to its answer.",
    ),
    metric(
        "countersign_verifications_total",
        Kind::Counter,
        "Attempts to prove something, by how they ended.",
    ),
    metric(
        "countersign_store_errors_total",
        Kind::Counter,
        "Operations of the store that failed.",
    ),
    metric(
        "countersign_hashing_refused_total",
        Kind::Counter,
        "Passwords and backup codes that were turned away uncounted, because too many were being hashed.",
    ),
];

/// Of an answer, in seconds: a verification takes a few milliseconds, one with a hash some tens.
const BUCKETS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// What was counted since the start.
#[derive(Clone)]
pub struct Recorded(PrometheusHandle);

impl Recorded {
    /// Begins to count, for the whole process.
    pub fn begin() -> Result<Self, BuildError> {
        let durations = Matcher::Suffix("_seconds".to_owned());
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(durations, BUCKETS)?
            .build_recorder();
        let told = Self(recorder.handle());
        // A second start in one process goes on with the first one's.
        let _ = metrics::set_global_recorder(recorder);
        for metric in METRICS {
            match metric.kind {
                Kind::Counter => metrics::describe_counter!(metric.name, metric.help),
                Kind::Gauge => metrics::describe_gauge!(metric.name, metric.help),
                Kind::Histogram => metrics::describe_histogram!(metric.name, metric.help),
            }
        }
        metrics::gauge!("countersign_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        metrics::counter!("countersign_hashing_refused_total").absolute(0);
        Ok(told)
    }

    /// In Prometheus' text format.
    pub fn render(&self) -> String {
        self.0.render()
    }

    /// Takes in what was measured; to be called every few seconds.
    pub fn tidy(&self) {
        self.0.run_upkeep();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows of the reference, without their labels.
    fn documented() -> Vec<(String, String, String)> {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../docs/reference/metrics.md"
        );
        let text = std::fs::read_to_string(path).unwrap();
        let rows = text
            .lines()
            .filter(|line| line.starts_with("| `countersign_"));
        let cells = rows.map(|row| row.split('|').map(str::trim).map(str::to_owned).collect());
        cells
            .map(|cells: Vec<String>| {
                let name = cells[1].trim_matches('`').to_owned();
                (name, cells[2].clone(), cells[4].clone())
            })
            .collect()
    }

    #[test]
    fn the_reference_has_every_metric_and_no_other() {
        let there = METRICS.iter().map(|metric| {
            let kind = format!("{:?}", metric.kind).to_lowercase();
            (metric.name.to_owned(), kind, metric.help.to_owned())
        });
        assert_eq!(documented(), there.collect::<Vec<_>>());
    }

    #[test]
    fn names_say_what_is_counted_in_which_unit() {
        for Metric { name, kind, .. } in METRICS {
            assert!(name.starts_with("countersign_"), "{name}");
            assert_eq!(name.ends_with("_total"), *kind == Kind::Counter, "{name}");
            assert_eq!(
                name.ends_with("_seconds"),
                *kind == Kind::Histogram,
                "{name}"
            );
        }
    }
}
