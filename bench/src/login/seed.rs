//! A store full of users with real, sealed authenticators and open logins. Passwords and backup
//! codes they have none: those would cost eleven Argon2id each, and a second step reads neither.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use countersign::api_key::{Scope, Scopes};
use countersign::clock::{Clock as _, Randomness as _, Timestamp};
use countersign::otp::{Algorithm, Digits, Period, Secret, Totp};
use countersign::session::Token;
use countersign::user::UserId;
use countersign::vault::Keyring;
use countersign::{Countersign, Hashing, NewKey};
use countersign_store::{Options, SqliteStore};
use data_encoding::BASE64URL_NOPAD;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::task::JoinSet;

use super::person;
use crate::Failure;
use crate::ambient::{OsRandom, RunningClock, Runtime};
use crate::enrolled::accepted;

/// Where a store is seeded without waiting for a disk; it is measured on the disk.
const MEMORY: &str = "/dev/shm";
/// Enrollments under way at once: a full batch of the store's.
const TOGETHER: usize = 256;

/// A seeded store.
pub struct Seeded {
    pub database: PathBuf,
    pub keyring: PathBuf,
    pub people: Vec<Person>,
    /// An API key that may verify.
    pub key: Arc<str>,
    /// All codes up to this moment are used up.
    pub until: Timestamp,
}

/// A user: the secret on the phone, and the cookies of open logins.
pub struct Person {
    pub id: UserId,
    secret: Secret,
    pub logins: Vec<String>,
}

impl Person {
    /// The authenticator.
    pub fn totp(&self) -> Totp {
        Totp::new(&self.secret, Algorithm::Sha1, Digits::SIX, Period::DEFAULT)
    }
}

/// Makes a store of `users` in `folder`, each with `logins` open ones.
pub fn seed(folder: &Path, users: u32, logins: usize) -> Result<Seeded, Failure> {
    std::fs::create_dir_all(folder)?;
    let name = format!("{users}-users.db");
    let (database, keyring_file) = (folder.join(&name), folder.join("keyring.json"));
    let memory = tempfile::tempdir_in(MEMORY).or_else(|_| tempfile::tempdir_in(folder))?;
    let seeded = memory.path().join(&name);
    let clock = Arc::new(RunningClock::at(Timestamp::from_seconds(1_767_225_600)));
    let keyring = Keyring::generate(clock.now(), &OsRandom)?;
    std::fs::write(&keyring_file, keyring.to_json().as_bytes())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let (mut people, key) = runtime.block_on(enroll(&seeded, &keyring, &clock, users))?;
    person::open_logins(&seeded, &mut people, logins, clock.now())?;
    place(&seeded, &database)?;
    // By chance instead of by key, so that one request is nowhere near the next.
    people.sort_unstable_by(|one, other| one.logins.cmp(&other.logins));
    Ok(Seeded {
        database,
        keyring: keyring_file,
        people,
        key,
        until: clock.now(),
    })
}

/// Puts the seeded file where it is measured, in place of one from a run before.
fn place(seeded: &Path, database: &Path) -> Result<(), Failure> {
    for suffix in ["", "-wal", "-shm"] {
        // What is not there need not be removed.
        let _ = std::fs::remove_file(format!("{}{suffix}", database.display()));
    }
    std::fs::copy(seeded, database)?;
    File::open(database)?.sync_all()?;
    Ok(())
}

async fn enroll(
    database: &Path,
    keyring: &Keyring,
    clock: &Arc<RunningClock>,
    users: u32,
) -> Result<(Vec<Person>, Arc<str>), Failure> {
    let store = Arc::new(SqliteStore::open(database, Options::default())?);
    let mfa = Countersign::builder(Arc::clone(&store), keyring)
        .clock(Arc::clone(clock))
        .randomness(OsRandom)
        .spawn(Runtime)
        // Each confirmation takes ten places and, here, uses none.
        .hashing(Hashing {
            threads: 1,
            queue: 20 * TOGETHER,
            reserved: 0,
        })
        .build()?;
    let new = NewKey {
        name: "bench",
        scopes: Scopes::of([Scope::Verify]).ok_or("no scope")?,
        lifetime: None,
    };
    let (_, key) = accepted(mfa.operator().create_api_key(new).await?)?;
    let bar = bar(u64::from(users), "users");
    let (world, count) = ((store, mfa), bar.clone());
    let ids = Arc::<[_]>::from(person::ids(users)?);
    let creating = Arc::clone(&ids);
    together(users, world.clone(), move |(store, mfa), number| {
        let (count, ids) = (count.clone(), Arc::clone(&creating));
        async move {
            let id = ids.get(usize::try_from(number)?).ok_or("no id")?;
            person::create(&store, id, mfa.now()).await?;
            count.inc(1);
            Ok((number, ()))
        }
    })
    .await?;
    bar.finish();
    person::note_backup_sets(database, clock.now())?;
    let bar = self::bar(u64::from(users), "authenticators");
    let count = bar.clone();
    let people = together(users, world, move |(_, mfa), number| {
        let (count, ids) = (count.clone(), Arc::clone(&ids));
        async move {
            let id = ids.get(usize::try_from(number)?).ok_or("no id")?;
            let person = Person {
                id: id.clone(),
                secret: authenticator(&mfa, id).await?,
                logins: Vec::new(),
            };
            count.inc(1);
            Ok((number, person))
        }
    })
    .await?;
    bar.finish();
    let people = people.into_iter().map(|(_, person)| person).collect();
    Ok((people, key.reveal().into()))
}

/// Does `work` for every number below `users`, many at once; what it gives is in their order.
async fn together<W, T, F>(
    users: u32,
    world: W,
    work: impl Fn(W, u32) -> F + Clone + Send + 'static,
) -> Result<Vec<(u32, T)>, Failure>
where
    W: Clone + Send + 'static,
    T: Send + 'static,
    F: Future<Output = Result<(u32, T), Failure>> + Send,
{
    let next = Arc::new(AtomicUsize::new(0));
    let mut workers = JoinSet::new();
    for _ in 0..TOGETHER {
        let (next, world, work) = (Arc::clone(&next), world.clone(), work.clone());
        workers.spawn(async move {
            let mut done = Vec::new();
            loop {
                let number = u32::try_from(next.fetch_add(1, Ordering::Relaxed))?;
                if number >= users {
                    return Ok::<_, Failure>(done);
                }
                done.push(work(world.clone(), number).await?);
            }
        });
    }
    let mut all = Vec::new();
    while let Some(ended) = workers.join_next().await {
        all.extend(ended??);
    }
    all.sort_unstable_by_key(|(number, _)| *number);
    Ok(all)
}

/// Begins and confirms an enrollment, as an application does for its user.
async fn authenticator(mfa: &Countersign, user: &UserId) -> Result<Secret, Failure> {
    let begun = mfa.totp().begin_enrollment(user, user.as_str());
    let begun = accepted(begun.await?)?;
    let secret = Secret::from_base32(begun.secret())?;
    let totp = Totp::new(&secret, Algorithm::Sha1, Digits::SIX, Period::DEFAULT);
    let code = totp.code_at(mfa.now().unix_seconds()).text();
    accepted(mfa.totp().confirm(user, begun.id(), &code).await?)?;
    Ok(secret)
}

/// A token like those the engine makes, but for the tag that no one reads here.
pub fn token() -> Result<(String, Token), Failure> {
    let mut bytes = [0; 40];
    OsRandom.fill(&mut bytes)?;
    let text = BASE64URL_NOPAD.encode(&bytes);
    let token = Token::parse(&text).ok_or("no token")?;
    Ok((text, token))
}

fn bar(length: u64, what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("seeding {msg:15} {bar:40} {pos}/{len} {eta}");
    ProgressBar::new(length)
        .with_message(what)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
