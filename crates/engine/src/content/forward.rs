// SPDX-License-Identifier: EUPL-1.2
//! A message handed on with proof of who wrote it: parts may be left out, never altered.

use super::{
    ContentError, MessageIn, PARTS, Part,
    expiry::{Forwarding, may_forward},
    message::{Head, SaltedPart, message_id},
    part::check_together,
};
use crate::{
    cert::{self, CERT_BYTES, CertError, Seen},
    crypto::sign,
};
use client_api::{DeviceId, Expiry, MessageId, Timestamp, UserId};
use minicbor::{Decode, Encode, bytes::ByteVec};
use proto::{AuthorityId, ContentHash, RootPublicKey, Signature};

/// Largest forward inside a message, in bytes.
pub const FORWARD_BYTES: usize = 160 * 1024;

/// The original's head, its parts as far as shown, signature and certificates. Claims until [`verify`] says so.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Provenance {
    #[n(0)]
    head: Head,
    #[n(1)]
    slots: Vec<Slot>,
    #[n(2)]
    signature: Signature,
    /// [device, user, issuer], DER, as in the author's MLS leaf when it was received.
    #[n(3)]
    chain: Vec<ByteVec>,
}

/// One part of the original, in its place.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Slot {
    #[n(0)]
    Shown(#[n(0)] ShownPart),
    /// Only its hash, which tells nothing without the part's salt.
    #[n(1)]
    LeftOut(#[n(0)] ContentHash),
}

/// A part handed on, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct ShownPart(#[n(0)] SaltedPart);

/// What a third party may rely on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Of the original.
    pub id: MessageId,
    pub authority: AuthorityId,
    pub author: UserId,
    pub device: DeviceId,
    /// As the author's device stated it; the certificates were valid then.
    pub sent_at: Timestamp,
    pub expires: Expiry,
    pub parts: Vec<Part>,
    /// Parts of the original not handed on.
    pub left_out: usize,
}

/// Why a forward proves nothing. Show it as unverified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    #[error("malformed: {0}")]
    Form(#[from] ContentError),
    #[error("certificates: {0}")]
    Chain(#[from] CertError),
    #[error("the certificates belong to another person or device")]
    Author,
    #[error("altered, or not signed by the author")]
    Signature,
}

/// Hands on a received message, or, if it is a forward itself, what that handed on: the first author stays.
/// `chain` is the author's [device, user, issuer]; a forward of a forward keeps its own. Parts for which `keep` is
/// `false` are left out for good.
///
/// # Errors
/// [`Refused`].
pub fn make(original: &MessageIn, chain: &[Vec<u8>], keep: impl Fn(&Part) -> bool) -> Result<Provenance, Refused> {
    let message = original.message()?;
    refuse_reading_only(message.expires)?;
    let earlier = message.parts.into_iter().find_map(|part| match part {
        Part::Forward(provenance) => Some(provenance),
        _ => None,
    });
    let full = earlier.unwrap_or_else(|| Provenance {
        head: original.head.clone(),
        slots: original.parts.iter().map(|part| Slot::Shown(ShownPart(part.clone()))).collect(),
        signature: original.signature,
        chain: chain.iter().map(|cert| ByteVec::from(cert.clone())).collect(),
    });
    refuse_reading_only(full.head.expires)?;
    let slots = full.slots.into_iter().map(|slot| narrow(slot, &keep)).collect::<Result<Vec<_>, _>>()?;
    let provenance = Provenance { slots, ..full };
    check(&provenance)?;
    if provenance.parts()?.is_empty() {
        return Err(ContentError::Empty.into());
    }
    Ok(provenance)
}

/// Why a message is not handed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("messages that go after reading are not handed on")]
    ReadingOnly,
    #[error(transparent)]
    Content(#[from] ContentError),
}

/// The parts people mean when they hand something on: what was said and seen, not replies, receipts or reactions.
pub fn keep_usual(part: &Part) -> bool {
    matches!(part, Part::Text { .. } | Part::Attachment(_) | Part::Place(_) | Part::CapturedAt(_) | Part::Topic(_))
}

impl Provenance {
    /// Who is said to have written it and when: claims.
    pub fn claims(&self) -> (UserId, DeviceId, Timestamp, Expiry) {
        (self.head.author, self.head.device, self.head.sent_at, self.head.expires)
    }

    /// The id the original has if nothing was altered.
    pub fn original(&self) -> MessageId {
        message_id(&self.signed_bytes())
    }

    /// The parts handed on, as claimed.
    ///
    /// # Errors
    /// [`ContentError::Malformed`].
    pub fn parts(&self) -> Result<Vec<Part>, ContentError> {
        self.slots.iter().filter_map(Slot::shown).map(|part| Part::from_bytes(&part.body)).collect()
    }

    fn signed_bytes(&self) -> Vec<u8> {
        let hashes: Vec<_> = self.slots.iter().map(Slot::hash).collect();
        self.head.signed_bytes(&hashes)
    }
}

impl Slot {
    fn shown(&self) -> Option<&SaltedPart> {
        match self {
            Self::Shown(ShownPart(part)) => Some(part),
            Self::LeftOut(_) => None,
        }
    }

    fn hash(&self) -> ContentHash {
        match self {
            Self::Shown(ShownPart(part)) => part.hash(),
            Self::LeftOut(hash) => *hash,
        }
    }
}

/// Judges a forward without its author: certificates under one of `roots`, valid at the stated time, and the signature
/// over all parts, those left out included.
///
/// # Errors
/// [`Unverified`].
pub fn verify(provenance: &Provenance, roots: &[RootPublicKey], seen: &Seen) -> Result<Verified, Unverified> {
    check(provenance)?;
    let parts = provenance.parts()?;
    let head = &provenance.head;
    let chain: Vec<&[u8]> = provenance.chain.iter().map(|cert| cert.as_slice()).collect();
    let identity = cert::verify(&cert::parse_chain(&chain)?, roots, Some(head.sent_at), seen)?;
    if (identity.user, identity.device) != (head.author, head.device) {
        return Err(Unverified::Author);
    }
    let signed = provenance.signed_bytes();
    sign::verify(&identity.device_key, &signed, &provenance.signature).map_err(|_| Unverified::Signature)?;
    Ok(Verified {
        id: message_id(&signed),
        authority: identity.authority,
        author: head.author,
        device: head.device,
        sent_at: head.sent_at,
        expires: head.expires,
        left_out: provenance.slots.len().saturating_sub(parts.len()),
        parts,
    })
}

/// Limits; the parts inside are well-formed and none of them is a forward again.
pub(super) fn check(provenance: &Provenance) -> Result<(), ContentError> {
    if provenance.slots.len() > PARTS || provenance.chain.len() > 3 {
        return Err(ContentError::TooMany);
    }
    let certs_fit = provenance.chain.iter().all(|cert| cert.len() <= CERT_BYTES);
    let shown: usize = provenance.slots.iter().filter_map(Slot::shown).map(|part| part.body.len()).sum();
    if !certs_fit || shown > FORWARD_BYTES {
        return Err(ContentError::TooLarge);
    }
    let nested = provenance.slots.iter().filter_map(Slot::shown).any(|part| is_forward(&part.body));
    if nested {
        return Err(ContentError::Malformed);
    }
    check_together(&provenance.parts()?)
}

/// By number only: a forward in a forward must not be read, lest depth be up to the sender.
fn is_forward(body: &[u8]) -> bool {
    let mut decoder = minicbor::Decoder::new(body);
    decoder.array().is_ok() && decoder.u32().is_ok_and(|number| number == 12)
}

fn narrow(slot: Slot, keep: &impl Fn(&Part) -> bool) -> Result<Slot, ContentError> {
    let Some(part) = slot.shown() else { return Ok(slot) };
    let kept = keep(&Part::from_bytes(&part.body)?);
    Ok(if kept { slot } else { Slot::LeftOut(part.hash()) })
}

fn refuse_reading_only(expires: Expiry) -> Result<(), Refused> {
    match may_forward(expires) {
        Forwarding::Refused => Err(Refused::ReadingOnly),
        Forwarding::Free | Forwarding::Until(_) => Ok(()),
    }
}

#[cfg(test)]
pub(super) mod tests_only {
    use super::*;

    /// A provenance that [`make`] refuses to build: every part shown, a forward among them.
    pub fn wrap(message: &MessageIn, chain: &[Vec<u8>]) -> Provenance {
        Provenance {
            head: message.head.clone(),
            slots: message.parts.iter().map(|part| Slot::Shown(ShownPart(part.clone()))).collect(),
            signature: message.signature,
            chain: chain.iter().map(|cert| ByteVec::from(cert.clone())).collect(),
        }
    }
}
