// SPDX-License-Identifier: EUPL-1.2
//! The rules of the post office without HTTP and SQL: who may do what, and what a verified act looks like.

pub mod authorise;
pub mod authority;
pub mod limits;
pub mod lookup;
pub mod op;
pub mod session;
pub mod signature;

pub use authorise::{Task, authorise};
pub use limits::Limits;
pub use lookup::{BlobRight, BlobState, BranchState, Lookup, NoLookup};
pub use op::{Op, Sponsor};
pub use session::{FirstPut, Session};
