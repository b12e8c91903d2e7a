// SPDX-License-Identifier: EUPL-1.2
//! Letters about groups between mailboxes: Welcomes, and devices that ask to be added again. HPKE-sealed to one device.

use super::{join, readd};
use crate::{
    EngineError,
    blob::BlobRef,
    crypto::{
        Luck, Secret,
        pad::{pad, unpad},
        seal::{SealKey, SealPublic},
    },
    error::bug,
    profile,
    turn::Turn,
};
use client_api::DeviceId;
use minicbor::{Decode, Encode, bytes::ByteVec};
use proto::{AuthorityId, BranchId, ContentHash, LogId, Signature, TtlClass, blob::bucket, limit::DEPOSIT_BYTES};

/// What a letter says.
#[derive(Clone, Encode, Decode)]
#[allow(clippy::large_enum_variant, reason = "one lives for one letter")]
pub(super) enum Letter {
    #[n(0)]
    Welcome(#[n(0)] Welcome),
    #[n(1)]
    AddMeAgain(#[n(0)] Plea),
}

/// What a Welcome travels in.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(super) struct Welcome {
    #[n(0)]
    pub log: LogId,
    /// The branch whose commit added this device.
    #[n(1)]
    pub parent: BranchId,
    #[n(2)]
    pub candidate: u32,
    /// Of the commit that opened the branch.
    #[n(3)]
    pub env_hash: ContentHash,
    #[n(4)]
    pub tree: BlobRef,
    #[n(5)]
    pub tree_key: Secret,
    #[n(6)]
    pub key_package: ByteVec,
    #[n(7)]
    pub welcome: ByteVec,
    #[n(8)]
    pub ttl: TtlClass,
    /// The device was in the group before and missed something.
    #[n(9)]
    pub gap: Option<Gap>,
    /// The log took another's place: a signed statement, see [`super::reset`].
    #[n(10)]
    pub reset: Option<ByteVec>,
}

/// What is handed over of what a device missed.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(super) struct Gap {
    /// Where the messages lie; `None`: there were none.
    #[n(0)]
    pub messages: Option<BlobRef>,
    #[n(1)]
    pub key: Secret,
    /// Nothing is known to be missing in them.
    #[n(2)]
    pub whole: bool,
}

/// A device asks to be added again; signed with its device key.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(super) struct Plea {
    #[n(0)]
    pub log: LogId,
    /// The last entry it has read.
    #[n(1)]
    pub branch: BranchId,
    #[n(2)]
    pub n: u32,
    /// The epoch it is stuck in.
    #[n(3)]
    pub epoch: u64,
    #[n(4)]
    pub device: DeviceId,
    #[n(5)]
    pub key_package: ByteVec,
    #[n(6)]
    pub signature: Signature,
}

impl Plea {
    /// "rp1 add me again" ‖ SHA-256 of everything else.
    pub fn signed_bytes(&self) -> Vec<u8> {
        let unsigned = Self { signature: Signature([0; 64]), ..self.clone() };
        let hash = proto::chain::content_hash(&proto::encode(&unsigned));
        [b"rp1 add me again".as_slice(), hash.as_ref()].concat()
    }
}

fn info(authority: &AuthorityId) -> Vec<u8> {
    [b"rp1 letter".as_slice(), authority.as_ref()].concat()
}

impl Letter {
    pub fn seal(&self, luck: &Luck, authority: &AuthorityId, to: &SealPublic) -> Result<Vec<u8>, EngineError> {
        // In few sizes: what a letter is about must not show in its length.
        let plain = proto::encode(self);
        let size = usize::try_from(bucket(plain.len() as u64 + 4)).map_err(bug)?;
        to.seal(luck, &info(authority), b"", &pad(&plain, size).map_err(bug)?).map_err(bug)
    }
}

/// A letter in the mailbox; one that does not open is noise.
pub(crate) fn letter(turn: &mut Turn<'_>, sealed: &[u8]) -> Result<(), EngineError> {
    #[cfg(any(test, feature = "testkit"))]
    if turn.is_planted(crate::testkit::Defect::LosesLetters) {
        return Ok(()); // planted
    }
    let Some(account) = profile::load(turn.db)? else { return Ok(()) };
    let key = SealKey::from_bytes(&account.seal_key).map_err(bug)?;
    let Ok(plain) = key.open(&info(&account.authority), b"", sealed) else { return Ok(()) };
    let Ok(plain) = unpad(&plain) else { return Ok(()) };
    match proto::decode::<Letter>(&plain, DEPOSIT_BYTES) {
        Ok(Letter::Welcome(welcome)) => join::welcome(turn, welcome),
        Ok(Letter::AddMeAgain(plea)) => readd::asked(turn, &account, plea),
        Err(_) => Ok(()),
    }
}

/// For mutators: what stands behind the seal.
pub fn fuzz(bytes: &[u8]) {
    let _ = proto::decode::<Letter>(bytes, DEPOSIT_BYTES);
    super::gap::fuzz(bytes);
    super::reset::fuzz(bytes);
}
