// SPDX-License-Identifier: EUPL-1.2
//! Time as the server keeps it: hours and retention classes, never finer.

use minicbor::{Decode, Encode};

/// Hours since 1970-01-01T00:00Z: the finest time the server stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Hour(#[n(0)] pub u32);

impl Hour {
    /// The hour that holds `millis` (milliseconds since 1970), saturating.
    pub fn of_millis(millis: u64) -> Self {
        Self(u32::try_from(millis / 3_600_000).unwrap_or(u32::MAX))
    }
    /// First millisecond of this hour.
    pub fn start_millis(self) -> u64 {
        u64::from(self.0) * 3_600_000
    }
    pub fn plus_days(self, days: u32) -> Self {
        Self(self.0.saturating_add(days.saturating_mul(24)))
    }
    /// Whole days since 1970.
    pub fn day(self) -> u32 {
        self.0 / 24
    }
}

/// How long the server keeps the entries of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum TtlClass {
    /// Never expires; only with a write key (the directory).
    #[n(0)]
    Kept,
    #[n(1)]
    Days7,
    #[n(2)]
    Days30,
    #[n(3)]
    Days90,
}

impl TtlClass {
    /// `None`: kept.
    pub fn days(self) -> Option<u32> {
        match self {
            Self::Kept => None,
            Self::Days7 => Some(7),
            Self::Days30 => Some(30),
            Self::Days90 => Some(90),
        }
    }
    /// The number stored and sent.
    pub fn code(self) -> u8 {
        match self {
            Self::Kept => 0,
            Self::Days7 => 1,
            Self::Days30 => 2,
            Self::Days90 => 3,
        }
    }
    pub fn from_code(code: u8) -> Option<Self> {
        [Self::Kept, Self::Days7, Self::Days30, Self::Days90].into_iter().find(|c| c.code() == code)
    }
}
