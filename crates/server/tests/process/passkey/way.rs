//! From enrolling a passkey to each thing that it opens.

use serde_json::json;

use super::{Asking, Counter, Key, Owner, enroll};
use crate::flow::amr;
use crate::support::{Client, ORIGIN, Place, Start, codes, login};

#[test]
fn a_passkey_is_the_second_step_the_only_one_and_a_fresh_proof() {
    let place = Place::new();
    let server = Start::new().at(&place);
    for (name, counter) in [("alice", Counter::Zero), ("bob", Counter::Counting)] {
        let mut owner = Owner::new(&place, server.door(), name, counter);
        let session = owner.client.get("/session").expect(200);
        assert_eq!(session["assurance"], "aal2");
        assert_eq!(owner.client.post("/logout", &json!({})).status, 200);

        let mut client = owner.pending();
        client.get("/session").refuses(401, "session_required");
        for (asking, proofs) in [
            (Asking::SecondStep, vec!["pwd", "pop", "mfa"]),
            (Asking::StepUp, vec!["pop", "mfa"]),
            (Asking::SignIn, vec!["pop", "mfa"]),
            (Asking::StepUp, vec!["pop", "mfa"]),
        ] {
            let before = client.cookie("session");
            let options = asking.options(&mut client);
            assert_eq!(options["rpId"], "localhost");
            let answer = asking.answer(&owner.key.sign(&options));
            assert_eq!(client.post(asking.path(), &answer).status, 200);
            assert_ne!(client.cookie("session"), before, "a new id at a new proof");
            let session = client.get("/session").expect(200);
            assert_eq!(session["user"]["name"], name);
            assert_eq!(
                (&session["assurance"], &session["acr"]),
                (&json!("aal2"), &json!("phr")),
                "{asking:?}"
            );
            assert_eq!(amr(&session), proofs, "{asking:?}");
        }
    }
    place.assert_sound();
}

#[test]
fn the_first_one_brings_the_codes_and_the_second_none() {
    let place = Place::new();
    let server = Start::new().at(&place);
    place.add_user("alice");
    let mut client = Client::new(server.door());
    login(&mut client, "alice").expect(200);
    let mut first = Key::new(ORIGIN, Counter::Zero);
    let enrolled = enroll(&mut client, &mut first).expect(201);
    assert_eq!(codes(&enrolled).len(), 10);
    let more = enroll(&mut client, &mut Key::new(ORIGIN, Counter::Counting)).expect(201);
    assert_eq!(more.get("backup_codes"), None);
    let listed = client.get("/mfa").expect(200);
    assert_eq!(listed["authenticators"].as_array().unwrap().len(), 2);
    // What it brought is a way in beside it.
    let mut other = Client::new(server.door());
    let asked = login(&mut other, "alice").expect(200);
    assert_eq!(asked["methods"], json!(["passkey", "backup_code"]));
    let code = json!({ "backup_code": codes(&enrolled)[0] });
    assert_eq!(other.post("/login/mfa", &code).status, 200);
}
