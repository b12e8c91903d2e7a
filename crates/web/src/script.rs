// SPDX-License-Identifier: EUPL-1.2
//! The two scripts the page starts by address; `static/script.js` trusts no other (Trusted Types).

use wasm_bindgen::prelude::*;

#[wasm_bindgen(raw_module = "/script.js")]
extern "C" {
    /// The engine in its worker.
    #[wasm_bindgen(js_name = startWorker, catch)]
    pub fn start_worker() -> Result<web_sys::Worker, JsValue>;
    /// The worker that keeps the release on the device.
    #[wasm_bindgen(catch)]
    pub fn register() -> Result<js_sys::Promise, JsValue>;
}
