//! The application's directory of users, bounded: so many calls at once, each for so long. What it says is
//! judged elsewhere.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use crate::error::{DirectoryFailure, Unavailable};
use crate::places::{Permit, Places};
use crate::port::Timer;
use crate::port::directory::{DirectoryFailed, DirectoryUser, DynDirectory};
use crate::secret_text::Password;
use crate::user::{UserId, UserName};

/// How long a directory may take, and how often it is asked at once.
#[derive(Clone, Copy, Debug)]
pub struct DirectoryBounds {
    /// A call that takes longer is dropped: it could not decide.
    pub deadline: Duration,
    /// The most calls at once; beyond them it is busy, for every name alike, and nothing is counted.
    pub at_once: usize,
    /// How many of those are kept for known browsers.
    pub reserved: usize,
}

impl Default for DirectoryBounds {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(5),
            at_once: 64,
            reserved: 16,
        }
    }
}

/// The directory.
pub(crate) struct Directory {
    users: Arc<dyn DynDirectory>,
    timer: Arc<dyn Timer>,
    deadline: Duration,
    places: Places,
}

impl Directory {
    pub(crate) fn new(
        users: Arc<dyn DynDirectory>,
        timer: Arc<dyn Timer>,
        bounds: DirectoryBounds,
    ) -> Self {
        Self {
            users,
            timer,
            deadline: bounds.deadline,
            places: Places::new(bounds.at_once, bounds.reserved),
        }
    }

    /// A place for one call, taken before anything is counted, or the same answer for every name: busy.
    pub(crate) fn permit(&self, known: bool) -> Result<Permit, Unavailable> {
        self.places.take(1, known).ok_or(Unavailable::Busy {
            retry_after: Duration::from_secs(1),
        })
    }

    /// Whose name and password these are. What nobody can have is not asked for.
    pub(crate) async fn authenticate(
        &self,
        _: &Permit,
        name: &UserName,
        password: &Password,
    ) -> Result<Option<DirectoryUser>, Unavailable> {
        match password.typed() {
            Some(password) if !name.is_nobody() => {
                self.bounded(self.users.authenticate(name.shown(), password))
                    .await
            }
            _ => Ok(None),
        }
    }

    /// The user of this id, if they may sign in.
    pub(crate) async fn find(
        &self,
        _: &Permit,
        user: &UserId,
    ) -> Result<Option<DirectoryUser>, Unavailable> {
        let found = self.bounded(self.users.find(user)).await?;
        Ok(found.filter(|found| found.id == *user))
    }

    async fn bounded<T>(
        &self,
        call: impl Future<Output = Result<T, DirectoryFailed>>,
    ) -> Result<T, Unavailable> {
        let (mut call, mut end) = (pin!(call), self.timer.after(self.deadline));
        let first = poll_fn(|context| match call.as_mut().poll(context) {
            Poll::Ready(answer) => Poll::Ready(answer.map_err(|_| DirectoryFailure::Failed)),
            Poll::Pending => end
                .as_mut()
                .poll(context)
                .map(|()| Err(DirectoryFailure::Deadline)),
        });
        first.await.map_err(Unavailable::Directory)
    }
}
