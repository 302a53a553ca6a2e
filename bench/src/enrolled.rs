//! One user who signed up and enrolled through the engine, for what is measured without HTTP.

use std::sync::Arc;
use std::time::Duration;

use countersign::otp::{Algorithm, Code, Digits, Period, Secret, Totp};
use countersign::session::Origin;
use countersign::user::UserId;
use countersign::vault::Keyring;
use countersign::{Client, Countersign, EnrollmentOptions, FirstStep, Hashing, Password, Verdict};
use countersign_store::{Options, SqliteStore};
use countersign_testkit::{TestClock, TestRandom};
use tokio::runtime::Runtime;

use crate::Failure;
use crate::ambient;

/// An engine with one user.
pub struct Enrolled {
    pub runtime: Runtime,
    pub mfa: Countersign,
    pub store: Arc<SqliteStore>,
    pub keyring: Keyring,
    pub clock: Arc<TestClock>,
    pub user: UserId,
    /// A backup code whose first symbol is one of the user's and whose last is wrong.
    pub wrong_backup_code: String,
    totp: Totp,
    _folder: tempfile::TempDir,
}

impl Enrolled {
    /// Signs up and enrolls.
    pub fn new() -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let folder = tempfile::tempdir()?;
        let clock = Arc::new(TestClock::default());
        let keyring = Keyring::generate(
            countersign::clock::Clock::now(&*clock),
            &TestRandom::default(),
        )?;
        let store = Arc::new(SqliteStore::open(
            &folder.path().join("countersign.db"),
            Options::default(),
        )?);
        let mfa = Countersign::builder(Arc::clone(&store), &keyring)
            .clock(Arc::clone(&clock))
            .randomness(ambient::OsRandom)
            .spawn(ambient::Runtime)
            .hashing(Hashing::default())
            .build()?;
        let (user, secret, codes) = runtime.block_on(enroll(&mfa))?;
        let secret = Secret::from_base32(&secret)?;
        let mut wrong_backup_code = codes.into_iter().next().unwrap_or_default();
        let last = wrong_backup_code.pop();
        wrong_backup_code.push(if last == Some('7') { '8' } else { '7' });
        clock.advance(Duration::from_mins(10));
        Ok(Self {
            runtime,
            mfa,
            store,
            keyring,
            clock,
            user,
            wrong_backup_code,
            totp: Totp::new(&secret, Algorithm::Sha1, Digits::SIX, Period::DEFAULT),
            _folder: folder,
        })
    }

    /// A code that no step near the clock's has.
    pub fn wrong_code(&self) -> String {
        wrong_code(&self.totp, self.mfa.now().unix_seconds())
    }
}

/// A code of six digits that no step near `seconds` has.
pub fn wrong_code(totp: &Totp, seconds: u64) -> String {
    let step = totp.step_at(seconds);
    let right = |code: &Code| {
        (step.saturating_sub(2)..=step + 3)
            .any(|step| *totp.code_at_step(step).text() == *code.text())
    };
    (0..7)
        .map(|number| format!("{number:06}"))
        .find(|text| Code::parse(text).is_ok_and(|code| !right(&code)))
        .unwrap_or_default()
}

/// What a verdict has to have been.
pub fn accepted<T>(verdict: Verdict<T>) -> Result<T, Failure> {
    match verdict {
        Verdict::Accepted(content) => Ok(content),
        Verdict::Refused(refusal) => Err(format!("refused: {refusal:?}").into()),
        Verdict::Throttled { .. } => Err("throttled".into()),
    }
}

async fn enroll(mfa: &Countersign) -> Result<(UserId, String, Vec<String>), Failure> {
    const PASSWORD: &str = "correct horse battery staple";
    let password = || Password::new(PASSWORD.to_owned());
    accepted(mfa.operator().add_user("alice", password(), false).await?)?;
    let login = mfa.login("alice", password(), Client::default());
    let FirstStep::SignedIn(signed_in) = accepted(login.await?)? else {
        return Err("a second step before there was a second factor".into());
    };
    let session = mfa.session(&signed_in.session).await?.ok_or("no session")?;
    let begun = mfa.begin_enrollment(&session, EnrollmentOptions::default(), Origin::default());
    let begun = accepted(begun.await?)?;
    let secret = Secret::from_base32(begun.secret())?;
    let totp = Totp::new(&secret, begun.algorithm(), begun.digits(), begun.period());
    let code = totp.code_at(mfa.now().unix_seconds()).text();
    let confirmed = mfa.confirm_enrollment(&session, &code, Client::default());
    let confirmed = accepted(confirmed.await?)?;
    let codes = confirmed.backup_codes.ok_or("no backup codes")?;
    Ok((
        session.user_id().clone(),
        begun.secret().to_owned(),
        codes.reveal().map(ToOwned::to_owned).collect(),
    ))
}
