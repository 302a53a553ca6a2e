//! Fails when a crate reaches what its place in the architecture forbids; it reads dependencies and never the code.
//!
//! Each crate is judged by the graph that cargo resolves for it alone, with all of its features: in
//! the graph of the whole workspace a feature that one crate asks for would be held against another.
//! Tests' and build scripts' dependencies and procedural macros do not count: they run elsewhere.

use std::{collections::BTreeSet, fmt};

use crate::{failure::Failure, step, workspace::Workspace};

/// What one crate may use of ours, and what it must never reach.
struct Rule {
    name: &'static str,
    /// Crates of this workspace that it may name in its manifest.
    ours: &'static [&'static str],
    /// Crates that it must not reach, however far away.
    never: &'static [&'static [&'static str]],
}

const DRIVERS: &[&str] = &[
    "rusqlite",
    "libsqlite3-sys",
    "sqlx",
    "tokio-postgres",
    "postgres",
    "deadpool-postgres",
    "redis",
    "fred",
];
const RUNTIMES: &[&str] = &["tokio", "async-std", "smol", "async-io", "mio"];
const WEB: &[&str] = &[
    "axum",
    "axum-core",
    "hyper",
    "http",
    "tower-http",
    "reqwest",
    "ureq",
];
const AMBIENT: &[&str] = &["getrandom", "rand", "uuid", "jiff", "chrono", "time"];
const PROCESS: &[&str] = &["toml", "clap", "figment", "config", "tracing-subscriber"];

const RULES: &[Rule] = &[
    Rule {
        name: "countersign-otp",
        ours: &[],
        never: &[DRIVERS, RUNTIMES, WEB, AMBIENT, PROCESS],
    },
    Rule {
        name: "countersign-webauthn",
        ours: &[],
        never: &[DRIVERS, RUNTIMES, WEB, PROCESS],
    },
    Rule {
        name: "countersign",
        ours: &["countersign-otp", "countersign-webauthn"],
        never: &[DRIVERS, RUNTIMES, WEB, PROCESS],
    },
    Rule {
        name: "countersign-store",
        ours: &["countersign"],
        never: &[WEB, PROCESS, &["countersign-http"]],
    },
    Rule {
        name: "countersign-http",
        ours: &["countersign"],
        never: &[DRIVERS, PROCESS, &["countersign-store"]],
    },
    Rule {
        name: "countersign-server",
        ours: PRODUCT,
        never: &[&["countersign-testkit", "openssl-sys", "native-tls"]],
    },
    Rule {
        name: "countersign-testkit",
        ours: PRODUCT,
        never: &[],
    },
    Rule {
        name: "countersign-bench",
        ours: WITH_TESTKIT,
        never: &[],
    },
    Rule {
        name: "countersign-e2e",
        ours: WITH_TESTKIT,
        never: &[],
    },
    Rule {
        name: "countersign-examples",
        ours: &["countersign-e2e"],
        never: &[],
    },
    Rule {
        name: "countersign-example-axum",
        ours: PRODUCT,
        never: &[],
    },
    Rule {
        name: "xtask",
        ours: &[],
        never: &[DRIVERS, RUNTIMES, WEB],
    },
];

const PRODUCT: &[&str] = &[
    "countersign",
    "countersign-otp",
    "countersign-webauthn",
    "countersign-store",
    "countersign-http",
];
const WITH_TESTKIT: &[&str] = &[
    "countersign",
    "countersign-otp",
    "countersign-webauthn",
    "countersign-store",
    "countersign-http",
    "countersign-testkit",
];

/// A dependency that must not be.
#[derive(Debug, PartialEq, Eq)]
enum Breach {
    /// The way from a crate of ours to the crate that it must not reach.
    Reaches(Vec<String>),
    /// A manifest names a crate of ours that stands beside or above it.
    Arrow { from: String, to: String },
    /// A crate of ours that no rule speaks of.
    Unruled(String),
}

impl fmt::Display for Breach {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reaches(way) => write!(out, "must not be reached: {}", way.join(" → ")),
            Self::Arrow { from, to } => write!(out, "no such arrow: {from} → {to}"),
            Self::Unruled(name) => write!(out, "{name} has no row among the rules of arrows.rs"),
        }
    }
}

/// Judges every member; prints what it found.
pub fn run(workspace: &Workspace) -> Result<(), Failure> {
    let members: BTreeSet<&str> = workspace
        .members
        .iter()
        .map(|member| member.name.as_str())
        .collect();
    let mut breaches = Vec::new();
    for member in &members {
        match RULES.iter().find(|rule| rule.name == *member) {
            Some(rule) => breaches.extend(judge(rule, &ways_from(workspace, member)?, &members)),
            None => breaches.push(Breach::Unruled((*member).to_owned())),
        }
    }
    for breach in &breaches {
        println!("{breach}");
    }
    if breaches.is_empty() {
        println!("{} crates, every arrow as it should be", members.len());
        return Ok(());
    }
    Err(Failure::Faults {
        check: "forbidden dependencies",
        count: breaches.len(),
        next: "Take what is needed as an argument or through a port, or move the code to a crate that may reach it",
    })
}

/// The way to each dependency of a crate, the crate itself first.
fn ways_from(workspace: &Workspace, package: &str) -> Result<Vec<Vec<String>>, Failure> {
    let mut command = workspace.cargo();
    command
        .args(["tree", "--quiet", "--all-features", "--prefix", "depth"])
        .args(["--edges", "normal,no-proc-macro", "--package", package]);
    let printed = step::capture(&mut command, "its manifest is at fault")?;
    Ok(read_tree(&printed))
}

/// Reads lines such as `2hmac v0.13.0`: how deep, which crate.
fn read_tree(printed: &str) -> Vec<Vec<String>> {
    let mut way: Vec<String> = Vec::new();
    let mut ways = Vec::new();
    for line in printed.lines() {
        let name_at = line
            .find(|letter: char| !letter.is_ascii_digit())
            .unwrap_or_default();
        let (depth, rest) = line.split_at(name_at);
        let (Ok(depth), Some(name)) = (depth.parse(), rest.split(' ').next()) else {
            continue;
        };
        way.truncate(depth);
        way.push(name.to_owned());
        ways.push(way.clone());
    }
    ways
}

fn judge(rule: &Rule, ways: &[Vec<String>], members: &BTreeSet<&str>) -> Vec<Breach> {
    let mut seen = BTreeSet::new();
    let mut breaches = Vec::new();
    for way in ways {
        let Some(end) = way.last().map(String::as_str) else {
            continue;
        };
        if way.len() == 2 && members.contains(end) && !rule.ours.contains(&end) {
            breaches.push(Breach::Arrow {
                from: rule.name.to_owned(),
                to: end.to_owned(),
            });
        }
        if rule.never.iter().any(|names| names.contains(&end)) && seen.insert(end) {
            breaches.push(Breach::Reaches(way.clone()));
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members() -> BTreeSet<&'static str> {
        RULES.iter().map(|rule| rule.name).collect()
    }

    fn judge_tree(name: &str, tree: &str) -> Vec<Breach> {
        let rule = RULES.iter().find(|rule| rule.name == name).unwrap();
        judge(rule, &read_tree(tree), &members())
    }

    #[test]
    fn a_clock_behind_three_crates_is_found_with_its_way() {
        let breaches = judge_tree(
            "countersign-otp",
            "0countersign-otp v0.1.0 (/somewhere)\n1hmac v0.13.0\n2digest v0.11.0\n1url v9.0.0\n2helper v1.0.0\n3uuid v1.0.0\n2uuid v1.0.0 (*)",
        );
        let way = ["countersign-otp", "url", "helper", "uuid"].map(str::to_owned);
        assert_eq!(breaches, [Breach::Reaches(way.to_vec())]);
    }

    #[test]
    fn the_engine_reaches_no_driver_no_runtime_and_no_http() {
        let breaches = judge_tree(
            "countersign",
            "0countersign v0.1.0\n1countersign-otp v0.1.0\n1rusqlite v0.43.0\n1pool v1.0.0\n2tokio v1.0.0\n2tokio-postgres v0.7.18\n1http v1.0.0",
        );
        assert_eq!(breaches.len(), 4, "{breaches:?}");
    }

    #[test]
    fn routes_never_name_the_store() {
        let breaches = judge_tree(
            "countersign-http",
            "0countersign-http v0.1.0\n1countersign v0.1.0\n2countersign-otp v0.1.0\n1countersign-store v0.1.0\n2rusqlite v0.43.0",
        );
        assert!(breaches.contains(&Breach::Arrow {
            from: "countersign-http".to_owned(),
            to: "countersign-store".to_owned(),
        }));
        assert_eq!(breaches.len(), 3, "{breaches:?}");
    }

    #[test]
    fn tasks_depend_on_nothing_of_ours() {
        let breaches = judge_tree("xtask", "0xtask v0.1.0\n1countersign-testkit v0.1.0");
        assert_eq!(breaches.len(), 1, "{breaches:?}");
    }

    #[test]
    fn allowed_arrows_pass() {
        let breaches = judge_tree(
            "countersign-store",
            "0countersign-store v0.1.0\n1countersign v0.1.0\n2countersign-otp v0.1.0\n1rusqlite v0.43.0\n1tokio v1.0.0",
        );
        assert_eq!(breaches, []);
    }

    #[test]
    fn arrows_point_one_way() {
        for rule in RULES {
            for below in rule.ours {
                let back = RULES
                    .iter()
                    .find(|other| other.name == *below)
                    .is_some_and(|other| other.ours.contains(&rule.name));
                assert!(!back, "{} and {below} name each other", rule.name);
            }
        }
    }
}
