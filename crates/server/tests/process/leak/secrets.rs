//! Every secret of a run in every spelling it may leak in, and the search for them.

use std::collections::{BTreeSet, HashMap};

use countersign::realm::RealmId;
use countersign::session::Token;

use crate::support::App;

/// Shorter ones occur by chance.
const LEAST: usize = 8;

/// What a secret is, which decides where it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Password,
    TotpSecret,
    Code,
    BackupCode,
    Cookie,
    FormToken,
    SetupToken,
    ApiKey,
    /// What a verification is answered by.
    Grant,
    /// What leads to a protected host.
    Ticket,
}

/// One spelling of one secret.
pub struct Secret {
    pub kind: Kind,
    pub spelling: Vec<u8>,
}

#[derive(Default)]
pub struct Secrets(pub Vec<Secret>);

impl Secrets {
    pub fn add(&mut self, kind: Kind, spelling: impl Into<Vec<u8>>) {
        let spelling = spelling.into();
        assert!(spelling.len() >= LEAST, "too short to be told from chance");
        if !self.0.iter().any(|known| known.spelling == spelling) {
            self.0.push(Secret { kind, spelling });
        }
    }

    pub fn password(&mut self, text: &str) {
        self.add(Kind::Password, text);
        self.add(Kind::Password, text.replace(' ', "+"));
        self.add(Kind::Password, text.replace(' ', "%20"));
        self.add(
            Kind::Password,
            data_encoding::BASE64_NOPAD.encode(text.as_bytes()),
        );
    }

    pub fn app(&mut self, app: &App) {
        let bytes = app.bytes();
        self.add(Kind::TotpSecret, app.secret.clone());
        self.add(Kind::TotpSecret, app.secret.to_lowercase());
        self.encodings(Kind::TotpSecret, &bytes);
    }

    pub fn backup_code(&mut self, code: &str) {
        let bare = code.replace('-', "");
        for spelling in [code, &bare, &code.replace('-', " ")] {
            self.add(Kind::BackupCode, spelling);
            self.add(Kind::BackupCode, spelling.to_lowercase());
        }
        // The last three groups alone are still 60 bits of it.
        self.add(Kind::BackupCode, &code[5..]);
        self.add(Kind::BackupCode, &bare[4..]);
    }

    pub fn api_key(&mut self, key: &str) {
        let encoded = key.strip_prefix("csk_").unwrap().to_uppercase();
        let bytes = data_encoding::BASE32_NOPAD.decode(encoded.as_bytes());
        self.add(Kind::ApiKey, key);
        self.add(Kind::ApiKey, &key[4..]);
        self.add(Kind::ApiKey, encoded);
        self.encodings(Kind::ApiKey, &bytes.unwrap()[..32]);
    }

    pub fn token(&mut self, kind: Kind, text: &str) {
        self.add(kind, text);
        if let Ok(bytes) = data_encoding::BASE64URL_NOPAD.decode(text.as_bytes()) {
            self.encodings(kind, &bytes);
            // Without what leads it, by which a store may find its place.
            self.add(kind, bytes[bytes.len() - 24..].to_vec());
        }
    }

    fn encodings(&mut self, kind: Kind, bytes: &[u8]) {
        self.add(kind, bytes);
        self.add(kind, data_encoding::HEXLOWER.encode(bytes));
        self.add(kind, data_encoding::HEXUPPER.encode(bytes));
        self.add(kind, data_encoding::BASE64.encode(bytes));
        self.add(kind, data_encoding::BASE64URL_NOPAD.encode(bytes));
        let list: Vec<String> = bytes.iter().map(u8::to_string).collect();
        // As `Debug` prints bytes.
        self.add(kind, list.join(", "));
    }

    /// The spellings that occur in `bytes`, by their numbers: one look at each place, whatever the
    /// number of secrets.
    pub fn found_in(&self, bytes: &[u8]) -> BTreeSet<usize> {
        let mut by_front: HashMap<&[u8], Vec<usize>> = HashMap::new();
        let mut leads = vec![false; 1 << 16];
        let lead = |two: &[u8]| usize::from(two[0]) << 8 | usize::from(two[1]);
        for (number, secret) in self.0.iter().enumerate() {
            let front = &secret.spelling[..LEAST];
            leads[lead(front)] = true;
            by_front.entry(front).or_default().push(number);
        }
        let mut found = BTreeSet::new();
        for (at, front) in bytes.windows(LEAST).enumerate() {
            if leads[lead(front)] {
                let candidates = by_front.get(front).into_iter().flatten();
                let whole = |number: &&usize| bytes[at..].starts_with(&self.0[**number].spelling);
                found.extend(candidates.filter(whole));
            }
        }
        found
    }

    /// The kinds that occur in `bytes`.
    pub fn kinds_in(&self, bytes: &[u8]) -> Vec<Kind> {
        let found = self.found_in(bytes).into_iter();
        let kinds: BTreeSet<Kind> = found.map(|number| self.0[number].kind).collect();
        kinds.into_iter().collect()
    }

    /// Asserts that none is there.
    #[track_caller]
    pub fn none_in(&self, what: &str, bytes: &[u8]) {
        assert!(!bytes.is_empty(), "{what} is empty: nothing was looked at");
        assert_eq!(self.kinds_in(bytes), [], "in {what}");
    }
}

/// What the store keeps in place of a cookie.
pub fn hash(cookie: &str) -> [u8; 32] {
    Token::parse(cookie).unwrap().hash(&RealmId::default()).0
}
