// SPDX-License-Identifier: EUPL-1.2
//! What an issuer signs: exactly these bytes, for exactly one place.

use super::{
    FormatError, RekeyNotice, SnapshotNotice,
    record::{self, RECORDS, Record},
};
use crate::{
    cert::issuer_id,
    crypto::sign::{self, SigningKey},
};
use client_api::IssuerId;
use minicbor::{Decode, Encode, bytes::ByteVec};
use proto::{AuthorityId, LogId, PublicKey, Signature, chain::content_hash};

/// Largest notice in bytes: 1,024 write keys and a list of removed devices.
pub const NOTICE_BYTES: usize = 2 * 1024 * 1024;
const SIGNED_BYTES: usize = record::RECORDS_BYTES + 1024;

/// Which directory something is signed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    pub authority: AuthorityId,
    pub log: LogId,
    /// Directory epoch.
    pub d: u32,
}

/// What signed bytes are; part of what is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Part {
    /// New records in an entry.
    #[n(0)]
    Records,
    /// Records of a snapshot: chunk `0`-based of `1` in all.
    #[n(1)]
    SnapshotChunk(#[n(0)] u32, #[n(1)] u32),
    #[n(2)]
    SnapshotNotice,
    /// In the commit that closes epoch d - 1; signed for d.
    #[n(3)]
    Rekey,
}

impl Part {
    fn signed_bytes(self) -> Vec<u8> {
        let (code, number, count) = match self {
            Self::Records => (0, 0, 0),
            Self::SnapshotChunk(number, count) => (1, number, count),
            Self::SnapshotNotice => (2, 0, 0),
            Self::Rekey => (3, 0, 0),
        };
        [[code].as_slice(), &u32::to_be_bytes(number), &u32::to_be_bytes(count)].concat()
    }
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Signed {
    #[n(0)]
    issuer: IssuerId,
    #[n(1)]
    part: Part,
    #[n(2)]
    bytes: ByteVec,
    #[n(3)]
    signature: Signature,
}

fn signed_bytes(scope: &Scope, part: Part, bytes: &[u8]) -> Vec<u8> {
    [
        b"rp1 directory".as_slice(),
        scope.authority.as_ref(),
        scope.log.as_ref(),
        &scope.d.to_be_bytes(),
        &part.signed_bytes(),
        content_hash(bytes).as_ref(),
    ]
    .concat()
}

pub(super) fn sign(key: &SigningKey, scope: &Scope, part: Part, bytes: Vec<u8>) -> Vec<u8> {
    let signature = key.sign(&signed_bytes(scope, part, &bytes));
    proto::encode(&Signed { issuer: issuer_id(&key.public()), part, bytes: bytes.into(), signature })
}

/// At most [`RECORDS`] records, signed at once.
///
/// # Errors
/// Those of [`record::encode`].
pub fn sign_records(key: &SigningKey, scope: &Scope, records: &[Record]) -> Result<Vec<u8>, FormatError> {
    Ok(sign(key, scope, Part::Records, record::encode(records)?))
}

/// # Errors
/// [`FormatError::TooLarge`].
pub fn sign_rekey(key: &SigningKey, scope: &Scope, notice: &RekeyNotice) -> Result<Vec<u8>, FormatError> {
    let bytes = proto::encode(notice);
    if bytes.len() > NOTICE_BYTES { Err(FormatError::TooLarge) } else { Ok(sign(key, scope, Part::Rekey, bytes)) }
}

pub fn sign_snapshot_notice(key: &SigningKey, scope: &Scope, notice: &SnapshotNotice) -> Vec<u8> {
    sign(key, scope, Part::SnapshotNotice, proto::encode(notice))
}

/// Cuts records into runs of at most [`RECORDS`] that take at most `limit_bytes` encoded; a larger record stays alone.
pub fn split(records: &[Record], limit_bytes: usize) -> Vec<&[Record]> {
    let (mut runs, mut rest) = (Vec::new(), records);
    while !rest.is_empty() {
        let (mut size, mut count) = (16, 0);
        for record in rest.iter().take(RECORDS) {
            size += proto::encode(record).len();
            if count > 0 && size > limit_bytes {
                break;
            }
            count += 1;
        }
        let (run, after) = rest.split_at_checked(count).unwrap_or((rest, &[]));
        runs.push(run);
        rest = after;
    }
    runs
}

/// Signed bytes nobody has verified yet.
pub struct SignedIn(Signed);

impl SignedIn {
    /// # Errors
    /// [`FormatError::TooLarge`] or [`FormatError::Malformed`].
    pub fn parse(bytes: &[u8]) -> Result<Self, FormatError> {
        Ok(Self(proto::decode(bytes, SIGNED_BYTES)?))
    }
    /// Whose key to verify with.
    pub fn issuer(&self) -> IssuerId {
        self.0.issuer
    }
    pub fn part(&self) -> Part {
        self.0.part
    }

    /// New records of an entry.
    ///
    /// # Errors
    /// [`FormatError`]: which step failed.
    pub fn verify_records(&self, key: &PublicKey, scope: &Scope) -> Result<Vec<Record>, FormatError> {
        record::decode(self.verify(key, scope, Part::Records)?)
    }

    /// # Errors
    /// [`FormatError`]: which step failed.
    pub fn verify_rekey(&self, key: &PublicKey, scope: &Scope) -> Result<RekeyNotice, FormatError> {
        Ok(proto::decode(self.verify(key, scope, Part::Rekey)?, NOTICE_BYTES)?)
    }

    /// # Errors
    /// [`FormatError`]: which step failed.
    pub fn verify_snapshot_notice(&self, key: &PublicKey, scope: &Scope) -> Result<SnapshotNotice, FormatError> {
        Ok(proto::decode(self.verify(key, scope, Part::SnapshotNotice)?, NOTICE_BYTES)?)
    }

    pub(super) fn verify(&self, key: &PublicKey, scope: &Scope, part: Part) -> Result<&[u8], FormatError> {
        if self.0.part != part {
            return Err(FormatError::Part);
        }
        if self.0.issuer != issuer_id(key) {
            return Err(FormatError::Issuer);
        }
        sign::verify(key, &signed_bytes(scope, part, &self.0.bytes), &self.0.signature)
            .map_err(|_| FormatError::Signature)?;
        Ok(&self.0.bytes)
    }
}
