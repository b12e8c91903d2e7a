// SPDX-License-Identifier: EUPL-1.2
//! Conversations: who is in them, what is written, and when it is gone again.

mod command;
mod commit;
mod draft;
mod erase;
mod expire;
mod file;
mod gap;
mod group;
mod join;
pub mod letter;
mod message;
mod overview;
#[cfg(any(test, feature = "testkit"))]
mod planted;
mod pump;
mod readd;
mod receipt;
mod receive;
mod renew;
mod reset;
mod send;
pub(crate) mod store;
mod stuck;
mod view;

#[cfg(any(test, feature = "testkit"))]
pub(crate) use command::usurp;
pub(crate) use command::{add_member, create_group, leave, open_direct, remove_member};
pub(crate) use commit::{candidate, commit_answered};
pub(crate) use draft::{forget_unsent, save_draft};
pub(crate) use erase::{cancel_send, delete_here, drop_file};
pub(crate) use expire::{expire, mark_displayed, note_server_time};
pub(crate) use file::{attachment_complete, attachment_lost, fetch_attachment, stage_chunk, stage_file, stage_finish};
pub(crate) use gap::gap_arrived;
pub(crate) use group::{claim_answered, save_groups};
pub(crate) use join::tree_arrived;
pub(crate) use letter::letter;
pub(crate) use pump::{note_revoked, pump};
pub(crate) use receive::{entry, tombstone};
pub(crate) use send::{forward, send};
pub(crate) use stuck::gone;
#[cfg(any(test, feature = "testkit"))]
pub(crate) use stuck::pretend_stuck;
pub(crate) use view::view;
