// SPDX-License-Identifier: EUPL-1.2
//! Controls: a button with an icon, a search field, a labelled input.

use super::icon::{Icon, icon, small};
use crate::text::words;
use leptos::{ev, html, prelude::*};

/// A round button with an icon; `label` is its text key, shown on hover and said aloud.
pub fn icon_button(what: Icon, label: &'static str, act: impl Fn() + 'static) -> AnyView {
    styled_icon_button(what, label, "", act)
}

/// See [`icon_button`], with further classes.
pub fn styled_icon_button(what: Icon, label: &'static str, class: &'static str, act: impl Fn() + 'static) -> AnyView {
    html::button()
        .attr("type", "button")
        .class(format!("rp-iconbtn {class}"))
        .attr("aria-label", words(label))
        .attr("title", words(label))
        .on(ev::click, move |_| act())
        .child(icon(what))
        .into_any()
}

/// A button with words; `class` such as `rp-btn--primary`.
pub fn button(label: &'static str, class: &'static str, act: impl Fn() + 'static) -> AnyView {
    html::button()
        .attr("type", "button")
        .class(format!("rp-btn {class}"))
        .on(ev::click, move |_| act())
        .child(words(label))
        .into_any()
}

/// See [`button`], with an icon before the words.
pub fn button_with(what: Icon, label: &'static str, class: &'static str, act: impl Fn() + 'static) -> AnyView {
    html::button()
        .attr("type", "button")
        .class(format!("rp-btn {class}"))
        .on(ev::click, move |_| act())
        .child((icon(what), html::span().child(words(label))))
        .into_any()
}

/// A field to search in; `keys` get the keys pressed in it.
pub fn search(
    value: RwSignal<String>,
    label: &'static str,
    keys: impl Fn(web_sys::KeyboardEvent) + 'static,
) -> AnyView {
    search_field(value, label, keys, false)
}

/// See [`search`], for a dialog that is opened to search in: it has the focus at once, unless a keyboard drawn on the
/// screen would then cover what is found.
pub fn search_at_once(
    value: RwSignal<String>,
    label: &'static str,
    keys: impl Fn(web_sys::KeyboardEvent) + 'static,
) -> AnyView {
    let types = window().match_media("(pointer: fine)").ok().flatten().is_some_and(|found| found.matches());
    search_field(value, label, keys, types)
}

fn search_field(
    value: RwSignal<String>,
    label: &'static str,
    keys: impl Fn(web_sys::KeyboardEvent) + 'static,
    focused: bool,
) -> AnyView {
    let input = html::input()
        .attr("autofocus", focused.then_some(""))
        .attr("type", "search")
        .attr("enterkeyhint", "search")
        .attr("autocomplete", "off")
        .attr("placeholder", words(label))
        .prop("value", move || value.get())
        .on(ev::input, move |event| value.set(event_target_value(&event)))
        .on(ev::keydown, keys);
    html::label()
        .class("rp-field rp-search")
        .child((small(Icon::Search), html::span().class("rp-sr").child(words(label)), input))
        .into_any()
}

/// A line to fill in, with its label above and what is wrong below.
pub fn line(
    kind: &'static str,
    label: &'static str,
    value: RwSignal<String>,
    wrong: impl Fn() -> Option<String> + Copy + Send + 'static,
) -> AnyView {
    let input = html::input()
        .attr("type", kind)
        .class("rp-input")
        .attr("autocomplete", "off")
        .attr("aria-invalid", move || wrong().map(|_| "true"))
        .prop("value", move || value.get())
        .on(ev::input, move |event| value.set(event_target_value(&event)));
    let said = move || wrong().map(|text| html::span().class("rp-line__wrong").attr("role", "alert").child(text));
    html::label().class("rp-lineinput").child((html::span().child(words(label)), input, said)).into_any()
}
