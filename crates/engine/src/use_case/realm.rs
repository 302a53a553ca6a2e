//! Realms beside `default`: added and changed by an operator, listed, and made engines of.

use crate::audit::{Actor, Event, Reason};
use crate::countersign::{BuildError, Countersign};
use crate::engine::mismatch;
use crate::error::Error;
use crate::port::store::{Change, Changed, Found, Read};
use crate::realm::{RealmId, RealmRecord};
use crate::use_case::Operator;
use crate::vault::RowMac;

/// Why a realm cannot be so.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RealmRefusal {
    /// It is the one of the configuration.
    #[error("the realm `default` is what the configuration says")]
    Default,
    /// There is one of this name.
    #[error("there is a realm of this name already")]
    NameTaken,
    /// The pages of another realm are at this host.
    #[error("another realm has the host of this public URL")]
    HostTaken,
    /// There are passkeys of another RP ID.
    #[error("the realm has passkeys of another RP ID, which would all be lost")]
    RpIdFixed,
    /// Somebody else changed it in between.
    #[error("somebody else changed the realm at the same time; nothing was done")]
    Conflict,
    /// No engine can be built of it.
    #[error(transparent)]
    Build(#[from] BuildError),
}

impl Countersign {
    /// The engine of a realm's row. A row that is not what was written makes none.
    pub fn of_row(&self, row: &RealmRecord) -> Result<Result<Self, BuildError>, Error> {
        let checked = row.check(&self.0.vault);
        checked.map_err(crate::error::VaultFailure::from)?;
        Ok(self.engine_of(row))
    }

    fn engine_of(&self, row: &RealmRecord) -> Result<Self, BuildError> {
        self.in_realm(row.realm(), row.settings.policy()?)
    }
}

impl Operator<'_> {
    /// Adds a realm. Moments and MAC of `row` are set here.
    pub async fn add_realm(
        &self,
        row: RealmRecord,
    ) -> Result<Result<RealmRecord, RealmRefusal>, Error> {
        let now = self.mfa.0.now()?;
        let row = RealmRecord {
            created_at: now,
            changed_at: now,
            ..row
        };
        self.put_realm(row, None, Reason::Created).await
    }

    /// Changes a realm from what [`Self::realm_row`] found to `row`.
    pub async fn set_realm(
        &self,
        found: &RealmRecord,
        row: RealmRecord,
    ) -> Result<Result<RealmRecord, RealmRefusal>, Error> {
        let row = RealmRecord {
            id: found.id.clone(),
            created_at: found.created_at,
            changed_at: self.mfa.0.now()?,
            ..row
        };
        self.put_realm(row, Some(found.mac), Reason::Changed).await
    }

    async fn put_realm(
        &self,
        row: RealmRecord,
        replaces: Option<RowMac>,
        reason: Reason,
    ) -> Result<Result<RealmRecord, RealmRefusal>, Error> {
        if row.id == RealmId::default() {
            return Ok(Err(RealmRefusal::Default));
        }
        let there = match self.mfa.engine_of(&row) {
            Ok(there) => there,
            Err(error) => return Ok(Err(error.into())),
        };
        let row = row.seal(&there.0.vault);
        let (event, now) = (Event::RealmChanged, row.changed_at);
        let audit = there
            .operator()
            .row(None, Actor::Operator, event, Some(reason), None, now)?;
        let change = Change::PutRealm {
            realm: Box::new(row.clone()),
            replaces,
            audit,
        };
        Ok(match there.0.change(change).await? {
            Changed::Done => Ok(row),
            Changed::NameTaken => Err(RealmRefusal::NameTaken),
            Changed::HostTaken => Err(RealmRefusal::HostTaken),
            Changed::RpIdFixed => Err(RealmRefusal::RpIdFixed),
            _ => Err(RealmRefusal::Conflict),
        })
    }

    /// The rows of all realms but `default`, by name. [`Countersign::of_row`] says whether one is what
    /// was written.
    pub async fn realm_rows(&self) -> Result<Vec<RealmRecord>, Error> {
        match self.mfa.0.store.read(Read::Realms).await? {
            Found::Realms(rows) => Ok(rows),
            _ => Err(mismatch()),
        }
    }

    /// The row of one.
    pub async fn realm_row(&self, id: &RealmId) -> Result<Option<RealmRecord>, Error> {
        let rows = self.realm_rows().await?;
        Ok(rows.into_iter().find(|row| row.id == *id))
    }
}
