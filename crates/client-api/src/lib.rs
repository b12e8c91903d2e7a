// SPDX-License-Identifier: EUPL-1.2
//! What a user interface may see: commands, events, queries and views; plain data, no keys.

pub mod command;
pub mod event;
pub mod id;
pub mod time;
pub mod view;

pub use command::{Answer, Command, CommandError, Draft, Expiry, Link, NewPerson, Passphrase, Place};
pub use event::Event;
pub use id::{AttachmentId, ConversationId, DeviceId, FunctionId, IssuerId, MessageId, UnitId, UserId};
pub use time::Timestamp;
pub use view::{
    AccountState, AttachmentState, AttachmentView, ConversationKind, ConversationView, Delivery, ForwardedView,
    MemberView, MessageState, MessageView, Notice, PersonView, Query, Status, View,
};
