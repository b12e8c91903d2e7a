// SPDX-License-Identifier: EUPL-1.2
//! The whole directory at one point, and what says where it lies.

use super::{
    BlobRef, DirKey, FormatError, Record, Scope, SignedIn, open_blob, record,
    sign::{Part, sign},
};
use crate::{
    blob::{self, seal_blob},
    crypto::{Secret, sign::SigningKey},
};
use client_api::{DeviceId, IssuerId};
use minicbor::{Decode, Encode, bytes::ByteVec};
use proto::{BlobId, ContentHash, LogId, PublicKey};

/// Package roots a snapshot may carry: more rekeys than this in 100 days are not kept.
pub const PACKAGE_ROOTS: usize = 1_024;

/// A snapshot as it is written and, once verified, used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    pub d: u32,
    pub log: LogId,
    pub records: Vec<Record>,
    /// (x, KPROOT_x) of the rekeys of the last 100 days.
    pub package_roots: Vec<(u32, Secret)>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Wire {
    #[n(0)]
    d: u32,
    #[n(1)]
    log: LogId,
    /// The certificate of the issuer who signed the batches, for those who know no issuer yet.
    #[n(2)]
    issuer_cert: ByteVec,
    #[n(3)]
    batches: Vec<ByteVec>,
    #[n(4)]
    package_roots: Vec<(u32, Secret)>,
}

impl Snapshot {
    /// Signs in batches and seals for the blob `id`.
    ///
    /// # Errors
    /// [`FormatError::TooLarge`] or [`FormatError::Malformed`].
    pub fn seal(
        &self,
        signer: &SigningKey,
        issuer_cert: &[u8],
        scope: &Scope,
        key: &DirKey,
        id: &BlobId,
    ) -> Result<Vec<u8>, FormatError> {
        if (self.d, self.log) != (scope.d, scope.log) || self.package_roots.len() > PACKAGE_ROOTS {
            return Err(FormatError::Malformed);
        }
        let runs = super::split(&self.records, record::RECORDS_BYTES);
        let count = u32::try_from(runs.len()).map_err(|_| FormatError::TooLarge)?;
        let batches = runs.into_iter().zip(0..).map(|(run, number)| {
            Ok(ByteVec::from(sign(signer, scope, Part::SnapshotChunk(number, count), record::encode(run)?)))
        });
        let wire = Wire {
            d: self.d,
            log: self.log,
            issuer_cert: issuer_cert.to_vec().into(),
            batches: batches.collect::<Result<_, FormatError>>()?,
            package_roots: self.package_roots.clone(),
        };
        Ok(seal_blob(&key.snapshot_key(id), &proto::encode(&wire))?)
    }
}

/// A snapshot nobody has verified yet.
pub struct SnapshotIn(Wire);

impl SnapshotIn {
    /// # Errors
    /// [`FormatError::Open`], [`FormatError::TooLarge`] or [`FormatError::Malformed`].
    pub fn open(key: &DirKey, id: &BlobId, sealed: &[u8]) -> Result<Self, FormatError> {
        Self::parse(&open_blob(&key.snapshot_key(id), sealed)?)
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, FormatError> {
        let wire: Wire = proto::decode(bytes, blob::SEALED_BYTES)?;
        if wire.package_roots.len() > PACKAGE_ROOTS || wire.issuer_cert.len() > crate::cert::CERT_BYTES {
            return Err(FormatError::TooLarge);
        }
        Ok(Self(wire))
    }

    /// To be verified with [`crate::cert::verify_issuer`].
    pub fn issuer_cert(&self) -> &[u8] {
        &self.0.issuer_cert
    }

    /// All batches are there, in order, signed by `issuer` for `scope`.
    ///
    /// # Errors
    /// [`FormatError`]: which step failed.
    pub fn verify(self, issuer: &PublicKey, scope: &Scope) -> Result<Snapshot, FormatError> {
        let wire = self.0;
        if (wire.d, wire.log) != (scope.d, scope.log) {
            return Err(FormatError::Part);
        }
        let count = u32::try_from(wire.batches.len()).map_err(|_| FormatError::TooLarge)?;
        let mut records = Vec::new();
        for (batch, number) in wire.batches.iter().zip(0..) {
            let batch = SignedIn::parse(batch)?;
            records.extend(record::decode(batch.verify(issuer, scope, Part::SnapshotChunk(number, count))?)?);
        }
        Ok(Snapshot { d: wire.d, log: wire.log, records, package_roots: wire.package_roots })
    }
}

/// The directory's write key of the new branch for one issuer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SealedWriteKey {
    #[n(0)]
    pub issuer: IssuerId,
    #[n(1)]
    pub sealed: ByteVec,
}

/// What the commit of a rekey to d carries; signed for d, sealed under d - 1.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RekeyNotice {
    #[n(0)]
    pub d: u32,
    #[n(1)]
    pub snapshot: BlobRef,
    #[n(2)]
    pub wraps: BlobRef,
    #[n(3)]
    pub kem: BlobRef,
    /// Devices that get no wrap any more.
    #[n(4)]
    pub removed: Vec<DeviceId>,
    /// Slots in use.
    #[n(5)]
    pub devices: u32,
    #[n(6)]
    pub write_keys: Vec<SealedWriteKey>,
    /// Entries of the branch its author had read: it holds only as the very next one, else it would lose some.
    #[n(7)]
    pub n: u32,
}

/// A snapshot within an epoch; covers the branch up to entry `n`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SnapshotNotice {
    #[n(0)]
    pub n: u32,
    /// Chain head after entry `n`.
    #[n(1)]
    pub head: ContentHash,
    #[n(2)]
    pub snapshot: BlobRef,
    #[n(3)]
    pub kem: BlobRef,
    #[n(4)]
    pub devices: u32,
}

#[cfg(test)]
impl SnapshotIn {
    /// Tampers before verifying.
    pub(super) fn change_batches(&mut self, change: &dyn Fn(&mut Vec<ByteVec>)) {
        change(&mut self.0.batches);
    }
}
