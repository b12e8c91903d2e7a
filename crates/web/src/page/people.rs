// SPDX-License-Identifier: EUPL-1.2
//! The directory: everybody of the authority by letter, found while typing; a click begins to write.

use crate::{
    bridge::{self, ask},
    cockpit::{
        fetch::{Fetch, Loaded, failed},
        order,
        table::counted,
    },
    part::{
        avatar,
        field::search,
        icon::{Icon, icon, small},
        live, skeleton,
    },
    place::{Area, Place},
    state::{App, app},
    text::{t, words},
};
use client_api::{Answer, Command, PersonView, Query, UserId, port::PortError};
use leptos::{ev, html, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

/// Rows drawn at first, and more at a time.
const ROWS: usize = 80;
/// This near the end more are drawn, px.
const NEAR: i32 = 800;

/// A line of the directory.
#[derive(Clone, Debug, PartialEq)]
enum Entry {
    Letter(char),
    Person(PersonView),
}

impl Entry {
    /// Drawn anew when anything it shows has changed.
    fn key(&self) -> (char, Vec<u8>) {
        match self {
            Self::Letter(letter) => (*letter, Vec::new()),
            Self::Person(person) => (' ', minicbor::to_vec(person).unwrap_or_default()),
        }
    }
}

/// People in their order, a heading before each letter.
fn entries(people: impl Iterator<Item = PersonView>) -> Vec<Entry> {
    let mut all = Vec::new();
    let mut last = None;
    for person in people {
        let letter = order::letter(&person.name);
        if last != Some(letter) {
            all.push(Entry::Letter(letter));
            last = Some(letter);
        }
        all.push(Entry::Person(person));
    }
    all
}

#[derive(Clone, Copy)]
struct Directory {
    app: App,
    wanted: RwSignal<String>,
    /// Only people of this one; empty: all.
    unit: RwSignal<String>,
    /// As many rows are drawn.
    rows: RwSignal<usize>,
    found: Fetch<Vec<PersonView>>,
    scroll: NodeRef<html::Div>,
    /// Whose conversation is being opened.
    opening: RwSignal<Option<UserId>>,
}

impl Directory {
    fn new(app: App) -> Self {
        let wanted = RwSignal::new(String::new());
        let found = Fetch::new(move || {
            app.directory.track();
            find(wanted.get().trim().to_owned())
        });
        let directory = Self {
            app,
            wanted,
            unit: RwSignal::default(),
            rows: RwSignal::new(ROWS),
            found,
            scroll: NodeRef::new(),
            opening: RwSignal::new(None),
        };
        Effect::new(move |_| {
            directory.wanted.track();
            directory.unit.track();
            directory.rows.set(ROWS);
            if let Some(scroll) = directory.scroll.get_untracked() {
                scroll.set_scroll_top(0);
            }
        });
        directory
    }

    fn fits(self, person: &PersonView) -> bool {
        self.unit.with(|unit| unit.is_empty() || person.unit.as_deref() == Some(unit.as_str()))
    }

    fn count(self) -> usize {
        self.found.now.with(|now| now.here().into_iter().flatten().filter(|one| self.fits(one)).count())
    }

    fn entries(self) -> Vec<Entry> {
        self.found.now.with(|now| {
            let people = now.here().into_iter().flatten().filter(|one| self.fits(one));
            entries(people.take(self.rows.get()).cloned())
        })
    }

    /// More rows where the end comes near.
    fn grow(self) {
        let Some(scroll) = self.scroll.get_untracked() else { return };
        let left = scroll.scroll_height() - scroll.scroll_top() - scroll.client_height();
        if left < NEAR && self.rows.get_untracked() < untrack(|| self.count()) {
            self.rows.update(|rows| *rows += ROWS);
        }
    }
}

async fn find(text: String) -> Result<Vec<PersonView>, PortError> {
    ask!(Query::People((!text.is_empty()).then_some(text)), People).map(order::sorted)
}

pub fn people() -> AnyView {
    let app = app();
    let directory = Directory::new(app);
    let status = move || {
        let searched =
            directory.wanted.with(|wanted| !wanted.trim().is_empty()) || directory.unit.with(|unit| !unit.is_empty());
        searched.then(|| counted("people-found", directory.count()))
    };
    (
        html::header().class("rp-top").child(html::h1().class("rp-h1").child(words("people-heading"))),
        search(directory.wanted, "people-search", move |event| search_keys(&event)),
        units(directory),
        html::span().class("rp-sr").attr("role", "status").child(status),
        html::div()
            .class("rp-scroll")
            .node_ref(directory.scroll)
            .on(ev::scroll, move |_| directory.grow())
            .child(body(directory)),
        log(app),
    )
        .into_any()
}

/// The arrow goes into the list, Enter opens the first.
fn search_keys(event: &KeyboardEvent) {
    let first = document().query_selector(".rp-side button.rp-row").ok().flatten();
    let first = first.and_then(|element| element.dyn_into::<HtmlElement>().ok());
    match (event.key().as_str(), first) {
        ("ArrowDown", Some(first)) => {
            event.prevent_default();
            let _ = first.focus();
        }
        ("Enter", Some(first)) => first.click(),
        _ => {}
    }
}

/// Keeps to one unit.
fn units(directory: Directory) -> AnyView {
    // what is typed does not narrow the choice of units
    let all = Memo::new(move |before: Option<&Vec<String>>| {
        let searched = directory.wanted.with(|wanted| !wanted.trim().is_empty());
        match before {
            Some(before) if searched => before.clone(),
            _ => directory.found.now.with(|now| order::units(now.here().into_iter().flatten())),
        }
    });
    let options = move || {
        let option = |unit: String| {
            let chosen = directory.unit.with_untracked(|chosen| *chosen == unit);
            html::option().attr("value", unit.clone()).prop("selected", chosen).child(unit)
        };
        all.get().into_iter().map(option).collect::<Vec<_>>()
    };
    let any = Memo::new(move |_| all.with(|all| !all.is_empty()));
    live(move || {
        any.get().then(|| {
            html::label().class("rp-select").child((
                html::span().class("rp-sr").child(words("people-unit")),
                html::select()
                    .on(ev::change, move |event| directory.unit.set(event_target_value(&event)))
                    .child((html::option().attr("value", "").child(words("people-all-units")), options)),
                small(Icon::Down),
            ))
        })
    })
}

fn body(directory: Directory) -> AnyView {
    let kind = Memo::new(move |_| directory.found.now.with(|now| now.map(|_| directory.count() == 0)));
    live(move || match kind.get() {
        Loaded::Waiting => skeleton::rows(8),
        Loaded::Failed(error) => failed(error, move || directory.found.retry()),
        Loaded::Here(true) => nobody(),
        Loaded::Here(false) => html::div()
            .class("rp-rows rp-dir")
            .on(ev::keydown, walk)
            .child(For(ForProps::builder()
                .each(move || directory.entries())
                .key(Entry::key)
                .children(move |entry| draw(directory, entry))
                .build()))
            .into_any(),
    })
}

fn nobody() -> AnyView {
    html::div()
        .class("rp-empty")
        .child((html::h2().class("rp-h2").child(words("nothing-found")), html::p().child(words("people-nobody"))))
        .into_any()
}

fn draw(directory: Directory, entry: Entry) -> AnyView {
    match entry {
        Entry::Letter(letter) => html::h2().class("rp-sect").child(letter.to_string()).into_any(),
        Entry::Person(person) if person.revoked => locked_out(person),
        Entry::Person(person) => row(directory, person),
    }
}

/// Name and a line below it.
fn two_lines(name: String, below: impl IntoView + 'static) -> AnyView {
    html::span()
        .class("rp-row__body")
        .child((
            html::span()
                .class("rp-row__l1")
                .child(html::span().class("rp-row__name rp-ellipsis").attr("dir", "auto").child(name)),
            html::span().class("rp-row__l2").child(below),
        ))
        .into_any()
}

/// Still named, so that old messages can be understood; nobody can write to them.
fn locked_out(person: PersonView) -> AnyView {
    let below = (
        html::span().class("rp-mini").child((small(Icon::Lock), html::span().child(words("people-locked")))),
        html::span().class("rp-row__prev rp-ellipsis").attr("dir", "auto").child(person.unit.unwrap_or_default()),
    );
    html::div()
        .class("rp-row rp-row--still rp-dir__out")
        .child((avatar::person(&person.user, &person.name, avatar::Size::Usual), two_lines(person.name, below)))
        .into_any()
}

fn row(directory: Directory, person: PersonView) -> AnyView {
    let user = person.user;
    let is_own = directory.app.status.with_untracked(|status| status.user == Some(user));
    let picture = if is_own {
        avatar::own(avatar::Size::Usual)
    } else {
        avatar::person(&user, &person.name, avatar::Size::Usual)
    };
    let (unit, no_device) = (person.unit.unwrap_or_default(), person.devices == 0);
    let line = move || if is_own { t("people-own") } else { unit.clone() };
    let below = (
        html::span().class("rp-row__prev rp-ellipsis").attr("dir", "auto").child(line),
        person
            .administrator
            .then(|| html::span().class("rp-mini rp-mini--accent").child(words("people-administrator"))),
        (no_device && !is_own).then(|| html::span().class("rp-mini").child(words("people-not-set-up"))),
    );
    html::button()
        .attr("type", "button")
        .class("rp-row")
        .attr("aria-busy", move || (directory.opening.get() == Some(user)).then_some("true"))
        .on(ev::click, move |_| open(directory, user))
        .child((picture, two_lines(person.name, below)))
        .into_any()
}

fn open(directory: Directory, user: UserId) {
    if directory.opening.get_untracked().is_some() {
        return;
    }
    directory.opening.set(Some(user));
    let app = directory.app;
    spawn_local(async move {
        match bridge::tell(Command::OpenDirect(user)).await {
            Ok(Answer::Conversation(id)) => {
                app.load_conversations().await;
                app.go(Place::Conversation(id));
            }
            Ok(_) => app.complain(&PortError::Broken),
            Err(error) => app.complain(&error),
        }
        if directory.opening.try_get_untracked().is_some() {
            directory.opening.set(None);
        }
    });
}

/// The arrows walk from person to person, past headings and those who are locked out.
fn walk(event: KeyboardEvent) {
    let step: fn(&Element) -> Option<Element> = match event.key().as_str() {
        "ArrowDown" => Element::next_element_sibling,
        "ArrowUp" => Element::previous_element_sibling,
        _ => return,
    };
    event.prevent_default();
    let mut next = document().active_element().and_then(|here| step(&here));
    while let Some(element) = next {
        if element.matches("button.rp-row").unwrap_or(false) {
            if let Ok(element) = element.dyn_into::<HtmlElement>() {
                let _ = element.focus();
            }
            return;
        }
        next = step(&element);
    }
}

/// What the administrators did, for everybody to read.
fn log(app: App) -> AnyView {
    let to = Place::Admin(Area::Acts);
    html::a()
        .class("rp-row rp-dir__log")
        .attr("href", to.path())
        .on(ev::click, move |event| {
            event.prevent_default();
            app.go(to);
        })
        .child((icon(Icon::Log), html::span().class("rp-grow").child(words("people-log")), small(Icon::Right)))
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_has_one_heading_before_its_people() {
        let person = |name: &str| PersonView {
            user: UserId([1; 16]),
            name: name.into(),
            unit: None,
            devices: 1,
            revoked: false,
            administrator: false,
            set_up: true,
        };
        let names = ["Özlem", "Ada", "Ole", "Arndt", "112"];
        let all = entries(order::sorted(names.map(person).to_vec()).into_iter());
        let said: Vec<String> = all
            .iter()
            .map(|entry| match entry {
                Entry::Letter(letter) => letter.to_string(),
                Entry::Person(person) => person.name.clone(),
            })
            .collect();
        assert_eq!(said, ["A", "Ada", "Arndt", "O", "Ole", "Özlem", "#", "112"]);
    }
}
