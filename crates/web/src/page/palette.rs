// SPDX-License-Identifier: EUPL-1.2
//! Ctrl+K: conversations, people and messages by a few letters, all by keyboard.

use super::{list::name_of, members::directory};
use crate::{
    bridge::{self, ask},
    part::{
        avatar,
        dialog::{self, Width},
        icon::{Icon, small},
        live,
    },
    place::{Area, Place},
    state::{App, app},
    text::{t, tr, words},
    time,
};
use client_api::{Answer, Command, ConversationKind, ConversationView, MessageView, PersonView, Query, UserId};
use leptos::{ev, html, prelude::*, task::spawn_local};
use web_sys::KeyboardEvent;

/// Hits shown per kind.
const CONVERSATIONS: usize = 6;
const PEOPLE: usize = 6;
const MESSAGES: u32 = 20;

/// One thing to jump to.
#[derive(Clone, PartialEq)]
enum Hit {
    Conversation(Box<ConversationView>),
    Person(PersonView),
    Message(Box<MessageView>),
    Place(Place, &'static str, Icon),
}

pub fn palette() -> AnyView {
    let app = app();
    live(move || app.palette.get().then(|| open(app)))
}

#[derive(Clone, Copy)]
struct Palette {
    app: App,
    wanted: RwSignal<String>,
    messages: RwSignal<Vec<MessageView>>,
    people: RwSignal<Option<Vec<PersonView>>>,
    chosen: RwSignal<usize>,
}

fn open(app: App) -> AnyView {
    let wanted = RwSignal::new(app.sought.get_untracked());
    app.sought.set(String::new());
    let palette =
        Palette { app, wanted, messages: RwSignal::default(), people: directory(wanted), chosen: RwSignal::new(0) };
    palette.search();
    let hits = Memo::new(move |_| palette.hits());
    let close = move || app.palette.set(false);
    let input = html::input()
        .attr("type", "text")
        .attr("role", "combobox")
        .attr("autofocus", "")
        .attr("autocomplete", "off")
        .attr("aria-expanded", move || if hits.with(Vec::is_empty) { "false" } else { "true" })
        .attr("aria-controls", move || hits.with(|all| !all.is_empty()).then_some("palette-hits"))
        .attr("aria-activedescendant", move || {
            hits.with(|all| !all.is_empty()).then(|| format!("hit-{}", palette.chosen.get()))
        })
        .attr("aria-label", words("palette"))
        .attr("placeholder", move || match app.within.get().and_then(|id| app.conversation(id)) {
            Some(view) => tr("palette-hint-in", &[("name", name_of(&view).into())]),
            None => t("palette-hint"),
        })
        .prop("value", move || wanted.get())
        .on(ev::input, move |event| {
            wanted.set(event_target_value(&event));
            palette.chosen.set(0);
        })
        .on(ev::keydown, move |event| palette.keys(&event, hits));
    let list = move || {
        let all = hits.get();
        if all.is_empty() {
            let typed = wanted.with(|text| !text.trim().is_empty());
            let said = typed.then(|| html::p().class("rp-sys").attr("role", "status").child(t("nothing-found")));
            return said.into_any();
        }
        let rows: Vec<_> = all.into_iter().enumerate().map(|(index, hit)| palette.row(index, hit)).collect();
        html::div()
            .class("rp-palette__list")
            .attr("id", "palette-hits")
            .attr("role", "listbox")
            .attr("aria-label", t("palette"))
            .child(rows)
            .into_any()
    };
    let foot = html::div().class("rp-palette__foot").child((
        html::span().child((html::span().class("rp-kbd").child("↑↓"), " ", words("palette-walk"))),
        html::span().child((html::span().class("rp-kbd").child("↵"), " ", words("palette-open"))),
        html::span().child((html::span().class("rp-kbd").child("Esc"), " ", words("close"))),
    ));
    let head = html::div().class("rp-palette__in").child((
        small(Icon::Search),
        html::h1().class("rp-sr").attr("id", "palette-name").child(words("palette")),
        input,
        html::button()
            .attr("type", "button")
            .class("rp-iconbtn rp-only-phone")
            .attr("aria-label", words("close"))
            .on(ev::click, move |_| close())
            .child(small(Icon::X)),
    ));
    dialog::frame(Width::Usual, "palette-name", close, (head, list, foot).into_any())
}

impl Palette {
    /// Messages by the engine; only the newest question's answer counts.
    fn search(self) {
        let asked = RwSignal::new(0u64);
        Effect::new(move |_| {
            let text = self.wanted.get().trim().to_owned();
            let number = asked.get_untracked() + 1;
            asked.set(number);
            if text.is_empty() {
                return self.messages.set(Vec::new());
            }
            spawn_local(async move {
                let conversation = self.app.within.get_untracked();
                let query = Query::Search { text, conversation, limit: MESSAGES };
                let found = ask!(query, Messages);
                if asked.try_get_untracked() == Some(number) {
                    match found {
                        Ok(found) => self.messages.set(found),
                        Err(error) => self.app.complain(&error),
                    }
                }
            });
        });
    }

    fn hits(self) -> Vec<Hit> {
        let messages = self.messages.get().into_iter().map(|one| Hit::Message(Box::new(one)));
        if self.app.within.get().is_some() {
            return messages.collect();
        }
        let wanted = self.wanted.get().trim().to_lowercase();
        let conversations = self.app.conversations.with(|all| {
            let all = all.iter().flatten().filter(|one| name_of(one).to_lowercase().contains(&wanted));
            all.take(CONVERSATIONS).cloned().collect::<Vec<_>>()
        });
        let known: Vec<UserId> =
            conversations.iter().filter(|one| one.kind != ConversationKind::Group).filter_map(|one| one.peer).collect();
        let people = self.people.with(|found| {
            let all = found.iter().flatten().filter(|one| !one.revoked && !known.contains(&one.user));
            all.take(if wanted.is_empty() { 0 } else { PEOPLE }).cloned().collect::<Vec<_>>()
        });
        let mut all: Vec<Hit> = conversations.into_iter().map(|one| Hit::Conversation(Box::new(one))).collect();
        all.extend(people.into_iter().map(Hit::Person));
        all.extend(messages);
        let places = [
            (Place::New, "new-conversation", Icon::Edit),
            (Place::People, "area-people", Icon::Directory),
            (Place::Me, "area-me", Icon::Me),
            (Place::Admin(Area::Acts), "acts-log", Icon::Log),
        ];
        let fits = places.into_iter().filter(|(_, key, _)| t(key).to_lowercase().contains(&wanted));
        all.extend(fits.map(|(place, key, what)| Hit::Place(place, key, what)));
        all
    }

    fn keys(self, event: &KeyboardEvent, hits: Memo<Vec<Hit>>) {
        let count = hits.with_untracked(Vec::len).max(1);
        match event.key().as_str() {
            "ArrowDown" => self.chosen.update(|chosen| *chosen = (*chosen + 1) % count),
            "ArrowUp" => self.chosen.update(|chosen| *chosen = (*chosen + count - 1) % count),
            "Enter" => {
                if let Some(hit) = hits.with_untracked(|all| all.get(self.chosen.get_untracked()).cloned()) {
                    self.jump(hit);
                }
            }
            _ => return,
        }
        event.prevent_default();
        let id = format!("hit-{}", self.chosen.get_untracked());
        if let Some(element) = document().get_element_by_id(&id) {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            element.scroll_into_view_with_scroll_into_view_options(&options);
        }
    }

    fn jump(self, hit: Hit) {
        let app = self.app;
        app.palette.set(false);
        match hit {
            Hit::Conversation(view) => app.go(Place::Conversation(view.id)),
            Hit::Message(view) => {
                app.pointed.set(Some((view.conversation, view.id, view.position)));
                app.go(Place::Conversation(view.conversation));
            }
            Hit::Person(person) => spawn_local(async move {
                match bridge::tell(Command::OpenDirect(person.user)).await {
                    Ok(Answer::Conversation(id)) => {
                        app.load_conversations().await;
                        app.go(Place::Conversation(id));
                    }
                    Ok(_) => {}
                    Err(error) => app.complain(&error),
                }
            }),
            Hit::Place(place, ..) => app.go(place),
        }
    }

    fn row(self, index: usize, hit: Hit) -> AnyView {
        let (picture, name, line) = match &hit {
            Hit::Conversation(view) => (avatar::conversation(view, avatar::Size::Small), name_of(view), None),
            Hit::Person(person) => (
                avatar::person(&person.user, &person.name, avatar::Size::Small),
                person.name.clone(),
                person.unit.clone(),
            ),
            Hit::Message(view) => {
                let name = self.app.conversation(view.conversation).map(|one| name_of(&one)).unwrap_or_default();
                let when = time::in_list(view.sent_at);
                let line = tr("palette-message", &[("name", name.into()), ("when", when.into())]);
                let mark = html::span().class("rp-hit__ic").child(small(Icon::Chats)).into_any();
                (mark, view.text.clone().unwrap_or_default(), Some(format!("{} · {line}", view.sender_name)))
            }
            Hit::Place(_, key, what) => (html::span().class("rp-hit__ic").child(small(*what)).into_any(), t(key), None),
        };
        html::div()
            .class("rp-hit")
            .attr("id", format!("hit-{index}"))
            .attr("role", "option")
            .attr("aria-selected", move || if self.chosen.get() == index { "true" } else { "false" })
            .on(ev::click, move |_| self.jump(hit.clone()))
            .child((
                picture,
                html::div().child((
                    html::b().class("rp-ellipsis").attr("dir", "auto").child(name),
                    line.map(|line| html::small().class("rp-ellipsis").attr("dir", "auto").child(line)),
                )),
            ))
            .into_any()
    }
}
