// SPDX-License-Identifier: EUPL-1.2
//! Letters for other inboxes: kept until the server has them.

use crate::{
    EngineError, account,
    account::format::InviteLink,
    db::{self, Db, col, params},
    turn::{Turn, Want},
};
use proto::{ErrorCode, InboxId, Reply, Request, Voucher, proof::Op};

/// Queues a letter. `link`: vouched for by an invitation's pass instead of membership.
pub(crate) fn deposit(db: &Db<'_>, inbox: &InboxId, sealed: &[u8], link: Option<&str>) -> Result<(), EngineError> {
    db::run(
        db,
        "INSERT INTO deposit_out (inbox, sealed, pass) VALUES (?1, ?2, ?3)",
        params![inbox.as_bytes(), sealed, link.map(str::as_bytes)],
    )?;
    Ok(())
}

type Row = (i64, InboxId, Vec<u8>, Option<Vec<u8>>);

pub(super) fn pump(turn: &mut Turn<'_>) -> Result<(), EngineError> {
    let rows: Vec<Row> =
        db::list(turn.db, "SELECT seq, inbox, sealed, pass FROM deposit_out ORDER BY seq LIMIT 16", [], |row| {
            Ok((row.get(0)?, col(row, 1)?, row.get(2)?, row.get(3)?))
        })?;
    for (seq, inbox, sealed, pass) in rows {
        let want = Want::Deposit(seq);
        if !turn.may_ask(&want) {
            continue;
        }
        let voucher = match pass.and_then(|text| String::from_utf8(text).ok()) {
            None => account::member_proof(turn, Op::InboxDeposit, &inbox.0)?.map(Voucher::Member),
            Some(text) => pass_voucher(turn, &text, Op::InboxDeposit, &inbox),
        };
        if let Some(voucher) = voucher {
            turn.ask(want, Request::InboxDeposit { inbox, sealed: sealed.into(), voucher });
        }
    }
    Ok(())
}

/// The pass of an invitation link and the proof by its key.
pub(crate) fn pass_voucher(turn: &Turn<'_>, link: &str, op: Op, inbox: &InboxId) -> Option<Voucher> {
    let link = InviteLink::parse(link).ok()?;
    let proof = turn.proof(&link.secrets().pass_key, op, &inbox.0)?;
    Some(Voucher::Pass(link.pass(), proof))
}

pub(super) fn answered(turn: &mut Turn<'_>, seq: i64, result: Result<Reply, ErrorCode>) -> Result<(), EngineError> {
    match result {
        Err(ErrorCode::Forbidden) => {
            let by_pass = db::find(turn.db, "SELECT pass FROM deposit_out WHERE seq = ?1", [seq], |row| {
                row.get::<_, Option<Vec<u8>>>(0)
            })?;
            if by_pass.flatten().is_some() {
                account::refused(turn, "the invitation was refused: it was used before, has expired or was altered")?;
                db::run(turn.db, "DELETE FROM deposit_out WHERE seq = ?1", [seq])?;
            }
            turn.pause(Want::Deposit(seq), 2);
        }
        // Nobody will ever read it there, or we made it wrongly: repeating does not help.
        Ok(_) | Err(ErrorCode::Unknown | ErrorCode::Gone | ErrorCode::TooLarge | ErrorCode::Malformed) => {
            db::run(turn.db, "DELETE FROM deposit_out WHERE seq = ?1", [seq])?;
        }
        Err(_) => turn.pause(Want::Deposit(seq), 30),
    }
    Ok(())
}
