// SPDX-License-Identifier: EUPL-1.2
//! Building a commit: everything is computed and saved before anything is sent, and becomes true only by the server's word.

use super::{
    GroupError, Settings,
    client::{cert, read_key_package},
    group::{Group, time},
    settings::HOUR,
};
use crate::{
    cert::{DeviceIdentity, Revocation},
    log::{Aad, EpochKeys},
};
use minicbor::{Decode, Encode, bytes::ByteVec};
use mls_rs::{Extension, MlsMessage, group::CommitSecrets};
use proto::{Hour, NextKeys};
use zeroize::Zeroizing;

/// What a commit shall do. Leavings the group has seen are committed in any case, and the own leaf gets fresh keys and
/// the client's present chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Key packages of devices to add.
    pub add: Vec<Vec<u8>>,
    /// Leaves to remove.
    pub remove: Vec<u32>,
    pub settings: Option<Settings>,
    /// Statements that allow to remove whom they name; they go with the commit.
    pub revocations: Vec<Revocation>,
}

/// One newcomer's Welcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Welcome {
    pub device: DeviceIdentity,
    /// Names the key package it was made for.
    pub key_package: Vec<u8>,
    pub message: Vec<u8>,
}

/// A commit that is built and not yet true.
pub struct Staged {
    /// For the envelope of `log.commit`.
    pub commit: Vec<u8>,
    /// What `log.commit` announces.
    pub announce: NextKeys,
    /// One per added device, never the same bytes twice; deposited after the ack.
    pub welcomes: Vec<Welcome>,
    /// The next epoch's tree, for the newcomers' blob.
    pub tree: Vec<u8>,
    /// To be kept with the group; secret. [`Group::restore_staged`] makes the next epoch from it.
    pub secrets: Zeroizing<Vec<u8>>,
    /// The next epoch.
    pub next: Group,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct KeptCommit {
    #[n(0)]
    library: ByteVec,
    #[n(1)]
    hour: Hour,
}

impl Group {
    /// Builds a commit at the hour `aad` states. The group itself moves on only in its sending keys: save it before
    /// anything leaves the device.
    ///
    /// # Errors
    /// [`GroupError::Policy`], [`GroupError::KeyPackage`], [`GroupError::Cert`], [`GroupError::NoSuchLeaf`];
    /// [`GroupError::Epoch`] if the hour is smaller than the last commit's.
    pub fn stage(&mut self, plan: &Plan, aad: &Aad) -> Result<Staged, GroupError> {
        if aad.at < self.hour {
            return Err(GroupError::Epoch);
        }
        let before = self.library.clone();
        self.note_revoked(&plan.revocations)?;
        let staged = self.build(plan, aad);
        self.client.0.witness.set_revoked(Default::default());
        if staged.is_err() {
            self.library = before;
        }
        staged
    }

    fn build(&mut self, plan: &Plan, aad: &Aad) -> Result<Staged, GroupError> {
        let newcomers = plan.add.iter().map(|bytes| read_key_package(bytes)).collect::<Result<Vec<_>, _>>()?;
        let own = self.library.current_member_signing_identity()?.clone();
        let client = self.client.clone();
        let at = time(aad.at).seconds_since_epoch();
        client.0.identity.check(&client.0.who, &self.settings()?.roots, Some(at)).map_err(cert)?;
        let hour = Extension::new(HOUR, aad.at.0.to_be_bytes().to_vec());
        let mut commit = self
            .library
            .commit_builder()
            .commit_time(time(aad.at))
            .authenticated_data(aad.encode())
            .set_group_info_ext(vec![hour].into());
        for newcomer in &newcomers {
            commit = commit.add_member(newcomer.clone())?;
        }
        for leaf in &plan.remove {
            commit = commit.remove_member(*leaf)?;
        }
        if let Some(settings) = &plan.settings {
            commit = commit.set_group_context_ext(settings.extensions())?;
        }
        if own != client.0.who {
            let key = client.0.key.expose().to_vec().into();
            commit = commit.set_new_signing_identity(key, client.0.who.clone());
        }
        let (output, secrets) = commit.build_detached()?;
        let secrets = Zeroizing::new(secrets.to_bytes()?);
        let kept = KeptCommit { library: secrets.to_vec().into(), hour: aad.at };
        let secrets = Zeroizing::new(minicbor::to_vec(&kept).map_err(|_| GroupError::Library)?);
        let next = self.restore_staged(&secrets)?;
        let log = next.settings()?.log;
        Ok(Staged {
            commit: output.commit_message.to_bytes()?,
            announce: EpochKeys::derive(&next.log_secret(&log)?).announce(),
            welcomes: self.match_welcomes(&next, &newcomers, &output.welcome_messages)?,
            tree: next.tree()?,
            secrets,
            next,
        })
    }

    /// The next epoch from what [`Staged::secrets`] kept, when the commit has become true. The group must be in the
    /// epoch it was staged in.
    ///
    /// # Errors
    /// [`GroupError::Library`].
    pub fn restore_staged(&self, secrets: &[u8]) -> Result<Self, GroupError> {
        let kept: KeptCommit = minicbor::decode(secrets).map_err(|_| GroupError::Library)?;
        let secrets = CommitSecrets::from_bytes(&kept.library).map_err(|_| GroupError::Library)?;
        let mut library = self.library.clone();
        library.apply_detached_commit(secrets).map_err(|_| GroupError::Library)?;
        if library.current_epoch() != self.epoch().saturating_add(1) {
            return Err(GroupError::Library);
        }
        Ok(Self::fresh(&self.client, library, kept.hour))
    }

    fn match_welcomes(
        &self,
        next: &Self,
        newcomers: &[MlsMessage],
        welcomes: &[MlsMessage],
    ) -> Result<Vec<Welcome>, GroupError> {
        let (primitives, roots) = (self.client.primitives()?, next.settings()?.roots);
        newcomers
            .iter()
            .map(|newcomer| {
                let reference = newcomer.key_package_reference(&primitives)?.ok_or(GroupError::KeyPackage)?;
                let welcome = welcomes
                    .iter()
                    .find(|welcome| welcome.welcome_key_package_references().contains(&&reference))
                    .ok_or(GroupError::Library)?;
                let package = newcomer.as_key_package().ok_or(GroupError::KeyPackage)?;
                let device = next.identify(0, package.signing_identity(), &roots)?.device;
                Ok(Welcome { device, key_package: reference.to_vec(), message: welcome.to_bytes()? })
            })
            .collect()
    }
}
