// SPDX-License-Identifier: EUPL-1.2
//! How a profile gets its account: root file, invitations, enrolment; its keys and its mailboxes.

mod enrol;
pub mod format;
mod found;
mod grant;
mod inbox;
mod invite;
mod renew;

pub(crate) use enrol::{enrol, pass_refused};
pub(crate) use found::{authority_answered, create_authority};
pub(crate) use grant::{grant_issuer, revoke_issuer};
pub(crate) use inbox::{answered as inbox_answered, deposits};
pub(crate) use invite::invite;
pub(crate) use renew::judge;

use crate::{EngineError, turn::Turn};

/// Everything the account wants from the server.
pub(crate) fn pump(turn: &mut Turn<'_>) -> Result<(), EngineError> {
    renew::pump(turn)?;
    if turn.online() {
        found::pump(turn)?;
        enrol::pump(turn)?;
        invite::pump(turn)?;
        inbox::pump(turn)?;
    }
    Ok(())
}
