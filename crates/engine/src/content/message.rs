// SPDX-License-Identifier: EUPL-1.2
//! A message as it is written, signed, sent and read; the signature covers a hash of each part.

use super::{Access, Attachment, ContentError, MESSAGE_BYTES, PARTS, Part, Provenance, expiry, part::check_together};
use crate::crypto::{
    Luck,
    sign::{self, SigningKey},
};
use client_api::{ConversationId, DeviceId, Expiry, MessageId, Timestamp, UserId};
use minicbor::{
    Decode, Encode,
    bytes::{ByteArray, ByteVec},
};
use proto::{ContentHash, PublicKey, Signature};
use sha2::{Digest, Sha256};
use std::fmt;

/// A message in the open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub author: UserId,
    pub device: DeviceId,
    pub sent_at: Timestamp,
    pub expires: Expiry,
    pub parts: Vec<Part>,
    /// Of all attachments, those inside a forward included.
    pub access: Vec<Access>,
}

/// What goes to MLS, and the id it has on every device.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    pub id: MessageId,
    pub bytes: Vec<u8>,
}

/// A message as received: its form is right, nobody has vouched for it yet. Keep its bytes to forward it later.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct MessageIn {
    #[n(0)]
    pub(super) head: Head,
    #[n(1)]
    pub(super) parts: Vec<SaltedPart>,
    #[n(2)]
    pub(super) signature: Signature,
    #[n(3)]
    #[cbor(default)]
    access: Vec<Access>,
}

/// What is signed besides the parts' hashes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct Head {
    #[n(0)]
    pub author: UserId,
    #[n(1)]
    pub device: DeviceId,
    #[n(2)]
    pub sent_at: Timestamp,
    #[n(3)]
    pub expires: Expiry,
    /// Makes two equal messages different.
    #[n(4)]
    pub nonce: ByteArray<16>,
    /// [`place`]: nobody can pass a message off as written in another conversation.
    #[n(5)]
    pub place: ContentHash,
}

/// SHA-256("rp1 place" ‖ conversation ‖ nonce): says to those in the conversation that it was written there, and
/// nothing to those a message is forwarded to.
fn place(conversation: &ConversationId, nonce: &[u8; 16]) -> ContentHash {
    let hash = Sha256::new_with_prefix(b"rp1 place").chain_update(conversation).chain_update(nonce);
    ContentHash(hash.finalize().into())
}

/// A part with its own salt: the hash of a part left out tells nothing, however short the part was.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct SaltedPart {
    #[n(0)]
    pub salt: ByteArray<16>,
    #[n(1)]
    pub body: ByteVec,
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Signed").field(&self.id).finish()
    }
}

impl fmt::Debug for SaltedPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SaltedPart(…)")
    }
}

impl SaltedPart {
    /// SHA-256("rp1 part" ‖ salt (16 B) ‖ body).
    pub fn hash(&self) -> ContentHash {
        let salt: &[u8; 16] = &self.salt;
        let body: &[u8] = &self.body;
        ContentHash(Sha256::new_with_prefix(b"rp1 part").chain_update(salt).chain_update(body).finalize().into())
    }
}

impl Head {
    /// "rp1 message" ‖ SHA-256(CBOR[author, device, sent_at, part hashes, expires, nonce, place]).
    pub fn signed_bytes(&self, hashes: &[ContentHash]) -> Vec<u8> {
        let list = (self.author, self.device, self.sent_at, hashes, self.expires, &self.nonce, self.place);
        let list = minicbor::to_vec(list).expect("encoding to memory does not fail");
        [b"rp1 message".as_slice(), &Sha256::digest(list)].concat()
    }
}

/// SHA-256("rp1 message id" ‖ the signed bytes).
pub(super) fn message_id(signed: &[u8]) -> MessageId {
    MessageId(Sha256::new_with_prefix(b"rp1 message id").chain_update(signed).finalize().into())
}

impl Message {
    /// Signs with the author's device key. Do it once per message: salts and nonce, and so the id, are new each time.
    ///
    /// # Errors
    /// [`ContentError`]: what is too large, too many or missing.
    pub fn sign(&self, luck: &Luck, key: &SigningKey, to: &ConversationId) -> Result<Signed, ContentError> {
        check_parts(&self.parts)?;
        let parts: Vec<_> = self
            .parts
            .iter()
            .map(|part| Ok(SaltedPart { salt: luck.bytes::<16>().into(), body: part.to_bytes()?.into() }))
            .collect::<Result<_, ContentError>>()?;
        let nonce: [u8; 16] = luck.bytes();
        let head = Head {
            author: self.author,
            device: self.device,
            sent_at: self.sent_at,
            expires: self.expires,
            nonce: nonce.into(),
            place: place(to, &nonce),
        };
        let signed = head.signed_bytes(&hashes(&parts));
        let message = MessageIn { head, parts, signature: key.sign(&signed), access: self.access.clone() };
        let bytes = proto::encode(&message);
        if bytes.len() > MESSAGE_BYTES {
            return Err(ContentError::TooLarge);
        }
        Ok(Signed { id: message_id(&signed), bytes })
    }

    /// The plain or markdown text, if there is one.
    pub fn text(&self) -> Option<&str> {
        self.parts.iter().find_map(|part| match part {
            Part::Text { text, .. } => Some(text.as_str()),
            _ => None,
        })
    }

    /// The message handed on inside this one, if there is one.
    pub fn forward(&self) -> Option<&Provenance> {
        self.parts.iter().find_map(|part| match part {
            Part::Forward(provenance) => Some(provenance),
            _ => None,
        })
    }

    /// All attachments, own and handed on, each with the access to its bytes if the sender gave it.
    ///
    /// # Errors
    /// [`ContentError::Malformed`].
    pub fn attachments(&self) -> Result<Vec<(Attachment, Option<&Access>)>, ContentError> {
        let handed_on = self.forward().map_or_else(|| Ok(Vec::new()), Provenance::parts)?;
        let all = self.parts.iter().cloned().chain(handed_on).filter_map(|part| match part {
            Part::Attachment(attachment) => Some(attachment),
            _ => None,
        });
        let access = |sha256| self.access.iter().find(|access| access.sha256 == sha256);
        Ok(all
            .map(|attachment| {
                let access = access(attachment.sha256);
                (attachment, access)
            })
            .collect())
    }

    /// When it has to go, also if a sender handed on something without inheriting its rule.
    pub fn binding_expiry(&self) -> Expiry {
        let Some(forward) = self.forward() else { return self.expires };
        let (.., original) = forward.claims();
        expiry::inherit(original, self.expires).unwrap_or(original)
    }
}

/// Reads a message: size, version, form, limits. Nothing is verified yet.
///
/// # Errors
/// [`ContentError`].
pub fn parse(bytes: &[u8]) -> Result<MessageIn, ContentError> {
    let message: MessageIn = proto::decode(bytes, MESSAGE_BYTES).map_err(|error| match error {
        proto::DecodeError::TooLarge => ContentError::TooLarge,
        _ => ContentError::Malformed,
    })?;
    if message.access.len() > PARTS {
        return Err(ContentError::TooMany);
    }
    check_parts(&message.read_parts()?)?;
    Ok(message)
}

impl MessageIn {
    /// The same on every device, and in every forward.
    pub fn id(&self) -> MessageId {
        message_id(&self.head.signed_bytes(&hashes(&self.parts)))
    }

    /// Trusts the message if it is signed by the sender MLS names: user, device and device key of the sender's leaf.
    ///
    /// # Errors
    /// [`ContentError::Author`] or [`ContentError::Signature`].
    pub fn verify(&self, user: &UserId, device: &DeviceId, key: &PublicKey) -> Result<Message, ContentError> {
        if (&self.head.author, &self.head.device) != (user, device) {
            return Err(ContentError::Author);
        }
        let signed = self.head.signed_bytes(&hashes(&self.parts));
        sign::verify(key, &signed, &self.signature).map_err(|_| ContentError::Signature)?;
        self.message()
    }

    /// # Errors
    /// [`ContentError::Place`] unless its author wrote it in this conversation.
    pub fn check_place(&self, conversation: &ConversationId) -> Result<(), ContentError> {
        let is_here = self.head.place == place(conversation, &self.head.nonce);
        if is_here { Ok(()) } else { Err(ContentError::Place) }
    }

    /// The message without checking its signature: for bytes out of the own database, verified when they came in.
    ///
    /// # Errors
    /// [`ContentError::Malformed`].
    pub fn message(&self) -> Result<Message, ContentError> {
        Ok(Message {
            author: self.head.author,
            device: self.head.device,
            sent_at: self.head.sent_at,
            expires: self.head.expires,
            parts: self.read_parts()?,
            access: self.access.clone(),
        })
    }

    fn read_parts(&self) -> Result<Vec<Part>, ContentError> {
        if self.parts.len() > PARTS {
            return Err(ContentError::TooMany);
        }
        self.parts.iter().map(|part| Part::from_bytes(&part.body)).collect()
    }
}

/// For mutators: never panics, and what is accepted is written and read as the same value.
pub fn fuzz(bytes: &[u8]) {
    if let Ok(message) = parse(bytes) {
        let again = proto::encode(&message);
        if again.len() <= MESSAGE_BYTES {
            assert_eq!(parse(&again).as_ref(), Ok(&message), "what was read is not what is written");
        }
        assert!(message.message().is_ok(), "accepted but without content");
    }
}

fn hashes(parts: &[SaltedPart]) -> Vec<ContentHash> {
    parts.iter().map(SaltedPart::hash).collect()
}

fn check_parts(parts: &[Part]) -> Result<(), ContentError> {
    match parts.len() {
        0 => Err(ContentError::Empty),
        n if n > PARTS => Err(ContentError::TooMany),
        _ => check_together(parts),
    }
}
