// SPDX-License-Identifier: EUPL-1.2
//! The client's body: one loop runs the engine over a profile and talks to the server; on a thread, or in a browser's worker.

mod backoff;
mod db;
mod error;
mod ground;
#[cfg(not(target_arch = "wasm32"))]
mod handle;
#[cfg(not(target_arch = "wasm32"))]
mod media;
mod profile;
mod run;
mod transport;
#[cfg(target_arch = "wasm32")]
mod worker;

pub use error::ClientError;
#[cfg(not(target_arch = "wasm32"))]
pub use handle::Client;
pub use run::pulse::{LinkState, Pulse};
pub use transport::address::{Address, AddressError};
