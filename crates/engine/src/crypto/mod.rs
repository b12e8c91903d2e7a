// SPDX-License-Identifier: EUPL-1.2
//! The primitives of 20-protocol §2, each in one place: luck, HKDF, AES-256-GCM, hybrid HPKE, ECDSA.

pub mod aead;
pub mod kdf;
pub mod luck;
pub mod pad;
pub mod seal;
pub mod secret;
pub mod sign;

pub use luck::{Luck, LuckSource};
pub use secret::Secret;

/// What failed; deliberately without details an attacker could learn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CryptoError {
    #[error("a key has the wrong form")]
    Key,
    #[error("does not open")]
    Open,
    #[error("signature does not fit")]
    Signature,
}
