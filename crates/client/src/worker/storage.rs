// SPDX-License-Identifier: EUPL-1.2
//! The space this site has, and whether the browser keeps it under pressure.

use super::opfs::failed;
use crate::ground;
use client_api::port::{PortError, StorageView};
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::StorageManager;

fn manager() -> StorageManager {
    ground::scope().navigator().storage()
}

pub async fn look() -> Result<StorageView, PortError> {
    let estimate = manager().estimate().map_err(|error| failed(&error))?;
    let estimate = JsFuture::from(estimate).await.map_err(|error| failed(&error))?;
    let number = |name: &str| {
        let value = Reflect::get(&estimate, &name.into()).ok().and_then(|value| value.as_f64());
        value.unwrap_or_default() as u64
    };
    let persisted = yes_or_no("persisted").await;
    Ok(StorageView { used_bytes: number("usage"), quota_bytes: number("quota"), persisted })
}

/// Browsers let only a page ask (`StorageManager.persist` is not there in a worker): then this says how it is, and the
/// page asks itself.
pub async fn persist() -> bool {
    yes_or_no("persist").await || yes_or_no("persisted").await
}

/// Calls what the browser may not have; `false` then, too.
async fn yes_or_no(method: &str) -> bool {
    let manager = manager();
    let asked = Reflect::get(manager.as_ref(), &method.into())
        .and_then(JsCast::dyn_into::<Function>)
        .and_then(|method| method.call0(manager.as_ref()))
        .and_then(JsCast::dyn_into::<Promise>);
    match asked {
        Ok(promise) => JsFuture::from(promise).await.is_ok_and(|answer| answer == JsValue::TRUE),
        Err(_) => false,
    }
}
