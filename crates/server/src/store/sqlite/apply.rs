// SPDX-License-Identifier: EUPL-1.2
//! One batch of verified acts, one transaction: each is checked before it writes, so a refused one leaves no trace.

use super::{Rules, authority, blob, inbox, log};
use crate::{
    domain::Op,
    hub::Topic,
    store::{Applied, Judged, StoreError},
};
use proto::{BranchId, Hour, Push, Reply, limit};
use rusqlite::{Connection, Transaction, TransactionBehavior};

/// The result of one act.
pub(super) type Answer = Judged<Reply>;

/// What acts of one batch share.
pub(super) struct Batch<'db, 'rules> {
    pub tx: Transaction<'db>,
    pub now_millis: u64,
    pub rules: &'rules Rules,
    pub pushes: Vec<(Topic, Push)>,
    /// Branches that got a candidate beyond the first.
    pub candidates: Vec<BranchId>,
    pub setup_code_used: bool,
    /// Planted `CasNotAtomic`: what the candidate counts were before the batch.
    #[cfg(feature = "testkit")]
    pub stale_counts: std::collections::BTreeMap<BranchId, u32>,
}

pub(super) fn apply(
    db: &mut Connection,
    rules: &mut Rules,
    now_millis: u64,
    ops: Vec<Op>,
) -> Result<Applied, StoreError> {
    let mut batch = Batch {
        tx: db.transaction_with_behavior(TransactionBehavior::Immediate)?,
        now_millis,
        rules,
        pushes: Vec::new(),
        candidates: Vec::new(),
        setup_code_used: false,
        #[cfg(feature = "testkit")]
        stale_counts: std::collections::BTreeMap::new(),
    };
    let answers = ops.into_iter().map(|op| batch.one(op)).collect::<Result<Vec<_>, _>>()?;
    let Batch { tx, pushes, candidates, setup_code_used, .. } = batch;
    #[cfg(feature = "testkit")]
    if std::mem::take(&mut rules.roll_back_next) {
        tx.rollback()?;
        if rules.defects.contains(&crate::testkit::Defect::AckBeforeFsync) {
            return Ok(Applied { answers, pushes, setup_code_used }); // planted
        }
        return Err(StoreError::Corrupt("rolled back on purpose"));
    }
    tx.commit()?;
    let pause = limit::CANDIDATE_PAUSE_SECS * 1000;
    rules.last_candidate.retain(|_, at| now_millis.checked_sub(*at).is_some_and(|passed| passed < pause));
    rules.last_candidate.extend(candidates.into_iter().map(|branch| (branch, now_millis)));
    if setup_code_used {
        rules.setup_code = None;
    }
    Ok(Applied { answers, pushes, setup_code_used })
}

impl Batch<'_, '_> {
    pub fn hour(&self) -> Hour {
        Hour::of_millis(self.now_millis)
    }

    fn one(&mut self, op: Op) -> Answer {
        match op {
            Op::PutAuthority { statement, by, admission } => authority::put(self, statement, &by, &admission),
            Op::CreateLog { log, keys, ttl, member } => log::create(self, &log, &keys, ttl, &member),
            Op::Append { branch, env, erase_hash } => log::append(self, branch, env, erase_hash),
            Op::Commit { branch, candidate, env, next } => log::commit(self, branch, candidate, env, next),
            Op::Erase { branch, n, secret_hash } => log::erase(self, &branch, n, &secret_hash),
            Op::CreateInbox { inbox, owner_pub, sponsor } => inbox::create(self, &inbox, &owner_pub, &sponsor),
            Op::TouchInbox { inbox, owner_pub } => inbox::touch(self, &inbox, &owner_pub),
            Op::DeleteDeposits { inbox, owner_pub, hashes } => inbox::delete(self, &inbox, &owner_pub, &hashes),
            Op::DropInbox { inbox, owner_pub } => inbox::drop(self, &inbox, &owner_pub),
            Op::Publish { inbox, owner_pub, packages, last_resort } => {
                inbox::publish(self, &inbox, &owner_pub, &packages, &last_resort)
            }
            Op::Claim { inbox, member } => inbox::claim(self, &inbox, &member),
            Op::Deposit { inbox, sealed, sponsor } => inbox::deposit(self, inbox, sealed, &sponsor),
            Op::CreateBlob { blob, size_bytes, hashes, sponsor } => {
                blob::create(self, &blob, size_bytes, &hashes, &sponsor)
            }
            Op::AdvanceBlob { blob, from, to } => blob::advance(self, &blob, from, to),
            Op::DeleteBlob { blob } => blob::delete(self, &blob),
        }
    }
}
