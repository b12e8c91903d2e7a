// SPDX-License-Identifier: EUPL-1.2
//! What this profile is: its account, the keys it proves itself with, and the key packages others add it by.

mod package;
mod state;

pub(crate) use package::{client, is_good_package, new_key_package};
pub(crate) use state::{
    Account, DirectoryAccess, Enrolling, IssuerKeys, RootSaid, load, load_ready, member_proof, note_device_revoked,
    note_revoked, save, status, wipe, write_key,
};
