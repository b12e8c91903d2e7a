// SPDX-License-Identifier: EUPL-1.2
//! Writing a message: text that grows, files, place, self-destruct, an answer to another; nothing typed is lost.

use super::{
    Open, expiry,
    message::place_text,
    rows::is_own,
    tray::{self, Item, Noted, Origin, State},
    window::Echo,
};
use crate::{
    bridge::{self, ask},
    file::picture,
    page::list::name_of,
    part::{
        field::styled_icon_button,
        icon::{Icon, icon, small},
        live,
    },
    saying::Toast,
    setting::EnterKey,
    state::{App, app},
    text::{t, tr, words},
};
use client_api::{
    ATTACHMENTS_MAX, AccountState, Answer, Command, ConversationId, ConversationView, Draft, DraftView, Expiry,
    MessageView, Place, Query, Timestamp, Why,
};
use leptos::{ev, html, prelude::*, task::spawn_local};
use std::{collections::HashMap, time::Duration};
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{FileList, HtmlInputElement, KeyboardEvent};

/// A draft is kept this long after the last key.
const KEEP: Duration = Duration::from_millis(300);

/// The composers of this page, one for each conversation that was opened: what is being written, and files still being
/// taken in, go on while somebody looks elsewhere.
#[derive(Clone, Copy)]
pub struct Composers {
    all: StoredValue<HashMap<ConversationId, Composer>>,
    /// What lives as long as the page.
    owner: StoredValue<Option<Owner>>,
}

impl Composers {
    /// For everything below; they go with the account.
    pub fn provide(app: App) {
        let (all, owner) = (StoredValue::new(HashMap::new()), StoredValue::new(Owner::current()));
        provide_context(Self { all, owner });
        Effect::new(move |_| {
            if app.status.with(|status| status.account != AccountState::Ready) {
                all.set_value(HashMap::new());
            }
        });
    }

    pub fn of(self, id: ConversationId) -> Composer {
        if let Some(composer) = self.all.with_value(|all| all.get(&id).copied()) {
            composer.more.set(false);
            composer.choosing.set(false);
            return composer;
        }
        let make = || {
            let composer = Composer::new(id);
            composer.keep();
            composer
        };
        let composer = self.owner.get_value().map_or_else(make, |owner| owner.with(make));
        self.all.update_value(|all| {
            all.insert(id, composer);
        });
        composer
    }
}

/// The message being written.
#[derive(Clone, Copy)]
pub struct Composer {
    id: ConversationId,
    pub text: RwSignal<String>,
    pub items: RwSignal<Vec<Item>>,
    pub expires: RwSignal<Expiry>,
    pub noted: RwSignal<Noted>,
    pub reply: RwSignal<Option<MessageView>>,
    /// Photos go as they are, with all the camera noted.
    pub original: RwSignal<bool>,
    more: RwSignal<bool>,
    choosing: RwSignal<bool>,
    next: RwSignal<u64>,
    input: NodeRef<html::Textarea>,
    due: StoredValue<u64>,
    /// As the store has it; `None` until it was read.
    kept: StoredValue<Option<Draft>>,
    /// What lives as long as the composer is made under it: a menu that closes takes its own with it.
    owner: StoredValue<Option<Owner>>,
}

impl Composer {
    fn new(id: ConversationId) -> Self {
        Self {
            id,
            text: RwSignal::default(),
            items: RwSignal::default(),
            expires: RwSignal::default(),
            noted: RwSignal::default(),
            reply: RwSignal::new(None),
            original: RwSignal::new(false),
            more: RwSignal::new(false),
            choosing: RwSignal::new(false),
            next: RwSignal::new(0),
            input: NodeRef::new(),
            due: StoredValue::new(0),
            kept: StoredValue::new(None),
            owner: StoredValue::new(Owner::current()),
        }
    }

    /// Reads what was begun earlier, then keeps every change.
    fn keep(self) {
        spawn_local(async move {
            let view = ask!(Query::Conversation(self.id), Conversation).ok().flatten();
            let kept = view.and_then(|view| view.draft);
            let reply = match kept.as_ref().and_then(|kept| kept.draft.in_reply_to) {
                Some(id) => ask!(Query::Message(id), Message).ok().flatten(),
                None => None,
            };
            self.kept.set_value(Some(kept.as_ref().map(|kept| kept.draft.clone()).unwrap_or_default()));
            match kept {
                Some(kept) if self.now().is_empty() => self.put_back(kept, reply),
                // what was typed meanwhile is newer
                _ => self.changed(),
            }
        });
        Effect::new(move |_| {
            self.draft();
            self.changed();
        });
        let handle = window_event_listener_untyped("pagehide", move |_| self.save());
        on_cleanup(move || handle.remove());
    }

    /// As it would be sent now.
    fn draft(self) -> Draft {
        let noted = self.noted.get();
        Draft {
            text: self.text.get(),
            attachments: self.items.with(|all| all.iter().filter_map(Item::attachment).collect()),
            place: noted.place,
            captured_at: noted.taken,
            expires: self.expires.get(),
            in_reply_to: self.reply.with(|reply| reply.as_ref().map(|view| view.id)),
        }
    }

    fn now(self) -> Draft {
        untrack(|| self.draft())
    }

    fn put_back(self, DraftView { draft, files }: DraftView, reply: Option<MessageView>) {
        for file in files {
            let number = self.number();
            let Some(owner) = self.owner.get_value() else { return };
            let item = owner.with(|| Item::kept(number, file));
            self.items.update(|all| all.push(item));
        }
        self.noted.set(Noted { place: draft.place, taken: draft.captured_at });
        self.expires.set(draft.expires);
        self.text.set(draft.text);
        self.reply.set(reply);
        request_animation_frame(move || self.grow());
    }

    /// Saved soon; many changes in a row are saved once.
    fn changed(self) {
        let number = self.due.get_value() + 1;
        self.due.set_value(number);
        set_timeout(
            move || {
                if self.due.get_value() == number {
                    self.save();
                }
            },
            KEEP,
        );
    }

    fn save(self) {
        let draft = self.now();
        if self.kept.with_value(|kept| kept.as_ref().is_none_or(|kept| *kept == draft)) {
            return;
        }
        self.kept.set_value(Some(draft.clone()));
        let command = Command::SaveDraft { conversation: self.id, draft };
        spawn_local(async move {
            if bridge::tell(command).await.is_err() {
                // unequal to whatever comes: tried again with the next change
                self.kept.set_value(Some(Draft::default()));
            }
        });
    }

    /// A number nothing else here has.
    fn number(self) -> u64 {
        self.next.update(|next| *next += 1);
        self.next.get_untracked()
    }

    fn typed(self, text: String) {
        self.text.set(text);
        self.grow();
    }

    /// Browsers that can't size a text field by its content are helped.
    fn grow(self) {
        if let Some(input) = self.input.get_untracked() {
            let style = web_sys::HtmlElement::style(&input);
            let _ = style.set_property("height", "auto");
            let _ = style.set_property("height", &format!("{}px", input.scroll_height()));
        }
    }

    pub fn focus(self) {
        let focus = move || {
            if let Some(input) = self.input.try_get_untracked().flatten() {
                let _ = input.focus();
            }
        };
        focus();
        // a dialog that is just closing keeps everything else out of reach until it is gone
        request_animation_frame(focus);
    }

    pub fn reply_to(self, view: MessageView) {
        self.reply.set(Some(view));
        self.focus();
    }

    /// Puts a text back that was not sent, before whatever is typed now.
    pub fn give_back(self, text: String) {
        if text.is_empty() {
            return;
        }
        let now = self.text.get_untracked();
        let both = if now.is_empty() { text } else { format!("{text}\n{now}") };
        self.typed(both);
        self.focus();
    }

    /// Takes files in, as many as a message carries.
    pub fn take(self, app: App, list: &FileList, origin: Origin) {
        let files = picture::files(list);
        let room = ATTACHMENTS_MAX - self.items.with_untracked(Vec::len).min(ATTACHMENTS_MAX);
        if files.len() > room {
            app.say(Toast::warning(Why::TooManyFiles));
        }
        for file in files.into_iter().take(room) {
            let number = self.number();
            let Some(owner) = self.owner.get_value() else { return };
            let item = owner.with(|| Item::new(number, file, origin));
            self.items.update(|all| all.push(item.clone()));
            item.take_in(app, self);
        }
        self.focus();
    }

    pub fn remove(self, number: u64) {
        let item = self.items.with_untracked(|all| all.iter().find(|item| item.number == number).cloned());
        if let Some(item) = item {
            item.remove();
        }
        self.items.update(|all| all.retain(|item| item.number != number));
        if self.items.with_untracked(Vec::is_empty) {
            self.noted.set(Noted::default());
        }
        self.focus();
    }

    /// Place and time of a photo, where none is noted yet.
    pub fn note(self, place: Option<Place>, taken: Option<Timestamp>) {
        self.noted.update(|noted| {
            noted.place = noted.place.or(place);
            noted.taken = noted.taken.or(taken);
        });
    }

    /// Asks the device where it is.
    pub fn locate(self) {
        let Ok(geolocation) = window().navigator().geolocation() else { return };
        let found = Closure::once_into_js(move |position: web_sys::Position| {
            let at = position.coords();
            let place = Place {
                latitude_e7: picture::e7(at.latitude()),
                longitude_e7: picture::e7(at.longitude()),
                accuracy_m: at.accuracy().clamp(0.0, 1e6).round() as u32,
            };
            if self.noted.try_get_untracked().is_some() {
                self.note(Some(place), None);
            }
        });
        let _ = geolocation.get_current_position(found.unchecked_ref());
    }

    fn is_empty(self) -> bool {
        let text = self.text.with(|text| text.trim().is_empty());
        text && self.items.with(Vec::is_empty) && self.noted.with(|noted| noted.place.is_none())
    }

    /// All files are in.
    fn is_complete(self) -> bool {
        self.items.with(|all| all.iter().all(|item| matches!(item.state.get(), State::Ready(_))))
    }
}

pub fn composer(open: Open, view: Memo<Option<ConversationView>>) -> AnyView {
    let app = app();
    let member = Memo::new(move |_| view.with(|view| view.as_ref().is_none_or(|view| view.member)));
    live(move || if member.get() { form(app, open, view) } else { left() })
}

fn left() -> AnyView {
    html::p()
        .class("rp-composer rp-composer--left")
        .child((small(Icon::Lock), html::span().child(words("left-text"))))
        .into_any()
}

fn form(app: App, open: Open, view: Memo<Option<ConversationView>>) -> AnyView {
    let composer = open.composer;
    let send = move || send(app, open);
    html::form()
        .class("rp-composer")
        .on(ev::submit, move |event| {
            event.prevent_default();
            send();
        })
        .child((
            html::div().class("rp-composer__box").child((
                reply_bar(composer),
                tray::tray(app, composer),
                chips(composer),
                row(app, open, view),
            )),
            move || composer.more.get().then(|| more(app, open)),
            move || {
                composer.choosing.get().then(|| {
                    expiry::picker(composer.expires, move || {
                        composer.choosing.set(false);
                        composer.focus();
                    })
                })
            },
        ))
        .into_any()
}

fn row(app: App, open: Open, view: Memo<Option<ConversationView>>) -> AnyView {
    let composer = open.composer;
    let hint = move || {
        view.with(|view| {
            view.as_ref().map_or_else(|| t("message"), |view| tr("message-to", &[("name", name_of(view).into())]))
        })
    };
    let input = html::textarea()
        .class("rp-composer__text")
        .attr("rows", "1")
        .attr("dir", "auto")
        .attr("aria-label", words("write-message"))
        .attr("placeholder", hint)
        .attr("enterkeyhint", "send")
        .node_ref(composer.input)
        .prop("value", move || composer.text.get())
        .on(ev::input, move |event| composer.typed(event_target_value(&event)))
        .on(ev::keydown, move |event| keys(app, open, &event))
        .on(ev::paste, move |event| {
            if let Some(files) = event.clipboard_data().and_then(|data| data.files()).filter(|files| files.length() > 0)
            {
                event.prevent_default();
                composer.take(app, &files, Origin::File);
            }
        });
    let camera = file_input(app, composer, Origin::Camera);
    let can_send = move || !composer.is_empty();
    html::div()
        .class("rp-composer__row")
        .child((
            html::button()
                .attr("type", "button")
                .class("rp-iconbtn")
                .attr("aria-label", words("attach"))
                .attr("title", words("attach"))
                .attr("aria-expanded", move || if composer.more.get() { "true" } else { "false" })
                .on(ev::click, move |_| composer.more.update(|more| *more = !*more))
                .child(icon(Icon::Plus)),
            input,
            camera,
            move || {
                can_send().then(|| {
                    html::button()
                        .attr("type", "submit")
                        .class("rp-iconbtn rp-iconbtn--fill rp-composer__send")
                        .attr("aria-label", words("send"))
                        .attr("title", words("send"))
                        .prop("disabled", move || !composer.is_complete())
                        .child(icon(Icon::Send))
                })
            },
        ))
        .into_any()
}

fn keys(app: App, open: Open, event: &KeyboardEvent) {
    if event.key() == "Enter" && !event.is_composing() {
        let plain = !event.shift_key() && !event.alt_key();
        let sends = match app.settings.get_untracked().enter {
            EnterKey::Sends => plain,
            EnterKey::Breaks => event.ctrl_key() || event.meta_key(),
        };
        if sends {
            event.prevent_default();
            send(app, open);
        }
    } else if event.key() == "Escape" && open.composer.reply.get_untracked().is_some() {
        event.prevent_default();
        open.composer.reply.set(None);
    }
}

/// A button that opens the camera or the files.
fn file_input(app: App, composer: Composer, origin: Origin) -> AnyView {
    let input = NodeRef::<html::Input>::new();
    let take = move |event: web_sys::Event| {
        let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else { return };
        if let Some(files) = input.files() {
            composer.take(app, &files, origin);
        }
        input.set_value("");
        composer.more.set(false);
    };
    let choose = move || {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let hidden = html::input()
        .attr("type", "file")
        .class("rp-hiddeninput")
        .attr("tabindex", "-1")
        .attr("aria-hidden", "true")
        .node_ref(input)
        .on(ev::change, take);
    match origin {
        Origin::Camera => (
            hidden.attr("accept", "image/*").attr("capture", "environment").attr("data-input", "camera"),
            html::button()
                .attr("type", "button")
                .class("rp-iconbtn")
                .attr("aria-label", words("take-photo"))
                .attr("title", words("take-photo"))
                .on(ev::click, move |_| choose())
                .child(icon(Icon::Camera)),
        )
            .into_any(),
        Origin::File => {
            (hidden.attr("multiple", "").attr("data-input", "file"), entry(Icon::Clip, "attach-file", choose))
                .into_any()
        }
    }
}

fn entry(what: Icon, label: &'static str, act: impl Fn() + 'static) -> AnyView {
    html::button()
        .attr("type", "button")
        .on(ev::click, move |_| act())
        .child((small(what), html::span().child(words(label))))
        .into_any()
}

/// What else can be put into a message.
fn more(app: App, open: Open) -> AnyView {
    let composer = open.composer;
    let menu = NodeRef::<html::Div>::new();
    Effect::new(move || {
        let first = menu.get().and_then(|menu| menu.query_selector("button").ok().flatten());
        if let Some(first) = first.and_then(|first| first.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = first.focus();
        }
    });
    let place = move || {
        composer.more.set(false);
        composer.locate();
    };
    let choose = move || {
        composer.more.set(false);
        composer.choosing.set(true);
    };
    let original = html::label().class("rp-menu__check").child((
        html::input()
            .attr("type", "checkbox")
            .prop("checked", move || composer.original.get())
            .on(ev::change, move |event| composer.original.set(event_target_checked(&event))),
        html::span()
            .child((html::span().child(words("photo-original")), html::small().child(words("photo-original-text")))),
    ));
    (
        html::div().class("rp-menuback").on(ev::click, move |_| composer.more.set(false)),
        html::div()
            .class("rp-menu rp-menu--composer")
            .node_ref(menu)
            .attr("role", "group")
            .attr("aria-label", words("attach"))
            .on(ev::keydown, move |event| {
                if event.key() == "Escape" {
                    event.prevent_default();
                    event.stop_propagation();
                    composer.more.set(false);
                    composer.focus();
                }
            })
            .child((
                file_input(app, composer, Origin::File),
                entry(Icon::Pin, "add-place", place),
                entry(Icon::Timer, "expiry", choose),
                original,
            )),
    )
        .into_any()
}

fn reply_bar(composer: Composer) -> AnyView {
    live(move || {
        composer.reply.get().map(|view| {
            let name = if is_own(&view) { t("you") } else { view.sender_name.clone() };
            let text = view.text.or_else(|| view.attachments.first().map(|one| one.name.clone())).unwrap_or_default();
            let hue = crate::part::avatar::hue(view.sender.as_bytes());
            html::div().class("rp-replybar").child((
                html::div().class(format!("rp-quote hue-{hue} rp-grow")).child((
                    html::b().child(tr("reply-to", &[("name", name.into())])),
                    html::span().class("rp-ellipsis rp-block").attr("dir", "auto").child(text),
                )),
                styled_icon_button(Icon::X, "reply-drop", "", move || composer.reply.set(None)),
            ))
        })
    })
}

fn chips(composer: Composer) -> AnyView {
    let chip = |class: &'static str, what: Icon, text: String, drop: Box<dyn Fn()>| {
        html::span()
            .class(format!("rp-cchip {class}"))
            .child((
                small(what),
                html::span().class("rp-ellipsis").child(text),
                styled_icon_button(Icon::X, "remove", "", drop),
            ))
            .into_any()
    };
    live(move || {
        let noted = composer.noted.get();
        let place = noted.place.map(|place| {
            let drop = move || composer.noted.update(|noted| noted.place = None);
            chip("", Icon::Pin, place_text(place), Box::new(drop))
        });
        let taken = noted.taken.map(|at| {
            let drop = move || composer.noted.update(|noted| noted.taken = None);
            chip("", Icon::Camera, tr("captured-at", &[("when", crate::time::in_sentence(at).into())]), Box::new(drop))
        });
        let expires = composer.expires.get();
        let burn = (expires != Expiry::Never).then(|| {
            let drop = move || composer.expires.set(Expiry::Never);
            chip("rp-cchip--burn", Icon::Timer, expiry::chosen(expires), Box::new(drop))
        });
        let any = place.is_some() || taken.is_some() || burn.is_some();
        any.then(|| html::div().class("rp-composer__chips").child((place, taken, burn)))
    })
}

/// Sends what is written. The text is shown at once; should it not be taken, it comes back into the composer.
fn send(app: App, open: Open) {
    let composer = open.composer;
    if composer.is_empty() || !composer.is_complete() {
        return;
    }
    let (items, noted) = (composer.items.get_untracked(), composer.noted.get_untracked());
    let reply = composer.reply.get_untracked();
    let draft = composer.now();
    let draft = Draft { text: draft.text.trim().to_owned(), ..draft };
    let echo = Echo { number: composer.number(), text: draft.text.clone() };
    open.window.echoes.update(|all| all.push(echo.clone()));
    // the store forgets the draft with the message it becomes
    composer.kept.set_value(Some(Draft::default()));
    composer.text.set(String::new());
    composer.items.set(Vec::new());
    composer.noted.set(Noted::default());
    composer.reply.set(None);
    composer.expires.set(Expiry::Never);
    composer.original.set(false);
    request_animation_frame(move || composer.grow());
    composer.focus();
    spawn_local(async move {
        let sent = bridge::tell(Command::Send { conversation: open.id, draft: draft.clone() }).await;
        match sent {
            Ok(Answer::Message(id)) => {
                items.iter().for_each(Item::let_go);
                let shown = ask!(Query::Message(id), Message).ok().flatten();
                open.window.echoes.update(|all| all.retain(|one| *one != echo));
                match shown {
                    Some(view) if !open.window.newer.get_untracked() => open.window.put(view),
                    _ => open.window.to_end(app),
                }
                app.list_changed();
            }
            Ok(_) | Err(_) => {
                open.window.echoes.update(|all| all.retain(|one| *one != echo));
                composer.items.update(|all| all.extend(items));
                composer.noted.set(noted);
                composer.reply.set(reply);
                composer.expires.set(draft.expires);
                composer.give_back(draft.text);
                match sent {
                    Err(error) => app.complain(&error),
                    Ok(_) => app.say(Toast::done("error-broken")),
                }
            }
        }
    });
}
