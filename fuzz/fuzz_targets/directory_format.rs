// SPDX-License-Identifier: EUPL-1.2
//! Records, wraps, key packages and snapshots of the directory.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| engine::fuzz::directory_format(bytes));
