// SPDX-License-Identifier: EUPL-1.2
//! Handing bytes to the browser's downloads.

use crate::bridge::{self, ask};
use client_api::{AttachmentState, AttachmentView, Command, CommandError, Query, Why, port::PortError};
use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

/// Offers `bytes` as a file.
pub fn bytes(name: &str, media_type: &str, bytes: &[u8]) {
    if let Some(blob) = blob(&[Uint8Array::from(bytes)], media_type) {
        offer(name, &blob);
    }
}

/// One blob of all parts.
pub fn blob(parts: &[Uint8Array], media_type: &str) -> Option<Blob> {
    let all: Array = parts.iter().collect();
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    Blob::new_with_u8_array_sequence_and_options(&all, &options).ok()
}

/// Offers an attachment as a file; fetches it first where it is not here.
///
/// # Errors
/// [`PortError`]: it is gone, or the store failed.
pub async fn attachment(view: &AttachmentView) -> Result<(), PortError> {
    let now = ask!(Query::Attachment(view.id), Attachment)?;
    match now.map(|now| now.state) {
        Some(AttachmentState::Here | AttachmentState::Uploading) => {}
        Some(AttachmentState::Remote | AttachmentState::Loading) => {
            bridge::tell(Command::FetchAttachment(view.id)).await?;
            wait_for(view).await?;
        }
        Some(AttachmentState::Gone) | None => {
            return Err(PortError::Command(CommandError::Refused(Why::AttachmentGone)));
        }
    }
    let blob = read(view, "application/octet-stream").await?;
    offer(&view.name, &blob);
    Ok(())
}

/// Until its bytes are here; looked at again with each change.
async fn wait_for(view: &AttachmentView) -> Result<(), PortError> {
    loop {
        let now = ask!(Query::Attachment(view.id), Attachment)?;
        match now.map(|now| now.state) {
            Some(AttachmentState::Here) => return Ok(()),
            Some(AttachmentState::Gone) | None => {
                return Err(PortError::Command(CommandError::Refused(Why::AttachmentGone)));
            }
            _ => pause(Duration::from_millis(150)).await,
        }
    }
}

async fn pause(length: Duration) {
    let (tell, told) = futures_channel::oneshot::channel();
    set_timeout(
        move || {
            let _ = tell.send(());
        },
        length,
    );
    let _ = told.await;
}

/// All bytes of an attachment that is here. The parts go into the browser's keeping one by one.
///
/// # Errors
/// [`PortError`]: it is not here, or the store failed.
pub async fn read(view: &AttachmentView, media_type: &str) -> Result<Blob, PortError> {
    let mut parts = Vec::new();
    let mut number = 0;
    while let Some(chunk) = ask!(Query::AttachmentChunk(view.id, number), Chunk)? {
        parts.push(Uint8Array::from(chunk.as_slice()));
        number += 1;
    }
    blob(&parts, media_type).ok_or(PortError::Broken)
}

fn offer(name: &str, blob: &Blob) {
    let Ok(url) = Url::create_object_url_with_blob(blob) else { return };
    if let Ok(anchor) = document().create_element("a").map(JsCast::unchecked_into::<HtmlAnchorElement>) {
        anchor.set_href(&url);
        anchor.set_download(name);
        anchor.click();
    }
    // the browser has its own hold on the bytes by then
    set_timeout(
        move || {
            let _ = Url::revoke_object_url(&url);
        },
        Duration::from_secs(60),
    );
}
