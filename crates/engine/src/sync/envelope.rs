// SPDX-License-Identifier: EUPL-1.2
//! The envelope around every entry (20-protocol §4): 0x01 ‖ nonce ‖ AES-256-GCM, padded so that lengths tell little.

use crate::crypto::{Luck, Secret, aead};
use minicbor::{Decode, Encode, bytes::ByteVec};
use proto::{
    BranchId, EntryKind, LogId,
    blob::padme,
    limit::{COMMIT_ENVELOPE_BYTES, ENTRY_ENVELOPE_BYTES, ENVELOPE_MIN_BYTES},
};

const VERSION: u8 = 1;
/// Bytes around the padded text: version, nonce, tag.
const AROUND_BYTES: usize = 1 + aead::OVERHEAD_BYTES;

/// Whether a sealed text is an MLS message or a directory batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Payload {
    Mls,
    Directory,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EnvelopeError {
    #[error("too large for an entry")]
    TooLarge,
    #[error("does not open")]
    Open,
    #[error("not in the fixed form")]
    Malformed,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Plain {
    #[n(1)]
    mls: Option<ByteVec>,
    #[n(2)]
    directory: Option<ByteVec>,
    #[n(3)]
    pad: Option<ByteVec>,
}

/// Where an envelope belongs; it opens nowhere else.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub key: &'a Secret,
    pub log: &'a LogId,
    pub branch: &'a BranchId,
    pub kind: EntryKind,
}

impl Place<'_> {
    fn aad(&self) -> Vec<u8> {
        [self.log.as_ref(), self.branch.as_ref(), &[self.kind.code()]].concat()
    }
    fn limit(&self) -> usize {
        if self.kind == EntryKind::Commit { COMMIT_ENVELOPE_BYTES } else { ENTRY_ENVELOPE_BYTES }
    }
}

pub(crate) fn seal(luck: &Luck, place: Place<'_>, payload: Payload, bytes: &[u8]) -> Result<Vec<u8>, EnvelopeError> {
    let body = ByteVec::from(bytes.to_vec());
    let mut plain = match payload {
        Payload::Mls => Plain { mls: Some(body), directory: None, pad: None },
        Payload::Directory => Plain { mls: None, directory: Some(body), pad: None },
    };
    let bare = encode(&plain).len() + AROUND_BYTES;
    let wanted = usize::try_from(padme(bare.max(ENVELOPE_MIN_BYTES) as u64)).map_err(|_| EnvelopeError::TooLarge)?;
    // A byte string's head takes up to five bytes and the field's number one: aim, then correct once.
    for correction in 0..8 {
        let Some(length) = wanted.checked_sub(bare + correction).filter(|length| *length > 0) else { break };
        plain.pad = Some(vec![0; length].into());
        if encode(&plain).len() + AROUND_BYTES <= wanted {
            break;
        }
    }
    let text = encode(&plain);
    let sealed = aead::seal(luck, place.key, &place.aad(), &text);
    let out = [[VERSION].as_slice(), &sealed].concat();
    if out.len() > place.limit() { Err(EnvelopeError::TooLarge) } else { Ok(out) }
}

fn encode(plain: &Plain) -> Vec<u8> {
    minicbor::to_vec(plain).expect("encoding to memory does not fail")
}

pub(crate) fn open(place: Place<'_>, payload: Payload, env: &[u8]) -> Result<Vec<u8>, EnvelopeError> {
    if env.len() > place.limit() {
        return Err(EnvelopeError::TooLarge);
    }
    let (version, sealed) = env.split_first().ok_or(EnvelopeError::Malformed)?;
    if *version != VERSION {
        return Err(EnvelopeError::Malformed);
    }
    let text = aead::open(place.key, &place.aad(), sealed).map_err(|_| EnvelopeError::Open)?;
    let plain: Plain = minicbor::decode(&text).map_err(|_| EnvelopeError::Malformed)?;
    let body = match payload {
        Payload::Mls => plain.mls,
        Payload::Directory => plain.directory,
    };
    body.map(Vec::from).ok_or(EnvelopeError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::luck::seeded;

    #[test]
    fn an_envelope_opens_only_in_its_place_and_its_length_is_a_bucket() {
        let luck = seeded::luck(1);
        let (key, log, branch) = (Secret::new([1; 32]), LogId([2; 32]), BranchId([3; 32]));
        let place = Place { key: &key, log: &log, branch: &branch, kind: EntryKind::Entry };
        for length in [0usize, 1, 100, 400, 460, 470, 480, 500, 700, 5000, 100_000] {
            let text = vec![7; length];
            let env = seal(&luck, place, Payload::Mls, &text).unwrap();
            let bare = length + 40;
            assert!(env.len() >= ENVELOPE_MIN_BYTES - 8 && env.len() <= bare.max(512) * 9 / 8 + 16, "{length} {}", env.len());
            assert_eq!(open(place, Payload::Mls, &env), Ok(text));
            assert_eq!(open(place, Payload::Directory, &env), Err(EnvelopeError::Malformed));
            let elsewhere = [
                Place { kind: EntryKind::Commit, ..place },
                Place { branch: &BranchId([4; 32]), ..place },
                Place { log: &LogId([4; 32]), ..place },
            ];
            for other in elsewhere {
                assert_eq!(open(other, Payload::Mls, &env), Err(EnvelopeError::Open));
            }
            let mut bent = env.clone();
            *bent.last_mut().unwrap() ^= 1;
            assert_eq!(open(place, Payload::Mls, &bent), Err(EnvelopeError::Open));
        }
    }
}
