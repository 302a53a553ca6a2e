//! HOTP (RFC 4226): the look-ahead, and the resynchronization by two consecutive codes.

use countersign_otp::{Code, Hotp, Secret};

use crate::authenticator::AuthenticatorRecord;
use crate::policy::Policy;
use crate::port::store::Consumption;

pub(super) fn evaluate(
    policy: &Policy,
    authenticator: &AuthenticatorRecord,
    secret: &Secret,
    code: &Code,
    next: Option<&Code>,
) -> Option<Consumption> {
    let hotp = Hotp::new(secret, authenticator.algorithm, authenticator.digits);
    let at = match next {
        Some(next) => hotp.resynchronize(code, next, authenticator.next, policy.resynchronize),
        None => hotp.matches(code, authenticator.next, policy.look_ahead),
    }?;
    Some(Consumption::Step {
        authenticator: authenticator.id,
        at,
        status: authenticator.status,
        drift: None,
    })
}
