// SPDX-License-Identifier: EUPL-1.2
//! The directory's records.

use super::FormatError;
use crate::cert::Revocation;
use client_api::{DeviceId, FunctionId, IssuerId, Timestamp, UnitId, UserId};
use minicbor::{Decode, Encode, bytes::ByteVec};
use proto::{AuthorityId, ContentHash, Hour, InboxId, IssuerGrant, PublicKey, RootPublicKey, TtlClass};

/// Largest name in bytes.
pub const NAME_BYTES: usize = 200;
/// Largest number of persons in one function.
pub const MEMBERS: usize = 5_000;
/// Most bytes of an issuer's sealed keys.
const ISSUER_KEYS_BYTES: usize = crate::crypto::seal::OVERHEAD_BYTES + 128;
/// Records signed at once.
pub const RECORDS: usize = 1_000;
/// Largest list of records, encoded, in bytes.
pub const RECORDS_BYTES: usize = 2 * 1024 * 1024;

/// A name: trimmed, not empty, at most [`NAME_BYTES`], without control characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Encode)]
#[cbor(transparent)]
pub struct Name(#[n(0)] String);

impl Name {
    /// # Errors
    /// [`FormatError::TooLarge`] or [`FormatError::Malformed`].
    pub fn new(text: &str) -> Result<Self, FormatError> {
        let text = text.trim();
        if text.len() > NAME_BYTES {
            return Err(FormatError::TooLarge);
        }
        if text.is_empty() || text.chars().any(char::is_control) {
            return Err(FormatError::Malformed);
        }
        Ok(Self(text.to_owned()))
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Name(…)")
    }
}

impl<'b, C> Decode<'b, C> for Name {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let at = d.position();
        let text = d.str()?;
        match Self::new(text) {
            Ok(name) if name.0 == text => Ok(name),
            _ => Err(minicbor::decode::Error::message("name: wrong form").at(at)),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum PersonState {
    /// No device yet.
    #[n(0)]
    Invited,
    #[n(1)]
    Active,
    #[n(2)]
    Left,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Person {
    #[n(0)]
    pub user: UserId,
    #[n(1)]
    pub name: Name,
    #[n(2)]
    pub unit: Option<UnitId>,
    #[n(3)]
    pub state: PersonState,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Unit {
    #[n(0)]
    pub unit: UnitId,
    #[n(1)]
    pub name: Name,
}

/// A role address.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Function {
    #[n(0)]
    pub function: FunctionId,
    #[n(1)]
    pub name: Name,
    #[n(2)]
    pub unit: Option<UnitId>,
    /// At most [`MEMBERS`].
    #[n(3)]
    pub members: Vec<UserId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Device {
    #[n(0)]
    pub device: DeviceId,
    #[n(1)]
    pub user: UserId,
    #[n(2)]
    pub inbox: InboxId,
    /// SHA-256 of the inbox's sealing key.
    #[n(3)]
    pub seal_key_hash: ContentHash,
    /// The key whole; left out in a snapshot, where it lies in the KEM blob.
    #[n(4)]
    pub seal_key: Option<ByteVec>,
    /// Whose certificate an administrator renews.
    #[n(5)]
    pub user_key: PublicKey,
    /// What it would issue with, should its person become an administrator.
    #[n(6)]
    pub issuer_key: PublicKey,
    /// When the user certificate it was last given ends.
    #[n(7)]
    pub cert_ends: Hour,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Approval {
    /// The link alone is enough.
    #[n(0)]
    Agent,
    /// Six digits are read out and compared.
    #[n(1)]
    Code,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Policy {
    #[n(0)]
    pub approval: Approval,
    /// How long the server keeps what new conversations write.
    #[n(1)]
    pub retention: TtlClass,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Issuer {
    /// DER; who it is follows from it ([`crate::cert::verify_issuer`]).
    #[n(0)]
    pub cert: ByteVec,
    #[n(1)]
    pub grant: IssuerGrant,
    /// Write keys are handed over under it.
    #[n(2)]
    pub seal_key: ByteVec,
    /// Whose device or agent it is.
    #[n(3)]
    pub user: UserId,
    /// Write key of the branch the record stands in and pass key, sealed to it; left out in a snapshot.
    #[n(4)]
    pub keys: Option<ByteVec>,
}

/// Another authority whose people may be talked to, or a new root of our own.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TrustedRoot {
    #[n(0)]
    pub authority: AuthorityId,
    #[n(1)]
    pub root_pub: RootPublicKey,
    #[n(2)]
    pub name: Name,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum ActKind {
    #[n(0)]
    Founded,
    #[n(1)]
    Invited(#[n(0)] UserId),
    #[n(2)]
    Approved(#[n(0)] UserId, #[n(1)] DeviceId),
    #[n(3)]
    RevokedPerson(#[n(0)] UserId),
    #[n(4)]
    RevokedDevice(#[n(0)] DeviceId),
    #[n(5)]
    GrantedIssuer(#[n(0)] UserId),
    #[n(6)]
    RevokedIssuer(#[n(0)] IssuerId),
    #[n(7)]
    ChangedPolicy,
    /// A second request came for an invitation already used.
    #[n(8)]
    RefusedRequest(#[n(0)] UserId),
}

/// One line of the log of administrative acts.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Act {
    #[n(0)]
    pub who: UserId,
    #[n(1)]
    pub what: ActKind,
    #[n(2)]
    pub at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Record {
    #[n(0)]
    Person(#[n(0)] Person),
    #[n(1)]
    Unit(#[n(0)] Unit),
    #[n(2)]
    Function(#[n(0)] Function),
    #[n(3)]
    Device(#[n(0)] Device),
    #[n(4)]
    RevokePerson(#[n(0)] UserId),
    #[n(5)]
    RevokeDevice(#[n(0)] DeviceId),
    #[n(6)]
    Policy(#[n(0)] Policy),
    #[n(7)]
    Issuer(#[n(0)] Issuer),
    #[n(8)]
    RevokeIssuer(#[n(0)] IssuerId),
    #[n(9)]
    TrustedRoot(#[n(0)] TrustedRoot),
    #[n(10)]
    Act(#[n(0)] Act),
    /// Goes with [`Record::RevokePerson`]: the same for those outside the directory's log.
    #[n(11)]
    Revocation(#[n(0)] Revocation),
}

impl Record {
    fn check(&self) -> Result<(), FormatError> {
        let fits = match self {
            Self::Function(function) => function.members.len() <= MEMBERS,
            Self::Device(device) => device.seal_key.as_ref().is_none_or(|key| {
                key.len() == crate::crypto::seal::PUBLIC_BYTES
                    && proto::chain::content_hash(key) == device.seal_key_hash
            }),
            Self::Issuer(issuer) => {
                issuer.cert.len() <= crate::cert::CERT_BYTES
                    && issuer.seal_key.len() == crate::crypto::seal::PUBLIC_BYTES
                    && issuer.keys.as_ref().is_none_or(|keys| keys.len() <= ISSUER_KEYS_BYTES)
            }
            Self::Revocation(revocation) => revocation.issuer_cert.len() <= crate::cert::CERT_BYTES,
            _ => true,
        };
        if fits { Ok(()) } else { Err(FormatError::Malformed) }
    }
}

/// # Errors
/// [`FormatError::TooLarge`] above [`RECORDS`] or [`RECORDS_BYTES`], [`FormatError::Malformed`] for a record outside its limits.
pub fn encode(records: &[Record]) -> Result<Vec<u8>, FormatError> {
    check(records)?;
    let bytes = proto::encode(&records);
    if bytes.len() > RECORDS_BYTES { Err(FormatError::TooLarge) } else { Ok(bytes) }
}

/// # Errors
/// As [`encode`].
pub fn decode(bytes: &[u8]) -> Result<Vec<Record>, FormatError> {
    let records: Vec<Record> = proto::decode(bytes, RECORDS_BYTES)?;
    check(&records)?;
    Ok(records)
}

fn check(records: &[Record]) -> Result<(), FormatError> {
    if records.len() > RECORDS {
        return Err(FormatError::TooLarge);
    }
    records.iter().try_for_each(Record::check)
}
