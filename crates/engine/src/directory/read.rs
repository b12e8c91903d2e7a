// SPDX-License-Identifier: EUPL-1.2
//! One entry of the directory's log: opened, its signature checked against the issuers known so far, applied.

use super::{
    apply::apply,
    format::{Part, Scope, SignedIn},
    rekey, snapshot, store,
};
use crate::{
    EngineError,
    cert::{self, issuer_id},
    db, profile,
    sync::{self, LogRow, Payload, Taken},
    turn::Turn,
};
use client_api::Why;
use proto::{LogEntry, PublicKey};

pub(crate) fn entry(turn: &mut Turn<'_>, log: &LogRow, entry: &LogEntry, env: &[u8]) -> Result<Taken, EngineError> {
    let Some(account) = profile::load(turn.db)? else { return Ok(Taken::Next) };
    let Some(directory) = &account.directory else { return Ok(Taken::Next) };
    db::run(turn.db, "DELETE FROM outbox WHERE conversation IS NULL AND env_hash = ?1", [entry.env_hash.as_bytes()])?;
    let refused = if entry.kind == proto::EntryKind::Commit { Taken::Invalid } else { Taken::Next };
    let opened = sync::store::open(log, entry.kind, Payload::Directory, env);
    let Some(signed) = opened.ok().and_then(|bytes| SignedIn::parse(&bytes).ok()) else {
        turn.warn(None, Why::DirectoryEntry);
        return Ok(refused);
    };
    let Some(key) = issuer_key(turn, &signed, &account)? else {
        turn.warn(None, Why::DirectoryEntry);
        return Ok(refused);
    };
    let scope = Scope { authority: account.authority, log: log.id, d: directory.d };
    if entry.kind == proto::EntryKind::Commit {
        let scope = Scope { d: directory.d.saturating_add(1), ..scope };
        let (Ok(notice), Some(next)) = (signed.verify_rekey(&key, &scope), &entry.next) else { return Ok(refused) };
        if notice.n.checked_add(1) != Some(entry.n) {
            rekey::outrun(turn, entry)?;
            return Ok(refused);
        }
        return rekey::read(turn, &account, log, entry, next, &notice);
    }
    match signed.part() {
        Part::Records => match signed.verify_records(&key, &scope) {
            Ok(records) => {
                apply(turn, &records)?;
                let own =
                    account.issuer.as_ref().is_some_and(|own| issuer_id(&own.grant.issuer_pub) == signed.issuer());
                snapshot::count(turn, records.len(), own)?;
            }
            Err(_) => turn.warn(None, Why::DirectoryEntry),
        },
        // It says nothing this device has not read entry by entry, but is handed to those who enrol.
        Part::SnapshotNotice => match signed.verify_snapshot_notice(&key, &scope) {
            Ok(notice) if notice.n < entry.n => snapshot::note(turn, notice)?,
            _ => turn.warn(None, Why::DirectoryEntry),
        },
        Part::SnapshotChunk(..) | Part::Rekey => {}
    }
    Ok(Taken::Next)
}

fn issuer_key(
    turn: &Turn<'_>,
    signed: &SignedIn,
    account: &profile::Account,
) -> Result<Option<PublicKey>, EngineError> {
    let Some(cert) = store::find_issuer_cert(turn.db, &signed.issuer())? else { return Ok(None) };
    Ok(cert::verify_issuer(&cert, &[account.root_pub], None, turn.seen).ok().map(|identity| identity.key))
}
