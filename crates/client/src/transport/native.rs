// SPDX-License-Identifier: EUPL-1.2
//! A server as a native client reaches it: our own TLS, tokio's sockets.

use super::{
    address::Address,
    http, tls,
    wire::{Frames, Outlet},
    ws,
};
use crate::ClientError;
use engine::input::Failure;
use proto::blob::{BlobReply, BlobRequest};
use std::sync::Arc;

/// What is needed to talk to one server.
pub struct Server {
    pub address: Address,
    http: reqwest::Client,
    tls: Arc<rustls::ClientConfig>,
}

impl Server {
    /// # Errors
    /// The address or the machine's TLS settings are of no use.
    pub fn new(text: &str) -> Result<Self, ClientError> {
        let said = |e: String| ClientError::Unreachable(e);
        let address = Address::parse(text).map_err(|e| said(e.to_string()))?;
        let tls = tls::config(address.secure).map_err(|e| said(e.to_string()))?;
        let http = http::client(tls.clone()).map_err(|e| said(e.to_string()))?;
        Ok(Self { address, http, tls: Arc::new(tls) })
    }

    /// One connection, from dialling to its end.
    pub fn connect(&self, outlet: Outlet, frames: Frames) -> impl Future<Output = ()> + Send + use<> {
        ws::carry(self.address.clone(), self.tls.clone(), outlet, frames)
    }

    /// One transfer of blob bytes.
    pub fn transfer(&self, request: BlobRequest) -> impl Future<Output = Result<BlobReply, Failure>> + Send + use<> {
        http::transfer(self.http.clone(), self.address.clone(), request)
    }
}
