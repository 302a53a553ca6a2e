//! The checks themselves: each would see what it is there to see.

use std::time::{Duration, Instant};

use countersign_e2e::{Audit, Scripts, Tab, World, run};
use serde_json::Value;

#[test]
fn the_checker_sees_a_field_without_a_label() {
    run(Scripts::Off, Audit::On, async |world: &World| {
        let tab = world.browser.open().await;
        tab.goto(&world.at("/login")).await;
        assert_eq!(tab.audit().await, Vec::<String>::new());
        let Value::String(version) = tab.evaluate("axe.version").await else {
            unreachable!("the checker is not there")
        };
        assert!(version.starts_with("4."), "{version}");
        let plant = "document.querySelector('form').append(document.createElement('input')), 0";
        tab.evaluate(plant).await;
        let found = tab.audit().await;
        world.browser.record.clear();
        tab.goto(&world.at("/login")).await;
        assert_eq!(found.len(), 4, "in each scheme and width: {found:#?}");
        assert!(
            found.iter().all(|line| line.contains("label:")),
            "{found:#?}"
        );
    });
}

/// Waits until a list is no longer empty, then takes the record back.
async fn recorded(world: &World, tab: &Tab, list: impl Fn(&World) -> Vec<String>) -> String {
    let begun = Instant::now();
    while list(world).is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(40), "it was not seen");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let seen = list(world).join("\n");
    tab.goto(&world.at("/login")).await;
    world.browser.record.clear();
    tab.goto(&world.at("/login")).await;
    seen
}

#[test]
fn what_a_page_must_not_do_is_seen() {
    run(Scripts::On, Audit::Off, async |world: &World| {
        let tab = world.browser.open().await;
        for (plant, expected) in [
            (
                "document.body.setAttribute('style', 'color: red')",
                "Content Security Policy",
            ),
            (
                "void setTimeout(() => nothing.here)",
                "nothing is not defined",
            ),
            ("console.warn('loud')", "loud"),
            (
                "void document.body.append(Object.assign(new Image(), { src: '/nowhere.png' }))",
                "404",
            ),
        ] {
            tab.goto(&world.at("/login")).await;
            tab.evaluate(plant).await;
            let complaints = |world: &World| world.browser.record.complaints();
            let seen = recorded(world, &tab, complaints).await;
            assert!(seen.contains(expected), "{seen}");
        }
        tab.evaluate("void (location.href = 'http://127.0.0.1:9/')")
            .await;
        let foreign = |world: &World| world.browser.record.foreign(&world.server.origin);
        assert_eq!(recorded(world, &tab, foreign).await, "http://127.0.0.1:9/");
    });
}

#[test]
fn a_page_that_is_too_wide_is_seen() {
    run(Scripts::Off, Audit::Off, async |world: &World| {
        let tab = world.browser.open().await;
        tab.goto(&world.at("/login")).await;
        assert_eq!(tab.overflow().await, Value::Array(Vec::new()));
        tab.evaluate("document.querySelector('h1').textContent = 'x'.repeat(80), 0")
            .await;
        assert_ne!(tab.overflow().await, Value::Array(Vec::new()));
    });
}
