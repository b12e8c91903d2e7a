// SPDX-License-Identifier: EUPL-1.2
//! How a profile gets its account: root file, invitations, enrolment; its keys and its mailboxes.

mod enrol;
pub mod format;
mod found;
mod inbox;
mod invite;

pub(crate) use enrol::{enrol, pass_refused};
pub(crate) use found::{authority_answered, create_authority};
pub(crate) use inbox::{answered as inbox_answered, deposits};
pub(crate) use invite::invite;

use crate::{EngineError, turn::Turn};

/// Everything the account wants from the server.
pub(crate) fn pump(turn: &mut Turn<'_>) -> Result<(), EngineError> {
    if turn.online() {
        found::pump(turn)?;
        inbox::pump(turn)?;
    }
    Ok(())
}
