//! The accessibility checker on a page: in light and in dark, on a phone and on a desk. It comes from
//! outside, so it runs only where the content policy is not enforced.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::tab::Tab;

const SCHEMES: [&str; 2] = ["light", "dark"];
const WIDTHS: [u32; 2] = [360, 1280];

/// The checker's script, and where pictures of what it saw go, if anywhere.
#[derive(Clone)]
pub struct Checker {
    script: Arc<str>,
    pictures: Option<PathBuf>,
    pages: Arc<AtomicUsize>,
}

impl Checker {
    /// Reads the script. `COUNTERSIGN_SCREENSHOTS` asks for pictures, in a folder for each test.
    pub fn load(script: &Path) -> Self {
        let thread = std::thread::current();
        let name = thread.name().unwrap_or_default().replace("::", "/");
        let pictures = env::var_os("COUNTERSIGN_SCREENSHOTS").map(|_| {
            let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target");
            target.join("e2e-screenshots").join(name)
        });
        if let Some(folder) = &pictures {
            fs::create_dir_all(folder).unwrap();
        }
        Self {
            script: fs::read_to_string(script).unwrap().into(),
            pictures,
            pages: Arc::default(),
        }
    }

    /// One line for each violation.
    pub(crate) async fn check(&self, tab: &Tab) -> Vec<String> {
        let page = self.pages.fetch_add(1, Ordering::Relaxed);
        if tab.evaluate("typeof axe").await == "undefined" {
            tab.evaluate(&format!("{}; 0", self.script)).await;
        }
        let mut found = Vec::new();
        for scheme in SCHEMES {
            tab.prefer(scheme).await;
            for width in WIDTHS {
                tab.resize(width).await;
                tab.evaluate(SETTLED).await;
                let lines: Vec<String> = serde_json::from_value(tab.evaluate(RUN).await).unwrap();
                found.extend(
                    lines
                        .iter()
                        .map(|line| format!("{scheme}, {width} px: {line}")),
                );
                if let Some(folder) = &self.pictures {
                    let name = format!(
                        "{page:02}-{}-{scheme}-{width}.png",
                        slug(&tab.title().await)
                    );
                    fs::write(folder.join(name), tab.picture(None).await).unwrap();
                }
            }
        }
        tab.prefer("light").await;
        found
    }
}

fn slug(title: &str) -> String {
    let title = title.split(" – ").next().unwrap_or_default();
    title
        .chars()
        .map(|letter| {
            if letter.is_alphanumeric() {
                letter.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect()
}

/// A change of size or colors is drawn, and no color is on its way to another one.
const SETTLED: &str = "
    document.fonts.ready
        .then(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))))
        .then(() => document.getAnimations().forEach((animation) => animation.finish()))";

const RUN: &str = "
    axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
        resultTypes: ['violations'],
    }).then(({ violations }) => violations.flatMap(({ id, help, nodes }) => nodes.map((node) =>
        `${location.pathname} “${document.title}”: ${id}: ${help}: ${node.target}: ${node.html} ${node.failureSummary}`)))";
