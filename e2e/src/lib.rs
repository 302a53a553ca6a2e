//! A real server, a real browser and a phone: what a person has before them. Knows nothing of the
//! product but what its pages show.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test ends where its premise fails"
)]

mod axe;
mod browser;
mod device;
mod element;
mod person;
mod phone;
mod record;
mod server;
mod tab;
mod tools;
mod world;

pub use axe::Checker;
pub use browser::{Browser, Scripts};
pub use device::{Credential, Device};
pub use element::Field;
pub use person::{PASSWORD, Person};
pub use phone::{Phone, read_picture};
pub use record::Record;
pub use server::Server;
pub use tab::Tab;
pub use tools::Tools;
pub use world::{Audit, World, run};

/// Makes of each story two tests: with scripts and without.
#[macro_export]
macro_rules! told_both_ways {
    ($($name:ident),+ $(,)?) => {
        mod with_scripts {
            $(#[test] fn $name() { $crate::run($crate::Scripts::On, $crate::Audit::Off, super::$name); })+
        }
        mod without_scripts {
            $(#[test] fn $name() { $crate::run($crate::Scripts::Off, $crate::Audit::Off, super::$name); })+
        }
    };
}

/// Makes of each story a test with scripts, and of those after `checked` one more, in which the
/// accessibility checker looks at every page.
#[macro_export]
macro_rules! told_with_scripts {
    ($($name:ident),+ $(,)?; checked: $($seen:ident),* $(,)?) => {
        mod with_scripts {
            $(#[test] fn $name() { $crate::run($crate::Scripts::On, $crate::Audit::Off, super::$name); })+
        }
        mod checked_with_scripts {
            $(#[test] fn $seen() { $crate::run($crate::Scripts::On, $crate::Audit::On, super::$seen); })*
        }
    };
}

/// Makes of each story two more tests, in which the accessibility checker looks at every page.
#[macro_export]
macro_rules! told_to_the_checker {
    ($($name:ident),+ $(,)?) => {
        mod checked_with_scripts {
            $(#[test] fn $name() { $crate::run($crate::Scripts::On, $crate::Audit::On, super::$name); })+
        }
        mod checked_without_scripts {
            $(#[test] fn $name() { $crate::run($crate::Scripts::Off, $crate::Audit::On, super::$name); })+
        }
    };
}
