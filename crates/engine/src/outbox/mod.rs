// SPDX-License-Identifier: EUPL-1.2
//! What is to leave this device: own entries, deposits, blobs; and the blobs it waits for.

mod attachment;
mod blob;
mod deposit;
mod pump;

pub(crate) use attachment::sweep_media;
pub(crate) use blob::{Purpose, are_uploaded, put_blob, want_blob};
pub(crate) use deposit::{Vouched, deposit};
pub(crate) use pump::{answered, counts, pump, stored, transferred};
