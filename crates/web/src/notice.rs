// SPDX-License-Identifier: EUPL-1.2
//! A new message while somebody looks elsewhere: the tab's title counts, screen readers are told.

use crate::{
    bridge::ask,
    part::count::how_many,
    state::App,
    text::{t, tr},
};
use client_api::{ConversationId, Expiry, MessageId, Query};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

/// Screen readers have said it by then.
const SAID: Duration = Duration::from_secs(5);

/// Says aloud what arrives; the thread shows it.
pub fn aloud(app: App) {
    Effect::new(move |_| {
        if let Some((conversation, message)) = app.arrived.get() {
            say(app, conversation, message);
        }
    });
}

fn say(app: App, conversation: ConversationId, message: MessageId) {
    spawn_local(async move {
        let Ok(Some(view)) = ask!(Query::Message(message), Message) else { return };
        let text = view.text.or_else(|| view.attachments.first().map(|one| one.name.clone()));
        // what destroys itself is read, not said: nothing of it may stay anywhere else
        let text = text.filter(|_| view.expires == Expiry::Never).unwrap_or_else(|| t("message-that-goes"));
        let shown = app.place.get_untracked().conversation() == Some(conversation);
        let key = if shown { "spoken-message-here" } else { "spoken-message" };
        let said = tr(key, &[("who", view.sender_name.into()), ("text", text.into())]);
        app.spoken.set(said.clone());
        set_timeout(
            move || {
                if app.spoken.with_untracked(|now| *now == said) {
                    app.spoken.set(String::new());
                }
            },
            SAID,
        );
    });
}

/// Keeps the title true: how many are unread, and where one is.
pub fn title(app: App) {
    Effect::new(move || {
        let unread: u32 =
            app.conversations.with(|all| all.as_ref().map_or(0, |all| all.iter().map(|one| one.undisplayed).sum()));
        let name = app.place.get().conversation().and_then(|id| app.conversation(id)).map(|one| one.name);
        let name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| "Rohrpost".into());
        document().set_title(&if unread > 0 { format!("({}) {name}", how_many(unread)) } else { name });
    });
}
