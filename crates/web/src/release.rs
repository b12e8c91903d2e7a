// SPDX-License-Identifier: EUPL-1.2
//! Which release this page is: read from the manifest it was served with.

use js_sys::{JSON, Reflect, Uint8Array};
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

/// SHA-256, hex.
async fn hash(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let subtle = window().crypto().ok()?.subtle();
    let digest = JsFuture::from(subtle.digest_with_str_and_u8_array("SHA-256", bytes).ok()?).await.ok()?;
    let digest = Uint8Array::new(&digest).to_vec();
    Some(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// `None`: there is no manifest, or it can't be read.
pub async fn load() -> Option<Release> {
    let answer: Response = JsFuture::from(window().fetch_with_str("/release.json")).await.ok()?.dyn_into().ok()?;
    let text = JsFuture::from(answer.text().ok()?).await.ok()?.as_string()?;
    let field = |value: &JsValue, name: &str| Reflect::get(value, &JsValue::from_str(name)).ok();
    let manifest = field(&JSON::parse(&text).ok()?, "manifest")?.as_string()?;
    let hash = hash(&manifest).await?;
    let said = JSON::parse(&manifest).ok()?;
    Some(Release {
        version: field(&said, "version")?.as_string()?,
        hash,
        development: field(&said, "development")?.as_bool().unwrap_or(true),
    })
}
