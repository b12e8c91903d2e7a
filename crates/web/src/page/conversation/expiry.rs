// SPDX-License-Identifier: EUPL-1.2
//! Choosing when a message destroys itself.

use crate::{
    part::{
        dialog::{self, Width},
        icon::{Icon, small},
    },
    text::{t, tr, words},
    time,
};
use client_api::{Expiry, Timestamp};
use js_sys::Date;
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsValue;

/// The spans offered, seconds.
const SPANS: [u32; 6] = [10, 60, 300, 3600, 86_400, 604_800];

/// What was chosen, in words for the composer's chip.
pub fn chosen(expires: Expiry) -> String {
    match expires {
        Expiry::Never => t("expiry-never"),
        Expiry::AfterReading(secs) => tr("expiry-after", &[("span", time::span(secs).into())]),
        Expiry::At(at) => tr("expiry-at", &[("when", time::in_sentence(at).into())]),
    }
}

pub fn picker(value: RwSignal<Expiry>, close: impl Fn() + Clone + 'static) -> AnyView {
    let at = RwSignal::new(String::new());
    let done = close.clone();
    let choose = move |expires: Expiry| {
        value.set(expires);
        done();
    };
    let option = move |expires: Expiry, what: Icon, text: Box<dyn Fn() -> String + Send>| {
        let choose = choose.clone();
        let is = move || value.get() == expires;
        html::div().attr("role", "none").child(
            html::button()
                .attr("type", "button")
                .attr("role", "radio")
                .attr("aria-checked", move || if is() { "true" } else { "false" })
                .on(ev::click, move |_| choose(expires))
                .child((small(what), html::span().class("rp-grow").child(text), move || {
                    is().then(|| small(Icon::Check))
                })),
        )
    };
    let spans: Vec<_> = SPANS
        .into_iter()
        .map(|secs| {
            let text = move || tr("expiry-option-after", &[("span", time::span(secs).into())]);
            option(Expiry::AfterReading(secs), Icon::Timer, Box::new(text))
        })
        .collect();
    let leave = close.clone();
    let set = move || {
        if let Some(when) = parse(&at.get_untracked()) {
            value.set(Expiry::At(when));
            leave();
        }
    };
    let ahead = move || parse(&at.get()).is_some_and(|when| when > time::now());
    let moment = html::form()
        .class("rp-expiry__at")
        .on(ev::submit, move |event| {
            event.prevent_default();
            set();
        })
        .child((
            html::label().child((
                html::span().child(words("expiry-moment")),
                html::input()
                    .attr("type", "datetime-local")
                    .class("rp-input")
                    .prop("value", move || at.get())
                    .on(ev::input, move |event| at.set(event_target_value(&event))),
            )),
            html::button()
                .attr("type", "submit")
                .class("rp-btn")
                .prop("disabled", move || !ahead())
                .child(words("expiry-set")),
        ));
    let body = html::div().class("rp-expiry").child((
        html::p().class("rp-sm rp-muted").child(words("expiry-text")),
        html::div()
            .class("rp-timepick")
            .attr("role", "radiogroup")
            .attr("aria-label", words("expiry"))
            .child((option(Expiry::Never, Icon::X, Box::new(|| t("expiry-never"))), spans)),
        moment,
    ));
    dialog::dialog(|| t("expiry"), Width::Small, close, body)
}

/// A `datetime-local` value as local time.
fn parse(text: &str) -> Option<Timestamp> {
    if text.is_empty() {
        return None;
    }
    let millis = Date::new(&JsValue::from_str(text)).get_time();
    (millis.is_finite() && millis > 0.0).then_some(Timestamp(millis as u64))
}
