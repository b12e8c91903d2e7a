// SPDX-License-Identifier: EUPL-1.2
//! Mailboxes: made, opened, read, emptied, and stocked with key packages.

use super::{
    enrol,
    format::{InviteLink, InviteSecrets},
    renew, request,
};
use crate::{
    EngineError,
    crypto::{Secret, sign::SigningKey},
    db::{self, Row, col, millis, params},
    directory::format::{DirKey, package_key, seal_key_package},
    error::bug,
    mls::KeyPackageUse,
    profile::{self, Account},
    turn::{Fact, Turn, Want},
};
use client_api::AccountState;
use minicbor::bytes::ByteVec;
use proto::{ErrorCode, InboxId, Reply, Request, Voucher, proof::Op, reply::Deposit};

/// Key packages kept in stock, and when to fill up.
const STOCK: usize = 8;
const LOW: u32 = 3;
/// Seconds until a letter that stays is looked at again.
const LATER_SECS: u64 = 5;
const BLOCKED_SECS: u64 = 600;
/// A letter's hash is remembered this long, so that it is not read twice.
const SEEN_SECS: u64 = 120 * 86_400;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Final = 0,
    Reply = 1,
}

struct InboxRow {
    id: InboxId,
    owner: Secret,
    purpose: Purpose,
    /// 0 to be made, 1 made, 2 to be dropped.
    state: i64,
    published: bool,
}

fn read(row: &Row<'_>) -> db::Sql<InboxRow> {
    let purpose = if row.get::<_, i64>(2)? == 0 { Purpose::Final } else { Purpose::Reply };
    Ok(InboxRow { id: col(row, 0)?, owner: col(row, 1)?, purpose, state: row.get(3)?, published: row.get(4)? })
}

fn list(turn: &Turn<'_>) -> Result<Vec<InboxRow>, EngineError> {
    db::list(turn.db, "SELECT id, owner, purpose, state, published FROM inbox ORDER BY id", [], read)
}

fn find(turn: &Turn<'_>, id: &InboxId) -> Result<Option<InboxRow>, EngineError> {
    let sql = "SELECT id, owner, purpose, state, published FROM inbox WHERE id = ?1";
    db::find(turn.db, sql, [id.as_bytes()], read)
}

fn add(turn: &Turn<'_>, id: &InboxId, owner: &Secret, purpose: Purpose) -> Result<(), EngineError> {
    db::run(
        turn.db,
        "INSERT OR IGNORE INTO inbox (id, owner, purpose, state) VALUES (?1, ?2, ?3, 0)",
        params![id.as_bytes(), owner.expose(), purpose as i64],
    )?;
    Ok(())
}

pub(super) fn add_final(turn: &Turn<'_>, account: &Account) -> Result<(), EngineError> {
    add(turn, &account.inbox, &account.inbox_owner, Purpose::Final)
}

pub(super) fn add_reply(turn: &Turn<'_>, secrets: &InviteSecrets) -> Result<(), EngineError> {
    add(turn, &secrets.reply_inbox, &Secret::new(secrets.reply_owner.expose()), Purpose::Reply)
}

pub(super) fn drop_reply(turn: &Turn<'_>) -> Result<(), EngineError> {
    db::run(turn.db, "UPDATE inbox SET state = 2 WHERE purpose = 1", [])?;
    Ok(())
}

pub(super) fn pump(turn: &mut Turn<'_>) -> Result<(), EngineError> {
    let Some(account) = profile::load(turn.db)? else { return Ok(()) };
    if matches!(account.state, AccountState::Revoked | AccountState::Refused) {
        return Ok(());
    }
    for row in list(turn)? {
        let is_open = turn.live.inboxes.contains(&row.id);
        match row.state {
            0 => create(turn, &account, &row)?,
            _ if !is_open && turn.may_ask(&Want::InboxOpen(row.id)) => {
                let key = SigningKey::from_bytes(row.owner.expose()).map_err(bug)?;
                if let Some(proof) = turn.proof(&key, Op::InboxOpen, &row.id.0) {
                    turn.ask(Want::InboxOpen(row.id), Request::InboxOpen { inbox: row.id, proof });
                }
            }
            _ if !is_open => {}
            2 => turn.ask(Want::InboxDrop(row.id), Request::InboxDrop { inbox: row.id }),
            _ => keep(turn, &account, &row)?,
        }
    }
    Ok(())
}

fn create(turn: &mut Turn<'_>, account: &Account, row: &InboxRow) -> Result<(), EngineError> {
    let want = Want::InboxCreate(row.id);
    if !turn.may_ask(&want) {
        return Ok(());
    }
    let owner_pub = SigningKey::from_bytes(row.owner.expose()).map_err(bug)?.public();
    let voucher = match (row.purpose, &account.enrolling) {
        (Purpose::Final, _) => profile::member_proof(turn, Op::InboxCreate, &row.id.0)?.map(Voucher::Member),
        (Purpose::Reply, Some(enrolling)) => {
            let link = InviteLink::parse(&enrolling.link).map_err(bug)?;
            enrol::vouched(&link).voucher(turn, Op::InboxCreate, &row.id)?
        }
        (Purpose::Reply, None) => None,
    };
    if let Some(voucher) = voucher {
        turn.ask(want, Request::InboxCreate { inbox: row.id, owner_pub, voucher });
    }
    Ok(())
}

/// Removes what was read and fills up the key packages.
fn keep(turn: &mut Turn<'_>, account: &Account, row: &InboxRow) -> Result<(), EngineError> {
    let hashes =
        db::list(turn.db, "SELECT hash FROM erase_deposit WHERE inbox = ?1 LIMIT 64", [row.id.as_bytes()], |row| {
            col(row, 0)
        })?;
    if !hashes.is_empty() {
        turn.ask(Want::InboxErase(row.id), Request::InboxDelete { inbox: row.id, hashes });
    }
    if row.purpose == Purpose::Final && !row.published && account.is_ready() {
        publish(turn, account, row)?;
    }
    Ok(())
}

fn publish(turn: &mut Turn<'_>, account: &Account, row: &InboxRow) -> Result<(), EngineError> {
    let want = Want::Publish(row.id);
    let (Some(directory), true) = (&account.directory, turn.may_ask(&want)) else { return Ok(()) };
    let key = package_key(&DirKey(directory.key.clone()).package_root(), &row.id);
    let mut sealed = Vec::new();
    for number in 0..=STOCK {
        let package = profile::new_key_package(turn, account, purpose(number))?;
        sealed.push(ByteVec::from(seal_key_package(turn.luck, &key, directory.d, &package).map_err(bug)?));
    }
    let Some(last_resort) = sealed.pop() else { return Ok(()) };
    turn.ask(want, Request::InboxPublish { inbox: row.id, packages: sealed, last_resort });
    Ok(())
}

/// The one behind the stock is the last resort.
fn purpose(number: usize) -> KeyPackageUse {
    if number == STOCK { KeyPackageUse::LastResort } else { KeyPackageUse::Once }
}

pub(crate) fn answered(turn: &mut Turn<'_>, want: Want, result: Result<Reply, ErrorCode>) -> Result<(), EngineError> {
    match (&want, result) {
        (Want::InboxCreate(id), Ok(_)) => {
            db::run(turn.db, "UPDATE inbox SET state = 1 WHERE id = ?1 AND state = 0", [id.as_bytes()])?;
        }
        (Want::InboxCreate(id), Err(code)) => {
            let is_reply = find(turn, id)?.is_some_and(|row| row.purpose == Purpose::Reply);
            if is_reply && code == ErrorCode::Gone {
                enrol::overtaken(turn)?;
            } else if is_reply && matches!(code, ErrorCode::Forbidden | ErrorCode::Conflict) {
                enrol::pass_refused(turn)?;
            }
            turn.pause(want, 2);
        }
        (
            Want::InboxOpen(id) | Want::InboxList(id),
            Ok(Reply::Inbox { deposits: waiting, waiting: all, key_packages }),
        ) => {
            turn.live.inboxes.insert(*id);
            let more = all as usize > waiting.len();
            if key_packages < LOW {
                db::run(turn.db, "UPDATE inbox SET published = 0 WHERE id = ?1", [id.as_bytes()])?;
            }
            deposits(turn, id, waiting)?;
            if more {
                // The rest shows once these are removed: open again.
                turn.alarm(turn.now.plus_secs(1));
            }
        }
        (Want::InboxErase(id), Ok(_)) => {
            db::run(turn.db, "DELETE FROM erase_deposit WHERE inbox = ?1", [id.as_bytes()])?;
            turn.ask(Want::InboxList(*id), Request::InboxList { inbox: *id, skip: 0 });
        }
        (Want::InboxDrop(id), Ok(_) | Err(ErrorCode::Unknown | ErrorCode::Gone)) => {
            db::run(turn.db, "DELETE FROM inbox WHERE id = ?1", [id.as_bytes()])?;
        }
        (
            Want::InboxOpen(id) | Want::InboxList(id) | Want::InboxErase(id) | Want::Publish(id),
            Err(ErrorCode::Unknown | ErrorCode::Gone),
        ) => missing(turn, id)?,
        (Want::Publish(id), Ok(_)) => {
            db::run(turn.db, "UPDATE inbox SET published = 1 WHERE id = ?1", [id.as_bytes()])?;
        }
        _ => turn.pause(want, 5),
    }
    Ok(())
}

/// The server does not have this inbox any more.
fn missing(turn: &mut Turn<'_>, id: &InboxId) -> Result<(), EngineError> {
    turn.live.inboxes.remove(id);
    match find(turn, id)? {
        Some(row) if row.state == 2 => {
            db::run(turn.db, "DELETE FROM inbox WHERE id = ?1", [id.as_bytes()])?;
        }
        Some(row) if row.purpose == Purpose::Reply => enrol::overtaken(turn)?,
        // not opened for very long, or a server restored from a backup: made anew
        Some(_) => {
            db::run(turn.db, "UPDATE inbox SET state = 0, published = 0 WHERE id = ?1", [id.as_bytes()])?;
        }
        None => {}
    }
    Ok(())
}

/// What became of a letter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Read {
    Done,
    /// It can't be answered before something else has happened here: it stays.
    Later,
    /// It can't be answered before an administrator does something: it stays, and is looked at now and then.
    Blocked,
    /// Somebody else's in a shared inbox: it stays.
    Foreign,
    /// It is not about the account.
    Other,
}

/// Letters as they arrive: each is read once, then removed from the server.
pub(crate) fn deposits(turn: &mut Turn<'_>, inbox: &InboxId, letters: Vec<Deposit>) -> Result<(), EngineError> {
    for letter in letters {
        let hash = proto::chain::content_hash(&letter.sealed);
        let seen = "SELECT 1 FROM seen_deposit WHERE hash = ?1";
        let is_new = db::find(turn.db, seen, [hash.as_bytes()], |_| Ok(()))?.is_none();
        let read = if is_new { deposit(turn, inbox, &letter.sealed)? } else { Read::Done };
        let again_secs = match read {
            Read::Done | Read::Other => None,
            Read::Foreign => continue,
            Read::Later => Some(LATER_SECS),
            Read::Blocked => Some(BLOCKED_SECS),
        };
        if let Some(secs) = again_secs {
            turn.live.inboxes.remove(inbox);
            turn.pause(Want::InboxOpen(*inbox), secs);
            continue;
        }
        let sql = "INSERT OR IGNORE INTO seen_deposit (hash, until) VALUES (?1, ?2)";
        db::run(turn.db, sql, params![hash.as_bytes(), millis(turn.now.plus_secs(SEEN_SECS))])?;
        let sql = "INSERT OR IGNORE INTO erase_deposit (inbox, hash) VALUES (?1, ?2)";
        db::run(turn.db, sql, params![inbox.as_bytes(), letter.hash.as_bytes()])?;
    }
    Ok(())
}

fn deposit(turn: &mut Turn<'_>, inbox: &InboxId, sealed: &[u8]) -> Result<Read, EngineError> {
    let (Some(account), Some(row)) = (profile::load(turn.db)?, find(turn, inbox)?) else { return Ok(Read::Done) };
    if row.purpose == Purpose::Reply {
        return enrol::reply(turn, account, sealed);
    }
    let mut read = if account.issuer.is_some() { request::request(turn, &account, sealed)? } else { Read::Other };
    if read == Read::Other {
        read = renew::letter(turn, account, sealed)?;
    }
    if read == Read::Other {
        turn.facts.push(Fact::Letter(sealed.to_vec()));
    }
    Ok(read)
}
