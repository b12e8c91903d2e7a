// SPDX-License-Identifier: EUPL-1.2
//! Groups (RFC 9420): the only room that knows the MLS library; bytes and our own types go in and out.

mod chain;
mod client;
mod error;
mod group;
mod identity;
mod judge;
mod kem;
mod path;
mod rules;
mod settings;
mod signer;
mod stage;
#[cfg(any(test, feature = "testkit"))]
mod stand_in;
mod storage;
mod suite;
#[cfg(test)]
mod tests;
mod witness;

pub use client::{KeyPackageUse, MlsClient, NewKeyPackage, VerifiedKeyPackage};
pub use error::GroupError;
pub use group::{Group, Leave, Member, Message, Received, SavedGroup};
pub use judge::{Commit, Effect, Invalid, Verdict};
pub use rules::Breach;
pub use settings::{Settings, fuzz};
pub use stage::{Plan, Staged, Welcome};
pub use suite::Suite;
