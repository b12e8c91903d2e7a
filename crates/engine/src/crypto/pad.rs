// SPDX-License-Identifier: EUPL-1.2
//! Texts of one size: the length in front, zeros behind.

/// Why a text can't be padded or unpadded; final for these bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PadError {
    #[error("longer than its place")]
    TooLarge,
    #[error("not padded")]
    Malformed,
}

/// length (u32) ‖ bytes ‖ zeros, `size` bytes in all.
pub(crate) fn pad(bytes: &[u8], size: usize) -> Result<Vec<u8>, PadError> {
    let length = u32::try_from(bytes.len()).map_err(|_| PadError::TooLarge)?;
    if bytes.len() + 4 > size {
        return Err(PadError::TooLarge);
    }
    let mut out = [length.to_be_bytes().as_slice(), bytes].concat();
    out.resize(size, 0);
    Ok(out)
}

/// Undoes [`pad`]; padding other than zeros is refused.
pub(crate) fn unpad(plain: &[u8]) -> Result<Vec<u8>, PadError> {
    let (length, rest) = plain.split_first_chunk::<4>().ok_or(PadError::Malformed)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| PadError::Malformed)?;
    let (bytes, padding) = rest.split_at_checked(length).ok_or(PadError::Malformed)?;
    if padding.iter().all(|byte| *byte == 0) { Ok(bytes.to_vec()) } else { Err(PadError::Malformed) }
}
