//! A user who came from another program, on a real store: what they knew there works here, once.

use countersign::audit::Event;
use countersign::authenticator::Label;
use countersign::error::{Error, Unavailable};
use countersign::otp::{Algorithm, Digits, Period, Secret};
use countersign::port::store::EventFilter;
use countersign::user::{UserId, UserName};
use countersign::{BcryptHash, Countersign, ImportUser, Imported, Proof, Verdict, Verified};

use crate::support::{Phone, World, client, told};

const SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
/// Made by Python's bcrypt 5.0.0 at cost 4.
const CODES: [(&str, &str); 2] = [
    (
        "a1b2c3d4",
        "$2b$04$Q3IkRbn4V27sFDCgNeFPWeRY2.blnnkA27QAvYXcNWdBNPHQkHWpG",
    ),
    (
        "e5f60718",
        "$2b$04$s47RqnwnHPi53EfosG7SMu9lh7AcINGbh1UVFCm2WkbYQ8KA6W8d.",
    ),
];
const OURS: &str = "7K3M-9QXD-T2WH-4RZC";

fn user(id: &str) -> UserId {
    UserId::parse(id).unwrap()
}

fn of_program(id: &str) -> ImportUser {
    let hash = |(_, hash): &(&str, &str)| BcryptHash::parse(hash).unwrap();
    ImportUser {
        user: user(id),
        account: UserName::parse("alice").unwrap(),
        label: Label::parse("Old phone").unwrap(),
        secret: Secret::from_base32(SECRET).unwrap(),
        algorithm: Algorithm::default(),
        digits: Digits::default(),
        period: Period::default(),
        backup_codes: CODES.iter().map(hash).collect(),
    }
}

async fn import(world: &World, id: &str) {
    let imported = world.mfa.operator().import(&of_program(id)).await.unwrap();
    assert_eq!(imported, Imported::Done);
}

async fn verify(mfa: &Countersign, id: &str, proof: Proof) -> Result<Verdict<Verified>, Error> {
    mfa.verify(&user(id), proof, &client()).await
}

async fn code(world: &World, id: &str, text: &str) -> String {
    let verdict = verify(&world.mfa, id, Proof::backup_code(text)).await;
    told(&verdict.unwrap())
}

fn write(world: &World, sql: &str) {
    let db = rusqlite::Connection::open(world.path()).unwrap();
    db.execute_batch(sql).unwrap();
}

#[tokio::test]
async fn what_was_known_in_the_other_program_works_once() {
    let world = World::new();
    import(&world, "17").await;
    let phone = Phone {
        base32: SECRET.to_owned(),
    };
    let used = Proof::code(phone.code_at(world.seconds()));
    let used = verify(&world.mfa, "17", used).await.unwrap();
    assert_eq!(told(&used), "CodeAlreadyUsed");
    world.next_step();
    let next = Proof::code(phone.code_at(world.seconds()));
    let next = verify(&world.mfa, "17", next).await.unwrap();
    assert_eq!(told(&next), "accepted");

    let hashes = world.mfa.hashes_performed();
    let (first, second) = (CODES[0].0, CODES[1].0);
    assert_eq!(code(&world, "17", &format!(" {first}\n")).await, "accepted");
    let refused = "InvalidCode { clock_offset: None }";
    assert_eq!(code(&world, "17", first).await, refused);
    assert_eq!(code(&world, "17", &second.to_uppercase()).await, refused);
    // The set alone decides, not the form.
    assert_eq!(code(&world, "17", OURS).await, refused);
    assert_eq!(world.mfa.hashes_performed(), hashes, "no Argon2id");
    assert_eq!(code(&world, "17", second).await, "accepted");
    // Drained: as for whoever never had any.
    assert_eq!(code(&world, "17", second).await, "MalformedCode");
    assert_eq!(code(&world, "17", OURS).await, refused);
    assert_eq!(world.mfa.hashes_performed(), hashes + 1);
}

#[tokio::test]
async fn nobody_unknown_is_judged_otherwise_than_before() {
    let world = World::new();
    import(&world, "17").await;
    let hashes = world.mfa.hashes_performed();
    assert_eq!(code(&world, "18", CODES[0].0).await, "MalformedCode");
    assert_eq!(world.mfa.hashes_performed(), hashes);
    let refused = "InvalidCode { clock_offset: None }";
    assert_eq!(code(&world, "18", OURS).await, refused);
    assert_eq!(world.mfa.hashes_performed(), hashes + 1);
    // Another realm's user of the same id is another user.
    let elsewhere = world.elsewhere();
    let proof = Proof::backup_code(CODES[0].0);
    let verdict = verify(&elsewhere, "17", proof).await.unwrap();
    assert_eq!(told(&verdict), "MalformedCode");
}

#[tokio::test]
async fn guesses_are_counted_like_those_of_our_own_codes() {
    let world = World::new();
    import(&world, "17").await;
    for _ in 0..5 {
        let told = code(&world, "17", "ffffffff").await;
        assert_eq!(told, "InvalidCode { clock_offset: None }");
    }
    assert_eq!(code(&world, "17", CODES[0].0).await, "throttled");
}

#[tokio::test]
async fn who_is_imported_again_is_left_as_they_are() {
    let world = World::new();
    let operator = world.mfa.operator();
    let before = operator.would_import(&user("17")).await.unwrap();
    assert_eq!(before, Imported::Done);
    import(&world, "17").await;
    let before = operator.would_import(&user("17")).await.unwrap();
    assert_eq!(before, Imported::EnrolledBefore);
    let again = operator.import(&of_program("17")).await.unwrap();
    assert_eq!(again, Imported::EnrolledBefore);

    world.add_user("bob").await;
    let users = operator.users(None, 10).await.unwrap();
    let bob = users.iter().find(|(user, _)| user.name == "bob").unwrap();
    let mut planted = of_program("17");
    planted.user = bob.0.id.clone();
    let before = operator.would_import(&planted.user).await.unwrap();
    let came = operator.import(&planted).await.unwrap();
    assert_eq!(
        (before, came),
        (Imported::PasswordHere, Imported::PasswordHere)
    );
    let mut many = of_program("19");
    many.backup_codes = (0..21)
        .map(|_| BcryptHash::parse(CODES[0].1).unwrap())
        .collect();
    assert!(matches!(
        operator.import(&many).await,
        Err(Error::Misuse(_))
    ));

    let filter = EventFilter {
        after: None,
        user: None,
        newest: false,
        limit: 100,
    };
    let rows = operator.events(filter).await.unwrap();
    assert!(rows.iter().all(|(_, holds)| *holds));
    let all = rows.iter().map(|(row, _)| row.event);
    let all: Vec<_> = all.filter(|event| *event == Event::UserImported).collect();
    assert_eq!(all.len(), 1);
}

#[tokio::test]
async fn a_hash_is_compared_in_its_own_scheme_and_place_alone() {
    let world = World::new();
    import(&world, "17").await;
    import(&world, "18").await;
    // Another user's hashes, under this one's ids.
    write(
        &world,
        "CREATE TEMP TABLE before AS SELECT user_key, selector, hash FROM backup_code;
         UPDATE backup_code SET hash = (SELECT other.hash FROM before AS other
             WHERE other.user_key <> backup_code.user_key AND other.selector = backup_code.selector)",
    );
    for id in ["17", "18"] {
        let verdict = verify(&world.mfa, id, Proof::backup_code(CODES[0].0)).await;
        assert!(matches!(
            verdict,
            Err(Error::Unavailable(Unavailable::Vault(_)))
        ));
    }
    // A set of ours that is said to be imported.
    let world = World::new();
    let (_, ours, _) = world.enroll("alice").await;
    write(&world, "UPDATE backup_set SET bcrypt_cost = 4");
    let users = world.mfa.operator().users(None, 10).await.unwrap();
    let id = users[0].0.id.as_str().to_owned();
    let verdict = verify(&world.mfa, &id, Proof::backup_code(&*ours[0])).await;
    assert!(matches!(
        verdict,
        Err(Error::Unavailable(Unavailable::Vault(_)))
    ));
}
