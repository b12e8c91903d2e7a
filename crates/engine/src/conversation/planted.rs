// SPDX-License-Identifier: EUPL-1.2
//! Bugs of who does not wait for the server, planted in simulated worlds only.

use super::{commit, group};
use crate::{
    EngineError,
    profile::{self, Account},
    sync::LogRow,
    testkit::Defect,
    turn::Turn,
};
use proto::LogId;

/// A commit was staged and not sent yet.
pub(super) fn staged(turn: &mut Turn<'_>, log: &LogRow) -> Result<(), EngineError> {
    let (Some(account), Some(conversation)) = (profile::load(turn.db)?, log.conversation) else { return Ok(()) };
    if turn.is_planted(Defect::WelcomeBeforeAck) {
        commit::send_letters(turn, &account, log, &conversation)?;
    }
    if turn.is_planted(Defect::MergeBeforeAck) {
        merge(turn, &account, &log.id)?;
    }
    Ok(())
}

pub(super) fn has_merged(turn: &Turn<'_>) -> bool {
    turn.is_planted(Defect::MergeBeforeAck)
}

fn merge(turn: &mut Turn<'_>, account: &Account, log: &LogId) -> Result<(), EngineError> {
    let Some(staged) = commit::find(turn, log)? else { return Ok(()) };
    let group = group::load(turn, account, log)?;
    match group.restore_staged(&staged.secrets) {
        Ok(after) => group::put(turn, log, after),
        Err(_) => group::put(turn, log, group),
    }
}
