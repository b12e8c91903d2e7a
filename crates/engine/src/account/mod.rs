// SPDX-License-Identifier: EUPL-1.2
//! How a profile gets its account: root file, invitations, enrolment; its keys and its mailboxes.

mod enrol;
pub mod format;
mod found;
mod inbox;
mod invite;
mod state;

pub(crate) use enrol::{enrol, refused};
pub(crate) use found::{authority_answered, create_authority};
pub(crate) use inbox::{answered as inbox_answered, deposits};
pub(crate) use invite::{act, invite};
pub(crate) use state::{Account, load, member_proof, note_revoked, save, status};

use crate::{EngineError, turn::Turn};

/// Everything the account wants from the server.
pub(crate) fn pump(turn: &mut Turn<'_>) -> Result<(), EngineError> {
    if turn.online() {
        found::pump(turn)?;
        inbox::pump(turn)?;
    }
    Ok(())
}
