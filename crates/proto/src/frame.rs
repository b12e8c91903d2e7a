// SPDX-License-Identifier: EUPL-1.2
//! The frames of one WebSocket connection.

use crate::{
    error::ErrorCode,
    id::{BranchId, InboxId, Nonce, RecoveryId},
    reply::{Deposit, LogEntry, Reply},
    request::Request,
};
use minicbor::{Decode, Encode};

/// Chosen by the client, unique among its unanswered requests of one connection.
pub type RequestId = u32;

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ClientFrame {
    #[n(0)]
    pub id: RequestId,
    #[n(1)]
    pub request: Request,
}

/// The server's first frame.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Hello {
    /// Part of every proof given on this connection.
    #[n(0)]
    pub nonce: Nonce,
    #[n(1)]
    pub recovery: RecoveryId,
    /// The server's clock, milliseconds since 1970.
    #[n(2)]
    pub now_millis: u64,
}

/// What arrives unasked on opened branches and inboxes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Push {
    /// A hint as good as the entry itself: numbers may arrive twice or leave a hole, then read.
    #[n(0)]
    #[cbor(map)]
    Entry {
        #[n(0)]
        branch: BranchId,
        #[n(1)]
        entry: LogEntry,
    },
    #[n(1)]
    #[cbor(map)]
    Deposit {
        #[n(0)]
        inbox: InboxId,
        #[n(1)]
        deposit: Deposit,
    },
    /// Pushes were left out because this reader was slow: read the branch from the cursor.
    #[n(2)]
    #[cbor(map)]
    Behind {
        #[n(0)]
        branch: BranchId,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum ServerFrame {
    #[n(0)]
    Hello(#[n(0)] Hello),
    #[n(1)]
    Reply(#[n(0)] RequestId, #[n(1)] Reply),
    #[n(2)]
    Error(#[n(0)] RequestId, #[n(1)] ErrorCode),
    #[n(3)]
    Push(#[n(0)] Push),
}
