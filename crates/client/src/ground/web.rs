// SPDX-License-Identifier: EUPL-1.2
//! The browser's clock, timers and tasks, as a worker has them.

use client_api::Timestamp;
use js_sys::{Date, Function, Promise};
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DedicatedWorkerGlobalScope, MessageChannel};

pub use wasm_bindgen_futures::spawn_local as spawn;
pub use web_time::Instant;

/// This worker itself.
pub fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// The machine's clock.
pub fn now() -> Timestamp {
    Timestamp(Date::now() as u64)
}

/// A timer that is forgotten when nobody waits for it any more.
struct Timer(Option<i32>);

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(id) = self.0 {
            scope().clear_timeout_with_handle(id);
        }
    }
}

pub async fn sleep(pause: Duration) {
    let millis = i32::try_from(pause.as_millis()).unwrap_or(i32::MAX);
    let mut timer = Timer(None);
    let ring = Promise::new(&mut |resolve: Function, _| {
        timer.0 = scope().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis).ok();
    });
    let _ = JsFuture::from(ring).await;
}

/// Lets the browser hand over what has come in meanwhile: a task of its own kind, since a wake-up of ours would come
/// before all of it, and a timer would be slowed down.
pub async fn breathe() {
    let Ok(channel) = MessageChannel::new() else { return };
    let turn = Promise::new(&mut |resolve: Function, _| {
        channel.port1().set_onmessage(Some(&resolve));
    });
    if channel.port2().post_message(&JsValue::NULL).is_ok() {
        let _ = JsFuture::from(turn).await;
    }
    channel.port1().close();
}
