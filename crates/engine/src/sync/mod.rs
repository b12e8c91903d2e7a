// SPDX-License-Identifier: EUPL-1.2
//! The log reader, shared by directory and conversations: open, page, check the chain, walk to the next branch.

mod pump;
mod read;
pub(crate) mod store;

pub(crate) use pump::{answered, begin_page, behind, end_page, is_caught_up, pump};
pub(crate) use read::{Next, Taken, next, stop, switch_branch, taken};
pub(crate) use store::{LogKind, LogRow, LogState, Payload};

use crate::turn::Turn;

/// Everything the server has of this branch was read.
pub(crate) fn is_read(turn: &Turn<'_>, log: &LogRow) -> bool {
    log.is_followed() && turn.live.opened.get(&log.branch).is_some_and(|count| *count <= log.n)
}
