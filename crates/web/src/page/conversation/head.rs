// SPDX-License-Identifier: EUPL-1.2
//! The head of a conversation: who it is with, and the way to its details.

use super::Open;
use crate::{
    page::list::name_of,
    part::{
        avatar,
        field::icon_button,
        icon::{Icon, icon, small},
        live,
    },
    place::Place,
    saying,
    state::{App, app},
    text::{t, tr, words},
};
use client_api::{ConversationKind, ConversationView};
use leptos::{ev, html, prelude::*};

pub fn head(open: Open, view: Memo<Option<ConversationView>>) -> AnyView {
    let app = app();
    let back = html::a()
        .class("rp-iconbtn rp-only-phone")
        .attr("href", "/")
        .attr("aria-label", words("back-to-list"))
        .on(ev::click, move |event| {
            event.prevent_default();
            app.go(Place::List);
        })
        .child(icon(Icon::Left));
    let details = move || {
        let to = match app.place.get_untracked() {
            Place::Details(id) => Place::Conversation(id),
            _ => Place::Details(open.id),
        };
        app.go(to);
    };
    let who = move || {
        view.get().map(|view| {
            let name = html::h1().class("rp-ellipsis").attr("dir", "auto").child(name_of(&view));
            (
                avatar::conversation(&view, avatar::Size::Usual),
                html::div()
                    .class("rp-head__who")
                    .child((name, html::span().class("rp-ellipsis").child(live(move || kind(&view))))),
            )
        })
    };
    let find = move || {
        app.within.set(Some(open.id));
        app.palette.set(true);
    };
    (
        html::header().class("rp-head").child((
            back,
            who,
            html::div()
                .class("rp-head__acts")
                .child((icon_button(Icon::Search, "search-here", find), icon_button(Icon::Info, "details", details))),
        )),
        problem(app, view),
    )
        .into_any()
}

fn kind(view: &ConversationView) -> String {
    match view.kind {
        ConversationKind::Own => t("kind-own"),
        ConversationKind::Direct => t("kind-direct"),
        ConversationKind::Group if !view.member => t("kind-group-left"),
        ConversationKind::Group => tr("kind-group", &[("count", view.members.into())]),
    }
}

/// Why nothing is sent here right now.
fn problem(app: App, view: Memo<Option<ConversationView>>) -> AnyView {
    live(move || {
        let why = view.with(|view| view.as_ref().and_then(|view| view.problem));
        let offline = app.outage().map(|outage| t(outage.pick("head-offline", "head-unreachable")));
        why.map(saying::reason).or(offline).map(|text| {
            html::div()
                .class("rp-headnote")
                .attr("role", "status")
                .child((small(Icon::Offline), html::span().child(text)))
        })
    })
}
