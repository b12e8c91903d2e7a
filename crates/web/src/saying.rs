// SPDX-License-Identifier: EUPL-1.2
//! What the page says when something went wrong or was done, in the reader's words.

use crate::text::{t, tr};
use client_api::{CommandError, Why, port::PortError};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saying {
    /// A text by its key.
    Key(&'static str),
    Error(PortError),
    Why(Why),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// Set when it is shown.
    pub number: u64,
    pub saying: Saying,
}

impl Toast {
    pub fn done(key: &'static str) -> Self {
        Self { number: 0, saying: Saying::Key(key) }
    }
    pub fn error(error: &PortError) -> Self {
        Self { number: 0, saying: Saying::Error(error.clone()) }
    }
    pub fn warning(why: Why) -> Self {
        Self { number: 0, saying: Saying::Why(why) }
    }
}

/// A reason in the reader's words.
pub fn reason(why: Why) -> String {
    t(&format!("why-{}", why.name()))
}

/// An error in the reader's words: what happened and what to do.
pub fn explain(error: &PortError) -> String {
    match error {
        PortError::Command(
            CommandError::Unknown(why)
            | CommandError::Refused(why)
            | CommandError::Invalid(why)
            | CommandError::WrongState(why),
        ) => reason(*why),
        PortError::Command(CommandError::Store(said)) | PortError::Store(said) => {
            tr("error-store", &[("said", said.as_str().into())])
        }
        PortError::StorageFull => t("error-storage-full"),
        PortError::Unsupported(_) => t("error-unsupported"),
        PortError::NotOpen | PortError::Broken => t("error-broken"),
    }
}
