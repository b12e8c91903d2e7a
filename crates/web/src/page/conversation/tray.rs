// SPDX-License-Identifier: EUPL-1.2
//! Files chosen for the message being written: each is taken in at once, may be removed, and shows how far it is.

use super::{composer::Composer, photo::is_picture};
use crate::{
    bridge::ask,
    file::{picture, size_text, stage, thumb},
    part::{
        art::{self, Capsule},
        icon::{Icon, Size, icon, sized},
        live,
    },
    saying,
    state::App,
    text::{t, tr, words},
    time,
};
use client_api::{AttachmentId, AttachmentView, Command, Place, Query, Timestamp, port::PortError};
use leptos::{ev, html, prelude::*, task::spawn_local};
use send_wrapper::SendWrapper;
use web_sys::{Blob, File, Url};

/// Where a file comes from: a photo just taken has this place and this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Camera,
    File,
}

/// How far a file has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Being read and made smaller.
    Preparing,
    /// Bytes taken in, of how many.
    Moving(u64, u64),
    Ready(AttachmentId),
    Failed(String),
}

/// One chosen file.
#[derive(Clone)]
pub struct Item {
    pub number: u64,
    pub name: String,
    pub size_bytes: u64,
    pub state: RwSignal<State>,
    /// A small picture of it.
    pub thumb: RwSignal<Option<String>>,
    pub removed: RwSignal<bool>,
    /// A picture that could not be drawn anew: what the camera noted goes with it.
    pub noted: RwSignal<bool>,
    /// For another try; `None`: it was taken in before this page began.
    file: Option<SendWrapper<File>>,
    origin: Origin,
}

impl Item {
    pub fn new(number: u64, file: File, origin: Origin) -> Self {
        Self {
            number,
            name: file.name(),
            size_bytes: file.size() as u64,
            state: RwSignal::new(State::Preparing),
            thumb: RwSignal::new(None),
            removed: RwSignal::new(false),
            noted: RwSignal::new(false),
            file: Some(SendWrapper::new(file)),
            origin,
        }
    }

    /// One that lies in this device's store since an earlier time.
    pub fn kept(number: u64, view: AttachmentView) -> Self {
        let item = Self {
            number,
            name: view.name.clone(),
            size_bytes: view.size_bytes,
            state: RwSignal::new(State::Ready(view.id)),
            thumb: RwSignal::new(None),
            removed: RwSignal::new(false),
            noted: RwSignal::new(false),
            file: None,
            origin: Origin::File,
        };
        if view.media_type.starts_with("image/") {
            let (thumb, noted) = (item.thumb, item.noted);
            spawn_local(async move {
                // what was drawn anew is JPEG without notes
                let head = ask!(Query::AttachmentChunk(view.id, 0), Chunk).ok().flatten();
                let facts = picture::facts(head.as_deref().map_or(&[], Vec::as_slice));
                noted.set(view.media_type != "image/jpeg" || facts.place.is_some() || facts.taken.is_some());
                if is_picture(&view) {
                    thumb.set(thumb::load(&view).await.ok());
                }
            });
        }
        item
    }

    pub fn attachment(&self) -> Option<AttachmentId> {
        match self.state.get() {
            State::Ready(id) => Some(id),
            _ => None,
        }
    }

    /// Takes the file in; photos are drawn anew unless the original is wanted.
    pub fn take_in(&self, app: App, composer: Composer) {
        let item = self.clone();
        let Some(file) = self.file.clone() else { return };
        self.state.set(State::Preparing);
        spawn_local(async move {
            let original = composer.original.get_untracked();
            let (blob, name, media_type) = prepare(&item, &file, composer, original).await;
            let total = blob.size() as u64;
            item.state.set(State::Moving(0, total));
            let moved = |done: u64| {
                let go_on = !item.removed.get_untracked();
                if go_on {
                    item.state.set(State::Moving(done, total));
                }
                go_on
            };
            match stage::stage(&name, &media_type, &blob, moved).await {
                Ok(Some(id)) if item.removed.get_untracked() => drop_file(id),
                Ok(Some(id)) => item.state.set(State::Ready(id)),
                Ok(None) => {}
                Err(error) => {
                    if error == PortError::StorageFull {
                        app.complain(&error);
                    }
                    item.state.set(State::Failed(saying::explain(&error)));
                }
            }
        });
    }

    /// Takes it out again; nothing of it stays.
    pub fn remove(&self) {
        self.removed.set(true);
        if let State::Ready(id) = self.state.get_untracked() {
            drop_file(id);
        }
        self.let_go();
    }

    /// Gives back the small picture's memory, unless others show it too.
    pub fn let_go(&self) {
        if let Some(url) = self.thumb.get_untracked().filter(|_| self.file.is_some()) {
            let _ = Url::revoke_object_url(&url);
        }
    }
}

fn drop_file(id: AttachmentId) {
    spawn_local(async move {
        let _ = crate::bridge::tell(Command::DropFile(id)).await;
    });
}

/// What is sent of a file: bytes, name, kind.
async fn prepare(item: &Item, file: &File, composer: Composer, original: bool) -> (Blob, String, String) {
    let declared = file.type_();
    let file: Blob = file.clone().into();
    let media_type = if declared.is_empty() { "application/octet-stream".to_owned() } else { declared };
    if !media_type.starts_with("image/") {
        return (file, item.name.clone(), media_type);
    }
    let head = file.slice_with_f64_and_f64(0.0, 262_144.0_f64.min(file.size())).ok();
    let head = match head {
        Some(head) => picture::bytes(&head).await.unwrap_or_default(),
        None => Vec::new(),
    };
    note_facts(item, composer, &head);
    let drawable = picture::size(&head).is_some_and(picture::Size::is_drawable);
    if drawable && let Ok(url) = Url::create_object_url_with_blob(&file) {
        item.thumb.set(Some(url));
    }
    if original {
        item.noted.set(true);
        return (file, item.name.clone(), media_type);
    }
    match picture::redraw(&file, &head).await {
        Some(drawn) => (drawn, renamed(&item.name), "image/jpeg".to_owned()),
        // the browser can't draw it: it goes as the file it is
        None => {
            item.noted.set(true);
            (file, item.name.clone(), media_type)
        }
    }
}

/// The first photo with a place or a time gives them to the message; a photo just taken is here and now.
fn note_facts(item: &Item, composer: Composer, head: &[u8]) {
    let facts = picture::facts(head);
    let now = (item.origin == Origin::Camera).then(time::now);
    composer.note(facts.place, facts.taken.or(now));
    if facts.place.is_none() && item.origin == Origin::Camera {
        composer.locate();
    }
}

/// `IMG_1.png` → `IMG_1.jpg`.
fn renamed(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    format!("{}.jpg", if stem.is_empty() { "photo" } else { stem })
}

/// Place and time that a message gets from its photos.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Noted {
    pub place: Option<Place>,
    pub taken: Option<Timestamp>,
}

pub fn tray(app: App, composer: Composer) -> AnyView {
    let items = composer.items;
    live(move || {
        let any = items.with(|all| !all.is_empty());
        any.then(|| {
            html::div().class("rp-composer__tray").attr("role", "list").attr("aria-label", words("attachments")).child(
                For(ForProps::builder()
                    .each(move || items.get())
                    .key(|item| item.number)
                    .children(move |item| one(app, composer, item))
                    .build()),
            )
        })
    })
}

fn one(app: App, composer: Composer, item: Item) -> AnyView {
    let (thumb, state, size, noted) = (item.thumb, item.state, item.size_bytes, item.noted);
    let name = item.name.clone();
    let picture = move || match thumb.get() {
        Some(url) => html::img().attr("src", url).attr("alt", "").into_any(),
        None => sized(Icon::File, Size::Large),
    };
    let tube = move || match state.get() {
        State::Moving(done, total) => {
            let percent = (done * 100).checked_div(total).unwrap_or(100);
            Some(html::div().class("rp-tube").child(html::i().style(("width", format!("{percent}%")))))
        }
        _ => None,
    };
    let line = move || match state.get() {
        State::Preparing => t("file-preparing"),
        State::Moving(done, total) => {
            format!("{} % · {}", (done * 100).checked_div(total).unwrap_or(100), size_text(size))
        }
        State::Ready(_) if noted.get() => t("file-ready-noted"),
        State::Ready(_) => t("file-ready"),
        State::Failed(why) => why,
    };
    let again = {
        let item = item.clone();
        move || {
            let item = item.clone();
            matches!(state.get(), State::Failed(_)).then(|| {
                html::button()
                    .attr("type", "button")
                    .class("rp-btn rp-btn--quiet rp-sm")
                    .on(ev::click, move |_| item.take_in(app, composer))
                    .child(words("try-again"))
            })
        }
    };
    let label = item.name.clone();
    let number = item.number;
    html::div()
        .class("rp-att")
        .class(("is-done", move || matches!(state.get(), State::Ready(_))))
        .class(("is-failed", move || matches!(state.get(), State::Failed(_))))
        .attr("role", "listitem")
        .child((
            html::div().class("rp-att__pic").child((picture, tube)),
            html::button()
                .attr("type", "button")
                .class("rp-iconbtn")
                .attr("aria-label", move || tr("file-remove", &[("name", label.as_str().into())]))
                .on(ev::click, move |_| composer.remove(number))
                .child(icon(Icon::X)),
            html::small().class("rp-att__name rp-ellipsis").attr("dir", "auto").child(name),
            html::small().attr("role", "status").child(line),
            again,
        ))
        .into_any()
}

/// Shown while files hang over the conversation.
pub fn drop_zone() -> AnyView {
    html::div()
        .class("rp-dropzone")
        .child(html::div().child((
            art::tube(Capsule::Ready),
            html::p().class("rp-h2").child(words("drop-here")),
            html::p().class("rp-sm").child(words("drop-here-text")),
        )))
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::renamed;

    #[test]
    fn redrawn_photo_says_that_it_is_a_jpeg_now() {
        for (before, after) in
            [("a.png", "a.jpg"), ("IMG.2026.HEIC", "IMG.2026.jpg"), ("foto", "foto.jpg"), (".png", "photo.jpg")]
        {
            assert_eq!(renamed(before), after);
        }
    }
}
