// SPDX-License-Identifier: EUPL-1.2
//! The blind server: ordered ciphertexts, mailboxes and blobs, without names, members or senders.

pub mod app;
pub mod blob;
pub mod chore;
pub mod clock;
pub mod config;
pub mod domain;
pub mod folder;
pub mod http;
pub mod hub;
pub mod metrics;
pub mod outlet;
pub mod reader;
pub mod service;
pub mod store;
#[cfg(feature = "testkit")]
pub mod testkit;
pub mod tls;
pub mod writer;

pub use hub::ConnectionId;
pub use service::{Out, Service, ServiceConfig};
