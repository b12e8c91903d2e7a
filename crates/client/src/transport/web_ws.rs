// SPDX-License-Identifier: EUPL-1.2
//! One of the browser's WebSockets as a task. It can't ping: a server that falls silent is noticed by an answer owed.

use super::wire::{DIAL, Frames, Outlet, Wire, no_server, parse_frame, parse_hello};
use crate::ground;
use js_sys::{ArrayBuffer, Uint8Array};
use proto::{Hello, encode, limit};
use tokio::sync::mpsc;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

/// What the browser's events say.
enum Heard {
    Bytes(Vec<u8>),
    /// Text, or longer than a frame may be.
    Foreign,
    Closed(u16),
}

/// A socket and its listeners; it is closed when this is dropped.
struct Socket {
    raw: WebSocket,
    heard: mpsc::UnboundedReceiver<Heard>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_close: Closure<dyn FnMut(CloseEvent)>,
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.raw.set_onmessage(None);
        self.raw.set_onclose(None);
        let _ = self.raw.close();
    }
}

/// Lives until the connection ends or the owner drops its end of `frames`.
pub async fn carry(url: String, outlet: Outlet, mut frames: Frames) {
    let why = match dial(&url).await {
        Err(why) => why,
        Ok((hello, mut socket)) => {
            if !outlet.say(Wire::Up(hello)).await {
                return;
            }
            talk(&mut socket, &outlet, &mut frames).await
        }
    };
    outlet.say(Wire::Down(why)).await;
}

fn open(url: &str) -> Option<Socket> {
    let raw = WebSocket::new(url).ok()?;
    raw.set_binary_type(BinaryType::Arraybuffer);
    let (tell, heard) = mpsc::unbounded_channel();
    let closed = tell.clone();
    let on_message = Closure::<dyn FnMut(_)>::new(move |event: MessageEvent| {
        let _ = tell.send(read(&event));
    });
    let on_close = Closure::<dyn FnMut(_)>::new(move |event: CloseEvent| {
        let _ = closed.send(Heard::Closed(event.code()));
    });
    raw.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    raw.set_onclose(Some(on_close.as_ref().unchecked_ref()));
    Some(Socket { raw, heard, _on_message: on_message, _on_close: on_close })
}

/// The size first, so that nothing oversized is copied.
fn read(event: &MessageEvent) -> Heard {
    match event.data().dyn_into::<ArrayBuffer>() {
        Ok(buffer) if buffer.byte_length() as usize <= limit::FRAME_BYTES => {
            Heard::Bytes(Uint8Array::new(&buffer).to_vec())
        }
        _ => Heard::Foreign,
    }
}

async fn dial(url: &str) -> Result<(Hello, Socket), String> {
    let mut socket = open(url).ok_or("the browser does not allow this address")?;
    tokio::select! {
        first = socket.heard.recv() => match first {
            Some(Heard::Bytes(bytes)) => Ok((parse_hello(&bytes)?, socket)),
            Some(Heard::Foreign) => Err(no_server()),
            // The browser does not say more, lest a page learns about its surroundings.
            Some(Heard::Closed(_)) | None => Err("no connection".into()),
        },
        () = ground::sleep(DIAL) => Err("no answer".into()),
    }
}

async fn talk(socket: &mut Socket, outlet: &Outlet, frames: &mut Frames) -> String {
    loop {
        tokio::select! {
            frame = frames.recv() => {
                let Some(frame) = frame else { return "closed".into() };
                if socket.raw.send_with_u8_array(&encode(&frame)).is_err() {
                    return "the connection broke".into();
                }
            }
            heard = socket.heard.recv() => {
                let bytes = match heard {
                    Some(Heard::Bytes(bytes)) => bytes,
                    Some(Heard::Foreign) => return "the server sent something that is not RP/1".into(),
                    Some(Heard::Closed(code)) => return format!("the connection was closed ({code})"),
                    None => return "closed".into(),
                };
                let frame = match parse_frame(&bytes) {
                    Ok(frame) => frame,
                    Err(why) => return why,
                };
                if !outlet.say(Wire::Frame(frame)).await {
                    return "closed".into();
                }
            }
        }
    }
}
