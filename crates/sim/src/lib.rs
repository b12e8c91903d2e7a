// SPDX-License-Identifier: EUPL-1.2
//! A small world: the real server core, many engines, a fake network, time and luck; one seed, exact replay.

pub mod world;

pub use world::{Faults, Person, World};
