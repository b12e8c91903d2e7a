// SPDX-License-Identifier: EUPL-1.2
//! An envelope as it lies in a log.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| engine::fuzz::log_envelope(bytes));
