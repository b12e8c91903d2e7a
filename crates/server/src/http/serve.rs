// SPDX-License-Identifier: EUPL-1.2
//! Accepting connections, with TLS or plain, until the server ends.

use super::listen::Tls;
use std::io;
use tokio::{net::TcpListener, sync::watch};

/// Serves until `ending` is true or its sender is gone.
///
/// # Errors
/// When the listener can't be used any more.
pub async fn serve(
    listener: TcpListener,
    tls: Option<crate::tls::Settings>,
    router: axum::Router,
    mut ending: watch::Receiver<bool>,
) -> io::Result<()> {
    let end = async move {
        let _ = ending.wait_for(|ending| *ending).await; // a lost sender is an end, too
    };
    match tls {
        Some(config) => axum::serve(Tls::start(listener, config)?, router).with_graceful_shutdown(end).await,
        None => {
            use axum::serve::ListenerExt;
            let listener = listener.tap_io(|stream| {
                let _ = stream.set_nodelay(true); // slower without, not wrong
            });
            axum::serve(listener, router).with_graceful_shutdown(end).await
        }
    }
}
