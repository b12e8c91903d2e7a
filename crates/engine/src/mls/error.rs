// SPDX-License-Identifier: EUPL-1.2
//! Why a group operation fails, in our words.

use super::{identity::IdentityError, rules::Breach};
use crate::cert::CertError;
use mls_rs::error::{AnyError, MlsError};

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GroupError {
    /// Not what it should be, or of another group or version: drop it.
    #[error("not a message of this group")]
    Malformed,
    /// Of an earlier or later epoch: drop it.
    #[error("of another epoch")]
    Epoch,
    /// Decryption or signature fails, or its key was used before: drop it.
    #[error("does not open")]
    Open,
    /// More keys of its sender were skipped than are kept: drop it, or be added again if entries are missing here.
    #[error("too far ahead")]
    Ahead,
    /// A proposal other than leaving: drop it.
    #[error("a proposal nobody may make")]
    Proposal,
    /// Sent by this very leaf: own entries are never given to the group.
    #[error("sent by this device")]
    Own,
    /// A certificate chain is refused.
    #[error(transparent)]
    Cert(#[from] CertError),
    /// The commit would break the rules of the group.
    #[error(transparent)]
    Policy(#[from] Breach),
    /// Somebody wants to leave: commit first.
    #[error("a commit must come first")]
    CommitFirst,
    #[error("no such leaf")]
    NoSuchLeaf,
    /// The group accepts a root this device does not.
    #[error("the group trusts a foreign root")]
    ForeignRoot,
    /// The Welcome is for a key package this device no longer holds, or broken.
    #[error("the welcome is not for us")]
    Welcome,
    /// The key package is not good for adding its device.
    #[error("the key package is not usable")]
    KeyPackage,
    /// The chosen cipher suite does not work with certificates of today.
    #[error("the suite needs other keys")]
    Suite,
    /// A stored state can't be read, or the library failed otherwise: our bug.
    #[error("the group library failed")]
    Library,
}

/// What the library's error means when it is not about a commit's verdict.
impl From<MlsError> for GroupError {
    fn from(error: MlsError) -> Self {
        match error {
            MlsError::IdentityProviderError(inner) => cert_error(&inner).map_or(Self::KeyPackage, Self::Cert),
            MlsError::MlsRulesError(inner) => breach(&inner).map_or(Self::Library, Self::Policy),
            MlsError::SerializationError(_)
            | MlsError::GroupIdMismatch
            | MlsError::ProtocolVersionMismatch
            | MlsError::UnexpectedMessageType
            | MlsError::UnencryptedApplicationMessage => Self::Malformed,
            MlsError::InvalidEpoch | MlsError::EpochNotFound => Self::Epoch,
            MlsError::CryptoProviderError(_)
            | MlsError::InvalidSignature
            | MlsError::KeyMissing(_)
            | MlsError::InvalidLeafConsumption => Self::Open,
            MlsError::InvalidFutureGeneration(_) => Self::Ahead,
            MlsError::CantProcessMessageFromSelf => Self::Own,
            MlsError::CommitRequired => Self::CommitFirst,
            MlsError::LeafNotFound(_) | MlsError::InvalidNodeIndex(_) | MlsError::RemovingNonExistingMember => {
                Self::NoSuchLeaf
            }
            MlsError::WelcomeKeyPackageNotFound | MlsError::InvalidWelcomeMessage => Self::Welcome,
            MlsError::InvalidLifetime { .. }
            | MlsError::CipherSuiteMismatch
            | MlsError::UnsupportedCipherSuite(_)
            | MlsError::DuplicateLeafData(_)
            | MlsError::UnsupportedGroupExtension(_)
            | MlsError::InvalidInitKey
            | MlsError::InitLeafKeyEquality => Self::KeyPackage,
            _ => Self::Library,
        }
    }
}

pub(super) fn cert_error(error: &AnyError) -> Option<CertError> {
    match error.inner_dyn_error().downcast_ref::<IdentityError>() {
        Some(IdentityError::Cert(cert)) => Some(*cert),
        _ => None,
    }
}

pub(super) fn breach(error: &AnyError) -> Option<Breach> {
    error.inner_dyn_error().downcast_ref::<Breach>().copied()
}
