// SPDX-License-Identifier: EUPL-1.2
//! What a device missed is handed over by whoever adds it again: messages with their signatures, sealed in a blob.

use super::{
    letter::Gap,
    message::{self, Origin, line},
    store,
};
use crate::{
    EngineError,
    blob::{SEALED_BYTES, open_blob, seal_blob},
    cert, content,
    crypto::Secret,
    db::{self, params},
    error::bug,
    outbox::{self, Purpose},
    profile::{self, Account},
    sync::{self, LogRow, LogState},
    turn::Turn,
};
use client_api::{ConversationId, MessageState, UserId, Why};
use minicbor::{Decode, Encode, bytes::ByteVec};
use proto::{BlobId, BranchId, LogId};

/// Bytes of messages handed over at once; the oldest beyond that are a declared gap.
const BYTES: usize = 16 * 1024 * 1024;

/// One message as its author signed it, and where it stood.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Missed {
    #[n(0)]
    body: ByteVec,
    /// The author's [device, user, issuer].
    #[n(1)]
    chain: Vec<ByteVec>,
    #[n(2)]
    branch: BranchId,
    #[n(3)]
    n: u32,
}

/// Where the gap of a device begins, as far as this device can tell.
#[derive(Clone, Copy)]
pub(super) enum Since {
    /// After this entry.
    Entry(BranchId, u32),
    /// With this epoch.
    Epoch(u64),
}

/// Collects what came after `since`, newest kept when it is too much; `first`: the epoch the device came in with.
pub(super) fn collect(
    turn: &mut Turn<'_>,
    conversation: &ConversationId,
    log: &LogId,
    since: Since,
    first: Option<u64>,
) -> Result<Gap, EngineError> {
    let Begin { mut after_epoch, mut entry, mut whole } = begin(turn, log, since)?;
    // Whatever is asked for: nothing from before the device came in, if this device saw it come.
    if let Some(first) = first.map(|first| first as i64 - 1).filter(|first| *first > after_epoch) {
        (after_epoch, entry) = (first, None);
    }
    let (mut bytes, mut all) = (0, Vec::new());
    for row in store::list_newest_first(turn.db, log, after_epoch, entry)? {
        bytes += row.body.len() + row.chain.len();
        if bytes > BYTES {
            whole = false;
            break;
        }
        let chain: Vec<ByteVec> = minicbor::decode(&row.chain).map_err(bug)?;
        all.push(Missed { body: row.body.into(), chain, branch: row.branch, n: row.n });
    }
    all.reverse();
    let sql = "SELECT 1 FROM message WHERE conversation = ?1 AND state = ?2 LIMIT 1";
    let holes = params![conversation.as_bytes(), MessageState::Gap as i64];
    whole &= db::find(turn.db, sql, holes, |_| Ok(()))?.is_none();
    let key = Secret::new(turn.random());
    if all.is_empty() {
        return Ok(Gap { messages: None, key, whole });
    }
    let sealed = seal_blob(&key, &proto::encode(&all)).map_err(bug)?;
    let id = BlobId(turn.random());
    Ok(Gap { messages: Some(outbox::put_blob(turn, id, sealed, None)?), key, whole })
}

/// Messages of epochs after one, and of one branch after an entry; and whether that is all there was.
struct Begin {
    after_epoch: i64,
    entry: Option<(BranchId, u32)>,
    whole: bool,
}

fn begin(turn: &Turn<'_>, log: &LogId, since: Since) -> Result<Begin, EngineError> {
    let (branch, n) = match since {
        Since::Epoch(epoch) => return Ok(Begin { after_epoch: epoch as i64 - 1, entry: None, whole: true }),
        Since::Entry(branch, n) => (branch, n),
    };
    let sql = "SELECT number FROM epoch WHERE log = ?1 AND branch = ?2";
    let epoch: Option<i64> = db::find(turn.db, sql, params![log.as_bytes(), branch.as_bytes()], |row| row.get(0))?;
    // This device came later than that: everything it has is news, and what was before it does not know.
    Ok(match epoch {
        Some(after_epoch) => Begin { after_epoch, entry: Some((branch, n)), whole: true },
        None => Begin { after_epoch: -1, entry: None, whole: false },
    })
}

/// A group was joined again: what was missed comes first, then the log is read on.
pub(super) fn expect(turn: &mut Turn<'_>, log: &LogRow, gap: &Gap) -> Result<(), EngineError> {
    let Some(conversation) = log.conversation else { return Ok(()) };
    let Some(messages) = &gap.messages else {
        return if gap.whole { Ok(()) } else { declare(turn, &conversation) };
    };
    db::run(
        turn.db,
        "REPLACE INTO gap (log, key, whole) VALUES (?1, ?2, ?3)",
        params![log.id.as_bytes(), gap.key.expose(), gap.whole],
    )?;
    sync::store::save(turn.db, &LogRow { state: LogState::Held, ..log.clone() })?;
    outbox::want_blob(turn, messages, 0, messages.size_bytes, Purpose::Gap, log.id.as_bytes())
}

/// The missed messages are here, or gone for good.
pub(crate) fn gap_arrived(turn: &mut Turn<'_>, log: &LogId, body: Option<Vec<u8>>) -> Result<(), EngineError> {
    let sql = "SELECT key, whole FROM gap WHERE log = ?1";
    let kept: Option<(Secret, bool)> =
        db::find(turn.db, sql, [log.as_bytes()], |row| Ok((db::col(row, 0)?, row.get(1)?)))?;
    let (Some((key, whole)), Some(row), Some(account)) =
        (kept, sync::store::find(turn.db, log)?, profile::load(turn.db)?)
    else {
        return Ok(());
    };
    db::run(turn.db, "DELETE FROM gap WHERE log = ?1", [log.as_bytes()])?;
    if row.state == LogState::Held {
        sync::store::save(turn.db, &LogRow { state: LogState::Open, ..row.clone() })?;
    }
    let Some(conversation) = row.conversation else { return Ok(()) };
    let missed = body
        .and_then(|body| open_blob(&key, &body).ok())
        .and_then(|plain| proto::decode::<Vec<Missed>>(&plain, SEALED_BYTES).ok());
    if !(whole && missed.is_some()) {
        declare(turn, &conversation)?;
    }
    for message in missed.unwrap_or_default() {
        take(turn, &account, &row, &message)?;
    }
    Ok(())
}

/// A message is believed because of its author's signature, whoever handed it over.
fn take(turn: &mut Turn<'_>, account: &Account, log: &LogRow, missed: &Missed) -> Result<(), EngineError> {
    let Some(conversation) = &log.conversation else { return Ok(()) };
    let chain: Vec<Vec<u8>> = missed.chain.iter().map(|cert| cert.to_vec()).collect();
    let author = cert::parse_chain(&chain).and_then(|chain| cert::verify(&chain, &[account.root_pub], None, turn.seen));
    let verified = author.ok().and_then(|author| {
        let message_in = content::parse(&missed.body).ok()?;
        let message = message_in.verify(&author.user, &author.device, &author.device_key).ok()?;
        message_in.check_place(conversation).ok()?;
        Some((message_in.id(), message))
    });
    let Some((id, message)) = verified else {
        turn.warn(Some(*conversation), Why::EntrySkipped);
        return Ok(());
    };
    if store::find_message(turn.db, &id)?.is_some() {
        // Our own, sent before we lost the thread: it did arrive.
        db::run(turn.db, "DELETE FROM outbox WHERE message = ?1", [id.as_bytes()])?;
        return outbox::stored(turn, conversation, &id);
    }
    let delivery = if message.author == account.user { 2 } else { 0 };
    let origin =
        Origin { conversation: *conversation, delivery, chain: store::chain_bytes(&missed.chain), verified: None };
    message::show(turn, account, origin, id, &missed.body, &message)?;
    let sql = "UPDATE message SET log = ?2, branch = ?3, n = ?4 WHERE id = ?1 AND n IS NULL";
    let place = params![id.as_bytes(), log.id.as_bytes(), missed.branch.as_bytes(), missed.n];
    db::run(turn.db, sql, place).map(drop)
}

/// One line for what nobody could hand over.
pub(super) fn declare(turn: &mut Turn<'_>, conversation: &ConversationId) -> Result<(), EngineError> {
    let sql = "SELECT state FROM message WHERE conversation = ?1 ORDER BY position DESC LIMIT 1";
    let last: Option<i64> = db::find(turn.db, sql, [conversation.as_bytes()], |row| row.get(0))?;
    if last == Some(MessageState::Gap as i64) {
        return Ok(());
    }
    line(turn, conversation, &UserId([0; 16]), None)
}

pub(super) fn fuzz(bytes: &[u8]) {
    let _ = proto::decode::<Vec<Missed>>(bytes, BYTES);
}
