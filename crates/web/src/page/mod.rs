// SPDX-License-Identifier: EUPL-1.2
//! The screens.

pub mod conversation;
pub mod details;
pub mod forward;
pub mod found;
pub mod list;
pub mod members;
pub mod palette;
pub mod people;
pub mod pick;
pub mod root;
pub mod settings;
pub mod shell;
pub mod start;
