//! What holds a secret can be neither printed, nor cloned, nor compared with `==`.

use std::fmt::{Debug, Display};
use std::marker::PhantomData;

use countersign_otp::{Code, Hotp, Key, KeyUri, Secret, Totp, migration};

/// An inherent constant exists only where the type has the trait, and then hides the one of
/// `Otherwise`.
struct Probe<T>(PhantomData<T>);

trait Otherwise {
    const DEBUG: bool = false;
    const DISPLAY: bool = false;
    const CLONE: bool = false;
    const EQ: bool = false;
}

impl<T> Otherwise for Probe<T> {}

impl<T: Debug> Probe<T> {
    const DEBUG: bool = true;
}

impl<T: Display> Probe<T> {
    const DISPLAY: bool = true;
}

impl<T: Clone> Probe<T> {
    const CLONE: bool = true;
}

impl<T: PartialEq> Probe<T> {
    const EQ: bool = true;
}

macro_rules! has {
    ($type:ty) => {
        [
            Probe::<$type>::DEBUG,
            Probe::<$type>::DISPLAY,
            Probe::<$type>::CLONE,
            Probe::<$type>::EQ,
        ]
    };
}

#[test]
fn secret_types_have_no_debug_display_clone_or_equality() {
    assert_eq!(has!(String), [true; 4], "the probe sees what is there");
    for (name, has) in [
        ("Secret", has!(Secret)),
        ("Code", has!(Code)),
        ("Key", has!(Key)),
        ("Hotp", has!(Hotp)),
        ("Totp", has!(Totp)),
        ("KeyUri", has!(KeyUri)),
        ("Part", has!(migration::Part)),
    ] {
        assert_eq!(has, [false; 4], "{name}");
    }
}

#[test]
fn what_is_held_across_tasks_can_be() {
    fn sendable<T: Send + Sync + 'static>() {}
    sendable::<Secret>();
    sendable::<Code>();
    sendable::<Totp>();
    sendable::<Hotp>();
    sendable::<KeyUri>();
}
