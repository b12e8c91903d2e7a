// SPDX-License-Identifier: EUPL-1.2
//! What a user interface may see: commands, events, queries and views; plain data, no keys.

pub mod command;
pub mod event;
pub mod id;
pub mod port;
pub mod time;
pub mod view;
pub mod why;

pub use command::{
    ATTACHMENTS_MAX, Answer, Approval, Command, CommandError, Draft, Expiry, Link, NewPerson, Passphrase, Place,
};
pub use event::Event;
pub use id::{AttachmentId, ConversationId, DeviceId, FunctionId, IssuerId, MessageId, UnitId, UserId};
pub use time::Timestamp;
pub use view::{
    AccountState, ActKind, ActView, AttachmentState, AttachmentView, ConversationKind, ConversationView, Delivery,
    DraftView, ForwardedView, InvitationView, MemberView, MessageState, MessageView, Notice, PendingView, PersonView,
    PreviewView, Query, QuoteView, Status, UNDISPLAYED_MAX, View,
};
pub use why::Why;
