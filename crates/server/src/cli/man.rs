//! `man`: the manual pages, made from the command line's own description.

use std::fs;
use std::path::{Path, PathBuf};

use clap::CommandFactory as _;
use clap_mangen::Man;

use crate::cli::{Cli, Context};
use crate::failure::{Failure, FileFailure};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Write a page for each command into this directory; without it, print the first.
    directory: Option<PathBuf>,
}

pub(super) fn run(context: &Context, arguments: &Arguments) -> Result<(), Failure> {
    let mut root = Cli::command().disable_help_subcommand(true);
    root.build();
    let Some(directory) = &arguments.directory else {
        return context.output.bytes(&page(root, "countersign")?);
    };
    fs::create_dir_all(directory).map_err(|error| FileFailure::new("create", directory, error))?;
    let written = write(directory, root, "countersign")?;
    context
        .output
        .note(&format!("{written} pages in {}", directory.display()));
    Ok(())
}

fn write(directory: &Path, command: clap::Command, name: &str) -> Result<u32, Failure> {
    let mut written = 1;
    for inner in command
        .get_subcommands()
        .filter(|inner| !inner.is_hide_set())
    {
        written += write(
            directory,
            inner.clone(),
            &format!("{name}-{}", inner.get_name()),
        )?;
    }
    let path = directory.join(format!("{name}.1"));
    let page = page(command, name)?;
    fs::write(&path, page).map_err(|error| FileFailure::new("write", &path, error))?;
    Ok(written)
}

fn page(command: clap::Command, name: &str) -> Result<Vec<u8>, Failure> {
    let mut page = Vec::new();
    Man::new(command)
        .title(name)
        .section("1")
        .render(&mut page)
        .map_err(Failure::Output)?;
    Ok(page)
}
