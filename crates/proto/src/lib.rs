// SPDX-License-Identifier: EUPL-1.2
//! What goes over the wire between client and server: frames, ids, limits, proofs and stable error codes (RP/1, docs/protocol.md).

pub mod authority;
pub mod blob;
pub mod chain;
pub mod codec;
pub mod error;
pub mod frame;
pub mod fuzz;
pub mod id;
pub mod key;
pub mod limit;
pub mod proof;
pub mod reply;
pub mod request;
pub mod ttl;

pub use authority::{AuthorityStatement, IssuerGrant, Pass, StatementSigner};
pub use codec::{DecodeError, decode, encode};
pub use error::ErrorCode;
pub use frame::{ClientFrame, Hello, Push, RequestId, ServerFrame};
pub use id::{AuthorityId, BlobId, BranchId, ContentHash, InboxId, InviteId, LogId, Nonce, RecoveryId};
pub use key::{PublicKey, RootPublicKey, RootSignature, Signature};
pub use reply::{EntryKind, LogEntry, Reply};
pub use request::{MemberProof, NextKeys, Request, Voucher};
pub use ttl::{Hour, TtlClass};
