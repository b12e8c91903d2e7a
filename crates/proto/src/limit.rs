// SPDX-License-Identifier: EUPL-1.2
//! Sizes and counts both sides hold to. Sizes are in bytes unless the name says otherwise.

/// Largest frame on the WebSocket, either direction: a commit plus its surroundings.
pub const FRAME_BYTES: usize = COMMIT_ENVELOPE_BYTES + 16 * 1024;
/// Largest envelope of an ordinary entry.
pub const ENTRY_ENVELOPE_BYTES: usize = 256 * 1024;
/// Largest envelope of a commit.
pub const COMMIT_ENVELOPE_BYTES: usize = 4 * 1024 * 1024;
/// Smallest envelope: shorter plaintexts are padded up to it.
pub const ENVELOPE_MIN_BYTES: usize = 512;
/// Largest inbox deposit.
pub const DEPOSIT_BYTES: usize = 64 * 1024;
/// Deposits that may wait in one inbox.
pub const DEPOSITS_PER_INBOX: u32 = 256;
/// Deposits one connection may leave in one inbox per hour.
pub const DEPOSITS_PER_CONNECTION_AND_INBOX: u32 = 8;
/// Deposits one pass may make in total.
pub const DEPOSITS_PER_PASS: u32 = 3;
/// Every sealed key package has exactly this size.
pub const KEY_PACKAGE_BYTES: usize = 8 * 1024;
/// Key packages an inbox holds, the last-resort one not counted.
pub const KEY_PACKAGES_PER_INBOX: usize = 32;
/// One blob chunk on the wire; all but the last have exactly this size.
pub const BLOB_CHUNK_BYTES: usize = 1024 * 1024;
/// Largest blob, in size-bucket terms.
pub const BLOB_BYTES: u64 = 512 * 1024 * 1024;
/// Entries one `log.read` page holds at most.
pub const PAGE_ENTRIES: u32 = 256;
/// A page stops growing once it holds this much.
pub const PAGE_BYTES: usize = 1024 * 1024;
/// Candidates beyond the first that one branch may get.
pub const EXTRA_CANDIDATES: u32 = 32;
/// Pause between candidates beyond the first.
pub const CANDIDATE_PAUSE_SECS: u64 = 10;
/// Branches one connection may hold open.
pub const OPEN_BRANCHES_PER_CONNECTION: usize = 4096;
/// Inboxes one connection may hold open.
pub const OPEN_INBOXES_PER_CONNECTION: usize = 8;
/// A pass is good for this long after it was made.
pub const PASS_DAYS: u32 = 14;
/// Deposits, tree blobs and key packages live at least this long.
pub const FIRST_CONTACT_DAYS: u32 = 100;
/// Ids of dead branches are remembered this long (answer `gone`).
pub const DEAD_BRANCH_DAYS: u32 = 365;
