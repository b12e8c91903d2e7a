// SPDX-License-Identifier: EUPL-1.2
//! How a profile gets its account: root file, invitations, enrolment; its keys and its mailboxes.

mod enrol;
pub mod format;
mod found;
mod grant;
mod inbox;
mod invite;
mod pending;
mod renew;
mod request;

pub(crate) use enrol::{enrol, pass_refused};
pub(crate) use found::{authority_answered, create_authority};
pub(crate) use grant::{grant_issuer, revoke_issuer};
pub(crate) use inbox::{answered as inbox_answered, deposits};
pub(crate) use invite::{invitations, invite, invite_again};
pub(crate) use pending::{approve, pending, reject, set_approval};

use crate::{EngineError, turn::Turn};
use client_api::Status;

/// Adds what the account knows of itself.
pub(crate) fn judge(turn: &Turn<'_>, status: &mut Status) -> Result<(), EngineError> {
    status.approval = pending::approval(turn.db)?;
    renew::judge(turn, status)
}

/// Everything the account wants from the server.
pub(crate) fn pump(turn: &mut Turn<'_>) -> Result<(), EngineError> {
    renew::pump(turn)?;
    if turn.online() {
        found::pump(turn)?;
        enrol::pump(turn)?;
        pending::pump(turn)?;
        request::pump(turn)?;
        inbox::pump(turn)?;
    }
    Ok(())
}
