// SPDX-License-Identifier: EUPL-1.2
//! The two products, built one by one: together, cargo would give the server the client's SQLCipher.

use crate::{shell, web};
use anyhow::{Context, Result};
use std::path::PathBuf;

/// Package and binary.
const PRODUCTS: [(&str, &str); 2] = [("server", "rohrpost-server"), ("cli", "rohrpost")];

/// How a product is built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Build {
    /// Fast to build, with overflow and debug checks.
    Checked,
    /// As it is shipped.
    Release,
}

/// Builds both products and returns the folder they lie in, apart from the rest of the target folder: there a
/// build of the whole workspace would overwrite them with other features.
///
/// # Errors
/// When a product can't be built or copied.
pub fn build(build: Build) -> Result<PathBuf> {
    let (profile, folder) = match build {
        Build::Checked => ("dev", "debug"),
        Build::Release => ("release", "release"),
    };
    let products = shell::target_dir().join("product").join(folder);
    std::fs::create_dir_all(&products)?;
    for (package, binary) in PRODUCTS {
        let mut cargo = shell::cargo();
        cargo.args(["build", "--locked", "--profile", profile, "-p", package, "--bin", binary]);
        // what is shipped holds the web messenger as far as it was made; the build script of the server takes it in
        if build == Build::Release && web::folder().exists() {
            cargo.env("ROHRPOST_WEB", web::folder());
        }
        shell::run(&mut cargo)?;
        let from = shell::target_dir().join(folder).join(binary);
        // A fresh file: the old one may be running, and cargo's own is linked to others.
        let to = products.join(binary);
        let fresh = products.join(format!("{binary}.new"));
        std::fs::copy(&from, &fresh).with_context(|| format!("can't copy {binary}"))?;
        std::fs::rename(&fresh, &to)?;
    }
    Ok(products)
}
