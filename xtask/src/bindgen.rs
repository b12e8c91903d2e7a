// SPDX-License-Identifier: EUPL-1.2
//! What the chores for WebAssembly share: the target, and a JavaScript module around a built file.

use crate::shell::{self, cargo};
use anyhow::Result;
use std::path::Path;

pub const TARGET: &str = "wasm32-unknown-unknown";

/// Who loads the module.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// With what a person debugging wants to see.
    Node,
    /// With names in it, for the edit loop.
    Checked,
    /// As it is shipped.
    Web,
}

/// Runs `chore` in this process if the libraries for it are built in, else starts anew with them.
///
/// # Errors
/// What the chore said.
pub fn with_libraries(chore: &str, args: &[String], run: impl FnOnce() -> Result<()>) -> Result<()> {
    if cfg!(feature = "wasm") {
        return run();
    }
    let anew = ["run", "--locked", "-q", "-p", "xtask", "--features", "wasm", "--", chore];
    shell::run(cargo().args(anew).args(args))
}

/// Writes `<name>.js` and `<name>_bg.wasm` into `folder`.
///
/// # Errors
/// When the file is not what the library understands.
#[cfg(feature = "wasm")]
pub fn bind(wasm: &Path, name: &str, host: Host, folder: &Path) -> Result<()> {
    use anyhow::Context;
    std::fs::create_dir_all(folder)?;
    let bytes = std::fs::read(wasm).with_context(|| format!("can't read {}", wasm.display()))?;
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    match host {
        Host::Node => bindgen.nodejs(true)?.export_wasm(true).emit_start(false),
        Host::Checked => bindgen.web(true)?.omit_default_module_path(false),
        Host::Web => {
            bindgen.web(true)?.omit_default_module_path(false).remove_name_section(true).remove_producers_section(true)
        }
    };
    let bindgen = bindgen.typescript(false).input_bytes(name, bytes);
    bindgen.generate(folder).with_context(|| format!("making a module of {}", wasm.display()))?;
    let module = std::fs::read_to_string(folder.join(format!("{name}.js")))?;
    anyhow::ensure!(
        !module.contains("from \"env\"") && !module.contains("require(\"env\")"),
        "{} wants a C function that nothing here has; see the imports from \"env\" in {name}.js",
        wasm.display()
    );
    Ok(())
}

#[cfg(not(feature = "wasm"))]
pub fn bind(_: &Path, name: &str, _: Host, _: &Path) -> Result<()> {
    anyhow::bail!("built without the feature `wasm`, which makes {name}.js")
}
