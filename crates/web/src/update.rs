// SPDX-License-Identifier: EUPL-1.2
//! The release kept on this device, and the offer to load a newer one.

use crate::{
    part::{
        field::button,
        icon::{Icon, small},
        live,
    },
    script,
    state::App,
    text::words,
};
use leptos::{html, prelude::*, task::spawn_local};
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ServiceWorker, ServiceWorkerContainer, ServiceWorkerRegistration};

/// How often it is looked for a newer release while the page is open.
const LOOK: Duration = Duration::from_secs(30 * 60);

/// Registers the worker that keeps the release; `App::update` turns true when a newer one waits.
pub fn watch(app: App) {
    let container = container();
    let Some(container) = container else { return };
    spawn_local(async move {
        let Ok(registration) = script::register() else { return };
        let Ok(registration) = JsFuture::from(registration).await else { return };
        let Ok(registration) = registration.dyn_into::<ServiceWorkerRegistration>() else { return };
        if registration.waiting().is_some() && container.controller().is_some() {
            app.update.set(true);
        }
        let found = {
            let registration = registration.clone();
            let container = container.clone();
            Closure::<dyn FnMut()>::new(move || {
                if let Some(worker) = registration.installing() {
                    follow(app, &worker, container.controller().is_some());
                }
            })
        };
        registration.set_onupdatefound(Some(found.into_js_value().unchecked_ref()));
        set_interval(
            move || {
                if let Ok(promise) = registration.update() {
                    spawn_local(async move {
                        let _ = JsFuture::from(promise).await;
                    });
                }
            },
            LOOK,
        );
    });
}

/// `None` where the browser has none or the page is not secure.
fn container() -> Option<ServiceWorkerContainer> {
    let navigator = window().navigator();
    let has = js_sys::Reflect::has(&navigator, &JsValue::from_str("serviceWorker")).unwrap_or(false);
    has.then(|| navigator.service_worker())
}

/// A worker being installed: the first one ever is no news.
fn follow(app: App, worker: &ServiceWorker, newer: bool) {
    let watched = worker.clone();
    let changed = Closure::<dyn FnMut()>::new(move || {
        if newer && watched.state() == web_sys::ServiceWorkerState::Installed {
            app.update.set(true);
        }
    });
    worker.set_onstatechange(Some(changed.into_js_value().unchecked_ref()));
}

/// Lets the newer release take over, then loads it.
fn take_over() {
    let Some(container) = container() else { return };
    let reload = Closure::<dyn FnMut()>::new(|| {
        let _ = window().location().reload();
    });
    container.set_oncontrollerchange(Some(reload.into_js_value().unchecked_ref()));
    spawn_local(async move {
        let promise = JsFuture::from(container.get_registration());
        let Ok(registration) = promise.await else { return };
        if let Ok(registration) = registration.dyn_into::<ServiceWorkerRegistration>()
            && let Some(waiting) = registration.waiting()
        {
            let _ = waiting.post_message(&JsValue::from_str("take-over"));
        }
    });
}

/// "Neue Version bereit", above the list.
pub fn prompt(app: App) -> AnyView {
    live(move || {
        app.update.get().then(|| {
            html::div().class("rp-banner rp-banner--info").attr("role", "status").child((
                small(Icon::Refresh),
                html::div().class("rp-grow").child(html::b().child(words("update-ready"))),
                button("update-now", "rp-btn--quiet", take_over),
            ))
        })
    })
}
