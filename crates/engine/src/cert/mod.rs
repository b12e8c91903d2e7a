// SPDX-License-Identifier: EUPL-1.2
//! Certificates root → issuer → user → device: issuing them, and judging a chain [device, user, issuer] by our own fixed profile.

mod form;
pub mod issue;
mod read;
pub mod revocation;
pub mod seen;
#[cfg(test)]
mod tests;
pub mod verify;

pub use issue::{issue_device, issue_issuer, issue_user};
pub use revocation::Revocation;
pub use seen::Seen;
pub use verify::{
    ChainIn, DeviceIdentity, IssuerIdentity, fits_leaf, fuzz, parse_chain, validity, verify, verify_issuer,
};

use client_api::IssuerId;
use proto::PublicKey;
use sha2::{Digest, Sha256};

/// Largest certificate, DER, in bytes.
pub const CERT_BYTES: usize = 700;
/// Days an issuer certificate is valid.
pub const ISSUER_DAYS: u64 = 365;
/// Days a user certificate is valid.
pub const USER_DAYS: u64 = 180;
/// Days a device certificate is valid.
pub const DEVICE_DAYS: u64 = 30;
/// A certificate is valid this long before it was made: groups state their time in whole hours, and clocks differ,
/// some by hours.
pub const BACKDATE_SECS: u64 = 24 * 3600;

/// When a certificate is valid, both ends included, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    pub from_secs: u64,
    pub to_secs: u64,
}

/// Why a chain is refused. All of them are final for these bytes, except the two about time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertError {
    #[error("a chain is exactly device, user, issuer")]
    Length,
    #[error("a certificate is larger than the limit")]
    TooLarge,
    #[error("not strict DER of a version 3 certificate")]
    Form,
    #[error("signature algorithm or key type outside the profile")]
    Algorithm,
    #[error("an extension is missing, doubled or malformed")]
    Extension,
    #[error("a critical extension nobody here knows")]
    UnknownCritical,
    #[error("issuer or user certificate may not issue")]
    MayNotIssue,
    #[error("path length outside the profile")]
    PathLength,
    #[error("the device certificate may issue")]
    DeviceMayIssue,
    #[error("key usage outside the profile")]
    KeyUsage,
    #[error("issuer name is not the parent's subject")]
    NameChain,
    #[error("a subject is not in the fixed form")]
    Subject,
    #[error("the user belongs to another authority than the issuer")]
    Authority,
    #[error("key identifiers do not match the keys")]
    KeyId,
    #[error("a certificate outlives its parent")]
    Outlives,
    #[error("signed by no accepted root")]
    ForeignRoot,
    #[error("a signature does not fit")]
    Signature,
    #[error("not valid yet")]
    NotYetValid,
    #[error("expired")]
    Expired,
    #[error("leaf and certificate have different keys")]
    LeafKey,
}

/// The first 16 bytes of SHA-256("rp1 issuer" ‖ issuer key).
pub fn issuer_id(key: &PublicKey) -> IssuerId {
    let hash: [u8; 32] = Sha256::new_with_prefix(b"rp1 issuer").chain_update(key).finalize().into();
    IssuerId(first(hash))
}

/// The first `N` bytes of a hash.
fn first<const N: usize>(hash: [u8; 32]) -> [u8; N] {
    let mut out = [0; N];
    out.iter_mut().zip(hash).for_each(|(slot, byte)| *slot = byte);
    out
}
