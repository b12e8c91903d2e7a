// SPDX-License-Identifier: EUPL-1.2
//! Statements of authorities, and whether a key a proof was verified under still holds.

use super::{
    apply::{Answer, Batch},
    row,
};
use crate::{
    domain::{
        authority::{Judgement, judge_statement},
        op::{Admission, MemberKey, Sponsor, StatementBy},
    },
    store::StoreError,
};
use proto::{AuthorityStatement, ErrorCode, Reply};
use rusqlite::Connection;
use subtle::ConstantTimeEq;

pub(super) fn is_empty(db: &Connection) -> rusqlite::Result<bool> {
    Ok(!db.prepare_cached("SELECT 1 FROM authority")?.exists([])?)
}

pub(super) fn put(
    batch: &mut Batch<'_, '_>,
    statement: AuthorityStatement,
    by: &StatementBy,
    admission: &Admission,
) -> Answer {
    match row::authority(&batch.tx, &statement.authority)? {
        Some(stored) => match judge_statement(&stored, &statement, by) {
            Ok(Judgement::Same) => return Ok(Ok(Reply::Authority(stored))),
            Ok(Judgement::Newer) => {}
            Err(refused) => return Ok(Err(refused)),
        },
        None => {
            if let Err(refused) = admit(batch, by, admission)? {
                return Ok(Err(refused));
            }
        }
    }
    batch
        .tx
        .prepare_cached(
            "INSERT INTO authority (id, root_pub, member_pub, pass_pub, version) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (id) DO UPDATE SET root_pub = ?2, member_pub = ?3, pass_pub = ?4, version = ?5",
        )?
        .execute((
            statement.authority.as_bytes(),
            statement.root_pub.as_bytes(),
            statement.member_pub.as_bytes(),
            statement.pass_pub.as_bytes(),
            statement.version.cast_signed(),
        ))?;
    Ok(Ok(Reply::Authority(statement)))
}

/// May a new authority move in? A setup code is good for exactly one.
fn admit(
    batch: &mut Batch<'_, '_>,
    by: &StatementBy,
    admission: &Admission,
) -> Result<Result<(), ErrorCode>, StoreError> {
    if !matches!(by, StatementBy::Root(_)) {
        return Ok(Err(ErrorCode::Forbidden));
    }
    let admitted = match admission {
        Admission::IfEmpty => is_empty(&batch.tx)?,
        Admission::Never => false,
        Admission::Code(given) => match (&batch.rules.setup_code, batch.setup_code_used) {
            (Some(code), false) => {
                batch.setup_code_used = bool::from(code.as_bytes().ct_eq(given.as_bytes()));
                batch.setup_code_used
            }
            _ => false,
        },
    };
    Ok(if admitted { Ok(()) } else { Err(ErrorCode::SetupCode) })
}

/// Is the key this proof was verified under still the authority's?
pub(super) fn still_member(batch: &Batch<'_, '_>, member: &MemberKey) -> Result<bool, StoreError> {
    let stored = row::authority(&batch.tx, &member.authority)?;
    Ok(stored.is_some_and(|stored| stored.member_pub == member.member_pub))
}

pub(super) fn still_holds(batch: &Batch<'_, '_>, sponsor: &Sponsor) -> Result<bool, StoreError> {
    match sponsor {
        Sponsor::Member(member) => still_member(batch, member),
        Sponsor::Pass(pass) => {
            let stored = row::authority(&batch.tx, &pass.authority)?;
            Ok(stored.is_some_and(|stored| stored.pass_pub == pass.pass_pub))
        }
    }
}
