// SPDX-License-Identifier: EUPL-1.2
//! The directory on its way: signed records, keys, wraps, snapshots; nothing here knows a store or a server.

pub mod key;
pub mod record;
pub mod sign;
pub mod snapshot;
#[cfg(test)]
mod tests;
pub mod wrap;

use crate::crypto::pad::PadError;
pub use crate::{
    blob::{BlobError, BlobRef, open_blob, seal_blob},
    log::{DirKey, package_key},
};
pub use key::{key_package_epoch, open_key_package, seal_key_package};
pub use record::{
    Act, ActKind, Approval, Device, Function, Issuer, Name, Person, PersonState, Policy, Record, TrustedRoot, Unit,
};
pub use sign::{Part, Scope, SignedIn, sign_records, sign_rekey, sign_snapshot_notice, split};
pub use snapshot::{RekeyNotice, SealedWriteKey, Snapshot, SnapshotIn, SnapshotNotice};
pub use wrap::{
    IssuerSecrets, KEM_SLOT_BYTES, WRAP_SLOT_BYTES, open_issuer_keys, open_kem, open_wrap, open_write_key,
    seal_issuer_keys, seal_kem_blob, seal_wrap_blob, seal_write_key,
};

/// Why bytes of the directory are refused; final for these bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    #[error("longer than the limit")]
    TooLarge,
    #[error("not in the fixed form")]
    Malformed,
    #[error("signed by another issuer")]
    Issuer,
    #[error("signature does not fit")]
    Signature,
    #[error("signed for another place")]
    Part,
    #[error("does not open")]
    Open,
}

impl From<PadError> for FormatError {
    fn from(error: PadError) -> Self {
        match error {
            PadError::TooLarge => Self::TooLarge,
            PadError::Malformed => Self::Malformed,
        }
    }
}

impl From<BlobError> for FormatError {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::TooLarge => Self::TooLarge,
            BlobError::Malformed => Self::Malformed,
            BlobError::Open => Self::Open,
        }
    }
}

impl From<proto::DecodeError> for FormatError {
    fn from(error: proto::DecodeError) -> Self {
        if error == proto::DecodeError::TooLarge { Self::TooLarge } else { Self::Malformed }
    }
}

/// For mutators: what is accepted is written again and read as the same value.
pub fn fuzz(bytes: &[u8]) {
    if let Ok(records) = record::decode(bytes) {
        assert_eq!(record::decode(&proto::encode(&records)).as_ref(), Ok(&records), "records change");
    }
    if let Ok(signed) = SignedIn::parse(bytes) {
        let _ = (signed.issuer(), signed.part());
    }
    let _ = SnapshotIn::parse(bytes);
    let _ = proto::decode::<RekeyNotice>(bytes, sign::NOTICE_BYTES);
    let _ = proto::decode::<SnapshotNotice>(bytes, sign::NOTICE_BYTES);
    let _ = key_package_epoch(bytes);
}
