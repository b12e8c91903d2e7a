// SPDX-License-Identifier: EUPL-1.2
//! What blob requests over HTTP look like, whoever carries them.

use engine::input::Failure;
use proto::{BlobId, ErrorCode, blob};

/// Address of a blob; the id alone gives no right to it.
pub fn url(origin: &str, id: &BlobId) -> String {
    format!("{origin}{}{}", blob::PATH, hex(id.as_bytes()))
}

/// `Range` header for `length` bytes from `offset`.
pub fn range(offset: u64, length: u32) -> String {
    let last = offset.saturating_add(u64::from(length)).saturating_sub(1);
    format!("bytes={offset}-{last}")
}

/// Why an answer without success was given. `code`: its error header, if any.
pub fn refusal(code: Option<&str>) -> Failure {
    code.and_then(error_code).map_or(Failure::Lost, Failure::Refused)
}

fn error_code(text: &str) -> Option<ErrorCode> {
    let number: u32 = text.parse().ok()?;
    minicbor::decode(&minicbor::to_vec(number).ok()?).ok()
}

pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_header_is_read_as_the_code_of_that_number() {
        assert_eq!(error_code("2"), Some(ErrorCode::Gone));
        assert_eq!(error_code("10"), Some(ErrorCode::Range));
        assert_eq!(error_code("999"), None);
        assert_eq!(error_code("gone"), None);
    }

    #[test]
    fn range_ends_with_its_last_byte() {
        assert_eq!(range(0, 1), "bytes=0-0");
        assert_eq!(range(1_048_576, 1_048_576), "bytes=1048576-2097151");
    }
}
