// SPDX-License-Identifier: EUPL-1.2
//! One way in and one way out: version byte, then CBOR (RFC 8949) with numbered fields, nothing behind it.

use minicbor::{Decode, Encode};

/// Wire version of RP/1.
pub const VERSION: u8 = 1;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    #[error("longer than the limit")]
    TooLarge,
    #[error("not version 1")]
    Version,
    #[error("not well-formed")]
    Malformed,
    #[error("bytes after the end")]
    Trailing,
}

/// Version byte ‖ CBOR.
pub fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    let mut out = vec![VERSION];
    minicbor::encode(value, &mut out).expect("encoding to memory does not fail");
    out
}

/// Reads what [`encode`] wrote. Size first, then version, then exactly one value.
///
/// # Errors
/// [`DecodeError`]; never panics, whatever the bytes.
pub fn decode<'b, T: Decode<'b, ()>>(bytes: &'b [u8], limit_bytes: usize) -> Result<T, DecodeError> {
    if bytes.len() > limit_bytes {
        return Err(DecodeError::TooLarge);
    }
    let (version, body) = bytes.split_first().ok_or(DecodeError::Malformed)?;
    if *version != VERSION {
        return Err(DecodeError::Version);
    }
    let mut decoder = minicbor::Decoder::new(body);
    let value = decoder.decode().map_err(|_| DecodeError::Malformed)?;
    if decoder.position() != body.len() {
        return Err(DecodeError::Trailing);
    }
    Ok(value)
}
