// SPDX-License-Identifier: EUPL-1.2
//! Standard output and standard error, line by line.

use crate::failure::Failure;
use std::io::{Write, stderr, stdout};

/// One line of the answer, at once with the reader.
pub fn line(text: &str) -> Result<(), Failure> {
    let mut out = stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(|e| Failure::Other(e.to_string()))
}

/// The one line on standard error.
pub fn complain(text: &str) {
    let _ = writeln!(stderr().lock(), "rohrpost: {}", harmless(text));
}

/// Text of others as it may go to a terminal: nothing that moves the cursor or ends the line.
pub fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn escape_sequences_of_others_do_not_reach_the_terminal() {
        assert_eq!(super::harmless("a\x1b[2Jb\nc"), "a\u{fffd}[2Jb\u{fffd}c");
    }
}
