// SPDX-License-Identifier: EUPL-1.2
//! Root files, links and the letters of enrolment.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| engine::fuzz::account_format(bytes));
