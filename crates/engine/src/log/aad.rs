// SPDX-License-Identifier: EUPL-1.2
//! MLS authenticated data: what its sender had read, and the hour it states.

use minicbor::{Decode, Encode};
use proto::{BranchId, ContentHash, Hour};

/// Longest encoding in bytes.
pub const AAD_BYTES: usize = 96;

/// CBOR{branch, n, head, at}.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Aad {
    #[n(0)]
    pub branch: BranchId,
    /// Number of the last entry the sender had read in `branch`, not its own; 0: none.
    #[n(1)]
    pub n: u32,
    /// Head of the chain after entry `n`.
    #[n(2)]
    pub head: ContentHash,
    /// The hour the sender states.
    #[n(3)]
    pub at: Hour,
}

/// The bytes are not the one encoding of authenticated data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not authenticated data")]
pub struct AadError;

impl Aad {
    pub fn encode(&self) -> Vec<u8> {
        minicbor::to_vec(self).expect("encoding to memory does not fail")
    }

    /// # Errors
    /// [`AadError`] unless `bytes` is exactly what [`Self::encode`] writes.
    pub fn decode(bytes: &[u8]) -> Result<Self, AadError> {
        if bytes.len() > AAD_BYTES {
            return Err(AadError);
        }
        let aad: Self = minicbor::decode(bytes).map_err(|_| AadError)?;
        if aad.encode() == bytes { Ok(aad) } else { Err(AadError) }
    }
}
