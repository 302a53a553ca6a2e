//! The catalogue of problems: every error that a program can meet, with its one status and words.

/// One row of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// What programs key on; stable. Two rows share one only where the flow fixes two statuses.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The same words each time.
    pub title: &'static str,
    /// What to do about it.
    pub detail: &'static str,
}

impl Row {
    /// The `type` member (RFC 9457 §3.1.1): a path that the product itself answers.
    pub fn address(&self) -> String {
        format!("/problems/{}", self.code)
    }
}

macro_rules! catalogue {
    ($($variant:ident = $status:literal $code:literal $title:literal $detail:literal)+) => {
        /// Everything that can go wrong, as far as a client is told.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Problem {
            $(#[doc = $title] $variant,)+
        }

        impl Problem {
            /// All of them, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its row.
            pub const fn row(self) -> Row {
                match self {
                    $(Self::$variant => Row {
                        code: $code,
                        status: $status,
                        title: $title,
                        detail: $detail,
                    },)+
                }
            }
        }
    };
}

catalogue! {
    MalformedBody = 400 "malformed_body"
        "The body could not be read."
        "Send one JSON object in UTF-8, or a form as a browser encodes it."
    InvalidFields = 422 "invalid_fields"
        "The fields are not those of this request."
        "Send each documented field at most once, with a value of its type, and no others."
    TooLarge = 413 "too_large"
        "The body is too large."
        "No request here needs more than 16 KiB, or 64 KiB with a passkey's answer."
    UnsupportedMediaType = 415 "unsupported_media_type"
        "The body's media type is not taken here."
        "Send Content-Type: application/json, also without a body; browsers send forms as application/x-www-form-urlencoded."
    NotAcceptable = 406 "not_acceptable"
        "This address has a page only."
        "Ask with Accept: text/html."
    NotFound = 404 "not_found"
        "There is nothing here."
        "The address is wrong, or what it named is gone or somebody else's."
    MethodNotAllowed = 405 "method_not_allowed"
        "This address does not take this method."
        "The Allow header names the methods that it takes."
    Misdirected = 421 "misdirected"
        "No site answers under this name."
        "Send the request to the public URL of the site; behind a proxy, pass the Host header on."
    CrossSite = 403 "cross_site"
        "The request came from another site."
        "Origin and Sec-Fetch-Site, where they are sent, must name the site's own origin."
    FormExpired = 403 "form_expired"
        "The form is no longer valid."
        "Load the page that has the form again, with its cookies, and send it from there."
    TooManyRequests = 429 "too_many_requests"
        "Too many requests came from this address."
        "Wait as long as Retry-After says."
    InvalidCredentials = 401 "invalid_credentials"
        "Name or password is wrong."
        "Send the right name and password; nothing more is told."
    PasswordStepRequired = 400 "password_step_required"
        "The password step comes first."
        "There is no pending login, or it expired or was used: begin with POST /login and keep its cookie."
    MalformedCode = 422 "malformed_code"
        "No code looks like this."
        "A code is the digits that the authenticator shows, a backup code 16 letters and digits. Nothing was counted."
    InvalidCode = 401 "invalid_code"
        "The code was not accepted."
        "Send the newest code of an authenticator of this user."
    InvalidConfirmation = 400 "invalid_code"
        "The code was not accepted."
        "Send the newest code of the authenticator being set up; clock_offset, if present, is how many seconds its clock is ahead."
    CodeAlreadyUsed = 401 "code_already_used"
        "The code was used already."
        "Each code works once: wait for the next one."
    CodesSuspended = 403 "codes_suspended"
        "Codes are not accepted for now."
        "Too many wrong ones were sent. A backup code or an operator's reset is the way in."
    BackupCodesVoid = 403 "backup_codes_void"
        "The backup codes no longer work."
        "Too many wrong ones were sent. Use an authenticator, then make new backup codes."
    InvalidPasskey = 401 "invalid_passkey"
        "The passkey was not accepted."
        "It is not enrolled here, or its answer is not to these options. Ask for options again."
    ChallengeExpired = 410 "challenge_expired"
        "The passkey took too long."
        "The options are older than five minutes, or another sign-in's. Ask for options again."
    ChallengeUsed = 401 "challenge_used"
        "The passkey's answer was used already."
        "Each answer works once. Ask for options again."
    CredentialTaken = 409 "credential_taken"
        "The passkey is enrolled already."
        "Use another device or key, or the passkey that is there."
    AuthenticatorNotAllowed = 403 "authenticator_not_allowed"
        "This device or key may not be used here."
        "The site takes passkeys only of models that its operator trusts, and they must say which they are. Use another one, and let the browser tell its make and model."
    Throttled = 429 "throttled"
        "Too many attempts."
        "The attempt was not evaluated. Try again after retry_at."
    SessionRequired = 401 "session_required"
        "There is no session."
        "Sign in first; a pending login is not a session."
    ReauthenticationRequired = 401 "reauthentication_required"
        "A fresh proof is needed."
        "Send POST /reauthenticate, then this request again."
    PasswordRequired = 422 "password_required"
        "The password is missing."
        "A fresh proof takes the password; only a passkey that verified its user does without."
    SecondFactorRequired = 422 "second_factor_required"
        "The second factor is missing."
        "A fresh proof of this user takes a code, a backup code or a passkey beside the password."
    NoPendingSetup = 400 "no_pending_setup"
        "There is no setup to confirm."
        "It expired, was replaced or never begun: begin with POST /mfa/setup."
    LastAuthenticator = 409 "last_authenticator"
        "It is the last authenticator."
        "This site wants one: add another first, then remove this one."
    TooManyAuthenticators = 409 "too_many_authenticators"
        "The limit on authenticators is reached."
        "Remove one first."
    PasswordTooShort = 422 "password_too_short"
        "The new password is too short."
        "Use at least minimum_length characters."
    PasswordTooLong = 422 "password_too_long"
        "The new password is too long."
        "Use at most 128 characters."
    PasswordCommon = 422 "password_common"
        "The new password is too easy to guess."
        "It is among those tried first, or contains the name of the user or the site. Choose another."
    NameInvalid = 422 "name_invalid"
        "No name looks like this."
        "A name has 1 to 64 characters and no control characters."
    NameTaken = 409 "name_taken"
        "The name is taken."
        "Choose another."
    LabelInvalid = 422 "label_invalid"
        "No label looks like this."
        "A label has 1 to 64 characters and no control characters."
    LinkInvalid = 410 "link_invalid"
        "The link no longer works."
        "It was used, it expired, or it never existed."
    Conflict = 409 "conflict"
        "Something changed at the same time."
        "Nothing was done. Look again, and repeat the request if it still applies."
    ApiKeyRequired = 401 "api_key_required"
        "The service API takes an API key."
        "Send Authorization: Bearer and the key, which countersign api-key create makes."
    MalformedApiKey = 401 "malformed_api_key"
        "No API key looks like this."
        "It was cut or changed on its way: its checksum is wrong. Nothing was looked up."
    InvalidApiKey = 401 "invalid_api_key"
        "The API key opens nothing."
        "It is unknown here, expired or revoked. Have an operator make one."
    InvalidUserId = 422 "invalid_user_id"
        "No user id looks like this."
        "It is 1 to 128 bytes of UTF-8 without control characters, percent-encoded in one segment, and neither . nor .."
    InvalidCursor = 422 "invalid_cursor"
        "The cursor is not of this list."
        "Send the next_cursor of an answer as it came, or none to begin anew."
    InvalidIdempotencyKey = 422 "invalid_idempotency_key"
        "No Idempotency-Key looks like this."
        "It is 1 to 255 visible ASCII characters, sent once."
    CodeRefused = 422 "invalid_code"
        "The code was not accepted."
        "Ask the user for the newest code; clock_offset, if present, is how many seconds the authenticator's clock is ahead. An unknown user is told so, too."
    CodeSpent = 409 "code_already_used"
        "The code was used already."
        "Each code works once: ask the user for the next one."
    PasskeyRefused = 422 "invalid_passkey"
        "The passkey was not accepted."
        "It is not enrolled here, or its answer is not to these options. Begin again, with options of now."
    ChallengeSpent = 409 "challenge_used"
        "The passkey's answer was used already."
        "Each answer works once. Begin another challenge."
    NothingPending = 404 "no_pending_setup"
        "There is no enrollment to confirm."
        "It expired, was replaced or confirmed, or never begun: begin with POST …/authenticators."
    InsufficientScope = 403 "insufficient_scope"
        "The API key may not ask for this."
        "Use a key that holds the scope, or have an operator make one."
    ProofRequired = 403 "proof_required"
        "A proof of the user is needed."
        "Verify the user, and send the verification_id as proof: within five minutes, and once."
    AccountNameInvalid = 422 "account_name_invalid"
        "No account name looks like this."
        "It has 1 to 64 characters, no colon and no control characters."
    AlreadyCreated = 409 "already_created"
        "The request was done before."
        "A request of this Idempotency-Key made it; what it gave once is not given again."
    IdempotencyKeyReused = 422 "idempotency_key_reused"
        "Another request had this Idempotency-Key."
        "Give each request a key of its own, and repeat one only with the same content."
    ProxyNotTrusted = 403 "proxy_not_trusted"
        "Only a configured proxy may ask this."
        "Name the proxy's address in trusted_proxies. What others forward is not believed."
    MalformedForwarding = 400 "malformed_forwarding"
        "The proxy does not say what it was asked for."
        "Each header of this address is sent once: an absolute https URL, or its parts, and a method in capitals. http is for localhost and *.localhost."
    HostNotProtected = 403 "host_not_protected"
        "The host is not among those protected here."
        "Name it in forward_auth.hosts."
    TicketRefused = 403 "ticket_refused"
        "The sign-in did not come back to the browser that began it."
        "Open the page again, in one browser that keeps cookies. The ticket is of no use to anybody."
    AssuranceTooLow = 401 "assurance_too_low"
        "A stronger or fresher sign-in is needed."
        "WWW-Authenticate names what is asked for; a browser is led to it."
    StoreUnavailable = 503 "store_unavailable"
        "The store did not answer."
        "Nothing was accepted. A code that was sent counts as used. Try again later."
    ClockWrong = 503 "clock_wrong"
        "The server's clock is wrong."
        "Codes cannot be judged until an operator has set it right."
    SecretUnavailable = 503 "secret_unavailable"
        "A stored secret does not open."
        "Nobody is let in by it. An operator has to look at the keyring."
    Busy = 503 "busy"
        "The server is busy."
        "Nothing was counted. Try again after as long as Retry-After says."
    TimedOut = 503 "timed_out"
        "The request took too long."
        "What had begun may still have been carried out. Look before repeating it."
    Unavailable = 503 "unavailable"
        "It could not be decided."
        "Nobody was let in. Try again later."
    BadRequest = 400 "bad_request"
        "The request could not be read."
        "Something about it is malformed."
    Internal = 500 "internal"
        "Something is wrong on the server."
        "Tell the operator the request_id."
}
