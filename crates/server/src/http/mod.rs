// SPDX-License-Identifier: EUPL-1.2
//! The only room that knows HTTP: routes, headers, status codes.

pub mod blob;
pub mod listen;
pub mod page;
pub mod serve;
pub mod socket;
pub mod status;

use crate::{
    domain::Limits, folder::Folder, hub::ConnectionId, metrics::Metrics, reader::Readers, writer::SharedBoard,
    writer::Writer,
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, put},
};
use proto::{RecoveryId, limit::BLOB_CHUNK_BYTES};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use tokio::sync::{mpsc, watch};

/// What every endpoint shares.
pub struct App {
    pub origins: Arc<[String]>,
    /// Loopback and no proxy: the first authority needs no code.
    pub trusts_first: bool,
    pub shows_metrics: bool,
    /// Browsers reach this server by https alone.
    pub is_https: bool,
    pub pages: page::Pages,
    pub limits: Limits,
    pub recovery: RecoveryId,
    pub board: Arc<SharedBoard>,
    pub writer: Writer,
    pub readers: Readers,
    pub folder: Folder,
    pub metrics: Arc<Metrics>,
    pub next_connection: AtomicU64,
    /// Turns true when the server ends.
    pub ending: watch::Receiver<bool>,
    /// Held by every WebSocket task, so that the end can wait for them.
    pub alive: mpsc::Sender<()>,
}

impl App {
    pub(crate) fn new_connection(&self) -> ConnectionId {
        ConnectionId(self.next_connection.fetch_add(1, Ordering::Relaxed))
    }
}

/// All endpoints.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/rp1/ws", get(socket::connect))
        .route("/rp1/blob/{id}", put(blob::write).get(blob::read).head(blob::state).delete(blob::delete))
        .layer(DefaultBodyLimit::max(BLOB_CHUNK_BYTES + 1))
        .route("/health", get(health))
        .route("/metrics", get(metrics))
        .fallback(page::serve)
        .with_state(app)
}

async fn health(State(app): State<Arc<App>>) -> StatusCode {
    if app.writer.is_running() && !*app.ending.borrow() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}

async fn metrics(State(app): State<Arc<App>>) -> Response {
    if !app.shows_metrics {
        return StatusCode::NOT_FOUND.into_response();
    }
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([("content-type", kind)], app.metrics.text()).into_response()
}
