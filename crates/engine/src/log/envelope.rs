// SPDX-License-Identifier: EUPL-1.2
//! Envelopes: 0x01 ‖ nonce ‖ AES-256-GCM(ENV, aad = log ‖ branch ‖ kind, CBOR{payload, pad}), in few sizes.

use crate::crypto::{Luck, Secret, aead};
use minicbor::{Decoder, Encoder};
use proto::{
    BranchId, EntryKind, LogId,
    blob::padme,
    limit::{COMMIT_ENVELOPE_BYTES, ENTRY_ENVELOPE_BYTES, ENVELOPE_MIN_BYTES},
};

const VERSION: u8 = 1;
/// Version byte, nonce and tag.
const OVERHEAD: usize = 1 + aead::OVERHEAD_BYTES;
/// Messages one envelope holds at most.
const MESSAGES: u64 = 64;
/// The pad's length is always written in four bytes, so that every total size can be met.
const PAD_HEAD: [u8; 2] = [3, 0x5a];

/// Where an envelope belongs; it opens nowhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub log: LogId,
    pub branch: BranchId,
    pub kind: EntryKind,
}

/// What an envelope carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// MLS messages of a conversation, in the order they are processed.
    Mls(Vec<Vec<u8>>),
    /// One batch of directory records.
    Directory(Vec<u8>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    #[error("larger than the limit")]
    TooLarge,
    #[error("does not open here")]
    Open,
    #[error("not in the fixed form")]
    Malformed,
}

impl Place {
    fn aad(&self) -> Vec<u8> {
        [self.log.as_ref(), self.branch.as_ref(), &[self.kind.code()]].concat()
    }
    fn limit(&self) -> usize {
        match self.kind {
            EntryKind::Entry => ENTRY_ENVELOPE_BYTES,
            EntryKind::Commit => COMMIT_ENVELOPE_BYTES,
        }
    }
}

/// Seals `payload`; the result's length is a Padmé size of at least [`ENVELOPE_MIN_BYTES`].
///
/// # Errors
/// [`EnvelopeError::TooLarge`].
pub fn seal(luck: &Luck, key: &Secret, place: &Place, payload: &Payload) -> Result<Vec<u8>, EnvelopeError> {
    let mut plain = payload.encode();
    let bare = OVERHEAD + plain.len() + PAD_HEAD.len() + 4;
    let total = usize::try_from(padme(bare.max(ENVELOPE_MIN_BYTES) as u64)).map_err(|_| EnvelopeError::TooLarge)?;
    if total > place.limit() {
        return Err(EnvelopeError::TooLarge);
    }
    let pad = total.saturating_sub(bare);
    plain.extend_from_slice(&PAD_HEAD);
    plain.extend_from_slice(&u32::try_from(pad).map_err(|_| EnvelopeError::TooLarge)?.to_be_bytes());
    plain.resize(plain.len() + pad, 0);
    let mut env = vec![VERSION];
    env.extend(aead::seal(luck, key, &place.aad(), &plain));
    Ok(env)
}

/// # Errors
/// [`EnvelopeError`]; what is behind [`EnvelopeError::Malformed`] was sealed by somebody who holds the key.
pub fn open(key: &Secret, place: &Place, env: &[u8]) -> Result<Payload, EnvelopeError> {
    if env.len() > place.limit() {
        return Err(EnvelopeError::TooLarge);
    }
    let (version, sealed) = env.split_first().ok_or(EnvelopeError::Open)?;
    if *version != VERSION {
        return Err(EnvelopeError::Open);
    }
    let plain = aead::open(key, &place.aad(), sealed).map_err(|_| EnvelopeError::Open)?;
    Payload::decode(&plain).ok_or(EnvelopeError::Malformed)
}

impl Payload {
    /// The map's head and the payload, without the pad.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut e = Encoder::new(Vec::new());
        let done = match self {
            Self::Mls(messages) => {
                e.map(2).and_then(|e| e.u8(1)).and_then(|e| e.array(messages.len() as u64)).and_then(|e| {
                    for message in messages {
                        e.bytes(message)?;
                    }
                    Ok(e)
                })
            }
            Self::Directory(batch) => e.map(2).and_then(|e| e.u8(2)).and_then(|e| e.bytes(batch)),
        };
        done.expect("encoding to memory does not fail");
        e.into_writer()
    }

    /// For mutators as well: never panics.
    pub(crate) fn decode(plain: &[u8]) -> Option<Self> {
        let mut d = Decoder::new(plain);
        if d.map().ok()? != Some(2) {
            return None;
        }
        let payload = match d.u8().ok()? {
            1 => {
                let count = d.array().ok()?.filter(|count| *count <= MESSAGES)?;
                Self::Mls((0..count).map(|_| d.bytes().map(<[u8]>::to_vec)).collect::<Result<_, _>>().ok()?)
            }
            2 => Self::Directory(d.bytes().ok()?.to_vec()),
            _ => return None,
        };
        if d.u8().ok()? != 3 {
            return None;
        }
        let pad = d.bytes().ok()?;
        (pad.iter().all(|byte| *byte == 0) && d.position() == plain.len()).then_some(payload)
    }
}

/// For mutators: what is accepted is written again and read as the same value.
pub fn fuzz(bytes: &[u8]) {
    if let Some(payload) = Payload::decode(bytes) {
        let mut again = payload.encode();
        again.extend_from_slice(&[3, 0x40]);
        assert_eq!(Payload::decode(&again), Some(payload), "the payload changes");
    }
    let _ = super::Aad::decode(bytes);
}
