//! Places for work that is dear: so many at once, some of them kept for known browsers. Nobody waits for
//! one; who finds none is told so before anything is counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many there are, and how many are taken.
pub(crate) struct Places {
    taken: Arc<AtomicUsize>,
    most: usize,
    reserved: usize,
}

/// Places that are taken, given back when dropped.
#[must_use]
pub(crate) struct Permit {
    taken: Arc<AtomicUsize>,
    places: usize,
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.taken.fetch_sub(self.places, Ordering::AcqRel);
    }
}

impl Places {
    pub(crate) fn new(most: usize, reserved: usize) -> Self {
        Self {
            taken: Arc::default(),
            most,
            reserved,
        }
    }

    /// How many strangers may take.
    pub(crate) fn strangers(&self) -> usize {
        self.most.saturating_sub(self.reserved)
    }

    /// So many places at once; none where that are too many. Strangers leave the reserved ones.
    pub(crate) fn take(&self, places: usize, known: bool) -> Option<Permit> {
        let most = if known { self.most } else { self.strangers() };
        self.taken
            .try_update(Ordering::AcqRel, Ordering::Acquire, |taken| {
                taken.checked_add(places).filter(|sum| *sum <= most)
            })
            .ok()
            .map(|_| Permit {
                taken: Arc::clone(&self.taken),
                places,
            })
    }
}
