//! What an application's administrators read: their realm's, whole.

use countersign::EnrollmentOptions;
use countersign::audit::Event;
use countersign::session::Origin;
use countersign::user::UserId;

use super::{Shop, user};
use crate::support::accepted;

#[tokio::test]
async fn a_page_of_another_realms_is_not_the_end() {
    let shop = Shop::new().await;
    let elsewhere = shop.world.elsewhere();
    let theirs = elsewhere.host(Origin::default());
    for id in ["d_1", "d_2", "d_3"] {
        let options = EnrollmentOptions::default();
        let begun = theirs.begin_enrollment(user(id), "bob", options, None, None);
        accepted(begun.await.unwrap());
        shop.world.next_step();
    }
    for id in ["c_1", "c_2", "c_3"] {
        accepted(shop.begin(id, None).await);
        shop.world.next_step();
    }
    let host = shop.host();
    let (mut after, mut ids) = (None, Vec::new());
    loop {
        let page = accepted(host.users(after, 2).await.unwrap());
        assert!(page.len() <= 2);
        let Some((last, _, _)) = page.last() else {
            break;
        };
        after = Some(*last);
        ids.extend(page.into_iter().map(|(_, id, _)| id.as_str().to_owned()));
    }
    assert_eq!(ids, ["c_1", "c_2", "c_3"]);

    let (mut after, mut events) = (None, Vec::new());
    loop {
        let page = accepted(host.events(after, 2).await.unwrap());
        assert!(page.len() <= 2);
        let Some(last) = page.last() else {
            break;
        };
        after = Some(last.0.id);
        events.extend(page);
    }
    let begun = events
        .iter()
        .filter(|(row, intact)| *intact && row.event == Event::EnrollmentBegun);
    let ids: Vec<_> = begun.map(|(row, _)| row.user_id.clone().unwrap()).collect();
    assert_eq!(
        ids.iter().map(UserId::as_str).collect::<Vec<_>>(),
        ["c_1", "c_2", "c_3"]
    );
}
