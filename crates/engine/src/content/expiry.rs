// SPDX-License-Identifier: EUPL-1.2
//! What self-destruct allows: forwarding, and which of two dates counts.

use client_api::{Expiry, Timestamp};

/// Whether a message may be handed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forwarding {
    Free,
    /// The forward must be gone by then too.
    Until(Timestamp),
    /// Meant to be read here only.
    Refused,
}

/// The rule by kind: after reading → no; at a time → the forward inherits it.
pub fn may_forward(expires: Expiry) -> Forwarding {
    match expires {
        Expiry::Never => Forwarding::Free,
        Expiry::At(time) => Forwarding::Until(time),
        Expiry::AfterReading(_) => Forwarding::Refused,
    }
}

/// What a forward of a message with `original` must say when its sender wishes `wished`; `None`: may not be forwarded.
/// A wish for "after reading" cannot also carry a date, so an inherited date wins over it.
pub fn inherit(original: Expiry, wished: Expiry) -> Option<Expiry> {
    match (may_forward(original), wished) {
        (Forwarding::Refused, _) => None,
        (Forwarding::Free, wished) => Some(wished),
        (Forwarding::Until(time), Expiry::At(wished)) => Some(Expiry::At(time.min(wished))),
        (Forwarding::Until(time), _) => Some(Expiry::At(time)),
    }
}

/// When a message has to go: `displayed` is when this person first saw it. `None`: not known yet, or never.
pub fn due(expires: Expiry, displayed: Option<Timestamp>) -> Option<Timestamp> {
    match expires {
        Expiry::Never => None,
        Expiry::At(time) => Some(time),
        Expiry::AfterReading(secs) => displayed.map(|at| at.plus_secs(secs.into())),
    }
}
