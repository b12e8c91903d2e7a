// SPDX-License-Identifier: EUPL-1.2
//! One of the browser's WebSockets as a task. It can't ping, so it asks for something the server need not look up.

use super::wire::{DIAL, Frames, Outlet, Wire, no_server, parse_frame, parse_hello};
use crate::ground::{self, Instant};
use js_sys::{ArrayBuffer, Uint8Array};
use proto::{BranchId, ClientFrame, Hello, Request, RequestId, ServerFrame, encode, limit};
use std::time::Duration;
use tokio::sync::mpsc;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

/// A knock goes out when this long nothing came in; twice that without an answer is the end. Without it a line that
/// died unnoticed, say by a sleep of the device, would bring nothing any more until somebody writes.
const QUIET: Duration = Duration::from_secs(30);
/// The engine counts its requests from 1 and does not come so far.
const KNOCK: RequestId = RequestId::MAX;

/// Closing a branch that is not open changes nothing.
fn knock() -> ClientFrame {
    ClientFrame { id: KNOCK, request: Request::LogClose { branch: BranchId([0; 32]) } }
}

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

impl Socket {
    /// `false`: it is broken.
    fn send(&self, frame: &ClientFrame) -> bool {
        self.raw.send_with_u8_array(&encode(frame)).is_ok()
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
    let (mut heard_at, mut has_knocked) = (Instant::now(), false);
    loop {
        let pause = if has_knocked { QUIET * 2 } else { QUIET }.saturating_sub(heard_at.elapsed());
        tokio::select! {
            frame = frames.recv() => {
                let Some(frame) = frame else { return "closed".into() };
                if !socket.send(&frame) {
                    return "the connection broke".into();
                }
            }
            heard = socket.heard.recv() => {
                (heard_at, has_knocked) = (Instant::now(), false);
                let frame = match read_frame(heard) {
                    Ok(frame) => frame,
                    Err(why) => return why,
                };
                let is_for_the_loop = !matches!(frame, ServerFrame::Reply(KNOCK, _) | ServerFrame::Error(KNOCK, _));
                if is_for_the_loop && !outlet.say(Wire::Frame(frame)).await {
                    return "closed".into();
                }
            }
            () = ground::sleep(pause) => {
                if has_knocked || !socket.send(&knock()) {
                    return "the server fell silent".into();
                }
                has_knocked = true;
            }
        }
    }
}

fn read_frame(heard: Option<Heard>) -> Result<ServerFrame, String> {
    match heard {
        Some(Heard::Bytes(bytes)) => parse_frame(&bytes),
        Some(Heard::Foreign) => Err("the server sent something that is not RP/1".into()),
        Some(Heard::Closed(code)) => Err(format!("the connection was closed ({code})")),
        None => Err("closed".into()),
    }
}
