//! The realms that the store has beside `default`: found by name at the command line, kept up with
//! while the server runs. What is not what was written is not served.

use countersign::Countersign;
use countersign::realm::{RealmId, RealmRecord};
use countersign_http::{PublicUrl, Realms};

use crate::failure::Failure;

/// The engine of the realm of this name.
pub async fn engine(mfa: &Countersign, name: &str) -> Result<Countersign, Failure> {
    let missing = || Failure::NoRealm(name.to_owned());
    let id = RealmId::parse(name).map_err(|_| missing())?;
    if id == mfa.realm().id {
        return Ok(mfa.clone());
    }
    let row = mfa.operator().realm_row(&id).await?;
    Ok(mfa.of_row(&row.ok_or_else(missing)?)??)
}

/// The realms that are served, and what they were made of.
pub struct Kept {
    mfa: Countersign,
    realms: Realms,
    rows: Vec<RealmRecord>,
}

impl Kept {
    /// None yet but `default`, whose engine this is.
    pub const fn new(mfa: Countersign, realms: Realms) -> Self {
        Self {
            mfa,
            realms,
            rows: Vec::new(),
        }
    }

    /// Looks at the rows, and serves what they say if they say something new.
    pub async fn look(&mut self) -> Result<(), countersign::Error> {
        let rows = self.mfa.operator().realm_rows().await?;
        if rows == self.rows {
            return Ok(());
        }
        let found = rows.iter().filter_map(|row| self.serve(row));
        self.realms.replace(found.collect());
        self.rows = rows;
        Ok(())
    }

    fn serve(&self, row: &RealmRecord) -> Option<(Countersign, Option<PublicUrl>)> {
        let realm = row.id.as_str();
        let mfa = match self.mfa.of_row(row) {
            Ok(Ok(mfa)) => mfa,
            Ok(Err(error)) => {
                tracing::error!(realm, %error, "the realm cannot be served");
                return None;
            }
            Err(error) => {
                tracing::error!(realm, %error, "the realm is not what was written, and not served");
                return None;
            }
        };
        let url = row.public_url.as_deref().map(PublicUrl::parse).transpose();
        let url = url.unwrap_or_else(|error| {
            tracing::error!(realm, %error, "the realm's pages cannot be served");
            None
        });
        if url.as_ref().is_some_and(|url| self.realms.holds_host(url)) {
            tracing::error!(
                realm,
                "the realm's pages are not served: `default` has their host"
            );
        }
        tracing::info!(realm, public_url = row.public_url, "serving the realm");
        Some((mfa, url))
    }
}
