// SPDX-License-Identifier: EUPL-1.2
//! Certificates that end: a device renews its own, administrators renew those of users, the root those of administrators.

use super::{
    format::{RenewalLetter, Wanted, open_renewal, seal_renewal},
    inbox::Read,
    request::device_id_of,
};
use crate::{
    EngineError,
    cert::{self, issuer_id},
    crypto::{
        seal::{SealKey, SealPublic},
        sign::SigningKey,
    },
    db,
    directory::{
        self,
        format::{Device, Record},
        store,
    },
    error::bug,
    outbox,
    profile::{self, Account},
    turn::Turn,
};
use client_api::{AccountState, Event, Status, Timestamp, Why};
use proto::Hour;

const DAY_SECS: u64 = 86_400;
/// Administrators renew user certificates this long before their end.
const RENEW_USER_DAYS: u32 = 60;
/// Each further administrator waits this much longer, so that one alone does it.
const STAGGER_DAYS: u32 = 1;
/// What is renewed must gain at least this.
const GAIN_HOURS: u32 = 24;
/// An administrator is told this long before the own certificate ends.
const TELL_DAYS: u64 = 30;
const SCAN: &str = "renewal scan";
const SCAN_SECS: u64 = 6 * 3600;
/// Devices renewed in one step.
const STEP: u32 = 64;
/// Pause between two letters that ask.
const ASK_SECS: u64 = 7 * DAY_SECS;
/// A letter that asks is good for this long.
const WANTED_HOURS: u32 = 15 * 24;

/// When a certificate ends, in whole hours.
pub(super) fn cert_ends(der: &[u8]) -> Result<Hour, EngineError> {
    let secs = cert::validity(der).map_err(bug)?.to_secs;
    Ok(Hour(u32::try_from(secs / 3600).unwrap_or(u32::MAX)))
}

pub(super) fn pump(turn: &mut Turn<'_>) -> Result<(), EngineError> {
    let Some(account) = profile::load(turn.db)?.filter(|account| account.state == AccountState::Ready) else {
        return Ok(());
    };
    let now = turn.now.secs();
    if account.renew_at <= now {
        own(turn, account)?;
    } else {
        let next = account.renew_at.min(account.ask_at);
        turn.alarm(Timestamp::from_secs(next.min(now + 400 * DAY_SECS)));
        if account.ask_at <= now && turn.online() {
            return ask(turn, account);
        }
        if account.issuer.is_some() {
            others(turn, &account)?;
        }
    }
    Ok(())
}

/// A new device certificate by the user key, which lives on this device.
fn own(turn: &mut Turn<'_>, mut account: Account) -> Result<(), EngineError> {
    let user_key = SigningKey::from_bytes(account.user_key.expose()).map_err(bug)?;
    let [_, user_cert, issuer_cert] = account.chain.as_slice() else { return Ok(()) };
    let (user_cert, issuer_cert) = (user_cert.to_vec(), issuer_cert.to_vec());
    let key = account.device_signer()?.public();
    match cert::issue_device(turn.luck, &user_key, &user_cert, account.device, &key, turn.now) {
        Ok(device_cert) => take_chain(turn, account, vec![device_cert, user_cert, issuer_cert]),
        // the user certificate has ended: the administrator's letter is waited for
        Err(_) => {
            account.renew_at = u64::MAX;
            profile::save(turn.db, &account)
        }
    }
}

/// Key packages are made anew; groups take the chain with the next commit.
fn take_chain(turn: &mut Turn<'_>, mut account: Account, chain: Vec<Vec<u8>>) -> Result<(), EngineError> {
    account.set_chain(chain)?;
    profile::save(turn.db, &account)?;
    db::run(turn.db, "UPDATE inbox SET published = 0 WHERE purpose = 0", [])?;
    turn.event(Event::AccountChanged);
    Ok(())
}

/// Nobody has renewed this user's certificate: every administrator gets a letter.
fn ask(turn: &mut Turn<'_>, mut account: Account) -> Result<(), EngineError> {
    account.ask_at = turn.now.secs() + ASK_SECS;
    profile::save(turn.db, &account)?;
    let (key, at) = (account.device_signer()?, Hour::of_millis(turn.now.0));
    let wanted = RenewalLetter::Wanted(Wanted::sign(&key, &account.authority, account.inbox, at));
    for issuer in store::list_issuers(turn.db)? {
        for device in store::list_devices_of(turn.db, &issuer.user)? {
            send(turn, &account, &device, &wanted)?;
        }
    }
    Ok(())
}

fn send(
    turn: &Turn<'_>,
    account: &Account,
    device: &store::DeviceRow,
    letter: &RenewalLetter,
) -> Result<bool, EngineError> {
    let Some(Ok(to)) = device.seal_key.as_deref().map(SealPublic::from_bytes) else { return Ok(false) };
    let sealed = seal_renewal(turn.luck, &account.authority, &to, letter).map_err(bug)?;
    outbox::deposit(turn.db, &device.inbox, &sealed, None)?;
    Ok(true)
}

/// Renews what ends within the next weeks, unasked.
fn others(turn: &mut Turn<'_>, account: &Account) -> Result<(), EngineError> {
    let Some(issuer) = &account.issuer else { return Ok(()) };
    let next = db::load_meta(turn.db, SCAN)?.and_then(|bytes| minicbor::decode::<u64>(&bytes).ok()).unwrap_or(0);
    if turn.now.secs() < next {
        turn.alarm(Timestamp::from_secs(next));
        return Ok(());
    }
    let own = issuer_id(&issuer.grant.issuer_pub);
    let ids = store::list_issuers(turn.db)?.into_iter().map(|issuer| issuer_id(&issuer.grant.issuer_pub));
    let place = ids.take_while(|id| *id != own).count();
    let wait_days = STAGGER_DAYS.saturating_mul(u32::try_from(place).unwrap_or(u32::MAX)).min(RENEW_USER_DAYS / 2);
    let soon = Hour::of_millis(turn.now.0).plus_days(RENEW_USER_DAYS - wait_days);
    // a child never outlives its parent: what would gain nothing is left alone
    let most = cert_ends(&issuer.cert)?.0.saturating_sub(GAIN_HOURS);
    let due = store::list_ending(turn.db, Hour(soon.0.min(most)), STEP)?;
    let mut records = Vec::new();
    for device in &due {
        records.extend(renew(turn, account, device)?.map(Record::Device));
    }
    if !records.is_empty() {
        directory::append(turn, &records)?;
    }
    if due.len() < STEP as usize {
        let next = turn.now.secs() + SCAN_SECS;
        db::save_meta(turn.db, SCAN, Some(&minicbor::to_vec(next).map_err(bug)?))?;
    }
    Ok(())
}

fn renew(turn: &mut Turn<'_>, account: &Account, device: &store::DeviceRow) -> Result<Option<Device>, EngineError> {
    let Some(issuer) = &account.issuer else { return Ok(None) };
    let key = SigningKey::from_bytes(issuer.key.expose()).map_err(bug)?;
    let user_cert = cert::issue_user(turn.luck, &key, &issuer.cert, device.user, &device.user_key, turn.now);
    let Ok(user_cert) = user_cert else { return Ok(None) };
    let cert_ends = cert_ends(&user_cert)?;
    // known at once, not only when the record has been to the server and back
    store::set_cert_ends(turn.db, &device.device, cert_ends)?;
    let letter = RenewalLetter::Renewed(user_cert.into(), issuer.cert.clone());
    if !send(turn, account, device, &letter)? {
        return Ok(None);
    }
    let (seal_key_hash, seal_key) = (device.seal_key_hash, None);
    let (device, user, inbox) = (device.device, device.user, device.inbox);
    let row = store::find_device(turn.db, &device)?;
    Ok(row.map(|row| Device {
        device,
        user,
        inbox,
        seal_key_hash,
        seal_key,
        user_key: row.user_key,
        issuer_key: row.issuer_key,
        cert_ends,
    }))
}

/// A letter in the mailbox that may be about renewal.
pub(super) fn letter(turn: &mut Turn<'_>, account: Account, sealed: &[u8]) -> Result<Read, EngineError> {
    let own = SealKey::from_bytes(&account.seal_key).map_err(bug)?;
    match open_renewal(&own, &account.authority, sealed) {
        Err(_) => return Ok(Read::Other),
        Ok(RenewalLetter::Renewed(user_cert, issuer_cert)) => {
            renewed(turn, account, user_cert.into(), issuer_cert.into())?;
        }
        Ok(RenewalLetter::Wanted(wanted)) => wanted_by(turn, &account, &wanted)?,
    }
    Ok(Read::Done)
}

/// Anybody may write: it counts only if it is ours, holds, and lasts longer than what we have.
fn renewed(turn: &mut Turn<'_>, account: Account, user_cert: Vec<u8>, issuer_cert: Vec<u8>) -> Result<(), EngineError> {
    let user_key = SigningKey::from_bytes(account.user_key.expose()).map_err(bug)?;
    let key = account.device_signer()?.public();
    let device = cert::issue_device(turn.luck, &user_key, &user_cert, account.device, &key, turn.now);
    let Ok(device_cert) = device else { return Ok(()) };
    let chain = vec![device_cert, user_cert, issuer_cert];
    let verified = cert::parse_chain(&chain)
        .and_then(|parsed| cert::verify(&parsed, &[account.root_pub], Some(turn.now), turn.seen));
    let is_longer = match (account.chain.get(1), chain.get(1)) {
        (Some(old), Some(new)) => cert_ends(new)? > cert_ends(old)?,
        _ => false,
    };
    if is_longer && verified.is_ok_and(|identity| identity.user == account.user) {
        take_chain(turn, account, chain)?;
    }
    Ok(())
}

/// A device did not get its letter: it gets another with the next look around.
fn wanted_by(turn: &mut Turn<'_>, account: &Account, wanted: &Wanted) -> Result<(), EngineError> {
    let now = Hour::of_millis(turn.now.0).0;
    let is_fresh = wanted.at.0.saturating_add(WANTED_HOURS) >= now && wanted.at.0 <= now.saturating_add(GAIN_HOURS);
    let device = device_id_of(&wanted.device_key, &wanted.inbox);
    if account.issuer.is_some() && is_fresh && wanted.is_signed(&account.authority) {
        store::set_cert_ends(turn.db, &device, Hour(0))?;
        db::save_meta(turn.db, SCAN, None)?;
    }
    Ok(())
}

/// Adds what a person should know about the certificates here.
pub(super) fn judge(turn: &Turn<'_>, status: &mut Status) -> Result<(), EngineError> {
    let Some(account) = profile::load(turn.db)? else { return Ok(()) };
    if let Some(device) = account.chain.first()
        && cert::validity(device).map_err(bug)?.to_secs < turn.now.secs()
    {
        status.problem.get_or_insert(Why::CertificateEnded);
        return Ok(());
    }
    let Some(issuer) = account.issuer else { return Ok(()) };
    let left = cert::validity(&issuer.cert).map_err(bug)?.to_secs.saturating_sub(turn.now.secs()) / DAY_SECS;
    if left < TELL_DAYS {
        status.issuer_ends_in_days = u32::try_from(left).ok();
        status.problem.get_or_insert(Why::IssuerEnding);
    }
    Ok(())
}
