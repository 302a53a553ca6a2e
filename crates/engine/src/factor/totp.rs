//! TOTP (RFC 6238): which step a code belongs to, and what its clock seems to be off by.

use countersign_otp::{Code, Secret, Totp, Window};

use crate::authenticator::AuthenticatorRecord;
use crate::clock::Timestamp;
use crate::policy::Policy;
use crate::port::store::Consumption;

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
    let drift = learn(authenticator.drift, (step, at), policy);
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

/// One step at a time towards what was seen, and never so far that the window loses the present step
/// (RFC 6238 §6 wants a fixed limit): a phone whose clock is right is let in whatever was typed late.
fn learn(drift: i8, (now, at): (u64, u64), policy: &Policy) -> i8 {
    let (now, at) = (
        i64::try_from(now).unwrap_or(0),
        i64::try_from(at).unwrap_or(0),
    );
    let learned =
        i64::from(drift).saturating_add((at.saturating_sub(now) - i64::from(drift)).signum());
    let learned = learned.clamp(-i64::from(policy.future), i64::from(policy.past));
    i8::try_from(learned).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drift_is_learned_step_by_step_and_keeps_the_present_step() {
        let policy = Policy::default();
        let learned = |drift, now, at| learn(drift, (now, at), &policy);
        assert_eq!(learned(0, 100, 100), 0);
        assert_eq!(learned(0, 100, 99), -1);
        assert_eq!(learned(-1, 100, 98), -1);
        assert_eq!(learned(-1, 100, 100), 0);
        assert_eq!(learned(1, 100, 102), 1);
        assert_eq!(learned(i8::MIN, 0, u64::MAX), -1);
        let narrow = Policy {
            past: 0,
            future: 0,
            ..policy
        };
        assert_eq!(learn(0, (100, 99), &narrow), 0);
    }
}
