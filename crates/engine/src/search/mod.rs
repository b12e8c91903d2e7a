// SPDX-License-Identifier: EUPL-1.2
//! Finding messages and people by parts of words, whichever way umlauts are written, and leaving no trace of what is gone.

mod fold;
mod query;
pub mod store;
#[cfg(test)]
mod tests;

pub use fold::{fold, matches};
pub use store::{Corpus, find, find_where, insert, remove};

/// Longest query in characters; the rest is not looked at.
pub const QUERY_CHARS: usize = 256;
/// Terms of one query; more are not looked at.
pub const QUERY_TERMS: usize = 8;
