// SPDX-License-Identifier: EUPL-1.2
//! One picture, large, with where and when it was taken; arrows lead to the others of the message.

use super::{Open, message::place_text, photo};
use crate::{
    file::save,
    part::{
        dialog,
        field::styled_icon_button,
        icon::{Icon, icon},
        live,
    },
    state::app,
    time,
};
use client_api::{AttachmentView, MessageView};
use leptos::{html, prelude::*, task::spawn_local};

/// Which picture of which message.
#[derive(Clone, Debug, PartialEq)]
pub struct Large {
    pub message: MessageView,
    pub index: usize,
}

pub fn lightbox(open: Open, large: Large) -> AnyView {
    let app = app();
    let Large { message, index } = large;
    let pictures: Vec<AttachmentView> =
        message.attachments.iter().filter(|one| photo::is_picture(one)).cloned().collect();
    let Some(picture) = pictures.get(index).cloned() else { return ().into_any() };
    let count = pictures.len();
    let turn = move |step: usize| {
        let message = message.clone();
        move || open.large.set(Some(Large { message: message.clone(), index: (index + step) % count }))
    };
    let source = photo::source(picture.clone());
    let facts = {
        let (place, taken) = (
            open.large.with_untracked(|large| large.as_ref().and_then(|large| large.message.place)),
            open.large.with_untracked(|large| large.as_ref().and_then(|large| large.message.captured_at)),
        );
        (
            place.map(|place| {
                html::span()
                    .class("rp-chip")
                    .child((icon(Icon::Pin), html::span().child(live(move || place_text(place)))))
            }),
            taken.map(|at| {
                html::span()
                    .class("rp-chip")
                    .child((icon(Icon::Camera), html::span().child(live(move || time::in_sentence(at)))))
            }),
        )
    };
    let name = picture.name.clone();
    let keep = move || {
        let picture = picture.clone();
        spawn_local(async move {
            if let Err(error) = save::attachment(&picture).await {
                app.complain(&error);
            }
        });
    };
    let label = name.clone();
    let body = html::div().class("rp-large").child((
        html::header().class("rp-large__head").child((
            html::h1().class("rp-ellipsis").attr("id", "large-name").attr("dir", "auto").child(label),
            styled_icon_button(Icon::Download, "save", "", keep),
            styled_icon_button(Icon::X, "close", "", move || open.large.set(None)),
        )),
        html::div().class("rp-large__picture").child((
            (count > 1).then(|| styled_icon_button(Icon::Left, "previous", "", turn.clone()(count - 1))),
            move || source.get().map(|url| html::img().attr("src", url).attr("alt", name.clone())),
            (count > 1).then(|| styled_icon_button(Icon::Right, "next", "", turn(1))),
        )),
        html::div().class("rp-facts rp-large__facts").child(facts),
    ));
    dialog::frame(dialog::Width::Large, "large-name", move || open.large.set(None), body.into_any())
}
