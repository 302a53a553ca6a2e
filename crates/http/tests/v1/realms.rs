//! Back ends of two realms: the key says which one is asked, and nothing of the other is there.

use axum::http::Method;
use countersign::api_key::Scope;
use countersign::{PolicySettings, Setting};
use serde_json::{Value, json};

use crate::backend::{Backend, Enrolled, new_key, text};
use crate::support::{Answer, Key, Shop, World};
use crate::{passkey, scopes};

const ID: &str = "0190b0a0-0000-7000-8000-000000000001";
const NEVER: &str = "never";

/// A back end of the shop, which asks at the first realm's host.
async fn of(world: &World, shop: &Shop) -> Backend {
    Backend {
        client: world.client(),
        key: new_key(&shop.mfa, &Scope::ALL).await.1,
    }
}

fn told(answer: &Answer) -> (u16, Value) {
    let mut body = if answer.body.is_empty() {
        Value::Null
    } else {
        answer.json()
    };
    if let Some(fields) = body.as_object_mut() {
        fields.remove("request_id");
    }
    (answer.status, body)
}

#[tokio::test]
async fn the_key_says_which_realm_is_asked_at_any_host() {
    let world = World::new();
    let shop = Shop::beside(&world);
    let (here, mut there) = (Backend::of(&world).await, of(&world, &shop).await);
    here.enroll(&world, "u-1").await;
    let both = [world.client(), shop.client(&world)];
    for client in both {
        there.client = client;
        let seen = there.get("/v1/users/u-1").await;
        assert_eq!(seen.json()["enrolled"], false);
        assert_eq!(there.get("/v1/users").await.json(), json!({ "data": [] }));
    }
    let begun = there.begin("u-1", None).await;
    let uri = text(&begun, "uri");
    assert!(uri.contains("issuer=The%20Shop"), "{uri}");
    // A host that is nobody's answers no key.
    let request = there
        .client
        .request(Method::GET, "/v1/users")
        .host("other.example");
    let request = request.header("authorization", &format!("Bearer {}", there.key));
    request.send().await.problem(421, "misdirected");
    // A realm that is served no more has no keys.
    world.realms.replace(Vec::new());
    there.client = world.client();
    there.get("/v1/users").await.problem(401, "invalid_api_key");
    assert_eq!(here.get("/v1/users/u-1").await.json()["enrolled"], true);
}

/// All that the first realm has given out for one user.
struct Given {
    enrolled: Enrolled,
    proof: String,
    device: String,
}

/// A right body for a route, with what was given out or with what nobody ever was given.
fn body(method: &Method, path: &str, given: Option<(&Given, &str)>) -> Option<Value> {
    let proof = given.map_or_else(|| "A".repeat(54), |(given, _)| given.proof.clone());
    let code = given.map_or("000000", |(_, code)| code);
    Some(match (method.as_str(), path.rsplit('/').next().unwrap()) {
        ("GET", _) | ("POST", "authenticators") => return None,
        ("POST", "confirm") => json!({ "code": code }),
        ("POST", "verify") => {
            let device = given.map(|(given, _)| given.device.clone());
            json!({ "code": code, "context": { "device": device } })
        }
        ("POST", "backup-codes") | ("DELETE", _) => json!({ "proof": proof }),
        ("PATCH", _) => json!({ "label": "Taken" }),
        _ => json!({}),
    })
}

#[tokio::test]
async fn every_route_takes_what_another_realm_gave_out_as_what_never_was() {
    let world = World::new();
    let shop = Shop::beside(&world);
    let (here, there) = (Backend::of(&world).await, of(&world, &shop).await);
    let enrolled = here.enroll(&world, "u-1").await;
    world.pass(30);
    let code = enrolled.phone.code(world.seconds());
    let right = json!({ "code": code });
    let verified = here.verify("u-1", &right).await;
    let given = Given {
        proof: text(&verified, "verification_id"),
        device: text(&verified, "device"),
        enrolled,
    };
    let before = here.get("/v1/users/u-1/authenticators").await.json();
    world.pass(30);
    let code = given.enrolled.phone.code(world.seconds());
    for (method, path) in scopes::all() {
        // It makes the user there; what is made is looked at below.
        if (method.as_str(), path.as_str()) == ("POST", "/v1/users/u-1/authenticators")
            || !path.contains("u-1")
        {
            continue;
        }
        let known = path.replace(ID, &given.enrolled.id);
        let nobodys = path.replace("u-1", NEVER);
        let asked = async |path: &str, body: Option<Value>| match body {
            Some(body) => there.ask(method.clone(), path).json(&body).send().await,
            None => there.get(path).await,
        };
        let one = asked(&known, body(&method, &path, Some((&given, &code)))).await;
        let other = asked(&nobodys, body(&method, &path, None)).await;
        let (mut one, other) = (told(&one), told(&other));
        for value in ["id", "expires_at"] {
            if let (Some(mine), Some(theirs)) = (one.1.get_mut(value), other.1.get(value)) {
                *mine = theirs.clone();
            }
        }
        assert_eq!(one, other, "{method} {path}");
    }
    for proof in [
        json!({ "backup_code": given.enrolled.backup_codes[0] }),
        json!({ "backup_code": "0000-0000-0000-0000" }),
    ] {
        there
            .verify("u-1", &proof)
            .await
            .problem(422, "invalid_code");
    }
    // Nothing of it was used up, counted or changed where it came from.
    let after = here.get("/v1/users/u-1/authenticators").await.json();
    assert_eq!(after, before);
    let proof = json!({ "proof": given.proof });
    assert_eq!(here.code("u-1", &code).await.status, 200);
    let answer = here.post("/v1/users/u-1/backup-codes", &proof).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
}

#[tokio::test]
async fn a_passkey_verifies_in_its_own_realm() {
    let world = World::new();
    let shop = Shop::beside(&world);
    let (here, there) = (Backend::of(&world).await, of(&world, &shop).await);
    let mut key = Key::new();
    assert_eq!(passkey::enroll(&here, &mut key).await.status, 200);
    there.enroll(&world, "u-1").await;
    let asked = passkey::challenge(&here).await;
    let credential = key.sign(&asked["public_key"]).await;
    let body = json!({ "challenge_id": asked["id"], "credential": credential });
    there
        .verify("u-1", &body)
        .await
        .problem(410, "challenge_expired");
    assert_eq!(here.verify("u-1", &body).await.status, 200);
}

#[tokio::test]
async fn an_id_in_two_realms_is_two_users() {
    let world = World::new();
    let shop = Shop::beside(&world);
    let (here, there) = (Backend::of(&world).await, of(&world, &shop).await);
    let mine = here.enroll(&world, "u-1").await;
    let theirs = there.enroll(&world, "u-1").await;
    world.pass(30);
    let code = mine.phone.code(world.seconds());
    there.code("u-1", &code).await.problem(422, "invalid_code");
    let verified = here.code("u-1", &code).await;
    assert_eq!(verified.status, 200);
    // A proof is worth nothing for the same id there.
    let proof = text(&verified, "verification_id");
    let refused = there.begin("u-1", Some(&proof)).await;
    refused.problem(403, "proof_required");
    // Nor is an authenticator's id.
    let path = format!("/v1/users/u-1/authenticators/{}", mine.id);
    let answer = there.patch(&path, &json!({ "label": "Taken" })).await;
    answer.problem(404, "not_found");
    // Five wrong ones are counted there alone.
    for _ in 0..4 {
        let wrong = theirs.phone.wrong(world.seconds());
        there.code("u-1", &wrong).await.problem(422, "invalid_code");
    }
    let right = theirs.phone.code(world.seconds());
    there.code("u-1", &right).await.problem(429, "throttled");
    world.pass(30);
    let next = mine.phone.code(world.seconds());
    assert_eq!(here.code("u-1", &next).await.status, 200);
    // A reset there is none here.
    let reset = there.post("/v1/users/u-1/reset", &json!({})).await;
    assert_eq!(reset.json()["authenticators_removed"], 1);
    assert_eq!(here.get("/v1/users/u-1").await.json()["enrolled"], true);
}

#[tokio::test]
async fn lists_hold_one_realm_and_a_cursor_of_another_leads_nowhere() {
    let world = World::new();
    let shop = Shop::beside(&world);
    let (here, there) = (Backend::of(&world).await, of(&world, &shop).await);
    for user in ["u-1", "u-2", "u-3"] {
        here.enroll(&world, user).await;
        there.enroll(&world, &format!("shop-{user}")).await;
        world.pass(1);
    }
    let first = there.get("/v1/users?limit=2").await.json();
    let ids = |page: &Value| {
        let users = page["data"].as_array().unwrap().iter();
        users.map(|user| user["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&first), ["shop-u-1", "shop-u-2"]);
    let next = first["next_cursor"].as_str().unwrap();
    let rest = there.get(&format!("/v1/users?after={next}")).await.json();
    assert_eq!(ids(&rest), ["shop-u-3"]);
    let foreign = here.get(&format!("/v1/users?after={next}")).await.json();
    assert_eq!(foreign, json!({ "data": [] }));
    let trail = there.get("/v1/audit-events?limit=500").await;
    assert!(trail.text().contains("shop-u-1"));
    assert!(!trail.text().contains(r#""u-1""#), "{}", trail.text());
    let cursor = trail.json()["next_cursor"].as_str().unwrap().to_owned();
    let foreign = here.get(&format!("/v1/audit-events?after={cursor}")).await;
    assert!(!foreign.text().contains("shop"), "{}", foreign.text());
}

#[tokio::test]
async fn each_realm_has_its_own_rules() {
    let world = World::new();
    let mut settings = PolicySettings::default();
    for (setting, text) in [
        (Setting::HostProof, "waived"),
        (Setting::TotpPast, "0"),
        (Setting::ThrottleAttempts, "1"),
    ] {
        settings.set(setting, text).unwrap();
    }
    let shop = Shop::ruled(&world, settings.policy().unwrap());
    let (here, there) = (Backend::of(&world).await, of(&world, &shop).await);
    for (backend, planted, late, wrongs) in [(&here, 403, 200, 5), (&there, 201, 422, 0)] {
        let enrolled = backend.enroll(&world, "u-1").await;
        assert_eq!(backend.begin("u-1", None).await.status, planted);
        world.pass(60);
        let before = enrolled.phone.code(world.seconds() - 30);
        assert_eq!(backend.code("u-1", &before).await.status, late);
        for _ in 0..wrongs {
            let wrong = enrolled.phone.wrong(world.seconds());
            let answer = backend.code("u-1", &wrong).await;
            answer.problem(422, "invalid_code");
        }
        let answer = backend
            .code("u-1", &enrolled.phone.code(world.seconds()))
            .await;
        answer.problem(429, "throttled");
    }
}
