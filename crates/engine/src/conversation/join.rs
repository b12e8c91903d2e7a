// SPDX-License-Identifier: EUPL-1.2
//! Being added: the sealed letter, the tree it points to, then the log from its newest branch on.

use super::{
    group,
    store::{self, ConversationRow},
};
use crate::{
    EngineError,
    crypto::{
        Luck, Secret,
        seal::{SealKey, SealPublic},
    },
    db::{self, params},
    directory::format::{BlobRef, open_blob},
    error::bug,
    log::EpochKeys,
    mls::Group,
    outbox::{self, Purpose},
    profile,
    sync::{self, LogKind, LogRow, LogState},
    turn::Turn,
};
use client_api::{ConversationKind, Event};
use minicbor::{Decode, Encode, bytes::ByteVec};
use proto::{
    AuthorityId, BranchId, ContentHash, LogId, TtlClass,
    chain::{branch_id, first_head},
    limit::DEPOSIT_BYTES,
};

/// Below this many unused key packages new ones are published.
const LOW: u32 = 4;

/// What a Welcome travels in.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(super) struct Letter {
    #[n(0)]
    pub log: LogId,
    #[n(1)]
    pub parent: BranchId,
    #[n(2)]
    pub candidate: u32,
    /// Of the commit that opened the branch.
    #[n(3)]
    pub env_hash: ContentHash,
    #[n(4)]
    pub tree: BlobRef,
    #[n(5)]
    pub tree_key: Secret,
    #[n(6)]
    pub key_package: ByteVec,
    #[n(7)]
    pub welcome: ByteVec,
    #[n(8)]
    pub ttl: TtlClass,
}

fn info(authority: &AuthorityId) -> Vec<u8> {
    [b"rp1 welcome".as_slice(), authority.as_ref()].concat()
}

impl Letter {
    pub fn seal(&self, luck: &Luck, authority: &AuthorityId, to: &SealPublic) -> Result<Vec<u8>, EngineError> {
        to.seal(luck, &info(authority), b"", &proto::encode(self)).map_err(bug)
    }
}

/// A letter in the mailbox.
pub(crate) fn welcome(turn: &mut Turn<'_>, sealed: &[u8]) -> Result<(), EngineError> {
    let Some(account) = profile::load(turn.db)? else { return Ok(()) };
    let key = SealKey::from_bytes(&account.seal_key).map_err(bug)?;
    let Ok(plain) = key.open(&info(&account.authority), b"", sealed) else { return Ok(()) };
    let Ok(letter) = proto::decode::<Letter>(&plain, DEPOSIT_BYTES) else { return Ok(()) };
    let followed = sync::store::find(turn.db, &letter.log)?;
    if followed.is_some_and(|log| matches!(log.state, LogState::New | LogState::Open)) {
        return Ok(());
    }
    db::run(
        turn.db,
        "REPLACE INTO welcome_in (log, branch, body) VALUES (?1, ?2, ?3)",
        params![letter.log.as_bytes(), letter.parent.as_bytes(), plain],
    )?;
    outbox::want_blob(turn, &letter.tree, 0, letter.tree.size_bytes, Purpose::Tree, letter.log.as_bytes())
}

/// The tree is here: join, check that the log's keys are the announced ones, and follow it.
pub(crate) fn tree_arrived(turn: &mut Turn<'_>, log: &LogId, body: &[u8]) -> Result<(), EngineError> {
    let sql = "SELECT body FROM welcome_in WHERE log = ?1";
    let kept: Option<Vec<u8>> = db::find(turn.db, sql, [log.as_bytes()], |row| row.get(0))?;
    let (Some(kept), Some(account)) = (kept, profile::load(turn.db)?) else { return Ok(()) };
    db::run(turn.db, "DELETE FROM welcome_in WHERE log = ?1", [log.as_bytes()])?;
    let letter: Letter = proto::decode(&kept, DEPOSIT_BYTES).map_err(|_| EngineError::Damaged("welcome"))?;
    let Ok(tree) = open_blob(&letter.tree_key, body) else { return Ok(()) };
    let sql = "SELECT data FROM key_package WHERE ref = ?1";
    let private: Option<Vec<u8>> = db::find(turn.db, sql, [letter.key_package.as_slice()], |row| row.get(0))?;
    let Some(private) = private else { return Ok(()) };
    let joined = Group::join(&profile::client(turn, &account)?, &letter.welcome, &tree, &private, &[account.root_pub]);
    let mut group = match joined {
        Ok(group) => group,
        Err(error) => {
            turn.warn(None, &format!("an invitation into a group was refused: {error}"));
            return Ok(());
        }
    };
    let settings = group.settings().map_err(bug)?;
    if settings.log != *log {
        turn.warn(None, "an invitation into a group was refused: it names another log");
        return Ok(());
    }
    let secret = group.log_secret(log).map_err(bug)?;
    let branch = branch_id(log, &letter.parent, letter.candidate, &EpochKeys::derive(&secret).announce());
    let row = LogRow {
        id: *log,
        kind: LogKind::Conversation,
        conversation: Some(settings.conversation),
        branch,
        n: 0,
        head: first_head(&branch, Some(&letter.env_hash)),
        candidates: 0,
        secret,
        ttl: letter.ttl,
        state: LogState::Open,
        at_hour: group.hour().0,
    };
    sync::store::save(turn.db, &row)?;
    group::save(turn, log, &mut group)?;
    let is_group = settings.kind == ConversationKind::Group;
    let peer = settings.moderators.iter().find(|user| **user != account.user).copied().filter(|_| !is_group);
    let conversation = ConversationRow {
        id: settings.conversation,
        kind: settings.kind,
        name: settings.name,
        peer,
        member: true,
        moderators: settings.moderators,
        problem: None,
    };
    store::save(turn.db, &conversation)?;
    group::note_members(turn, &conversation.id, &group)?;
    used(turn, &letter.key_package)?;
    turn.event(Event::ConversationChanged(conversation.id));
    Ok(())
}

/// A key package is used once; only the last resort stays.
fn used(turn: &Turn<'_>, reference: &[u8]) -> Result<(), EngineError> {
    db::run(turn.db, "DELETE FROM key_package WHERE ref = ?1 AND last = 0", [reference])?;
    let left = db::find(turn.db, "SELECT count(*) FROM key_package WHERE last = 0", [], |row| row.get::<_, u32>(0))?;
    if left.unwrap_or(0) < LOW {
        db::run(turn.db, "UPDATE inbox SET published = 0 WHERE purpose = 0", [])?;
    }
    Ok(())
}
