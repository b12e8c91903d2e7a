// SPDX-License-Identifier: EUPL-1.2
//! `cargo xtask bench`: measures the release binaries.

use crate::product::{self, Build};
use anyhow::{Result, bail};

/// Builds the release binaries; the measurements themselves are not written yet.
///
/// # Errors
/// Always, as long as there is nothing to measure with.
pub fn run(_args: &[String]) -> Result<()> {
    let products = product::build(Build::Release)?;
    bail!("the binaries are in {}, but the benchmarks are not built yet", products.display());
}
