// SPDX-License-Identifier: EUPL-1.2
//! The client's brain: MLS, conversations, directory, outbox, search; no network, clock or luck of its own.

pub mod account;
pub mod cert;
pub mod content;
pub mod crypto;
pub mod directory;
pub mod fuzz;
pub mod search;
