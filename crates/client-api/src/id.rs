// SPDX-License-Identifier: EUPL-1.2
//! Identifiers a user interface may hold: random or hashes, shown as lower-case hex.

use minicbor::{Decode, Encode};
use std::{fmt, str::FromStr};

/// The text is not the hex form of such an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseIdError;

impl fmt::Display for ParseIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id")
    }
}
impl std::error::Error for ParseIdError {}

/// Declares an id of `$len` bytes: hex in text, byte string in CBOR.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $len:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// Length in bytes.
            pub const LEN: usize = $len;

            /// `None` unless `bytes` has exactly [`Self::LEN`] bytes.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }
            pub fn as_bytes(&self) -> &[u8] {
                &self.0
            }
        }

        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            /// The first four bytes, enough to follow one thing through a test.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "("))?;
                self.0.iter().take(4).try_for_each(|byte| write!(f, "{byte:02x}"))?;
                write!(f, "…)")
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                if text.len() != 2 * $len || !text.is_ascii() {
                    return Err(ParseIdError);
                }
                let mut out = [0; $len];
                for (slot, pair) in out.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
                    let pair = std::str::from_utf8(pair).map_err(|_| ParseIdError)?;
                    *slot = u8::from_str_radix(pair, 16).map_err(|_| ParseIdError)?;
                }
                Ok(Self(out))
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.bytes(&self.0)?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                let at = d.position();
                Self::from_slice(d.bytes()?).ok_or_else(|| {
                    minicbor::decode::Error::message(concat!(stringify!($name), ": wrong length")).at(at)
                })
            }
        }
    };
}

id!(
    /// A person of an authority.
    UserId, 16
);
id!(
    /// One installation: a browser profile or a command-line profile.
    DeviceId, 16
);
id!(
    /// What the user interface shows as one conversation, over all logs and resets.
    ConversationId, 32
);
id!(
    /// Hash of a message's signed bytes: the same on every device.
    MessageId, 32
);
id!(
    /// An attachment on this device.
    AttachmentId, 16
);
id!(
    /// An organisational unit of an authority.
    UnitId, 16
);
id!(
    /// A role address staffed by users.
    FunctionId, 16
);
id!(
    /// An administrator device's or agent's issuing key: the first half of its hash.
    IssuerId, 16
);
