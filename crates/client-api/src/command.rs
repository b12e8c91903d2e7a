// SPDX-License-Identifier: EUPL-1.2
//! What a user interface may ask for.

use crate::{AttachmentId, ConversationId, MessageId, Timestamp, UserId, Why};
use minicbor::{Decode, Encode, bytes::ByteVec};
use std::fmt;

/// A passphrase or setup code on its way in; shown as `…`.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Passphrase(#[n(0)] pub String);

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(…)")
    }
}

/// An invitation link: whoever has it can become that person; shown as `…`.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Link(#[n(0)] pub String);

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Link(…)")
    }
}

/// When a message destroys itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub enum Expiry {
    #[default]
    #[n(0)]
    Never,
    /// This long after a person has first seen it, on all of that person's devices.
    #[n(1)]
    AfterReading(#[n(0)] u32),
    /// For everybody at this time.
    #[n(2)]
    At(#[n(0)] Timestamp),
}

/// Where something was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Place {
    /// Degrees north × 10⁷.
    #[n(0)]
    pub latitude_e7: i32,
    /// Degrees east × 10⁷.
    #[n(1)]
    pub longitude_e7: i32,
    /// Radius in metres, 0 if not known.
    #[n(2)]
    pub accuracy_m: u32,
}

/// Attachments of one message; of more there is [`Why::TooManyFiles`](crate::Why::TooManyFiles).
pub const ATTACHMENTS_MAX: usize = 32;

/// A message as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Draft {
    #[n(0)]
    pub text: String,
    /// Staged and finished before, see [`Command::StageFile`].
    #[n(1)]
    pub attachments: Vec<AttachmentId>,
    #[n(2)]
    pub place: Option<Place>,
    #[n(3)]
    pub captured_at: Option<Timestamp>,
    #[n(4)]
    pub expires: Expiry,
    #[n(5)]
    pub in_reply_to: Option<MessageId>,
}

impl Draft {
    /// Nothing was written, chosen or answered; how long it was to last alone is nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self { expires: self.expires, ..Self::default() }
    }
}

/// One row of an import.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct NewPerson {
    #[n(0)]
    pub name: String,
    #[n(1)]
    pub unit: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Command {
    /// Makes this profile the first administrator of a new authority. Answers [`Answer::RootFile`]; the server is told when online.
    #[n(0)]
    #[cbor(map)]
    CreateAuthority {
        /// `https://host[:port]`; `http://` on loopback only.
        #[n(0)]
        server: String,
        #[n(1)]
        name: String,
        #[n(2)]
        admin: String,
        #[n(3)]
        passphrase: Passphrase,
        #[n(4)]
        setup_code: Option<Passphrase>,
    },
    /// Makes a person an administrator; needs the root file.
    #[n(1)]
    #[cbor(map)]
    GrantIssuer {
        #[n(0)]
        user: UserId,
        #[n(1)]
        root_file: ByteVec,
        #[n(2)]
        passphrase: Passphrase,
    },
    /// Invites people; answers [`Answer::Links`] in the same order.
    #[n(2)]
    Invite(#[n(0)] Vec<NewPerson>),
    /// Locks a person out at once: directory rekey, then removal from every group.
    #[n(3)]
    RevokePerson(#[n(0)] UserId),
    /// Begins enrolment of an empty profile.
    #[n(4)]
    #[cbor(map)]
    Enrol {
        #[n(0)]
        link: Link,
    },
    /// Answers [`Answer::Conversation`]. No network is needed; members without a device are added when they have one.
    #[n(5)]
    #[cbor(map)]
    CreateGroup {
        #[n(0)]
        name: String,
        #[n(1)]
        members: Vec<UserId>,
    },
    /// Finds or begins the conversation with one person (or with oneself). Answers [`Answer::Conversation`].
    #[n(6)]
    OpenDirect(#[n(0)] UserId),
    #[n(7)]
    #[cbor(map)]
    AddMember {
        #[n(0)]
        conversation: ConversationId,
        #[n(1)]
        user: UserId,
    },
    #[n(8)]
    #[cbor(map)]
    RemoveMember {
        #[n(0)]
        conversation: ConversationId,
        #[n(1)]
        user: UserId,
    },
    #[n(9)]
    Leave(#[n(0)] ConversationId),
    /// Begins to take in a file; answers [`Answer::Attachment`]. Feed it with [`Command::StageChunk`] in order.
    #[n(10)]
    #[cbor(map)]
    StageFile {
        #[n(0)]
        name: String,
        #[n(1)]
        media_type: String,
        #[n(2)]
        size_bytes: u64,
    },
    /// The next bytes of a file being taken in, at most 1 MiB.
    #[n(11)]
    #[cbor(map)]
    StageChunk {
        #[n(0)]
        attachment: AttachmentId,
        #[n(1)]
        bytes: ByteVec,
    },
    /// All bytes were given.
    #[n(12)]
    StageFinish(#[n(0)] AttachmentId),
    /// Puts a message into the outbox; answers [`Answer::Message`]. Never lost from here on.
    #[n(13)]
    #[cbor(map)]
    Send {
        #[n(0)]
        conversation: ConversationId,
        #[n(1)]
        draft: Draft,
    },
    /// Hands a message on with its provenance; answers [`Answer::Message`].
    #[n(14)]
    #[cbor(map)]
    Forward {
        #[n(0)]
        message: MessageId,
        #[n(1)]
        to: ConversationId,
    },
    /// These messages are being looked at: self-destruct clocks start, `opened` goes out where it is owed.
    #[n(15)]
    MarkDisplayed(#[n(0)] Vec<MessageId>),
    /// Downloads an attachment's bytes if they are not here yet; [`crate::Event::AttachmentReady`] follows.
    #[n(16)]
    FetchAttachment(#[n(0)] AttachmentId),
    /// Locks out a person who is an administrator: new pass key and new grants for the others; needs the root file.
    /// Invitations that are open end with it.
    #[n(17)]
    #[cbor(map)]
    RevokeIssuer {
        #[n(0)]
        user: UserId,
        #[n(1)]
        root_file: ByteVec,
        #[n(2)]
        passphrase: Passphrase,
    },
    /// Keeps what is not sent yet, with its files; an empty one is forgotten. Kept only in this device's sealed store.
    #[n(18)]
    #[cbor(map)]
    SaveDraft {
        #[n(0)]
        conversation: ConversationId,
        #[n(1)]
        draft: Draft,
    },
    /// Removes messages from this device alone, their attachments' bytes too.
    #[n(19)]
    DeleteHere(#[n(0)] Vec<MessageId>),
    /// Forgets a file that was staged and is in no message.
    #[n(20)]
    DropFile(#[n(0)] AttachmentId),
    /// Takes an own message back that has not left this device yet ([`crate::Delivery::Waiting`] and not handed to the
    /// network); refused once it may be on the server.
    #[n(21)]
    CancelSend(#[n(0)] MessageId),
    /// How this administrator's device answers requests of new devices from now on.
    #[n(22)]
    SetApproval(#[n(0)] Approval),
    /// Lets a waiting device in, see [`crate::Query::Pending`].
    #[n(23)]
    Approve(#[n(0)] UserId),
    /// Refuses a waiting device and withdraws the invitation.
    #[n(24)]
    Reject(#[n(0)] UserId),
    /// A new link for a person who has none set up yet; the old one is withdrawn. Answers [`Answer::Links`] with one.
    #[n(25)]
    InviteAgain(#[n(0)] UserId),
}

/// Who says yes to a new device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Approval {
    /// The link alone is enough; this device answers as soon as it is online.
    #[default]
    #[n(0)]
    Automatic,
    /// An administrator looks at each.
    #[n(1)]
    ByHand,
}

/// What a command answers at once.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Answer {
    #[n(0)]
    Done,
    /// The sealed root key: write it to a safe place outside the profile.
    #[n(1)]
    RootFile(#[n(0)] ByteVec),
    #[n(2)]
    Links(#[n(0)] Vec<Link>),
    #[n(3)]
    Conversation(#[n(0)] ConversationId),
    #[n(4)]
    Message(#[n(0)] MessageId),
    #[n(5)]
    Attachment(#[n(0)] AttachmentId),
}

/// Why a command was not done; nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum CommandError {
    /// There is no such person, conversation, message or attachment.
    #[n(0)]
    Unknown(#[n(0)] Why),
    /// Policy, role or the kind of message forbids it; says why.
    #[n(1)]
    Refused(#[n(0)] Why),
    /// The input itself is wrong; says what.
    #[n(2)]
    Invalid(#[n(0)] Why),
    /// This profile has no account yet, or has one already.
    #[n(3)]
    WrongState(#[n(0)] Why),
    /// The store failed; says how, for an operator. Try again.
    #[n(4)]
    Store(#[n(0)] String),
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(why) | Self::Refused(why) | Self::Invalid(why) | Self::WrongState(why) => why.fmt(f),
            Self::Store(said) => f.write_str(said),
        }
    }
}
impl std::error::Error for CommandError {}
