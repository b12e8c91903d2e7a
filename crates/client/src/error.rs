// SPDX-License-Identifier: EUPL-1.2
//! What can go wrong around the engine, by what a person can do about it.

use client_api::CommandError;

#[derive(Clone, Debug, thiserror::Error)]
pub enum ClientError {
    /// Wait, or go through the process that has it.
    #[error("this profile is in use by another process")]
    Busy,
    /// Look at the folder: rights, space.
    #[error("can't {what} the profile folder: {why}")]
    Folder { what: &'static str, why: String },
    /// The key file is missing or damaged: the profile can't be opened without it.
    #[error("the profile's key file is missing or damaged")]
    Key,
    /// Try again; our bug if it stays.
    #[error("the profile's store failed: {0}")]
    Store(String),
    /// Make room; nothing is lost.
    #[error("there is no space left on this device")]
    Full,
    /// Try later; nothing is lost.
    #[error("server not reachable: {0}")]
    Unreachable(String),
    /// Try later; nothing is lost.
    #[error("the server does not answer in time")]
    Slow,
    /// The engine said no.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// The profile was closed.
    #[error("the profile is closed")]
    Closed,
}

#[cfg(not(target_arch = "wasm32"))]
impl ClientError {
    pub(crate) fn folder(what: &'static str, why: &std::io::Error) -> Self {
        Self::Folder { what, why: why.to_string() }
    }
}
