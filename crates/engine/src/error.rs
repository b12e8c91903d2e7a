// SPDX-License-Identifier: EUPL-1.2
//! What can go wrong inside; the transaction is undone and the caller opens the engine anew.

use crate::media::MediaError;
use client_api::CommandError;

#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// SQLite failed: disk full, damaged, locked. Open again; nothing of this call was kept.
    #[error("the store failed: {0}")]
    Store(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A row does not have its form: restore the profile from a backup or enrol anew.
    #[error("the store is damaged: {0}")]
    Damaged(&'static str),
    /// The store was written by a newer version of this program.
    #[error("the store was written by a newer version")]
    Newer,
    /// Chunk files could not be written or read; nothing of this call was kept.
    #[error("the media folder failed: {0}")]
    Media(MediaError),
    /// A rule of ours was broken: a bug.
    #[error("internal: {0}")]
    Bug(String),
}

/// Why a command was not carried out: the asker's fault, or ours.
#[derive(Debug)]
pub enum Fail {
    Command(CommandError),
    Engine(EngineError),
}

impl From<CommandError> for Fail {
    fn from(error: CommandError) -> Self {
        Self::Command(error)
    }
}
impl<E: Into<EngineError>> From<E> for Fail {
    fn from(error: E) -> Self {
        Self::Engine(error.into())
    }
}

/// Turns an error that only our own data can cause into [`EngineError::Bug`].
pub(crate) fn bug(error: impl std::fmt::Display) -> EngineError {
    EngineError::Bug(error.to_string())
}
