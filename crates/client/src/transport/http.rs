// SPDX-License-Identifier: EUPL-1.2
//! Blob bytes over HTTP: one request per chunk, secrets in headers, no proxy, no redirect.

use super::{
    address::Address,
    blob::{hex, range, refusal, url},
};
use engine::input::Failure;
use proto::{
    blob::{self, BlobReply, BlobRequest, BlobSecret},
    limit,
};
use reqwest::{Client, RequestBuilder, Response, header};
use rustls::ClientConfig;
use std::time::Duration;

/// A chunk of 1 MiB must pass within this time, also on a bad line.
const CHUNK_SECS: u64 = 120;

/// A client for one server.
///
/// # Errors
/// What the library said about the settings.
pub fn client(tls: ClientConfig) -> Result<Client, reqwest::Error> {
    Client::builder()
        .use_preconfigured_tls(tls)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(15))
        .timeout(Duration::from_secs(CHUNK_SECS))
        .build()
}

/// Does one transfer.
///
/// # Errors
/// [`Failure::Refused`] with the server's code, else [`Failure::Lost`].
pub async fn transfer(client: Client, address: Address, request: BlobRequest) -> Result<BlobReply, Failure> {
    match request {
        BlobRequest::Write { blob, secret, offset, bytes } => {
            let put = client.put(url(&address.origin, &blob));
            let put = put.header(blob::OFFSET_HEADER, offset).body(Vec::<u8>::from(bytes));
            let answer = ask(put, &secret).await?;
            let stored = answer.headers().get(blob::OFFSET_HEADER).and_then(|v| v.to_str().ok()?.parse().ok());
            stored.map(|offset| BlobReply::Written { offset }).ok_or(Failure::Lost)
        }
        BlobRequest::Read { blob, secret, offset, length } => {
            let get = client.get(url(&address.origin, &blob)).header(header::RANGE, range(offset, length));
            read(ask(get, &secret).await?, length).await.map(BlobReply::Bytes)
        }
        BlobRequest::Delete { blob, secret } => {
            ask(client.delete(url(&address.origin, &blob)), &secret).await.map(|_| BlobReply::Deleted)
        }
    }
}

async fn ask(request: RequestBuilder, secret: &BlobSecret) -> Result<Response, Failure> {
    let answer = request.header(blob::SECRET_HEADER, hex(&secret.0)).send().await.map_err(|_| Failure::Lost)?;
    if answer.status().is_success() {
        return Ok(answer);
    }
    Err(refusal(answer.headers().get(blob::ERROR_HEADER).and_then(|v| v.to_str().ok())))
}

/// At most as much as was asked for.
async fn read(mut answer: Response, length: u32) -> Result<Vec<u8>, Failure> {
    let most = usize::try_from(length).unwrap_or(limit::BLOB_CHUNK_BYTES);
    let mut bytes = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(|_| Failure::Lost)? {
        if bytes.len() + part.len() > most {
            return Err(Failure::Lost);
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}
