// SPDX-License-Identifier: EUPL-1.2
//! How long to wait before dialling again: doubling, with jitter, so that a town does not come back at one moment.

use std::time::Duration;

const FIRST_MILLIS: u64 = 400;
const LONGEST_MILLIS: u64 = 60_000;

/// Counts failed dials since the last success.
#[derive(Debug, Default)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    pub fn failures(&self) -> u32 {
        self.failures
    }

    pub fn succeeded(&mut self) {
        self.failures = 0;
    }

    /// One more failure: wait between half of the current pause and all of it. `luck`: any random number.
    pub fn failed(&mut self, luck: u64) -> Duration {
        let full = FIRST_MILLIS.saturating_mul(1 << self.failures.min(20)).min(LONGEST_MILLIS);
        self.failures = self.failures.saturating_add(1);
        Duration::from_millis(full / 2 + luck % (full / 2 + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_minute_and_begin_anew_after_success() {
        let mut backoff = Backoff::default();
        let pauses: Vec<u64> =
            (0..10).map(|_| u64::try_from(backoff.failed(0).as_millis()).unwrap_or(u64::MAX)).collect();
        assert_eq!(pauses, [200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
        backoff.succeeded();
        assert_eq!(backoff.failed(0).as_millis(), 200);
    }

    #[test]
    fn jitter_spreads_over_the_upper_half_of_the_pause() {
        for luck in [0, 1, 77, 199, 200, 201, u64::MAX] {
            let pause = Backoff::default().failed(luck).as_millis();
            assert!((200..=400).contains(&pause), "{pause}");
        }
        assert_ne!(Backoff::default().failed(1), Backoff::default().failed(150));
    }

    #[test]
    fn endless_failure_does_not_overflow() {
        let mut backoff = Backoff { failures: u32::MAX };
        assert!(backoff.failed(u64::MAX) <= Duration::from_secs(60));
    }
}
