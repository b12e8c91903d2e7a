// SPDX-License-Identifier: EUPL-1.2
//! What needs the root file besides founding: making somebody an administrator, and locking one out (ADR 0002, 0005).

use super::{
    format::{open_root_file, root_file::RootFileError},
    found,
    invite::administrator,
};
use crate::{
    EngineError,
    cert::{self, ISSUER_DAYS, issuer_id},
    crypto::{
        Secret,
        sign::{RootKey, SigningKey},
    },
    db,
    directory::{
        self,
        format::{ActKind, Issuer, Record},
        store::{self, DeviceRow},
    },
    error::{Fail, bug},
    profile::{self, Account, RootSaid},
    turn::Turn,
};
use client_api::{Answer, CommandError, Passphrase, UserId, Why};
use proto::{AuthorityId, Hour, IssuerGrant, PublicKey};

/// Makes all devices of a person issuers, or renews what they have. The write key and the pass key are sealed to them in
/// the record itself, when it is signed for the branch it goes into.
pub(crate) fn grant_issuer(
    turn: &mut Turn<'_>,
    user: &UserId,
    root_file: &[u8],
    passphrase: &Passphrase,
) -> Result<Answer, Fail> {
    let (account, issuer) = administrator(turn)?;
    let person = store::find_person(turn.db, user)?.ok_or(CommandError::Unknown(Why::NoSuchPerson))?;
    let devices = store::list_devices_of(turn.db, user)?;
    if person.revoked || devices.is_empty() {
        let why = if person.revoked { Why::PersonLockedOut } else { Why::NoDeviceYet };
        return Err(CommandError::Refused(why).into());
    }
    let root = open_root(&account, root_file, passphrase)?;
    let mut records = Vec::new();
    for device in &devices {
        records.push(Record::Issuer(issuer_record(turn, &root, (&account, issuer.grant.generation), device)?));
    }
    records.push(directory::act(turn, &account, ActKind::GrantedIssuer(*user)));
    directory::append(turn, &records)?;
    Ok(Answer::Done)
}

/// Locks an administrator out: a new generation with a new pass key, new grants for all others, then the rekey.
pub(crate) fn revoke_issuer(
    turn: &mut Turn<'_>,
    user: &UserId,
    root_file: &[u8],
    passphrase: &Passphrase,
) -> Result<Answer, Fail> {
    let (mut account, mut issuer) = administrator(turn)?;
    let person = store::find_person(turn.db, user)?.ok_or(CommandError::Unknown(Why::NoSuchPerson))?;
    if !person.administrator || account.user == *user {
        return directory::revoke_person(turn, user);
    }
    let root = open_root(&account, root_file, passphrase)?;
    let generation = issuer.grant.generation.saturating_add(1);
    let mut records = Vec::new();
    for other in store::list_issuers(turn.db)? {
        let key = other.grant.issuer_pub;
        if other.user == *user {
            records.push(Record::RevokeIssuer(issuer_id(&key)));
            records.push(directory::act(turn, &account, ActKind::RevokedIssuer(issuer_id(&key))));
        } else {
            let grant = grant(turn, &root, &account.authority, &key, generation)?;
            records.push(Record::Issuer(Issuer { grant, keys: None, ..other }));
        }
    }
    issuer.pass_key = Secret::new(SigningKey::generate(turn.luck).expose());
    issuer.grant = grant(turn, &root, &account.authority, &issuer.grant.issuer_pub, generation)?;
    issuer.put = true;
    if let Some(access) = &account.directory {
        let statement = found::statement(&account, &issuer, access)?;
        issuer.root_said = Some(RootSaid { signature: root.sign(&statement.signed_bytes()), statement });
    }
    account.issuer = Some(issuer);
    profile::save(turn.db, &account)?;
    directory::append(turn, &records)?;
    directory::lock_out(turn, &account, user)?;
    // their passes bear the old pass key's signature
    db::run(turn.db, "UPDATE invite SET used = 2 WHERE used = 0", [])?;
    Ok(Answer::Done)
}

fn open_root(account: &Account, root_file: &[u8], passphrase: &Passphrase) -> Result<RootKey, Fail> {
    let file = open_root_file(root_file, &passphrase.0).map_err(|error| match error {
        RootFileError::Memory => CommandError::Store(error.to_string()),
        _ => CommandError::Refused(Why::RootFile),
    })?;
    if file.root.public() == account.root_pub {
        Ok(file.root)
    } else {
        Err(CommandError::Refused(Why::RootForeign).into())
    }
}

fn issuer_record(
    turn: &Turn<'_>,
    root: &RootKey,
    (account, generation): (&Account, u32),
    device: &DeviceRow,
) -> Result<Issuer, Fail> {
    let Some(seal_key) = device.seal_key.clone() else {
        return Err(CommandError::Refused(Why::StillReading).into());
    };
    let cert = cert::issue_issuer(turn.luck, root, &device.issuer_key, turn.now).map_err(bug)?;
    let grant = grant(turn, root, &account.authority, &device.issuer_key, generation)?;
    Ok(Issuer { cert: cert.into(), grant, seal_key: seal_key.into(), user: device.user, keys: None })
}

fn grant(
    turn: &Turn<'_>,
    root: &RootKey,
    authority: &AuthorityId,
    key: &PublicKey,
    generation: u32,
) -> Result<IssuerGrant, EngineError> {
    let not_after = Hour::of_millis(turn.now.0).plus_days(u32::try_from(ISSUER_DAYS).map_err(bug)?);
    let signed = IssuerGrant::signed_bytes(authority, key, generation, not_after);
    Ok(IssuerGrant { issuer_pub: *key, generation, not_after, root_signature: root.sign(&signed) })
}
