//! Argon2id, and bcrypt for codes that came from elsewhere, on a bounded pool of threads of its own, so that neither a flood of passwords nor one slow
//! hash holds up anything else. It knows nothing of users and decides nothing.

mod bcrypt;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use futures_channel::oneshot;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::clock::{Randomness, random};
use crate::error::{Error, Unavailable};
use crate::metric;
use crate::places::Places;

pub(crate) use crate::places::Permit;

const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// How large the pool is.
#[derive(Clone, Copy, Debug)]
pub struct Hashing {
    /// Threads; each keeps 19 MiB.
    pub threads: usize,
    /// The most hashes under way or waiting; about a second of work.
    pub queue: usize,
    /// How many of those are kept for known browsers.
    pub reserved: usize,
}

impl Default for Hashing {
    fn default() -> Self {
        let threads = std::thread::available_parallelism()
            .map_or(1, usize::from)
            .min(8);
        Self {
            threads,
            queue: threads * 32,
            reserved: threads * 8,
        }
    }
}

/// How long a thread without work keeps its 19 MiB.
const IDLE: Duration = Duration::from_secs(10);

/// The pool.
pub(crate) struct Hasher {
    queue: Arc<Queue>,
    places: Places,
    performed: Arc<AtomicU64>,
}

#[derive(Default)]
struct Queue {
    inbox: Mutex<Inbox>,
    arrived: Condvar,
}

#[derive(Default)]
struct Inbox {
    jobs: VecDeque<Job>,
    closed: bool,
}

impl Queue {
    fn push(&self, job: Job) -> Result<(), Unavailable> {
        let mut inbox = self.inbox.lock().map_err(|_| Unavailable::Interrupted)?;
        inbox.jobs.push_back(job);
        drop(inbox);
        self.arrived.notify_one();
        Ok(())
    }
}

enum Job {
    Argon2 {
        input: Zeroizing<Vec<u8>>,
        salt: [u8; 16],
        answer: oneshot::Sender<Option<[u8; 32]>>,
    },
    Bcrypt(bcrypt::Comparison),
}

impl Drop for Hasher {
    fn drop(&mut self) {
        if let Ok(mut inbox) = self.queue.inbox.lock() {
            inbox.closed = true;
        }
        self.queue.arrived.notify_all();
    }
}

impl Hasher {
    pub(crate) fn start(size: Hashing) -> Result<Self, std::io::Error> {
        let (queue, performed) = (Arc::new(Queue::default()), Arc::new(AtomicU64::new(0)));
        for number in 0..size.threads.max(1) {
            let (queue, performed) = (Arc::clone(&queue), Arc::clone(&performed));
            std::thread::Builder::new()
                .name(format!("argon2-{number}"))
                .spawn(move || work(&queue, &performed))?;
        }
        Ok(Self {
            queue,
            places: Places::new(size.queue, size.reserved),
            performed,
        })
    }

    /// So many places in the queue, taken before anything is counted, or the same answer for every name:
    /// busy.
    pub(crate) fn permit(&self, places: usize, known: bool) -> Result<Permit, Unavailable> {
        self.places.take(places, known).ok_or_else(|| {
            metric::hashing_full();
            Unavailable::Busy {
                retry_after: Duration::from_secs(1),
            }
        })
    }

    /// Argon2id hashes done since the start.
    pub(crate) fn performed(&self) -> u64 {
        self.performed.load(Ordering::Acquire)
    }

    /// A new hash of `input` with a salt of its own, as a PHC string.
    pub(crate) async fn hash(
        &self,
        _: &Permit,
        input: &[u8],
        source: &dyn Randomness,
    ) -> Result<Zeroizing<String>, Error> {
        let salt = random(source)?;
        let tag = self.run(input, salt).await?;
        Ok(phc(&salt, &tag))
    }

    /// Whether `input` is what `stored` was made of. Exactly one Argon2id, also when there is nothing
    /// stored to compare with.
    pub(crate) async fn verify(
        &self,
        _: &Permit,
        input: &[u8],
        stored: Option<&str>,
    ) -> Result<bool, Error> {
        let stored = stored.and_then(parse_phc);
        let salt = stored.as_ref().map_or([0; 16], |(salt, _)| *salt);
        let tag = self.run(input, salt).await?;
        Ok(stored.is_some_and(|(_, expected)| bool::from(expected.ct_eq(tag.as_slice()))))
    }

    async fn run(&self, input: &[u8], salt: [u8; 16]) -> Result<Zeroizing<[u8; 32]>, Error> {
        let (answer, wait) = oneshot::channel();
        let job = Job::Argon2 {
            input: Zeroizing::new(input.to_vec()),
            salt,
            answer,
        };
        self.queue.push(job)?;
        let tag = wait.await.ok().flatten().ok_or(Unavailable::Interrupted)?;
        Ok(Zeroizing::new(tag))
    }
}

fn work(queue: &Queue, performed: &AtomicU64) {
    let Ok(params) = Params::new(MEMORY_KIB, PASSES, LANES, Some(32)) else {
        return;
    };
    let blocks = params.block_count();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut memory = Vec::new();
    while let Some(job) = next(queue, &mut memory) {
        let (input, salt, answer) = match job {
            Job::Argon2 {
                input,
                salt,
                answer,
            } => (input, salt, answer),
            Job::Bcrypt(comparison) => {
                comparison.perform();
                continue;
            }
        };
        memory.resize(blocks, Block::default());
        let mut tag = [0; 32];
        let done = argon2.hash_password_into_with_memory(&input, &salt, &mut tag, &mut memory);
        performed.fetch_add(1, Ordering::AcqRel);
        // A receiver that is gone has nobody to tell.
        let _ = answer.send(done.ok().map(|()| tag));
    }
}

/// Waits for a job, and gives the memory back when none comes for a while; none when the pool is gone.
fn next(queue: &Queue, memory: &mut Vec<Block>) -> Option<Job> {
    let mut inbox = queue.inbox.lock().ok()?;
    loop {
        if let Some(job) = inbox.jobs.pop_front() {
            return Some(job);
        }
        if inbox.closed {
            return None;
        }
        if memory.is_empty() {
            inbox = queue.arrived.wait(inbox).ok()?;
        } else {
            let (woken, waited) = queue.arrived.wait_timeout(inbox, IDLE).ok()?;
            inbox = woken;
            if waited.timed_out() {
                *memory = Vec::new();
            }
        }
    }
}

fn head() -> String {
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$")
}

fn phc(salt: &[u8; 16], tag: &[u8; 32]) -> Zeroizing<String> {
    let base64 = data_encoding::BASE64_NOPAD;
    Zeroizing::new(format!(
        "{}{}${}",
        head(),
        base64.encode(salt),
        base64.encode(tag)
    ))
}

fn parse_phc(text: &str) -> Option<([u8; 16], Zeroizing<Vec<u8>>)> {
    let (salt, tag) = text.strip_prefix(&head())?.split_once('$')?;
    let base64 = data_encoding::BASE64_NOPAD;
    let salt = base64.decode(salt.as_bytes()).ok()?.try_into().ok()?;
    Some((salt, Zeroizing::new(base64.decode(tag.as_bytes()).ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phc_string_reads_back_and_other_schemes_do_not() {
        let text = phc(&[7; 16], &[9; 32]);
        let (salt, tag) = parse_phc(&text).unwrap();
        assert_eq!((salt, tag.as_slice()), ([7; 16], &[9; 32][..]));
        for other in [
            "",
            "$argon2i$v=19$m=19456,t=2,p=1$AAAA$AAAA",
            &text[..40],
            &text.replace("t=2", "t=1"),
        ] {
            assert!(parse_phc(other).is_none(), "{other}");
        }
    }

    #[test]
    fn strangers_leave_the_reserved_places_to_known_browsers() {
        let hasher = Hasher::start(Hashing {
            threads: 1,
            queue: 4,
            reserved: 1,
        })
        .unwrap();
        let strangers: Vec<_> = (0..3).map(|_| hasher.permit(1, false).unwrap()).collect();
        assert!(matches!(
            hasher.permit(1, false),
            Err(Unavailable::Busy { .. })
        ));
        let known = hasher.permit(1, true).unwrap();
        assert!(hasher.permit(1, true).is_err());
        drop((strangers, known));
        assert!(hasher.permit(3, false).is_ok());
    }
}
