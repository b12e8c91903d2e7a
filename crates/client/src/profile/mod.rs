// SPDX-License-Identifier: EUPL-1.2
//! Where a profile lies: a folder of this machine, or one of the browser's for this site.

#[cfg(not(target_arch = "wasm32"))]
mod native;
#[cfg(target_arch = "wasm32")]
mod web;

#[cfg(not(target_arch = "wasm32"))]
pub use native::{Profile, create_private_dir, create_private_file, read_if_there, write_whole};
#[cfg(target_arch = "wasm32")]
pub use web::Profile;
