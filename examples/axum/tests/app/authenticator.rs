//! What a person carries: a phone and a passkey, each with an implementation that others wrote.

use countersign_testkit::Browser;
use url::Url;

/// An authenticator app.
pub struct Phone(totp_rs::Totp);

impl Phone {
    /// Takes over what the QR picture says.
    pub fn scan(uri: &str) -> Self {
        let uri = Url::parse(uri).unwrap();
        let mut pairs = uri.query_pairs();
        let (_, secret) = pairs.find(|(name, _)| name == "secret").unwrap();
        let secret = data_encoding::BASE32_NOPAD.decode(secret.as_bytes());
        let totp = totp_rs::Builder::new()
            .with_secret(secret.unwrap())
            .with_account_name("alice@example.com")
            .build();
        Self(totp.unwrap())
    }

    pub fn code(&self, seconds: u64) -> String {
        self.0.generate(seconds).to_string()
    }

    /// A code that is none of now, nor of a minute around it.
    pub fn wrong_code(&self, seconds: u64) -> String {
        let near = [
            seconds - 60,
            seconds - 30,
            seconds,
            seconds + 30,
            seconds + 60,
        ];
        let near = near.map(|moment| self.code(moment));
        let codes = ["000000", "111111", "222222", "333333", "444444", "555555"];
        let mut wrong = codes.into_iter().map(str::to_owned);
        wrong.find(|code| !near.contains(code)).unwrap()
    }
}

/// One passkey, as the page's script hands options and answers over.
pub struct Key(Browser);

impl Key {
    pub fn new(origin: &str) -> Self {
        Self(Browser::new(origin))
    }

    pub async fn create(&mut self, options: &str) -> String {
        let options = serde_json::from_str(options).unwrap();
        self.0.create(&options).await.to_string()
    }

    pub async fn sign(&mut self, options: &str) -> String {
        let options = serde_json::from_str(options).unwrap();
        self.0.sign(&options).await.to_string()
    }
}
