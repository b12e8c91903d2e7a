// SPDX-License-Identifier: EUPL-1.2
//! Messages between page and worker: bytes in, bytes out, each answer of the type its question has.

use super::desk::Note;
use crate::ground;
use client_api::port::{Call, FromWorker, PORT_BYTES, PortError, ToWorker};
use js_sys::{Array, Uint8Array};
use minicbor::{Decoder, Encode, bytes::ByteVec};
use std::marker::PhantomData;
use tokio::sync::mpsc;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::MessageEvent;

/// A question's id lies within so many bytes.
const HEAD_BYTES: u32 = 16;

/// Hears the page until the worker ends.
pub fn listen(tell: &mpsc::UnboundedSender<Note>) {
    let page = tell.clone();
    let on_message = Closure::<dyn FnMut(_)>::new(move |event: MessageEvent| {
        let _ = page.send(read(&event).map_or_else(|id| Note::Unreadable { id }, Note::Asked));
    });
    ground::scope().set_onmessage(Some(on_message.into_js_value().unchecked_ref()));
}

/// The size first, so that nothing oversized is copied.
///
/// # Errors
/// The id of a question that can't be read, as far as that can be.
fn read(event: &MessageEvent) -> Result<ToWorker, u32> {
    let bytes = event.data().dyn_into::<Uint8Array>().map_err(|_| 0_u32)?;
    if bytes.length() as usize > PORT_BYTES {
        return Err(id_of(&bytes.subarray(0, HEAD_BYTES).to_vec()));
    }
    let bytes = bytes.to_vec();
    let mut decoder = Decoder::new(&bytes);
    let question = decoder.decode().ok().filter(|_| decoder.position() == bytes.len());
    question.ok_or_else(|| id_of(&bytes))
}

/// The first field of a [`ToWorker`], whatever follows.
fn id_of(bytes: &[u8]) -> u32 {
    let mut decoder = Decoder::new(bytes);
    let is_first = decoder.map().is_ok() && decoder.u8().is_ok_and(|number| number == 0);
    if is_first { decoder.u32().unwrap_or_default() } else { 0 }
}

/// Hands a message over; its bytes are not copied again.
pub fn post(message: &FromWorker) {
    let bytes = Uint8Array::from(encode(message).as_slice());
    let _ = ground::scope().post_message_with_transfer(&bytes, &Array::of1(&bytes.buffer()));
}

fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).expect("encoding to memory does not fail")
}

/// The answer owed to one question; an answer of another type does not compile.
pub struct Owed<C> {
    id: u32,
    kind: PhantomData<C>,
}

impl<C: Call> Owed<C> {
    /// What is owed to the question with this id.
    pub fn to(id: u32, _: &C) -> Self {
        Self { id, kind: PhantomData }
    }

    pub fn answer(self, result: Result<C::Reply, PortError>) {
        let result = result.map(|reply| ByteVec::from(encode(&reply)));
        post(&FromWorker::Reply { id: self.id, result });
    }
}

/// A question that could not be read; 0 stands for an id that could not be read either.
pub fn answer_unreadable(id: u32) {
    post(&FromWorker::Reply { id, result: Err(PortError::Broken) });
}
