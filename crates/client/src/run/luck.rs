// SPDX-License-Identifier: EUPL-1.2
//! The operating system's clock and randomness.

use client_api::Timestamp;
use engine::crypto::{Luck, luck::LuckSource};
use std::time::{SystemTime, UNIX_EPOCH};

struct System;

impl LuckSource for System {
    fn fill(&mut self, out: &mut [u8]) {
        if getrandom::fill(out).is_err() {
            // Without randomness no key is safe: rather end here than go on with weak bytes.
            std::process::abort();
        }
    }
}

pub fn system() -> Luck {
    Luck::new(System)
}

/// The machine's clock.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
