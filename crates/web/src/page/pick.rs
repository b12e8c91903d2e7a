// SPDX-License-Identifier: EUPL-1.2
//! Beginning a conversation: one person, or several as a group with a name.

use super::members::{Choice, choose_people};
use crate::{
    bridge,
    part::{
        dialog::{self, Width},
        field::line,
        icon::{Icon, icon},
    },
    place::{self, Place},
    saying::Toast,
    state::{App, app},
    text::{t, tr},
};
use client_api::{Answer, Command, UserId, port::PortError};
use leptos::{ev, html, prelude::*, task::spawn_local};

pub fn new_conversation() -> AnyView {
    let app = app();
    let chosen = RwSignal::new(Vec::<Choice>::new());
    let name = RwSignal::new(String::new());
    let close = move || place::replace(app.place, untrack(|| app.behind()));
    let several = Memo::new(move |_| chosen.with(Vec::len) > 1);
    let label = move || match chosen.with(Vec::len) {
        0 => t("new-choose"),
        1 => t("new-direct"),
        count => tr("new-group", &[("count", count.into())]),
    };
    let ready = move || match chosen.with(Vec::len) {
        0 => false,
        1 => true,
        _ => !name.get().trim().is_empty(),
    };
    let begin = move || begin(app, chosen.get_untracked().iter().map(|one| one.user).collect(), name.get_untracked());
    let body = html::form()
        .class("rp-pick")
        .on(ev::submit, move |event| {
            event.prevent_default();
            if ready() {
                begin();
            }
        })
        .child((
            choose_people(chosen, Vec::new()),
            html::div().class("rp-dock").child((
                move || several.get().then(|| line("text", "group-name", name, || None)),
                html::button()
                    .attr("type", "submit")
                    .class("rp-btn rp-btn--primary rp-btn--block")
                    .prop("disabled", move || !ready())
                    .child((icon(Icon::Chats), html::span().child(label))),
            )),
        ));
    dialog::dialog(|| t("new-conversation"), Width::Usual, close, body)
}

fn begin(app: App, people: Vec<UserId>, name: String) {
    let command = match people.as_slice() {
        [one] => Command::OpenDirect(*one),
        _ => Command::CreateGroup { name, members: people },
    };
    spawn_local(async move {
        match bridge::tell(command).await {
            Ok(Answer::Conversation(id)) => {
                app.load_conversations().await;
                place::replace(app.place, Place::Conversation(id));
            }
            Ok(_) => app.say(Toast::error(&PortError::Broken)),
            Err(error) => app.complain(&error),
        }
    });
}
