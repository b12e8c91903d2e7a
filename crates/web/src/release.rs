// SPDX-License-Identifier: EUPL-1.2
//! Which release this page is: read from the manifest it was served with.

use js_sys::{JSON, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

/// What the manifest says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    pub version: String,
    /// SHA-256 of the manifest, hex.
    pub hash: String,
    /// Signed with a throw-away key: not for real use.
    pub development: bool,
}

/// `None`: there is no manifest, or it can't be read.
pub async fn load() -> Option<Release> {
    let answer: Response = JsFuture::from(window().fetch_with_str("/release.json")).await.ok()?.dyn_into().ok()?;
    let text = JsFuture::from(answer.text().ok()?).await.ok()?.as_string()?;
    let value = JSON::parse(&text).ok()?;
    let field = |name: &str| Reflect::get(&value, &JsValue::from_str(name)).ok();
    Some(Release {
        version: field("version")?.as_string()?,
        hash: field("hash")?.as_string()?,
        development: field("development")?.as_bool().unwrap_or(true),
    })
}
