// SPDX-License-Identifier: EUPL-1.2
//! A profile in the browser: the file pool its databases lie in, and the secrets beside it.

use engine::crypto::Secret;

/// An account's storage, opened.
#[derive(Clone)]
pub struct Profile {
    /// Name SQLite knows the pool by.
    pub pool: String,
    pub secret: Secret,
    pub salt: [u8; 16],
}

impl Profile {
    /// A database in the pool, as SQLite names it.
    pub fn file(&self, name: &str) -> String {
        format!("file:{name}?vfs={}", self.pool)
    }
}
