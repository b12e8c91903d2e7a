// SPDX-License-Identifier: EUPL-1.2
//! A town with real certificates, and stories of its groups.

mod chains;
mod judging;
mod kem;
mod lax;
mod measure;
mod policy;
mod stories;
mod vectors;

use super::*;
use crate::{
    cert::{self, DeviceIdentity, Seen},
    crypto::{
        Luck, Secret,
        luck::seeded,
        sign::{RootKey, SigningKey},
    },
    log::{Aad, EpochKeys},
};
use client_api::{ConversationId, ConversationKind, DeviceId, Timestamp, UserId};
use proto::{BranchId, ContentHash, Hour, LogId, NextKeys, RootPublicKey};

pub(super) const NOW: Timestamp = Timestamp(1_790_000_000_000);
pub(super) const LOG: LogId = LogId([0x10; 32]);

pub(super) fn hour() -> Hour {
    Hour::of_millis(NOW.0)
}

pub(super) fn aad(at: Hour) -> Aad {
    Aad { branch: BranchId([1; 32]), n: 0, head: ContentHash([2; 32]), at }
}

/// An authority with one issuer.
pub(super) struct Town {
    pub luck: Luck,
    pub suite: Suite,
    pub root: RootKey,
    pub issuer: SigningKey,
    pub issuer_cert: Vec<u8>,
    pub seen: Seen,
}

/// A device that can make key packages and join.
pub(super) struct Device {
    pub client: MlsClient,
    pub key: SigningKey,
    pub chain: Vec<Vec<u8>>,
}

pub(super) fn town(suite: Suite, seed: u64) -> Town {
    let luck = seeded::luck(seed);
    let (root, issuer) = (RootKey::generate(&luck), SigningKey::generate(&luck));
    let long_ago = Timestamp(NOW.0 - 60 * 86_400_000);
    let issuer_cert = cert::issue_issuer(&luck, &root, &issuer.public(), long_ago).unwrap();
    Town { luck, suite, root, issuer, issuer_cert, seen: Seen::new() }
}

impl Town {
    pub fn roots(&self) -> Vec<RootPublicKey> {
        vec![self.root.public()]
    }

    pub fn settings(&self, kind: ConversationKind, moderators: &[u8]) -> Settings {
        Settings {
            log: LOG,
            conversation: ConversationId([3; 32]),
            kind,
            name: "Kita Musterstadt".into(),
            moderators: moderators.iter().map(|user| UserId([*user; 16])).collect(),
            roots: self.roots(),
        }
    }

    /// [device, user, issuer] for a device key.
    pub fn chain(&self, user: u32, device: u32, key: &SigningKey, at: Timestamp) -> Vec<Vec<u8>> {
        let user_key = SigningKey::generate(&self.luck);
        let (user_id, user_pub) = (UserId(id(user)), user_key.public());
        let user_cert = cert::issue_user(&self.luck, &self.issuer, &self.issuer_cert, user_id, &user_pub, at).unwrap();
        let device = DeviceId(id(device));
        let device = cert::issue_device(&self.luck, &user_key, &user_cert, device, &key.public(), at).unwrap();
        vec![device, user_cert, self.issuer_cert.clone()]
    }

    pub fn client(&self, key: &SigningKey, chain: &[Vec<u8>]) -> MlsClient {
        MlsClient::new(self.suite, key, chain, &self.luck, &self.seen).unwrap()
    }

    pub fn device(&self, user: u32, device: u32) -> Device {
        let key = SigningKey::generate(&self.luck);
        let chain = self.chain(user, device, &key, NOW);
        Device { client: self.client(&key, &chain), key, chain }
    }

    /// The first device's group, joined by all others through one commit.
    pub fn group(&self, settings: &Settings, devices: &[&Device]) -> Vec<Group> {
        let (first, others) = devices.split_first().unwrap();
        let group = first.client.create(settings, hour()).unwrap();
        let mut groups = vec![group];
        if !others.is_empty() {
            let joined = self.add(&mut groups, 0, others);
            groups.extend(joined);
        }
        groups
    }

    /// `groups[by]` adds devices; everybody in `groups` accepts, the newcomers' groups are given back.
    pub fn add(&self, groups: &mut [Group], by: usize, devices: &[&Device]) -> Vec<Group> {
        let packages: Vec<_> =
            devices.iter().map(|device| device.client.key_package(NOW, KeyPackageUse::Once).unwrap()).collect();
        let plan = Plan { add: packages.iter().map(|package| package.bytes.clone()).collect(), ..Plan::default() };
        let staged = commit(groups, by, &plan);
        devices
            .iter()
            .zip(&packages)
            .map(|(device, package)| {
                let welcome = staged.welcomes.iter().find(|w| w.key_package == package.reference).unwrap();
                Group::join(&device.client, &welcome.message, &staged.tree, &package.private, &self.roots()).unwrap()
            })
            .collect()
    }
}

/// Sixteen times the same byte while the number is small.
fn id(number: u32) -> [u8; 16] {
    match u8::try_from(number) {
        Ok(byte) => [byte; 16],
        Err(_) => std::array::from_fn(|at| number.to_be_bytes()[at % 4]),
    }
}

/// `groups[by]` commits and everybody else finds it valid.
pub(super) fn commit(groups: &mut [Group], by: usize, plan: &Plan) -> Staged {
    let staged = groups[by].stage(plan, &aad(hour())).unwrap();
    for (at, group) in groups.iter_mut().enumerate() {
        if at == by {
            *group = staged.next.clone();
        } else if let Effect::NextEpoch(next) = valid(group, &staged).effect {
            *group = *next;
        }
    }
    staged
}

pub(super) fn valid(group: &Group, staged: &Staged) -> Commit {
    match group.judge(&staged.commit, &staged.announce) {
        Verdict::Valid(commit) => *commit,
        other => panic!("not valid: {other:?}"),
    }
}

pub(super) fn next(group: &Group, staged: &Staged) -> Group {
    match valid(group, staged).effect {
        Effect::NextEpoch(next) => *next,
        Effect::Removed | Effect::AddedAgain => panic!("removed"),
    }
}

pub(super) fn secret(group: &Group) -> Secret {
    group.log_secret(&LOG).unwrap()
}

pub(super) fn talks(from: &mut Group, to: &mut Group) {
    let text = from.encrypt(b"Guten Tag", &aad(hour())).unwrap();
    let Received::Message(message) = to.receive(&text).unwrap() else { panic!("not a message") };
    assert_eq!((message.data.as_slice(), message.aad), (b"Guten Tag".as_slice(), aad(hour())));
    assert_eq!(message.sender.leaf, from.own_leaf());
}

pub(super) fn identity(device: &Device, town: &Town) -> DeviceIdentity {
    let chain = cert::parse_chain(&device.chain).unwrap();
    cert::verify(&chain, &town.roots(), None, &Seen::new()).unwrap()
}

pub(super) fn other_keys() -> NextKeys {
    EpochKeys::derive(&Secret::new([0x55; 32])).announce()
}
