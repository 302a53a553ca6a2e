//! A whole product in a test: engine, store, router, a settable clock, browsers and phones.

mod answer;
mod client;
pub mod corpus;
mod key;
mod shop;
mod world;

pub use answer::Answer;
pub use client::Client;
pub use key::Key;
pub use shop::Shop;
pub use world::{PASSWORD, Phone, Rules, Runtime, World};
