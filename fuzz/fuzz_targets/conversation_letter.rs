// SPDX-License-Identifier: EUPL-1.2
//! What letters about groups hold, behind their seal.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| engine::fuzz::conversation_letter(bytes));
