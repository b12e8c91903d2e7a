// SPDX-License-Identifier: EUPL-1.2
//! What the command line says to people.

use client_api::Notice;

pub const UNEXPECTED: &str = "internal: an answer of the wrong kind";
pub const BUSY: &str = "this profile is in use by another process";
pub const LEFT_IN_OUTBOX: &str = "what was to be sent stays in the outbox and goes out with the next command";
pub const WAITING: &str = "waiting for approval; run `sync` later";
pub const NOT_APPROVED: &str = "not approved in time; run `sync` later";
pub const ENROLMENT_REFUSED: &str = "enrolment refused";
pub const ROOT_EXISTS: &str = "the root file exists already and is not overwritten";
pub const ASK_PASSPHRASE: &str = "Passphrase for the root key: ";
pub const ASK_AGAIN: &str = "Once more: ";
pub const PASSPHRASES_DIFFER: &str = "the two passphrases differ";
pub const NO_PASSPHRASE: &str = "no passphrase: set ROHRPOST_ROOT_PASSPHRASE or use a terminal";
pub const NO_CONVERSATION: &str = "there is no such conversation";
pub const NO_ATTACHMENT: &str = "there is no such attachment";
pub const ATTACHMENT_GONE: &str = "the attachment is gone from the server: ask its sender";
pub const ATTACHMENT_LATE: &str = "the attachment did not arrive in time";
pub const NO_COLUMN: &str = "the table needs the columns name,unit";
pub const GAP: &str = "[messages are missing here]";
pub const EXPIRED: &str = "[message expired]";
pub const DELETED: &str = "[message deleted]";

/// A line of a conversation's own about its sender.
pub fn notice(notice: Option<Notice>) -> &'static str {
    match notice {
        Some(Notice::Joined) => "[joined the group]",
        Some(Notice::Leaves) => "[leaves the group]",
        Some(Notice::Gone) => "[is no longer in the group]",
        Some(Notice::YouAreOut) => "[you are no longer in the group]",
        Some(Notice::SetUpAnew) => "[set up the group anew]",
        Some(Notice::NotForwarded) => "[not handed on: the attachment is gone from the server]",
        None => "[something this version does not know]",
    }
}

pub const AGENT_READY: &str = "agent ready";
