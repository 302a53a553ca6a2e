//! A headless browser with a profile of its own. Each tab it opens belongs to another person: they
//! share neither cookies nor storage.

use std::path::Path;

use chromiumoxide::browser::BrowserConfig;
use chromiumoxide::cdp::browser_protocol::emulation::{
    SetFocusEmulationEnabledParams, SetScriptExecutionDisabledParams,
};
use chromiumoxide::cdp::browser_protocol::page::SetBypassCspParams;
use chromiumoxide::cdp::browser_protocol::target::{
    CreateBrowserContextParams, CreateTargetParams,
};
use futures_util::StreamExt as _;
use tempfile::TempDir;

use crate::axe::Checker;
use crate::record::Record;
use crate::tab::Tab;

/// Whether pages may run scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scripts {
    /// As usual.
    On,
    /// As for somebody who has turned them off.
    Off,
}

/// A running browser.
pub struct Browser {
    chromium: chromiumoxide::Browser,
    scripts: Scripts,
    checker: Option<Checker>,
    /// What all its tabs did.
    pub record: Record,
    _profile: TempDir,
}

impl Browser {
    /// Starts it. With a checker, each page is checked by it as soon as it is there, and the content
    /// policy is not enforced, since the checker comes from outside of the page.
    pub async fn start(chromium: &Path, scripts: Scripts, checker: Option<Checker>) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let config = BrowserConfig::builder()
            .chrome_executable(chromium)
            .user_data_dir(profile.path())
            .new_headless_mode()
            .no_sandbox()
            .viewport(None)
            .args(["disable-gpu", "disable-quic", "disable-component-update"])
            .build()
            .unwrap();
        let (chromium, mut events) = chromiumoxide::Browser::launch(config).await.unwrap();
        // Messages newer than our protocol are answered with an error each, and matter to nobody.
        tokio::spawn(async move { while events.next().await.is_some() {} });
        Self {
            chromium,
            scripts,
            checker,
            record: Record::default(),
            _profile: profile,
        }
    }

    /// An empty tab of somebody who was not here before.
    pub async fn open(&self) -> Tab {
        let context = self
            .chromium
            .create_browser_context(CreateBrowserContextParams::default())
            .await
            .unwrap();
        let mut target = CreateTargetParams::new("about:blank");
        target.browser_context_id = Some(context);
        let page = self.chromium.new_page(target).await.unwrap();
        self.record.follow(&page).await;
        page.execute(SetFocusEmulationEnabledParams::new(true))
            .await
            .unwrap();
        if self.checker.is_some() {
            page.execute(SetBypassCspParams::new(true)).await.unwrap();
        }
        let off = self.scripts == Scripts::Off;
        page.execute(SetScriptExecutionDisabledParams::new(off))
            .await
            .unwrap();
        Tab::new(
            page,
            self.scripts,
            self.checker.clone(),
            self.record.clone(),
        )
        .await
    }

    /// Ends it.
    pub async fn close(mut self) {
        self.chromium.close().await.unwrap();
        self.chromium.wait().await.unwrap();
    }
}
