//! TOTP (RFC 6238): which step a code belongs to, and what its clock seems to be off by.

use countersign_otp::{Code, Secret, Totp, Window};

use crate::authenticator::AuthenticatorRecord;
use crate::clock::Timestamp;
use crate::policy::Policy;
use crate::port::store::Consumption;

/// The furthest that learned drift moves the window, in steps (RFC 6238 §6).
const MOST_DRIFT: i64 = 2;

/// How far a failed confirmation looks for the app's clock, in steps.
const DIAGNOSIS: u8 = 10;

pub(super) fn evaluate(
    policy: &Policy,
    authenticator: &AuthenticatorRecord,
    secret: &Secret,
    code: &Code,
    now: Timestamp,
) -> Option<Consumption> {
    let totp = totp(authenticator, secret);
    let step = totp.step_at(now.unix_seconds());
    let (past, future) = policy.reach();
    let at = totp.matches(
        code,
        Window::around(step, past, future).shifted(authenticator.drift),
    )?;
    let drift = learn(authenticator.drift, step, at);
    Some(Consumption::Step {
        authenticator: authenticator.id,
        at,
        status: authenticator.status,
        drift: Some(drift),
    })
}

/// By how many seconds the app's clock is ahead (positive) or slow, if the code fits anywhere near.
pub(crate) fn clock_offset(
    authenticator: &AuthenticatorRecord,
    secret: &Secret,
    code: &Code,
    now: Timestamp,
) -> Option<i64> {
    let totp = totp(authenticator, secret);
    let steps = totp.offset_of(code, totp.step_at(now.unix_seconds()), DIAGNOSIS)?;
    Some(steps.saturating_mul(i64::try_from(authenticator.period.get()).unwrap_or(30)))
}

fn totp(authenticator: &AuthenticatorRecord, secret: &Secret) -> Totp {
    Totp::new(
        secret,
        authenticator.algorithm,
        authenticator.digits,
        authenticator.period,
    )
}

/// One step at a time towards what was seen, within bounds: one slow typist does not move the window
/// away from the right clock, since a drift of one still holds the present step.
fn learn(drift: i8, now: u64, at: u64) -> i8 {
    let seen = i64::try_from(at)
        .unwrap_or(0)
        .saturating_sub(i64::try_from(now).unwrap_or(0));
    let learned = i64::from(drift).saturating_add((seen - i64::from(drift)).signum());
    i8::try_from(learned.clamp(-MOST_DRIFT, MOST_DRIFT)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drift_is_learned_step_by_step_within_bounds() {
        assert_eq!(learn(0, 100, 100), 0);
        assert_eq!(learn(0, 100, 99), -1);
        assert_eq!(learn(-1, 100, 98), -2);
        assert_eq!(learn(-2, 100, 97), -2);
        assert_eq!(learn(-2, 100, 100), -1);
        assert_eq!(learn(2, 100, 103), 2);
        assert_eq!(learn(i8::MIN, 0, u64::MAX), -2);
    }
}
