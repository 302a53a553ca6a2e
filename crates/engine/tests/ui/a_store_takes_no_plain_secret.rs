use countersign::id::BackupCodeId;
use countersign::port::store::BackupCodes;
use countersign::vault::{OtpSecret, PasswordHash, Sealed};

fn plain(id: BackupCodeId) -> BackupCodes {
    BackupCodes { version: 1, codes: vec![(id, b'7', "7K3M-9QXD-T2WH-4RZC".to_owned())] }
}

fn unsealed(bytes: Vec<u8>) -> Sealed<PasswordHash> {
    Sealed { bytes, of: std::marker::PhantomData }
}

fn crossed(secret: Sealed<OtpSecret>) -> Sealed<PasswordHash> {
    secret
}

fn main() {}
