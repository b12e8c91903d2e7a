// SPDX-License-Identifier: EUPL-1.2
//! `cargo xtask demo`: the pothole journey on the release binaries.

use crate::product::{self, Build};
use anyhow::{Result, bail};

/// Builds the release binaries; the journey itself is not written yet.
///
/// # Errors
/// Always, as long as there is nothing to show.
pub fn run(_args: &[String]) -> Result<()> {
    let products = product::build(Build::Release)?;
    bail!("the binaries are in {}, but the demo is not built yet", products.display());
}
