// SPDX-License-Identifier: EUPL-1.2
//! Blob bytes with the browser's fetch: one request per chunk, secrets in headers, no cookie, no cache, no redirect.

use super::blob::{hex, range, refusal, url};
use crate::ground;
use engine::input::Failure;
use js_sys::{Reflect, Uint8Array};
use proto::{
    blob::{self, BlobReply, BlobRequest, BlobSecret},
    limit,
};
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Headers, ReadableStreamDefaultReader, RequestCache, RequestCredentials, RequestInit, RequestMode,
    RequestRedirect, Response,
};

/// A chunk of 1 MiB must pass within this time, also on a bad line.
const CHUNK: Duration = Duration::from_secs(120);

/// Does one transfer; dropping the future ends the request.
///
/// # Errors
/// [`Failure::Refused`] with the server's code, else [`Failure::Lost`].
pub async fn transfer(origin: String, request: BlobRequest) -> Result<BlobReply, Failure> {
    tokio::select! {
        done = carry_out(&origin, request) => done,
        () = ground::sleep(CHUNK) => Err(Failure::Lost),
    }
}

async fn carry_out(origin: &str, request: BlobRequest) -> Result<BlobReply, Failure> {
    match request {
        BlobRequest::Write { blob, secret, offset, bytes } => {
            let put = Asking::new("PUT", &secret)?.header(blob::OFFSET_HEADER, &offset.to_string())?;
            put.settings.set_body(&Uint8Array::from(bytes.as_slice()));
            let answer = put.send(&url(origin, &blob)).await?;
            let stored = header(&answer, blob::OFFSET_HEADER).and_then(|offset| offset.parse().ok());
            stored.map(|offset| BlobReply::Written { offset }).ok_or(Failure::Lost)
        }
        BlobRequest::Read { blob, secret, offset, length } => {
            let get = Asking::new("GET", &secret)?.header("range", &range(offset, length))?;
            let answer = get.send(&url(origin, &blob)).await?;
            read(&answer, length).await.map(BlobReply::Bytes)
        }
        BlobRequest::Delete { blob, secret } => {
            Asking::new("DELETE", &secret)?.send(&url(origin, &blob)).await.map(|_| BlobReply::Deleted)
        }
    }
}

fn lost<E>(_: E) -> Failure {
    Failure::Lost
}

/// A request being made; it ends with this value.
struct Asking {
    settings: RequestInit,
    headers: Headers,
    end: AbortController,
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.end.abort();
    }
}

impl Asking {
    fn new(method: &str, secret: &BlobSecret) -> Result<Self, Failure> {
        let settings = RequestInit::new();
        settings.set_method(method);
        settings.set_mode(RequestMode::SameOrigin);
        settings.set_credentials(RequestCredentials::Omit);
        settings.set_cache(RequestCache::NoStore);
        settings.set_redirect(RequestRedirect::Error);
        let (headers, end) = (Headers::new().map_err(lost)?, AbortController::new().map_err(lost)?);
        settings.set_signal(Some(&end.signal()));
        Self { settings, headers, end }.header(blob::SECRET_HEADER, &hex(&secret.0))
    }

    fn header(self, name: &str, value: &str) -> Result<Self, Failure> {
        self.headers.set(name, value).map_err(lost)?;
        Ok(self)
    }

    async fn send(&self, url: &str) -> Result<Response, Failure> {
        self.settings.set_headers(&self.headers);
        let answer = JsFuture::from(ground::scope().fetch_with_str_and_init(url, &self.settings)).await;
        let answer: Response = answer.and_then(JsCast::dyn_into).map_err(lost)?;
        if answer.ok() { Ok(answer) } else { Err(refusal(header(&answer, blob::ERROR_HEADER).as_deref())) }
    }
}

fn header(answer: &Response, name: &str) -> Option<String> {
    answer.headers().get(name).ok()?
}

/// At most as much as was asked for.
async fn read(answer: &Response, length: u32) -> Result<Vec<u8>, Failure> {
    let most = usize::try_from(length).unwrap_or(limit::BLOB_CHUNK_BYTES);
    let mut bytes = Vec::new();
    let Some(body) = answer.body() else { return Ok(bytes) };
    let reader: ReadableStreamDefaultReader = body.get_reader().dyn_into().map_err(lost)?;
    loop {
        let step: JsValue = JsFuture::from(reader.read()).await.map_err(lost)?;
        let is_end = Reflect::get(&step, &"done".into()).is_ok_and(|done| done.is_truthy());
        if is_end {
            return Ok(bytes);
        }
        let part = Reflect::get(&step, &"value".into()).and_then(JsCast::dyn_into::<Uint8Array>).map_err(lost)?;
        if bytes.len() + part.length() as usize > most {
            return Err(Failure::Lost);
        }
        bytes.extend(part.to_vec());
    }
}
