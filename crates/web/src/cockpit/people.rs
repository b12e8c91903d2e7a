// SPDX-License-Identifier: EUPL-1.2
//! Everybody of the authority: found while typing, a page at a time, with what can be done about each.

use super::{
    Cockpit,
    fetch::{Fetch, Loaded, failed},
    head, invite, order, person,
    standing::{self, Standing},
    table::{ACTIONS, Span, cell, chip, counted, grouped, pager, scroll, table},
};
use crate::{
    bridge::ask,
    part::{
        art::{self, Capsule},
        avatar,
        field::{button_with, search},
        icon::{Icon, icon},
        live, skeleton,
    },
    place::{Area, Place},
    text::{t, tr, words},
};
use client_api::{PersonView, Query, UserId, port::PortError};
use leptos::{ev, html, prelude::*};
use std::collections::HashSet;

const COLUMNS: &[&str] = &["admin-name", "admin-unit", "admin-devices", "admin-standing", ACTIONS];

/// A person as the table shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub person: PersonView,
    pub standing: Standing,
}

impl Row {
    /// A row is drawn anew when anything it shows has changed.
    fn key(&self) -> (Vec<u8>, Standing) {
        (minicbor::to_vec(&self.person).unwrap_or_default(), self.standing)
    }
}

/// What is shown and what is open.
#[derive(Clone, Copy)]
struct List {
    cockpit: Cockpit,
    wanted: RwSignal<String>,
    /// `None`: everybody.
    only: RwSignal<Option<Standing>>,
    page: RwSignal<usize>,
    found: Fetch<(String, Vec<PersonView>)>,
    rows: Memo<Loaded<Vec<Row>>>,
    open: RwSignal<Option<Row>>,
    inviting: RwSignal<bool>,
}

impl List {
    fn new(cockpit: Cockpit) -> Self {
        let wanted = RwSignal::new(String::new());
        let found = Fetch::new(move || {
            cockpit.app.directory.track();
            find(wanted.get().trim().to_owned())
        });
        let rows = Memo::new(move |before| rows(cockpit, wanted, found, before));
        let list = Self {
            cockpit,
            wanted,
            only: RwSignal::new(None),
            page: RwSignal::new(0),
            found,
            rows,
            open: RwSignal::new(None),
            inviting: RwSignal::new(false),
        };
        Effect::new(move |_| {
            list.wanted.track();
            list.only.track();
            list.page.set(0);
        });
        list
    }

    /// How many are in this state, or all.
    fn count(self, only: Option<Standing>) -> usize {
        self.rows.with(|rows| rows.here().map_or(0, |rows| rows.iter().filter(|row| fits(row, only)).count()))
    }

    fn span(self) -> Span {
        Span::of(self.page.get(), self.count(self.only.get()))
    }

    /// The rows of the page.
    fn shown(self) -> Vec<Row> {
        let (span, only) = (self.span(), self.only.get());
        self.rows.with(|rows| span.rows(rows.here().into_iter().flatten().filter(|row| fits(row, only)).cloned()))
    }

    fn again(self) {
        self.cockpit.everybody.retry();
        self.found.retry();
    }
}

fn fits(row: &Row, only: Option<Standing>) -> bool {
    only.is_none_or(|only| row.standing == only)
}

/// The text that was asked for, and who was found.
async fn find(text: String) -> Result<(String, Vec<PersonView>), PortError> {
    if text.is_empty() {
        return Ok((text, Vec::new()));
    }
    let people = ask!(Query::People(Some(text.clone())), People)?;
    Ok((text, order::sorted(people)))
}

/// While the newest text has no answer yet, what was shown before stays.
fn rows(
    cockpit: Cockpit,
    wanted: RwSignal<String>,
    found: Fetch<(String, Vec<PersonView>)>,
    before: Option<&Loaded<Vec<Row>>>,
) -> Loaded<Vec<Row>> {
    let waiting: HashSet<UserId> =
        cockpit.pending.now.with(|now| now.here().into_iter().flatten().map(|one| one.user).collect());
    let draw = |people: &Vec<PersonView>| {
        let row = |person: &PersonView| Row { standing: Standing::of(person, &waiting), person: person.clone() };
        people.iter().map(row).collect::<Vec<_>>()
    };
    let text = wanted.with(|wanted| wanted.trim().to_owned());
    if text.is_empty() {
        return cockpit.everybody.now.with(|now| now.map(draw));
    }
    found.now.with(|now| match now {
        Loaded::Here((answered, _)) if *answered != text => before.cloned().unwrap_or(Loaded::Waiting),
        now => now.map(|(_, people)| draw(people)),
    })
}

pub fn people(cockpit: Cockpit) -> AnyView {
    let app = cockpit.app;
    let list = List::new(cockpit);
    let acts = html::div().class("rp-cock__acts").child((
        button_with(Icon::Upload, "admin-import", "rp-only-desk rp-flex", move || app.go(Place::Admin(Area::Import))),
        button_with(Icon::Userplus, "admin-invite", "rp-btn--primary", move || list.inviting.set(true)),
    ));
    let summary = move || {
        let devices: usize = cockpit.everybody.now.with(|now| {
            now.here().into_iter().flatten().filter(|one| !one.revoked).map(|one| one.devices as usize).sum()
        });
        counted("admin-devices-sum", devices)
    };
    (
        head("admin-people", summary, acts),
        tools(list),
        scroll("admin-people", list.page, move || body(list)),
        pager(list.page, move || list.span()),
        move || list.open.get().map(|row| person::person(cockpit, row, move || list.open.set(None))),
        move || list.inviting.get().then(|| invite::invite(cockpit, move || list.inviting.set(false))),
    )
        .into_any()
}

fn tools(list: List) -> AnyView {
    let filter = move |only: Option<Standing>, label: &'static str| {
        let text = move || match only {
            None => t(label),
            Some(_) => tr("admin-chip", &[("what", t(label).into()), ("shown", grouped(list.count(only)).into())]),
        };
        chip(text, move || list.only.get() == only, move || list.only.set(only))
    };
    let chips = html::div().class("rp-chips").attr("role", "group").attr("aria-label", words("admin-filter")).child((
        filter(None, "admin-all"),
        filter(Some(Standing::Waiting), "admin-only-waiting"),
        filter(Some(Standing::Invited), "admin-only-invited"),
        filter(Some(Standing::LockedOut), "admin-only-locked"),
    ));
    html::div().class("rp-tools").child((search(list.wanted, "admin-search-people", |_| {}), chips)).into_any()
}

/// What fills the space of the table.
#[derive(Clone, PartialEq)]
enum Body {
    Waiting,
    Failed(PortError),
    /// Nobody is there but the founder.
    Alone,
    NothingFound,
    Table,
}

fn body(list: List) -> AnyView {
    let kind = Memo::new(move |_| {
        let filtered = list.only.get().is_some() || list.wanted.with(|wanted| !wanted.trim().is_empty());
        list.rows.with(|rows| match rows {
            Loaded::Waiting => Body::Waiting,
            Loaded::Failed(error) => Body::Failed(error.clone()),
            Loaded::Here(rows) if rows.len() <= 1 && !filtered => Body::Alone,
            Loaded::Here(_) if list.count(list.only.get()) == 0 => Body::NothingFound,
            Loaded::Here(_) => Body::Table,
        })
    });
    let rows = move || {
        For(ForProps::builder().each(move || list.shown()).key(Row::key).children(move |row| draw(list, row)).build())
    };
    live(move || match kind.get() {
        Body::Waiting => skeleton::rows(10),
        Body::Failed(error) => failed(error, move || list.again()),
        Body::Alone => (table("admin-people", "rp-people", COLUMNS, rows()), alone(list)).into_any(),
        Body::NothingFound => html::div()
            .class("rp-empty")
            .child((
                html::h2().class("rp-h2").child(words("nothing-found")),
                html::p().child(words("admin-nobody-found")),
            ))
            .into_any(),
        Body::Table => table("admin-people", "rp-people", COLUMNS, rows()),
    })
}

fn alone(list: List) -> AnyView {
    let app = list.cockpit.app;
    html::div()
        .class("rp-empty")
        .child((
            art::tube(Capsule::Ready),
            html::h2().class("rp-h2").child(words("admin-alone")),
            html::p().child(words("admin-alone-text")),
            button_with(Icon::Userplus, "admin-invite", "rp-btn--primary", move || list.inviting.set(true)),
            button_with(Icon::Upload, "admin-import", "", move || app.go(Place::Admin(Area::Import))),
        ))
        .into_any()
}

fn draw(list: List, one: Row) -> AnyView {
    let app = list.cockpit.app;
    let Row { person, standing } = one.clone();
    let user = person.user;
    let is_own = move || app.status.with(|status| status.user == Some(user));
    let (name, label) = (person.name.clone(), person.name.clone());
    let who = html::div().class("rp-who").child((
        avatar::person(&user, &name, avatar::Size::Small),
        html::b().attr("dir", "auto").child(name),
        move || is_own().then(standing::own),
    ));
    let unit = html::span().attr("dir", "auto").child(person.unit.unwrap_or_else(|| "–".into()));
    let devices = html::span().class("rp-num").child(person.devices);
    let state = html::div().class("rp-chips").child((
        (!person.administrator || standing != Standing::SetUp).then(|| standing.view()),
        (person.administrator && !person.revoked).then(standing::administrator),
    ));
    // its click is the row's, see below
    let more = html::button()
        .attr("type", "button")
        .class("rp-iconbtn")
        .attr("aria-haspopup", "dialog")
        .attr("aria-label", move || tr("admin-actions-for", &[("name", label.as_str().into())]))
        .child(icon(Icon::More));
    let cells = (
        cell("admin-name", who),
        cell("admin-unit", unit),
        cell("admin-devices", devices),
        cell("admin-standing", state),
        cell(ACTIONS, more),
    );
    let open = move |_: web_sys::MouseEvent| {
        let marked = window().get_selection().ok().flatten().is_some_and(|marked| !marked.is_collapsed());
        if !marked {
            list.open.set(Some(one.clone()));
        }
    };
    html::tr().class("rp-table__tap").attr("role", "row").on(ev::click, open).child(cells).into_any()
}
