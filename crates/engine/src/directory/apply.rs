// SPDX-License-Identifier: EUPL-1.2
//! Verified records become rows.

use super::{format::Record, store};
use crate::{
    EngineError, cert, db, profile,
    turn::{Fact, Turn},
};
use client_api::Event;

/// Applies records an issuer has signed, in their order.
pub(crate) fn apply(turn: &mut Turn<'_>, records: &[Record]) -> Result<(), EngineError> {
    for record in records {
        match record {
            Record::Person(person) => store::save_person(turn.db, person)?,
            Record::Unit(unit) => store::save_unit(turn.db, unit)?,
            Record::Function(function) => {
                let bytes = proto::encode(function);
                db::run(
                    turn.db,
                    "REPLACE INTO function (function, record) VALUES (?1, ?2)",
                    db::params![function.function.as_bytes(), bytes],
                )?;
            }
            Record::Device(device) => store::save_device(turn.db, device)?,
            Record::RevokePerson(user) => {
                store::revoke_person(turn.db, user)?;
                profile::note_revoked(turn, user)?;
                turn.facts.push(Fact::LockedOut(*user));
            }
            Record::RevokeDevice(device) => {
                let owner = store::find_device(turn.db, device)?.map(|row| row.user);
                store::revoke_device(turn.db, device)?;
                turn.facts.extend(owner.map(Fact::LockedOut));
            }
            Record::Policy(policy) => db::save_meta(turn.db, "policy", Some(&proto::encode(policy)))?,
            Record::Issuer(issuer) => issuer_record(turn, issuer)?,
            Record::RevokeIssuer(issuer) => store::revoke_issuer(turn.db, issuer)?,
            Record::TrustedRoot(root) => {
                let key = root
                    .authority
                    .as_bytes()
                    .iter()
                    .fold(String::from("root "), |text, byte| format!("{text}{byte:02x}"));
                db::save_meta(turn.db, &key, Some(&proto::encode(root)))?;
            }
            Record::Act(act) => store::add_act(turn.db, act)?,
        }
    }
    turn.event(Event::DirectoryChanged);
    Ok(())
}

/// An issuer counts only if our root has signed it.
fn issuer_record(turn: &mut Turn<'_>, issuer: &super::format::Issuer) -> Result<(), EngineError> {
    let Some(account) = profile::load(turn.db)? else { return Ok(()) };
    match cert::verify_issuer(&issuer.cert, &[account.root_pub], None, turn.seen) {
        Ok(identity) => store::save_issuer(turn.db, &identity.issuer, &issuer.cert, Some(issuer)),
        Err(error) => {
            turn.warn(None, &format!("the directory names an administrator the root did not sign: {error}"));
            Ok(())
        }
    }
}
