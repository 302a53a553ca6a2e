//! The reference of the command line and of the configuration against the binary.
//! `UPDATE_DOCS=1 cargo test -p countersign-server --test docs` writes the former.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[expect(dead_code, reason = "only the table of keys is looked at")]
#[path = "../src/config/key.rs"]
mod key;

fn page(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs/reference")
        .join(name)
}

#[test]
fn the_page_of_the_command_line_is_what_help_prints() {
    let made = command_line();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(page("cli.md"), &made).unwrap();
    }
    assert!(
        fs::read_to_string(page("cli.md")).unwrap() == made,
        "docs/reference/cli.md is stale: UPDATE_DOCS=1 cargo test -p countersign-server --test docs"
    );
}

#[test]
fn every_key_is_in_the_reference_with_its_variable_and_default() {
    let text = fs::read_to_string(page("configuration.md")).unwrap();
    let known: BTreeSet<&str> = key::KEYS.iter().map(|key| key.name).collect();
    let listed: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(known, listed);
    for key in key::KEYS {
        let row = text
            .lines()
            .find(|line| line.starts_with(&format!("| `{}` |", key.name)))
            .unwrap();
        assert!(row.contains(&format!("| `{}` |", key.variable())), "{row}");
        if let Some(default) = key.default.filter(|default| !default.is_empty()) {
            assert!(row.contains(&format!("| `{default}` |")), "{row}");
        }
    }
}

/// All commands, each as its own `-h` prints it; the options that all of them take, once.
fn command_line() -> String {
    let mut text = String::from(
        "# Command line\n\n\
         What `countersign COMMAND -h` prints. The options of the first block go with every command \
         and are not repeated below it. A secret is never an argument: it is read from a file, from \
         standard input, or asked for.\n",
    );
    let root = help(&[]);
    section(&mut text, "countersign", &root);
    for command in subcommands(&root) {
        let shown = help(&[command]);
        section(
            &mut text,
            &format!("countersign {command}"),
            &without_shared_options(&shown),
        );
        for verb in subcommands(&shown) {
            let shown = help(&[command, verb]);
            section(
                &mut text,
                &format!("countersign {command} {verb}"),
                &without_shared_options(&shown),
            );
        }
    }
    text
}

fn section(text: &mut String, title: &str, help: &str) {
    write!(text, "\n## {title}\n\n```text\n{}\n```\n", help.trim_end()).unwrap();
}

fn help(path: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_countersign"))
        .args(path)
        .arg("-h")
        .env_remove("COLUMNS")
        .output()
        .unwrap();
    assert!(output.status.success(), "{path:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn subcommands(help: &str) -> Vec<&str> {
    help.lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|name| !name.is_empty() && *name != "help")
        .collect()
}

/// The same without the options that every command takes, and without a heading of nothing.
fn without_shared_options(help: &str) -> String {
    const SHARED: [&str; 7] = [
        "--config",
        "--data-dir",
        "--listen",
        "--public-url",
        "--store",
        "--output",
        "--help",
    ];
    let mut kept: Vec<&str> = Vec::new();
    let mut dropping = false;
    for line in help.lines() {
        let begins = line.trim_start().starts_with('-') && line.starts_with("  ");
        if begins {
            let long = line.split([' ', ',']).find(|word| word.starts_with("--"));
            dropping = long.is_some_and(|long| SHARED.contains(&long));
        } else if !line.starts_with("      ") {
            dropping = false;
        }
        if !dropping {
            kept.push(line);
        }
    }
    let text = kept.join("\n");
    let text = text.trim_end();
    text.strip_suffix("\n\nOptions:").unwrap_or(text).to_owned()
}
