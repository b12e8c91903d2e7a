// SPDX-License-Identifier: EUPL-1.2
//! The binary `rohrpost`; the command line is not written yet.

fn main() {}
