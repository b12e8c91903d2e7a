// SPDX-License-Identifier: EUPL-1.2
//! The device as the MLS library knows it, and the key packages it offers.

use super::Account;
use crate::{
    EngineError,
    crypto::sign::SigningKey,
    db::{self, params},
    error::bug,
    mls::{KeyPackageUse, MlsClient},
    turn::Turn,
};
use client_api::{DeviceId, UserId};

pub(crate) fn client(turn: &Turn<'_>, account: &Account) -> Result<MlsClient, EngineError> {
    let key = SigningKey::from_bytes(account.device_key.expose()).map_err(bug)?;
    let chain: Vec<Vec<u8>> = account.chain.iter().map(|cert| cert.to_vec()).collect();
    let client = MlsClient::new(turn.suite, &key, &chain, turn.luck, turn.seen).map_err(bug)?;
    #[cfg(any(test, feature = "testkit"))]
    if turn.is_planted(crate::testkit::Defect::PoisonPath) {
        client.poison();
    }
    Ok(client)
}

/// A key package to publish; its private part is kept until a Welcome used it.
pub(crate) fn new_key_package(
    turn: &mut Turn<'_>,
    account: &Account,
    purpose: KeyPackageUse,
) -> Result<Vec<u8>, EngineError> {
    let package = client(turn, account)?.key_package(turn.latest(), purpose).map_err(bug)?;
    db::run(
        turn.db,
        "INSERT INTO key_package (ref, data, last) VALUES (?1, ?2, ?3)",
        params![package.reference, package.private.as_slice(), purpose == KeyPackageUse::LastResort],
    )?;
    Ok(package.bytes)
}

/// Whether a key package is this device's, with a chain under our root that holds now.
pub(crate) fn is_good_package(
    turn: &Turn<'_>,
    account: &Account,
    package: &[u8],
    (user, device): (&UserId, &DeviceId),
) -> Result<bool, EngineError> {
    let verified = client(turn, account)?.verify_key_package(package, &[account.root_pub], turn.latest());
    Ok(verified.is_ok_and(|verified| (&verified.device.user, &verified.device.device) == (user, device)))
}
