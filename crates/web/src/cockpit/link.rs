// SPDX-License-Identifier: EUPL-1.2
//! An invitation link to hand over: to copy, to scan, and what it is worth.

use crate::{
    part::{
        field::button_with,
        icon::{Icon, small},
        live,
    },
    text::{tr, words},
};
use client_api::Link;
use leptos::{ev, html, prelude::*, svg, task::spawn_local};
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write;
use wasm_bindgen_futures::JsFuture;

/// White modules around the code; scanners want four.
const QUIET: i32 = 4;

/// How copying went.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Copied {
    Not,
    Done,
    Failed,
}

/// Shows the link of `name`; `more` stands below it.
pub fn link(name: String, link: Link, more: impl IntoView + 'static) -> AnyView {
    let copied = RwSignal::new(Copied::Not);
    let input = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            // the dialog has its focus by then
            request_animation_frame(move || {
                let _ = input.focus();
                input.select();
            });
        }
    });
    let text = link.0;
    let code = qr(&text, &name);
    let label = name.clone();
    let field = html::label().class("rp-lineinput").child((
        html::span().child(words("admin-link")),
        html::input()
            .attr("type", "text")
            .class("rp-input")
            .attr("readonly", "")
            .attr("spellcheck", "false")
            .prop("value", text.clone())
            .node_ref(input)
            .on(ev::focus, move |_| {
                if let Some(input) = input.get_untracked() {
                    input.select();
                }
            }),
    ));
    let said = move || {
        let (what, key) = match copied.get() {
            Copied::Not => return None,
            Copied::Done => (Icon::Check, "copied"),
            Copied::Failed => (Icon::Warn, "not-copied"),
        };
        Some((small(what), html::span().child(words(key))))
    };
    html::div()
        .class("rp-modal__text rp-link")
        .child((
            html::p().child(live(move || tr("admin-link-text", &[("name", label.as_str().into())]))),
            field,
            html::div().class("rp-link__acts").child((
                button_with(Icon::Copy, "admin-link-copy", "rp-btn--primary", move || copy(text.clone(), copied)),
                html::span().class("rp-link__said rp-sm").attr("role", "status").child(said),
            )),
            code,
            html::p().class("rp-sm rp-muted").child(words("admin-link-hint")),
            more,
        ))
        .into_any()
}

fn copy(text: String, copied: RwSignal<Copied>) {
    spawn_local(async move {
        let done = JsFuture::from(window().navigator().clipboard().write_text(&text)).await;
        copied.set(if done.is_ok() { Copied::Done } else { Copied::Failed });
    });
}

/// Black on white in both schemes, or scanners fail.
fn qr(text: &str, name: &str) -> AnyView {
    let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Medium) else {
        return html::p().class("rp-sm rp-muted").child(words("admin-link-no-code")).into_any();
    };
    let side = code.size() + 2 * QUIET;
    let name = name.to_owned();
    let ground = svg::rect().attr("width", side.to_string()).attr("height", side.to_string()).attr("fill", "#fff");
    let modules = svg::path().attr("d", modules(&code)).attr("fill", "#000");
    svg::svg()
        .attr("class", "rp-qr")
        .attr("viewBox", format!("0 0 {side} {side}"))
        .attr("shape-rendering", "crispEdges")
        .attr("role", "img")
        .attr("aria-label", move || tr("admin-link-code", &[("name", name.as_str().into())]))
        .child((ground, modules))
        .into_any()
}

/// One path of all dark modules, each run in a row as one box.
fn modules(code: &QrCode) -> String {
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|x| code.get_module(*x, y)).count();
            let run = i32::try_from(run).unwrap_or(0);
            if run > 0 {
                // writing into a text can't fail
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
            }
            x += run + 1;
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The dark modules a path covers.
    fn covered(path: &str) -> Vec<(i32, i32)> {
        let boxes = path.split('M').filter(|one| !one.is_empty()).map(|one| {
            let (start, rest) = one.split_once('h').unwrap();
            let (x, y) = start.split_once(' ').unwrap();
            let run: i32 = rest.split_once('v').unwrap().0.parse().unwrap();
            (x.parse::<i32>().unwrap() - QUIET, y.parse::<i32>().unwrap() - QUIET, run)
        });
        boxes.flat_map(|(x, y, run)| (x..x + run).map(move |x| (x, y))).collect()
    }

    #[test]
    fn every_dark_module_is_drawn_once_and_no_light_one() {
        let code = QrCode::encode_text("https://rohrpost.example/#/einladung/abc", QrCodeEcc::Medium).unwrap();
        let dark = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
        let dark: Vec<_> = dark.filter(|(x, y)| code.get_module(*x, *y)).collect();
        assert_eq!(covered(&modules(&code)), dark);
    }
}
