// SPDX-License-Identifier: EUPL-1.2
//! Taking a file into this device's sealed store, chunk by chunk, before it is in any message.

use crate::bridge;
use client_api::{Answer, AttachmentId, Command, port::PortError};
use js_sys::Uint8Array;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

/// Bytes handed over at once.
const CHUNK_BYTES: f64 = 1_048_576.0;

/// Stages all of `blob`. `moved` hears how many bytes are in and answers whether to go on; what was staged is dropped
/// when it says no.
///
/// # Errors
/// [`PortError`]: the store refused or is full; nothing of it is left.
pub async fn stage(
    name: &str,
    media_type: &str,
    blob: &Blob,
    moved: impl Fn(u64) -> bool,
) -> Result<Option<AttachmentId>, PortError> {
    let size = blob.size();
    let begin =
        Command::StageFile { name: name.to_owned(), media_type: media_type.to_owned(), size_bytes: size as u64 };
    let Answer::Attachment(id) = bridge::tell(begin).await? else { return Err(PortError::Broken) };
    match feed(id, blob, size, moved).await {
        Ok(true) => Ok(Some(id)),
        Ok(false) => {
            bridge::tell(Command::DropFile(id)).await?;
            Ok(None)
        }
        Err(error) => {
            let _ = bridge::tell(Command::DropFile(id)).await;
            Err(error)
        }
    }
}

async fn feed(id: AttachmentId, blob: &Blob, size: f64, moved: impl Fn(u64) -> bool) -> Result<bool, PortError> {
    let mut at = 0.0;
    while at < size {
        let end = (at + CHUNK_BYTES).min(size);
        let part = blob.slice_with_f64_and_f64(at, end).map_err(|_| PortError::Broken)?;
        // the file may have been moved or changed on disk meanwhile
        let buffer = JsFuture::from(part.array_buffer()).await.map_err(|_| PortError::Broken)?;
        let bytes = Uint8Array::new(&buffer).to_vec();
        bridge::tell(Command::StageChunk { attachment: id, bytes: bytes.into() }).await?;
        at = end;
        if !moved(at as u64) {
            return Ok(false);
        }
    }
    bridge::tell(Command::StageFinish(id)).await?;
    Ok(true)
}
