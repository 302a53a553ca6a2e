//! The application's own users: a table with e-mail addresses and Argon2id hashes. Countersign has
//! neither; it knows a user by the id alone.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use countersign::user::UserId;
use rusqlite::{Connection, OptionalExtension as _};

use crate::failure::Failure;

/// A row of the table.
#[derive(Clone)]
pub struct User {
    /// The key of the row.
    pub id: i64,
    /// What the user signs in with, and what the authenticator app shows.
    pub email: String,
}

impl User {
    /// Who this is for Countersign: an id that never changes and is never given to anybody else.
    pub fn countersign_id(&self) -> Result<UserId, Failure> {
        UserId::parse(&self.id.to_string()).map_err(|_| Failure::Machine)
    }
}

/// The table.
pub struct Users {
    database: Mutex<Connection>,
    /// What a password is compared with where there is no user, so that it takes as long.
    decoy: String,
}

impl Users {
    /// Opens the table, or makes it.
    pub fn open(path: &Path) -> Result<Self, rusqlite::Error> {
        let database = Connection::open(path)?;
        database.execute_batch(
            "CREATE TABLE IF NOT EXISTS users (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                email TEXT NOT NULL UNIQUE COLLATE NOCASE,
                password TEXT NOT NULL
            )",
        )?;
        Ok(Self {
            database: Mutex::new(database),
            decoy: hash("a password that nobody has").unwrap_or_default(),
        })
    }

    /// Adds a user; none where the address is taken.
    pub fn add(&self, email: &str, password: &str) -> Result<Option<User>, Failure> {
        let hash = hash(password).ok_or(Failure::Machine)?;
        let database = self.database();
        let sql = "INSERT INTO users (email, password) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
        let added = database.execute(sql, (email, hash))?;
        Ok((added == 1).then(|| User {
            id: database.last_insert_rowid(),
            email: email.to_owned(),
        }))
    }

    /// The user whose password this is. Slow on purpose: call it where blocking is allowed. (A real
    /// application also counts wrong passwords.)
    pub fn authenticate(&self, email: &str, password: &str) -> Result<Option<User>, Failure> {
        let sql = "SELECT id, email, password FROM users WHERE email = ?1";
        let row = |row: &rusqlite::Row<'_>| {
            let user = User {
                id: row.get(0)?,
                email: row.get(1)?,
            };
            Ok((user, row.get::<_, String>(2)?))
        };
        let found = self.database().query_row(sql, [email], row).optional()?;
        let (user, stored) = found.map_or((None, self.decoy.clone()), |(user, stored)| {
            (Some(user), stored)
        });
        let right = PasswordHash::new(&stored).is_ok_and(|stored| {
            let argon2 = Argon2::default();
            argon2.verify_password(password.as_bytes(), &stored).is_ok()
        });
        Ok(user.filter(|_| right))
    }

    fn database(&self) -> MutexGuard<'_, Connection> {
        self.database.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn hash(password: &str) -> Option<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.ok().map(|hash| hash.to_string())
}
