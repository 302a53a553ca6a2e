//! The binary at work, and who talks to it: nothing here looks inside.

mod answer;
mod client;
mod code;
mod person;
mod place;
mod python;
mod server;

pub use answer::Answer;
pub use client::{Client, Request};
pub use code::{App, step};
pub use person::{PASSWORD, Person, codes, login, scan};
pub use place::{Place, Run};
pub use python::python;
pub use server::{Door, Server, Start};

/// The origin that every server here answers for, wherever it listens.
pub const ORIGIN: &str = "http://localhost:8080";
