// SPDX-License-Identifier: EUPL-1.2
//! How bytes reach the server: one WebSocket for requests, HTTP for blobs; over our own TLS settings, or the browser's.

pub mod address;
mod blob;
#[cfg(not(target_arch = "wasm32"))]
mod http;
#[cfg(not(target_arch = "wasm32"))]
mod native;
#[cfg(not(target_arch = "wasm32"))]
mod tls;
#[cfg(target_arch = "wasm32")]
mod web;
#[cfg(target_arch = "wasm32")]
mod web_http;
#[cfg(target_arch = "wasm32")]
mod web_ws;
pub mod wire;
#[cfg(not(target_arch = "wasm32"))]
mod ws;

#[cfg(not(target_arch = "wasm32"))]
pub use native::Server;
#[cfg(target_arch = "wasm32")]
pub use web::Server;
