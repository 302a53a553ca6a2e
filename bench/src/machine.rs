//! Where a run took place: figures of two machines are not to be compared.

use std::fmt;
use std::process::Command;

use serde::Serialize;

/// A machine and what ran on it.
#[derive(Serialize)]
pub struct Machine {
    cores: usize,
    processor: String,
    kernel: String,
    commit: String,
    load: String,
}

/// Reads it off the system; what cannot be read is told as unknown.
pub fn describe() -> Machine {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let processor = read("/proc/cpuinfo")
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map(|(_, name)| name.trim().to_owned());
    Machine {
        cores: std::thread::available_parallelism().map_or(0, usize::from),
        processor: known(processor.unwrap_or_default()),
        kernel: known(read("/proc/sys/kernel/osrelease").trim().to_owned()),
        commit: commit(),
        load: known(
            read("/proc/loadavg")
                .split(' ')
                .next()
                .unwrap_or_default()
                .to_owned(),
        ),
    }
}

fn known(text: String) -> String {
    if text.is_empty() {
        "unknown".to_owned()
    } else {
        text
    }
}

fn commit() -> String {
    let git = |arguments: &[&str]| {
        let ran = Command::new("git").args(arguments).output().ok()?;
        let text = String::from_utf8(ran.stdout).ok()?;
        ran.status.success().then(|| text.trim().to_owned())
    };
    let commit = known(git(&["rev-parse", "--short", "HEAD"]).unwrap_or_default());
    match git(&["status", "--porcelain", "--untracked-files=no"]) {
        Some(changed) if !changed.is_empty() => format!("{commit} and changes"),
        _ => commit,
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{} cores of {}, Linux {}, load {} at the start, commit {}",
            self.cores, self.processor, self.kernel, self.load, self.commit
        )
    }
}
