//! Reads, on threads and connections of their own, each of one snapshot. None of them is an
//! authority: conditions are repeated where things change.

use std::path::Path;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};

use countersign::port::store::{Found, PendingView, Read, SessionView};
use rusqlite::{Connection, params};

use super::error::{Fault, OpenError};
use super::open::reading;
use super::rows::value;
use super::standing::Standing;
use super::work::{Queue, Work};
use super::{Options, api_keys, backup, host, passkeys, realms, sessions, standing, view};

const THREADS: usize = 2;

/// The reading threads and the queue before them.
pub(super) struct Readers(Queue);

impl Readers {
    pub(super) fn start(path: &Path, options: Options) -> Result<Self, OpenError> {
        let (mut queue, waiting) = Queue::new();
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..THREADS {
            let connection = reading(path, options)?;
            let waiting = Arc::clone(&waiting);
            queue.serve(path, "store-reader", move || {
                while let Some(work) = next(&waiting) {
                    answer(&connection, work);
                }
            })?;
        }
        Ok(Self(queue))
    }

    pub(super) const fn queue(&self) -> &Queue {
        &self.0
    }
}

fn next(waiting: &Mutex<Receiver<Box<dyn Work>>>) -> Option<Box<dyn Work>> {
    waiting
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .recv()
        .ok()
}

fn answer(db: &Connection, mut work: Box<dyn Work>) {
    let snapshot = match db.unchecked_transaction() {
        Ok(snapshot) => snapshot,
        Err(error) => return work.fail(super::error::failure(&error)),
    };
    // What it came to is kept in the answer.
    let _ = work.perform(&snapshot);
    drop(snapshot);
    work.answer();
}

pub(super) fn read(db: &Connection, read: Read) -> Result<Found, Fault> {
    Ok(match read {
        Read::Session { session, now } => {
            let found = standing::session(db, session, now)?;
            Found::Session(match found {
                None => None,
                Some((user, session)) => Some(Box::new(SessionView {
                    session,
                    holdings: view::holdings(db, user.key)?,
                    user,
                })),
            })
        }
        Read::Pending { pending, now } => {
            let found = standing::pending(db, pending, now)?;
            Found::Pending(match found {
                None => None,
                Some((user, pending)) => Some(Box::new(PendingView {
                    pending,
                    holdings: view::holdings(db, user.key)?,
                    user,
                })),
            })
        }
        Read::Overview { user, now } => {
            Found::Overview(view::overview(db, user, now)?.map(Box::new))
        }
        Read::Authenticators { user, now } => {
            Found::Authenticators(standing::authenticators(db, user, now)?)
        }
        Read::Passkeys(user) => Found::Passkeys(passkeys::of(db, user)?),
        Read::ChallengeUsed(hash) => Found::Flag(passkeys::is_used(db, hash)?),
        Read::UserByName(name) => Found::User(standing::user_by_name(db, name)?.map(Box::new)),
        Read::User(key) => Found::User(standing::user(db, key)?.map(Box::new)),
        Read::Users {
            realm,
            after,
            limit,
        } => view::users(db, &realm, after, limit)?,
        Read::AnyUser => Found::Flag(value(db, "SELECT EXISTS (SELECT 1 FROM user)", [])?),
        Read::SetupLink { link, now } => Found::Flag(value(
            db,
            "SELECT EXISTS (SELECT 1 FROM setup_link WHERE hash = ?1 AND expires_at > ?2) \
             AND NOT EXISTS (SELECT 1 FROM user)",
            params![link.0, now.as_millis()],
        )?),
        Read::PendingPasskey {
            user,
            authenticator,
            now,
        } => Found::PendingPasskey(host::pending_passkey(db, user, authenticator, now)?),
        Read::ImportedSet { gate, now } => Found::BackupSet(match standing::gate(db, gate, now)? {
            Some(Standing::User(user)) => backup::imported(db, user.key)?,
            Some(Standing::Open | Standing::Unknown(_)) | None => None,
        }),
        Read::EverEnrolled(user) => Found::Flag(standing::ever_enrolled(db, user)?),
        Read::Ticket { ticket, now } => {
            Found::Ticket(sessions::ticket(db, ticket, now)?.map(Box::new))
        }
        Read::ApiKey(hash) => Found::ApiKey(api_keys::of_hash(db, hash)?.map(Box::new)),
        Read::ApiKeys => Found::ApiKeys(api_keys::every(db)?),
        Read::Realms => Found::Realms(realms::every(db)?),
        Read::Events(filter) => Found::Events(view::events(db, filter)?),
        Read::RealmEvents {
            realm,
            after,
            limit,
        } => Found::Events(view::realm_events(db, &realm, after, limit)?),
        Read::State => Found::State(view::state(db)?),
    })
}
