// SPDX-License-Identifier: EUPL-1.2
//! Choosing people from the directory: typed, filtered by the engine, drawn as far as somebody scrolls.

use crate::{
    bridge::ask,
    part::{
        avatar,
        field::{search_at_once, styled_icon_button},
        icon::{Icon, small},
        live, skeleton,
    },
    state::app,
    text::{t, words},
};
use client_api::{PersonView, Query, UserId};
use leptos::{ev, html, prelude::*, task::spawn_local};

/// Rows drawn at first, and more at a time.
const ROWS: usize = 60;

/// A chosen person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub user: UserId,
    pub name: String,
}

/// The directory as last asked for; only the newest question's answer counts.
pub fn directory(wanted: RwSignal<String>) -> RwSignal<Option<Vec<PersonView>>> {
    let app = app();
    let found = RwSignal::new(None);
    let asked = RwSignal::new(0u64);
    Effect::new(move |_| {
        app.directory.track();
        let text = wanted.get().trim().to_owned();
        let number = asked.get_untracked() + 1;
        asked.set(number);
        spawn_local(async move {
            let query = Query::People((!text.is_empty()).then_some(text));
            let answer = ask!(query, People);
            if asked.try_get_untracked() != Some(number) {
                return;
            }
            match answer {
                Ok(people) => found.set(Some(people)),
                Err(error) => app.complain(&error),
            }
        });
    });
    found
}

/// A field to search in, chips of the chosen, and the people found; those in `without` are left out.
pub fn choose_people(chosen: RwSignal<Vec<Choice>>, without: Vec<UserId>) -> AnyView {
    let app = app();
    let wanted = RwSignal::new(String::new());
    let found = directory(wanted);
    let rows = RwSignal::new(ROWS);
    let own = move || app.status.with(|status| status.user);
    let shown = Memo::new(move |_| {
        let own = own();
        found.with(|found| {
            let all = found
                .iter()
                .flatten()
                .filter(|one| !one.revoked && Some(one.user) != own && !without.contains(&one.user));
            all.take(rows.get()).cloned().collect::<Vec<_>>()
        })
    });
    let list = html::div()
        .class("rp-scroll rp-pick__list")
        .attr("tabindex", "-1")
        .on(ev::scroll, move |event| {
            let end = event.target().map(wasm_bindgen::JsCast::unchecked_into::<web_sys::Element>);
            if end.is_some_and(|one| one.scroll_height() - one.scroll_top() - one.client_height() < 600)
                && shown.with_untracked(Vec::len) >= rows.get_untracked()
            {
                rows.update(|rows| *rows += ROWS);
            }
        })
        .child(live(move || {
            if found.with(Option::is_none) {
                return skeleton::rows(6);
            }
            if shown.with(Vec::is_empty) {
                return html::p().class("rp-sys").child(words("nobody-found")).into_any();
            }
            people_rows(shown, chosen)
        }));
    let enter = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            if let Some(first) = shown.with_untracked(|all| all.first().cloned()) {
                toggle(chosen, Choice { user: first.user, name: first.name });
                wanted.set(String::new());
            }
        }
    };
    (search_at_once(wanted, "search-people", enter), chips(chosen), list).into_any()
}

fn people_rows(shown: Memo<Vec<PersonView>>, chosen: RwSignal<Vec<Choice>>) -> AnyView {
    html::ul()
        .class("rp-pick__rows")
        .child(For(ForProps::builder()
            .each(move || shown.get())
            .key(|person| (person.user, person.name.clone(), person.devices))
            .children(move |person| row(person, chosen))
            .build()))
        .into_any()
}

fn row(person: PersonView, chosen: RwSignal<Vec<Choice>>) -> impl IntoView {
    let user = person.user;
    let is = Memo::new(move |_| chosen.with(|all| all.iter().any(|one| one.user == user)));
    let choice = Choice { user, name: person.name.clone() };
    let unit = person.unit.clone();
    let waits = person.devices == 0;
    let line = move || match (&unit, waits) {
        (Some(unit), false) => unit.clone(),
        (Some(unit), true) => format!("{unit} · {}", t("not-set-up")),
        (None, false) => String::new(),
        (None, true) => t("not-set-up"),
    };
    html::li().child(
        html::button()
            .attr("type", "button")
            .class("rp-hit")
            .attr("aria-pressed", move || if is.get() { "true" } else { "false" })
            .on(ev::click, move |_| toggle(chosen, choice.clone()))
            .child((
                avatar::person(&user, &person.name, avatar::Size::Usual),
                html::div().child((
                    html::b().attr("dir", "auto").child(person.name.clone()),
                    html::small().class("rp-ellipsis").child(line),
                )),
                move || is.get().then(|| html::span().class("rp-picked").child(small(Icon::Check))),
            )),
    )
}

fn toggle(chosen: RwSignal<Vec<Choice>>, choice: Choice) {
    chosen.update(|all| match all.iter().position(|one| one.user == choice.user) {
        Some(place) => drop(all.remove(place)),
        None => all.push(choice),
    });
}

fn chips(chosen: RwSignal<Vec<Choice>>) -> AnyView {
    let chip = move |one: Choice| {
        let name = one.name.clone();
        html::span().class("rp-cchip rp-cchip--burn").child((
            small(Icon::Me),
            html::span().class("rp-ellipsis").attr("dir", "auto").child(name),
            styled_icon_button(Icon::X, "remove", "", move || toggle(chosen, one.clone())),
        ))
    };
    live(move || {
        chosen.with(|all| !all.is_empty()).then(|| {
            html::div().class("rp-selbar").child(For(ForProps::builder()
                .each(move || chosen.get())
                .key(|one| one.user)
                .children(chip)
                .build()))
        })
    })
}
