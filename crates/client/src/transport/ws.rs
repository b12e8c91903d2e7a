// SPDX-License-Identifier: EUPL-1.2
//! One WebSocket connection as a task: dials, reports hello, carries frames, reports its end.

use super::{
    address::Address,
    wire::{DIAL, Frames, Outlet, Wire, no_server, parse_frame, parse_hello},
};
use futures_util::{SinkExt, StreamExt};
use proto::{Hello, encode, limit};
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use std::{sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::{Instant, timeout},
};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Message, protocol::WebSocketConfig},
};

/// A ping goes out when this long nothing came in; twice that without an answer is the end.
const QUIET_SECS: u64 = 30;

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}
type Socket = WebSocketStream<Box<dyn Stream>>;

/// Lives until the connection ends or the owner drops its end of `frames`.
pub async fn carry(address: Address, tls: Arc<ClientConfig>, outlet: Outlet, mut frames: Frames) {
    let why = match timeout(DIAL, dial(&address, tls)).await {
        Err(_) => "no answer".to_owned(),
        Ok(Err(why)) => why,
        Ok(Ok((hello, mut socket))) => {
            if !outlet.say(Wire::Up(hello)).await {
                return;
            }
            let why = talk(&mut socket, &outlet, &mut frames).await;
            let _ = timeout(Duration::from_secs(1), socket.close(None)).await;
            why
        }
    };
    outlet.say(Wire::Down(why)).await;
}

async fn dial(address: &Address, tls: Arc<ClientConfig>) -> Result<(Hello, Socket), String> {
    let tcp = TcpStream::connect((address.host.as_str(), address.port)).await.map_err(|e| e.to_string())?;
    tcp.set_nodelay(true).map_err(|e| e.to_string())?;
    let stream: Box<dyn Stream> = if address.secure {
        let name = ServerName::try_from(address.host.clone()).map_err(|e| e.to_string())?;
        let connector = tokio_rustls::TlsConnector::from(tls);
        Box::new(connector.connect(name, tcp).await.map_err(|e| e.to_string())?)
    } else {
        Box::new(tcp)
    };
    let config =
        WebSocketConfig::default().max_message_size(Some(limit::FRAME_BYTES)).max_frame_size(Some(limit::FRAME_BYTES));
    let (mut socket, _) =
        client_async_with_config(address.websocket(), stream, Some(config)).await.map_err(|e| e.to_string())?;
    match socket.next().await {
        Some(Ok(Message::Binary(bytes))) => Ok((parse_hello(&bytes)?, socket)),
        Some(Err(e)) => Err(e.to_string()),
        _ => Err(no_server()),
    }
}

async fn talk(socket: &mut Socket, outlet: &Outlet, frames: &mut Frames) -> String {
    let mut heard = Instant::now();
    let quiet = Duration::from_secs(QUIET_SECS);
    let mut ping = tokio::time::interval(quiet);
    loop {
        tokio::select! {
            frame = frames.recv() => {
                let Some(frame) = frame else { return "closed".into() };
                if let Err(e) = socket.send(Message::Binary(encode(&frame).into())).await {
                    return e.to_string();
                }
            }
            message = socket.next() => {
                heard = Instant::now();
                let bytes = match message {
                    Some(Ok(Message::Binary(bytes))) => bytes,
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                    Some(Err(e)) => return e.to_string(),
                    _ => return "the server closed the connection".into(),
                };
                let frame = match parse_frame(&bytes) {
                    Ok(frame) => frame,
                    Err(why) => return why,
                };
                if !outlet.say(Wire::Frame(frame)).await {
                    return "closed".into();
                }
            }
            _ = ping.tick() => {
                if heard.elapsed() > quiet * 2 {
                    return "the server fell silent".into();
                }
                if heard.elapsed() >= quiet && let Err(e) = socket.send(Message::Ping(Vec::new().into())).await {
                    return e.to_string();
                }
            }
        }
    }
}
