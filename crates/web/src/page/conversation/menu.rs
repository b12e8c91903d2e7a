// SPDX-License-Identifier: EUPL-1.2
//! What can be done with a message: by its button, right click, long press or the menu key.

use super::{
    Open,
    rows::{MessageRow, is_own},
};
use crate::{
    bridge::{self, ask},
    part::icon::{Icon, icon, small},
    saying::Toast,
    state::{App, app},
    text::words,
};
use client_api::{Command, Delivery, MessageId, MessageState, MessageView, Query};
use leptos::{ev, html, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlElement, KeyboardEvent, MouseEvent};

/// An open menu: for which message, and where it hangs, px from the window's left and top.
#[derive(Clone, Debug, PartialEq)]
pub struct Menu {
    pub view: MessageView,
    pub x: f64,
    pub y: f64,
}

/// The menu keeps this far from the window's edges, px.
const EDGE: f64 = 8.0;

/// The button at a message; always there for screen readers and keyboards, drawn when near.
pub fn button(open: Open, row: Memo<MessageRow>) -> AnyView {
    html::button()
        .attr("type", "button")
        .class("rp-iconbtn rp-msg__more")
        .attr("aria-haspopup", "menu")
        .attr("aria-label", words("message-menu"))
        .on(ev::click, move |event| {
            let at = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
            let at = at.map(|element| element.get_bounding_client_rect());
            let (x, y) = at.map_or((0.0, 0.0), |rect| (rect.left(), rect.bottom()));
            show(open, row.get_untracked().view, x, y);
        })
        .child(icon(Icon::Down))
        .into_any()
}

fn show(open: Open, view: MessageView, x: f64, y: f64) {
    open.menu.set(Some(Menu { view, x, y }));
}

/// Moves the menu, as large as it has become, into the window.
fn bring_in(menu: &HtmlElement, x: f64, y: f64) {
    let size =
        |value: Result<wasm_bindgen::JsValue, wasm_bindgen::JsValue>| value.ok().and_then(|value| value.as_f64());
    let (width, height) = (size(window().inner_width()).unwrap_or(1e4), size(window().inner_height()).unwrap_or(1e4));
    let rect = menu.get_bounding_client_rect();
    let style = web_sys::HtmlElement::style(menu);
    let (x, y) = (x.min(width - rect.width() - EDGE).max(EDGE), y.min(height - rect.height() - EDGE).max(EDGE));
    let _ = style.set_property("left", &format!("{x}px"));
    let _ = style.set_property("top", &format!("{y}px"));
}

/// The message an event happened on.
fn message_of(open: Open, target: Option<web_sys::EventTarget>) -> Option<MessageView> {
    let element = target?.dyn_into::<Element>().ok()?.closest("[data-message]").ok()??;
    let id: MessageId = element.get_attribute("data-message")?.parse().ok()?;
    open.window.messages.with_untracked(|all| all.as_ref()?.iter().find(|one| one.id == id).cloned())
}

/// Right click, and a long press on touch screens; links and chosen text keep the browser's own menu.
pub fn on_context(open: Open, event: &MouseEvent) {
    let chosen = window().get_selection().ok().flatten().is_some_and(|selection| !selection.is_collapsed());
    let on_link = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
        .is_some_and(|element| element.closest("a[target]").ok().flatten().is_some());
    if chosen || on_link {
        return;
    }
    if let Some(view) = message_of(open, event.target()) {
        event.prevent_default();
        show(open, view, f64::from(event.client_x()), f64::from(event.client_y()));
    }
}

/// Arrows go from message to message, the menu key or Shift+F10 opens the menu.
pub fn on_key(open: Open, event: &KeyboardEvent) {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    let here = target.closest(".rp-msg").ok().flatten();
    match event.key().as_str() {
        "ContextMenu" | "F10" if event.key() != "F10" || event.shift_key() => {
            if let (Some(element), Some(view)) = (here, message_of(open, event.target())) {
                event.prevent_default();
                let rect = element.get_bounding_client_rect();
                show(open, view, rect.left() + 48.0, rect.top() + 24.0);
            }
        }
        "ArrowUp" | "ArrowDown" if target.closest("button, a, input").ok().flatten().is_none() => {
            let up = event.key() == "ArrowUp";
            if let Some(next) = neighbour(here.as_ref(), up) {
                event.prevent_default();
                let _ = next.focus();
            }
        }
        _ => {}
    }
}

/// The message above or below; from the thread itself the newest.
fn neighbour(here: Option<&Element>, up: bool) -> Option<HtmlElement> {
    let all = document().query_selector_all(".rp-thread .rp-msg").ok()?;
    let count = all.length();
    let at = |index: u32| all.get(index)?.dyn_into::<HtmlElement>().ok();
    let Some(here) = here else { return at(count.checked_sub(1)?) };
    let index = (0..count).find(|index| at(*index).is_some_and(|one| one.is_same_node(Some(here))))?;
    if up { at(index.checked_sub(1)?) } else { at(index + 1) }
}

pub fn menu(open: Open, menu: Menu) -> AnyView {
    let app = app();
    let Menu { view, x, y } = menu;
    let element = NodeRef::<html::Div>::new();
    let before = document().active_element();
    let close = move || {
        open.menu.set(None);
    };
    Effect::new(move || {
        if let Some(menu) = element.get() {
            bring_in(&menu, x, y);
            focus_in(&menu, 0);
        }
    });
    on_cleanup({
        let before = send_wrapper::SendWrapper::new(before);
        move || {
            if let Some(before) = before.take().and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
                let _ = before.focus();
            }
        }
    });
    let entries = entries(app, open, view);
    (
        html::div().class("rp-menuback").on(ev::click, move |_| close()).on(ev::contextmenu, move |event| {
            event.prevent_default();
            close();
        }),
        html::div()
            .class("rp-menu rp-menu--float")
            .attr("role", "menu")
            .attr("aria-label", words("message-menu"))
            .style(("left", format!("{x}px")))
            .style(("top", format!("{y}px")))
            .node_ref(element)
            .on(ev::keydown, move |event| {
                keys(&event, &element, close);
            })
            .child(entries),
    )
        .into_any()
}

fn keys(event: &KeyboardEvent, element: &NodeRef<html::Div>, close: impl Fn()) {
    let Some(menu) = element.get_untracked() else { return };
    let here = document().active_element();
    let items = menu.query_selector_all("[role=menuitem]").ok();
    let Some(items) = items else { return };
    let index = (0..items.length())
        .find(|index| here.as_ref().is_some_and(|here| items.get(*index).is_some_and(|one| one == **here)))
        .unwrap_or(0);
    let count = items.length().max(1);
    let next = match event.key().as_str() {
        "ArrowDown" => (index + 1) % count,
        "ArrowUp" => (index + count - 1) % count,
        "Home" => 0,
        "End" => count - 1,
        "Escape" | "Tab" => {
            event.prevent_default();
            event.stop_propagation();
            return close();
        }
        _ => return,
    };
    event.prevent_default();
    focus_in(&menu, next);
}

fn focus_in(menu: &Element, index: u32) {
    let item = menu.query_selector_all("[role=menuitem]").ok().and_then(|all| all.get(index));
    if let Some(item) = item.and_then(|item| item.dyn_into::<HtmlElement>().ok()) {
        let _ = item.focus();
    }
}

fn entries(app: App, open: Open, view: MessageView) -> Vec<AnyView> {
    let id = view.id;
    let shown = view.state == MessageState::Shown;
    let item = move |what: Icon, key: &'static str, class: &'static str, act: Box<dyn Fn()>| {
        html::button()
            .attr("type", "button")
            .attr("role", "menuitem")
            .class(class)
            .on(ev::click, move |_| {
                open.menu.set(None);
                act();
            })
            .child((small(what), html::span().child(words(key))))
            .into_any()
    };
    let mut all = Vec::new();
    if shown {
        let quote = view.clone();
        all.push(item(Icon::Reply, "reply", "", Box::new(move || open.composer.reply_to(quote.clone()))));
    }
    if view.forwardable {
        let message = view.clone();
        all.push(item(Icon::Forward, "forward", "", Box::new(move || open.forward.set(Some(message.clone())))));
    }
    if let Some(text) = view.text.clone().filter(|text| shown && !text.is_empty()) {
        all.push(item(Icon::Copy, "copy-text", "", Box::new(move || copy(app, text.clone()))));
    }
    if view.delivery == Delivery::Waiting && is_own(&view) {
        all.push(item(Icon::X, "cancel-send", "bad", Box::new(move || cancel(app, open, id))));
    } else {
        all.push(item(Icon::Trash, "delete-here", "bad", Box::new(move || delete_here(app, open, id))));
    }
    all
}

fn copy(app: App, text: String) {
    spawn_local(async move {
        let done = JsFuture::from(window().navigator().clipboard().write_text(&text)).await;
        app.say(Toast::done(if done.is_ok() { "copied" } else { "not-copied" }));
    });
}

fn delete_here(app: App, open: Open, id: MessageId) {
    spawn_local(async move {
        match bridge::tell(Command::DeleteHere(vec![id])).await {
            Ok(_) => {
                open.window.focus.set(Some(id));
                open.window.refresh(app);
            }
            Err(error) => app.complain(&error),
        }
    });
}

/// Takes an own message back; its text goes back into the composer, so that nothing typed is lost.
pub fn cancel(app: App, open: Open, id: MessageId) {
    spawn_local(async move {
        let text = ask!(Query::Message(id), Message).ok().flatten().and_then(|view| view.text);
        match bridge::tell(Command::CancelSend(id)).await {
            Ok(_) => {
                open.composer.give_back(text.unwrap_or_default());
                open.window.refresh(app);
                app.list_changed();
            }
            Err(error) => app.complain(&error),
        }
    });
}
