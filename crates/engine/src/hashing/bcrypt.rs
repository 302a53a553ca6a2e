//! bcrypt on the pool's threads: it compares with hashes that came from elsewhere, and makes none.

use futures_channel::oneshot;
use zeroize::Zeroizing;

use super::{Hasher, Job, Permit};
use crate::error::{Error, Unavailable};

/// The dearest cost that takes one Argon2id's time; each one more doubles it.
const ONE_PLACE: u8 = 9;

pub(super) struct Comparison {
    input: Zeroizing<Vec<u8>>,
    stored: Zeroizing<String>,
    answer: oneshot::Sender<bool>,
}

impl Comparison {
    pub(super) fn perform(self) {
        let same = ::bcrypt::verify(self.input.as_slice(), &self.stored).unwrap_or(false);
        // A receiver that is gone has nobody to tell.
        let _ = self.answer.send(same);
    }
}

impl Hasher {
    /// The places of a row of comparisons at no more than this cost. They stand in the queue one at a
    /// time, so that the dearest is what waits there; and never more than a stranger can be given.
    pub(crate) fn bcrypt_places(&self, cost: u8) -> usize {
        let weight = 1_usize
            .checked_shl(u32::from(cost.saturating_sub(ONE_PLACE)))
            .unwrap_or(usize::MAX);
        let share = self.places.strangers();
        weight.min(share.max(1))
    }

    /// Whether `input` is what the bcrypt hash `stored` was made of. What is no such hash is of nothing.
    pub(crate) async fn verify_bcrypt(
        &self,
        _: &Permit,
        input: &[u8],
        stored: &str,
    ) -> Result<bool, Error> {
        let (answer, wait) = oneshot::channel();
        self.queue.push(Job::Bcrypt(Comparison {
            input: Zeroizing::new(input.to_vec()),
            stored: Zeroizing::new(stored.to_owned()),
            answer,
        }))?;
        Ok(wait.await.map_err(|_| Unavailable::Interrupted)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hashing::Hashing;

    #[test]
    fn a_dearer_hash_takes_more_places_and_never_more_than_there_are() {
        let hasher = Hasher::start(Hashing {
            threads: 1,
            queue: 32,
            reserved: 8,
        })
        .unwrap();
        let places = [4, 9, 10, 12, 14, 255].map(|cost| hasher.bcrypt_places(cost));
        assert_eq!(places, [1, 1, 2, 8, 24, 24]);
        assert!(hasher.permit(24, false).is_ok());
    }
}
