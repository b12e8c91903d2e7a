// SPDX-License-Identifier: EUPL-1.2
//! What goes into the engine and what comes out; all effects on the world are outputs.

use client_api::{Answer, Command, CommandError, Event, Timestamp};
use proto::{ErrorCode, Hello, Push, Reply, Request, blob::BlobReply, blob::BlobRequest};

/// Chosen by the caller; comes back in [`Output::Done`].
pub type CommandId = u64;
/// Chosen by the engine; comes back in [`Input::Reply`] or [`Input::Transferred`].
pub type RequestId = u32;

/// Why a request has no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The server's answer.
    Refused(ErrorCode),
    /// The connection broke; it may or may not have been done.
    Lost,
}

#[derive(Clone, Debug)]
pub enum Input {
    Command(CommandId, Command),
    /// A connection stands and the server has said hello. `origin`: `scheme://host[:port]` as dialled.
    Online {
        hello: Hello,
        origin: String,
    },
    /// The connection is gone; every unanswered request with it.
    Offline,
    Pushed(Push),
    Reply(RequestId, Result<Reply, Failure>),
    Transferred(RequestId, Result<BlobReply, Failure>),
    /// The time of [`crate::Engine::next_wakeup`] has come.
    Wakeup,
}

#[expect(
    clippy::large_enum_variant,
    reason = "short-lived and moved once; boxing would only add an allocation per request"
)]
#[derive(Clone, Debug)]
pub enum Output {
    /// Over the WebSocket.
    Request(RequestId, Request),
    /// Over HTTPS, no connection state needed; failed ones are asked for again by the engine after a pause.
    Transfer(RequestId, BlobRequest),
    Event(Event),
    Done(CommandId, Result<Answer, CommandError>),
    /// Close and dial again (with back-off): the other side broke the protocol.
    Reconnect,
}

/// When `next_wakeup` is absent nothing needs to happen until something comes in.
pub type Wakeup = Option<Timestamp>;
