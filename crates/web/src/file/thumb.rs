// SPDX-License-Identifier: EUPL-1.2
//! Pictures as the page shows them: an address in memory per attachment, a bounded number of them at once.

use super::{picture, save};
use crate::bridge::ask;
use client_api::{AttachmentId, AttachmentView, Query, port::PortError};
use js_sys::Uint8Array;
use std::{
    cell::RefCell,
    collections::{HashMap, VecDeque},
};
use web_sys::Url;

/// Addresses kept; the oldest are given back.
const MOST: usize = 120;

#[derive(Default)]
struct Kept {
    urls: HashMap<AttachmentId, String>,
    order: VecDeque<AttachmentId>,
}

thread_local! {
    static KEPT: RefCell<Kept> = RefCell::default();
}

/// The address if it was made before.
pub fn known(id: &AttachmentId) -> Option<String> {
    KEPT.with_borrow(|kept| kept.urls.get(id).cloned())
}

/// Makes the address of a picture whose bytes are here. What claims to be larger than any screen needs is not decoded.
///
/// # Errors
/// [`PortError::Broken`] for what is no picture or too large a one; else what the store said.
pub async fn load(view: &AttachmentView) -> Result<String, PortError> {
    if let Some(url) = known(&view.id) {
        return Ok(url);
    }
    let first = ask!(Query::AttachmentChunk(view.id, 0), Chunk)?.ok_or(PortError::Broken)?;
    picture::size(&first).filter(|size| size.is_drawable()).ok_or(PortError::Broken)?;
    let one_chunk = view.size_bytes <= first.len() as u64;
    let blob = if one_chunk {
        save::blob(&[Uint8Array::from(first.as_slice())], &view.media_type).ok_or(PortError::Broken)?
    } else {
        save::read(view, &view.media_type).await?
    };
    let url = Url::create_object_url_with_blob(&blob).map_err(|_| PortError::Broken)?;
    KEPT.with_borrow_mut(|kept| {
        kept.urls.insert(view.id, url.clone());
        kept.order.push_back(view.id);
        while kept.order.len() > MOST {
            if let Some(url) = kept.order.pop_front().and_then(|id| kept.urls.remove(&id)) {
                let _ = Url::revoke_object_url(&url);
            }
        }
    });
    Ok(url)
}
