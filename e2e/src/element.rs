//! What is on a page, found by what a person reads: labels, links, buttons, alerts. Nothing hidden is found.

use chromiumoxide::cdp::browser_protocol::input::InsertTextParams;
use chromiumoxide::layout::Point;
use serde::Deserialize;
use serde_json::Value;

use crate::tab::Tab;

/// A field with all that is said about it.
#[derive(Debug, Deserialize)]
pub struct Field {
    /// What is in it.
    pub value: String,
    /// Whether it has the focus.
    pub focused: bool,
    /// Whether it is marked as wrong.
    pub invalid: bool,
    /// The texts that describe it, in their order.
    pub described: Vec<String>,
    /// Those of them that are alerts.
    pub alerts: Vec<String>,
}

impl Tab {
    /// Puts a text in the place of what is in a field.
    pub async fn fill(&self, label: &str, text: &str) {
        self.click_on(CONTROL, label).await;
        self.evaluate("document.activeElement.select()").await;
        let typed = self.page.execute(InsertTextParams::new(text)).await;
        typed.unwrap();
    }

    /// Presses something that leads nowhere else.
    pub async fn click(&self, text: &str) {
        self.click_on(PRESSABLE, text).await;
    }

    async fn click_on(&self, find: &str, text: &str) {
        let place = self.evaluate(&call(&format!("{find}{PLACE}"), text)).await;
        let Ok([x, y]) = serde_json::from_value::<[f64; 2]>(place.clone()) else {
            panic!("“{text}”: {place} on this page:\n{}", self.text().await)
        };
        self.page.click(Point::new(x, y)).await.unwrap();
    }

    /// Whether there is such a link or button.
    pub async fn offers(&self, text: &str) -> bool {
        let found = format!("{PRESSABLE}\nreturn !!found");
        self.evaluate(&call(&found, text)).await == Value::Bool(true)
    }

    /// Where a link leads.
    pub async fn target(&self, link: &str) -> String {
        let target = format!("{PRESSABLE}\nreturn found.getAttribute('href')");
        self.string(&call(&target, link)).await
    }

    /// A field and what is said about it.
    pub async fn field(&self, label: &str) -> Field {
        let field = call(&format!("{CONTROL}{FIELD}"), label);
        serde_json::from_value(self.evaluate(&field).await).unwrap()
    }

    /// What a person reads on the page, in one line.
    pub async fn text(&self) -> String {
        self.string("document.body.innerText.replace(/\\s+/g, ' ')")
            .await
    }

    /// The heading.
    pub async fn heading(&self) -> String {
        let headings = self.texts("h1").await;
        headings.into_iter().next().unwrap()
    }

    /// What the window is called.
    pub async fn title(&self) -> String {
        self.string("document.title").await
    }

    /// The path where it is.
    pub async fn path(&self) -> String {
        self.string("location.pathname").await
    }

    /// All that the page holds, seen or not.
    pub async fn source(&self) -> String {
        self.string("document.documentElement.outerHTML").await
    }

    /// The texts that are announced at once.
    pub async fn alerts(&self) -> Vec<String> {
        self.texts("[role=alert]").await
    }

    /// The texts of all elements that a selector finds.
    pub async fn texts(&self, selector: &str) -> Vec<String> {
        let all = "return [...document.querySelectorAll(want)].filter((e) => e.checkVisibility()).map((e) => e.innerText.trim())";
        let texts = self.evaluate(&call(all, selector)).await;
        serde_json::from_value(texts).unwrap()
    }

    async fn string(&self, expression: &str) -> String {
        match self.evaluate(expression).await {
            Value::String(text) => text,
            other => panic!("{expression} is {other}"),
        }
    }
}

fn call(body: &str, want: &str) -> String {
    let want = Value::from(want);
    format!("((want) => {{ {body} }})({want})")
}

const PRESSABLE: &str = "
    const text = (e) => e.textContent.replace(/\\s+/g, ' ').trim();
    const all = [...document.querySelectorAll('a[href], button, summary')].filter((e) => e.checkVisibility());
    const found = all.find((e) => text(e) === want) ?? all.find((e) => text(e).startsWith(want));";

const CONTROL: &str = "
    const labels = [...document.querySelectorAll('label')].filter((e) => e.checkVisibility());
    const found = (labels.find((e) => e.innerText.trim() === want) ?? labels.find((e) => e.innerText.startsWith(want)))?.control;";

const PLACE: &str = "
    if (!found) return 'nothing of that name';
    found.scrollIntoView({ block: 'center' });
    const box = found.getClientRects()[0];
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    return found.contains(document.elementFromPoint(x, y)) ? [x, y] : 'covered by something';";

const FIELD: &str = "
    const ids = (found.getAttribute('aria-describedby') ?? '').split(' ').filter((id) => id);
    const about = ids.map((id) => document.getElementById(id));
    return {
        value: found.value,
        focused: document.activeElement === found,
        invalid: found.getAttribute('aria-invalid') === 'true',
        described: about.map((e) => e.innerText.trim()),
        alerts: about.filter((e) => e.getAttribute('role') === 'alert').map((e) => e.innerText.trim()),
    };";
