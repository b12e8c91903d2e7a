// SPDX-License-Identifier: EUPL-1.2
//! Verified records become rows.

use super::{
    format::{Record, open_issuer_keys},
    rekey, store,
};
use crate::{
    EngineError, cert,
    crypto::seal::SealKey,
    db,
    error::bug,
    profile::{self, Account, IssuerKeys},
    sync,
    turn::{Fact, Turn},
};
use client_api::{Event, Why};

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
                rekey::due(turn)?;
                profile::note_revoked(turn, user)?;
                turn.facts.push(Fact::LockedOut(*user));
            }
            Record::RevokeDevice(device) => {
                let owner = store::find_device(turn.db, device)?.map(|row| row.user);
                store::revoke_device(turn.db, device)?;
                rekey::due(turn)?;
                profile::note_device_revoked(turn, device)?;
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
            Record::Revocation(revocation) => store::save_revocation(turn.db, revocation)?,
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
        Ok(identity) => {
            // sealed keys are for one branch and one device: nobody hands them on
            let kept = super::format::Issuer { keys: None, ..issuer.clone() };
            store::save_issuer(turn.db, &identity.issuer, &issuer.cert, Some(&kept))?;
            own_grant(turn, account, &identity, issuer)
        }
        Err(_) => {
            turn.warn(None, Why::DirectoryEntry);
            Ok(())
        }
    }
}

/// The root has made this device an administrator, or given it a new certificate or a grant of the next generation.
fn own_grant(
    turn: &mut Turn<'_>,
    mut account: Account,
    identity: &cert::IssuerIdentity,
    issuer: &super::format::Issuer,
) -> Result<(), EngineError> {
    let key = crate::crypto::sign::SigningKey::from_bytes(account.issuer_key.expose()).map_err(bug)?;
    let is_older = account.issuer.as_ref().is_some_and(|own| own.grant.generation > issuer.grant.generation);
    let (Some(sealed), false) = (&issuer.keys, is_older || key.public() != identity.key) else { return Ok(()) };
    let own = SealKey::from_bytes(&account.seal_key).map_err(bug)?;
    let Ok(keys) = open_issuer_keys(&own, &account.authority, &identity.issuer, sealed) else {
        turn.warn(None, Why::DirectoryKey);
        return Ok(());
    };
    let before = account.issuer.take();
    let is_new = before.as_ref().is_none_or(|before| before.write_key != keys.write);
    account.issuer = Some(IssuerKeys {
        key: account.issuer_key.clone(),
        cert: issuer.cert.clone(),
        grant: issuer.grant.clone(),
        write_key: keys.write,
        pass_key: keys.pass,
        put: before.as_ref().is_some_and(|before| before.put),
        version: before.as_ref().map_or(0, |before| before.version),
        setup_code: None,
        root_said: before.and_then(|before| before.root_said),
    });
    profile::save(turn.db, &account)?;
    turn.event(Event::AccountChanged);
    // opened again, with the proof of the write key
    if let Some(log) = sync::store::find_directory(turn.db)?.filter(|_| is_new) {
        turn.live.opened.remove(&log.branch);
    }
    Ok(())
}
