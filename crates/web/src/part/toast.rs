// SPDX-License-Identifier: EUPL-1.2
//! Short words at the lower edge: what went wrong or was done, said aloud too; gone by itself or by a button.

use super::icon::{Icon, small};
use crate::{
    saying::{Saying, Toast, explain, reason},
    state::app,
    text::{t, words},
};
use leptos::{html, prelude::*};

/// All that are shown now.
pub fn toasts() -> AnyView {
    let app = app();
    let one = move |toast: Toast| {
        let number = toast.number;
        let saying = toast.saying;
        let text = move || match &saying {
            Saying::Key(key) => t(key),
            Saying::Error(error) => explain(error),
            Saying::Why(why) => reason(*why),
        };
        let close = html::button()
            .attr("type", "button")
            .class("rp-iconbtn rp-toast__close")
            .attr("aria-label", words("close"))
            .on(leptos::ev::click, move |_| app.unsay(number))
            .child(small(Icon::X));
        html::div().class("rp-toast").child((html::span().child(text), close))
    };
    html::div()
        .class("rp-toasts")
        .attr("role", "status")
        .attr("aria-live", "polite")
        .child(For(ForProps::builder().each(move || app.toasts.get()).key(|toast| toast.number).children(one).build()))
        .into_any()
}
