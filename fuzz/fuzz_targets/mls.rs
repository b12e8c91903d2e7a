// SPDX-License-Identifier: EUPL-1.2
//! MLS messages from strangers.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| engine::fuzz::mls(bytes));
