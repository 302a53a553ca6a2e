//! Starts programs and says how long each took; it never hides what they print.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::failure::Failure;

/// The steps of a task so far, with their durations.
#[derive(Default)]
pub struct Steps(Vec<(&'static str, Duration)>);

impl Steps {
    /// Does one step between a line that announces it and a line that says how long it took.
    pub fn step<T>(
        &mut self,
        name: &'static str,
        work: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        println!("\n=== {name}");
        let start = Instant::now();
        let done = work();
        let duration = start.elapsed();
        let verdict = if done.is_ok() { "done" } else { "failed" };
        println!("=== {name}: {verdict} after {}", seconds(duration));
        self.0.push((name, duration));
        done
    }

    /// All steps again in one table.
    pub fn print(&self) {
        println!();
        for (name, duration) in &self.0 {
            println!("{:>9}  {name}", seconds(*duration));
        }
        let all = self.0.iter().map(|(_, duration)| *duration).sum();
        println!("{:>9}  together", seconds(all));
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

/// Runs a program whose output goes where ours goes; `next` tells what to do when it says no.
pub fn stream(command: &mut Command, next: &'static str) -> Result<(), Failure> {
    let status = command
        .status()
        .map_err(|source| start_failure(command, source))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::Exit {
        command: spoken(command),
        status,
        next,
    })
}

/// Runs a program for what it prints on its standard output; its errors go where ours go.
pub fn capture(command: &mut Command, next: &'static str) -> Result<String, Failure> {
    let Output { status, stdout, .. } = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|source| start_failure(command, source))?;
    if status.success() {
        return Ok(String::from_utf8_lossy(&stdout).into_owned());
    }
    Err(Failure::Exit {
        command: spoken(command),
        status,
        next,
    })
}

/// Runs a program, passing its output on line by line and showing each line to `watch` too.
/// Whether it said yes is in the answer: a runner whose tests fail has still told their number.
pub fn watch(command: &mut Command, mut watch: impl FnMut(&str)) -> Result<bool, Failure> {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|source| start_failure(command, source))?;
    let (sender, lines) = std::sync::mpsc::channel();
    let (out, err) = (child.stdout.take(), child.stderr.take());
    thread::scope(|scope| {
        let other = sender.clone();
        scope.spawn(move || out.map(|pipe| pass_on(pipe, io::stdout(), &sender)));
        scope.spawn(move || err.map(|pipe| pass_on(pipe, io::stderr(), &other)));
        for line in lines {
            watch(&line);
        }
    });
    let status = child
        .wait()
        .map_err(|source| start_failure(command, source))?;
    Ok(status.success())
}

fn pass_on(pipe: impl Read, mut ours: impl Write, sender: &std::sync::mpsc::Sender<String>) {
    let mut pipe = BufReader::new(pipe);
    let mut line = Vec::new();
    while matches!(pipe.read_until(b'\n', &mut line), Ok(read) if read > 0) {
        // A closed terminal must not keep the tests' number from being read.
        let _closed = ours.write_all(&line).and_then(|()| ours.flush());
        let _ended = sender.send(String::from_utf8_lossy(&line).into_owned());
        line.clear();
    }
}

fn start_failure(command: &Command, source: io::Error) -> Failure {
    Failure::Start {
        program: command.get_program().to_string_lossy().into_owned(),
        source,
    }
}

/// A command as a person would type it.
fn spoken(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program());
    let mut spoken = name.to_string_lossy().into_owned();
    for argument in command.get_args() {
        spoken.push(' ');
        spoken.push_str(&argument.to_string_lossy());
    }
    spoken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_command_and_what_to_do_next() {
        let failure = stream(Command::new("sh").args(["-c", "exit 3"]), "try again").unwrap_err();
        let said = failure.to_string();
        assert!(said.contains("`sh -c exit 3`"), "{said}");
        assert!(said.ends_with("try again"), "{said}");
    }

    #[test]
    fn a_watched_program_shows_both_its_outputs_and_its_verdict() {
        let mut lines = Vec::new();
        let well = watch(
            Command::new("sh").args(["-c", "echo out; echo err >&2; exit 1"]),
            |line| lines.push(line.trim_end().to_owned()),
        )
        .unwrap();
        lines.sort();
        assert!(!well);
        assert_eq!(lines, ["err", "out"]);
    }
}
