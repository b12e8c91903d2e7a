// SPDX-License-Identifier: EUPL-1.2
//! A server as a browser reaches it: its own TLS, its WebSocket and its fetch.

use super::{
    address::Address,
    web_http, web_ws,
    wire::{Frames, Outlet},
};
use crate::ClientError;
use engine::input::Failure;
use proto::blob::{BlobReply, BlobRequest};

/// What is needed to talk to one server.
pub struct Server {
    pub address: Address,
}

impl Server {
    /// # Errors
    /// The address is of no use.
    pub fn new(text: &str) -> Result<Self, ClientError> {
        let address = Address::parse(text).map_err(|e| ClientError::Unreachable(e.to_string()))?;
        Ok(Self { address })
    }

    /// One connection, from dialling to its end.
    pub fn connect(&self, outlet: Outlet, frames: Frames) -> impl Future<Output = ()> + use<> {
        web_ws::carry(self.address.websocket(), outlet, frames)
    }

    /// One transfer of blob bytes.
    pub fn transfer(&self, request: BlobRequest) -> impl Future<Output = Result<BlobReply, Failure>> + use<> {
        web_http::transfer(self.address.origin.clone(), request)
    }
}
