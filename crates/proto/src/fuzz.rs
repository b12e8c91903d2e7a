// SPDX-License-Identifier: EUPL-1.2
//! Every decoder as a plain function of bytes: run by a seeded mutator in tests and by cargo-fuzz on demand.

use crate::{ClientFrame, ServerFrame, decode, encode, limit};

/// What is accepted must be written again and read as the same value.
pub fn client_frame(bytes: &[u8]) {
    if let Ok(frame) = decode::<ClientFrame>(bytes, limit::FRAME_BYTES) {
        let again = decode::<ClientFrame>(&encode(&frame), usize::MAX);
        assert_eq!(again.as_ref(), Ok(&frame), "what was read is not what is written");
    }
}

/// See [`client_frame`].
pub fn server_frame(bytes: &[u8]) {
    if let Ok(frame) = decode::<ServerFrame>(bytes, limit::FRAME_BYTES) {
        let again = decode::<ServerFrame>(&encode(&frame), usize::MAX);
        assert_eq!(again.as_ref(), Ok(&frame), "what was read is not what is written");
    }
}
