// SPDX-License-Identifier: EUPL-1.2
//! What a waiting caller may watch: that something moved, and how the connection stands.

use client_api::Timestamp;

/// How the connection to the server stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LinkState {
    /// The profile does not know a server yet.
    #[default]
    NoServer,
    Dialling,
    Up,
    /// Waiting to dial again.
    Down {
        /// Failed dials since the last success; 0: the connection stood and broke.
        failures: u32,
        why: String,
        again_at: Timestamp,
    },
}

/// Changes with every input of the engine and every change of the connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pulse {
    pub turns: u64,
    pub link: LinkState,
    /// How often the store failed and was opened anew, and what it said last.
    pub store_failures: u32,
    pub store_said: String,
    /// It failed for want of space.
    pub store_full: bool,
}
