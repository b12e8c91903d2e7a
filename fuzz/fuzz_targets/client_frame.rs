// SPDX-License-Identifier: EUPL-1.2
//! What the server reads from a connection.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| proto::fuzz::client_frame(bytes));
