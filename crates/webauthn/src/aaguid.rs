//! AAGUIDs, the names of authenticator models (WebAuthn L3 §6.5.1), and what to show for some of
//! them; refuses to let a name decide anything.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::error::LengthError;

/// The model of an authenticator. Without trusted attestation it is a claim and no more.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Aaguid([u8; 16]);

/// Names to show, sorted by AAGUID. Display only.
const NAMES: &[(u128, &str)] = &[
    (0x08987058_cadc_4b81_b6e1_30de50dcbe96, "Windows Hello"),
    (0x0ea242b4_43c4_4a1b_8b17_dd6d0b6baec6, "Keeper"),
    (0x2fc0579f_8113_47ea_b116_bb5a8db9202a, "YubiKey 5 NFC"),
    (0x50726f74_6f6e_5061_7373_50726f746f6e, "Proton Pass"),
    (0x531126d6_e717_415c_9320_3d9aa6981239, "Dashlane"),
    (0x53414d53_554e_4700_0000_000000000000, "Samsung Pass"),
    (0x6028b017_b1d4_4c02_b4b3_afcdafc96bb2, "Windows Hello"),
    (0x771b48fd_d3d4_4f74_9232_fc157ab0507a, "Edge on Mac"),
    (0x9ddd1817_af5a_4672_a2b9_3e3dd95000a9, "Windows Hello"),
    (0xadce0002_35bc_c60a_648b_0b25f1f05503, "Chrome on Mac"),
    (0xb5397666_4885_aa6b_cebf_e52262a439a2, "Chromium Browser"),
    (0xb84e4048_15dc_4dd0_8640_f4f60813c8af, "NordPass"),
    (0xbada5566_a7aa_401f_bd96_45619a55120d, "1Password"),
    (0xcb69481e_8ff7_4039_93ec_0a2729a154a8, "YubiKey 5 Series"),
    (0xd548826e_79b4_db40_a3d8_11116f7e8349, "Bitwarden"),
    (0xdd4ec289_e01d_41c9_bb89_70fa845d4bf2, "iCloud Keychain"),
    (
        0xea9b8d66_4d01_1d21_3ce4_b6b48cb575d4,
        "Google Password Manager",
    ),
    (0xee882879_721c_4913_9775_3dfcce97072a, "YubiKey 5 Series"),
    (0xf3809540_7f14_49c1_a8b3_8f813b225541, "Enpass"),
    (0xfbfc3007_154e_4ecc_8c0b_6e020557d7bd, "iCloud Keychain"),
    (0xfdb141b2_5d84_443e_8a35_4698c205a502, "KeePassXC"),
];

impl Aaguid {
    /// What authenticators say that do not tell their model.
    pub const ZERO: Self = Self([0; 16]);

    /// From its 16 bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// What to show for it: `None` for a model that this small table does not know.
    ///
    /// ```
    /// use countersign_webauthn::Aaguid;
    ///
    /// let aaguid: Aaguid = "fbfc3007-154e-4ecc-8c0b-6e020557d7bd".parse()?;
    /// assert_eq!(aaguid.provider(), Some("iCloud Keychain"));
    /// # Ok::<(), countersign_webauthn::error::LengthError>(())
    /// ```
    pub fn provider(&self) -> Option<&'static str> {
        let number = u128::from_be_bytes(self.0);
        let at = NAMES.binary_search_by_key(&number, |(aaguid, _)| *aaguid);
        at.ok().and_then(|at| NAMES.get(at)).map(|(_, name)| *name)
    }
}

impl fmt::Display for Aaguid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                out.write_str("-")?;
            }
            write!(out, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Aaguid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl FromStr for Aaguid {
    type Err = LengthError;

    /// Reads `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, hexadecimal in either case.
    fn from_str(text: &str) -> Result<Self, LengthError> {
        let mut groups = text.split('-');
        let mut digits = String::with_capacity(32);
        for length in [8, 4, 4, 4, 12] {
            let group = groups.next().ok_or(LengthError)?;
            if group.len() != length || !group.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return Err(LengthError);
            }
            digits.push_str(group);
        }
        if groups.next().is_some() {
            return Err(LengthError);
        }
        let number = u128::from_str_radix(&digits, 16).map_err(|_| LengthError)?;
        Ok(Self(number.to_be_bytes()))
    }
}

impl Serialize for Aaguid {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Aaguid {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse()
            .map_err(|LengthError| de::Error::custom("not an AAGUID"))
    }
}

#[cfg(test)]
mod tests {
    use super::NAMES;

    #[test]
    fn the_table_is_sorted_so_that_a_search_finds_each_name() {
        assert!(NAMES.is_sorted_by(|one, next| one.0 < next.0));
    }
}
