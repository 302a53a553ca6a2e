//! Reads how many tests passed from what a runner prints; a line of a test's own output never counts.

use std::fmt;

/// How many tests passed, failed and were left out.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

/// Whose closing line is read. nextest repeats a failed test's output, in which the compiler's own
/// runner has closed too: the two must not be mixed.
#[derive(Clone, Copy)]
pub enum Runner {
    /// `Summary [ 1.2s] 9 tests run: 8 passed (1 slow), 1 failed, 2 skipped`
    Nextest,
    /// `test result: ok. 8 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out`
    Libtest,
}

impl Count {
    /// Adds what a line says, if it is a closing line of that runner.
    pub fn read(&mut self, runner: Runner, line: &str) {
        let figures = match runner {
            Runner::Nextest => line
                .trim_start()
                .strip_prefix("Summary [")
                .and_then(|rest| rest.split_once(" run: "))
                .map(|(_, figures)| figures),
            Runner::Libtest => line
                .strip_prefix("test result: ")
                .and_then(|rest| rest.split_once(". "))
                .map(|(_, figures)| figures),
        };
        for figure in without_brackets(figures.unwrap_or_default()).split([',', ';']) {
            self.add(figure.trim());
        }
    }

    fn add(&mut self, figure: &str) {
        let Some((number, what)) = figure.split_once(' ') else {
            return;
        };
        let Ok(number) = number.parse::<u64>() else {
            return;
        };
        match what.trim() {
            "passed" => self.passed += number,
            "failed" | "timed out" | "exec failed" => self.failed += number,
            "skipped" | "ignored" => self.skipped += number,
            _ => {}
        }
    }
}

impl fmt::Display for Count {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(out, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0_usize;
    text.chars()
        .filter(|&letter| {
            match letter {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => return depth == 0,
            }
            false
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(runner: Runner, text: &str) -> Count {
        let mut count = Count::default();
        for line in text.lines() {
            count.read(runner, line);
        }
        count
    }

    #[test]
    fn a_summary_of_nextest_is_read_whole() {
        let count = read(
            Runner::Nextest,
            "     Summary [   1.204s] 12/14 tests run: 8 passed (1 slow, 1 flaky), 2 failed, 1 timed out, 1 exec failed, 2 skipped",
        );
        assert_eq!(count.to_string(), "8 passed, 4 failed, 2 skipped");
    }

    #[test]
    fn a_failed_tests_own_output_does_not_count() {
        let count = read(
            Runner::Nextest,
            "test result: FAILED. 0 passed; 1 failed; 0 ignored\n  Summary [ 0.1s] 1 test run: 0 passed, 1 failed, 0 skipped",
        );
        assert_eq!(count.to_string(), "0 passed, 1 failed");
    }

    #[test]
    fn doctests_of_several_crates_add_up() {
        let count = read(
            Runner::Libtest,
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.10s\n\
             test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s",
        );
        assert_eq!(count.to_string(), "5 passed, 1 failed, 1 skipped");
    }
}
