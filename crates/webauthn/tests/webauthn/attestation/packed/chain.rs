//! Whom a chain leads to, and when.

use std::collections::BTreeSet;

use countersign_webauthn::error::TrustError;
use countersign_webauthn::{Aaguid, RegistrationError, Requirement, TrustAnchors};
use rcgen::date_time_ymd;

use super::super::{assert_untrusted, judge, judge_by, requirement, trusting};
use super::{attested, with};
use crate::forge::{Authority, NOW, packed};

#[test]
fn dates_and_order_of_the_chain_matter() {
    let expired = with(|params| params.not_after = date_time_ymd(2025, 1, 1));
    assert_untrusted(expired, TrustError::Chain);
    let early = with(|params| params.not_before = date_time_ymd(2040, 1, 1));
    assert_untrusted(early, TrustError::Chain);

    let authority = Authority::new();
    let leaf = authority.certify(&packed());
    let (own, above) = (leaf.der.clone(), authority.intermediate.clone());
    let without = attested(&leaf, core::slice::from_ref(&own));
    assert_untrusted(judge(&without, &authority), TrustError::Chain);
    let swapped = attested(&leaf, &[above.clone(), own.clone()]);
    assert!(matches!(
        judge(&swapped, &authority),
        Err(RegistrationError::Statement(_))
    ));
    let with_root = attested(&leaf, &[own.clone(), above.clone(), authority.root.clone()]);
    assert!(judge(&with_root, &authority).is_ok());
    let twice = attested(&leaf, &[own.clone(), own.clone(), above]);
    assert!(
        judge(&twice, &authority).is_ok(),
        "an order that a chain can still be found in"
    );

    let stranger = Authority::new();
    let answer = attested(&leaf, &authority.path(&leaf));
    assert_untrusted(judge(&answer, &stranger), TrustError::Chain);
    let nobody = TrustAnchors::new();
    assert_untrusted(judge_by(&answer, &requirement(&nobody)), TrustError::Chain);
    let mixed = attested(&leaf, &[own, stranger.intermediate.clone()]);
    assert_untrusted(judge(&mixed, &authority), TrustError::Chain);
}

#[test]
fn a_listed_attestation_certificate_is_trusted_itself_while_its_dates_fit() {
    let authority = Authority::new();
    let leaf = authority.certify(&packed());
    let answer = attested(&leaf, core::slice::from_ref(&leaf.der));
    let anchors = trusting(&leaf.der);
    assert!(judge_by(&answer, &requirement(&anchors)).is_ok());
    for now in [0, 1_600_000_000, 4_000_000_000] {
        let later = Requirement {
            now,
            ..requirement(&anchors)
        };
        assert_untrusted(judge_by(&answer, &later), TrustError::Chain);
    }
}

#[test]
fn models_are_those_of_the_list_and_roots_may_be_for_one_model_alone() {
    let authority = Authority::new();
    let leaf = authority.certify(&packed());
    let answer = attested(&leaf, &authority.path(&leaf));
    let (own, other) = (Aaguid::from_bytes([7; 16]), Aaguid::from_bytes([8; 16]));
    let anchors = trusting(&authority.root);
    for (listed, passes) in [(own, true), (other, false)] {
        let models = BTreeSet::from([listed]);
        let requirement = Requirement {
            models: Some(&models),
            ..requirement(&anchors)
        };
        let judged = judge_by(&answer, &requirement);
        if passes {
            assert!(judged.is_ok());
        } else {
            assert_untrusted(judged, TrustError::Aaguid);
        }
        let mut for_one = TrustAnchors::new();
        for_one.add_for(listed, &authority.root).unwrap();
        let judged = judge_by(&answer, &Requirement::new(&for_one, NOW));
        assert_eq!(judged.is_ok(), passes);
    }
}
