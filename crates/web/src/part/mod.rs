// SPDX-License-Identifier: EUPL-1.2
//! Pieces several screens are made of.

pub mod art;
pub mod avatar;
pub mod dialog;
pub mod field;
pub mod icon;
pub mod skeleton;
pub mod toast;
