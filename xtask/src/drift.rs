//! Fails when a generated file is not what its generator makes today; it never writes one.

use std::fs;

use crate::{failure::Failure, step, workspace::Workspace};

/// A file in the tree and the arguments with which the product prints it.
type Generated = (&'static str, &'static [&'static str]);

/// The files that the product prints.
const BY_THE_PRODUCT: &[Generated] = &[];

/// Compares every generated file.
pub fn run(workspace: &Workspace) -> Result<(), Failure> {
    let mut locked = workspace.cargo();
    locked.args(["metadata", "--locked", "--format-version", "1"]);
    step::capture(
        &mut locked,
        "Cargo.lock is not what the manifests ask for: run `cargo check` and commit it",
    )?;
    println!("Cargo.lock is current");
    let mut stale = 0;
    for &(file, arguments) in BY_THE_PRODUCT {
        if is_current(workspace, file, arguments)? {
            println!("{file} is current");
        } else {
            stale += 1;
            println!(
                "{file} is stale: cargo run -- {} > {file}",
                arguments.join(" ")
            );
        }
    }
    match stale {
        0 => Ok(()),
        count => Err(Failure::Faults {
            check: "stale files",
            count,
            next: "Run the commands beside them and commit what they write",
        }),
    }
}

fn is_current(
    workspace: &Workspace,
    file: &'static str,
    arguments: &[&str],
) -> Result<bool, Failure> {
    let path = workspace.root.join(file);
    let kept = fs::read_to_string(&path).map_err(|source| Failure::File { path, source })?;
    let mut command = workspace.cargo();
    command
        .args(["run", "--quiet", "--package", "countersign-server", "--"])
        .args(arguments);
    let made = step::capture(&mut command, "the product cannot print a file it should")?;
    Ok(kept == made)
}
