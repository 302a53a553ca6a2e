//! What was measured: rows of a figure, what stands beside it, and the goal.

use serde::Serialize;

use crate::interleave::Ratio;
use crate::machine::Machine;

/// All figures of a run.
#[derive(Serialize)]
pub struct Report {
    /// Where it ran.
    pub machine: Machine,
    /// The rows, in their order.
    pub rows: Vec<Row>,
    /// What a reader has to know about them.
    pub notes: Vec<String>,
}

/// One figure.
#[derive(Serialize)]
pub struct Row {
    /// What was measured.
    pub what: String,
    /// Our figure.
    pub ours: Measure,
    /// A peer or a limit, by name.
    pub beside: Option<(String, Measure)>,
    /// Ours by the other.
    pub ratio: Option<Ratio>,
    /// What is to be reached.
    pub goal: Option<Goal>,
}

/// A figure with its unit.
#[derive(Clone, Copy, Serialize)]
#[serde(tag = "unit", content = "value", rename_all = "snake_case")]
pub enum Measure {
    /// So many a second.
    PerSecond(f64),
    /// A duration.
    Seconds(f64),
    /// How many for one.
    Each(f64),
    /// Memory, in a machine or in files.
    Bytes(f64),
    /// Latencies, in seconds.
    Latency {
        /// The median.
        p50: f64,
        /// One in a hundred is slower.
        p99: f64,
        /// One in a thousand is slower.
        p999: f64,
    },
}

/// What is to be reached.
#[derive(Clone, Serialize)]
pub struct Goal {
    /// In words.
    pub text: String,
    /// Whether it was.
    pub reached: bool,
}

impl Report {
    /// No figures yet.
    pub fn new(machine: Machine) -> Self {
        Self {
            machine,
            rows: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Adds a row.
    pub fn row(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// Adds a note.
    pub fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    /// Whether no goal was missed.
    pub fn all_reached(&self) -> bool {
        let mut goals = self.rows.iter().filter_map(|row| row.goal.as_ref());
        goals.all(|goal| goal.reached)
    }
}

impl Row {
    /// A figure alone.
    pub fn new(what: impl Into<String>, ours: Measure) -> Self {
        Self {
            what: what.into(),
            ours,
            beside: None,
            ratio: None,
            goal: None,
        }
    }

    /// With a peer or a limit.
    pub fn beside(mut self, name: impl Into<String>, measure: Measure) -> Self {
        self.beside = Some((name.into(), measure));
        self
    }

    /// With the ratio to it.
    pub fn ratio(mut self, ratio: Ratio) -> Self {
        self.ratio = Some(ratio);
        self
    }

    /// With a ratio to be reached.
    pub fn at_least(mut self, least: f64) -> Self {
        self.goal = self.ratio.map(|ratio| Goal {
            text: format!("≥ {least} ×"),
            reached: ratio.median >= least,
        });
        self
    }

    /// With a goal of another kind.
    pub fn goal(mut self, text: impl Into<String>, reached: bool) -> Self {
        self.goal = Some(Goal {
            text: text.into(),
            reached,
        });
        self
    }
}
