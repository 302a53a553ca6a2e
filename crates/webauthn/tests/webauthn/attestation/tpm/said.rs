//! What a TPM says, in its own structures.

use crate::forge::{Signer, sha256};

/// Everything a TPM says, to be bent before it is signed.
#[derive(Clone)]
pub struct Said {
    pub ver: &'static str,
    pub alg: i64,
    pub magic: u32,
    pub kind: u16,
    pub extra_data: Vec<u8>,
    pub name_algorithm: u16,
    pub name: Option<Vec<u8>>,
    pub pub_area: Vec<u8>,
    pub tail: Vec<u8>,
}

fn sized(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap();
    [length.to_be_bytes().as_slice(), content].concat()
}

/// `TPMT_PUBLIC` of a P-256 key.
pub fn pub_area(signer: &Signer, name_algorithm: u16) -> Vec<u8> {
    let point = signer.point();
    let (x, y) = point[1..].split_at(32);
    [
        0x0023_u16.to_be_bytes().as_slice(),
        &name_algorithm.to_be_bytes(),
        &0x0006_0472_u32.to_be_bytes(),
        &sized(&[]),
        &0x0010_u16.to_be_bytes(),
        &0x0010_u16.to_be_bytes(),
        &0x0003_u16.to_be_bytes(),
        &0x0010_u16.to_be_bytes(),
        &sized(x),
        &sized(y),
    ]
    .concat()
}

impl Said {
    pub fn cert_info(&self) -> Vec<u8> {
        let name = self.name.clone().unwrap_or_else(|| {
            let hash = sha256(&self.pub_area);
            [self.name_algorithm.to_be_bytes().as_slice(), &hash].concat()
        });
        [
            self.magic.to_be_bytes().as_slice(),
            &self.kind.to_be_bytes(),
            &sized(&[1; 34]),
            &sized(&self.extra_data),
            &[0; 25],
            &sized(&name),
            &sized(&[2; 34]),
            &self.tail,
        ]
        .concat()
    }
}

/// `TPMT_PUBLIC` of an RSA key: no symmetric algorithm, RSASSA with SHA-256, the usual exponent.
pub fn rsa_pub_area(signer: &Signer) -> Vec<u8> {
    let n = signer.cose_members()[2].1[3..].to_vec();
    let front = [0x00, 0x01, 0x00, 0x0b, 0x00, 0x06, 0x04, 0x72, 0x00, 0x00];
    let parameters = [0x00, 0x10, 0x00, 0x14, 0x00, 0x0b, 0x08, 0x00, 0, 0, 0, 0];
    [&front[..], &parameters, &sized(&n)].concat()
}
