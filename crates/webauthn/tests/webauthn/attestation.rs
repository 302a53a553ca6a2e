//! Each format of attestation, right and wrong in each of its rules, and whom the policy trusts.

mod android_key;
mod apple;
mod fido_u2f;
mod packed;
mod section_16;
mod tpm;

use countersign_webauthn::error::{StatementError, TrustError};
use countersign_webauthn::{
    AttestationOutcome, RegistrationError, Requirement, TrustAnchors, TrustPolicy,
};

use crate::forge::{Attestation, Authority, NOW, registration, registration_state, rp};

/// The anchors that consist of one root.
fn trusting(root: &[u8]) -> TrustAnchors {
    let mut anchors = TrustAnchors::new();
    anchors.add(root).unwrap();
    anchors
}

fn requirement(anchors: &TrustAnchors) -> Requirement<'_> {
    Requirement::new(anchors, NOW)
}

/// Judges under a policy that trusts an authority.
fn judge(
    answer: &Attestation,
    authority: &Authority,
) -> Result<AttestationOutcome, RegistrationError> {
    judge_by(answer, &requirement(&trusting(&authority.root)))
}

fn judge_by(
    answer: &Attestation,
    requirement: &Requirement<'_>,
) -> Result<AttestationOutcome, RegistrationError> {
    registration_state(registration())
        .finish(
            &rp(),
            &answer.response(),
            &TrustPolicy::Require(*requirement),
        )
        .map(|passed| passed.attestation)
}

/// Without a policy.
fn accept(answer: &Attestation) -> Result<AttestationOutcome, RegistrationError> {
    registration_state(registration())
        .finish(&rp(), &answer.response(), &TrustPolicy::Accept)
        .map(|passed| passed.attestation)
}

#[track_caller]
fn assert_wrong(
    judged: Result<AttestationOutcome, RegistrationError>,
    expected: impl Into<StatementError>,
) {
    assert_eq!(judged, Err(RegistrationError::Statement(expected.into())));
}

#[track_caller]
fn assert_untrusted(judged: Result<AttestationOutcome, RegistrationError>, expected: TrustError) {
    assert_eq!(judged, Err(RegistrationError::Trust(expected)));
}
