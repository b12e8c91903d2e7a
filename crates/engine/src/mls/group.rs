// SPDX-License-Identifier: EUPL-1.2
//! One group as this device sees it: messages out and in, its members, its secrets, and how it is kept.

use super::{
    GroupError, MlsClient, Settings,
    client::{Config, cert},
    settings::HOUR,
};
use crate::{cert::DeviceIdentity, crypto::Secret, log::Aad};
use client_api::UserId;
use minicbor::{Decode, Encode, bytes::ByteVec};
use mls_rs::{
    ExtensionList, MlsMessage, MlsMessageDescription,
    group::{ContentType, ExportedTree, ProposalSender, ReceivedMessage, proposal::Proposal},
    identity::SigningIdentity,
    time::MlsTime,
};
use proto::{Hour, LogId, RootPublicKey, limit::COMMIT_ENVELOPE_BYTES};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// A group in one epoch. A clone goes its own way: keys used by one must not be used again by the other.
#[derive(Clone)]
pub struct Group {
    pub(super) client: MlsClient,
    pub(super) library: mls_rs::Group<Config>,
    /// The largest hour a commit has stated.
    pub(super) hour: Hour,
    /// The epoch whose tree the store has.
    saved_tree: Option<u64>,
}

impl std::fmt::Debug for Group {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Group(epoch {})", self.epoch())
    }
}

/// What the store keeps of a group; both parts are secret.
pub struct SavedGroup {
    pub state: Zeroizing<Vec<u8>>,
    /// The public tree, large, only when the epoch has changed since it was last saved.
    pub tree: Option<Vec<u8>>,
}

/// One leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub leaf: u32,
    pub device: DeviceIdentity,
}

/// An application message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub sender: Member,
    pub data: Vec<u8>,
    pub aad: Aad,
}

/// Somebody wants to leave; whoever is first by rank commits it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leave {
    pub sender: Member,
    pub aad: Aad,
}

/// What an entry brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    Message(Message),
    Leave(Leave),
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Kept {
    #[n(0)]
    library: ByteVec,
    #[n(1)]
    hour: Hour,
    #[n(2)]
    id: ByteVec,
}

impl Group {
    pub(super) fn create(client: &MlsClient, settings: &Settings, at: Hour) -> Result<Self, GroupError> {
        if !settings.is_within_limits() {
            return Err(super::Breach::Settings.into());
        }
        let id: [u8; 32] = client.0.provider.luck.bytes();
        let library = client.0.library.create_group_with_id(
            id.to_vec(),
            settings.extensions(),
            ExtensionList::new(),
            Some(time(at)),
        )?;
        Ok(Self::fresh(client, library, at))
    }

    pub(super) fn fresh(client: &MlsClient, library: mls_rs::Group<Config>, hour: Hour) -> Self {
        Self { client: client.clone(), library, hour, saved_tree: None }
    }

    /// Takes a Welcome. Times are left out: expired leaves are removed afterwards. `accepted`: the roots this device
    /// trusts; `key_package`: the private part of the key package the Welcome names.
    ///
    /// # Errors
    /// [`GroupError::ForeignRoot`], [`GroupError::Cert`] if a member's chain is refused, [`GroupError::Welcome`] and
    /// others if it is broken. All are final for these bytes.
    pub fn join(
        client: &MlsClient,
        welcome: &[u8],
        tree: &[u8],
        key_package: &[u8],
        accepted: &[RootPublicKey],
    ) -> Result<Self, GroupError> {
        client.offer(key_package)?;
        let joined = Self::join_offered(client, welcome, tree, accepted);
        client.0.storage.clear();
        joined
    }

    fn join_offered(
        client: &MlsClient,
        welcome: &[u8],
        tree: &[u8],
        accepted: &[RootPublicKey],
    ) -> Result<Self, GroupError> {
        let welcome = MlsMessage::from_bytes(welcome).map_err(|_| GroupError::Welcome)?;
        let tree = ExportedTree::from_bytes(tree).map_err(|_| GroupError::Welcome)?;
        let (library, info) =
            client.0.library.join_group(Some(tree), &welcome, None).map_err(|error| match GroupError::from(error) {
                GroupError::Cert(cert) => GroupError::Cert(cert),
                _ => GroupError::Welcome,
            })?;
        let hour = info.group_info_extensions().get(HOUR).ok_or(GroupError::Welcome)?;
        let hour = hour.extension_data().try_into().map(u32::from_be_bytes).map_err(|_| GroupError::Welcome)?;
        let group = Self::fresh(client, library, Hour(hour));
        let settings = group.find_settings().ok_or(GroupError::Welcome)?;
        if settings.roots.iter().any(|root| !accepted.contains(root)) {
            return Err(GroupError::ForeignRoot);
        }
        Ok(group)
    }

    /// From what [`Self::save`] gave, the tree as saved last.
    ///
    /// # Errors
    /// [`GroupError::Library`]: not what was saved.
    pub fn load(client: &MlsClient, state: &[u8], tree: &[u8]) -> Result<Self, GroupError> {
        let kept: Kept = minicbor::decode(state).map_err(|_| GroupError::Library)?;
        let tree = ExportedTree::from_bytes(tree).map_err(|_| GroupError::Library)?;
        client.0.storage.clear();
        client.0.storage.offer_state(&kept.id, kept.library.into());
        let library = client.0.library.load_group_with_ratchet_tree(&kept.id, tree);
        client.0.storage.clear();
        let library = library.map_err(|_| GroupError::Library)?;
        let epoch = library.current_epoch();
        Ok(Self { client: client.clone(), library, hour: kept.hour, saved_tree: Some(epoch) })
    }

    /// What must be kept, in the transaction that follows from the last call.
    ///
    /// # Errors
    /// [`GroupError::Library`].
    pub fn save(&mut self) -> Result<SavedGroup, GroupError> {
        self.library.write_to_storage_without_ratchet_tree().map_err(|_| GroupError::Library)?;
        let library = self.client.0.storage.take_state().ok_or(GroupError::Library)?;
        let kept =
            Kept { library: library.to_vec().into(), hour: self.hour, id: self.library.group_id().to_vec().into() };
        let state = minicbor::to_vec(&kept).map_err(|_| GroupError::Library)?;
        let epoch = self.epoch();
        let tree = if self.saved_tree == Some(epoch) { None } else { Some(self.tree()?) };
        self.saved_tree = Some(epoch);
        Ok(SavedGroup { state: state.into(), tree })
    }

    /// The public tree a newcomer needs beside the Welcome.
    ///
    /// # Errors
    /// [`GroupError::Library`].
    pub fn tree(&self) -> Result<Vec<u8>, GroupError> {
        Ok(self.library.export_tree().to_bytes()?)
    }

    /// An application message for an entry.
    ///
    /// # Errors
    /// [`GroupError::CommitFirst`] after somebody asked to leave.
    pub fn encrypt(&mut self, plain: &[u8], aad: &Aad) -> Result<Vec<u8>, GroupError> {
        Ok(self.library.encrypt_application_message(plain, aad.encode())?.to_bytes()?)
    }

    /// A proposal to remove the own leaf, for an entry. Afterwards only a commit is possible.
    ///
    /// # Errors
    /// [`GroupError::Library`].
    pub fn leave_proposal(&mut self, aad: &Aad) -> Result<Vec<u8>, GroupError> {
        Ok(self.library.propose_remove(self.own_leaf(), aad.encode())?.to_bytes()?)
    }

    /// Takes one message of an entry; commits go to [`Self::judge`]. After an error the group is as it was, so that
    /// garbage can't use up anybody's keys.
    ///
    /// # Errors
    /// [`GroupError::Malformed`], [`GroupError::Epoch`], [`GroupError::Open`], [`GroupError::Proposal`],
    /// [`GroupError::Own`]: the entry is skipped, the cursor moves.
    pub fn receive(&mut self, bytes: &[u8]) -> Result<Received, GroupError> {
        let message = self.read(bytes)?;
        let MlsMessageDescription::PrivateProtocolMessage { content_type, epoch_id, .. } = message.description() else {
            return Err(GroupError::Malformed);
        };
        if content_type == ContentType::Commit {
            return Err(GroupError::Malformed);
        }
        if epoch_id != self.epoch() {
            return Err(GroupError::Epoch);
        }
        let before = self.library.clone();
        let taken = self.take(message);
        if taken.is_err() {
            self.library = before;
        }
        taken
    }

    fn take(&mut self, message: MlsMessage) -> Result<Received, GroupError> {
        match self.library.process_incoming_message_with_time(message, time(self.hour))? {
            ReceivedMessage::ApplicationMessage(message) => {
                let aad = Aad::decode(&message.authenticated_data).map_err(|_| GroupError::Malformed)?;
                let sender = self.member(message.sender_index)?;
                Ok(Received::Message(Message { sender, data: message.data().to_vec(), aad }))
            }
            ReceivedMessage::Proposal(proposal) => {
                let aad = Aad::decode(&proposal.authenticated_data).map_err(|_| GroupError::Malformed)?;
                match (&proposal.proposal, proposal.sender) {
                    (Proposal::Remove(remove), ProposalSender::Member(leaf)) if remove.to_remove() == leaf => {
                        Ok(Received::Leave(Leave { sender: self.member(leaf)?, aad }))
                    }
                    _ => Err(GroupError::Proposal),
                }
            }
            _ => Err(GroupError::Malformed),
        }
    }

    /// S of this epoch: MLS-Exporter("rp1 log", log id, 32).
    ///
    /// # Errors
    /// [`GroupError::Library`].
    pub fn log_secret(&self, log: &LogId) -> Result<Secret, GroupError> {
        let secret = self.library.export_secret(b"rp1 log", log.as_ref(), 32)?;
        Secret::from_slice(secret.as_bytes()).ok_or(GroupError::Library)
    }

    pub fn epoch(&self) -> u64 {
        self.library.current_epoch()
    }

    /// Names this group and epoch to its members and nobody else.
    ///
    /// # Errors
    /// [`GroupError::Library`].
    pub fn epoch_authenticator(&self) -> Result<Vec<u8>, GroupError> {
        Ok(self.library.epoch_authenticator()?.as_bytes().to_vec())
    }

    pub fn own_leaf(&self) -> u32 {
        self.library.current_member_index()
    }

    /// Whether the group was made or loaded with these certificates.
    pub fn has_chain(&self, chain: &[ByteVec]) -> bool {
        self.client.has_chain(chain)
    }

    /// The profile's certificates were renewed since this leaf was last written.
    pub fn own_chain_is_old(&self) -> bool {
        self.library.current_member_signing_identity().is_ok_and(|own| *own != self.client.0.who)
    }

    /// The largest hour a commit has stated; the next commit may not state a smaller one.
    pub fn hour(&self) -> Hour {
        self.hour
    }

    /// SHA-256(epoch authenticator ‖ leaf (u32)): whose turn it is, lowest first.
    ///
    /// # Errors
    /// [`GroupError::Library`].
    pub fn rank(&self, leaf: u32) -> Result<[u8; 32], GroupError> {
        Ok(Sha256::new_with_prefix(self.epoch_authenticator()?).chain_update(leaf.to_be_bytes()).finalize().into())
    }

    /// # Errors
    /// [`GroupError::Library`]: never for a group that was created or joined here.
    pub fn settings(&self) -> Result<Settings, GroupError> {
        self.find_settings().ok_or(GroupError::Library)
    }

    fn find_settings(&self) -> Option<Settings> {
        Settings::read(&self.library.context().extensions)
    }

    /// How many leaves there are.
    pub fn size(&self) -> usize {
        self.library.roster().members_iter().count()
    }

    /// All members, ordered by leaf.
    ///
    /// # Errors
    /// [`GroupError::Cert`]: never for a group that was created or joined here.
    pub fn roster(&self) -> Result<Vec<Member>, GroupError> {
        let roots = self.settings()?.roots;
        let members = self.library.roster().members_iter();
        members.map(|member| self.identify(member.index, &member.signing_identity, &roots)).collect()
    }

    /// # Errors
    /// [`GroupError::NoSuchLeaf`].
    pub fn member(&self, leaf: u32) -> Result<Member, GroupError> {
        let member = self.library.member_at_index(leaf).ok_or(GroupError::NoSuchLeaf)?;
        self.identify(leaf, &member.signing_identity, &self.settings()?.roots)
    }

    pub(super) fn identify(
        &self,
        leaf: u32,
        who: &SigningIdentity,
        roots: &[RootPublicKey],
    ) -> Result<Member, GroupError> {
        let device = self.client.0.identity.check(who, roots, None).map_err(cert)?;
        Ok(Member { leaf, device })
    }

    /// Whether a person may remove another's leaves in this epoch: the rule [`Self::stage`] and [`Self::judge`] hold.
    ///
    /// # Errors
    /// [`GroupError::Library`].
    pub fn may_remove(&self, by: &UserId, whose: &UserId) -> Result<bool, GroupError> {
        let settings = self.settings()?;
        let present = self.roster()?;
        let leads = settings.leads(by, present.iter().map(|member| &member.device.user));
        Ok(by == whose || leads)
    }

    /// Members who asked to leave in this epoch, ordered by leaf; the own leaf included.
    pub fn leaving(&self) -> Vec<u32> {
        let mut leaves: Vec<u32> = self
            .library
            .get_cached_proposals()
            .iter()
            .filter_map(|cached| match cached.proposal() {
                Proposal::Remove(remove) => Some(remove.to_remove()),
                _ => None,
            })
            .collect();
        leaves.sort_unstable();
        leaves.dedup();
        leaves
    }

    /// One private message of this group, whatever its epoch; nothing behind it.
    pub(super) fn read(&self, bytes: &[u8]) -> Result<MlsMessage, GroupError> {
        if bytes.len() > COMMIT_ENVELOPE_BYTES {
            return Err(GroupError::Malformed);
        }
        let message = MlsMessage::from_bytes(bytes).map_err(|_| GroupError::Malformed)?;
        let same = message.to_bytes().is_ok_and(|again| again == bytes);
        if same && message.group_id() == Some(self.library.group_id()) {
            Ok(message)
        } else {
            Err(GroupError::Malformed)
        }
    }
}

/// The start of the hour, as certificates are judged by it.
pub(super) fn time(hour: Hour) -> MlsTime {
    MlsTime::from(hour.start_millis() / 1000)
}
