// SPDX-License-Identifier: EUPL-1.2
//! Stable error codes: what the other side should do next, without inner details.

use minicbor::{Decode, Encode};

/// Numbers never change their meaning; new ones are added at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, thiserror::Error)]
#[cbor(index_only)]
pub enum ErrorCode {
    /// The bytes are not a valid request: our bug, do not repeat.
    #[n(0)]
    #[error("malformed request")]
    Malformed,
    /// The proof does not fit what is stored: walk the directory or the log, then try again.
    #[n(1)]
    #[error("not allowed")]
    Forbidden,
    /// It was there once and is no more.
    #[n(2)]
    #[error("gone")]
    Gone,
    /// Never heard of it.
    #[n(3)]
    #[error("unknown")]
    Unknown,
    /// Somebody else was first: read, then try again.
    #[n(4)]
    #[error("conflict")]
    Conflict,
    /// The branch has a candidate and takes no entries: read, move on, encrypt anew.
    #[n(5)]
    #[error("frozen")]
    Frozen,
    #[n(6)]
    #[error("too large")]
    TooLarge,
    /// Slow down and repeat later.
    #[n(7)]
    #[error("too many at once")]
    Rate,
    /// The store is full for this kind of thing: repeat much later.
    #[n(8)]
    #[error("quota exceeded")]
    Quota,
    /// The inbox has no key package left.
    #[n(9)]
    #[error("no key package left")]
    Exhausted,
    /// Range or offset does not fit the stored blob; read its state and go on from there.
    #[n(10)]
    #[error("offset does not fit")]
    Range,
    /// The server can't write right now (disk full, shutting down): nothing was stored, repeat later.
    #[n(11)]
    #[error("server not available")]
    Unavailable,
    /// The setup code is wrong or missing.
    #[n(12)]
    #[error("setup code needed")]
    SetupCode,
}
