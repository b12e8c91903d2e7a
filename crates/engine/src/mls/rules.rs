// SPDX-License-Identifier: EUPL-1.2
//! Who may change what in a group: a pure function of the epoch's state and the commit, asked by sender and receivers.

use super::{
    identity::Identity,
    path::{PathSeen, wanted},
    settings::Settings,
    witness::Witness,
};
use crate::cert::DeviceIdentity;
use client_api::{ConversationKind, UserId};
use mls_rs::{
    ExtensionList, MlsRules,
    client_builder::PaddingMode,
    group::{GroupContext, Roster, Sender, proposal::Proposal},
    identity::SigningIdentity,
    mls_rules::{
        CommitDirection, CommitOptions, CommitSource, EncryptionOptions, ProposalBundle, ProposalInfo, ProposalSource,
    },
};
use mls_rs_core::error::IntoAnyError;
use proto::RootPublicKey;
use std::collections::{BTreeMap, BTreeSet};

/// The rule a commit breaks; final for these bytes in this epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Breach {
    #[error("only members commit")]
    NotAMember,
    #[error("only adding, removing, leaving and new settings exist")]
    Kind,
    #[error("by reference, one may only leave")]
    Reference,
    #[error("only a moderator may do this")]
    Moderator,
    #[error("settings malformed or changed where they may not")]
    Settings,
    #[error("a member's chain does not end in an accepted root")]
    Chain,
    #[error("the device is in the group already")]
    SameDevice,
    #[error("a direct conversation has two people")]
    ThirdPerson,
    #[error("the update path is missing or has a wrong length")]
    Path,
}

impl IntoAnyError for Breach {
    fn into_dyn_error(self) -> Result<Box<dyn std::error::Error + Send + Sync>, Self> {
        Ok(self.into())
    }
}

#[derive(Clone)]
pub(super) struct Rules {
    pub identity: Identity,
    pub witness: Witness,
}

/// What is known of a group before a commit.
struct Ground<'a> {
    rules: &'a Rules,
    settings: Settings,
    members: BTreeMap<u32, (SigningIdentity, DeviceIdentity)>,
    committer: u32,
    by: DeviceIdentity,
}

impl Rules {
    fn check(
        &self,
        direction: CommitDirection,
        source: &CommitSource,
        roster: &Roster<'_>,
        context: &GroupContext,
        proposals: ProposalBundle,
    ) -> Result<ProposalBundle, Breach> {
        let CommitSource::ExistingMember(committer) = source else { return Err(Breach::NotAMember) };
        self.witness.with(|notes| notes.committer = Some(committer.index));
        let settings = Settings::read(&context.extensions).ok_or(Breach::Settings)?;
        let members = roster
            .members_iter()
            .map(|member| {
                let device = self.device(&member.signing_identity, &settings.roots)?;
                Ok((member.index, (member.signing_identity, device)))
            })
            .collect::<Result<BTreeMap<_, _>, Breach>>()?;
        let (_, by) = members.get(&committer.index).cloned().ok_or(Breach::NotAMember)?;
        let ground = Ground { rules: self, settings, members, committer: committer.index, by };
        let proposals = match direction {
            CommitDirection::Send => ground.tidy(proposals),
            CommitDirection::Receive => proposals,
        };
        ground.check(direction, &proposals)?;
        Ok(proposals)
    }

    fn device(&self, who: &SigningIdentity, roots: &[RootPublicKey]) -> Result<DeviceIdentity, Breach> {
        self.identity.check(who, roots, None).map_err(|_| Breach::Chain)
    }
}

impl Ground<'_> {
    /// Leavings still standing, once each and in the order of leaves: the library keeps them in no order at all.
    fn tidy(&self, proposals: ProposalBundle) -> ProposalBundle {
        let (mut leaving, mut rest) = (BTreeMap::new(), Vec::new());
        for info in proposals.into_proposals() {
            match info.source {
                ProposalSource::ByReference(_) => {
                    if let Some(leaf) = leaver(&info).filter(|leaf| *leaf != self.committer) {
                        leaving.entry(leaf).or_insert(info);
                    }
                }
                _ => rest.push(info),
            }
        }
        rest.retain(|info| !matches!(&info.proposal, Proposal::Remove(r) if leaving.contains_key(&r.to_remove())));
        let mut tidy = ProposalBundle::default();
        for info in leaving.into_values().chain(rest) {
            tidy.add(info.proposal, info.sender, info.source);
        }
        tidy
    }

    fn check(&self, direction: CommitDirection, proposals: &ProposalBundle) -> Result<(), Breach> {
        let next = self.next_settings(proposals)?;
        let mut added = Vec::new();
        for info in proposals.add_proposals() {
            added.push(self.rules.device(info.proposal.signing_identity(), &next.roots)?);
        }
        let mut removed = BTreeSet::new();
        for info in proposals.remove_proposals() {
            let leaf = info.proposal.to_remove();
            let (_, device) = self.members.get(&leaf).ok_or(Breach::Kind)?;
            match info.source {
                ProposalSource::ByReference(_) if info.sender != Sender::Member(leaf) => return Err(Breach::Reference),
                ProposalSource::ByReference(_) => {}
                _ if added.iter().any(|other| is_same_device(other, device)) => {}
                _ if self.rules.witness.is_revoked(&device.user) => {}
                _ => self.may_touch(device)?,
            }
            removed.insert(leaf);
        }
        for device in &added {
            let mut leaving = removed.iter().filter_map(|leaf| self.members.get(leaf));
            if !leaving.any(|(_, before)| is_same_device(before, device)) {
                self.may_touch(device)?;
            }
        }
        self.check_people(&next, &removed, &added)?;
        if next.roots != self.settings.roots {
            let mut staying = self.members.iter().filter(|(leaf, _)| !removed.contains(leaf));
            staying.try_for_each(|(_, (who, _))| self.rules.device(who, &next.roots).map(drop))?;
        }
        match direction {
            CommitDirection::Send => Ok(()),
            CommitDirection::Receive => self.check_path(&removed, added.len()),
        }
    }

    /// Only kinds that exist here, and the settings after them.
    fn next_settings(&self, proposals: &ProposalBundle) -> Result<Settings, Breach> {
        let mut next = self.settings.clone();
        for info in proposals.iter_proposals() {
            let by_reference = matches!(info.source, ProposalSource::ByReference(_));
            match info.proposal {
                mls_rs::group::proposal::BorrowedProposal::Remove(_) => {}
                mls_rs::group::proposal::BorrowedProposal::Add(_) if !by_reference => {}
                mls_rs::group::proposal::BorrowedProposal::GroupContextExtensions(list) if !by_reference => {
                    next = self.changed(list)?;
                }
                _ if by_reference => return Err(Breach::Reference),
                _ => return Err(Breach::Kind),
            }
        }
        Ok(next)
    }

    fn changed(&self, list: &ExtensionList) -> Result<Settings, Breach> {
        let next = Settings::read(list).filter(|next| self.settings.may_become(next)).ok_or(Breach::Settings)?;
        if self.is_moderator(&self.by.user) { Ok(next) } else { Err(Breach::Moderator) }
    }

    /// One's own devices, or anybody's for moderators.
    fn may_touch(&self, device: &DeviceIdentity) -> Result<(), Breach> {
        let own = (device.authority, device.user) == (self.by.authority, self.by.user);
        if own || self.is_moderator(&self.by.user) { Ok(()) } else { Err(Breach::Moderator) }
    }

    fn is_moderator(&self, user: &UserId) -> bool {
        self.settings.leads(user, self.members.values().map(|(_, device)| &device.user))
    }

    /// No device twice, and no third person in a conversation of two.
    fn check_people(&self, next: &Settings, removed: &BTreeSet<u32>, added: &[DeviceIdentity]) -> Result<(), Breach> {
        let staying = self.members.iter().filter(|(leaf, _)| !removed.contains(leaf)).map(|(_, (_, device))| device);
        let (mut devices, mut people) = (BTreeSet::new(), BTreeSet::new());
        for device in staying {
            devices.insert((device.user, device.device));
            people.insert(device.user);
        }
        for device in added {
            if !devices.insert((device.user, device.device)) {
                return Err(Breach::SameDevice);
            }
            people.insert(device.user);
        }
        let most = match next.kind {
            ConversationKind::Direct => 2,
            ConversationKind::Own => 1,
            ConversationKind::Group => usize::MAX,
        };
        if people.len() > most && !added.is_empty() { Err(Breach::ThirdPerson) } else { Ok(()) }
    }

    fn check_path(&self, removed: &BTreeSet<u32>, added: usize) -> Result<(), Breach> {
        let occupied = self.members.keys().copied().collect();
        let wanted = wanted(&occupied, removed, added, self.committer);
        let seen = self.rules.witness.with(|notes| notes.path);
        if seen == PathSeen::Nodes(wanted) { Ok(()) } else { Err(Breach::Path) }
    }
}

/// A device that can't follow is put back by whoever it asked: removed and added in one commit, with the same key.
fn is_same_device(one: &DeviceIdentity, other: &DeviceIdentity) -> bool {
    (one.authority, one.user, one.device, one.device_key)
        == (other.authority, other.user, other.device, other.device_key)
}

/// The leaf that wants to leave by itself.
pub(super) fn leaver(info: &ProposalInfo<Proposal>) -> Option<u32> {
    match (&info.proposal, &info.sender) {
        (Proposal::Remove(remove), Sender::Member(leaf)) if remove.to_remove() == *leaf => Some(*leaf),
        _ => None,
    }
}

impl MlsRules for Rules {
    type Error = Breach;

    fn filter_proposals(
        &self,
        direction: CommitDirection,
        source: CommitSource,
        roster: &Roster<'_>,
        context: &GroupContext,
        proposals: ProposalBundle,
    ) -> Result<ProposalBundle, Breach> {
        self.check(direction, &source, roster, context, proposals)
    }

    /// A path always, the tree beside the Welcome, and one Welcome per device: equal bytes in two inboxes would tell.
    fn commit_options(&self, _: &Roster<'_>, _: &GroupContext, _: &ProposalBundle) -> Result<CommitOptions, Breach> {
        Ok(CommitOptions::new()
            .with_path_required(true)
            .with_ratchet_tree_extension(false)
            .with_single_welcome_message(false))
    }

    /// The envelope pads.
    fn encryption_options(&self, _: &Roster<'_>, _: &GroupContext) -> Result<EncryptionOptions, Breach> {
        Ok(EncryptionOptions::new(true, PaddingMode::None))
    }
}
