use countersign::session::Token;
use countersign::vault::{Keyring, OtpSecret, Sealed};
use countersign::{BackupCodeList, Password, Proof};

fn show(password: Password, proof: Proof, codes: BackupCodeList, token: Token, keyring: Keyring, sealed: Sealed<OtpSecret>) {
    println!("{password:?}");
    println!("{proof:?}");
    println!("{codes:?}");
    println!("{token:?}");
    println!("{token}");
    println!("{keyring:?}");
    println!("{sealed:?}");
}

fn main() {}
