//! What the tests of the examples share: the product, an example as a process, who visits it, and the
//! packages that it needs. Nothing here looks inside.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test ends where its premise fails"
)]

mod product;
mod site;
mod tools;
mod visitor;

pub use product::Product;
pub use site::{Site, free_port};
pub use tools::{Tools, folder};
pub use visitor::{Answer, Visitor};

/// Good enough for any of the examples.
pub const PASSWORD: &str = "quietly ambling marmots";
