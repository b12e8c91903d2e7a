// SPDX-License-Identifier: EUPL-1.2
//! Group-context extension 0xF100: what a group says about itself, the same for every member.

use client_api::{ConversationId, ConversationKind, UserId};
use minicbor::{Decode, Encode};
use mls_rs::{Extension, ExtensionList, extension::ExtensionType};
use proto::{LogId, RootPublicKey};

/// Private use: [`Settings`].
pub(super) const SETTINGS: ExtensionType = ExtensionType::new(0xF100);
/// Private use, in a Welcome's group info: the hour of the commit that sent it, four bytes big-endian.
pub(super) const HOUR: ExtensionType = ExtensionType::new(0xF101);
/// Largest encoding in bytes.
pub const SETTINGS_BYTES: usize = 16 * 1024;
/// Longest name in bytes of UTF-8.
pub const NAME_BYTES: usize = 256;
/// Moderators a group names at most.
pub const MODERATORS: usize = 512;
/// Authorities a group accepts at most.
pub const ROOTS: usize = 16;

/// What decides validity in a group, and what its members see.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Settings {
    /// The log the group lives in; never changes.
    #[n(0)]
    pub log: LogId,
    /// Never changes.
    #[n(1)]
    pub conversation: ConversationId,
    /// Never changes.
    #[n(2)]
    pub kind: ConversationKind,
    /// Empty in a direct conversation.
    #[n(3)]
    pub name: String,
    /// Who may add, remove and rename. If none of them has a device in the group, everybody may.
    #[n(4)]
    pub moderators: Vec<UserId>,
    /// Roots of the accepted authorities.
    #[n(5)]
    pub roots: Vec<RootPublicKey>,
}

impl Settings {
    pub(super) fn encode(&self) -> Vec<u8> {
        minicbor::to_vec(self).expect("encoding to memory does not fail")
    }

    /// `None` unless `bytes` is the one encoding of settings within the limits.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > SETTINGS_BYTES {
            return None;
        }
        let settings: Self = minicbor::decode(bytes).ok()?;
        (settings.is_within_limits() && settings.encode() == bytes).then_some(settings)
    }

    pub(super) fn is_within_limits(&self) -> bool {
        self.name.len() <= NAME_BYTES
            && self.moderators.len() <= MODERATORS
            && (1..=ROOTS).contains(&self.roots.len())
            && self.encode().len() <= SETTINGS_BYTES
    }

    /// Whether `next` may follow: log, conversation and kind stay.
    pub(super) fn may_become(&self, next: &Self) -> bool {
        (self.log, self.conversation, self.kind) == (next.log, next.conversation, next.kind)
    }

    /// In a direct conversation, with one's own devices, and where no moderator is left: everybody; else moderators.
    pub(super) fn leads<'a>(&self, user: &UserId, mut present: impl Iterator<Item = &'a UserId>) -> bool {
        self.kind != ConversationKind::Group
            || self.moderators.contains(user)
            || !present.any(|member| self.moderators.contains(member))
    }

    pub(super) fn extensions(&self) -> ExtensionList {
        vec![Extension::new(SETTINGS, self.encode())].into()
    }

    /// The settings in a group context, which holds nothing else.
    pub(super) fn read(extensions: &ExtensionList) -> Option<Self> {
        match extensions.iter().as_slice() {
            [only] if only.extension_type() == SETTINGS => Self::decode(only.extension_data()),
            _ => None,
        }
    }
}

/// For mutators: what is accepted is what was written.
pub fn fuzz(bytes: &[u8]) {
    if let Some(settings) = Settings::decode(bytes) {
        assert_eq!(settings.encode(), bytes, "settings change");
    }
    let _ = (super::path::look(bytes), super::path::authenticated_data(bytes));
}
