//! A request that takes too long.

use std::time::Duration;

use countersign::session::Token;
use countersign_http::{Site, standalone};

use crate::support::World;

#[tokio::test]
async fn it_is_answered_and_its_verification_goes_on() {
    let world = World::new();
    let (_, phone, _) = world.enrolled("alice").await;
    let client = world.pending("alice").await;
    let code = phone.code(world.seconds());
    let pending = client.cookie("__Host-countersign-login").unwrap();
    let pending = Token::parse(&pending).unwrap();
    let mut hasty = client.twin();
    let site = Site {
        deadline: Duration::ZERO,
        ..world.site.clone()
    };
    hasty.router = standalone(world.mfa.clone(), site);
    let answer = hasty.second_step(&code).await;
    answer.problem(503, "timed_out");
    assert!(answer.set_cookies().is_empty());
    let mut over = false;
    for _ in 0..1000 {
        over = world.mfa.pending_login(&pending).await.unwrap().is_none();
        if over {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(over, "the verification was cancelled");
    let again = world.client();
    again.login("alice").await;
    again
        .second_step(&code)
        .await
        .problem(401, "code_already_used");
}
