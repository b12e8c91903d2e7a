// SPDX-License-Identifier: EUPL-1.2
//! Handing a message on: to a conversation there is, or to a person of the directory.

use super::{list::name_of, members::directory};
use crate::{
    bridge,
    part::{
        avatar,
        dialog::{self, Width},
        field::search_at_once,
        icon::{Icon, small},
        live,
    },
    saying::Toast,
    state::{App, app},
    text::{t, words},
};
use client_api::{Answer, Command, ConversationId, ConversationKind, MessageId, MessageView, UserId, port::PortError};
use leptos::{ev, html, prelude::*, task::spawn_local};

/// People shown below the conversations.
const PEOPLE: usize = 30;

/// Where it may go.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum To {
    Conversation(ConversationId),
    Person(UserId),
}

pub fn forward(message: MessageView, close: impl Fn() + Clone + 'static) -> AnyView {
    let app = app();
    let wanted = RwSignal::new(String::new());
    let id = message.id;
    let leave = close.clone();
    let choose = StoredValue::new_local(move |to: To| {
        leave();
        spawn_local(hand_on(app, id, to));
    });
    let take = move |to: To| choose.with_value(|choose| choose(to));
    let text =
        message.text.clone().or_else(|| message.attachments.first().map(|one| one.name.clone())).unwrap_or_default();
    let what =
        html::div().class(format!("rp-quote hue-{} rp-forward__what", avatar::hue(message.sender.as_bytes()))).child((
            html::b().attr("dir", "auto").child(message.sender_name.clone()),
            html::span().class("rp-ellipsis rp-block").attr("dir", "auto").child(text),
        ));
    let proof = html::p()
        .class("rp-sm rp-muted rp-forward__proof")
        .child((small(Icon::Shield), html::span().child(words("forward-text"))));
    let body = (
        what,
        proof,
        search_at_once(wanted, "search-forward", |_| {}),
        html::div()
            .class("rp-scroll rp-pick__list")
            .child((conversations(app, wanted, take), people(app, wanted, take))),
    );
    dialog::dialog(|| t("forward"), Width::Usual, close, body)
}

fn conversations(app: App, wanted: RwSignal<String>, take: impl Fn(To) + Copy + Send + 'static) -> AnyView {
    let shown = Memo::new(move |_| {
        let wanted = wanted.get().trim().to_lowercase();
        app.conversations.with(|all| {
            let all = all.iter().flatten().filter(|one| one.member);
            all.filter(|one| name_of(one).to_lowercase().contains(&wanted)).cloned().collect::<Vec<_>>()
        })
    });
    let row = move |view: client_api::ConversationView| {
        let id = view.id;
        hit(avatar::conversation(&view, avatar::Size::Usual), name_of(&view), None, move || take(To::Conversation(id)))
    };
    live(move || {
        shown.with(|all| !all.is_empty()).then(|| {
            (
                html::h2().class("rp-sect").child(words("conversations")),
                For(ForProps::builder().each(move || shown.get()).key(|one| one.id).children(row).build()),
            )
        })
    })
}

fn people(app: App, wanted: RwSignal<String>, take: impl Fn(To) + Copy + Send + 'static) -> AnyView {
    let found = directory(wanted);
    let shown = Memo::new(move |_| {
        let known: Vec<UserId> = app.conversations.with(|all| {
            all.iter().flatten().filter(|one| one.kind != ConversationKind::Group).filter_map(|one| one.peer).collect()
        });
        found.with(|found| {
            let all = found.iter().flatten().filter(|one| !one.revoked && !known.contains(&one.user));
            all.take(PEOPLE).cloned().collect::<Vec<_>>()
        })
    });
    let row = move |one: client_api::PersonView| {
        let user = one.user;
        hit(avatar::person(&user, &one.name, avatar::Size::Usual), one.name.clone(), one.unit, move || {
            take(To::Person(user))
        })
    };
    live(move || {
        shown.with(|all| !all.is_empty()).then(|| {
            (
                html::h2().class("rp-sect").child(words("people")),
                For(ForProps::builder().each(move || shown.get()).key(|one| one.user).children(row).build()),
            )
        })
    })
}

fn hit(avatar: AnyView, name: String, unit: Option<String>, act: impl Fn() + 'static) -> AnyView {
    html::button()
        .attr("type", "button")
        .class("rp-hit")
        .on(ev::click, move |_| act())
        .child((
            avatar,
            html::div().child((
                html::b().attr("dir", "auto").child(name),
                unit.map(|unit| html::small().class("rp-ellipsis").attr("dir", "auto").child(unit)),
            )),
            small(Icon::Forward),
        ))
        .into_any()
}

async fn hand_on(app: App, message: MessageId, to: To) {
    let to = match to {
        To::Conversation(id) => Ok(id),
        To::Person(user) => match bridge::tell(Command::OpenDirect(user)).await {
            Ok(Answer::Conversation(id)) => Ok(id),
            Ok(_) => Err(PortError::Broken),
            Err(error) => Err(error),
        },
    };
    let done = match to {
        Ok(to) => bridge::tell(Command::Forward { message, to }).await.map(drop),
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => {
            app.say(Toast::done("forwarded"));
            app.list_changed();
        }
        Err(error) => app.complain(&error),
    }
}
