// SPDX-License-Identifier: EUPL-1.2
//! The other end of [`client_api::port`]: a dedicated worker that holds one account of this browser.

mod account;
mod desk;
mod lock;
mod opfs;
mod port;
mod session;
mod storage;

use crate::ground;
use client_api::port::FromWorker;
use tokio::sync::mpsc;
use wasm_bindgen::prelude::wasm_bindgen;

/// Begins to listen. Runs once, when the worker's module is loaded.
#[wasm_bindgen(start)]
fn start() {
    std::panic::set_hook(Box::new(|info| {
        // The place alone: a message might hold what somebody wrote.
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        web_sys::console::error_1(&format!("the worker broke at {place}").into());
    }));
    let (tell, notes) = mpsc::unbounded_channel();
    port::listen(&tell);
    ground::spawn(desk::run(tell, notes));
    port::post(&FromWorker::Ready);
}
