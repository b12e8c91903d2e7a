// SPDX-License-Identifier: EUPL-1.2
//! What the loop stands on: the clock, randomness, waiting and tasks of the system or of the browser.

#[cfg(not(target_arch = "wasm32"))]
mod native;
#[cfg(target_arch = "wasm32")]
mod web;

#[cfg(not(target_arch = "wasm32"))]
pub use native::{Instant, breathe, now, sleep, spawn};
#[cfg(target_arch = "wasm32")]
pub use web::{Instant, breathe, now, scope, sleep, spawn};

use engine::crypto::{Luck, luck::LuckSource};

struct System;

impl LuckSource for System {
    fn fill(&mut self, out: &mut [u8]) {
        if getrandom::fill(out).is_err() {
            // Without randomness no key is safe: rather end here than go on with weak bytes.
            std::process::abort();
        }
    }
}

/// The system's randomness.
pub fn luck() -> Luck {
    Luck::new(System)
}
