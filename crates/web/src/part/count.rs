// SPDX-License-Identifier: EUPL-1.2
//! How many messages are new, as far as anybody counts.

use client_api::UNDISPLAYED_MAX;

pub fn how_many(undisplayed: u32) -> String {
    if undisplayed < UNDISPLAYED_MAX { undisplayed.to_string() } else { format!("{}+", UNDISPLAYED_MAX - 1) }
}
