// SPDX-License-Identifier: EUPL-1.2
//! The way to the worker: typed questions out, answers and events back. Keys never come this way.

use crate::script;
use client_api::{
    Answer, Command, Event, Query, View,
    port::{Call, FromWorker, LinkView, PORT_BYTES, PortError, See, Tell, ToWorker},
};
use futures_channel::oneshot;
use js_sys::{Array, Uint8Array};
use std::{cell::RefCell, collections::HashMap};
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{ErrorEvent, MessageEvent, Worker};

/// What comes unasked.
#[derive(Clone, Debug)]
pub enum News {
    Event(Event),
    Link(LinkView),
    TakenOver,
    StoreFailed(PortError),
    /// The worker itself ended: reload.
    Crashed,
}

type Waiting = HashMap<u32, oneshot::Sender<Result<Vec<u8>, PortError>>>;

#[derive(Default)]
struct Bridge {
    worker: Option<Worker>,
    next: u32,
    waiting: Waiting,
    /// Questions asked before the worker listens.
    early: Option<Vec<Vec<u8>>>,
}

thread_local! {
    static BRIDGE: RefCell<Bridge> = RefCell::default();
}

/// Starts the worker; `news` gets what comes unasked.
pub fn start(news: impl Fn(News) + Clone + 'static) {
    let Ok(worker) = script::start_worker() else {
        news(News::Crashed);
        return;
    };
    let tell = news.clone();
    let said = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| heard(&event, &tell));
    worker.set_onmessage(Some(said.into_js_value().unchecked_ref()));
    let crashed = Closure::<dyn FnMut(ErrorEvent)>::new(move |_: ErrorEvent| {
        BRIDGE.with_borrow_mut(|bridge| bridge.waiting.clear());
        news(News::Crashed);
    });
    worker.set_onerror(Some(crashed.into_js_value().unchecked_ref()));
    BRIDGE.with_borrow_mut(|bridge| {
        *bridge = Bridge { worker: Some(worker), early: Some(Vec::new()), ..Bridge::default() }
    });
}

fn heard(event: &MessageEvent, news: &impl Fn(News)) {
    let Ok(bytes) = event.data().dyn_into::<Uint8Array>() else { return };
    if usize::try_from(bytes.length()).is_ok_and(|length| length > PORT_BYTES) {
        return;
    }
    match minicbor::decode::<FromWorker>(&bytes.to_vec()) {
        Ok(FromWorker::Ready) => {
            let early = BRIDGE.with_borrow_mut(|bridge| bridge.early.take());
            early.into_iter().flatten().for_each(|bytes| post(&bytes));
        }
        Ok(FromWorker::Reply { id, result }) => {
            let waiting = BRIDGE.with_borrow_mut(|bridge| bridge.waiting.remove(&id));
            if let Some(waiting) = waiting {
                let _ = waiting.send(result.map(Vec::from));
            }
        }
        Ok(FromWorker::Event(event)) => news(News::Event(event)),
        Ok(FromWorker::Link(link)) => news(News::Link(link)),
        Ok(FromWorker::TakenOver) => news(News::TakenOver),
        Ok(FromWorker::StoreFailed(error)) => news(News::StoreFailed(error)),
        Err(_) => leptos::logging::error!("the worker said something that can't be read"),
    }
}

fn post(bytes: &[u8]) {
    let array = Uint8Array::from(bytes);
    BRIDGE.with_borrow(|bridge| {
        if let Some(worker) = &bridge.worker {
            let _ = worker.post_message_with_transfer(&array, &Array::of1(&array.buffer()));
        }
    });
}

/// Asks and waits.
///
/// # Errors
/// [`PortError`] says why there is no answer.
pub async fn call<C: Call>(question: C) -> Result<C::Reply, PortError> {
    let (tell, told) = oneshot::channel();
    let now = BRIDGE.with_borrow_mut(|bridge| {
        bridge.next = bridge.next.wrapping_add(1);
        let id = bridge.next;
        bridge.waiting.insert(id, tell);
        let bytes = minicbor::to_vec(ToWorker { id, ask: question.into_ask() }).unwrap_or_default();
        match &mut bridge.early {
            Some(early) => {
                early.push(bytes);
                None
            }
            None => Some(bytes),
        }
    });
    if let Some(bytes) = now {
        post(&bytes);
    }
    let bytes = told.await.map_err(|_| PortError::Broken)??;
    minicbor::decode(&bytes).map_err(|_| PortError::Broken)
}

/// A command to the engine.
///
/// # Errors
/// As [`call`].
pub async fn tell(command: Command) -> Result<Answer, PortError> {
    call(Tell { command }).await
}

/// A question to the engine.
///
/// # Errors
/// As [`call`].
pub async fn see(query: Query) -> Result<View, PortError> {
    call(See { query }).await
}

/// Asks with one question and takes the one view that answers it.
macro_rules! ask {
    ($query:expr, $view:ident) => {
        match $crate::bridge::see($query).await {
            Ok(client_api::View::$view(value)) => Ok(value),
            Ok(_) => Err(client_api::port::PortError::Broken),
            Err(error) => Err(error),
        }
    };
}
pub(crate) use ask;
