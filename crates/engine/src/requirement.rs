//! What a place behind the portal asks of a session: how strong, and how fresh.

use std::time::Duration;

use crate::assurance::{Assurance, Level};
use crate::clock::Timestamp;

/// The least that is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Minimum {
    /// One factor.
    Aal1,
    /// Two factors.
    Aal2,
    /// A key that cannot be phished took part.
    PhishingResistant,
}

impl Minimum {
    /// `aal1`, `aal2`, `phr`: as `acr` has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aal1 => "aal1",
            Self::Aal2 => "aal2",
            Self::PhishingResistant => "phr",
        }
    }

    /// From one of those words.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Aal1, Self::Aal2, Self::PhishingResistant]
            .into_iter()
            .find(|minimum| minimum.as_str() == text)
    }
}

/// How strong and how fresh a session has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// How strong.
    pub minimum: Minimum,
    /// How old its last active proof may be; none is any age.
    pub max_age: Option<Duration>,
}

impl Requirement {
    /// Whether what a session is worth is enough now.
    pub fn is_met(&self, assurance: &Assurance, now: Timestamp) -> bool {
        let strong = match self.minimum {
            Minimum::Aal1 => true,
            Minimum::Aal2 => assurance.level >= Level::Aal2,
            Minimum::PhishingResistant => {
                assurance.level >= Level::Aal2
                    && assurance.acr() == Minimum::PhishingResistant.as_str()
            }
        };
        let age = now.since(assurance.auth_time);
        strong && self.max_age.is_none_or(|most| age <= most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assurance::Amr;

    fn met(minimum: Minimum, level: Level, amr: Amr, age: u64) -> bool {
        let now = Timestamp::from_millis(10_000_000);
        let requirement = Requirement {
            minimum,
            max_age: Some(Duration::from_mins(15)),
        };
        let auth_time = Timestamp::from_millis(10_000_000 - i64::try_from(age).unwrap() * 1000);
        let assurance = Assurance {
            level,
            amr,
            auth_time,
        };
        requirement.is_met(&assurance, now)
    }

    #[test]
    fn a_session_is_enough_from_its_minimum_on() {
        let code = Amr::PWD.with(Amr::OTP).with(Amr::MFA);
        let key = Amr::POP.with(Amr::MFA);
        for (minimum, level, amr, enough) in [
            (Minimum::Aal1, Level::Aal1, Amr::PWD, true),
            (Minimum::Aal2, Level::Aal1, Amr::PWD, false),
            (Minimum::Aal2, Level::Aal2, code, true),
            (Minimum::Aal2, Level::Aal2, key, true),
            (Minimum::PhishingResistant, Level::Aal2, code, false),
            (Minimum::PhishingResistant, Level::Aal1, Amr::POP, false),
            (Minimum::PhishingResistant, Level::Aal2, key, true),
        ] {
            assert_eq!(met(minimum, level, amr, 0), enough, "{minimum:?} {level:?}");
        }
    }

    #[test]
    fn an_old_proof_is_not_enough_where_there_is_an_age() {
        assert!(met(Minimum::Aal1, Level::Aal2, Amr::PWD, 900));
        assert!(!met(Minimum::Aal1, Level::Aal2, Amr::PWD, 901));
    }
}
