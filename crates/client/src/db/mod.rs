// SPDX-License-Identifier: EUPL-1.2
//! Opening the store, the only place where native and browser differ.

pub mod native;
