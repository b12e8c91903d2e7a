// SPDX-License-Identifier: EUPL-1.2
//! One conversation: head, messages, composer; files may be dropped anywhere on it.

mod composer;
mod expiry;
mod head;
mod lightbox;
mod menu;
mod message;
pub mod photo;
mod rows;
mod thread;
mod tray;
mod window;

use crate::state::app;
use client_api::{ConversationId, MessageView};
use composer::Composer;
pub use composer::Composers;
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

/// What the parts of one open conversation share.
#[derive(Clone, Copy)]
pub struct Open {
    pub id: ConversationId,
    pub window: window::Window,
    pub composer: Composer,
    /// The message a menu is open for, and where.
    pub menu: RwSignal<Option<menu::Menu>>,
    /// The message being handed on.
    pub forward: RwSignal<Option<MessageView>>,
    /// The picture shown large.
    pub large: RwSignal<Option<lightbox::Large>>,
}

pub fn conversation(id: ConversationId) -> AnyView {
    let app = app();
    let open = Open {
        id,
        window: window::Window::new(id),
        composer: expect_context::<Composers>().of(id),
        menu: RwSignal::new(None),
        forward: RwSignal::new(None),
        large: RwSignal::new(None),
    };
    let view = Memo::new(move |_| app.conversation(id));
    open.window.open(app);
    let over = RwSignal::new(false);
    html::section()
        .class("rp-pane rp-main")
        .on(ev::dragover, move |event| {
            // text that is moved about is the browser's affair
            if event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0)) {
                event.prevent_default();
                over.set(true);
            }
        })
        .on(ev::dragleave, move |event| {
            let inside = event.related_target().and_then(|to| to.dyn_into::<web_sys::Element>().ok());
            if inside.is_none_or(|element| element.closest(".rp-main").ok().flatten().is_none()) {
                over.set(false);
            }
        })
        .on(ev::drop, move |event| {
            event.prevent_default();
            over.set(false);
            if let Some(files) = event.data_transfer().and_then(|data| data.files()) {
                open.composer.take(app, &files, tray::Origin::File);
            }
        })
        .child((
            head::head(open, view),
            thread::thread(open, view),
            composer::composer(open, view),
            move || over.get().then(tray::drop_zone),
            move || open.menu.get().map(|menu| menu::menu(open, menu)),
            move || open.large.get().map(|large| lightbox::lightbox(open, large)),
            move || {
                open.forward.get().map(|message| crate::page::forward::forward(message, move || open.forward.set(None)))
            },
        ))
        .into_any()
}
