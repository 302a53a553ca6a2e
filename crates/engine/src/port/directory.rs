//! The application's own users behind our sign-in: it checks names and passwords, and says who it was.
//! It counts nothing and lets nobody in.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::user::{UserId, UserName};

/// Somebody whom the application knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryUser {
    /// The id, the same as for the second step: authenticators that are enrolled under it are theirs.
    pub id: UserId,
    /// The name that they sign in by, as our pages show it.
    pub name: UserName,
}

/// The directory could not decide. Why is the application's to log: nothing of it is told to anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the directory could not decide")]
pub struct DirectoryFailed;

/// Names and passwords that the application keeps. Given to [`crate::Builder::directory`] it is asked
/// in place of the built-in directory.
///
/// What is counted, throttled, recorded and answered is the engine's: every attempt is counted before
/// this is asked, and nobody is told why one failed. Three things are the application's own:
///
/// - **Equal work.** A name that is nobody's has to take as long as a wrong password: hash the password
///   all the same. Else the time that an answer takes tells who exists.
/// - **One spelling.** Attempts are counted by name, in its compared form ([`UserName`]). Where a
///   directory takes more spellings for one user (without accents, say, or any alias), each of them
///   has attempts of its own.
/// - **Endings.** Sessions go on without asking. Whoever changes a password, or disables or removes a
///   user, calls [`crate::Host::end_sessions`] afterwards.
///
/// A call that takes longer than [`crate::DirectoryBounds::deadline`] is dropped where it waits. It must
/// not block its thread: hash on a pool for blocking work.
pub trait UserDirectory: Send + Sync + 'static {
    /// Who this is, if `password` is the one of `name` and they may sign in; none for a name that is
    /// nobody's, a wrong password, and a user who is disabled.
    ///
    /// `name` is as typed, in NFC, without white space at its ends; `password` is exactly as typed,
    /// 1..=1024 bytes. An error lets nobody in, and the attempt stays counted.
    fn authenticate(
        &self,
        name: &str,
        password: &str,
    ) -> impl Future<Output = Result<Option<DirectoryUser>, DirectoryFailed>> + Send;

    /// The user of this id, with the name that [`Self::authenticate`] takes; none where there is no such
    /// user, or one who may not sign in. Asked before a step-up, and at a sign-in by a passkey alone.
    fn find(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<Option<DirectoryUser>, DirectoryFailed>> + Send;
}

impl<D: UserDirectory> UserDirectory for Arc<D> {
    fn authenticate(
        &self,
        name: &str,
        password: &str,
    ) -> impl Future<Output = Result<Option<DirectoryUser>, DirectoryFailed>> + Send {
        D::authenticate(self, name, password)
    }

    fn find(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<Option<DirectoryUser>, DirectoryFailed>> + Send {
        D::find(self, user)
    }
}

/// What a directory answers, some time.
pub(crate) type Told<'a> =
    Pin<Box<dyn Future<Output = Result<Option<DirectoryUser>, DirectoryFailed>> + Send + 'a>>;

/// A [`UserDirectory`] behind a pointer, so that the engine needs no type parameter.
pub(crate) trait DynDirectory: Send + Sync {
    fn authenticate<'a>(&'a self, name: &'a str, password: &'a str) -> Told<'a>;
    fn find<'a>(&'a self, user: &'a UserId) -> Told<'a>;
}

impl<D: UserDirectory> DynDirectory for D {
    fn authenticate<'a>(&'a self, name: &'a str, password: &'a str) -> Told<'a> {
        Box::pin(UserDirectory::authenticate(self, name, password))
    }

    fn find<'a>(&'a self, user: &'a UserId) -> Told<'a> {
        Box::pin(UserDirectory::find(self, user))
    }
}
