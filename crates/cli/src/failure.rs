// SPDX-License-Identifier: EUPL-1.2
//! Why a command failed, by exit code: 1 anything else, 2 wrong usage, 3 server not reachable, 4 refused.

use crate::text;
use client::ClientError;
use client_api::CommandError;
use minicbor::{Decode, Encode};
use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Failure {
    #[n(0)]
    Usage(#[n(0)] String),
    #[n(1)]
    Unreachable(#[n(0)] String),
    #[n(2)]
    Refused(#[n(0)] String),
    #[n(3)]
    Other(#[n(0)] String),
}

impl Failure {
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Other(_) => 1,
            Self::Usage(_) => 2,
            Self::Unreachable(_) => 3,
            Self::Refused(_) => 4,
        }
    }

    pub fn file(path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::Other(format!("{}: {error}", path.display()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Usage(why) | Self::Unreachable(why) | Self::Refused(why) | Self::Other(why)) = self;
        f.write_str(why)
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Command(error) => error.into(),
            ClientError::Unreachable(_) | ClientError::Slow => Self::Unreachable(error.to_string()),
            ClientError::Busy
            | ClientError::Folder { .. }
            | ClientError::Key
            | ClientError::Store(_)
            | ClientError::Full
            | ClientError::Closed => Self::Other(error.to_string()),
        }
    }
}

impl From<CommandError> for Failure {
    fn from(error: CommandError) -> Self {
        let why = error.to_string();
        match error {
            CommandError::Invalid(_) => Self::Usage(why),
            CommandError::Unknown(_) | CommandError::Refused(_) | CommandError::WrongState(_) => Self::Refused(why),
            CommandError::Store(_) => Self::Other(why),
        }
    }
}

/// The engine or the other process answered a different question: our bug.
pub fn unexpected() -> Failure {
    Failure::Other(text::UNEXPECTED.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use client_api::Why;

    #[test]
    fn each_kind_of_failure_has_its_exit_code() {
        let code = |e: ClientError| Failure::from(e).exit_code();
        assert_eq!(code(ClientError::Store("x".into())), 1);
        assert_eq!(code(ClientError::Busy), 1);
        assert_eq!(code(ClientError::Unreachable("x".into())), 3);
        assert_eq!(code(ClientError::Slow), 3);
        assert_eq!(code(CommandError::Invalid(Why::Empty).into()), 2);
        assert_eq!(code(CommandError::Unknown(Why::NoSuchPerson).into()), 4);
        assert_eq!(code(CommandError::Refused(Why::NotModerator).into()), 4);
        assert_eq!(code(CommandError::WrongState(Why::NoAccount).into()), 4);
        assert_eq!(code(CommandError::Store("x".into()).into()), 1);
    }
}
