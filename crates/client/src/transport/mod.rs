// SPDX-License-Identifier: EUPL-1.2
//! How bytes reach the server: one WebSocket for requests, HTTP for blobs, both over our own TLS settings.

pub mod address;
pub mod http;
pub mod tls;
pub mod ws;
