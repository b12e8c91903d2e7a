// SPDX-License-Identifier: EUPL-1.2
//! Dialogs as the browser knows them: focus stays inside, Escape closes, what is behind is out of reach.

use super::{
    field::{button, styled_icon_button},
    icon::Icon,
};
use crate::text::words;
use leptos::{ev, html, prelude::*};
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;

/// How wide it is on a desk; on a phone each fills the screen but the small one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Width {
    Small,
    Usual,
    Large,
}

/// A dialog with a heading; shown as soon as it is drawn, `close` is called when it was closed in any way.
pub fn dialog(
    heading: impl Fn() -> String + Send + 'static,
    width: Width,
    close: impl Fn() + Clone + 'static,
    body: impl IntoView + 'static,
) -> AnyView {
    let (leave, leave_too) = (close.clone(), close.clone());
    let head = html::header().class("rp-top").child((
        html::h1().class("rp-h1").attr("id", "dialog-heading").child(heading),
        styled_icon_button(Icon::X, "close", "", leave),
    ));
    frame(width, "dialog-heading", leave_too, (head, body).into_any())
}

/// A dialog without a heading of its own; `label` is the id of the element that names it.
pub fn frame(width: Width, label: &'static str, close: impl Fn() + Clone + 'static, body: AnyView) -> AnyView {
    let element = NodeRef::<html::Dialog>::new();
    give_focus_back();
    let class = match width {
        Width::Small => "rp-modal rp-modal--s",
        Width::Usual => "rp-modal",
        Width::Large => "rp-modal rp-modal--l",
    };
    Effect::new(move || {
        if let Some(dialog) = element.get()
            && !dialog.open()
        {
            let _ = dialog.show_modal();
        }
    });
    let beside = close.clone();
    html::dialog()
        .class(class)
        .attr("aria-labelledby", label)
        .node_ref(element)
        .on(ev::Custom::<web_sys::Event>::new("cancel"), move |event| {
            event.prevent_default();
            close();
        })
        .on(ev::click, move |event| {
            // a click on the dialog itself is one beside its content
            if let (Some(target), Some(dialog)) = (event.target(), element.get_untracked())
                && target == ****dialog
            {
                beside();
            }
        })
        .child(html::div().class("rp-modal__in").child(body))
        .into_any()
}

/// What had the focus before has it again afterwards, if it is still there.
fn give_focus_back() {
    let before = SendWrapper::new(document().active_element());
    on_cleanup(move || {
        let before = before.take().and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
        if let Some(before) = before.filter(|element| element.is_connected()) {
            // once the dialog is gone: until then everything behind it is out of reach
            request_animation_frame(move || drop(before.focus()));
        }
    });
}

/// Asks before something that can't be undone.
pub fn confirm(
    (heading, text, yes): (&'static str, impl Fn() -> String + Send + 'static, &'static str),
    act: impl Fn() + Clone + 'static,
    close: impl Fn() + Clone + 'static,
) -> AnyView {
    let (no, done) = (close.clone(), close.clone());
    let buttons = html::div().class("rp-modal__acts").child((
        button("cancel", "", no),
        button(yes, "rp-btn--danger-fill", move || {
            act();
            done();
        }),
    ));
    let body = html::div().class("rp-modal__text").child((html::p().child(text), buttons));
    dialog(words(heading), Width::Small, close, body)
}
