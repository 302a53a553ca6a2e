//! A person's whole way, from the one-time link to a session with two factors.

use serde_json::{Value, json};

use crate::support::{Answer, Client, PASSWORD, Person, Place, Start, codes, login, scan, step};

fn credentials(name: &str, password: &str) -> Value {
    json!({ "username": name, "password": password })
}

/// What a session was proved by.
pub fn amr(session: &Value) -> Vec<&str> {
    let list = session["amr"].as_array().unwrap();
    list.iter().map(|name| name.as_str().unwrap()).collect()
}

#[test]
fn from_the_setup_link_to_two_factors() {
    let place = Place::new();
    let server = Start::new().at(&place);
    let link = format!("/setup/{}", server.link().unwrap());
    let mut client = Client::new(server.door());

    client.get("/session").refuses(401, "session_required");
    let created = client
        .post(&link, &credentials("alice", PASSWORD))
        .expect(201);
    assert_eq!(created["status"], "account created");
    Client::new(server.door())
        .post(&link, &credentials("mallory", PASSWORD))
        .refuses(410, "link_invalid");
    assert_eq!(client.post("/logout", &json!({})).status, 200);

    let signed_in = client
        .post("/login", &credentials("alice", PASSWORD))
        .expect(200);
    assert_eq!(signed_in["status"], "logged in");
    let session = client.get("/session").expect(200);
    assert_eq!(
        (&session["assurance"], amr(&session)),
        (&json!("aal1"), vec!["pwd"])
    );

    let setup = client
        .post("/mfa/setup", &json!({ "label": "Phone" }))
        .expect(201);
    let app = scan(&setup);
    assert_eq!(setup["secret"], app.secret.as_str());
    let before = client.cookie("session").unwrap();
    let confirming = step();
    let code = app.code(confirming);
    let confirmed = client
        .post("/mfa/confirm", &json!({ "code": code }))
        .expect(200);
    assert_eq!(confirmed["status"], "MFA enabled");
    let backup_codes = codes(&confirmed);
    assert_eq!(backup_codes.len(), 10);
    assert_ne!(
        client.cookie("session").unwrap(),
        before,
        "a new id at a new privilege"
    );
    assert_eq!(client.get("/session").expect(200)["assurance"], "aal2");
    assert_eq!(client.post("/logout", &json!({})).status, 200);
    client.get("/session").refuses(401, "session_required");

    let asked = login(&mut client, "alice").expect(200);
    assert_eq!(asked["requires_mfa"], true);
    assert_eq!(asked["methods"], json!(["totp", "backup_code"]));
    client.get("/session").refuses(401, "session_required");
    client
        .post("/login/mfa", &json!({ "code": code }))
        .refuses(401, "code_already_used");
    let next = app.code(confirming + 1);
    let signed_in = client
        .post("/login/mfa", &json!({ "code": next }))
        .expect(200);
    assert_eq!(signed_in["status"], "logged in");
    let session = client.get("/session").expect(200);
    assert_eq!(session["user"]["name"], "alice");
    assert_eq!(session["assurance"], "aal2");
    assert_eq!(amr(&session), ["pwd", "otp", "mfa"]);
    assert!(session["auth_time"].as_str().unwrap().ends_with('Z'));

    let mut other = Client::new(server.door());
    login(&mut other, "alice").expect(200);
    let typed = backup_codes[3].replace('-', "").to_lowercase();
    let signed_in = other
        .post("/login/mfa", &json!({ "backup_code": typed }))
        .expect(200);
    assert_eq!(signed_in["backup_codes_left"], 9);
    login(&mut other, "alice").expect(200);
    other
        .post("/login/mfa", &json!({ "backup_code": backup_codes[3] }))
        .refuses(401, "code_already_used");
}

/// What an independent reader sees in a `data:` picture.
fn scanned(data_uri: &str) -> String {
    let base64 = data_uri.strip_prefix("data:image/png;base64,").unwrap();
    let bytes = data_encoding::BASE64.decode(base64.as_bytes()).unwrap();
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    let (width, height) = (
        usize::try_from(frame.width).unwrap(),
        usize::try_from(frame.height).unwrap(),
    );
    let samples = frame.color_type.samples();
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        pixels[(y * width + x) * samples]
    });
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1);
    grids[0].decode().unwrap().1
}

#[test]
fn the_picture_says_what_the_uri_says() {
    let place = Place::new();
    let server = Start::new()
        .with("COUNTERSIGN_ISSUER", "Töpferei & Söhne")
        .at(&place);
    place.add_user("zoë@example.com");
    let mut client = Client::new(server.door());
    login(&mut client, "zoë@example.com").expect(200);
    for options in [json!({}), json!({ "algorithm": "SHA512", "digits": 8 })] {
        let setup = client.post("/mfa/setup", &options).expect(201);
        let picture = setup["qr_data_uri"].as_str().unwrap();
        assert_eq!(scanned(picture), setup["uri"].as_str().unwrap());
        assert_eq!(scan(&setup).secret, setup["secret"].as_str().unwrap());
    }
}

/// All of an answer but what differs from one request to the next.
fn alike(answer: &Answer) -> (u16, Vec<(String, String)>, String) {
    let id = answer.field("x-request-id").unwrap().to_owned();
    let fields = answer.fields.iter().filter(|(name, _)| name != "date");
    let cleared = |text: &str| text.replace(&id, "ID");
    let fields = fields.map(|(name, value)| (name.clone(), cleared(value)));
    // The number in the id may have more digits than the last one had.
    let fields = fields.filter(|(name, _)| name != "content-length");
    (answer.status, fields.collect(), cleared(&answer.text()))
}

#[test]
fn refusals_look_alike_before_the_right_password() {
    let place = Place::new();
    let server = Start::new().at(&place);
    Person::enrolled(&place, server.door(), "alice");
    place.add_user("bob");
    place.add_user("carol");
    place.run(&["user", "disable", "carol"], "").ok();
    let wrong = "another long enough password";
    let long = "x".repeat(4000);
    let answers: Vec<_> = [
        ("alice", wrong),
        ("bob", wrong),
        ("carol", PASSWORD),
        ("nobody", PASSWORD),
        ("", wrong),
        (&long, wrong),
        ("bob", ""),
        ("bob", &long),
    ]
    .into_iter()
    .map(|(name, password)| {
        let mut client = Client::new(server.door());
        let answer = client.post("/login", &credentials(name, password));
        answer.refuses(401, "invalid_credentials");
        assert!(client.cookies.is_empty());
        alike(&answer)
    })
    .collect();
    assert!(
        answers.windows(2).all(|two| two[0] == two[1]),
        "{answers:#?}"
    );
}
