//! Identifiers: `UUIDv7`s made from the given clock and randomness, never a secret and never a capability.

use std::fmt;

use uuid::Uuid;

use crate::clock::{Randomness, RandomnessFailed, Timestamp, random};

fn v7(now: Timestamp, source: &dyn Randomness) -> Result<Uuid, RandomnessFailed> {
    let millis = u64::try_from(now.as_millis()).unwrap_or(0);
    Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random(source)?).into_uuid())
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// A new one, ordered by `now`.
            pub fn generate(now: Timestamp, source: &dyn Randomness) -> Result<Self, RandomnessFailed> {
                v7(now, source).map(Self)
            }

            /// The sixteen bytes that a row keeps.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// From the sixteen bytes of a row.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// From its hyphenated text, as a path carries it.
            pub fn parse(text: &str) -> Option<Self> {
                if text.len() == 36 { Uuid::try_parse(text).ok().map(Self) } else { None }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }
    };
}

identifier!(
    /// An authenticator.
    AuthenticatorId
);
identifier!(
    /// One counted attempt, from admit to settle.
    AttemptId
);
identifier!(
    /// A session's public name: lists and ends it, opens nothing.
    SessionId
);
identifier!(
    /// An audit event.
    EventId
);
identifier!(
    /// A backup code.
    BackupCodeId
);
identifier!(
    /// An API key's public name.
    ApiKeyId
);
