// SPDX-License-Identifier: EUPL-1.2
//! The letters of renewal: administrator → device (a new user certificate), device → administrator (one is wanted).

use super::LetterError;
use crate::{
    cert::CERT_BYTES,
    crypto::{
        Luck,
        seal::{SealKey, SealPublic},
        sign::{self, SigningKey},
    },
};
use minicbor::{Decode, Encode, bytes::ByteVec};
use proto::{AuthorityId, Hour, InboxId, PublicKey, Signature};

const LETTER_BYTES: usize = 4 * 1024;

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum RenewalLetter {
    /// A user certificate and its issuer's.
    #[n(0)]
    Renewed(#[n(0)] ByteVec, #[n(1)] ByteVec),
    #[n(1)]
    Wanted(#[n(0)] Wanted),
}

/// A device whose user certificate ends soon; its id follows from key and inbox.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Wanted {
    #[n(0)]
    pub device_key: PublicKey,
    #[n(1)]
    pub inbox: InboxId,
    #[n(2)]
    pub at: Hour,
    /// By the device key.
    #[n(3)]
    pub signature: Signature,
}

impl Wanted {
    pub fn sign(key: &SigningKey, authority: &AuthorityId, inbox: InboxId, at: Hour) -> Self {
        let signature = key.sign(&Self::signed_bytes(authority, &inbox, at));
        Self { device_key: key.public(), inbox, at, signature }
    }

    pub fn is_signed(&self, authority: &AuthorityId) -> bool {
        sign::verify(&self.device_key, &Self::signed_bytes(authority, &self.inbox, self.at), &self.signature).is_ok()
    }

    /// "rp1 renewal wanted" ‖ authority ‖ inbox ‖ hour.
    fn signed_bytes(authority: &AuthorityId, inbox: &InboxId, at: Hour) -> Vec<u8> {
        [b"rp1 renewal wanted".as_slice(), authority.as_ref(), inbox.as_ref(), &at.0.to_be_bytes()].concat()
    }
}

fn info(authority: &AuthorityId) -> Vec<u8> {
    [b"rp1 renewal".as_slice(), authority.as_ref()].concat()
}

/// # Errors
/// [`LetterError::TooLarge`] or [`LetterError::Malformed`].
pub fn seal_renewal(
    luck: &Luck,
    authority: &AuthorityId,
    to: &SealPublic,
    letter: &RenewalLetter,
) -> Result<Vec<u8>, LetterError> {
    check(letter)?;
    to.seal(luck, &info(authority), b"", &proto::encode(letter)).map_err(|_| LetterError::Malformed)
}

/// What is in it is still to be verified.
///
/// # Errors
/// [`LetterError`].
pub fn open_renewal(own: &SealKey, authority: &AuthorityId, sealed: &[u8]) -> Result<RenewalLetter, LetterError> {
    if sealed.len() > 2 * LETTER_BYTES {
        return Err(LetterError::TooLarge);
    }
    decode(&own.open(&info(authority), b"", sealed).map_err(|_| LetterError::Open)?)
}

fn decode(bytes: &[u8]) -> Result<RenewalLetter, LetterError> {
    let letter = proto::decode(bytes, LETTER_BYTES).map_err(|_| LetterError::Malformed)?;
    check(&letter).map(|()| letter)
}

fn check(letter: &RenewalLetter) -> Result<(), LetterError> {
    match letter {
        RenewalLetter::Renewed(user, issuer) if user.len() > CERT_BYTES || issuer.len() > CERT_BYTES => {
            Err(LetterError::TooLarge)
        }
        _ => Ok(()),
    }
}

/// What stands behind the seal.
pub(super) fn fuzz(bytes: &[u8]) {
    if let Ok(letter) = decode(bytes) {
        assert_eq!(decode(&proto::encode(&letter)).as_ref(), Ok(&letter), "a letter changes");
    }
}
