// SPDX-License-Identifier: EUPL-1.2
//! Rows of followed logs.

use crate::{
    EngineError,
    crypto::{Luck, Secret, kdf, sign::SigningKey},
    db::{self, Db, Row, col, col_opt, params},
    log::{DirKey, EnvelopeError, Place, envelope},
};
use client_api::{ConversationId, Why};
use proto::{BranchId, ContentHash, EntryKind, LogId, TtlClass};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogKind {
    Directory = 0,
    Conversation = 1,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogState {
    /// The server does not know it yet.
    New = 0,
    Open = 1,
    /// Left or removed: read no more.
    Left = 2,
    /// Something is wrong with it: neither read nor written.
    Stopped = 3,
    /// A change was read whose keys are still on their way: nothing more is read before they are here.
    Held = 4,
    /// Another log has taken its place: read to its end, not written any more.
    Old = 5,
}

#[derive(Clone, Debug)]
pub(crate) struct LogRow {
    pub id: LogId,
    pub kind: LogKind,
    pub conversation: Option<ConversationId>,
    pub branch: BranchId,
    /// Entries read of this branch.
    pub n: u32,
    /// Chain head after entry `n`.
    pub head: ContentHash,
    /// Commits of this branch already judged invalid.
    pub candidates: u32,
    /// S_e of a conversation, DIRKEY_d of the directory.
    pub secret: Secret,
    pub ttl: TtlClass,
    pub state: LogState,
    /// Largest hour stated by a commit.
    pub at_hour: u32,
}

impl LogRow {
    /// It is read.
    pub fn is_followed(&self) -> bool {
        matches!(self.state, LogState::Open | LogState::Old)
    }
    /// K of this branch.
    pub fn access_key(&self) -> SigningKey {
        match self.kind {
            LogKind::Directory => DirKey(self.secret.clone()).access_key(&self.id),
            LogKind::Conversation => access_key(&self.secret),
        }
    }
    /// ENV of this branch.
    pub fn envelope_key(&self) -> Secret {
        match self.kind {
            LogKind::Directory => DirKey(self.secret.clone()).envelope_key(&self.id),
            LogKind::Conversation => kdf::expand(&self.secret, &[b"rp1 env"]),
        }
    }
}

/// K_e from S_e.
pub(crate) fn access_key(secret: &Secret) -> SigningKey {
    kdf::derive_signing_key(&kdf::expand(secret, &[b"rp1 access"]))
}

const COLUMNS: &str = "id, kind, conversation, branch, n, head, candidates, secret, ttl, state, at_hour";

fn read(row: &Row<'_>) -> rusqlite::Result<LogRow> {
    Ok(LogRow {
        id: col(row, 0)?,
        kind: if row.get::<_, i64>(1)? == 0 { LogKind::Directory } else { LogKind::Conversation },
        conversation: col_opt(row, 2)?,
        branch: col(row, 3)?,
        n: row.get(4)?,
        head: col(row, 5)?,
        candidates: row.get(6)?,
        secret: col(row, 7)?,
        ttl: TtlClass::from_code(row.get(8)?).unwrap_or(TtlClass::Days30),
        state: match row.get::<_, i64>(9)? {
            0 => LogState::New,
            1 => LogState::Open,
            2 => LogState::Left,
            4 => LogState::Held,
            5 => LogState::Old,
            _ => LogState::Stopped,
        },
        at_hour: row.get(10)?,
    })
}

pub(crate) fn save(db: &Db<'_>, log: &LogRow) -> Result<(), EngineError> {
    db::run(
        db,
        "INSERT INTO log (id, kind, conversation, branch, n, head, candidates, secret, ttl, state, at_hour)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT (id) DO UPDATE SET branch = ?4, n = ?5, head = ?6, candidates = ?7, secret = ?8, state = ?10,
         at_hour = ?11",
        params![
            log.id.as_bytes(),
            log.kind as i64,
            log.conversation.as_ref().map(ConversationId::as_bytes),
            log.branch.as_bytes(),
            log.n,
            log.head.as_bytes(),
            log.candidates,
            log.secret.expose(),
            log.ttl.code(),
            log.state as i64,
            log.at_hour
        ],
    )?;
    Ok(())
}

pub(crate) fn set_reason(db: &Db<'_>, log: &LogId, reason: Why) -> Result<(), EngineError> {
    db::run(db, "UPDATE log SET reason = ?2 WHERE id = ?1", params![log.as_bytes(), reason.number()])?;
    Ok(())
}

/// Why a conversation has no log that is followed; `None` as long as there is one.
pub(crate) fn find_reason(db: &Db<'_>, conversation: &ConversationId) -> Result<Option<Why>, EngineError> {
    let sql = "SELECT reason FROM log WHERE conversation = ?1 AND state = 3 AND reason IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM log WHERE conversation = ?1 AND state IN (0, 1, 4)) ORDER BY id LIMIT 1";
    let number: Option<u32> = db::find(db, sql, [conversation.as_bytes()], |row| row.get(0))?;
    Ok(number.and_then(Why::of_number))
}

pub(crate) fn find(db: &Db<'_>, id: &LogId) -> Result<Option<LogRow>, EngineError> {
    db::find(db, &format!("SELECT {COLUMNS} FROM log WHERE id = ?1"), [id.as_bytes()], read)
}

pub(crate) fn find_by_branch(db: &Db<'_>, branch: &BranchId) -> Result<Option<LogRow>, EngineError> {
    db::find(db, &format!("SELECT {COLUMNS} FROM log WHERE branch = ?1"), [branch.as_bytes()], read)
}

pub(crate) fn find_directory(db: &Db<'_>) -> Result<Option<LogRow>, EngineError> {
    db::find(db, &format!("SELECT {COLUMNS} FROM log WHERE kind = 0"), [], read)
}

/// Logs that are to be created or read.
pub(crate) fn list_live(db: &Db<'_>) -> Result<Vec<LogRow>, EngineError> {
    db::list(db, &format!("SELECT {COLUMNS} FROM log WHERE state IN (0, 1, 4, 5) ORDER BY kind, id"), [], read)
}

/// Logs of one conversation that count, lowest id first: the first is the one to write to. One that this device can't
/// follow counts as long as it asks to be added again.
pub(crate) fn list_of(db: &Db<'_>, conversation: &ConversationId) -> Result<Vec<LogRow>, EngineError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM log WHERE conversation = ?1
         AND (state IN (0, 1, 4) OR state = 3 AND id IN (SELECT log FROM stuck)) ORDER BY id"
    );
    db::list(db, &sql, [conversation.as_bytes()], read)
}

/// One more entry of the log's branch that expired before this device read it.
pub(crate) fn count_tombstone(db: &Db<'_>, log: &LogId) -> Result<(), EngineError> {
    db::run(db, "UPDATE log SET tombstones = tombstones + 1 WHERE id = ?1", [log.as_bytes()]).map(drop)
}

/// A new branch has none.
pub(super) fn forget_tombstones(db: &Db<'_>, log: &LogId) -> Result<(), EngineError> {
    db::run(db, "UPDATE log SET tombstones = 0 WHERE id = ?1", [log.as_bytes()]).map(drop)
}

/// Entries of the log's branch that expired before this device read them.
pub(crate) fn tombstones(db: &Db<'_>, log: &LogId) -> Result<u32, EngineError> {
    let sql = "SELECT tombstones FROM log WHERE id = ?1";
    Ok(db::find(db, sql, [log.as_bytes()], |row| row.get(0))?.unwrap_or(0))
}

pub(crate) fn keep_old_key(db: &Db<'_>, log: &LogRow, until_millis: i64) -> Result<(), EngineError> {
    db::run(
        db,
        "REPLACE INTO old_key (branch, log, secret, until) VALUES (?1, ?2, ?3, ?4)",
        params![log.branch.as_bytes(), log.id.as_bytes(), log.access_key().expose(), until_millis],
    )?;
    Ok(())
}

pub(crate) fn keep_raw(db: &Db<'_>, branch: &BranchId, n: u32, env: &[u8], until: i64) -> Result<(), EngineError> {
    db::run(
        db,
        "REPLACE INTO raw_envelope (branch, n, env, until) VALUES (?1, ?2, ?3, ?4)",
        params![branch.as_bytes(), n, env, until],
    )?;
    Ok(())
}

/// Old access keys and raw envelopes past their time.
pub(crate) fn sweep(db: &Db<'_>, now_millis: i64) -> Result<(), EngineError> {
    db::run(db, "DELETE FROM old_key WHERE until <= ?1", [now_millis])?;
    db::run(db, "DELETE FROM raw_envelope WHERE until <= ?1", [now_millis])?;
    db::run(db, "DELETE FROM seen_deposit WHERE until <= ?1", [now_millis])?;
    Ok(())
}

/// What an entry's envelope is to carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Payload {
    Mls,
    Directory,
}

fn place(log: &LogRow, kind: EntryKind) -> Place {
    Place { log: log.id, branch: log.branch, kind }
}

/// Seals for the log's open branch.
pub(crate) fn seal(
    luck: &Luck,
    log: &LogRow,
    kind: EntryKind,
    payload: Payload,
    bytes: &[u8],
) -> Result<Vec<u8>, EnvelopeError> {
    let payload = match payload {
        Payload::Mls => envelope::Payload::Mls(vec![bytes.to_vec()]),
        Payload::Directory => envelope::Payload::Directory(bytes.to_vec()),
    };
    envelope::seal(luck, &log.envelope_key(), &place(log, kind), &payload)
}

/// As [`seal`] for a commit, with what goes beside it.
pub(crate) fn seal_commit(
    luck: &Luck,
    log: &LogRow,
    commit: &[u8],
    beside: Option<Vec<u8>>,
) -> Result<Vec<u8>, EnvelopeError> {
    let messages = std::iter::once(commit.to_vec()).chain(beside).collect();
    let payload = envelope::Payload::Mls(messages);
    envelope::seal(luck, &log.envelope_key(), &place(log, EntryKind::Commit), &payload)
}

/// A commit and what goes beside it, if anything does.
pub(crate) fn open_commit(log: &LogRow, env: &[u8]) -> Result<(Vec<u8>, Option<Vec<u8>>), EnvelopeError> {
    let place = place(log, EntryKind::Commit);
    let envelope::Payload::Mls(messages) = envelope::open(&log.envelope_key(), &place, env)? else {
        return Err(EnvelopeError::Malformed);
    };
    let mut messages = messages.into_iter();
    match (messages.next(), messages.next(), messages.next()) {
        (Some(commit), beside, None) => Ok((commit, beside)),
        _ => Err(EnvelopeError::Malformed),
    }
}

/// Opens what was sealed for the log's open branch.
pub(crate) fn open(log: &LogRow, kind: EntryKind, payload: Payload, env: &[u8]) -> Result<Vec<u8>, EnvelopeError> {
    match (payload, envelope::open(&log.envelope_key(), &place(log, kind), env)?) {
        (Payload::Directory, envelope::Payload::Directory(bytes)) => Ok(bytes),
        // we write one message per entry
        (Payload::Mls, envelope::Payload::Mls(messages)) => match <[Vec<u8>; 1]>::try_from(messages) {
            Ok([only]) => Ok(only),
            Err(_) => Err(EnvelopeError::Malformed),
        },
        _ => Err(EnvelopeError::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Connection;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn log(number: u8, state: LogState) -> LogRow {
        LogRow {
            id: LogId([number; 32]),
            kind: LogKind::Conversation,
            conversation: Some(ConversationId([9; 32])),
            branch: BranchId([number; 32]),
            n: 0,
            head: ContentHash([0; 32]),
            candidates: 0,
            secret: Secret::new([0; 32]),
            ttl: TtlClass::Days30,
            state,
            at_hour: 0,
        }
    }

    #[test]
    fn a_conversation_whose_log_was_stopped_says_why_until_another_is_followed() {
        let mut conn = Connection::open_in_memory().unwrap();
        db::prepare(&mut conn).unwrap();
        let tx = conn.transaction().unwrap();
        let here = ConversationId([9; 32]);
        save(&tx, &log(1, LogState::Open)).unwrap();
        assert_eq!(find_reason(&tx, &here).unwrap(), None);
        save(&tx, &log(1, LogState::Stopped)).unwrap();
        set_reason(&tx, &LogId([1; 32]), Why::ServerRestored).unwrap();
        assert_eq!(find_reason(&tx, &here).unwrap(), Some(Why::ServerRestored));
        save(&tx, &log(2, LogState::New)).unwrap();
        assert_eq!(find_reason(&tx, &here).unwrap(), None);
        assert_eq!(find_reason(&tx, &ConversationId([8; 32])).unwrap(), None);
    }
}
