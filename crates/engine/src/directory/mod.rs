// SPDX-License-Identifier: EUPL-1.2
//! The encrypted address book of an authority.

mod acts;
mod apply;
pub mod format;
mod people;
mod read;
mod rekey;
mod snapshot;
pub(crate) mod store;
mod write;

pub(crate) use acts::acts;
pub(crate) use people::{name_and_unit_of, name_of, people};
pub(crate) use read::entry;
pub(crate) use rekey::{Newest, conflict, lock_out, newest, revoke_person, wrap_arrived};
pub(crate) use snapshot::{fetch, kem_arrived, snapshot_arrived};
pub(crate) use write::{act, append, pump};
