// SPDX-License-Identifier: EUPL-1.2
//! The cockpit: who belongs to the authority, and the log of what administrators did.

mod acts;
mod batch;
pub mod fetch;
mod import;
mod invite;
mod link;
pub mod order;
mod pending;
mod people;
mod person;
mod plan;
mod preview;
mod root_file;
mod sheet;
mod standing;
pub mod table;

use crate::{
    bridge::ask,
    part::{
        art::{self, Capsule},
        field::button_with,
        icon::{Icon, icon},
        live,
    },
    place::{Area, Place},
    state::{App, app},
    text::words,
};
use client_api::{PendingView, PersonView, Query, port::PortError};
use fetch::Fetch;
use leptos::{ev, html, prelude::*};
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// What the rooms share.
#[derive(Clone, Copy)]
pub struct Cockpit {
    app: App,
    administrator: Memo<bool>,
    /// The whole directory in order; empty for those who only may read the log.
    everybody: Fetch<Vec<PersonView>>,
    pending: Fetch<Vec<PendingView>>,
    import: batch::Import,
}

impl Cockpit {
    fn new(app: App) -> Self {
        let administrator = Memo::new(move |_| app.status.with(|status| status.administrator));
        // requests of new devices are told as changes of the directory too; nobody but an administrator is answered
        let everybody = Fetch::new(move || {
            app.directory.track();
            let may = administrator.get();
            async move { if may { everybody().await } else { Ok(Vec::new()) } }
        });
        let pending = Fetch::new(move || {
            app.directory.track();
            let may = administrator.get();
            async move { if may { waiting().await } else { Ok(Vec::new()) } }
        });
        Self { app, administrator, everybody, pending, import: batch::Import::new() }
    }
}

async fn everybody() -> Result<Vec<PersonView>, PortError> {
    ask!(Query::People(None), People).map(order::sorted)
}

async fn waiting() -> Result<Vec<PendingView>, PortError> {
    ask!(Query::Pending, Pending)
}

pub fn cockpit() -> AnyView {
    let app = app();
    let cockpit = Cockpit::new(app);
    // stays with the last one while the cockpit is being left
    let room = Memo::new(move |last: Option<&Area>| match app.place.get() {
        Place::Admin(room) => room,
        _ => last.copied().unwrap_or(Area::Acts),
    });
    let body = move || match (room.get(), cockpit.administrator.get()) {
        (Area::Acts, _) => acts::acts(app),
        (_, false) => only_administrators(app),
        (Area::People, true) => people::people(cockpit),
        (Area::Pending, true) => pending::pending(cockpit),
        (Area::Import, true) => import::import(cockpit),
    };
    html::div().class("rp-cock").child((nav(cockpit), html::div().class("rp-cock__body").child(body))).into_any()
}

fn nav(cockpit: Cockpit) -> AnyView {
    let app = cockpit.app;
    let authority = move || app.status.with(|status| status.authority.clone().unwrap_or_default());
    let people = move || {
        let count = cockpit.everybody.now.with(|now| now.here().map(Vec::len));
        count.map(|count| html::span().child(live(move || table::grouped(count))))
    };
    let waiting = move || {
        let count = cockpit.pending.now.with(|now| now.here().map_or(0, Vec::len));
        (count > 0).then(|| {
            html::span().class("rp-badge").child((
                html::span().attr("aria-hidden", "true").child(count),
                html::span().class("rp-sr").child(live(move || table::counted("admin-pending-count", count))),
            ))
        })
    };
    let rooms = move || {
        cockpit.administrator.get().then(|| {
            (
                entry(app, Area::People, Icon::Users, "admin-people", people),
                entry(app, Area::Pending, Icon::Phone, "admin-pending", waiting),
                entry(app, Area::Import, Icon::Upload, "admin-import", || ()),
            )
        })
    };
    html::nav()
        .class("rp-cock__nav")
        .attr("aria-label", words("admin-rooms"))
        .child((
            html::div().class("rp-cock__who").child((
                html::b().attr("dir", "auto").child(authority),
                html::p().class("rp-xs rp-muted").child(words("admin-title")),
            )),
            rooms,
            entry(app, Area::Acts, Icon::Log, "admin-acts", || ()),
            html::p().class("rp-xs rp-muted rp-cock__promise").child(words("admin-promise")),
        ))
        .into_any()
}

fn entry<V: IntoView + 'static>(
    app: App,
    room: Area,
    what: Icon,
    label: &'static str,
    number: impl Fn() -> V + Send + 'static,
) -> AnyView {
    let to = Place::Admin(room);
    html::a()
        .attr("href", to.path())
        .attr("aria-current", move || (app.place.get() == to).then_some("page"))
        .on(ev::click, move |event| {
            event.prevent_default();
            app.go(to);
        })
        .child((icon(what), words(label), number))
        .into_any()
}

fn only_administrators(app: App) -> AnyView {
    html::div()
        .class("rp-empty")
        .child((
            art::tube(Capsule::Ready),
            html::h1().class("rp-h2").child(words("admin-only")),
            html::p().child(words("admin-only-text")),
            button_with(Icon::Log, "admin-acts", "", move || app.go(Place::Admin(Area::Acts))),
        ))
        .into_any()
}

/// The heading of a room with a line below it, and what can be done there.
fn head(heading: &'static str, text: impl Fn() -> String + Send + 'static, acts: impl IntoView + 'static) -> AnyView {
    let words = html::div()
        .class("rp-grow")
        .child((html::h1().class("rp-h1").child(words(heading)), html::p().class("rp-sm rp-muted").child(text)));
    html::header().class("rp-cock__head").child((words, acts)).into_any()
}

/// Gives the focus back to what has it now, once the dialog being drawn is gone.
fn give_back_focus() {
    let before = SendWrapper::new(document().active_element());
    on_cleanup(move || {
        let before = before.take().and_then(|element| element.dyn_into::<HtmlElement>().ok());
        // while the dialog stands everything behind it is out of reach
        request_animation_frame(move || {
            if let Some(before) = before {
                let _ = before.focus();
            }
        });
    });
}

/// A heading that gets the focus: what stood here before is gone.
fn focused(key: &'static str) -> AnyView {
    let element = NodeRef::<html::H1>::new();
    Effect::new(move |_| {
        if let Some(element) = element.get() {
            let _ = element.focus();
        }
    });
    html::h1().class("rp-h1").attr("tabindex", "-1").node_ref(element).child(words(key)).into_any()
}
