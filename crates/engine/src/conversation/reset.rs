// SPDX-License-Identifier: EUPL-1.2
//! Last resort: a moderator begins a conversation's group anew in another log and says so in a signed statement.
//! Logs are disposable, rosters are not.

use super::{
    group,
    message::line,
    store::{self, ConversationRow, IntentKind},
};
use crate::{
    EngineError,
    crypto::sign,
    db::{self, params},
    error::bug,
    mls::Group,
    profile::Account,
    sync::{self, LogRow, LogState},
    turn::Turn,
};
use client_api::{ConversationId, ConversationKind, DeviceId, Event, Notice, UserId};
use minicbor::{Decode, Encode, bytes::ByteVec};
use proto::{LogId, Signature};

/// A group further ahead of a moderator's clock than this is begun anew without whoever pushed it (20-protocol §5).
pub(super) const AHEAD_HOURS: u32 = 2;
/// Longest statement in bytes.
const BYTES: usize = 32 * 1024;

/// Who is not taken along.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct Excluded {
    #[n(0)]
    users: Vec<UserId>,
    /// Only for devices of the person who resets.
    #[n(1)]
    devices: Vec<DeviceId>,
}

impl Excluded {
    /// The person behind a device; of one's own devices, the device alone.
    pub fn device(group: &Group, account: &Account, device: &DeviceId) -> Result<Self, EngineError> {
        let roster = group.roster().map_err(bug)?;
        let owner = roster.iter().find(|member| member.device.device == *device).map(|member| member.device.user);
        Ok(match owner {
            Some(user) if user == account.user => Self { users: Vec::new(), devices: vec![*device] },
            Some(user) => Self { users: vec![user], devices: Vec::new() },
            None => Self::default(),
        })
    }
}

/// What the new group's members are told; signed with the device key of whoever resets.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct Statement {
    #[n(0)]
    old_log: LogId,
    #[n(1)]
    new_log: LogId,
    /// The last epoch of the old group the signer was in, and what names it.
    #[n(2)]
    epoch: u64,
    #[n(3)]
    authenticator: ByteVec,
    #[n(4)]
    excluded: Excluded,
    #[n(5)]
    device: DeviceId,
    /// In that epoch; decides between two statements.
    #[n(6)]
    leaf: u32,
    #[n(7)]
    signature: Signature,
}

impl Statement {
    /// "rp1 reset" ‖ SHA-256 of everything else.
    fn signed_bytes(&self) -> Vec<u8> {
        let unsigned = Self { signature: Signature([0; 64]), ..self.clone() };
        let hash = proto::chain::content_hash(&proto::encode(&unsigned));
        [b"rp1 reset".as_slice(), hash.as_ref()].concat()
    }

    /// SHA-256(epoch authenticator ‖ leaf), lowest first.
    fn rank(&self) -> [u8; 32] {
        proto::chain::content_hash(&[self.authenticator.as_slice(), &self.leaf.to_be_bytes()].concat()).0
    }
}

/// In a group its moderators, else everybody in it.
pub(super) fn may_reset(account: &Account, group: &Group) -> Result<bool, EngineError> {
    let settings = group.settings().map_err(bug)?;
    Ok(settings.kind != ConversationKind::Group || settings.moderators.contains(&account.user))
}

/// A new log with a group of this device alone; the others are added as for any group, with the statement.
pub(super) fn begin(
    turn: &mut Turn<'_>,
    account: &Account,
    old: &LogRow,
    group: &Group,
    excluded: Excluded,
) -> Result<(), EngineError> {
    let Some(mut row) = old.conversation.map(|id| store::find(turn.db, &id)).transpose()?.flatten() else {
        return Ok(());
    };
    row.moderators.retain(|user| !excluded.users.contains(user));
    store::save(turn.db, &row)?;
    let Some(new) = group::create(turn, account, &row)? else { return Ok(()) };
    let mut statement = Statement {
        old_log: old.id,
        new_log: new.id,
        epoch: group.epoch(),
        authenticator: group.epoch_authenticator().map_err(bug)?.into(),
        excluded,
        device: account.device,
        leaf: group.own_leaf(),
        signature: Signature([0; 64]),
    };
    statement.signature = account.device_signer()?.sign(&statement.signed_bytes());
    let mut users: Vec<UserId> = group.roster().map_err(bug)?.into_iter().map(|member| member.device.user).collect();
    users.sort();
    users.dedup();
    for user in users.iter().filter(|user| !statement.excluded.users.contains(user)) {
        store::add_intent(turn.db, &row.id, IntentKind::Add, user, turn.now)?;
    }
    save(turn, &new.id, &statement)?;
    give_up(turn, account, &row.id, old, statement.epoch)?;
    line(turn, &row.id, &account.user, Some(Notice::SetUpAnew))?;
    turn.event(Event::ConversationChanged(row.id));
    Ok(())
}

fn save(turn: &Turn<'_>, log: &LogId, statement: &Statement) -> Result<(), EngineError> {
    db::run(
        turn.db,
        "REPLACE INTO reset (log, old_log, rank, statement) VALUES (?1, ?2, ?3, ?4)",
        params![log.as_bytes(), statement.old_log.as_bytes(), statement.rank(), proto::encode(statement)],
    )?;
    Ok(())
}

/// The statement that goes with letters into this log.
pub(super) fn statement_of(turn: &Turn<'_>, log: &LogId) -> Result<Option<ByteVec>, EngineError> {
    let sql = "SELECT statement FROM reset WHERE log = ?1";
    Ok(db::find(turn.db, sql, [log.as_bytes()], |row| row.get::<_, Vec<u8>>(0))?.map(ByteVec::from))
}

/// Devices that are not to be added to a log that was begun anew.
pub(super) fn excluded_devices(turn: &Turn<'_>, log: &LogId) -> Result<Vec<DeviceId>, EngineError> {
    let Some(bytes) = statement_of(turn, log)? else { return Ok(Vec::new()) };
    let statement: Statement = proto::decode(&bytes, BYTES).map_err(|_| EngineError::Damaged("reset"))?;
    Ok(statement.excluded.devices)
}

/// A statement that counts: by a device in the new group whose person was a moderator in an epoch this device was in, or,
/// for somebody who is in no group of this conversation now, is one as far as this device knows.
pub(super) fn judge(
    turn: &Turn<'_>,
    row: &ConversationRow,
    new_log: &LogId,
    group: &Group,
    bytes: Option<&[u8]>,
) -> Result<Option<(Statement, UserId)>, EngineError> {
    let Some(statement) = bytes.and_then(|bytes| proto::decode::<Statement>(bytes, BYTES).ok()) else {
        return Ok(None);
    };
    let signer = group.roster().map_err(bug)?.into_iter().find(|member| member.device.device == statement.device);
    let Some(signer) = signer.filter(|signer| {
        statement.new_log == *new_log
            && sign::verify(&signer.device.device_key, &statement.signed_bytes(), &statement.signature).is_ok()
    }) else {
        return Ok(None);
    };
    let user = signer.device.user;
    let old = sync::store::find(turn.db, &statement.old_log)?;
    let counts = match old.filter(|old| old.conversation == Some(row.id)) {
        Some(old) if was_moderator(turn, &old, &statement, &user)? => true,
        _ => !row.member && row.moderators.contains(&user),
    };
    Ok(counts.then_some((statement, user)))
}

/// A log was joined whose statement counts: what it replaces becomes old.
pub(super) fn accept(
    turn: &mut Turn<'_>,
    account: &Account,
    row: &ConversationRow,
    new: &LogRow,
    (statement, user): &(Statement, UserId),
) -> Result<(), EngineError> {
    save(turn, &new.id, statement)?;
    let Some(old) = sync::store::find(turn.db, &statement.old_log)? else { return Ok(()) };
    settle(turn, account, &row.id, &old, statement)?;
    if *user != account.user {
        line(turn, &row.id, user, Some(Notice::SetUpAnew))?;
    }
    Ok(())
}

/// Whether the named epoch is one of ours and the signer was a moderator in it.
fn was_moderator(turn: &Turn<'_>, old: &LogRow, statement: &Statement, user: &UserId) -> Result<bool, EngineError> {
    let sql = "SELECT authenticator, moderators FROM epoch WHERE log = ?1 AND number = ?2";
    let known: Option<(Vec<u8>, Vec<u8>)> =
        db::find(turn.db, sql, params![old.id.as_bytes(), statement.epoch as i64], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let Some((authenticator, moderators)) = known else { return Ok(false) };
    let moderators: Vec<UserId> = minicbor::decode(&moderators).map_err(bug)?;
    Ok(authenticator == statement.authenticator.as_slice() && moderators.contains(user))
}

/// Of all logs begun in the place of one, the lowest rank counts, then the lowest log id; the others become old.
fn settle(
    turn: &mut Turn<'_>,
    account: &Account,
    conversation: &ConversationId,
    old: &LogRow,
    statement: &Statement,
) -> Result<(), EngineError> {
    give_up(turn, account, conversation, old, statement.epoch)?;
    let sql = "SELECT log FROM reset WHERE old_log = ?1 ORDER BY rank, log";
    let rivals: Vec<LogId> = db::list(turn.db, sql, [old.id.as_bytes()], |row| db::col(row, 0))?;
    for log in rivals.iter().skip(1) {
        if let Some(row) = sync::store::find(turn.db, log)? {
            give_up(turn, account, conversation, &row, 0)?;
        }
    }
    Ok(())
}

/// A log is not written any more; what was sent there after `epoch` is sent again, since not everybody could read it.
fn give_up(
    turn: &mut Turn<'_>,
    account: &Account,
    conversation: &ConversationId,
    log: &LogRow,
    epoch: u64,
) -> Result<(), EngineError> {
    let state = match log.state {
        LogState::Open | LogState::Held => LogState::Old,
        LogState::New => LogState::Left,
        other => other,
    };
    sync::store::save(turn.db, &LogRow { state, ..log.clone() })?;
    super::stuck::is_well(turn, &log.id)?;
    store::unseal_outbox(turn.db, conversation, &log.id)?;
    store::send_again(turn.db, conversation, &log.id, epoch, &account.device)
}

pub(super) fn fuzz(bytes: &[u8]) {
    let _ = proto::decode::<Statement>(bytes, BYTES);
}
