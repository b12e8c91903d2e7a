// SPDX-License-Identifier: EUPL-1.2
//! Who has an account among the browser's tabs: Web Locks, which end with their worker, and the request to let go.

use super::{desk::Note, opfs::failed};
use crate::ground;
use client_api::port::{AccountKey, PortError};
use js_sys::{Array, Function, Object, Promise, Reflect};
use std::{collections::BTreeSet, time::Duration};
use tokio::sync::{mpsc, oneshot};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, BroadcastChannel};

/// A worker whose page is gone ends within this time.
const END: Duration = Duration::from_millis(600);
/// A tab that does not let go within this time is asleep or broken.
const LET_GO: Duration = Duration::from_secs(10);
/// It is asked this often: another tab may have taken the account meanwhile.
const ASK_EVERY: Duration = Duration::from_millis(500);

#[wasm_bindgen]
extern "C" {
    // web-sys has these behind a compiler flag only
    #[wasm_bindgen(js_namespace = ["navigator", "locks"], js_name = request, catch)]
    fn request_lock(name: &str, options: &Object, hold: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(js_namespace = ["navigator", "locks"], js_name = query, catch)]
    fn query_locks() -> Result<Promise, JsValue>;
}

/// Lock and channel of one account.
pub fn name(key: &AccountKey) -> String {
    format!("rohrpost-account-{}", key.0)
}

/// Held until dropped, or until this worker ends.
pub struct Lock {
    release: Function,
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.release.call0(&JsValue::NULL);
    }
}

/// What to do when another has the lock.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wait {
    No,
    Yes,
}

/// Asks for the lock; `None`: another has it. `end` gives up waiting.
async fn request(name: &str, wait: Wait, end: &AbortController) -> Result<Option<Lock>, PortError> {
    let (tell, told) = oneshot::channel();
    let hold = Closure::once_into_js(move |lock: JsValue| -> JsValue {
        if lock.is_null() {
            let _ = tell.send(None);
            return JsValue::UNDEFINED;
        }
        let mut release = None;
        let held = Promise::new(&mut |resolve: Function, _| release = Some(resolve));
        // If nobody waits any more, the lock is dropped with the message and so released.
        let _ = tell.send(release.map(|release| Lock { release }));
        held.into()
    });
    let options = Object::new();
    let set = |name: &str, value: &JsValue| Reflect::set(&options, &name.into(), value);
    match wait {
        Wait::No => set("ifAvailable", &JsValue::TRUE),
        Wait::Yes => set("signal", &end.signal()),
    }
    .map_err(|error| failed(&error))?;
    let asked = request_lock(name, &options, &hold).map_err(|_| PortError::Unsupported("locks between tabs".into()))?;
    tokio::select! {
        lock = told => Ok(lock.ok().flatten()),
        // the promise ends with the lock, or at once when it can't be asked for or the wait was given up
        result = JsFuture::from(asked) => result.map(|_| None).map_err(|error| failed(&error)),
    }
}

fn controller() -> Result<AbortController, PortError> {
    AbortController::new().map_err(|error| failed(&error))
}

/// The account's lock, if nobody has it. The worker of a page that was just loaded anew may take a moment to end.
pub async fn take(key: &AccountKey) -> Result<Option<Lock>, PortError> {
    let (name, end) = (name(key), controller()?);
    let lock = request(&name, Wait::No, &end).await?;
    if lock.is_some() {
        return Ok(lock);
    }
    let lock = tokio::select! {
        lock = request(&name, Wait::Yes, &end) => lock,
        () = ground::sleep(END) => Ok(None),
    };
    end.abort();
    lock
}

/// The account's lock, after asking whoever may have it to let go. `None`: it did not.
pub async fn take_over(key: &AccountKey) -> Result<Option<Lock>, PortError> {
    let (name, end) = (name(key), controller()?);
    let channel = BroadcastChannel::new(&name).map_err(|error| failed(&error))?;
    let asking = async {
        let mut waited = Duration::ZERO;
        while waited < LET_GO {
            let _ = channel.post_message(&JsValue::NULL);
            ground::sleep(ASK_EVERY).await;
            waited += ASK_EVERY;
        }
    };
    let lock = tokio::select! {
        lock = request(&name, Wait::Yes, &end) => lock,
        () = asking => Ok(None),
    };
    end.abort();
    channel.close();
    lock
}

/// A short turn in which no other tab begins or sweeps accounts.
pub async fn take_accounts() -> Result<Lock, PortError> {
    let lock = request("rohrpost-accounts", Wait::Yes, &controller()?).await?;
    lock.ok_or_else(|| PortError::Unsupported("locks between tabs".into()))
}

/// Names of all locks held by any tab.
pub async fn held() -> Result<BTreeSet<String>, PortError> {
    let asked = query_locks().map_err(|_| PortError::Unsupported("locks between tabs".into()))?;
    let snapshot = JsFuture::from(asked).await.map_err(|error| failed(&error))?;
    let held = Reflect::get(&snapshot, &"held".into()).map_err(|error| failed(&error))?;
    let name = |lock: JsValue| Reflect::get(&lock, &"name".into()).ok()?.as_string();
    Ok(Array::from(&held).iter().filter_map(name).collect())
}

/// Hears other tabs ask for an account; until dropped.
pub struct Bell {
    channel: BroadcastChannel,
    _on_message: Closure<dyn FnMut()>,
}

impl Drop for Bell {
    fn drop(&mut self) {
        self.channel.close();
    }
}

impl Bell {
    pub fn hang(key: &AccountKey, tell: &mpsc::UnboundedSender<Note>) -> Result<Self, PortError> {
        let channel = BroadcastChannel::new(&name(key)).map_err(|error| failed(&error))?;
        let (tell, key) = (tell.clone(), key.clone());
        let on_message = Closure::<dyn FnMut()>::new(move || {
            let _ = tell.send(Note::Wanted(key.clone()));
        });
        channel.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        Ok(Self { channel, _on_message: on_message })
    }
}
