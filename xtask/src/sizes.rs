//! How long files and functions are, beside the models' figures; it counts lines and judges nothing but the cap.

use std::{
    cmp::Reverse,
    fs,
    path::{Path, PathBuf},
};

use crate::{failure::Failure, workspace::Workspace};

/// No file may be longer: one would need a search to find one's way in it.
const CAP: usize = 600;
/// What the Rust package index's web application has.
const MODEL_FILE: &str = "77 in the median, 253 at the 90th percentile";
const MODEL_HANDLER: &str = "a handler about 20";

/// A source file that is not a test.
struct Source {
    path: PathBuf,
    lines: usize,
    functions: Vec<Function>,
}

struct Function {
    name: String,
    at: usize,
    lines: usize,
}

/// Prints the distributions; fails when a file passes the cap.
pub fn run(workspace: &Workspace) -> Result<(), Failure> {
    let mut sources = Vec::new();
    println!("lines a file            files  median   p90   max    all");
    for member in &workspace.members {
        let mut of_member = Vec::new();
        let folder = member.folder().join("src");
        read_folder(&folder, &workspace.root, &mut of_member)?;
        print_row(&member.name, of_member.iter().map(|source| source.lines));
        sources.extend(of_member);
    }
    let product = || {
        sources
            .iter()
            .filter(|source| source.path.starts_with("crates"))
    };
    print_row("product", product().map(|source| source.lines));
    println!("models: {MODEL_FILE}\n");

    println!("lines a function        count  median   p90   max    all");
    let functions = product().flat_map(|source| &source.functions);
    print_row("product", functions.map(|function| function.lines));
    println!("models: {MODEL_HANDLER}");

    print_longest(&mut sources);
    match sources.iter().filter(|source| source.lines > CAP).count() {
        0 => Ok(()),
        count => Err(Failure::Faults {
            check: "files of more than 600 lines",
            count,
            next: "Split them by what they are, each part opening with one sentence",
        }),
    }
}

fn print_row(name: &str, lines: impl Iterator<Item = usize>) {
    let mut lines: Vec<usize> = lines.collect();
    lines.sort_unstable();
    println!(
        "{name:<22} {:>6} {:>7} {:>5} {:>5} {:>6}",
        lines.len(),
        percentile(&lines, 50),
        percentile(&lines, 90),
        percentile(&lines, 100),
        lines.iter().sum::<usize>(),
    );
}

fn print_longest(sources: &mut [Source]) {
    println!("\nlongest files");
    sources.sort_by_key(|source| Reverse(source.lines));
    for Source { path, lines, .. } in sources.iter().take(10) {
        println!("{lines:>6}  {}", path.display());
    }
    println!("\nlongest functions");
    let mut functions: Vec<(&Source, &Function)> = sources
        .iter()
        .flat_map(|source| {
            source
                .functions
                .iter()
                .map(move |function| (source, function))
        })
        .collect();
    functions.sort_by_key(|(_, function)| Reverse(function.lines));
    for (source, Function { name, at, lines }) in functions.iter().take(10) {
        println!("{lines:>6}  {}:{at} {name}", source.path.display());
    }
}

/// The nearest rank: the smallest value that so many per cent do not pass; 0 of none.
fn percentile(sorted: &[usize], percent: usize) -> usize {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted
        .get(rank.saturating_sub(1))
        .copied()
        .unwrap_or_default()
}

fn read_folder(folder: &Path, root: &Path, sources: &mut Vec<Source>) -> Result<(), Failure> {
    let failure = |source| Failure::File {
        path: folder.to_owned(),
        source,
    };
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder).map_err(failure)? {
        let path = entry.map_err(failure)?.path();
        let only_tests = path.file_stem().is_some_and(|stem| stem == "tests");
        if only_tests {
            continue;
        }
        if path.is_dir() {
            read_folder(&path, root, sources)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).map_err(|source| Failure::File {
                path: path.clone(),
                source,
            })?;
            sources.push(Source {
                path: path.strip_prefix(root).unwrap_or(&path).to_owned(),
                lines: text.lines().count(),
                functions: functions(&text),
            });
        }
    }
    Ok(())
}

/// The functions of a file that rustfmt has laid out: each ends with the first closing brace that
/// stands as far in as it began. Those of the tests at the end of the file are left out.
fn functions(text: &str) -> Vec<Function> {
    let mut functions = Vec::new();
    let mut open: Vec<(String, Function)> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line == "#[cfg(test)]" {
            break;
        }
        if let Some((_, mut function)) = open.pop_if(|(end, _)| end == line) {
            function.lines = index + 2 - function.at;
            functions.push(function);
        } else if let Some(name) = opened_function(line) {
            let indent = line.len() - line.trim_start().len();
            let at = index + 1;
            let function = Function { name, at, lines: 1 };
            if line.ends_with('}') {
                functions.push(function);
            } else if !line.ends_with(';') {
                open.push((format!("{}}}", " ".repeat(indent)), function));
            }
        } else {
            // A trait's method without a body, its arguments on lines of their own.
            open.pop_if(|(end, _)| {
                let indent = end.len() - 1;
                line.ends_with(';') && line.get(indent..).is_some_and(|rest| rest.starts_with(')'))
            });
        }
    }
    functions
}

/// The name, when the line opens a function.
fn opened_function(line: &str) -> Option<String> {
    let (qualifiers, rest) = line.trim_start().split_once("fn ")?;
    let plain = qualifiers.split_whitespace().all(|word| {
        word.starts_with("pub") || word.ends_with(')') || ["const", "async"].contains(&word)
    });
    let name: String = rest
        .chars()
        .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
        .collect();
    (plain && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let lines: Vec<usize> = (1..=10).collect();
        assert_eq!(percentile(&lines, 50), 5);
        assert_eq!(percentile(&lines, 90), 9);
        assert_eq!(percentile(&lines, 100), 10);
        assert_eq!(percentile(&[], 90), 0);
    }

    #[test]
    fn functions_are_measured_from_their_name_to_their_brace() {
        let text = "\
pub(crate) async fn outer(
    a: u8,
) -> u8 {
    fn inner() {}
    if a == 1 {
        call(|| a);
    }
    a
}

trait Port {
    fn bodiless(&self);
    fn spread(
        &self,
    ) -> u8;
    fn given(&self) -> u8 {
        1
    }
}

#[cfg(test)]
mod tests {
    fn left_out() {}
}
";
        let mut found: Vec<_> = functions(text)
            .into_iter()
            .map(|function| (function.at, function.name, function.lines))
            .collect();
        found.sort();
        let expected = [(1, "outer", 9), (4, "inner", 1), (16, "given", 3)];
        assert_eq!(
            found,
            expected.map(|(at, name, lines)| (at, name.to_owned(), lines))
        );
    }

    #[test]
    fn a_sentence_about_a_fn_opens_no_function() {
        assert_eq!(opened_function("    /// calls fn next"), None);
        assert_eq!(opened_function("let f: fn (u8) = g;"), None);
    }
}
