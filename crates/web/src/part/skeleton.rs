// SPDX-License-Identifier: EUPL-1.2
//! Grey shapes where content will be, told to screen readers in words.

use crate::text::words;
use leptos::{html, prelude::*};

/// Rows of a list on their way.
pub fn rows(count: usize) -> AnyView {
    let row = |number: usize| {
        let width = 30 + (number * 17) % 40;
        let bar = |percent: usize| html::span().class("rp-skel rp-skel--bar").style(("width", format!("{percent}%")));
        html::div().class("rp-row rp-row--still").child((
            html::span().class("rp-skel rp-skel--disc"),
            html::span().class("rp-row__body").child((bar(width), bar(width + 28))),
        ))
    };
    html::div()
        .class("rp-rows")
        .attr("aria-busy", "true")
        .child((
            html::span().class("rp-sr").attr("role", "status").child(words("loading")),
            (0..count).map(row).collect::<Vec<_>>(),
        ))
        .into_any()
}
