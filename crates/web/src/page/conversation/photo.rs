// SPDX-License-Identifier: EUPL-1.2
//! Attachments in a message: pictures side by side, files as rows with what can be done with them.

use super::{Open, lightbox::Large};
use crate::{
    bridge,
    file::{save, size_text, thumb},
    part::icon::{Icon, icon},
    state::{App, app},
    text::{t, tr},
};
use client_api::{AttachmentState, AttachmentView, Command, MessageView};
use leptos::{ev, html, prelude::*, task::spawn_local};

/// Pictures up to this size are fetched without asking, bytes.
const UNASKED_BYTES: u64 = 8 * 1024 * 1024;
/// Pictures drawn side by side; the last one counts the rest.
const SIDE_BY_SIDE: usize = 4;

/// A kind of picture browsers draw without running anything in it.
pub fn is_picture(view: &AttachmentView) -> bool {
    matches!(view.media_type.as_str(), "image/jpeg" | "image/png" | "image/webp" | "image/gif")
}

/// The address of a picture in this page's memory, once it is here; `None` inside: not yet.
pub fn source(view: AttachmentView) -> RwSignal<Option<String>> {
    let url = RwSignal::new(thumb::known(&view.id));
    if url.with_untracked(Option::is_none) {
        spawn_local(async move {
            if let Ok(made) = thumb::load(&view).await {
                url.set(Some(made));
            }
        });
    }
    url
}

pub fn photos(open: Open, view: &MessageView) -> AnyView {
    let pictures: Vec<AttachmentView> = view.attachments.iter().filter(|one| is_picture(one)).cloned().collect();
    if pictures.is_empty() {
        return ().into_any();
    }
    let count = pictures.len();
    let more = count.saturating_sub(SIDE_BY_SIDE);
    let class = match count {
        1 => "rp-photos rp-photos--1",
        3 => "rp-photos rp-photos--3",
        _ => "rp-photos",
    };
    let message = view.clone();
    let drawn: Vec<_> = pictures
        .into_iter()
        .take(SIDE_BY_SIDE)
        .enumerate()
        .map(|(index, picture)| {
            let rest = (index + 1 == SIDE_BY_SIDE && more > 0).then(|| format!("+{more}"));
            one(open, message.clone(), index, picture, rest)
        })
        .collect();
    html::div().class(class).child(drawn).into_any()
}

/// What became of a picture.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Loading,
    Here,
    /// On the server, and too large to be fetched without asking.
    Asks,
    Gone,
    /// The bytes are no picture, or one too large to draw.
    Broken,
}

/// `rest` says how many more there are.
fn one(open: Open, message: MessageView, index: usize, picture: AttachmentView, rest: Option<String>) -> AnyView {
    let app = app();
    let url = RwSignal::new(thumb::known(&picture.id));
    let begin = match picture.state {
        AttachmentState::Gone => Shown::Gone,
        AttachmentState::Remote if picture.size_bytes > UNASKED_BYTES => Shown::Asks,
        _ if url.with_untracked(Option::is_some) => Shown::Here,
        _ => Shown::Loading,
    };
    let shown = RwSignal::new(begin);
    if begin == Shown::Loading {
        let picture = picture.clone();
        spawn_local(async move {
            match picture.state {
                AttachmentState::Remote => {
                    let _ = bridge::tell(Command::FetchAttachment(picture.id)).await;
                }
                AttachmentState::Here | AttachmentState::Uploading => match thumb::load(&picture).await {
                    Ok(made) => {
                        url.set(Some(made));
                        shown.set(Shown::Here);
                    }
                    Err(_) => shown.set(Shown::Broken),
                },
                AttachmentState::Loading | AttachmentState::Gone => {}
            }
        });
    }
    let name = picture.name.clone();
    let label = name.clone();
    let id = picture.id;
    let size = picture.size_bytes;
    let open_large = move || match shown.get_untracked() {
        Shown::Here => open.large.set(Some(Large { message: message.clone(), index })),
        Shown::Asks => {
            shown.set(Shown::Loading);
            spawn_local(async move {
                if let Err(error) = bridge::tell(Command::FetchAttachment(id)).await {
                    app.complain(&error);
                }
            });
        }
        Shown::Broken => keep(app, picture.clone()),
        Shown::Loading | Shown::Gone => {}
    };
    let inside = move || match shown.get() {
        Shown::Here => url
            .get()
            .map(|url| {
                html::img()
                    .attr("src", url)
                    .attr("alt", "")
                    .attr("decoding", "async")
                    .on(ev::error, move |_| shown.set(Shown::Broken))
            })
            .into_any(),
        Shown::Loading => loading(app, id),
        Shown::Asks => said(Icon::Download, &name, tr("picture-load", &[("size", size_text(size).into())])),
        Shown::Gone => said(Icon::Warn, &name, t("attachment-gone")),
        Shown::Broken => said(Icon::Warn, &name, t("picture-broken")),
    };
    let more = rest.clone();
    let named = move || {
        let opens = tr("picture-open", &[("name", label.as_str().into())]);
        let opens = more.iter().fold(opens, |text, more| format!("{text} {more}"));
        matches!(shown.get(), Shown::Here | Shown::Loading).then_some(opens)
    };
    html::button()
        .attr("type", "button")
        .class("rp-photo")
        .attr("data-shown", move || match shown.get() {
            Shown::Loading => "loading",
            Shown::Here => "here",
            Shown::Asks => "asks",
            Shown::Gone => "gone",
            Shown::Broken => "broken",
        })
        .attr("aria-label", named)
        .on(ev::click, move |_| open_large())
        .child((inside, rest.map(|rest| html::b().child(rest))))
        .into_any()
}

/// What is the matter with a picture; its name is only read aloud.
fn said(what: Icon, name: &str, text: String) -> AnyView {
    let name = html::span().class("rp-sr").attr("dir", "auto").child(name.to_owned());
    html::span().class("rp-photo__said").child((icon(what), name, html::span().child(text))).into_any()
}

fn loading(app: App, id: client_api::AttachmentId) -> AnyView {
    let percent =
        move || app.moving.with(|all| all.get(&id).map_or(0, |(done, total)| (done * 100 / (*total).max(1)).min(100)));
    (
        html::span().class("rp-skel rp-skel--fill"),
        html::span()
            .class("rp-tube rp-tube--thin rp-photo__tube")
            .child(html::i().style(("width", move || format!("{}%", percent())))),
    )
        .into_any()
}

pub fn files(open: Open, view: &MessageView) -> AnyView {
    let _ = open;
    let rows: Vec<_> = view.attachments.iter().filter(|one| !is_picture(one)).map(|one| file(one.clone())).collect();
    rows.into_any()
}

/// Fetches if needed, then hands the bytes to the browser's downloads.
fn keep(app: App, view: AttachmentView) {
    spawn_local(async move {
        if let Err(error) = save::attachment(&view).await {
            app.complain(&error);
        }
    });
}

pub fn file(view: AttachmentView) -> AnyView {
    let app = app();
    let id = view.id;
    let name = view.name.clone();
    let size = view.size_bytes;
    let state = view.state;
    let moving = move || app.moving.with(|all| all.get(&id).copied());
    let line = move || match (state, moving()) {
        (AttachmentState::Gone, _) => t("attachment-gone"),
        (AttachmentState::Loading | AttachmentState::Remote, Some((done, total))) => {
            tr("file-loading", &[("done", size_text(done).into()), ("total", size_text(total).into())])
        }
        (AttachmentState::Loading, None) => t("file-waiting"),
        _ => size_text(size),
    };
    let tube = move || {
        let loading = state == AttachmentState::Loading || moving().is_some();
        (loading && state != AttachmentState::Here && state != AttachmentState::Uploading).then(|| {
            let percent = moving().map_or(0, |(done, total)| (done * 100 / total.max(1)).min(100));
            html::span()
                .class("rp-tube rp-tube--thin")
                .attr("role", "progressbar")
                .attr("aria-label", t("downloading"))
                .attr("aria-valuenow", percent.to_string())
                .attr("aria-valuemin", "0")
                .attr("aria-valuemax", "100")
                .child(html::i().style(("width", format!("{percent}%"))))
        })
    };
    let label = view.name.clone();
    let act = (state != AttachmentState::Gone).then(|| {
        html::button()
            .attr("type", "button")
            .class("rp-iconbtn")
            .attr("aria-label", move || tr("file-save", &[("name", label.as_str().into())]))
            .on(ev::click, move |_| keep(app, view.clone()))
            .child(icon(Icon::Download))
    });
    html::div()
        .class("rp-file")
        .attr("data-state", format!("{state:?}").to_lowercase())
        .child((
            html::span().class("rp-file__ic").child(icon(Icon::File)),
            html::div().class("rp-grow").child((
                html::b().attr("dir", "auto").child(name),
                html::small().child(line),
                tube,
            )),
            act,
        ))
        .into_any()
}
