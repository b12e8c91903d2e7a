// SPDX-License-Identifier: EUPL-1.2
//! Identifiers as types that cannot be swapped; all are random or hashes and say nothing about people.

use std::fmt;

/// Declares a fixed-length byte string type: CBOR byte string of exactly `$len` bytes.
macro_rules! bytes_type {
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

        impl fmt::Debug for $name {
            /// The first four bytes: enough to follow one thing through a test, too little to be of use to a thief.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "("))?;
                for byte in self.0.iter().take(4) {
                    write!(f, "{byte:02x}")?;
                }
                write!(f, "…)")
            }
        }

        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.bytes(&self.0)?.ok()
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                let at = d.position();
                Self::from_slice(d.bytes()?).ok_or_else(|| {
                    minicbor::decode::Error::message(concat!(stringify!($name), ": wrong length")).at(at)
                })
            }
        }
    };
}
pub(crate) use bytes_type;

bytes_type!(
    /// SHA-256("rp1 authority" ‖ root public key): names an authority by the key it started with.
    AuthorityId, 32
);
bytes_type!(
    /// Random name of a log; unrelated to the MLS group id.
    LogId, 32
);
bytes_type!(
    /// SHA-256 over a branch's defining fields, see [`crate::chain::branch_id`].
    BranchId, 32
);
bytes_type!(
    /// Random name of a device's mailbox (or of an invitation's reply mailbox).
    InboxId, 32
);
bytes_type!(
    /// Random name of a blob.
    BlobId, 32
);
bytes_type!(
    /// Random name of an invitation.
    InviteId, 16
);
bytes_type!(
    /// SHA-256 of stored bytes (an envelope, a deposit) or of a secret whose preimage is a permission.
    ContentHash, 32
);
bytes_type!(
    /// The server's random challenge of one connection.
    Nonce, 32
);
bytes_type!(
    /// Changes when a server was restored from a backup.
    RecoveryId, 16
);
