// SPDX-License-Identifier: EUPL-1.2
//! Certificates and their chains.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| engine::fuzz::cert(bytes));
