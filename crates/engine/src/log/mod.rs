// SPDX-License-Identifier: EUPL-1.2
//! What every log has in common: keys of an epoch, envelopes, authenticated data and the hash chain (20-protocol §3, §4).

pub mod aad;
pub mod chain;
pub mod directory;
pub mod envelope;
pub mod keys;
#[cfg(test)]
mod tests;

pub use aad::Aad;
pub use chain::{Chain, ChainError};
pub use directory::{DirKey, package_key};
pub use envelope::{EnvelopeError, Payload, Place};
pub use keys::EpochKeys;
