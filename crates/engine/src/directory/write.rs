// SPDX-License-Identifier: EUPL-1.2
//! An administrator's records on their way into the directory's log.

use super::{
    format::{Act, ActKind, Record, Scope, record, sign_records},
    store,
};
use crate::{
    EngineError,
    crypto::sign::SigningKey,
    db::{self, params},
    error::bug,
    profile::{self, Account},
    sync::{self, LogState, Payload},
    turn::{Turn, Want},
};
use proto::{EntryKind, Request, chain::content_hash};

/// A line for the log of administrative acts.
pub(crate) fn act(turn: &Turn<'_>, account: &Account, what: ActKind) -> Record {
    Record::Act(Act { who: account.user, what, at: turn.now })
}

/// Queues records; they count once they are read back from the log.
pub(crate) fn append(turn: &mut Turn<'_>, records: &[Record]) -> Result<(), EngineError> {
    for run in super::format::split(records, 150 * 1024) {
        store::add_pending(turn.db, &record::encode(run).map_err(bug)?)?;
    }
    Ok(())
}

/// Signs, seals and sends what is queued, in order, once the log is read to its end.
pub(crate) fn pump(turn: &mut Turn<'_>) -> Result<(), EngineError> {
    let Some(log) = sync::store::find_directory(turn.db)?.filter(|log| log.state == LogState::Open) else {
        return Ok(());
    };
    let Some(account) = profile::load(turn.db)? else { return Ok(()) };
    let (Some(issuer), Some(directory)) = (&account.issuer, &account.directory) else { return Ok(()) };
    super::rekey::first_snapshot(turn, &account, &log)?;
    if !sync::is_read(turn, &log) || super::rekey::is_under_way(turn)? {
        return super::rekey::pump(turn, &account, &log);
    }
    let scope = Scope { authority: account.authority, log: log.id, d: directory.d };
    let pending = store::list_pending(turn.db)?;
    for row in pending.iter().filter(|row| !row.acked).take(8) {
        let (env, hash) = match (&row.env, &row.env_hash) {
            (Some(env), Some(hash)) => (env.clone(), *hash),
            _ => {
                let key = SigningKey::from_bytes(issuer.key.expose()).map_err(bug)?;
                let records = record::decode(&row.body).map_err(bug)?;
                let signed = sign_records(&key, &scope, &records).map_err(bug)?;
                let env =
                    sync::store::seal(turn.luck, &log, EntryKind::Entry, Payload::Directory, &signed).map_err(bug)?;
                let hash = content_hash(&env);
                db::run(
                    turn.db,
                    "UPDATE outbox SET env = ?2, env_hash = ?3, branch = ?4, log = ?5 WHERE seq = ?1",
                    params![row.seq, env, hash.as_bytes(), log.branch.as_bytes(), log.id.as_bytes()],
                )?;
                (env.into(), hash)
            }
        };
        turn.ask(Want::Append(row.seq, hash), Request::LogAppend { branch: log.branch, env, erase_hash: None });
    }
    super::rekey::pump(turn, &account, &log)
}
