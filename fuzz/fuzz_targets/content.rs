// SPDX-License-Identifier: EUPL-1.2
//! What a message holds, after its decryption.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| engine::fuzz::content(bytes));
