//! Two realms behind one listener: what one of them gave out is worth to the other what nobody ever
//! gave out.

use axum::http::Method;
use countersign::{Policy, PolicySettings, Setting};
use serde_json::{Value, json};

use crate::support::{Answer, Client, Key, PASSWORD, Shop, World, corpus};

const OTHER: &str = "another battery staple entirely";
const ID: &str = "0190b0a0-0000-7000-8000-000000000001";
const SESSION: &str = "__Host-countersign-session";
const COOKIES: [&str; 4] = [
    SESSION,
    "__Host-countersign-login",
    "__Host-countersign-known",
    "__Host-countersign-form",
];

/// What an answer tells, but what differs from one time to the next.
fn told(answer: &Answer) -> (u16, Value, String) {
    let mut body = match answer.header("content-type") {
        kind if kind.contains("json") => answer.json(),
        _ => Value::Null,
    };
    if let Some(fields) = body.as_object_mut() {
        fields.remove("request_id");
        fields.remove("challenge");
    }
    (answer.status, body, answer.header("location").to_owned())
}

/// A token of the right form that nobody gave out.
fn made_up(token: &str) -> String {
    let other = if token.as_bytes()[20] == b'A' {
        "B"
    } else {
        "A"
    };
    let mut token = token.to_owned();
    token.replace_range(20..21, other);
    token
}

async fn ask(client: &Client, method: &Method, path: &str, body: &str) -> Answer {
    // Cookies that an answer takes back are there again at the next question.
    let client = client.twin();
    let request = client.request(method.clone(), path);
    match *method {
        Method::GET => request.send().await,
        _ => request.json(body).send().await,
    }
}

#[tokio::test]
async fn every_route_takes_what_another_realm_gave_out_as_made_up() {
    let world = World::new();
    let shop = Shop::beside(&world);
    shop.add_user("carol", OTHER).await;
    let (client, phone, codes) = world.enrolled("alice").await;
    let visitor = world.client();
    visitor.page("/login").await;
    let pending = world.pending("alice").await;
    let overview = client.get("/mfa").await;
    let theirs = overview.json()["authenticators"][0]["id"].clone();
    world.pass(30);
    let (code, wrong) = (phone.code(world.seconds()), phone.wrong(world.seconds()));

    let (foreign, nobodys) = (shop.client(&world), shop.client(&world));
    for (name, from) in COOKIES
        .into_iter()
        .zip([&client, &pending, &client, &visitor])
    {
        let cookie = from.cookie(name).unwrap_or_else(|| panic!("no {name}"));
        foreign.keep(name, &cookie);
        nobodys.keep(name, &made_up(&cookie));
    }
    for route in corpus::routes() {
        let path = corpus::path(&route);
        let body = match route.method {
            Method::GET => "",
            _ => corpus::body(&route).0,
        };
        let right = body.replace("123456", &code);
        let right = right.replace("0000-0000-0000-0000", &codes[0]);
        let none = body.replace("123456", &wrong).replace("alice", "nobody");
        let known = path.replace(ID, theirs.as_str().unwrap());
        let one = ask(&foreign, &route.method, &known, &right).await;
        let other = ask(&nobodys, &route.method, &path, &none).await;
        assert_eq!(told(&one), told(&other), "{route:?}");
        assert!(one.status < 500, "{route:?}");
        assert!(!one.text().contains("logged in"), "{route:?}");
    }
    // Nothing of it was used up, counted or ended where it came from.
    assert_eq!(client.get("/mfa").await.text(), overview.text());
    assert_eq!(pending.second_step(&code).await.status, 200);
}

#[tokio::test]
async fn a_name_in_two_realms_is_two_users() {
    let world = World::new();
    let shop = Shop::beside(&world);
    shop.add_user("alice", OTHER).await;
    world.enrolled("alice").await;
    let there = shop.client(&world);
    let answer = there.login_with("alice", PASSWORD).await;
    answer.problem(401, "invalid_credentials");
    let answer = there.login_with("alice", OTHER).await;
    assert_eq!(answer.json(), json!({ "status": "logged in" }));
    let here = world.client().login_with("alice", OTHER).await;
    here.problem(401, "invalid_credentials");
    // Each sees only what is theirs.
    assert_eq!(there.get("/mfa").await.json()["authenticators"], json!([]));
    let ids = async |client: &Client| client.get("/session").await.json()["user"]["id"].clone();
    let here = world.client();
    here.login("alice").await;
    assert_ne!(ids(&there).await, ids(&here).await);
}

#[tokio::test]
async fn failures_count_in_their_own_realm() {
    let world = World::new();
    let shop = Shop::beside(&world);
    shop.add_user("alice", OTHER).await;
    world.add_user("alice").await;
    let there = shop.client(&world);
    for _ in 0..5 {
        let answer = there.login_with("alice", "wrong").await;
        answer.problem(401, "invalid_credentials");
    }
    let answer = there.login_with("alice", OTHER).await;
    answer.problem(429, "throttled");
    assert_eq!(world.client().login("alice").await.status, 200);
}

#[tokio::test]
async fn each_realm_has_its_own_rules_and_names() {
    let world = World::new();
    let mut settings = PolicySettings::default();
    for (setting, text) in [
        (Setting::TotpPast, "0"),
        (Setting::SessionIdle, "2m"),
        (Setting::LastAuthenticator, "kept"),
        (Setting::ThrottleAttempts, "2"),
    ] {
        settings.set(setting, text).unwrap();
    }
    let shop = Shop::ruled(&world, settings.policy().unwrap());
    shop.add_user("alice", PASSWORD).await;
    world.add_user("alice").await;
    for (client, issuer, past, idle, last) in [
        (world.client(), "Countersign", 200, 200, 200),
        (shop.client(&world), "The Shop", 401, 401, 409),
    ] {
        client.login("alice").await;
        let setup = client.post("/mfa/setup", "{}").await;
        let uri = setup.json()["uri"].as_str().unwrap().to_owned();
        assert!(uri.contains(&issuer.replace(' ', "%20")), "{uri}");
        let phone = crate::support::Phone::new(&setup.json()["secret"]);
        let code = phone.code(world.seconds());
        let body = json!({ "code": code }).to_string();
        assert_eq!(client.post("/mfa/confirm", body).await.status, 200);
        let page = client.page("/mfa").await;
        assert!(page.text().contains(issuer), "{issuer}");
        let id = client.get("/mfa").await.json()["authenticators"][0]["id"].clone();
        let path = format!("/mfa/authenticators/{}", id.as_str().unwrap());
        let answer = client.json(Method::DELETE, &path, "{}").await;
        assert_eq!(answer.status, last, "{issuer}: {}", answer.text());
        if last == 200 {
            world.enroll(&client).await;
            world.pass(60);
            continue;
        }
        world.pass(60);
        let pending = shop.client(&world);
        pending.login("alice").await;
        let late = phone.code(world.seconds() - 30);
        assert_eq!(pending.second_step(&late).await.status, past, "{issuer}");
        pending
            .second_step(&phone.wrong(world.seconds()))
            .await
            .problem(401, "invalid_code");
        let answer = pending.second_step(&phone.code(world.seconds())).await;
        answer.problem(429, "throttled");
        world.pass(130);
        assert_eq!(client.get("/session").await.status, idle, "{issuer}");
    }
    assert_eq!(Policy::default().past, 1);
}

#[tokio::test]
async fn a_passkey_is_of_one_realm() {
    let world = World::new();
    let shop = Shop::beside(&world);
    shop.add_user("alice", PASSWORD).await;
    let client = world.signed_in("alice").await;
    let mut key = Key::new();
    assert_eq!(key.enroll(&client).await.status, 201);
    let there = shop.client(&world);
    let answer = key.answer(&world.client(), "/login/passkey/options").await;
    let body = json!({ "credential": answer }).to_string();
    there
        .post("/login/passkey", body.clone())
        .await
        .problem(410, "challenge_expired");
    assert_eq!(
        world.client().post("/login/passkey", body).await.status,
        200
    );
    let options = there.post("/login/passkey/options", "{}").await.json();
    assert_eq!(options["rpId"], "shop.example");
    let origins = there.get("/.well-known/webauthn").await.json();
    let listed = json!(["https://login.shop.example", "https://depot.example"]);
    assert_eq!(origins["origins"], listed);
    let here = world.client().get("/.well-known/webauthn").await;
    assert!(!here.text().contains("shop"), "{}", here.text());
}

#[tokio::test]
async fn a_form_of_one_realm_is_none_of_another() {
    let world = World::new();
    let shop = Shop::beside(&world);
    shop.add_user("alice", PASSWORD).await;
    let visitor = world.client();
    let page = visitor.page("/login").await;
    let there = shop.client(&world);
    let form = "__Host-countersign-form";
    there.keep(form, &visitor.cookie(form).unwrap());
    let fields = [("username", "alice"), ("password", PASSWORD)];
    let foreign = there.form_of(&page, "/login", &fields).await;
    assert_eq!(foreign.status, 403);
    assert!(there.cookie(SESSION).is_none());
    let own = there.form("/login", "/login", &fields).await;
    own.leads_to("/mfa");
}

#[tokio::test]
async fn a_setup_link_is_of_one_realm() {
    let world = World::new();
    let shop = Shop::beside(&world);
    let link = world.mfa.operator().setup_link().await.unwrap().unwrap();
    let path = format!("/setup/{}", link.reveal().as_str());
    let there = shop.client(&world);
    let nowhere = there.page(&format!("/setup/{}", "A".repeat(54))).await;
    assert_eq!(there.page(&path).await.status, nowhere.status);
    assert_eq!(nowhere.status, 410);
    let body = json!({ "username": "mallory", "password": PASSWORD }).to_string();
    let refused = there.post(&path, body.clone()).await;
    assert_eq!(refused.status, 410, "{}", refused.text());
    assert_eq!(world.client().post(&path, body).await.status, 201);
}

#[tokio::test]
async fn realms_come_move_and_go_while_the_server_runs() {
    let world = World::new();
    let there = Client::at(&world, "login.shop.example");
    let asked = async |client: &Client| client.get("/session").await.status;
    assert_eq!(asked(&there).await, 421);
    let shop = Shop::beside(&world);
    assert_eq!(asked(&there).await, 401);
    let port = Client::at(&world, "login.shop.example:8443");
    assert_eq!(asked(&port).await, 421);
    // The host of the first realm stays its own.
    let taken = countersign_http::PublicUrl::parse("https://login.example.com:8443").unwrap();
    world.realms.replace(vec![(shop.mfa.clone(), Some(taken))]);
    assert_eq!(asked(&there).await, 421);
    let page = world.client().page("/login").await;
    assert!(!page.text().contains("The Shop"));
    let port = Client::at(&world, "login.example.com:8443");
    assert_eq!(asked(&port).await, 421);
    world.realms.replace(vec![(shop.mfa, None)]);
    assert_eq!(asked(&there).await, 421);
    assert_eq!(asked(&world.client()).await, 401);
}

#[tokio::test]
async fn one_address_is_limited_for_all_realms_together() {
    let url = countersign_http::PublicUrl::parse("https://login.example.com").unwrap();
    let mut site = countersign_http::Site::new(url);
    site.address_limit = 2;
    let world = World::with(site);
    let shop = Shop::beside(&world);
    world.client().login("nobody").await;
    shop.client(&world).login("nobody").await;
    let answer = shop.client(&world).login("nobody").await;
    answer.problem(429, "too_many_requests");
}
