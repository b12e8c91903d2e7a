// SPDX-License-Identifier: EUPL-1.2
//! Deliberate defects the simulator switches on to prove that it would find them; never in a product build.

/// A bug planted on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Defect {
    /// A frozen branch refuses bytes it has already accepted.
    FrozenBeforeIdempotency,
    /// The number of candidates is read once per batch: two commits in one batch both win.
    CasNotAtomic,
    /// Answers go out although the transaction was rolled back.
    AckBeforeFsync,
}
