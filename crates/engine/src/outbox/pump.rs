// SPDX-License-Identifier: EUPL-1.2
//! Sending what is queued, and taking the server's answers.

use super::{attachment, blob, deposit};
use crate::{
    EngineError,
    db::{self, col, params},
    turn::{Turn, Want},
};
use client_api::{ConversationId, Event, MessageId, Why};
use proto::{ContentHash, ErrorCode, Reply, blob::BlobReply};

pub(crate) fn pump(turn: &mut Turn<'_>) -> Result<(), EngineError> {
    if !turn.online() {
        return Ok(());
    }
    deposit::pump(turn)?;
    blob::pump(turn)?;
    attachment::pump(turn)
}

pub(crate) fn answered(turn: &mut Turn<'_>, want: Want, result: Result<Reply, ErrorCode>) -> Result<(), EngineError> {
    match want {
        Want::Append(seq, hash) => appended(turn, seq, &hash, result),
        Want::Deposit(seq) => deposit::answered(turn, seq, result),
        Want::BlobCreate(id) => {
            if blob::created(turn, &id, &result)? {
                if result.is_err() {
                    turn.pause(Want::BlobCreate(id), 5);
                }
                return Ok(());
            }
            attachment::created(turn, &id, result)
        }
        _ => Ok(()),
    }
}

pub(crate) fn transferred(
    turn: &mut Turn<'_>,
    want: Want,
    result: Result<BlobReply, ErrorCode>,
) -> Result<(), EngineError> {
    match want {
        Want::BlobWrite(id) => {
            if blob::written(turn, &id, &result)? {
                return Ok(());
            }
            attachment::written(turn, &id, result)
        }
        Want::BlobRead(id) => {
            if blob::arrived(turn, &id, &result)? {
                return Ok(());
            }
            attachment::arrived(turn, &id, result)
        }
        Want::BlobDrop(id) => {
            db::run(turn.db, "DELETE FROM blob_drop WHERE id = ?1", [id.as_bytes()])?;
            Ok(())
        }
        _ => Ok(()),
    }
}

/// An entry is durable on the server. The row stays until the entry is read: that is how it is known as our own.
fn appended(
    turn: &mut Turn<'_>,
    seq: i64,
    hash: &ContentHash,
    result: Result<Reply, ErrorCode>,
) -> Result<(), EngineError> {
    type Found = (proto::BranchId, Option<ConversationId>, Option<MessageId>);
    let row: Option<Found> = db::find(
        turn.db,
        "SELECT branch, conversation, message FROM outbox WHERE seq = ?1 AND env_hash = ?2",
        params![seq, hash.as_bytes()],
        |row| Ok((col(row, 0)?, db::col_opt(row, 1)?, db::col_opt(row, 2)?)),
    )?;
    // Read back before the answer came, or encrypted anew since.
    let Some((branch, conversation, message)) = row else { return Ok(()) };
    match result {
        Ok(Reply::Stored { n, .. }) => {
            db::run(turn.db, "UPDATE outbox SET acked = 1 WHERE seq = ?1", [seq])?;
            if let Some(count) = turn.live.opened.get_mut(&branch) {
                *count = (*count).max(n);
            }
            if let (Some(conversation), Some(message)) = (conversation, message) {
                stored(turn, &conversation, &message)?;
            }
        }
        Err(ErrorCode::TooLarge | ErrorCode::Malformed) => {
            turn.warn(conversation, Why::MessageTooLarge);
            db::run(turn.db, "DELETE FROM outbox WHERE seq = ?1", [seq])?;
        }
        // Frozen, or not opened on this connection: what the branch holds decides.
        _ => {
            turn.live.opened.remove(&branch);
            turn.pause(Want::Append(seq, *hash), 1);
        }
    }
    Ok(())
}

/// An own message is durable.
pub(crate) fn stored(
    turn: &mut Turn<'_>,
    conversation: &ConversationId,
    message: &MessageId,
) -> Result<(), EngineError> {
    let sql = "UPDATE message SET delivery = 2 WHERE id = ?1 AND delivery = 1";
    if db::run(turn.db, sql, [message.as_bytes()])? > 0 {
        turn.event(Event::MessageChanged(*conversation, *message));
    }
    Ok(())
}

/// Messages not on the server yet, and transfers not finished.
pub(crate) fn counts(turn: &Turn<'_>) -> Result<(u32, u32), EngineError> {
    let count = |sql: &str| Ok::<_, EngineError>(db::find(turn.db, sql, [], |row| row.get(0))?.unwrap_or(0));
    Ok((
        count("SELECT count(*) FROM outbox WHERE conversation IS NOT NULL AND message IS NOT NULL AND acked = 0")?,
        count("SELECT count(*) FROM attachment WHERE state IN (1, 6) OR (state = 3 AND message IS NOT NULL)")?,
    ))
}
