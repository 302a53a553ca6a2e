//! The documents against the code: what is generated is current, what is listed is complete, and what
//! is named exists. `UPDATE_DOCS=1 cargo test -p countersign-http --test docs` writes what is
//! generated.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use countersign::audit::{Event, Reason};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    let file = root().join(path);
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Compares a generated document, or writes it.
fn is_current(path: &str, made: &str) {
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(root().join(path), made).unwrap();
    }
    assert!(
        read(path) == made,
        "{path} is stale: UPDATE_DOCS=1 cargo test -p countersign-http --test docs"
    );
}

/// What stands in backquotes at the beginning of each row of a document's tables.
fn listed(document: &str) -> Vec<&str> {
    document
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(name, _)| name)
        .collect()
}

fn same(document: &str, listed: &[&str], known: &[String]) {
    let (listed, known): (BTreeSet<_>, BTreeSet<_>) = (
        listed.iter().copied().collect(),
        known.iter().map(String::as_str).collect(),
    );
    let missing: Vec<_> = known.difference(&listed).collect();
    let invented: Vec<_> = listed.difference(&known).collect();
    assert!(
        missing.is_empty() && invented.is_empty(),
        "{document} lacks {missing:?} and invents {invented:?}"
    );
}

#[test]
fn the_page_of_errors_is_the_catalogue() {
    is_current(
        "docs/reference/errors.md",
        &countersign_http::problem::markdown(),
    );
}

#[test]
fn the_service_api_is_what_its_handlers_say() {
    let document = countersign_http::v1::openapi();
    is_current("crates/http/openapi.json", &document);
    let page = countersign_http::v1::markdown();
    is_current("docs/reference/api.md", &page);
}

#[test]
fn the_page_on_embedding_shows_the_example_that_compiles() {
    let (page, example) = ("docs/how-to/embed.md", include_str!("../examples/embed.rs"));
    let text = read(page);
    let (before, rest) = text.split_once("```rust,no_run\n").unwrap();
    let (_, after) = rest.split_once("```\n").unwrap();
    is_current(
        page,
        &format!("{before}```rust,no_run\n{example}```\n{after}"),
    );
}

#[test]
fn every_route_is_in_the_reference_and_no_other() {
    let page = "docs/reference/routes.md";
    let text = read(page);
    // Those of the service API have a page that is made from them.
    let routes: Vec<String> = countersign_http::routes()
        .iter()
        .filter(|route| !route.path.starts_with("/v1/"))
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    let listed: Vec<&str> = listed(&text)
        .into_iter()
        .filter(|name| name.contains(" /"))
        .collect();
    same(page, &listed, &routes);
}

#[test]
fn every_event_and_reason_is_in_the_reference_and_no_other() {
    let page = "docs/reference/audit-events.md";
    let text = read(page);
    let events = Event::ALL.iter().map(|event| event.as_str().to_owned());
    let reasons = Reason::ALL.iter().map(|reason| reason.as_str().to_owned());
    let known: Vec<String> = events.chain(reasons).collect();
    same(page, &listed(&text), &known);
}

/// A link of a document, and what it is called.
struct Link {
    page: PathBuf,
    name: String,
    target: String,
}

#[test]
fn every_link_leads_somewhere() {
    let broken: Vec<String> = links()
        .into_iter()
        .filter(|link| !leads_somewhere(link))
        .map(|link| format!("{}: {}", link.page.display(), link.target))
        .collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_test_that_is_named_is_in_the_file_it_is_said_to_be_in() {
    let (mut found, mut missing) = (0, Vec::new());
    for link in links() {
        let is_test = Path::new(&link.target)
            .extension()
            .is_some_and(|extension| extension == "rs")
            && link.name.matches('_').count() > 1
            && link
                .name
                .chars()
                .all(|letter| letter == '_' || letter.is_ascii_alphanumeric());
        if !is_test {
            continue;
        }
        found += 1;
        if !holds(&target(&link), &link.name) {
            missing.push(format!("{}: {}", link.page.display(), link.name));
        }
    }
    assert!(
        found > 100,
        "only {found}: are the links still written like that?"
    );
    assert!(missing.is_empty(), "{missing:#?}");
}

/// A test has its own function, or, where the compiler has to refuse something, its own file.
fn holds(file: &Path, test: &str) -> bool {
    if file.file_stem().is_some_and(|stem| stem == test) {
        return true;
    }
    let source = fs::read_to_string(file).unwrap_or_default();
    source.contains(&format!("fn {test}(")) || source.contains(&format!("fn {test}<"))
}

fn target(link: &Link) -> PathBuf {
    let path = link.target.split('#').next().unwrap_or_default();
    link.page.parent().unwrap().join(path)
}

fn leads_somewhere(link: &Link) -> bool {
    if link.target.contains("://") {
        return true;
    }
    let (path, anchor) = link
        .target
        .split_once('#')
        .map_or((link.target.as_str(), None), |(path, anchor)| {
            (path, Some(anchor))
        });
    let file = if path.is_empty() {
        link.page.clone()
    } else {
        target(link)
    };
    let is_there = file.exists();
    match anchor {
        Some(anchor) if is_there => headings(&file).contains(anchor),
        _ => is_there,
    }
}

/// The anchors that a page's headings get.
fn headings(file: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let titles = text.lines().filter(|line| line.starts_with('#'));
    titles
        .map(|title| {
            let title = title.trim_start_matches('#').trim().to_lowercase();
            title
                .chars()
                .filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter))
                .map(|letter| if letter == ' ' { '-' } else { letter })
                .collect()
        })
        .collect()
}

fn links() -> Vec<Link> {
    let mut pages = Vec::new();
    collect(&root().join("docs"), &mut pages);
    for page in [
        "README.md",
        "ARCHITECTURE.md",
        "SECURITY.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
    ] {
        pages.push(root().join(page));
    }
    pages.iter().flat_map(|page| links_of(page)).collect()
}

fn collect(folder: &Path, pages: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, pages);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        }
    }
}

fn links_of(page: &Path) -> Vec<Link> {
    let text = fs::read_to_string(page).unwrap();
    let mut links = Vec::new();
    // Every other part is code.
    for prose in text.split("```").step_by(2) {
        for (before, after) in prose.match_indices("](").map(|(at, _)| {
            let (before, after) = prose.split_at(at);
            (before, after.trim_start_matches("]("))
        }) {
            let name = before.rsplit('[').next().unwrap_or_default();
            let Some((target, _)) = after.split_once(')') else {
                continue;
            };
            links.push(Link {
                page: page.to_owned(),
                name: name.trim_matches('`').to_owned(),
                target: target.to_owned(),
            });
        }
    }
    links
}
