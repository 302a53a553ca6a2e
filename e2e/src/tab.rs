//! One tab of a browser, used as a person uses it: by what is written on the page, with a mouse and
//! a keyboard. Wherever it arrives it makes sure of what must hold on every page.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::time::{Duration, Instant};

use chromiumoxide::Page;
use chromiumoxide::cdp::browser_protocol::emulation::{
    MediaFeature, SetDeviceMetricsOverrideParams, SetScriptExecutionDisabledParams,
};
use chromiumoxide::cdp::browser_protocol::network::Cookie;
use chromiumoxide::cdp::browser_protocol::page::{
    AddScriptToEvaluateOnNewDocumentParams, CaptureScreenshotFormat, NavigateParams, Viewport,
};
use chromiumoxide::cdp::js_protocol::runtime::EvaluateParams;
use chromiumoxide::page::ScreenshotParams;
use serde_json::Value;

use crate::axe::Checker;
use crate::browser::Scripts;
use crate::record::Record;

/// Longer than anything takes on a busy machine.
const DEADLINE: Duration = Duration::from_secs(40);
/// WCAG 1.4.10: at this width nobody scrolls sideways.
const NARROWEST: u32 = 320;
const USUAL: u32 = 1280;

/// A tab.
pub struct Tab {
    pub(crate) page: Page,
    scripts: Cell<Scripts>,
    checker: Option<Checker>,
    record: Record,
    pub(crate) hurried: Cell<bool>,
    checked: RefCell<HashSet<String>>,
}

impl Tab {
    pub(crate) async fn new(
        page: Page,
        scripts: Scripts,
        checker: Option<Checker>,
        record: Record,
    ) -> Self {
        let tab = Self {
            page,
            scripts: Cell::new(scripts),
            checker,
            record,
            hurried: Cell::new(false),
            checked: RefCell::default(),
        };
        tab.resize(USUAL).await;
        tab
    }

    /// Types an address.
    pub async fn goto(&self, address: &str) {
        self.enter(address).await;
        self.arrive().await;
    }

    /// Types the address of a page whose script leads on to another one by itself.
    pub async fn pass(&self, address: &str, to: &str) {
        self.enter(address).await;
        let to = Value::from(to);
        self.wait(&format!("location.pathname === {to}")).await;
        self.arrive().await;
    }

    async fn enter(&self, address: &str) {
        self.leave().await;
        let went = self.page.execute(NavigateParams::new(address)).await;
        let failed = went.unwrap().result.error_text;
        assert_eq!(failed, None, "{address}");
    }

    /// Presses a link or a button that leads to another page.
    pub async fn press(&self, text: &str) {
        self.leave().await;
        self.click(text).await;
        self.arrive().await;
    }

    /// The answer of a script that a person has no part in.
    pub async fn evaluate(&self, expression: &str) -> Value {
        self.try_evaluate(expression)
            .await
            .unwrap_or_else(|why| panic!("{why} in {expression}"))
    }

    pub(crate) async fn try_evaluate(&self, expression: &str) -> Result<Value, String> {
        let parameters = EvaluateParams::builder()
            .expression(expression)
            .return_by_value(true)
            .await_promise(true)
            .build()
            .unwrap();
        let answer = self.page.execute(parameters).await;
        let answer = answer.map_err(|error| error.to_string())?.result;
        match answer.exception_details {
            Some(thrown) => Err(format!("{thrown:?}")),
            None => Ok(answer.result.value.unwrap_or(Value::Null)),
        }
    }

    /// Waits until a script answers true.
    pub async fn wait(&self, condition: &str) {
        let begun = Instant::now();
        while self.try_evaluate(condition).await != Ok(Value::Bool(true)) {
            let text = self.try_evaluate("document.body.innerText").await;
            assert!(begun.elapsed() < DEADLINE, "never: {condition}\n{text:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Marks the document that is about to be left.
    async fn leave(&self) {
        self.evaluate("globalThis.left = true").await;
    }

    async fn arrive(&self) {
        self.wait("!globalThis.left && document.readyState === 'complete' && location.href !== 'about:blank'")
            .await;
        self.look().await;
    }

    /// Waits for a text that a script brings in on the same page, and looks at that as at a new one.
    pub async fn reads(&self, text: &str) {
        let text = Value::from(text);
        self.wait(&format!(
            "document.body.innerText.replace(/\\s+/g, ' ').includes({text})"
        ))
        .await;
        self.look().await;
    }

    /// Makes sure of what must hold on every page.
    async fn look(&self) {
        let wide = self.overflow().await;
        assert_eq!(wide, Value::Array(Vec::new()), "wider than 320 px");
        let kept = self.evaluate("localStorage.length + sessionStorage.length");
        assert_eq!(kept.await, Value::from(0), "kept in the browser's storage");
        if let Some(checker) = &self.checker
            && !self.hurried.get()
            && self.is_new().await
        {
            for found in self.check(checker).await {
                self.record.complain(found);
            }
        }
    }

    /// Whether no page that reads the same, numbers aside, was checked here before.
    async fn is_new(&self) -> bool {
        let mut page = self.title().await + &self.text().await;
        page.retain(|letter| !letter.is_ascii_digit());
        self.checked.borrow_mut().insert(page)
    }

    /// What reaches out of the page at the narrowest width.
    pub async fn overflow(&self) -> Value {
        self.resize(NARROWEST).await;
        self.wait("innerWidth === 320").await;
        let wide = self.evaluate(WIDER_THAN_THE_WINDOW).await;
        self.resize(USUAL).await;
        wide
    }

    /// What the accessibility checker finds on this page.
    pub async fn audit(&self) -> Vec<String> {
        match &self.checker {
            Some(checker) => self.check(checker).await,
            None => panic!("there is no checker in this world"),
        }
    }

    /// The checker needs scripts; those of the page have had their chance by then.
    async fn check(&self, checker: &Checker) -> Vec<String> {
        self.allow(true).await;
        let found = checker.check(self).await;
        self.allow(self.scripts.get() == Scripts::On).await;
        self.resize(USUAL).await;
        found
    }

    /// From the next page on, scripts are off.
    pub async fn turn_scripts_off(&self) {
        self.scripts.set(Scripts::Off);
        self.allow(false).await;
    }

    /// From the next page on, this runs before the page's own scripts.
    pub async fn run_first(&self, script: &str) {
        let parameters = AddScriptToEvaluateOnNewDocumentParams::new(script);
        self.page.execute(parameters).await.unwrap();
    }

    async fn allow(&self, scripts: bool) {
        let parameters = SetScriptExecutionDisabledParams::new(!scripts);
        self.page.execute(parameters).await.unwrap();
    }

    pub(crate) async fn resize(&self, width: u32) {
        let parameters = SetDeviceMetricsOverrideParams::new(width, 800, 1.0, false);
        self.page.execute(parameters).await.unwrap();
    }

    pub(crate) async fn prefer(&self, scheme: &str) {
        let feature = MediaFeature::new("prefers-color-scheme", scheme);
        self.page
            .emulate_media_features(vec![feature])
            .await
            .unwrap();
    }

    /// A picture, as PNG, of the whole page or of what a selector finds.
    pub async fn picture(&self, selector: Option<&str>) -> Vec<u8> {
        let parameters = ScreenshotParams::builder()
            .format(CaptureScreenshotFormat::Png)
            .full_page(true);
        let parameters = match selector {
            Some(selector) => parameters.clip(self.place(selector).await),
            None => parameters,
        };
        self.page.screenshot(parameters.build()).await.unwrap()
    }

    async fn place(&self, selector: &str) -> Viewport {
        let selector = Value::from(selector);
        let place = format!(
            "(({{ x, y, width, height }}) => [x + scrollX, y + scrollY, width, height])(document.querySelector({selector}).getBoundingClientRect())"
        );
        let place: Vec<f64> = serde_json::from_value(self.evaluate(&place).await).unwrap();
        let &[x, y, width, height] = place.as_slice() else {
            panic!("four numbers")
        };
        Viewport {
            x,
            y,
            width,
            height,
            scale: 2.0,
        }
    }

    /// All cookies that its server has set here.
    pub async fn cookies(&self) -> Vec<Cookie> {
        self.page.get_cookies().await.unwrap()
    }

    /// Forgets them.
    pub async fn forget_cookies(&self) {
        let clear = chromiumoxide::cdp::browser_protocol::network::ClearBrowserCookiesParams {};
        self.page.execute(clear).await.unwrap();
    }
}

/// The innermost elements that reach out of the window to the right; none where nothing scrolls.
const WIDER_THAN_THE_WINDOW: &str = "
    document.scrollingElement.scrollWidth <= innerWidth ? [] :
    [location.pathname, ...[...document.querySelectorAll('body *')]
        .filter((e) => e.getBoundingClientRect().right > innerWidth)
        .map((e) => e.outerHTML.slice(0, 120))]";
