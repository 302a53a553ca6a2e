//! Steps 5 and 6: whose credential answers.

use countersign_webauthn::{
    Authentication, AuthenticationError as Error, CredentialDescriptor, CredentialId, UserHandle,
};

use super::finish;
use crate::forge::{Assertion, Signer, Stored, authentication, handle};

#[test]
fn a_known_user_has_the_credential_that_answers() {
    let signer = Signer::es256();
    let answer = Assertion::new(&signer);
    let other_id = CredentialId::from_bytes(b"another").unwrap();
    let other_user = UserHandle::from_bytes(&[4; 64]).unwrap();

    // Step 5: not in the list that was offered.
    let offered = CredentialDescriptor::new(other_id.clone(), Vec::new());
    let ceremony = Authentication::of_user(handle(), vec![offered]);
    let judged = finish(ceremony, &answer, &Stored::of(&signer));
    assert_eq!(judged.unwrap_err(), Error::NotAllowed);

    // Step 6: the caller brings another credential, or one of another user.
    let stored = Stored {
        id: other_id,
        ..Stored::of(&signer)
    };
    let judged = finish(authentication(), &answer, &stored);
    assert_eq!(judged.unwrap_err(), Error::Credential);
    let stored = Stored {
        user: other_user,
        ..Stored::of(&signer)
    };
    let judged = finish(authentication(), &answer, &stored);
    assert_eq!(judged.unwrap_err(), Error::Credential);

    // Step 6: the handle may be missing, and if it is there it is the user's.
    let handles = [
        (None, true),
        (Some(vec![]), false),
        (Some(vec![4; 64]), false),
    ];
    for (user_handle, passes) in handles {
        let answer = Assertion {
            user_handle,
            ..answer.clone()
        };
        let judged = finish(authentication(), &answer, &Stored::of(&signer)).map(drop);
        assert_eq!(
            judged,
            if passes {
                Ok(())
            } else {
                Err(Error::UserHandle)
            }
        );
    }
}

#[test]
fn an_unknown_user_is_named_by_the_handle_of_the_credentials_owner() {
    let signer = Signer::es256();
    for user_handle in [None, Some(vec![]), Some(vec![4; 64]), Some(vec![3; 63])] {
        let answer = Assertion {
            user_handle,
            ..Assertion::new(&signer)
        };
        let judged = finish(
            Authentication::discoverable(),
            &answer,
            &Stored::of(&signer),
        );
        assert_eq!(judged.unwrap_err(), Error::UserHandle);
    }
}
