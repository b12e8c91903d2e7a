// SPDX-License-Identifier: EUPL-1.2
//! The client's brain: MLS, conversations, directory, outbox, search; no network, clock or luck of its own.

pub mod account;
mod blob;
pub mod cert;
pub mod content;
mod conversation;
pub mod crypto;
pub mod db;
pub mod directory;
mod engine;
mod error;
pub mod fuzz;
pub mod input;
pub mod log;
pub mod media;
pub mod mls;
mod outbox;
mod profile;
mod reading;
pub mod search;
mod sync;
#[cfg(any(test, feature = "testkit"))]
pub mod testkit;
mod turn;

pub use engine::Engine;
pub use error::EngineError;
pub use input::{Failure, Input, Output};
