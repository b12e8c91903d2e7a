// SPDX-License-Identifier: EUPL-1.2
//! The letters of enrolment: inviter → approver (invitations), device → approver (request), approver → device (answer).

use super::LetterError;
use crate::{
    cert::CERT_BYTES,
    crypto::{
        Luck, Secret, aead,
        pad::{pad, unpad},
        seal::{SealKey, SealPublic},
        sign::{self, SigningKey},
    },
    directory::format::{BlobRef, DirKey, Name},
};
use client_api::UserId;
use minicbor::{Decode, Encode, bytes::ByteVec};
use proto::{
    AuthorityId, BranchId, ContentHash, InboxId, InviteId, LogId, PublicKey, RootPublicKey, Signature,
    chain::content_hash, limit::DEPOSIT_BYTES,
};

/// Every sealed request has exactly this size.
pub const ENROL_REQUEST_BYTES: usize = 4 * 1024;
/// Invitations one letter to an approver holds at most.
pub const INVITATIONS: usize = 500;
const ANSWER_PLAIN_BYTES: usize = 8 * 1024;
const PLAIN_REQUEST_BYTES: usize = ENROL_REQUEST_BYTES - InviteId::LEN - aead::OVERHEAD_BYTES;

/// What a new device asks with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolRequest {
    /// The answer is sealed to it.
    pub fresh: SealPublic,
    pub device_key: PublicKey,
    pub user_key: PublicKey,
    /// What the device would issue with, should its person become an administrator.
    pub issuer_key: PublicKey,
    /// The inbox the device will have.
    pub inbox: InboxId,
    pub inbox_owner: PublicKey,
    pub inbox_seal: SealPublic,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct RequestWire {
    #[n(0)]
    fresh: ByteVec,
    #[n(1)]
    device_key: PublicKey,
    #[n(2)]
    user_key: PublicKey,
    #[n(3)]
    inbox: InboxId,
    #[n(4)]
    inbox_owner: PublicKey,
    #[n(5)]
    inbox_seal: ByteVec,
    #[n(6)]
    issuer_key: PublicKey,
}

/// The signing keys a request names, to prove that whoever asks has them.
pub struct RequestKeys {
    pub device: SigningKey,
    pub user: SigningKey,
    pub issuer: SigningKey,
}

/// A request with the proofs: by device key, user key and issuer key over [`possession`].
#[derive(Encode, Decode)]
#[cbor(map)]
struct ProvenWire {
    #[n(0)]
    request: RequestWire,
    #[n(1)]
    by_device: Signature,
    #[n(2)]
    by_user: Signature,
    #[n(3)]
    by_issuer: Signature,
}

/// What the approver says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnrolReply {
    Granted(Box<EnrolAnswer>),
    Refused(Refusal),
}

/// Why a request is not granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Refusal {
    /// Another request with the same invitation came first.
    #[n(0)]
    Used,
    /// The invitation had ended before the request was read.
    #[n(1)]
    Expired,
    /// The person was locked out since, an administrator said no, or a newer invitation counts.
    #[n(2)]
    Withdrawn,
}

/// What makes a device a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolAnswer {
    pub user_cert: Vec<u8>,
    pub issuer_cert: Vec<u8>,
    /// To be compared with the link's fingerprint.
    pub root_pub: RootPublicKey,
    pub log: LogId,
    pub branch: BranchId,
    /// The snapshot covers the branch up to this entry.
    pub n: u32,
    /// Chain head after entry `n`.
    pub head: ContentHash,
    pub d: u32,
    pub key: DirKey,
    pub snapshot: BlobRef,
    pub kem: BlobRef,
    pub user: UserId,
    pub name: Name,
    pub authority_name: Name,
}

#[derive(Encode, Decode)]
enum ReplyWire {
    #[n(0)]
    Granted(#[n(0)] Box<AnswerWire>),
    #[n(1)]
    Refused(#[n(0)] Refusal),
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct AnswerWire {
    #[n(0)]
    user_cert: ByteVec,
    #[n(1)]
    issuer_cert: ByteVec,
    #[n(2)]
    root_pub: RootPublicKey,
    #[n(3)]
    log: LogId,
    #[n(4)]
    branch: BranchId,
    #[n(5)]
    n: u32,
    #[n(6)]
    head: ContentHash,
    #[n(7)]
    d: u32,
    #[n(8)]
    key: Secret,
    #[n(9)]
    snapshot: BlobRef,
    #[n(10)]
    kem: BlobRef,
    #[n(11)]
    user: UserId,
    #[n(12)]
    name: Name,
    #[n(13)]
    authority_name: Name,
}

/// What an approver must know to answer a request.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Invitation {
    #[n(0)]
    pub invite: InviteId,
    #[n(1)]
    pub seed: Secret,
    #[n(2)]
    pub user: UserId,
}

impl EnrolRequest {
    fn wire(&self) -> RequestWire {
        RequestWire {
            fresh: self.fresh.as_bytes().to_vec().into(),
            device_key: self.device_key,
            user_key: self.user_key,
            inbox: self.inbox,
            inbox_owner: self.inbox_owner,
            inbox_seal: self.inbox_seal.as_bytes().to_vec().into(),
            issuer_key: self.issuer_key,
        }
    }

    fn encode(&self) -> Vec<u8> {
        proto::encode(&self.wire())
    }

    fn read(wire: RequestWire) -> Result<Self, LetterError> {
        let key = |bytes: &[u8]| SealPublic::from_bytes(bytes).map_err(|_| LetterError::Malformed);
        Ok(Self {
            fresh: key(&wire.fresh)?,
            device_key: wire.device_key,
            user_key: wire.user_key,
            issuer_key: wire.issuer_key,
            inbox: wire.inbox,
            inbox_owner: wire.inbox_owner,
            inbox_seal: key(&wire.inbox_seal)?,
        })
    }
}

/// SHA-256 of a request's content: names this request in the answer and gives the code.
pub fn request_hash(request: &EnrolRequest) -> ContentHash {
    content_hash(&[b"rp1 enrol request".as_slice(), &request.encode()].concat())
}

/// Six digits to read out. Short: whoever holds the link can search for a request with a given code.
pub fn code(request: &ContentHash) -> String {
    let number = request.0.iter().take(8).fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    format!("{:06}", number % 1_000_000)
}

/// What device, user and issuer key sign: "rp1 enrol possession" ‖ authority ‖ invite ‖ [`request_hash`].
fn possession(authority: &AuthorityId, invite: &InviteId, request: &EnrolRequest) -> Vec<u8> {
    let hash = request_hash(request);
    [b"rp1 enrol possession".as_slice(), authority.as_ref(), invite.as_ref(), hash.as_ref()].concat()
}

/// Invite id ‖ sealed, padded; exactly [`ENROL_REQUEST_BYTES`].
///
/// # Errors
/// [`LetterError::TooLarge`].
pub fn seal_request(
    luck: &Luck,
    request_key: &Secret,
    authority: &AuthorityId,
    invite: &InviteId,
    request: &EnrolRequest,
    keys: &RequestKeys,
) -> Result<Vec<u8>, LetterError> {
    let signed = possession(authority, invite, request);
    let proven = ProvenWire {
        request: request.wire(),
        by_device: keys.device.sign(&signed),
        by_user: keys.user.sign(&signed),
        by_issuer: keys.issuer.sign(&signed),
    };
    let plain = pad(&proto::encode(&proven), PLAIN_REQUEST_BYTES).map_err(|_| LetterError::TooLarge)?;
    let sealed = aead::seal(luck, request_key, &request_aad(authority, invite), &plain);
    Ok([invite.as_ref(), &sealed].concat())
}

/// Which invitation a sealed request is for.
///
/// # Errors
/// [`LetterError::Malformed`] unless it has exactly [`ENROL_REQUEST_BYTES`].
pub fn request_invite(sealed: &[u8]) -> Result<InviteId, LetterError> {
    let invite = sealed.get(..InviteId::LEN).and_then(InviteId::from_slice).ok_or(LetterError::Malformed)?;
    if sealed.len() == ENROL_REQUEST_BYTES { Ok(invite) } else { Err(LetterError::Malformed) }
}

/// # Errors
/// [`LetterError::Malformed`], [`LetterError::Open`], or [`LetterError::Possession`]: the asker lacks one of the keys.
pub fn open_request(request_key: &Secret, authority: &AuthorityId, sealed: &[u8]) -> Result<EnrolRequest, LetterError> {
    let invite = request_invite(sealed)?;
    let body = sealed.get(InviteId::LEN..).ok_or(LetterError::Malformed)?;
    let plain = aead::open(request_key, &request_aad(authority, &invite), body).map_err(|_| LetterError::Open)?;
    let plain = unpad(&plain).map_err(|_| LetterError::Malformed)?;
    let proven: ProvenWire = proto::decode(&plain, PLAIN_REQUEST_BYTES).map_err(|_| LetterError::Malformed)?;
    let request = EnrolRequest::read(proven.request)?;
    let signed = possession(authority, &invite, &request);
    let proofs = [
        (&request.device_key, &proven.by_device),
        (&request.user_key, &proven.by_user),
        (&request.issuer_key, &proven.by_issuer),
    ];
    let holds = proofs.iter().all(|(key, proof)| sign::verify(key, &signed, proof).is_ok());
    if holds { Ok(request) } else { Err(LetterError::Possession) }
}

/// Sealed to the request's fresh key and bound to that request, padded to one size.
///
/// # Errors
/// [`LetterError::TooLarge`] or [`LetterError::Malformed`].
pub fn seal_answer(
    luck: &Luck,
    authority: &AuthorityId,
    request: &EnrolRequest,
    answer: &EnrolAnswer,
) -> Result<Vec<u8>, LetterError> {
    if answer.user_cert.len() > CERT_BYTES || answer.issuer_cert.len() > CERT_BYTES {
        return Err(LetterError::TooLarge);
    }
    let wire = AnswerWire {
        user_cert: answer.user_cert.clone().into(),
        issuer_cert: answer.issuer_cert.clone().into(),
        root_pub: answer.root_pub,
        log: answer.log,
        branch: answer.branch,
        n: answer.n,
        head: answer.head,
        d: answer.d,
        key: answer.key.0.clone(),
        snapshot: answer.snapshot.clone(),
        kem: answer.kem.clone(),
        user: answer.user,
        name: answer.name.clone(),
        authority_name: answer.authority_name.clone(),
    };
    seal_reply(luck, authority, request, &ReplyWire::Granted(Box::new(wire)))
}

/// Sealed as an answer is, and of the same size.
///
/// # Errors
/// As [`seal_answer`].
pub fn seal_refusal(
    luck: &Luck,
    authority: &AuthorityId,
    request: &EnrolRequest,
    refusal: Refusal,
) -> Result<Vec<u8>, LetterError> {
    seal_reply(luck, authority, request, &ReplyWire::Refused(refusal))
}

fn seal_reply(
    luck: &Luck,
    authority: &AuthorityId,
    request: &EnrolRequest,
    reply: &ReplyWire,
) -> Result<Vec<u8>, LetterError> {
    let plain = pad(&proto::encode(reply), ANSWER_PLAIN_BYTES).map_err(|_| LetterError::TooLarge)?;
    let info = answer_info(authority, &request_hash(request));
    request.fresh.seal(luck, &info, b"", &plain).map_err(|_| LetterError::Malformed)
}

/// `request`: [`request_hash`] of the own request. Certificates and root are still to be verified.
///
/// # Errors
/// [`LetterError`].
pub fn open_answer(
    fresh: &SealKey,
    authority: &AuthorityId,
    request: &ContentHash,
    sealed: &[u8],
) -> Result<EnrolReply, LetterError> {
    if sealed.len() > DEPOSIT_BYTES {
        return Err(LetterError::TooLarge);
    }
    let plain = fresh.open(&answer_info(authority, request), b"", sealed).map_err(|_| LetterError::Open)?;
    decode_reply(&unpad(&plain).map_err(|_| LetterError::Malformed)?)
}

fn decode_reply(bytes: &[u8]) -> Result<EnrolReply, LetterError> {
    let wire = match proto::decode(bytes, ANSWER_PLAIN_BYTES).map_err(|_| LetterError::Malformed)? {
        ReplyWire::Refused(refusal) => return Ok(EnrolReply::Refused(refusal)),
        ReplyWire::Granted(wire) => *wire,
    };
    if wire.user_cert.len() > CERT_BYTES || wire.issuer_cert.len() > CERT_BYTES {
        return Err(LetterError::TooLarge);
    }
    Ok(EnrolReply::Granted(Box::new(EnrolAnswer {
        user_cert: wire.user_cert.into(),
        issuer_cert: wire.issuer_cert.into(),
        root_pub: wire.root_pub,
        log: wire.log,
        branch: wire.branch,
        n: wire.n,
        head: wire.head,
        d: wire.d,
        key: DirKey(wire.key),
        snapshot: wire.snapshot,
        kem: wire.kem,
        user: wire.user,
        name: wire.name,
        authority_name: wire.authority_name,
    })))
}

/// Hands at most [`INVITATIONS`] invitations to an approver, within one deposit.
///
/// # Errors
/// [`LetterError::TooLarge`] or [`LetterError::Malformed`].
pub fn seal_invitations(
    luck: &Luck,
    authority: &AuthorityId,
    approver: &SealPublic,
    invitations: &[Invitation],
) -> Result<Vec<u8>, LetterError> {
    if invitations.len() > INVITATIONS {
        return Err(LetterError::TooLarge);
    }
    approver
        .seal(luck, &invitations_info(authority), b"", &proto::encode(&invitations))
        .map_err(|_| LetterError::Malformed)
}

/// # Errors
/// [`LetterError`].
pub fn open_invitations(own: &SealKey, authority: &AuthorityId, sealed: &[u8]) -> Result<Vec<Invitation>, LetterError> {
    if sealed.len() > DEPOSIT_BYTES {
        return Err(LetterError::TooLarge);
    }
    let plain = own.open(&invitations_info(authority), b"", sealed).map_err(|_| LetterError::Open)?;
    decode_invitations(&plain)
}

fn decode_invitations(bytes: &[u8]) -> Result<Vec<Invitation>, LetterError> {
    let invitations: Vec<Invitation> = proto::decode(bytes, DEPOSIT_BYTES).map_err(|_| LetterError::Malformed)?;
    if invitations.len() > INVITATIONS { Err(LetterError::TooLarge) } else { Ok(invitations) }
}

fn request_aad(authority: &AuthorityId, invite: &InviteId) -> Vec<u8> {
    [b"rp1 enrol request".as_slice(), authority.as_ref(), invite.as_ref()].concat()
}

fn answer_info(authority: &AuthorityId, request: &ContentHash) -> Vec<u8> {
    [b"rp1 enrol answer".as_slice(), authority.as_ref(), request.as_ref()].concat()
}

fn invitations_info(authority: &AuthorityId) -> Vec<u8> {
    [b"rp1 invitations".as_slice(), authority.as_ref()].concat()
}

/// What stands behind the seals.
pub(super) fn fuzz(bytes: &[u8]) {
    if let Ok(wire) = proto::decode::<RequestWire>(bytes, PLAIN_REQUEST_BYTES)
        && let Ok(request) = EnrolRequest::read(wire)
    {
        let again = proto::decode(&request.encode(), PLAIN_REQUEST_BYTES).map(EnrolRequest::read);
        assert_eq!(again, Ok(Ok(request)), "a request changes");
    }
    let _ = proto::decode::<ProvenWire>(bytes, PLAIN_REQUEST_BYTES);
    let _ = (request_invite(bytes), decode_reply(bytes), decode_invitations(bytes));
}
