//! What an application can verify by itself.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use data_encoding::BASE64URL_NOPAD as BASE64;
use serde_json::{Value, json};

use super::{APP, Proxy, alice, world};

fn part(text: &str) -> Value {
    serde_json::from_slice(&BASE64.decode(text.as_bytes()).unwrap()).unwrap()
}

/// Whether the key of this set that `assertion` names has signed it.
fn holds(keys: &Value, assertion: &str) -> bool {
    let (signed, signature) = assertion.rsplit_once('.').unwrap();
    let head = part(signed.split('.').next().unwrap());
    assert_eq!(
        (&head["alg"], &head["typ"]),
        (&json!("EdDSA"), &json!("JWT"))
    );
    let all = keys["keys"].as_array().unwrap();
    let key = all.iter().find(|key| key["kid"] == head["kid"]).unwrap();
    assert_eq!(
        (&key["kty"], &key["crv"]),
        (&json!("OKP"), &json!("Ed25519"))
    );
    assert!(key["d"].is_null());
    let public = BASE64
        .decode(key["x"].as_str().unwrap().as_bytes())
        .unwrap();
    let signature = BASE64.decode(signature.as_bytes()).unwrap();
    let key = UnparsedPublicKey::new(&ED25519, public);
    key.verify(signed.as_bytes(), &signature).is_ok()
}

#[tokio::test]
async fn an_assertion_is_for_its_host_and_a_minute() {
    let world = world();
    let (browser, _) = alice(&world, Proxy::Forward).await;
    browser.arrive(&format!("{APP}/")).await;
    let answer = browser.open(&format!("{APP}/")).await;
    let assertion = answer.header("remote-assertion").to_owned();
    let keys = world.client().get("/.well-known/jwks.json").await;
    assert_eq!(keys.header("content-type"), "application/jwk-set+json");
    assert!(holds(&keys.json(), &assertion));

    let claims = part(assertion.split('.').nth(1).unwrap());
    let session = browser.portal.get("/session").await.json();
    assert_eq!(claims["iss"], "https://login.example.com");
    assert_eq!(claims["aud"], "app.example.com");
    assert_eq!(claims["sub"], session["user"]["id"]);
    assert_eq!(claims["preferred_username"], "alice");
    assert_eq!(claims["amr"], json!(["pwd", "otp", "mfa"]));
    assert_eq!(claims["acr"], "aal2");
    assert_eq!(claims["iat"], world.seconds());
    assert_eq!(claims["exp"], world.seconds() + 60);
    assert!(claims["auth_time"].as_u64().unwrap() <= world.seconds());

    // One bent claim, and it does not hold.
    let mut bent = claims.clone();
    bent["aud"] = json!("wiki.example.com");
    let bent = BASE64.encode(bent.to_string().as_bytes());
    let mut parts: Vec<&str> = assertion.split('.').collect();
    parts[1] = &bent;
    assert!(!holds(&keys.json(), &parts.join(".")));
}
