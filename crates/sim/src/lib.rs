// SPDX-License-Identifier: EUPL-1.2
//! A small world: the real server core, many engines, a fake network, time and luck; one seed, exact replay.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)] // a test tool: it fails loudly

pub mod generate;
pub mod matrix;
pub mod model;
pub mod plan;
pub mod play;
pub mod run;
pub mod world;

pub use generate::generate;
pub use plan::Plan;
pub use play::Planted;
pub use run::{live, shrink};
pub use world::{Defect, Fault, Faults, Person, ServerDefect, Suite, World};
