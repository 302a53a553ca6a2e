//! A stranger learns nothing from a refusal (rule 5).

use crate::support::{Answer, World};

/// An answer without what is each time another: its request's id.
fn told(answer: &Answer) -> (u16, Vec<(String, String)>, String) {
    let id = answer.header("x-request-id").to_owned();
    let headers = answer.headers.iter();
    let headers = headers.map(|(name, value)| {
        let value = value.to_str().unwrap().replace(&id, "ID");
        (name.to_string(), value)
    });
    (
        answer.status,
        headers.collect(),
        answer.text().replace(&id, "ID"),
    )
}

#[tokio::test]
async fn wrong_password_with_and_without_a_second_factor_and_unknown_name_are_alike() {
    let world = World::new();
    world.add_user("plain").await;
    world.enrolled("guarded").await;
    world.add_user("disabled").await;
    let off = world.mfa.operator().set_enabled("disabled", false).await;
    assert!(matches!(off.unwrap(), countersign::Verdict::Accepted(())));
    let mut answers = Vec::new();
    for name in ["plain", "guarded", "nobody", "disabled"] {
        let before = world.mfa.hashes_performed();
        let answer = world.client().login_with(name, "wrong wrong wrong").await;
        assert_eq!(world.mfa.hashes_performed() - before, 1, "{name}");
        assert_eq!(answer.status, 401);
        answers.push(told(&answer));
    }
    let right = world.client().login("disabled").await;
    answers.push(told(&right));
    assert!(
        answers.iter().all(|answer| answer == &answers[0]),
        "{answers:#?}"
    );
}

#[tokio::test]
async fn the_pages_are_alike_too() {
    let world = World::new();
    world.add_user("plain").await;
    world.enrolled("guarded").await;
    let mut answers = Vec::new();
    for name in ["plain", "guarded", "nobody!"] {
        let client = world.client();
        let page = client.page("/login").await;
        let token = page.form_token();
        let fields = [("username", name), ("password", "wrong wrong wrong")];
        let answer = client.form_of(&page, "/login", &fields).await;
        assert_eq!(answer.status, 401);
        let (status, _, text) = told(&answer);
        answers.push((status, text.replace(&token, "TOKEN").replace(name, "NAME")));
    }
    assert!(
        answers.iter().all(|answer| answer == &answers[0]),
        "{answers:#?}"
    );
}

#[tokio::test]
async fn a_throttled_stranger_is_told_the_same_whoever_is_meant() {
    let world = World::new();
    world.add_user("plain").await;
    world.enrolled("guarded").await;
    let mut answers = Vec::new();
    for name in ["plain", "guarded", "nobody"] {
        let mut client = world.client();
        client.peer = "192.0.2.77:1".parse().unwrap();
        for _ in 0..5 {
            client.login_with(name, "wrong wrong wrong").await;
        }
        let before = world.mfa.hashes_performed();
        let answer = client.login_with(name, "wrong wrong wrong").await;
        assert_eq!(answer.status, 429, "{name}");
        answers.push((told(&answer), world.mfa.hashes_performed() - before));
    }
    assert!(
        answers.iter().all(|answer| answer == &answers[0]),
        "{answers:#?}"
    );
}
