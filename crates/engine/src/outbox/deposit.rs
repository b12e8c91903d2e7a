// SPDX-License-Identifier: EUPL-1.2
//! Letters for other inboxes: kept until the server has them.

use crate::{
    EngineError,
    crypto::{Secret, sign::SigningKey},
    db::{self, Db, col, col_opt, params},
    error::bug,
    profile,
    turn::{Fact, Turn, Want},
};
use proto::{ErrorCode, InboxId, Pass, Reply, Request, Voucher, proof::Op};

/// An invitation's pass and the key that proves it, for those who are no members yet.
#[derive(Clone)]
pub(crate) struct Vouched {
    pub pass: Pass,
    pub key: Secret,
}

impl Vouched {
    /// `None` while there is no connection.
    pub fn voucher(&self, turn: &Turn<'_>, op: Op, inbox: &InboxId) -> Result<Option<Voucher>, EngineError> {
        let key = SigningKey::from_bytes(self.key.expose()).map_err(bug)?;
        Ok(turn.proof(&key, op, &inbox.0).map(|proof| Voucher::Pass(self.pass.clone(), proof)))
    }
}

/// Queues a letter. `vouched`: by an invitation's pass instead of membership.
pub(crate) fn deposit(
    db: &Db<'_>,
    inbox: &InboxId,
    sealed: &[u8],
    vouched: Option<&Vouched>,
) -> Result<(), EngineError> {
    db::run(
        db,
        "INSERT INTO deposit_out (inbox, sealed, pass, pass_key) VALUES (?1, ?2, ?3, ?4)",
        params![
            inbox.as_bytes(),
            sealed,
            vouched.map(|vouched| proto::encode(&vouched.pass)),
            vouched.map(|vouched| vouched.key.expose())
        ],
    )?;
    Ok(())
}

type Row = (i64, InboxId, Vec<u8>, Option<Vec<u8>>, Option<Secret>);

pub(super) fn pump(turn: &mut Turn<'_>) -> Result<(), EngineError> {
    let rows: Vec<Row> = db::list(
        turn.db,
        "SELECT seq, inbox, sealed, pass, pass_key FROM deposit_out ORDER BY seq LIMIT 16",
        [],
        |row| Ok((row.get(0)?, col(row, 1)?, row.get(2)?, row.get(3)?, col_opt(row, 4)?)),
    )?;
    for (seq, inbox, sealed, pass, key) in rows {
        let want = Want::Deposit(seq);
        if !turn.may_ask(&want) {
            continue;
        }
        let voucher = match pass.zip(key) {
            None => profile::member_proof(turn, Op::InboxDeposit, &inbox.0)?.map(Voucher::Member),
            Some((pass, key)) => {
                let pass = proto::decode(&pass, 4096).map_err(|_| EngineError::Damaged("pass"))?;
                Vouched { pass, key }.voucher(turn, Op::InboxDeposit, &inbox)?
            }
        };
        if let Some(voucher) = voucher {
            turn.ask(want, Request::InboxDeposit { inbox, sealed: sealed.into(), voucher });
        }
    }
    Ok(())
}

pub(super) fn answered(turn: &mut Turn<'_>, seq: i64, result: Result<Reply, ErrorCode>) -> Result<(), EngineError> {
    let sql = "SELECT 1 FROM deposit_out WHERE seq = ?1 AND pass IS NOT NULL";
    let by_pass = db::find(turn.db, sql, [seq], |_| Ok(()))?.is_some();
    match result {
        // Whatever it says, nothing will come of this invitation.
        Err(_) if by_pass => {
            turn.facts.push(Fact::PassRefused);
            db::run(turn.db, "DELETE FROM deposit_out WHERE seq = ?1", [seq])?;
        }
        Err(ErrorCode::Forbidden) => turn.pause(Want::Deposit(seq), 2),
        // Nobody will ever read it there, or we made it wrongly: repeating does not help.
        Ok(_) | Err(ErrorCode::Unknown | ErrorCode::Gone | ErrorCode::TooLarge | ErrorCode::Malformed) => {
            db::run(turn.db, "DELETE FROM deposit_out WHERE seq = ?1", [seq])?;
        }
        Err(_) => turn.pause(Want::Deposit(seq), 30),
    }
    Ok(())
}
