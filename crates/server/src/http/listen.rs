// SPDX-License-Identifier: EUPL-1.2
//! Accepting TCP with or without TLS; a slow handshake keeps nobody else waiting.

use crate::tls::Settings;
use axum::serve::Listener;
use rustls::server::Acceptor;
use std::{io, net::SocketAddr, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::timeout,
};
use tokio_rustls::{LazyConfigAcceptor, server::TlsStream};

const HANDSHAKE: Duration = Duration::from_secs(10);
/// Handshakes under way or waiting to be taken over.
const WAITING: usize = 256;

/// Finished TLS connections, one by one.
pub struct Tls {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    local: SocketAddr,
}

impl Tls {
    /// Starts accepting; ends when the returned listener is dropped.
    ///
    /// # Errors
    /// The listener has no address.
    pub fn start(tcp: TcpListener, settings: Settings) -> io::Result<Self> {
        let local = tcp.local_addr()?;
        let (done, ready) = mpsc::channel(WAITING);
        tokio::spawn(async move {
            let mut tcp = tcp;
            loop {
                let Ok(slot) = done.clone().reserve_owned().await else { return };
                let (stream, address) = tokio::select! {
                    accepted = Listener::accept(&mut tcp) => accepted,
                    () = done.closed() => return,
                };
                let settings = settings.clone();
                tokio::spawn(async move {
                    let _ = stream.set_nodelay(true);
                    if let Ok(Ok(stream)) = timeout(HANDSHAKE, shake(stream, settings)).await {
                        slot.send((stream, address));
                    }
                });
            }
        });
        Ok(Self { ready, local })
    }
}

async fn shake(stream: TcpStream, settings: Settings) -> io::Result<TlsStream<TcpStream>> {
    let hello = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
    let offered = hello.client_hello().named_groups().unwrap_or_default().to_vec();
    let config = settings.choose(&offered).ok_or(io::ErrorKind::Unsupported)?;
    hello.into_stream(config).await
}

impl Listener for Tls {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            None => std::future::pending().await, // the accepting task has ended with the runtime
        }
    }
    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.local)
    }
}
