// SPDX-License-Identifier: EUPL-1.2
//! Opening the store of a profile: where it lies and what decrypts it.

#[cfg(target_arch = "wasm32")]
mod chunk;
#[cfg(not(target_arch = "wasm32"))]
mod native;
#[cfg(target_arch = "wasm32")]
mod web;

#[cfg(not(target_arch = "wasm32"))]
pub use native::open;
#[cfg(target_arch = "wasm32")]
pub use web::open;

use engine::crypto::{Secret, kdf};

/// HKDF-SHA-256(device secret ‖ nothing): a passphrase, if a later version asks for one, is joined here.
fn store_key(secret: &Secret) -> Secret {
    kdf::expand(&kdf::extract(b"rp1 device", &[secret.expose()]), &[b"rp1 store"])
}
