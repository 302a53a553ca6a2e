//! The Django project: its forms, its middleware, and what it does without an answer.

use std::path::Path;
use std::process::Command;

use countersign_e2e::Phone;
use countersign_examples::{Answer, PASSWORD, Product, Site, Tools, Visitor, free_port};

fn python(tools: &Tools, product: &Product, key: &str) -> Command {
    let mut command = Command::new(&tools.python);
    command
        .arg("manage.py")
        .env_clear()
        .env("SECRET_KEY", "known to this test alone")
        .env("PLAIN_HTTP", "1")
        .env("COUNTERSIGN_AT", product.api())
        .env("COUNTERSIGN_KEY", key);
    command
}

fn start(tools: &Tools, product: &Product) -> Site {
    let (key, port) = (product.key("verify,enroll"), free_port());
    Site::start("django", port, |directory: &Path| {
        let mut migrate = python(tools, product, &key);
        let migrated = migrate.args(["migrate", "--verbosity", "0"]);
        let migrated = migrated.current_dir(directory).status();
        assert!(migrated.unwrap().success());
        let mut command = python(tools, product, &key);
        command.args(["runserver", "--noreload", &port.to_string()]);
        command
    })
}

#[tokio::test]
async fn the_django_example_demands_the_second_step() {
    let Some(tools) = Tools::find() else { return };
    let mut product = Product::start(&tools.server);
    let site = start(&tools, &product);
    let mut alice = Visitor::new(&site.at);
    leads(&alice.get("/").await, "/login?next=/");
    register(&mut alice, "alice").await;
    leads(&login(&mut alice, "alice").await, "/");
    assert!(alice.get("/").await.text.contains("Hello, alice"));
    let mut elsewhere = Visitor::new(&site.at);
    leads(&login(&mut elsewhere, "alice").await, "/");

    let (mut phone, codes) = enroll(&mut alice).await;
    leads(&elsewhere.get("/").await, "/login?next=/");
    leads(&alice.submit("/", "/logout", &[]).await, "/login");
    second_step(&site, &mut phone, &codes).await;
    crossed(&site, &codes[1]).await;
    another_way_in(&tools, &product, &site).await;
    stopped(&mut product, &site, &codes[1]).await;
    guesses(&site, &mut phone).await;
    let log = site.log();
    assert!(log.contains("Countersign does not answer"), "{log}");
    assert!(!log.contains("Traceback") && !log.contains("csk_"), "{log}");
}

async fn register(visitor: &mut Visitor, name: &str) {
    let fields = [
        ("username", name),
        ("password1", PASSWORD),
        ("password2", PASSWORD),
    ];
    let told = visitor.submit("/register", "/register", &fields).await;
    leads(&told, "/login");
}

async fn login(visitor: &mut Visitor, name: &str) -> Answer {
    let fields = [("username", name), ("password", PASSWORD)];
    visitor.submit("/login", "/login", &fields).await
}

async fn pending(site: &Site) -> Visitor {
    let mut alice = Visitor::new(&site.at);
    leads(&login(&mut alice, "alice").await, "/login/mfa");
    alice
}

async fn step(visitor: &mut Visitor, kind: &str, code: &str) -> Answer {
    visitor
        .submit("/login/mfa", "/login/mfa", &[(kind, code)])
        .await
}

async fn enroll(alice: &mut Visitor) -> (Phone, Vec<String>) {
    let page = alice.submit("/", "/mfa/setup", &[]).await;
    assert_eq!(page.status, 200, "{page:?}");
    let mut phone = Phone::with_key(between(&page.text, "Secret: <code>", "</code>"));
    // Where the code is asked for, the form is the same that the page of the setup has.
    let wrong = alice
        .submit("/", "/mfa/confirm", &[("code", &phone.wrong())])
        .await;
    assert_eq!(wrong.status, 422, "{wrong:?}");
    assert!(wrong.text.contains("That code is not right."), "{wrong:?}");
    let before = alice.cookies["sessionid"].clone();
    let code = phone.code().await;
    let page = alice.submit("/", "/mfa/confirm", &[("code", &code)]).await;
    assert_eq!(page.status, 200, "{page:?}");
    assert_ne!(before, alice.cookies["sessionid"], "a new session");
    let parts = page.text.split("<li><code>").skip(1);
    let codes = parts.map(|part| part.split('<').next().unwrap().to_owned());
    let codes: Vec<String> = codes.collect();
    assert_eq!(codes.len(), 10);
    (phone, codes)
}

async fn second_step(site: &Site, phone: &mut Phone, codes: &[String]) {
    let mut alice = pending(site).await;
    leads(&alice.get("/").await, "/login?next=/");
    let replayed = step(&mut alice, "code", &phone.newest()).await;
    assert!(replayed.text.contains("was used already"), "{replayed:?}");
    let wrong = step(&mut alice, "code", &phone.wrong()).await;
    assert_eq!(wrong.status, 422, "{wrong:?}");
    leads(&alice.get("/").await, "/login?next=/");
    let mut beside = alice.clone();
    leads(&step(&mut alice, "code", &phone.code().await).await, "/");
    assert!(alice.get("/").await.text.contains("Hello, alice"));
    leads(&beside.get("/").await, "/login?next=/");
    // The proof of the sign-in adds one authenticator, and no second.
    assert_eq!(alice.submit("/", "/mfa/setup", &[]).await.status, 200);
    let second = alice.submit("/", "/mfa/setup", &[]).await;
    assert!(second.text.contains("Sign in again"), "{second:?}");

    leads(
        &step(&mut pending(site).await, "backup_code", &codes[0]).await,
        "/",
    );
    let mut again = pending(site).await;
    let used = step(&mut again, "backup_code", &codes[0]).await;
    assert_eq!(used.status, 422, "{used:?}");
    leads(&again.get("/").await, "/login?next=/");
}

/// A form of another site has no token.
async fn crossed(site: &Site, backup_code: &str) {
    let mut alice = pending(site).await;
    let body = format!("backup_code={backup_code}");
    let kind = "application/x-www-form-urlencoded";
    let refused = alice.post_as("/login/mfa", kind, &body).await;
    assert_eq!(refused.status, 403, "{refused:?}");
    leads(&alice.get("/").await, "/login?next=/");
}

/// Whoever is signed in by another view than the example's own is nobody.
async fn another_way_in(tools: &Tools, product: &Product, site: &Site) {
    let mut shell = python(tools, product, &product.key("verify"));
    shell.args(["shell", "--no-imports", "--command", OTHER_LOGIN]);
    let made = shell.current_dir(site.directory()).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    let id = String::from_utf8(made.stdout).unwrap().trim().to_owned();
    let mut alice = Visitor::new(&site.at);
    alice.cookies.insert("sessionid".to_owned(), id);
    leads(&alice.get("/").await, "/login?next=/");
}

const OTHER_LOGIN: &str = "
from django.contrib.auth.models import User
from django.test import Client
client = Client()
client.force_login(User.objects.get(username='alice'))
print(client.cookies['sessionid'].value)
";

async fn stopped(product: &mut Product, site: &Site, backup_code: &str) {
    let mut waiting = pending(site).await;
    register(&mut Visitor::new(&site.at), "bob").await;
    product.stop();
    for name in ["alice", "bob"] {
        let mut visitor = Visitor::new(&site.at);
        assert_eq!(login(&mut visitor, name).await.status, 503);
        leads(&visitor.get("/").await, "/login?next=/");
    }
    let refused = step(&mut waiting, "backup_code", backup_code).await;
    assert_eq!(refused.status, 503, "{refused:?}");
    leads(&waiting.get("/").await, "/login?next=/");
    product.go_on();
    leads(&step(&mut waiting, "backup_code", backup_code).await, "/");
}

async fn guesses(site: &Site, phone: &mut Phone) {
    let mut alice = pending(site).await;
    let mut tried = 0;
    while step(&mut alice, "code", &phone.wrong()).await.status != 429 {
        tried += 1;
        assert!(tried <= 5, "still not throttled");
    }
    let right = step(&mut alice, "code", &phone.code().await).await;
    assert_eq!(right.status, 429, "{right:?}");
    leads(&alice.get("/").await, "/login?next=/");
}

#[track_caller]
fn leads(answer: &Answer, to: &str) {
    let seen = (answer.status, answer.location.as_deref());
    assert_eq!(seen, (302, Some(to)), "{answer:?}");
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap();
    rest.split_once(after).unwrap().0
}
