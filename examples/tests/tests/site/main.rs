//! The examples, run as their pages say, by users with a phone.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test ends where its premise fails"
)]

mod django;
mod express;
mod flask;
mod story;

/// What an example's own list pins is what its test installs.
#[test]
fn the_examples_are_tested_with_the_versions_that_they_pin() {
    let read = |file: &str| {
        let file = countersign_examples::folder("examples").join(file);
        std::fs::read_to_string(file).unwrap()
    };
    let tested = read("tests/requirements.txt").to_lowercase();
    for list in ["flask/requirements.txt", "django/requirements.txt"] {
        for pinned in read(list).to_lowercase().lines() {
            let there = tested.lines().any(|line| line == format!("{pinned} \\"));
            assert!(there, "{list}: {pinned}");
        }
    }
}
