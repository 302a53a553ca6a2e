//! Moving a user in from another program, with the authenticator that was confirmed there: by an operator,
//! once, and only for whoever has none here (rule 7).

use countersign_otp::{Algorithm, Digits, Period, Secret, Totp};

use super::host;
use super::operator::Operator;
use crate::audit::{Actor, Event, Reason};
use crate::authenticator::{AuthenticatorRecord, Kind, Label, Status};
use crate::clock::Timestamp;
use crate::engine::{Engine, mismatch};
use crate::error::{Error, Misuse};
use crate::factor::imported_code::{self, BcryptHash};
use crate::factor::otp_row;
use crate::id::{AuthenticatorId, BackupCodeId};
use crate::port::store::{Change, Changed, Found, Import, ImportedCodes, Read};
use crate::user::{UserId, UserKey, UserName};
use crate::vault::RowMac;

/// A user to be moved in.
pub struct ImportUser {
    /// The other program's id of them.
    pub user: UserId,
    /// What authenticators show of the account.
    pub account: UserName,
    /// What the user calls the authenticator.
    pub label: Label,
    /// Its secret.
    pub secret: Secret,
    /// The HMAC's hash.
    pub algorithm: Algorithm,
    /// How long a code is.
    pub digits: Digits,
    /// Its step.
    pub period: Period,
    /// The hashes of the unused backup codes; at most [`ImportedCodes::MOST`].
    pub backup_codes: Vec<BcryptHash>,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imported {
    /// The user can verify here.
    Done,
    /// They have, or had, an authenticator here, and were left as they are.
    EnrolledBefore,
    /// Their password is kept here: they enroll by themselves, and were left as they are.
    PasswordHere,
}

impl Operator<'_> {
    /// Moves a user in: the row, the authenticator, active at once, and the backup codes; all of it or
    /// nothing. The step of now counts as used, as may be in the other program; so does all before it.
    pub async fn import(&self, wanted: &ImportUser) -> Result<Imported, Error> {
        let engine = &*self.mfa.0;
        let now = engine.now()?;
        let record = host::new_user(engine, &wanted.user, wanted.account.shown(), now)?;
        let authenticator = authenticator(engine, &record.key, wanted, now)?;
        let codes = codes(engine, &record.key, &wanted.backup_codes, now)?;
        let (by, id) = (Some(Reason::ByOperator), Some(authenticator.id));
        let row = |event, id| self.row(Some(&record), Actor::Operator, event, by, id, now);
        let created = row(Event::UserCreated, None)?;
        let audit = row(Event::UserImported, id)?;
        let import = Import {
            user: record,
            created,
            authenticator,
            codes,
            consecutive: engine.policy.limits.consecutive,
            now,
        };
        Ok(
            match engine
                .change(Change::Import(Box::new(import), audit))
                .await?
            {
                Changed::Done => Imported::Done,
                Changed::EnrolledBefore => Imported::EnrolledBefore,
                Changed::Conflict => Imported::PasswordHere,
                _ => return Err(mismatch()),
            },
        )
    }

    /// What [`Self::import`] would come to, and nothing changed.
    pub async fn would_import(&self, user: &UserId) -> Result<Imported, Error> {
        let engine = &*self.mfa.0;
        let key = user.key(&engine.realm.id);
        match engine.store.read(Read::EverEnrolled(key)).await? {
            Found::Flag(true) => return Ok(Imported::EnrolledBefore),
            Found::Flag(false) => {}
            _ => return Err(mismatch()),
        }
        let found = engine.user(key).await?;
        let password_here = found.is_some_and(|user| user.password.is_some());
        Ok(if password_here {
            Imported::PasswordHere
        } else {
            Imported::Done
        })
    }
}

fn authenticator(
    engine: &Engine,
    user: &UserKey,
    wanted: &ImportUser,
    now: Timestamp,
) -> Result<AuthenticatorRecord, Error> {
    let id = AuthenticatorId::generate(now, &*engine.random)?;
    let totp = Totp::new(
        &wanted.secret,
        wanted.algorithm,
        wanted.digits,
        wanted.period,
    );
    let mut record = AuthenticatorRecord {
        id,
        user: *user,
        kind: Kind::Totp,
        status: Status::Active,
        label: wanted.label.as_str().to_owned(),
        algorithm: wanted.algorithm,
        digits: wanted.digits,
        period: wanted.period,
        secret: otp_row::seal(engine, user, &id, &wanted.secret)?,
        next: totp.step_at(now.unix_seconds()).saturating_add(1),
        drift: 0,
        mac: RowMac::empty(),
        created_at: now,
        confirmed_at: Some(now),
        last_used_at: None,
        expires_at: None,
    };
    record.mac = otp_row::mac(engine, &record, Status::Active);
    Ok(record)
}

fn codes(
    engine: &Engine,
    user: &UserKey,
    hashes: &[BcryptHash],
    now: Timestamp,
) -> Result<Option<ImportedCodes>, Error> {
    if hashes.len() > usize::from(ImportedCodes::MOST) {
        return Err(Misuse::ImportedCodes.into());
    }
    let Some(cost) = hashes.iter().map(BcryptHash::cost).max() else {
        return Ok(None);
    };
    let seal = |hash| {
        let id = BackupCodeId::generate(now, &*engine.random)?;
        Ok((id, imported_code::seal(engine, user, &id, hash)?))
    };
    let codes = hashes.iter().map(seal).collect::<Result<_, Error>>()?;
    Ok(Some(ImportedCodes { cost, codes }))
}
