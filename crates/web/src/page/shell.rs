// SPDX-License-Identifier: EUPL-1.2
//! The frame: rail and three panes on the desk, one column with a bar on the phone, from the same parts.

use super::{conversation, details, list, people, pick, settings};
use crate::{
    cockpit,
    part::{
        art::{self, Capsule},
        icon::{Icon, icon},
        live,
    },
    place::{Area, Place},
    state::{App, app},
    text::words,
};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

pub fn shell() -> AnyView {
    let app = app();
    keyboard(app);
    // the list stays drawn while only the open conversation changes
    let wide = Memo::new(move |_| matches!(app.behind(), Place::Admin(_)));
    let view = move || match app.behind() {
        Place::List | Place::New | Place::People | Place::Me => "list",
        Place::Conversation(_) | Place::Admin(_) => "main",
        Place::Details(_) => "details",
    };
    html::div()
        .class("rp-app")
        .class(("rp-app--wide", move || wide.get()))
        .attr("data-view", view)
        .attr("data-details", move || matches!(app.behind(), Place::Details(_)).then_some(""))
        .attr("data-keepbar", move || wide.get().then_some(""))
        .child((
            skip(),
            nav("rp-rail", app),
            html::main().class("rp-body").child((move || (!wide.get()).then(side), sheet(app))),
            nav("rp-bar", app),
            move || (app.place.get() == Place::New).then(pick::new_conversation),
        ))
        .into_any()
}

fn skip() -> AnyView {
    html::a().class("rp-skip").attr("href", "#main").child(words("skip")).into_any()
}

/// The middle column: list, directory or settings.
fn side() -> AnyView {
    let app = app();
    let kind = Memo::new(move |_| match app.behind() {
        Place::People => Side::People,
        Place::Me => Side::Me,
        _ => Side::List,
    });
    html::section()
        .class("rp-side")
        .attr("aria-label", words("list-label"))
        .child(live(move || match kind.get() {
            Side::List => list::list(),
            Side::People => people::people(),
            Side::Me => settings::settings(),
        }))
        .into_any()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    List,
    People,
    Me,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sheet {
    Nothing,
    Conversation(client_api::ConversationId),
    Admin,
}

/// What was chosen in the middle column; on the phone it takes that column's place.
fn sheet(app: App) -> AnyView {
    let what = Memo::new(move |_| match app.behind() {
        Place::Admin(_) => Sheet::Admin,
        place => place.conversation().map_or(Sheet::Nothing, Sheet::Conversation),
    });
    html::div()
        .class("rp-sheet")
        .attr("id", "main")
        .child(live(move || match what.get() {
            Sheet::Nothing => html::section().class("rp-pane rp-main").child(nothing_chosen()).into_any(),
            Sheet::Conversation(id) => (conversation::conversation(id), move || {
                (app.place.get() == Place::Details(id)).then(|| details::details(id))
            })
                .into_any(),
            Sheet::Admin => html::section().class("rp-pane rp-main").child(cockpit::cockpit()).into_any(),
        }))
        .into_any()
}

fn nothing_chosen() -> AnyView {
    html::div()
        .class("rp-empty")
        .child((
            art::tube(Capsule::Ready),
            html::h2().class("rp-h2").child(words("nothing-chosen")),
            html::p().child((
                words("nothing-chosen-press"),
                " ",
                html::span().class("rp-kbd").child(words("ctrl-k")),
                " ",
                words("nothing-chosen-type"),
            )),
        ))
        .into_any()
}

/// A main area: its place, icon, name, and a number at its icon.
fn entry(
    app: App,
    to: Place,
    what: Icon,
    label: &'static str,
    number: impl Fn() -> u32 + Copy + Send + 'static,
) -> AnyView {
    let current = move || {
        let here = match app.place.get() {
            Place::People => Place::People,
            Place::Me => Place::Me,
            Place::Admin(_) => Place::Admin(Area::People),
            _ => Place::List,
        };
        (here == to).then_some("page")
    };
    let badge = move || {
        let number = number();
        (number > 0)
            .then(|| html::span().class("rp-badge").child(if number > 99 { "99+".into() } else { number.to_string() }))
    };
    html::a()
        .attr("href", to.path())
        .attr("aria-current", current)
        .on(ev::click, move |event| {
            event.prevent_default();
            app.go(to);
        })
        .child((html::span().child((icon(what), badge)), html::span().child(words(label))))
        .into_any()
}

fn nav(class: &'static str, app: App) -> AnyView {
    let unread = move || {
        app.conversations
            .with(|all| all.as_ref().map_or(0, |all| all.iter().filter(|one| one.undisplayed > 0).count() as u32))
    };
    let rail = class == "rp-rail";
    let admin = move || {
        app.status
            .with(|status| status.administrator)
            .then(|| entry(app, Place::Admin(Area::People), Icon::Building, "area-admin", || 0))
    };
    html::nav()
        .class(class)
        .attr("aria-label", words("areas"))
        .child((
            rail.then(|| art::logo("rp-logo rp-rail__logo")),
            entry(app, Place::List, Icon::Chats, "area-list", unread),
            entry(app, Place::People, Icon::Directory, "area-people", || 0),
            rail.then(|| html::span().class("rp-grow")),
            admin,
            entry(app, Place::Me, Icon::Me, "area-me", || 0),
        ))
        .into_any()
}

/// A dialog has the Escape key for itself.
fn is_dialog_open() -> bool {
    document().query_selector("dialog[open], .rp-menu").ok().flatten().is_some()
}

/// What was left gives the focus to where one came from, once that is drawn.
fn focus_soon(selector: String) {
    request_animation_frame(move || {
        let element = document().query_selector(&selector).ok().flatten();
        if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = element.focus();
        }
    });
}

/// Ctrl+K finds, Alt+N begins, Escape goes one step back.
fn keyboard(app: App) {
    let handle = window_event_listener(ev::keydown, move |event| {
        let key = event.key();
        if (event.ctrl_key() || event.meta_key()) && key.eq_ignore_ascii_case("k") {
            event.prevent_default();
            app.within.set(None);
            app.palette.update(|open| *open = !*open);
        } else if event.alt_key() && key.eq_ignore_ascii_case("n") {
            event.prevent_default();
            app.go(Place::New);
        } else if key == "Escape" && !event.default_prevented() && !is_dialog_open() {
            match app.place.get_untracked() {
                Place::Details(id) => {
                    app.go(Place::Conversation(id));
                    focus_soon(".rp-head__acts button:last-child".into());
                }
                Place::Conversation(id) => {
                    app.go(Place::List);
                    focus_soon(format!(".rp-row[href='{}']", Place::Conversation(id).path()));
                }
                _ => {}
            }
        }
    });
    on_cleanup(move || handle.remove());
}
