// SPDX-License-Identifier: EUPL-1.2
//! One person of the authority: how they stand, a new link, making them an administrator, locking them out.

use super::{
    Cockpit, give_back_focus, link,
    people::Row,
    root_file::{self, Deed},
    standing::{self, Standing},
    table::counted,
};
use crate::{
    bridge,
    part::{
        avatar,
        dialog::{self, Width},
        field::button_with,
        icon::{Icon, icon, small},
        live,
    },
    place::{Area, Place},
    saying::{self, Toast},
    state::App,
    text::{t, tr, words},
};
use client_api::{Answer, Command, Link, PersonView, UserId, port::PortError};
use leptos::{ev, html, prelude::*, task::spawn_local};

/// What of a person is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Card,
    /// A new link was made.
    Link,
    LockOut,
    /// With the root file.
    Deed(Deed),
}

#[derive(Clone, Copy)]
struct Open {
    cockpit: Cockpit,
    step: RwSignal<Step>,
    link: RwSignal<Option<Link>>,
    busy: RwSignal<bool>,
    wrong: RwSignal<Option<PortError>>,
}

pub fn person(cockpit: Cockpit, row: Row, close: impl Fn() + Copy + Send + 'static) -> AnyView {
    give_back_focus();
    let open = Open {
        cockpit,
        step: RwSignal::new(Step::Card),
        link: RwSignal::new(None),
        busy: RwSignal::new(false),
        wrong: RwSignal::new(None),
    };
    live(move || match open.step.get() {
        Step::Card => card(open, row.clone(), close),
        Step::Link => new_link(open, row.person.name.clone(), close),
        Step::LockOut => lock_out(open, row.person.clone(), close),
        Step::Deed(deed) => root_file::root_file(cockpit.app, deed, row.person.clone(), close),
    })
}

fn card(open: Open, row: Row, close: impl Fn() + Copy + Send + 'static) -> AnyView {
    let Row { person, standing } = row;
    let name = person.name.clone();
    let devices = person.devices as usize;
    let words = html::div().child((
        html::p().attr("dir", "auto").child(person.unit.clone().unwrap_or_else(|| t("admin-no-unit"))),
        html::p().class("rp-sm rp-muted").child(live(move || counted("admin-device-count", devices))),
        html::div()
            .class("rp-chips")
            .child((standing.view(), (person.administrator && !person.revoked).then(standing::administrator))),
    ));
    let body = html::div().class("rp-modal__text rp-person").child((
        html::div().class("rp-who").child((avatar::person(&person.user, &name, avatar::Size::Large), words)),
        (standing == Standing::Waiting).then(|| waits(open)),
        move || {
            open.wrong.get().map(|error| {
                html::p().class("rp-line__wrong").attr("role", "alert").child(live(move || saying::explain(&error)))
            })
        },
        deeds(open, &person, standing),
    ));
    dialog::dialog(move || name.clone(), Width::Small, close, body)
}

fn waits(open: Open) -> AnyView {
    let go = move || open.cockpit.app.go(Place::Admin(Area::Pending));
    html::div()
        .class("rp-banner rp-person__waits")
        .child((
            icon(Icon::Phone),
            html::div().class("rp-grow").child(words("admin-person-waits")),
            button_with(Icon::Right, "admin-to-pending", "", go),
        ))
        .into_any()
}

/// What can be done; where nothing can, why.
fn deeds(open: Open, person: &PersonView, standing: Standing) -> AnyView {
    let user = person.user;
    let is_own = open.cockpit.app.status.with_untracked(|status| status.user == Some(user));
    let note = |key: &'static str| html::p().class("rp-sm rp-muted").child(words(key)).into_any();
    if is_own {
        return note("admin-person-own");
    }
    if standing == Standing::LockedOut {
        return note("admin-person-locked");
    }
    let again = (!person.set_up).then(|| deed(open, Icon::Qr, "", "admin-new-link", move || invite_again(open, user)));
    let grant = (!person.administrator && person.devices > 0)
        .then(|| deed(open, Icon::Shield, "", "admin-grant", move || open.step.set(Step::Deed(Deed::Grant))));
    let step = if person.administrator { Step::Deed(Deed::LockOut) } else { Step::LockOut };
    let out = deed(open, Icon::Lock, "rp-opt--bad", "admin-lock", move || open.step.set(step));
    html::div().class("rp-card rp-person__deeds").child((again, grant, out)).into_any()
}

/// A wide button with its name and what it will do.
fn deed(open: Open, what: Icon, class: &'static str, key: &'static str, act: impl Fn() + 'static) -> AnyView {
    html::button()
        .attr("type", "button")
        .class(format!("rp-opt {class}"))
        .prop("disabled", move || open.busy.get())
        .on(ev::click, move |_| act())
        .child((
            icon(what),
            html::div()
                .child((html::b().child(words(key)), html::small().child(live(move || t(&format!("{key}-text")))))),
            small(Icon::Right),
        ))
        .into_any()
}

fn invite_again(open: Open, user: UserId) {
    open.busy.set(true);
    open.wrong.set(None);
    spawn_local(async move {
        let link = again(user).await;
        if open.step.try_get_untracked().is_none() {
            return;
        }
        match link {
            Ok(link) => {
                open.link.set(Some(link));
                open.step.set(Step::Link);
            }
            Err(error) => open.wrong.set(Some(error)),
        }
        open.busy.set(false);
    });
}

/// A new link for somebody who has no device yet; the old one ends.
pub async fn again(user: UserId) -> Result<Link, PortError> {
    match bridge::tell(Command::InviteAgain(user)).await? {
        Answer::Links(links) => links.into_iter().next().ok_or(PortError::Broken),
        _ => Err(PortError::Broken),
    }
}

fn new_link(open: Open, name: String, close: impl Fn() + Copy + Send + 'static) -> AnyView {
    let heading = name.clone();
    let body = move || open.link.get().map(|link| link::link(name.clone(), link, ()));
    dialog::dialog(move || tr("admin-link-for", &[("name", heading.as_str().into())]), Width::Small, close, body)
}

fn lock_out(open: Open, person: PersonView, close: impl Fn() + Copy + Send + 'static) -> AnyView {
    let app = open.cockpit.app;
    let user = person.user;
    let text = move || tr("admin-lock-ask", &[("name", person.name.as_str().into())]);
    let act = move || {
        spawn_local(async move {
            say(app, bridge::tell(Command::RevokePerson(user)).await);
        });
    };
    dialog::confirm(("admin-lock-heading", text, "admin-lock-yes"), act, close)
}

/// The dialog is gone by then: the lower edge says how it went.
fn say(app: App, done: Result<Answer, PortError>) {
    match done {
        Ok(_) => app.say(Toast::done("admin-locked-out")),
        Err(error) => app.complain(&error),
    }
}
