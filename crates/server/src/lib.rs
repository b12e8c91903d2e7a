// SPDX-License-Identifier: EUPL-1.2
//! The blind server: ordered ciphertexts, mailboxes and blobs, without names, members or senders.

pub mod blob;
pub mod config;
pub mod domain;
pub mod hub;
pub mod service;
pub mod store;
#[cfg(feature = "testkit")]
pub mod testkit;
pub mod tls;

pub use hub::ConnectionId;
pub use service::{Out, Service, ServiceConfig};
