// SPDX-License-Identifier: EUPL-1.2
//! One WebSocket connection that speaks RP/1 and little else.

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use proto::{ClientFrame, Hello, Reply, Request, RequestId, ServerFrame, decode, encode, limit};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Message, protocol::WebSocketConfig},
};

pub struct Link {
    socket: WebSocketStream<TcpStream>,
    pub hello: Hello,
    next: RequestId,
}

impl Link {
    /// `address`: `host:port`.
    pub async fn connect(address: &str) -> Result<Self> {
        let tcp = TcpStream::connect(address).await?;
        tcp.set_nodelay(true)?;
        let mut config = WebSocketConfig::default();
        config.read_buffer_size = 4096;
        config.write_buffer_size = 0;
        let url = format!("ws://{address}/rp1/ws");
        let (mut socket, _) = client_async_with_config(url, tcp, Some(config)).await?;
        let ServerFrame::Hello(hello) = receive(&mut socket).await? else { bail!("the server did not say hello") };
        Ok(Self { socket, hello, next: 0 })
    }

    pub async fn send(&mut self, request: Request) -> Result<RequestId> {
        self.next += 1;
        let frame = encode(&ClientFrame { id: self.next, request });
        self.socket.send(Message::Binary(frame.into())).await?;
        Ok(self.next)
    }

    pub async fn receive(&mut self) -> Result<ServerFrame> {
        receive(&mut self.socket).await
    }

    /// Sends and waits for the answer; pushes in between are passed over.
    pub async fn ask(&mut self, request: Request) -> Result<Reply> {
        let id = self.send(request).await?;
        loop {
            match self.receive().await? {
                ServerFrame::Reply(of, reply) if of == id => return Ok(reply),
                ServerFrame::Error(of, code) if of == id => bail!("refused: {code}"),
                _ => {}
            }
        }
    }
}

async fn receive(socket: &mut WebSocketStream<TcpStream>) -> Result<ServerFrame> {
    loop {
        match socket.next().await.context("the server closed the connection")?? {
            Message::Binary(bytes) => return Ok(decode(&bytes, limit::FRAME_BYTES)?),
            Message::Close(_) => bail!("the server closed the connection"),
            _ => {}
        }
    }
}
