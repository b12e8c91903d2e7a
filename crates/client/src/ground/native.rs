// SPDX-License-Identifier: EUPL-1.2
//! The operating system's clock and tokio's timers and tasks.

use client_api::Timestamp;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub use std::time::Instant;

/// The machine's clock.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

pub async fn sleep(pause: Duration) {
    tokio::time::sleep(pause).await;
}

/// Runs a task beside the loop.
pub fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(task);
}

/// Lets others be heard. Callers have threads of their own here, so there is nothing to do.
pub async fn breathe() {}
