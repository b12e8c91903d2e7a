// SPDX-License-Identifier: EUPL-1.2
//! An administrator's records on their way into the directory's log.

use super::{
    format::{
        Act, ActKind, IssuerSecrets, Record, Scope, record, seal_issuer_keys, sign::NOTICE_BYTES, sign_records,
        sign_snapshot_notice,
    },
    store,
};
use crate::{
    EngineError,
    cert::issuer_id,
    crypto::{seal::SealPublic, sign::SigningKey},
    db::{self, params},
    error::bug,
    profile::{self, Account, IssuerKeys},
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

/// Own entries that may be unacknowledged at once.
const UNACKED: u32 = 8;

/// Signs for the present branch; an administrator's record gets the keys that hold in it.
fn sign(
    turn: &Turn<'_>,
    account: &Account,
    issuer: &IssuerKeys,
    scope: &Scope,
    row: &store::Pending,
) -> Result<Vec<u8>, EngineError> {
    let key = SigningKey::from_bytes(issuer.key.expose()).map_err(bug)?;
    if row.is_notice {
        let notice = proto::decode(&row.body, NOTICE_BYTES).map_err(bug)?;
        return Ok(sign_snapshot_notice(&key, scope, &notice));
    }
    let mut records = record::decode(&row.body).map_err(bug)?;
    let secrets = IssuerSecrets { write: issuer.write_key.clone(), pass: issuer.pass_key.clone() };
    for record in &mut records {
        if let Record::Issuer(other) = record {
            let to = SealPublic::from_bytes(&other.seal_key).map_err(bug)?;
            let id = issuer_id(&other.grant.issuer_pub);
            let sealed = seal_issuer_keys(turn.luck, &account.authority, &id, &to, &secrets).map_err(bug)?;
            other.keys = Some(sealed.into());
        }
    }
    sign_records(&key, scope, &records).map_err(bug)
}

/// Signs, seals and sends what is queued, in order, once the log is read to its end.
pub(crate) fn pump(turn: &mut Turn<'_>) -> Result<(), EngineError> {
    let Some(log) = sync::store::find_directory(turn.db)?.filter(|log| log.state == LogState::Open) else {
        return Ok(());
    };
    let Some(account) = profile::load(turn.db)? else { return Ok(()) };
    let (Some(issuer), Some(directory)) = (&account.issuer, &account.directory) else { return Ok(()) };
    super::rekey::first_snapshot(turn, &account, &log)?;
    // a branch that was closed by a commit that does not hold takes nothing but a better one
    if !sync::is_read(turn, &log) || log.candidates > 0 || super::rekey::is_under_way(turn)? {
        return super::rekey::pump(turn, &account, &log);
    }
    let scope = Scope { authority: account.authority, log: log.id, d: directory.d };
    super::snapshot::pump(turn, &account, &log)?;
    for row in store::list_pending(turn.db, UNACKED)? {
        let (env, hash) = match (&row.env, &row.env_hash) {
            (Some(env), Some(hash)) => (env.clone(), *hash),
            _ => {
                let signed = sign(turn, &account, issuer, &scope, &row)?;
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
