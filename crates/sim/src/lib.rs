// SPDX-License-Identifier: EUPL-1.2
//! A small world: the real server core, many engines, a fake network, time and luck; one seed, exact replay.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)] // a test tool: it fails loudly

pub mod world;

pub use world::{Defect, Fault, Faults, Person, Suite, World};
