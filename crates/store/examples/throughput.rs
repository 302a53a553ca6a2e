//! Prints how many attempts a second go from admit to settle, at 64 tasks, on a file in this folder
//! or the one given. It decides nothing: figures are compared where they are made.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "an example prints and fails by panicking"
)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use countersign::port::store::{AdmitCode, Gate};
use countersign_store::{Options, SqliteStore};
use countersign_testkit::{World, generous};

const TASKS: u64 = 64;
const EACH: u64 = 500;

#[tokio::main(worker_threads = 2)]
async fn main() {
    let folder = std::env::args_os()
        .nth(1)
        .map_or_else(|| PathBuf::from("."), PathBuf::from);
    let folder = tempfile::TempDir::new_in(folder).unwrap();
    let path = folder.path().join("store.sqlite");
    let store = Arc::new(SqliteStore::open(&path, Options::default()).unwrap());
    let world = World::new(store);
    let mut people = Vec::new();
    for n in 0..TASKS {
        people.push(world.enrolled(&format!("user{n}")).await);
    }
    for right in [true, false] {
        let commits = world.store.commits();
        let begun = Instant::now();
        let mut tasks = tokio::task::JoinSet::new();
        for who in &people {
            let (world, person, id) = (Arc::clone(&world), who.person.clone(), who.authenticator);
            tasks.spawn(async move {
                for n in 0..EACH {
                    let admit = AdmitCode {
                        limits: generous(),
                        ..world.code(Gate::User(person.key))
                    };
                    let step = right.then_some((id, 2000 + n));
                    world.try_code(&person, admit, step).await;
                }
            });
        }
        tasks.join_all().await;
        let seconds = begun.elapsed().as_secs_f64();
        let pairs = TASKS * EACH;
        let rate = f64::from(u32::try_from(pairs).unwrap()) / seconds;
        println!(
            "{}: {rate:.0} pairs a second, {} commits for {pairs} pairs",
            if right { "accepted" } else { "refused" },
            world.store.commits() - commits,
        );
    }
}
