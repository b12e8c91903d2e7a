// SPDX-License-Identifier: EUPL-1.2
//! What a user interface sees: plain data without keys, asked for by a query.

use crate::{Approval, AttachmentId, ConversationId, Draft, Expiry, MessageId, Place, Timestamp, UserId, Why};
use minicbor::{Decode, Encode, bytes::ByteVec};

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Query {
    #[n(0)]
    Status,
    #[n(1)]
    Conversations,
    #[n(2)]
    Members(#[n(0)] ConversationId),
    /// Messages of one conversation, oldest first, after a position in it (0: from the start), at most `limit`.
    #[n(3)]
    #[cbor(map)]
    Messages {
        #[n(0)]
        conversation: ConversationId,
        #[n(1)]
        after: u64,
        #[n(2)]
        limit: u32,
    },
    /// Messages of others not marked displayed yet, all conversations, in order of arrival, at most `limit`.
    #[n(4)]
    Undisplayed(#[n(0)] u32),
    #[n(5)]
    Message(#[n(0)] MessageId),
    /// The directory's people; `None`: all, else those whose folded name or unit holds the text.
    #[n(6)]
    People(#[n(0)] Option<String>),
    /// Full-text search over messages, newest first, in one conversation or in all; at most `limit`.
    #[n(7)]
    #[cbor(map)]
    Search {
        #[n(0)]
        text: String,
        #[n(1)]
        conversation: Option<ConversationId>,
        #[n(2)]
        limit: u32,
    },
    /// Plaintext chunk `number` of an attachment that is here; [`View::Chunk`] with no bytes behind the end.
    #[n(8)]
    AttachmentChunk(#[n(0)] AttachmentId, #[n(1)] u32),
    #[n(9)]
    Attachment(#[n(0)] AttachmentId),
    /// The messages right before a position (`u64::MAX`: the newest), oldest first, at most `limit`.
    #[n(10)]
    #[cbor(map)]
    MessagesBefore {
        #[n(0)]
        conversation: ConversationId,
        #[n(1)]
        before: u64,
        #[n(2)]
        limit: u32,
    },
    #[n(11)]
    Conversation(#[n(0)] ConversationId),
    /// Messages with attachments before a position (`u64::MAX`: the newest), newest first, at most `limit`.
    #[n(12)]
    #[cbor(map)]
    WithAttachments {
        #[n(0)]
        conversation: ConversationId,
        #[n(1)]
        before: u64,
        #[n(2)]
        limit: u32,
    },
    /// The log of administrative acts before a line (`u64::MAX`: the newest), newest first, at most `limit`.
    #[n(13)]
    #[cbor(map)]
    Acts {
        #[n(0)]
        before: u64,
        #[n(1)]
        limit: u32,
    },
    /// Devices that wait for this administrator's yes, oldest first.
    #[n(14)]
    Pending,
    /// Invitations this administrator made that are not used up, newest first.
    #[n(15)]
    Invitations,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[allow(clippy::large_enum_variant, reason = "one per answer, read at once")]
pub enum View {
    #[n(0)]
    Status(#[n(0)] Status),
    #[n(1)]
    Conversations(#[n(0)] Vec<ConversationView>),
    #[n(2)]
    Members(#[n(0)] Vec<MemberView>),
    #[n(3)]
    Messages(#[n(0)] Vec<MessageView>),
    #[n(4)]
    Message(#[n(0)] Option<MessageView>),
    #[n(5)]
    People(#[n(0)] Vec<PersonView>),
    #[n(6)]
    Chunk(#[n(0)] Option<ByteVec>),
    #[n(7)]
    Attachment(#[n(0)] Option<AttachmentView>),
    #[n(8)]
    Conversation(#[n(0)] Option<ConversationView>),
    #[n(9)]
    Acts(#[n(0)] Vec<ActView>),
    #[n(10)]
    Pending(#[n(0)] Vec<PendingView>),
    #[n(11)]
    Invitations(#[n(0)] Vec<InvitationView>),
}

/// Where this profile's account stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum AccountState {
    /// Empty profile.
    #[default]
    #[n(0)]
    None,
    /// An authority is being created; the server has not confirmed it yet.
    #[n(1)]
    Founding,
    /// Waiting for the administrator's approval.
    #[n(2)]
    Waiting,
    #[n(3)]
    Ready,
    /// Refused: used before, expired, altered or rejected, see [`Status::problem`].
    #[n(4)]
    Refused,
    /// This device or person was locked out.
    #[n(5)]
    Revoked,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Status {
    #[n(0)]
    pub account: AccountState,
    /// Own person, once known.
    #[n(1)]
    pub user: Option<UserId>,
    #[n(2)]
    pub name: Option<String>,
    #[n(3)]
    pub authority: Option<String>,
    /// The server to talk to, once known.
    #[n(4)]
    pub server: Option<String>,
    /// May invite, import and revoke.
    #[n(5)]
    pub administrator: bool,
    /// Online, everything the server has was read, and nothing is in flight or about to be.
    #[n(6)]
    pub settled: bool,
    /// Messages in the outbox, not yet on the server.
    #[n(7)]
    pub outbox: u32,
    /// Uploads and wanted downloads not finished.
    #[n(8)]
    pub transfers: u32,
    /// What a person should know, e.g. why enrolment was refused.
    #[n(9)]
    pub problem: Option<Why>,
    /// How this administrator's device answers requests of new devices.
    #[n(10)]
    pub approval: Approval,
    /// Days until the administrator's own certificate ends, when it is time to renew it.
    #[n(11)]
    pub issuer_ends_in_days: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum ConversationKind {
    #[n(0)]
    Direct,
    #[n(1)]
    Group,
    /// With one's own devices.
    #[n(2)]
    Own,
}

/// A message begun and not sent.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DraftView {
    #[n(0)]
    pub draft: Draft,
    /// Those of its attachments that are here, in its order.
    #[n(1)]
    pub files: Vec<AttachmentView>,
}

/// New messages of one conversation are counted up to here: nobody needs to know more, and a list is there at once
/// after months away, too.
pub const UNDISPLAYED_MAX: u32 = 1_000;

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ConversationView {
    #[n(0)]
    pub id: ConversationId,
    #[n(1)]
    pub kind: ConversationKind,
    /// A direct conversation has the other person's name.
    #[n(2)]
    pub name: String,
    /// Messages of others not displayed yet; [`UNDISPLAYED_MAX`] stands for that many or more.
    #[n(3)]
    pub undisplayed: u32,
    #[n(4)]
    pub last_at: Option<Timestamp>,
    /// `false` after leaving or removal: read only.
    #[n(5)]
    pub member: bool,
    /// Why nothing is sent here right now, e.g. nobody has a device yet.
    #[n(6)]
    pub problem: Option<Why>,
    /// The other person of a direct conversation.
    #[n(7)]
    pub peer: Option<UserId>,
    /// People in it, the own person included.
    #[n(8)]
    pub members: u32,
    /// May change the members.
    #[n(9)]
    pub moderator: bool,
    /// The newest line.
    #[n(10)]
    pub last: Option<PreviewView>,
    /// Begun and not sent.
    #[n(11)]
    pub draft: Option<DraftView>,
    /// Own messages not on the server yet.
    #[n(12)]
    pub waiting: u32,
    /// Position of the oldest message of others not displayed yet.
    #[n(13)]
    pub first_undisplayed: Option<u64>,
}

/// The newest line of a conversation, as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PreviewView {
    #[n(0)]
    pub sender: UserId,
    #[n(1)]
    pub sender_name: String,
    /// The first 200 characters.
    #[n(2)]
    pub text: Option<String>,
    /// Name and media type of the first attachment.
    #[n(3)]
    pub attachment: Option<(String, String)>,
    #[n(4)]
    pub state: MessageState,
    #[n(5)]
    pub delivery: Delivery,
    #[n(6)]
    pub notice: Option<Notice>,
    #[n(7)]
    pub forwarded: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct MemberView {
    #[n(0)]
    pub user: UserId,
    #[n(1)]
    pub name: String,
    #[n(2)]
    pub moderator: bool,
    /// Devices in the group; 0: wanted, but not in it yet.
    #[n(3)]
    pub devices: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PersonView {
    #[n(0)]
    pub user: UserId,
    #[n(1)]
    pub name: String,
    #[n(2)]
    pub unit: Option<String>,
    #[n(3)]
    pub devices: u32,
    #[n(4)]
    pub revoked: bool,
    #[n(5)]
    pub administrator: bool,
    /// Has set up a device at least once.
    #[n(6)]
    pub set_up: bool,
}

/// What an administrator did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum ActKind {
    #[n(0)]
    Founded,
    #[n(1)]
    Invited,
    #[n(2)]
    Approved,
    #[n(3)]
    RevokedPerson,
    #[n(4)]
    RevokedDevice,
    #[n(5)]
    GrantedAdministrator,
    #[n(6)]
    RevokedAdministrator,
    #[n(7)]
    ChangedPolicy,
    /// A second, late or unwanted request was refused.
    #[n(8)]
    RefusedRequest,
}

/// One line of the log of administrative acts, which everybody of the authority can read.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ActView {
    /// Grows along the log of this device.
    #[n(0)]
    pub number: u64,
    #[n(1)]
    pub at: Timestamp,
    #[n(2)]
    pub who: UserId,
    #[n(3)]
    pub who_name: String,
    #[n(4)]
    pub kind: ActKind,
    /// Whom it was about, where it was about a person.
    #[n(5)]
    pub whom: Option<UserId>,
    #[n(6)]
    pub whom_name: Option<String>,
}

/// A device that asks to be let in.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PendingView {
    #[n(0)]
    pub user: UserId,
    #[n(1)]
    pub name: String,
    #[n(2)]
    pub unit: Option<String>,
    #[n(3)]
    pub since: Timestamp,
}

/// An invitation not used up.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct InvitationView {
    #[n(0)]
    pub user: UserId,
    #[n(1)]
    pub name: String,
    #[n(2)]
    pub unit: Option<String>,
    #[n(3)]
    pub not_after: Timestamp,
}

/// How far an own message got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Delivery {
    /// Somebody else's message.
    #[n(0)]
    Received,
    /// In the outbox.
    #[n(1)]
    Waiting,
    /// Durable on the server.
    #[n(2)]
    Stored,
    /// On a device of the other person; only in direct conversations.
    #[n(3)]
    Delivered,
}

/// What stands in one place of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum MessageState {
    #[n(0)]
    Shown,
    /// "Nachricht abgelaufen": nothing of it is left.
    #[n(1)]
    Expired,
    /// Declared gap: messages expired on the server while this device was away.
    #[n(2)]
    Gap,
    #[n(3)]
    Deleted,
    /// A line of the conversation's own: somebody joined, left, the group was restored.
    #[n(4)]
    Notice,
}

/// What a line of the conversation's own says about the message's sender; an interface puts it into its reader's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Notice {
    #[n(0)]
    Joined,
    /// Asked to leave and is still in.
    #[n(1)]
    Leaves,
    /// Is no longer in the group.
    #[n(2)]
    Gone,
    /// This profile's person is no longer in the group.
    #[n(3)]
    YouAreOut,
    /// Began the group anew after its history could not be continued.
    #[n(4)]
    SetUpAnew,
    /// An own forward was given up: its attachment is gone from the server.
    #[n(5)]
    NotForwarded,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct MessageView {
    #[n(0)]
    pub id: MessageId,
    #[n(1)]
    pub conversation: ConversationId,
    /// Grows along the conversation.
    #[n(2)]
    pub position: u64,
    #[n(3)]
    pub sender: UserId,
    #[n(4)]
    pub sender_name: String,
    #[n(5)]
    pub sent_at: Timestamp,
    #[n(6)]
    pub state: MessageState,
    #[n(7)]
    pub delivery: Delivery,
    #[n(8)]
    pub text: Option<String>,
    #[n(9)]
    pub attachments: Vec<AttachmentView>,
    #[n(10)]
    pub place: Option<Place>,
    #[n(11)]
    pub captured_at: Option<Timestamp>,
    #[n(12)]
    pub forwarded_from: Option<ForwardedView>,
    #[n(13)]
    pub expires: Expiry,
    /// When this device deletes it, once that is known.
    #[n(14)]
    pub expires_at: Option<Timestamp>,
    #[n(15)]
    pub displayed: bool,
    /// With [`MessageState::Notice`] only.
    #[n(16)]
    pub notice: Option<Notice>,
    /// The unit of the sender, as the directory has it now.
    #[n(17)]
    pub sender_unit: Option<String>,
    /// What this answers.
    #[n(18)]
    pub in_reply_to: Option<QuoteView>,
    /// May be handed on: nothing that goes after reading, nothing expired.
    #[n(19)]
    pub forwardable: bool,
}

/// The message another one answers, as far as it is here.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct QuoteView {
    #[n(0)]
    pub message: MessageId,
    /// `None`: that message is not on this device (any more).
    #[n(1)]
    pub sender: Option<UserId>,
    #[n(2)]
    pub sender_name: String,
    /// The first 200 characters.
    #[n(3)]
    pub text: Option<String>,
    /// Name of the first attachment.
    #[n(4)]
    pub attachment: Option<String>,
    /// 0: no line of this conversation stands for it.
    #[n(5)]
    pub position: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ForwardedView {
    #[n(0)]
    pub sender: UserId,
    #[n(1)]
    pub sender_name: String,
    #[n(2)]
    pub sent_at: Timestamp,
    /// Signature and certificates of the original author fit exactly these parts.
    #[n(3)]
    pub verified: bool,
    #[n(4)]
    pub sender_unit: Option<String>,
}

/// Where an attachment's bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum AttachmentState {
    /// On the server, not fetched.
    #[n(0)]
    Remote,
    #[n(1)]
    Loading,
    /// All bytes are here.
    #[n(2)]
    Here,
    /// Being uploaded; all bytes are here.
    #[n(3)]
    Uploading,
    #[n(4)]
    Gone,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AttachmentView {
    #[n(0)]
    pub id: AttachmentId,
    #[n(1)]
    pub name: String,
    #[n(2)]
    pub media_type: String,
    #[n(3)]
    pub size_bytes: u64,
    #[n(4)]
    pub state: AttachmentState,
    /// Bytes already moved while it is being uploaded or fetched.
    #[n(5)]
    pub moved_bytes: u64,
}
