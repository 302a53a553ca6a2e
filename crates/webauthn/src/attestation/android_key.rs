//! `android-key` (WebAuthn L3 §8.4): the keystore's own certificate of the credential's key;
//! refuses keys that came from outside or that every app may use.

use x509_cert::der::asn1::{AnyRef, ObjectIdentifier};
use x509_cert::der::{Class, Decode, Reader as _, SliceReader, Tag, Tagged as _};

use super::certificate::Leaf;
use super::statement::Statement;
use super::{Subject, Verified};
use crate::error::{CborError, CertificateError, StatementError};

const KEY_DESCRIPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.11129.2.1.17");

/// Tags of an authorization list (Android keystore, `AuthorizationList`).
const PURPOSE: u32 = 1;
const ALL_APPLICATIONS: u32 = 600;
const ORIGIN: u32 = 702;

pub(super) fn verify<'a>(
    statement: &Statement<'a>,
    subject: &Subject<'_, 'a>,
) -> Result<Verified<'a>, StatementError> {
    if statement.is_of_tpm() {
        return Err(CborError::Member.into());
    }
    let algorithm = statement.algorithm()?;
    let signature = statement.signature()?;
    let (der, path) = statement.path()?;
    let leaf = Leaf::parse(der)?;
    let key = leaf.public_key()?;
    if algorithm != key.algorithm() {
        return Err(StatementError::AlgorithmMismatch);
    }
    key.verify(
        subject.object.auth_data,
        subject.client_data_hash,
        signature,
    )?;
    if key != *subject.key {
        return Err(StatementError::PublicKey);
    }
    let extension = leaf
        .extension(KEY_DESCRIPTION)?
        .ok_or(CertificateError::Extension)?;
    let description =
        Description::parse(extension.extn_value.as_bytes()).map_err(|_| CertificateError::Der)?;
    if description.challenge != subject.client_data_hash {
        return Err(StatementError::Challenge);
    }
    if !description.is_of_credential() {
        return Err(StatementError::Authorization);
    }
    Ok(Verified::Certified(path))
}

/// What both authorization lists of a `KeyDescription` say together: enforced by software or by
/// hardware.
struct Description<'a> {
    challenge: &'a [u8],
    all_applications: bool,
    origins: Vec<&'a [u8]>,
    purposes: Vec<&'a [u8]>,
}

type Der<T> = Result<T, x509_cert::der::Error>;

impl<'a> Description<'a> {
    fn parse(der: &'a [u8]) -> Der<Self> {
        let mut reader = SliceReader::new(der)?;
        let members: Vec<AnyRef<'a>> = reader.sequence(items)?;
        reader.finish()?;
        // Version and level twice, challenge, unique id, then both lists.
        let [_, _, _, _, challenge, _, software, hardware] = members.as_slice() else {
            return Err(x509_cert::der::ErrorKind::Failed.into());
        };
        challenge.tag().assert_eq(Tag::OctetString)?;
        let mut description = Self {
            challenge: challenge.value(),
            all_applications: false,
            origins: Vec::new(),
            purposes: Vec::new(),
        };
        for list in [software, hardware] {
            list.tag().assert_eq(Tag::Sequence)?;
            description.add(list.value())?;
        }
        Ok(description)
    }

    fn add(&mut self, list: &'a [u8]) -> Der<()> {
        let mut reader = SliceReader::new(list)?;
        for item in items(&mut reader)? {
            if item.tag().class() != Class::ContextSpecific {
                continue;
            }
            match item.tag().number().value() {
                ALL_APPLICATIONS => self.all_applications = true,
                ORIGIN => {
                    let origin = AnyRef::from_der(item.value())?;
                    origin.tag().assert_eq(Tag::Integer)?;
                    self.origins.push(origin.value());
                }
                PURPOSE => {
                    let set = AnyRef::from_der(item.value())?;
                    set.tag().assert_eq(Tag::Set)?;
                    let mut reader = SliceReader::new(set.value())?;
                    self.purposes
                        .extend(items(&mut reader)?.into_iter().map(AnyRef::value));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Bound to one app, made inside (0, `KM_ORIGIN_GENERATED`), for signing (2) and at most for
    /// verifying (3), which anybody can.
    fn is_of_credential(&self) -> bool {
        !self.all_applications
            && !self.origins.is_empty()
            && self.origins.iter().all(|origin| *origin == [0])
            && self.purposes.contains(&[2].as_slice())
            && self
                .purposes
                .iter()
                .all(|purpose| matches!(purpose, [2 | 3]))
    }
}

fn items<'a>(reader: &mut SliceReader<'a>) -> Der<Vec<AnyRef<'a>>> {
    let mut items = Vec::new();
    while !reader.is_finished() {
        items.push(AnyRef::decode(reader)?);
    }
    Ok(items)
}
