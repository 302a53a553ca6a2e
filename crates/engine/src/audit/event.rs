//! The closed set of events; the names follow the OWASP logging vocabulary where it has one.

use std::borrow::Cow;

use crate::id::ApiKeyId;

macro_rules! closed {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident => $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant,)+ }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name that rows and exports carry.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// From a row's text.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|event| event.as_str() == text)
            }
        }
    };
}

closed!(
    /// What happened.
    Event {
        /// A password was judged at sign-in.
        PasswordStep => "authn_password",
        /// A second step was judged at sign-in.
        SecondStep => "authn_second_step",
        /// A passkey was judged as the only step of a sign-in.
        PasskeySignIn => "authn_passkey",
        /// A verification was judged without a login around it.
        Verification => "authn_verification",
        /// A fresh proof was judged.
        StepUp => "authn_step_up",
        /// Attempts were refused unjudged; one row a window.
        Throttled => "excess_rate_limit_exceeded",
        /// The code authenticators were suspended by consecutive failures.
        CodesSuspended => "authn_login_lock",
        /// The backup codes were voided by consecutive failures.
        BackupCodesVoided => "authn_backup_codes_voided",
        /// Half of an odds budget is spent.
        BudgetHalfSpent => "authn_budget_half_spent",
        /// An odds budget is spent: that class of clients is refused codes.
        BudgetSpent => "authn_budget_spent",
        /// An enrollment was begun.
        EnrollmentBegun => "authn_enrollment_begun",
        /// An enrollment was confirmed, or its code or passkey was refused.
        EnrollmentConfirmed => "authn_enrollment_confirmed",
        /// An authenticator was renamed.
        AuthenticatorRenamed => "authn_authenticator_renamed",
        /// An authenticator was revoked.
        AuthenticatorRevoked => "authn_token_revoked",
        /// A new set of backup codes voided the old.
        BackupCodesReplaced => "authn_backup_codes_replaced",
        /// A backup code was typed back, right or wrong.
        BackupCodesAcknowledged => "authn_backup_codes_acknowledged",
        /// A passkey's counter went back: a copy may exist.
        SignCountRegressed => "authn_sign_count_regressed",
        /// A password was changed.
        PasswordChanged => "authn_password_change",
        /// A session was ended.
        SessionEnded => "session_ended",
        /// A user's other sessions were ended.
        SessionsEnded => "session_all_ended",
        /// A ticket for a protected host was given out.
        TicketIssued => "session_ticket_issued",
        /// A session at a protected host began, or its ticket was refused.
        ChildSessionBegun => "session_created",
        /// A user was created.
        UserCreated => "user_created",
        /// A user of another program was imported, with authenticator and backup codes.
        UserImported => "user_imported",
        /// A user was enabled or disabled.
        UserUpdated => "user_updated",
        /// An operator removed all of a user's authenticators.
        UserReset => "authn_user_reset",
        /// The link to create the first user was issued.
        SetupLinkIssued => "authn_setup_link_issued",
        /// A step was taken out of order.
        SequenceFailed => "sequence_fail",
        /// A request came from another origin.
        CrossSite => "malicious_csrf",
        /// A sealed secret did not open.
        OpenFailed => "crypt_decrypt_fail",
        /// The server started.
        Started => "sys_startup",
        /// An API key was made or revoked.
        ApiKeyChanged => "authn_api_key_changed",
        /// A realm was added or changed.
        RealmChanged => "realm_changed",
        /// An API key asked for what its scopes do not hold.
        ScopeMissing => "authz_fail",
    }
);

closed!(
    /// How it ended.
    Outcome {
        /// Done, accepted.
        Success => "success",
        /// Refused.
        Failure => "failure",
    }
);

closed!(
    /// The true reason, kept from strangers.
    Reason {
        /// The name is nobody's.
        UnknownUser => "unknown_user",
        /// The password is wrong.
        WrongPassword => "wrong_password",
        /// The application's directory said no: an unknown name, a wrong password, or who may not sign in.
        RefusedByDirectory => "refused_by_directory",
        /// The application's directory did not say who it is.
        DirectoryUnavailable => "directory_unavailable",
        /// The user is disabled.
        UserDisabled => "user_disabled",
        /// The code matches nothing.
        WrongCode => "wrong_code",
        /// The code matched and was consumed before.
        CodeAlreadyUsed => "code_already_used",
        /// No such backup code.
        WrongBackupCode => "wrong_backup_code",
        /// Something changed between admit and settle.
        StateChanged => "state_changed",
        /// The row or its secret is not what was sealed.
        Tampered => "tampered",
        /// By a TOTP or HOTP code.
        Code => "code",
        /// By a backup code.
        BackupCode => "backup_code",
        /// By a passkey.
        Passkey => "passkey",
        /// The passkey's answer does not hold.
        WrongPasskey => "wrong_passkey",
        /// The authenticator does not tell what it is, or nobody vouches for it but itself.
        NoAttestation => "no_attestation",
        /// Nobody that is trusted vouches for the authenticator.
        AttestationUntrusted => "attestation_untrusted",
        /// The authenticator's model may not be used.
        ModelNotAllowed => "model_not_allowed",
        /// The credential is nobody's here, or revoked.
        UnknownCredential => "unknown_credential",
        /// Its counter went back.
        SignCountRegressed => "sign_count_regressed",
        /// By the password.
        Password => "password",
        /// Too many failures.
        TooManyFailures => "too_many_failures",
        /// By the user.
        ByUser => "by_user",
        /// By an operator.
        ByOperator => "by_operator",
        /// By the application, or a back end with an API key.
        ByHost => "by_host",
        /// Made.
        Created => "created",
        /// Changed.
        Changed => "changed",
        /// Revoked.
        Revoked => "revoked",
        /// The key's scopes do not hold what was asked.
        ScopeMissing => "scope_missing",
        /// Enabled again.
        Enabled => "enabled",
        /// Disabled.
        Disabled => "disabled",
        /// The ticket was shown at another host, or by another browser.
        TicketElsewhere => "ticket_elsewhere",
        /// By signing out.
        SignedOut => "signed_out",
    }
);

/// Who acted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Actor {
    #[default]
    /// Somebody not yet known, or the user by way of a browser or app.
    User,
    /// An operator at the command line.
    Operator,
    /// The server itself.
    System,
    /// The application around the engine, or a back end by this API key.
    Host(Option<ApiKeyId>),
}

impl Actor {
    /// `user`, `operator`, `system`, `host`, or `key:` and the key's id.
    pub fn text(self) -> Cow<'static, str> {
        match self {
            Self::User => "user".into(),
            Self::Operator => "operator".into(),
            Self::System => "system".into(),
            Self::Host(None) => "host".into(),
            Self::Host(Some(key)) => format!("key:{key}").into(),
        }
    }

    /// From a row's text.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "user" => Some(Self::User),
            "operator" => Some(Self::Operator),
            "system" => Some(Self::System),
            "host" => Some(Self::Host(None)),
            _ => ApiKeyId::parse(text.strip_prefix("key:")?).map(|key| Self::Host(Some(key))),
        }
    }
}
