//! The table on standard output.

#![expect(clippy::print_stdout, reason = "the table is what the program is for")]

use crate::report::{Measure, Report, Row};

const HEAD: [&str; 6] = ["what", "ours", "beside", "ratio", "goal", "reached"];

/// Prints it, the machine first and the notes last.
pub fn print(report: &Report) {
    let rows: Vec<[String; 6]> = std::iter::once(HEAD.map(str::to_owned))
        .chain(report.rows.iter().map(cells))
        .collect();
    let mut widths = [0; 6];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    println!("{}", report.machine);
    println!();
    for (index, row) in rows.iter().enumerate() {
        println!("{}", line(row, widths));
        if index == 0 {
            println!("{}", line(&widths.map(|width| "─".repeat(width)), widths));
        }
    }
    println!();
    for note in &report.notes {
        println!("{note}");
    }
}

fn line(cells: &[String; 6], widths: [usize; 6]) -> String {
    let padded: Vec<String> = cells
        .iter()
        .zip(widths)
        .map(|(cell, width)| format!("{cell:width$}"))
        .collect();
    padded.join("  ").trim_end().to_owned()
}

fn cells(row: &Row) -> [String; 6] {
    let beside = row.beside.as_ref();
    let goal = row.goal.as_ref();
    [
        row.what.clone(),
        figure(row.ours),
        beside.map_or_else(String::new, |(name, measure)| {
            format!("{}  {name}", figure(*measure))
        }),
        row.ratio.map_or_else(String::new, |ratio| {
            let [median, low, high] = [ratio.median, ratio.low, ratio.high].map(significant);
            format!("{median} × ({low}–{high})")
        }),
        goal.map_or_else(String::new, |goal| goal.text.clone()),
        goal.map_or_else(String::new, |goal| {
            if goal.reached { "yes" } else { "NO" }.to_owned()
        }),
    ]
}

fn figure(measure: Measure) -> String {
    match measure {
        Measure::PerSecond(rate) => format!("{}/s", scaled(rate)),
        Measure::Seconds(seconds) => span(seconds),
        Measure::Each(each) => significant(each),
        Measure::Bytes(bytes) if bytes < 1_048_576.0 => {
            format!("{} KiB", significant(bytes / 1024.0))
        }
        Measure::Bytes(bytes) => format!("{} MiB", significant(bytes / 1_048_576.0)),
        Measure::Latency { p50, p99, p999 } => {
            let [p50, p99, p999] = [p50, p99, p999].map(|seconds| significant(1000.0 * seconds));
            format!("{p50} / {p99} / {p999} ms")
        }
    }
}

fn scaled(rate: f64) -> String {
    match rate {
        rate if rate >= 1e6 => format!("{} M", significant(rate / 1e6)),
        rate if rate >= 1e4 => format!("{} k", significant(rate / 1e3)),
        rate => significant(rate),
    }
}

fn span(seconds: f64) -> String {
    match seconds {
        seconds if seconds >= 1.0 => format!("{} s", significant(seconds)),
        seconds if seconds >= 1e-3 => format!("{} ms", significant(1e3 * seconds)),
        seconds if seconds >= 1e-6 => format!("{} µs", significant(1e6 * seconds)),
        seconds => format!("{} ns", significant(1e9 * seconds)),
    }
}

/// About three significant digits.
fn significant(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value if value >= 0.1 => format!("{value:.2}"),
        value => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_three_digits_and_their_unit() {
        for (measure, text) in [
            (Measure::PerSecond(2_193_000.0), "2.19 M/s"),
            (Measure::PerSecond(450.0), "450/s"),
            (Measure::Seconds(0.000_26), "260 µs"),
            (Measure::Seconds(2.683), "2.68 s"),
            (Measure::Each(0.031), "0.031"),
            (Measure::Bytes(20.0 * 1_048_576.0), "20.0 MiB"),
        ] {
            assert_eq!(figure(measure), text);
        }
    }
}
