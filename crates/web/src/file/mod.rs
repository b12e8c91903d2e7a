// SPDX-License-Identifier: EUPL-1.2
//! Bytes of files in the page: taken in, made smaller, shown, handed out. Never more than a chunk at once to the worker.

pub mod picture;
pub mod save;
pub mod stage;
pub mod thumb;

use crate::text::{Language, language};

/// `2,4 MB`.
pub fn size_text(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["B", "KB", "MB", "GB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let number = if unit == 0 || value >= 100.0 { format!("{value:.0}") } else { format!("{value:.1}") };
    let number = if language() == Language::German { number.replace('.', ",") } else { number };
    format!("{number} {}", UNITS.get(unit).copied().unwrap_or("B"))
}
