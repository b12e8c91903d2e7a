// SPDX-License-Identifier: EUPL-1.2
//! Blobs over HTTP: chunks in, ranges out; the secret is in a header, never in the address.

use super::{App, status::Refusal};
use crate::{
    blob::{BlobBytes, BlobTask, authorise, cut},
    domain::{BlobRight, Lookup},
    folder::unhex,
};
use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use proto::{
    BlobId, ErrorCode, Reply,
    blob::{BlobRequest, BlobSecret, OFFSET_HEADER, SECRET_HEADER},
    limit::BLOB_CHUNK_BYTES,
};
use std::sync::Arc;

type Answer = Result<Response, Refusal>;

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn subject(id: &str, headers: &HeaderMap) -> Result<(BlobId, BlobSecret), ErrorCode> {
    let blob = unhex(id).map(BlobId).ok_or(ErrorCode::Malformed)?;
    let secret = text(headers, SECRET_HEADER).and_then(unhex).map(BlobSecret).ok_or(ErrorCode::Forbidden)?;
    Ok((blob, secret))
}

async fn permitted(app: &App, request: BlobRequest) -> Result<BlobTask, ErrorCode> {
    app.readers.run(move |store| authorise(store, request)).await?
}

/// Work with the folder, off the async threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ErrorCode> + Send + 'static,
) -> Result<T, ErrorCode> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(ErrorCode::Unavailable))
}

fn stored(offset: u64) -> Response {
    (StatusCode::OK, [(OFFSET_HEADER, offset.to_string())]).into_response()
}

/// `PUT`: one chunk at the offset in the header; answers the bytes stored so far.
pub async fn write(State(app): State<Arc<App>>, Path(id): Path<String>, headers: HeaderMap, body: Bytes) -> Answer {
    let (blob, secret) = subject(&id, &headers)?;
    let offset =
        text(&headers, OFFSET_HEADER).and_then(|text| text.parse().ok()).ok_or(Refusal(ErrorCode::Malformed))?;
    let request = BlobRequest::Write { blob, secret, offset, bytes: Vec::from(body).into() };
    match permitted(&app, request).await? {
        BlobTask::Write { chunk, bytes, then } => {
            let mut folder = app.folder.clone();
            blocking(move || Ok(folder.write(&blob, chunk, &bytes)?)).await?;
            match app.writer.call(then).await? {
                Reply::Blob { offset } => Ok(stored(offset)),
                _ => Err(ErrorCode::Unavailable.into()),
            }
        }
        BlobTask::Answer(proto::blob::BlobReply::Written { offset }) => Ok(stored(offset)),
        _ => Err(ErrorCode::Unavailable.into()),
    }
}

/// `GET` with `Range: bytes=first-last`, at most four chunks at once; without one, the first chunk's length at most.
pub async fn read(State(app): State<Arc<App>>, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    let (blob, secret) = subject(&id, &headers)?;
    let known = app.readers.run(move |store| store.find_blob(&blob)).await??;
    let known = known.ok_or(ErrorCode::Gone)?;
    let (first, last) = match text(&headers, header::RANGE.as_str()) {
        Some(range) => parse_range(range).ok_or(ErrorCode::Range)?,
        None => (0, known.size_bytes.saturating_sub(1)),
    };
    let length = last.checked_sub(first).and_then(|span| span.checked_add(1)).ok_or(ErrorCode::Range)?;
    if length > 4 * BLOB_CHUNK_BYTES as u64 {
        return Err(ErrorCode::TooLarge.into());
    }
    let length = u32::try_from(length).map_err(|_| ErrorCode::TooLarge)?;
    let request = BlobRequest::Read { blob, secret, offset: first, length };
    let task = permitted(&app, request).await?;
    let folder = app.folder.clone();
    let bytes = blocking(move || cut(&folder, &blob, &task)).await?;
    let range = format!("bytes {first}-{last}/{}", known.size_bytes);
    let headers = [(header::CONTENT_RANGE, range), (header::CACHE_CONTROL, "no-store".into())];
    Ok((StatusCode::PARTIAL_CONTENT, headers, bytes).into_response())
}

/// `bytes=first-last`, both given.
fn parse_range(text: &str) -> Option<(u64, u64)> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?))
}

/// `HEAD` with any of the three secrets: bytes stored so far.
pub async fn state(State(app): State<Arc<App>>, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    let (blob, secret) = subject(&id, &headers)?;
    let known = app.readers.run(move |store| store.find_blob(&blob)).await??;
    let known = known.ok_or(ErrorCode::Gone)?;
    let rights = [BlobRight::Write, BlobRight::Read, BlobRight::Delete];
    if rights.iter().any(|right| known.permit(*right, &secret).is_ok()) {
        Ok(stored(known.offset))
    } else {
        Err(ErrorCode::Forbidden.into())
    }
}

/// `DELETE`: the entry first, then the bytes, so that a crash leaves at most bytes nobody can reach.
pub async fn delete(State(app): State<Arc<App>>, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    let (blob, secret) = subject(&id, &headers)?;
    let BlobTask::Delete(op) = permitted(&app, BlobRequest::Delete { blob, secret }).await? else {
        return Err(ErrorCode::Unavailable.into());
    };
    app.writer.call(op).await?;
    let mut folder = app.folder.clone();
    blocking(move || Ok(folder.delete(&blob)?)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
