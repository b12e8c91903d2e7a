// SPDX-License-Identifier: EUPL-1.2
//! Judging a candidate (20-protocol §5): valid, invalid, or undecidable for this device; never by a clock.

use super::{
    Breach, Group, GroupError, Member,
    client::is_kem_key,
    error::{breach, cert_error},
    group::time,
    path::authenticated_data,
    witness::{Failed, Notes},
};
use crate::{
    cert::{CertError, Revocation},
    log::{Aad, EpochKeys},
};
use mls_rs::{
    MlsMessageDescription,
    error::MlsError,
    group::{
        CommitEffect, CommitMessageDescription, ContentType, LeafIndex, NewEpoch, ReceivedMessage, proposal::Proposal,
    },
    mls_rules::ProposalSource,
};
use proto::NextKeys;
use std::collections::BTreeSet;

/// No reader whatever accepts a later key of one sender in one epoch: at most one leaving moves its ratchet, by at most
/// the library's 1,024, and a commit may skip as many again.
const LAST_GENERATION: u32 = 2 * (1024 + 1);

/// What a device makes of a candidate.
#[derive(Debug)]
pub enum Verdict {
    /// The branch continues with it.
    Valid(Box<Commit>),
    /// Everybody sees the same: look at the next candidate.
    Invalid(Invalid),
    /// Others may see more: stop here, neither post nor accept a later candidate, ask to be added again.
    Undecidable {
        /// Known once the signature was found right.
        committer: Option<Box<Member>>,
    },
}

/// A commit that holds.
#[derive(Debug)]
pub struct Commit {
    pub committer: Member,
    pub aad: Aad,
    pub effect: Effect,
    /// Devices new in the group, with their leaves.
    pub added: Vec<Member>,
    /// Devices no longer in it; those who asked to leave are in `left` instead.
    pub removed: Vec<Member>,
    pub left: Vec<Member>,
}

/// What it means for this device.
#[derive(Debug)]
pub enum Effect {
    NextEpoch(Box<Group>),
    /// This device is out of the group. It can check everything but the confirmation and the announced keys.
    Removed,
    /// This leaf is out, but the same commit adds the device anew: its Welcome is on the way.
    AddedAgain,
}

/// Why a candidate is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    #[error("not a commit of this group and epoch")]
    Framing,
    #[error("a signature does not fit")]
    Signature,
    #[error("the stated hour goes back")]
    Hour,
    #[error(transparent)]
    Policy(Breach),
    #[error("a chain is refused: {0}")]
    Chain(CertError),
    #[error("a proposal is against the rules of MLS")]
    Proposal,
    #[error("the update path is against the rules of MLS")]
    Path,
    #[error("the confirmation tag is wrong")]
    Confirmation,
    #[error("the announced keys are not the next epoch's")]
    NextKeys,
}

impl Group {
    /// Judges a candidate of this epoch's branch on a copy; `announced`: the keys it came with.
    /// `revocations` came with it: who they name may be removed by anybody.
    pub fn judge_with(&self, commit: &[u8], announced: &NextKeys, revocations: &[Revocation]) -> Verdict {
        if self.note_revoked(revocations).is_err() {
            return self.undecidable(None);
        }
        let verdict = self.judge(commit, announced);
        self.client.0.witness.set_revoked(BTreeSet::new());
        verdict
    }

    /// Statements that hold under the group's own roots; a pure function of the epoch's state and the bytes.
    pub(super) fn note_revoked(&self, revocations: &[Revocation]) -> Result<(), GroupError> {
        let (roots, seen) = (self.settings()?.roots, self.client.0.identity.seen());
        let holds = |statement: &&Revocation| statement.verify(&roots, seen).is_ok();
        self.client.0.witness.set_revoked(revocations.iter().filter(holds).map(|statement| statement.user).collect());
        Ok(())
    }

    /// As [`Self::judge_with`], without statements.
    pub fn judge(&self, commit: &[u8], announced: &NextKeys) -> Verdict {
        let message = match self.read(commit) {
            Ok(message) => message,
            Err(_) => return Verdict::Invalid(Invalid::Framing),
        };
        let MlsMessageDescription::PrivateProtocolMessage { content_type, epoch_id, .. } = message.description() else {
            return Verdict::Invalid(Invalid::Framing);
        };
        if content_type != ContentType::Commit || epoch_id != self.epoch() {
            return Verdict::Invalid(Invalid::Framing);
        }
        let aad = authenticated_data(commit).and_then(|bytes| Aad::decode(bytes).ok());
        let Some(aad) = aad else { return Verdict::Invalid(Invalid::Framing) };
        if aad.at < self.hour() {
            return Verdict::Invalid(Invalid::Hour);
        }
        let mut library = self.library.clone();
        self.client.0.witness.arm();
        let processed = library.process_incoming_message_with_time(message, time(aad.at));
        let notes = self.client.0.witness.disarm();
        match processed {
            Ok(ReceivedMessage::Commit(description)) => {
                let next = Self::fresh(&self.client, library, aad.at);
                self.conclude(next, &description, aad, announced)
            }
            Ok(_) => Verdict::Invalid(Invalid::Framing),
            Err(error) => match invalid(&error, &notes) {
                Some(why) => Verdict::Invalid(why),
                None => self.undecidable(notes.committer),
            },
        }
    }

    fn undecidable(&self, committer: Option<u32>) -> Verdict {
        Verdict::Undecidable { committer: committer.and_then(|leaf| self.member(leaf).ok()).map(Box::new) }
    }

    /// The library took it; what is left are its keys and the keys announced.
    fn conclude(&self, next: Self, description: &CommitMessageDescription, aad: Aad, announced: &NextKeys) -> Verdict {
        let (epoch, removed) = match &description.effect {
            CommitEffect::NewEpoch(epoch) => (epoch, false),
            CommitEffect::Removed { new_epoch, .. } => (new_epoch, true),
            CommitEffect::ReInit(_) => return Verdict::Invalid(Invalid::Policy(Breach::Kind)),
        };
        let concluded = if removed {
            let again = self.is_added_again(epoch);
            let effect = if again { Effect::AddedAgain } else { Effect::Removed };
            self.changes(None, epoch, description.committer, aad, effect)
        } else {
            match next.check_keys(description.committer, announced) {
                Ok(None) => {}
                Ok(Some(why)) => return Verdict::Invalid(why),
                Err(_) => return self.undecidable(Some(description.committer)),
            }
            let effect = Effect::NextEpoch(Box::new(next.clone()));
            self.changes(Some(&next), epoch, description.committer, aad, effect)
        };
        match concluded {
            Ok(commit) => Verdict::Valid(Box::new(commit)),
            Err(_) => self.undecidable(Some(description.committer)),
        }
    }

    /// Whether a commit that removes the own leaf adds this device again.
    fn is_added_again(&self, epoch: &NewEpoch) -> bool {
        let (Ok(own), Ok(settings)) = (self.member(self.own_leaf()), self.settings()) else { return false };
        epoch.applied_proposals().iter().any(|info| match &info.proposal {
            Proposal::Add(add) => self
                .identify(0, add.signing_identity(), &settings.roots)
                .is_ok_and(|new| (new.device.user, new.device.device) == (own.device.user, own.device.device)),
            _ => false,
        })
    }

    /// Keys nobody could seal to would make every later commit impossible.
    fn check_keys(&self, committer: u32, announced: &NextKeys) -> Result<Option<Invalid>, GroupError> {
        let (tree, primitives) = (self.library.export_tree(), self.client.primitives()?);
        let leaf = LeafIndex::try_from(committer)?;
        let own = tree.get_leaf(leaf)?.is_some_and(|leaf| is_kem_key(&primitives, &leaf.public_key));
        let path = tree.filtered_direct_path(leaf)?;
        if !own || path.into_iter().flatten().any(|node| !is_kem_key(&primitives, &node.public_key)) {
            return Ok(Some(Invalid::Path));
        }
        let secret = self.log_secret(&self.settings()?.log)?;
        let right = EpochKeys::derive(&secret).announce() == *announced;
        Ok((!right).then_some(Invalid::NextKeys))
    }

    /// Who came and who went.
    fn changes(
        &self,
        next: Option<&Self>,
        epoch: &NewEpoch,
        committer: u32,
        aad: Aad,
        effect: Effect,
    ) -> Result<Commit, GroupError> {
        let (mut removed, mut left, mut added) = (Vec::new(), Vec::new(), Vec::new());
        for info in epoch.applied_proposals() {
            match (&info.proposal, &info.source) {
                (Proposal::Remove(remove), ProposalSource::ByReference(_)) => {
                    left.push(self.member(remove.to_remove())?)
                }
                (Proposal::Remove(remove), _) => removed.push(self.member(remove.to_remove())?),
                (Proposal::Add(add), _) => added.push(add.signing_identity().clone()),
                _ => {}
            }
        }
        let added = match next {
            None => Vec::new(),
            Some(next) => {
                let roots = next.settings()?.roots;
                let members = next.library.roster().members_iter();
                let new = members.filter(|member| added.contains(&member.signing_identity));
                new.map(|member| next.identify(member.index, &member.signing_identity, &roots))
                    .collect::<Result<_, _>>()?
            }
        };
        Ok(Commit { committer: self.member(committer)?, aad, effect, added, removed, left })
    }
}

/// The list of errors that are the same for everybody; `None`: not on the list.
fn invalid(error: &MlsError, notes: &Notes) -> Option<Invalid> {
    use MlsError as E;
    Some(match error {
        E::SerializationError(_)
        | E::ProtocolVersionMismatch
        | E::GroupIdMismatch
        | E::InvalidEpoch
        | E::UnexpectedMessageType
        | E::InvalidSender => Invalid::Framing,
        // The message's own encryption: its keys follow from the epoch, and everybody has them.
        E::CryptoProviderError(_) if notes.failed == Some(Failed::AeadOpen) => Invalid::Framing,
        E::InvalidFutureGeneration(generation) if *generation > LAST_GENERATION => Invalid::Framing,
        // A sender that is no leaf; after the signature the same errors could be about the own path.
        E::LeafNotFound(_)
        | E::InvalidNodeIndex(_)
        | E::ExpectedNode
        | E::UnexpectedEmptyNode
        | E::InvalidTreeIndex
            if notes.committer.is_none() =>
        {
            Invalid::Framing
        }
        E::InvalidSignature => Invalid::Signature,
        E::MlsRulesError(inner) => Invalid::Policy(breach(inner)?),
        E::IdentityProviderError(inner) => cert_error(inner).map_or(Invalid::Proposal, Invalid::Chain),
        E::CryptoProviderError(_) if notes.failed == Some(Failed::KemKey) => Invalid::Proposal,
        E::ExtensionError(_)
        | E::CipherSuiteMismatch
        | E::UnsupportedCipherSuite(_)
        | E::UnsupportedProtocolVersion(_)
        | E::InvalidLifetime { .. }
        | E::InvalidLeafNodeSource
        | E::RequiredExtensionNotFound(_)
        | E::RequiredProposalNotFound(_)
        | E::RequiredCredentialNotFound(_)
        | E::ExtensionNotInCapabilities(_)
        | E::UnsupportedGroupExtension(_)
        | E::UnsupportedCustomProposal(_)
        | E::DefaultValueListed
        | E::DuplicateLeafData(_)
        | E::InUseCredentialTypeUnsupportedByNewLeaf
        | E::CredentialTypeOfNewLeafIsUnsupported
        | E::InvalidInitKey
        | E::InitLeafKeyEquality
        | E::DifferentIdentityInUpdate(_)
        | E::InvalidCommitSelfUpdate
        | E::InvalidTypeOrUsageInPreSharedKeyProposal
        | E::InvalidPskNonceLength
        | E::InvalidProtocolVersionInReInit
        | E::MoreThanOneProposalForLeaf(_)
        | E::MoreThanOneGroupContextExtensionsProposal
        | E::InvalidProposalTypeForSender
        | E::CommitterSelfRemoval
        | E::OnlyMembersCanCommitProposalsByRef
        | E::OtherProposalWithReInit
        | E::RemovingNonExistingMember
        | E::UpdatingNonExistingMember => Invalid::Proposal,
        E::CommitMissingPath | E::WrongPathLen | E::SameHpkeKey(_) | E::ParentHashMismatch | E::InvalidSuccessor => {
            Invalid::Path
        }
        E::InvalidConfirmationTag => Invalid::Confirmation,
        _ => return None,
    })
}
