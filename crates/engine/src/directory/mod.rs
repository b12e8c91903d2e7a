// SPDX-License-Identifier: EUPL-1.2
//! The encrypted address book of an authority.

pub mod format;
