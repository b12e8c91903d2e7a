// SPDX-License-Identifier: EUPL-1.2
//! Conversations: who is in them, what is written, and when it is gone again.

mod command;
mod commit;
mod expire;
mod file;
mod group;
mod join;
mod message;
mod pump;
mod receive;
mod send;
pub(crate) mod store;
mod view;

pub(crate) use command::{add_member, create_group, leave, open_direct, remove_member};
pub(crate) use commit::{candidate, commit_answered};
pub(crate) use expire::{expire, mark_displayed, note_server_time};
pub(crate) use file::{attachment_complete, attachment_lost, fetch_attachment, stage_chunk, stage_file, stage_finish};
pub(crate) use group::claim_answered;
pub(crate) use join::{tree_arrived, welcome};
pub(crate) use pump::{note_revoked, pump};
pub(crate) use receive::{entry, tombstone};
pub(crate) use send::{forward, send};
pub(crate) use view::view;
