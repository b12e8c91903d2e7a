// SPDX-License-Identifier: EUPL-1.2
//! One WebSocket connection as a task: dials, reports hello, carries frames, reports its end.

use super::address::Address;
use futures_util::{SinkExt, StreamExt};
use proto::{ClientFrame, Hello, ServerFrame, decode, encode, limit};
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use std::{sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    sync::mpsc,
    time::{Instant, timeout},
};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Message, protocol::WebSocketConfig},
};

const DIAL_SECS: u64 = 15;
/// A ping goes out when this long nothing came in; twice that without an answer is the end.
const QUIET_SECS: u64 = 30;

/// What a connection tells its owner.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "most are frames; a box for each would cost more")]
pub enum Wire {
    Up(Hello),
    Frame(ServerFrame),
    /// The last word; why, for a person.
    Down(String),
}

/// Marks what a connection tells, so that words of an earlier one are known as such.
pub type Generation = u64;

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}
type Socket = WebSocketStream<Box<dyn Stream>>;

/// Lives until the connection ends or `out` is dropped by its owner.
pub async fn carry(
    address: Address,
    tls: Arc<ClientConfig>,
    generation: Generation,
    tell: mpsc::Sender<(Generation, Wire)>,
    mut out: mpsc::UnboundedReceiver<ClientFrame>,
) {
    let why = match timeout(Duration::from_secs(DIAL_SECS), dial(&address, tls)).await {
        Err(_) => "no answer".to_owned(),
        Ok(Err(why)) => why,
        Ok(Ok((hello, mut socket))) => {
            if tell.send((generation, Wire::Up(hello))).await.is_err() {
                return;
            }
            let why = talk(&mut socket, generation, &tell, &mut out).await;
            let _ = timeout(Duration::from_secs(1), socket.close(None)).await;
            why
        }
    };
    let _ = tell.send((generation, Wire::Down(why))).await;
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
        Some(Ok(Message::Binary(bytes))) => match decode(&bytes, limit::FRAME_BYTES) {
            Ok(ServerFrame::Hello(hello)) => Ok((hello, socket)),
            _ => Err("this is no Rohrpost server".into()),
        },
        Some(Err(e)) => Err(e.to_string()),
        _ => Err("this is no Rohrpost server".into()),
    }
}

async fn talk(
    socket: &mut Socket,
    generation: Generation,
    tell: &mpsc::Sender<(Generation, Wire)>,
    out: &mut mpsc::UnboundedReceiver<ClientFrame>,
) -> String {
    let mut heard = Instant::now();
    let quiet = Duration::from_secs(QUIET_SECS);
    let mut ping = tokio::time::interval(quiet);
    loop {
        tokio::select! {
            frame = out.recv() => {
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
                let Ok(frame) = decode::<ServerFrame>(&bytes, limit::FRAME_BYTES) else {
                    return "the server sent something that is not RP/1".into();
                };
                if tell.send((generation, Wire::Frame(frame))).await.is_err() {
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
