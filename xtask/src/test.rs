//! The order in which everything is checked, the cheap and the likely first; it stops at the first step that fails.

use std::{
    env,
    ffi::OsString,
    process::{Command, ExitCode},
};

use crate::{
    arrows,
    count::{Count, Runner},
    drift,
    failure::Failure,
    packages, proxies, release, sizes,
    step::{self, Steps},
    tools,
    workspace::Workspace,
};

/// Packages whose tests start a browser or the packages of others: left out of a quick run.
const BROWSER_TESTS: &[&str] = &["countersign-e2e", "countersign-examples"];
/// Packages whose tests start the product built with its test hooks: while there is none, it is not built.
const HOOK_TESTS: &[&str] = &[];

/// What the tests are told of this machine.
type Environment = Vec<(&'static str, OsString)>;

/// Runs everything, or everything that needs only cargo; the last line is the number of tests.
pub fn run(workspace: &Workspace, quick: bool) -> Result<ExitCode, Failure> {
    let mut steps = Steps::default();
    let tested = run_steps(workspace, quick, &mut steps);
    steps.print();
    let count = tested?;
    if count.passed + count.failed == 0 {
        return Err(Failure::NoTest);
    }
    if quick {
        println!(
            "left out: licences, the release binary, tests that need a browser or others' packages"
        );
    }
    if count.failed > 0 {
        println!("the failed tests are named above, at the end of their step");
    }
    println!("{count}");
    Ok(match count.failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

/// Formatting, lints and arrows.
pub fn check(workspace: &Workspace, steps: &mut Steps) -> Result<(), Failure> {
    check_without(workspace, &[], steps)
}

fn check_without(
    workspace: &Workspace,
    left_out: &[&str],
    steps: &mut Steps,
) -> Result<(), Failure> {
    steps.step("format", || {
        let mut command = workspace.cargo();
        command.args(["fmt", "--all", "--check"]);
        step::stream(&mut command, "run `cargo fmt --all`")
    })?;
    steps.step("arrows", || arrows::run(workspace))?;
    steps.step("lints", || {
        let mut command = workspace.cargo();
        command.args(["clippy", "--workspace", "--all-targets"]);
        exclude(&mut command, workspace, left_out);
        command.args(["--", "--deny", "warnings"]);
        step::stream(&mut command, "mend what is listed above")
    })?;
    steps.step("lints without features", || {
        for features in ["", "passkeys", "qr", "identity"] {
            let mut command = workspace.cargo();
            command.args([
                "clippy",
                "--package",
                "countersign",
                "--no-default-features",
            ]);
            command.args(["--features", features, "--", "--deny", "warnings"]);
            step::stream(&mut command, "mend what is listed above")?;
        }
        Ok(())
    })
}

fn run_steps(workspace: &Workspace, quick: bool, steps: &mut Steps) -> Result<Count, Failure> {
    let left_out = if quick { BROWSER_TESTS } else { &[] };
    steps.step("drift", || drift::run(workspace))?;
    steps.step("sizes", || sizes::run(workspace))?;
    check_without(workspace, left_out, steps)?;
    let mut environment = Environment::new();
    if !quick {
        let deny = steps.step("licence checker", || tools::cargo_deny(workspace))?;
        steps.step("licences, bans and sources", || {
            let mut command = Command::new(deny);
            command
                .args(["check", "--hide-inclusion-graph", "licenses", "bans", "sources"])
                .current_dir(&workspace.root);
            step::stream(
                &mut command,
                "change the dependency (`cargo tree --invert CRATE` tells who asks for it), or deny.toml with a reason",
            )
        })?;
        steps.step("release check", || release::run(workspace))?;
        let browser = steps.step("browser", tools::chromium)?;
        environment.push(("COUNTERSIGN_CHROMIUM", browser.into()));
        let axe = steps.step("accessibility checker", || tools::axe(workspace))?;
        environment.push(("COUNTERSIGN_AXE", axe.into()));
        let python = steps.step("authenticator in Python", || tools::python(workspace))?;
        environment.extend(python.map(|python| ("COUNTERSIGN_PYTHON", python.into())));
        let python = steps.step("packages of Python", || packages::python(workspace))?;
        environment.extend(python.map(|it| ("COUNTERSIGN_EXAMPLES_PYTHON", it.into())));
        let node = steps.step("packages of Node", || packages::node(workspace))?;
        environment.extend(node.map(|it| ("COUNTERSIGN_EXAMPLES_NODE", it.into())));
        environment.extend(steps.step("proxies", || proxies::find(workspace))?);
    }
    build_server(workspace, left_out, &mut environment, steps)?;
    let mut count = Count::default();
    steps.step("tests", || {
        run_tests(workspace, left_out, &environment, &mut count)
    })?;
    steps.step("documentation tests", || {
        let mut command = workspace.cargo();
        command.args(["test", "--doc", "--workspace", "--no-fail-fast"]);
        exclude(&mut command, workspace, left_out);
        watch_tests(&mut command, Runner::Libtest, &environment, &mut count)
    })?;
    Ok(count)
}

/// Builds what tests start, and tells them where it is.
fn build_server(
    workspace: &Workspace,
    left_out: &[&str],
    environment: &mut Environment,
    steps: &mut Steps,
) -> Result<(), Failure> {
    steps.step("server", || {
        let mut command = workspace.cargo();
        command.args(["build", "--package", "countersign-server"]);
        step::stream(&mut command, "the product does not build")
    })?;
    let binary = workspace.server_binary(&workspace.target, "debug");
    environment.push(("COUNTERSIGN_BIN", binary.into()));
    if HOOK_TESTS.iter().any(|package| !left_out.contains(package)) {
        let binary = steps.step("server with test hooks", || {
            release::build_with_hooks(workspace)
        })?;
        environment.push(("COUNTERSIGN_TEST_BIN", binary.into()));
    }
    let vectors = workspace.root.join("../shared/vectors");
    if env::var_os("COUNTERSIGN_VECTORS").is_none() && vectors.is_dir() {
        environment.push(("COUNTERSIGN_VECTORS", vectors.into()));
    }
    Ok(())
}

fn run_tests(
    workspace: &Workspace,
    left_out: &[&str],
    environment: &Environment,
    count: &mut Count,
) -> Result<(), Failure> {
    let mut command = workspace.cargo();
    let runner = if tools::on_path("cargo-nextest").is_some() {
        command.args(["nextest", "run", "--workspace", "--no-fail-fast"]);
        if env::var_os("CI").is_some() {
            command.args(["--profile", "ci"]);
        }
        Runner::Nextest
    } else {
        command.args(["test", "--workspace", "--tests", "--no-fail-fast"]);
        Runner::Libtest
    };
    exclude(&mut command, workspace, left_out);
    watch_tests(&mut command, runner, environment, count)
}

/// Runs a runner and adds its closing lines up. Failed tests are in the count and are no failure
/// here, so that what follows still runs; a runner that says no without a failed test is one.
fn watch_tests(
    command: &mut Command,
    runner: Runner,
    environment: &Environment,
    count: &mut Count,
) -> Result<(), Failure> {
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    let failed_before = count.failed;
    let well = step::watch(command, |line| count.read(runner, line))?;
    if well == (count.failed == failed_before) {
        return Ok(());
    }
    Err(Failure::Runner)
}

fn exclude(command: &mut Command, workspace: &Workspace, left_out: &[&str]) {
    for package in left_out.iter().filter(|package| workspace.has(package)) {
        command.args(["--exclude", package]);
    }
}
