//! Judge: pure comparison. Opens what admit loaded, evaluates every candidate without early exit, and
//! writes nothing.

use countersign_otp::Code;

use crate::authenticator::{AuthenticatorRecord, BackupCodeRecord};
use crate::clock::Timestamp;
use crate::engine::Engine;
use crate::error::{Unavailable, VaultFailure};
use crate::factor;
#[cfg(feature = "passkeys")]
use crate::factor::passkey::Asserted;
use crate::id::AuthenticatorId;
use crate::port::store::{Consumption, Open};

/// A right submission. It has no public constructor: only a comparison makes one.
pub(crate) struct Matched {
    consumptions: Vec<Consumption>,
    authenticator: Option<AuthenticatorId>,
}

impl Matched {
    fn new(consumptions: Vec<Consumption>, authenticator: Option<AuthenticatorId>) -> Self {
        Self {
            consumptions,
            authenticator,
        }
    }

    pub(super) fn into_consumptions(self) -> Vec<Consumption> {
        self.consumptions
    }

    pub(super) const fn authenticator(&self) -> Option<AuthenticatorId> {
        self.authenticator
    }
}

/// What the comparison said, and whether anything that should have opened did not.
pub(crate) struct Judgement {
    pub(crate) matched: Option<Matched>,
    pub(crate) failure: Option<VaultFailure>,
    /// What a directory said that accepts nothing.
    pub(crate) elsewhere: Option<Elsewhere>,
    /// A passkey verified its user, which counts as a factor of its own.
    pub(crate) verified: bool,
}

/// Why a directory accepts nothing.
#[derive(Clone)]
pub(crate) enum Elsewhere {
    /// It said no.
    Refused,
    /// What it said is from before the user's sessions were ended.
    Ended,
    /// It could not decide: an error, once the attempt is recorded.
    Unavailable(Unavailable),
}

impl Judgement {
    /// The same, but that the directory accepts nothing.
    pub(crate) fn refused_by(self, elsewhere: Elsewhere) -> Self {
        Self {
            matched: None,
            elsewhere: Some(elsewhere),
            ..self
        }
    }

    /// Of a password.
    pub(crate) fn of_password(right: bool, failure: Option<VaultFailure>) -> Self {
        Self {
            matched: right.then(|| Matched::new(Vec::new(), None)),
            failure,
            elsewhere: None,
            verified: false,
        }
    }

    /// Of a backup code: `consume` it, or only say that it is right.
    pub(crate) fn of_backup_code(
        open: &Open,
        right: bool,
        failure: Option<VaultFailure>,
        consume: bool,
    ) -> Self {
        // A used one is right once more for the store to say so; typed back, it shows nothing.
        let shown = |used: bool| right && (consume || !used);
        let code = open.backup_code.as_ref();
        let code = code.filter(|code| shown(code.used_at.is_some()));
        let matched = code.map(|code| {
            let consumption = Consumption::BackupCode {
                code: code.id,
                version: code.version,
            };
            Matched::new(
                if consume {
                    vec![consumption]
                } else {
                    Vec::new()
                },
                None,
            )
        });
        Self {
            matched,
            failure,
            elsewhere: None,
            verified: false,
        }
    }

    /// Of an imported backup code: all that are right are consumed.
    pub(crate) fn of_imported_code(
        right: &[&BackupCodeRecord],
        failure: Option<VaultFailure>,
    ) -> Self {
        let consumption = |code: &&BackupCodeRecord| Consumption::BackupCode {
            code: code.id,
            version: code.version,
        };
        let consumptions: Vec<_> = right.iter().map(consumption).collect();
        Self {
            matched: (!right.is_empty()).then(|| Matched::new(consumptions, None)),
            failure,
            elsewhere: None,
            verified: false,
        }
    }

    /// Of a passkey: what its assertion consumes, if it holds.
    #[cfg(feature = "passkeys")]
    pub(crate) fn of_passkey(
        authenticator: Option<AuthenticatorId>,
        asserted: Option<Asserted>,
        failure: Option<VaultFailure>,
    ) -> Self {
        Self {
            verified: asserted.as_ref().is_some_and(|asserted| asserted.verified),
            matched: asserted.map(|asserted| Matched::new(asserted.consumptions, authenticator)),
            failure,
            elsewhere: None,
        }
    }

    /// Of a code, against all `authenticators`.
    pub(crate) fn of_code(
        engine: &Engine,
        authenticators: &[AuthenticatorRecord],
        code: &Code,
        next: Option<&Code>,
        now: Timestamp,
    ) -> Self {
        let (mut consumptions, mut failure) = (Vec::new(), None);
        for authenticator in authenticators {
            match factor::evaluate(engine, authenticator, code, next, now) {
                Ok(Some(consumption)) => consumptions.push((authenticator.id, consumption)),
                Ok(None) => {}
                Err(reason) => failure = Some(reason),
            }
        }
        let authenticator = consumptions.first().map(|(id, _)| *id);
        let consumptions: Vec<_> = consumptions
            .into_iter()
            .map(|(_, consumption)| consumption)
            .collect();
        Self {
            matched: authenticator.map(|id| Matched::new(consumptions, Some(id))),
            failure,
            elsewhere: None,
            verified: false,
        }
    }
}
