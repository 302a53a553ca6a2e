//! What a browser asked for and what it complained about, from its first page to its last.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chromiumoxide::Page;
use chromiumoxide::cdp::IntoEventKind;
use chromiumoxide::cdp::browser_protocol::audits::{self, EventIssueAdded};
use chromiumoxide::cdp::browser_protocol::log::{EventEntryAdded, LogEntryLevel, LogEntrySource};
use chromiumoxide::cdp::browser_protocol::network::{
    EventRequestWillBeSent, EventResponseReceived, ResourceType,
};
use chromiumoxide::cdp::js_protocol::runtime::{EventConsoleApiCalled, EventExceptionThrown};
use futures_util::StreamExt as _;

/// Longer than a message from the browser takes on a busy machine.
const DEADLINE: Duration = Duration::from_secs(40);

/// Lines that grow while the browser runs.
#[derive(Clone, Default)]
pub struct Record {
    requests: Arc<Mutex<Vec<String>>>,
    complaints: Arc<Mutex<Vec<String>>>,
}

impl Record {
    /// Addresses of all requests.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// Console messages, exceptions, refusals under the content policy, parts of pages that were not
    /// answered.
    pub fn complaints(&self) -> Vec<String> {
        self.complaints.lock().unwrap().clone()
    }

    pub(crate) fn complain(&self, line: String) {
        self.complaints.lock().unwrap().push(line);
    }

    /// Addresses asked for that are not the server's.
    pub fn foreign(&self, origin: &str) -> Vec<String> {
        let own = format!("{origin}/");
        let mut requests = self.requests();
        requests.retain(|address| !address.starts_with(&own) && !address.starts_with("data:"));
        requests
    }

    /// Holds the record to the promise of the pages: nothing from other hosts and no complaint.
    pub fn judge(&self, origin: &str) {
        assert!(!self.requests().is_empty(), "no request was recorded");
        let foreign = self.foreign(origin);
        assert!(foreign.is_empty(), "asked others: {foreign:#?}");
        let complaints = self.complaints();
        assert!(complaints.is_empty(), "complained: {complaints:#?}");
    }

    /// Waits for the complaint that the server refused what a script sent there, and takes it out: here
    /// it is what must happen.
    pub async fn refused(&self, status: u16, address: &str) {
        let line = format!("{status} for {address}");
        let begun = Instant::now();
        while !self.take(&line) {
            let others = self.complaints();
            assert!(begun.elapsed() < DEADLINE, "not “{line}”: {others:#?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    fn take(&self, line: &str) -> bool {
        let mut complaints = self.complaints.lock().unwrap();
        let at = complaints.iter().position(|other| other == line);
        at.map(|at| complaints.remove(at)).is_some()
    }

    /// Takes out what was recorded so far.
    pub fn clear(&self) {
        self.requests.lock().unwrap().clear();
        self.complaints.lock().unwrap().clear();
    }

    /// Begins to record what a page does; it must not have gone anywhere yet.
    pub(crate) async fn follow(&self, page: &Page) {
        page.execute(audits::EnableParams::default()).await.unwrap();
        page.enable_log().await.unwrap();
        let requests = Arc::clone(&self.requests);
        listen(page, requests, |event: &EventRequestWillBeSent| {
            Some(event.request.url.clone())
        })
        .await;
        self.listen(page, |event: &EventResponseReceived| {
            let part = event.r#type != ResourceType::Document && event.response.status >= 400;
            part.then(|| format!("{} for {}", event.response.status, event.response.url))
        })
        .await;
        self.listen(page, |event: &EventEntryAdded| {
            // A refusal is a page with a status of its own; the parts of a page are checked above.
            let answer = event.entry.source == LogEntrySource::Network
                && event.entry.text.contains("responded with a status of");
            let loud = matches!(
                event.entry.level,
                LogEntryLevel::Warning | LogEntryLevel::Error
            );
            (loud && !answer).then(|| serde_json::to_string(event).unwrap())
        })
        .await;
        self.listen(page, |event: &EventConsoleApiCalled| {
            Some(serde_json::to_string(event).unwrap())
        })
        .await;
        self.listen(page, |event: &EventExceptionThrown| {
            Some(serde_json::to_string(event).unwrap())
        })
        .await;
        self.listen(page, |event: &EventIssueAdded| {
            let line = serde_json::to_string(event).unwrap();
            // The way back leaves out a page that led on by itself, which is no fault.
            (!line.contains("NavigationEntryMarkedSkippable")).then_some(line)
        })
        .await;
    }

    async fn listen<T: IntoEventKind + Unpin>(&self, page: &Page, line: fn(&T) -> Option<String>) {
        listen(page, Arc::clone(&self.complaints), line).await;
    }
}

async fn listen<T: IntoEventKind + Unpin>(
    page: &Page,
    lines: Arc<Mutex<Vec<String>>>,
    line: fn(&T) -> Option<String>,
) {
    let mut events = page.event_listener::<T>().await.unwrap();
    tokio::spawn(async move {
        while let Some(event) = events.next().await {
            if let Some(line) = line(&event) {
                lines.lock().unwrap().push(line);
            }
        }
    });
}
