// SPDX-License-Identifier: EUPL-1.2
//! The log of administrative acts as people read it.

use super::{
    format::{Act, ActKind},
    people::name_of,
    store,
};
use crate::{EngineError, turn::Turn};
use client_api::{ActKind as Kind, ActView, UserId};

/// Lines of one page at most.
const PAGE: u32 = 1000;

/// Those before a line, newest first, with the names the directory has now.
pub(crate) fn acts(turn: &Turn<'_>, before: u64, limit: u32) -> Result<Vec<ActView>, EngineError> {
    store::list_acts(turn.db, before, limit.min(PAGE))?.into_iter().map(|(seq, act)| view(turn, seq, &act)).collect()
}

fn view(turn: &Turn<'_>, number: u64, act: &Act) -> Result<ActView, EngineError> {
    let (kind, whom) = about(turn, &act.what)?;
    Ok(ActView {
        number,
        at: act.at,
        who: act.who,
        who_name: name_of(turn.db, &act.who)?,
        kind,
        whom,
        whom_name: whom.map(|user| name_of(turn.db, &user)).transpose()?,
    })
}

/// What was done, and to whom as far as it is known whose device or key it was.
fn about(turn: &Turn<'_>, what: &ActKind) -> Result<(Kind, Option<UserId>), EngineError> {
    Ok(match what {
        ActKind::Founded => (Kind::Founded, None),
        ActKind::Invited(user) => (Kind::Invited, Some(*user)),
        ActKind::Approved(user, _) => (Kind::Approved, Some(*user)),
        ActKind::RevokedPerson(user) => (Kind::RevokedPerson, Some(*user)),
        ActKind::RevokedDevice(device) => {
            (Kind::RevokedDevice, store::find_device(turn.db, device)?.map(|device| device.user))
        }
        ActKind::GrantedIssuer(user) => (Kind::GrantedAdministrator, Some(*user)),
        ActKind::RevokedIssuer(issuer) => (Kind::RevokedAdministrator, store::find_issuer_user(turn.db, issuer)?),
        ActKind::ChangedPolicy => (Kind::ChangedPolicy, None),
        ActKind::RefusedRequest(user) => (Kind::RefusedRequest, Some(*user)),
    })
}
