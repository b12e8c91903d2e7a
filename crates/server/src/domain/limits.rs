// SPDX-License-Identifier: EUPL-1.2
//! How much one connection may ask for; an operator can change these, the sizes in `proto::limit` are part of the wire.

/// Counts per connection. Held in memory only: a counter in a table would say who did how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// `log.append`, `log.commit` and `log.erase` per minute.
    pub writes_per_minute: u32,
    /// `log.create` per hour.
    pub logs_per_hour: u32,
    /// `inbox.create` per hour.
    pub inboxes_per_hour: u32,
    /// `blob.create` per hour.
    pub blobs_per_hour: u32,
    /// `inbox.claim` of one inbox per hour.
    pub claims_per_inbox_and_hour: u32,
    /// `inbox.deposit` by members into one inbox per hour.
    pub deposits_per_inbox_and_hour: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            writes_per_minute: 12_000,
            logs_per_hour: 2_000,
            inboxes_per_hour: 1_000,
            blobs_per_hour: 2_000,
            claims_per_inbox_and_hour: 32,
            deposits_per_inbox_and_hour: proto::limit::DEPOSITS_PER_CONNECTION_AND_INBOX,
        }
    }
}

/// Blobs that belong to no kept log expire after this many days at the latest: the longest retention class plus seven,
/// and never less than what first contact needs.
pub const BLOB_DAYS: u32 = proto::limit::FIRST_CONTACT_DAYS + 10;
/// How far an issuer's clock may be ahead when it dates a pass.
pub const PASS_SLACK_DAYS: u32 = 2;
/// An inbox nobody opened for this long is removed with all it holds.
pub const INBOX_UNUSED_DAYS: u32 = 400;
/// Most deposits named in one `inbox.delete`.
pub const DELETE_AT_ONCE: usize = 1024;
