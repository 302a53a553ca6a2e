//! One test's world: a server nobody has used yet and a browser, and what must be true at its end.

use crate::axe::Checker;
use crate::browser::{Browser, Scripts};
use crate::server::Server;
use crate::tools::Tools;

/// Whether the accessibility checker looks at each page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audit {
    /// No: the pages are as strict as they are for people.
    Off,
    /// Yes, on each page.
    On,
}

/// What a test has.
pub struct World {
    /// The product.
    pub server: Server,
    /// What looks at it.
    pub browser: Browser,
}

impl World {
    /// An address of the server.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.server.origin)
    }
}

/// Tells a story in a new world, then holds the browser's record to its promises.
pub fn run(scripts: Scripts, audit: Audit, story: impl AsyncFnOnce(&World)) {
    let Some(tools) = Tools::find() else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let checker = (audit == Audit::On).then(|| Checker::load(&tools.axe));
        let world = World {
            server: Server::start(&tools.server),
            browser: Browser::start(&tools.chromium, scripts, checker).await,
        };
        story(&world).await;
        let World { server, browser } = world;
        let record = browser.record.clone();
        browser.close().await;
        record.judge(&server.origin);
    });
}
