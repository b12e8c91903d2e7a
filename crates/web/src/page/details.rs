// SPDX-License-Identifier: EUPL-1.2
//! About one conversation: who is in it, its pictures and files, leaving it.

use super::{
    conversation::photo,
    list::name_of,
    members::{Choice, choose_people},
};
use crate::{
    bridge::{self, ask},
    part::{
        avatar,
        dialog::{self, Width},
        field::{button, styled_icon_button},
        icon::{Icon, icon},
        live, skeleton,
    },
    place::Place,
    state::{App, app},
    text::{t, tr, words},
};
use client_api::{
    AttachmentView, Command, ConversationId, ConversationKind, ConversationView, MemberView, MessageView, Query,
    UserId, port::PortError,
};
use leptos::{ev, html, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;

/// Messages with attachments read at once.
const PAGE: u32 = 60;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tab {
    Members,
    Media,
    Files,
}

#[derive(Clone, PartialEq)]
enum Asking {
    Add,
    Remove(UserId, String),
    Leave,
}

#[derive(Clone, Copy)]
struct Details {
    app: App,
    id: ConversationId,
    tab: RwSignal<Tab>,
    members: RwSignal<Option<Vec<MemberView>>>,
    /// With attachments, newest first.
    messages: RwSignal<Option<Vec<MessageView>>>,
    asking: RwSignal<Option<Asking>>,
}

pub fn details(id: ConversationId) -> AnyView {
    let app = app();
    let all = Details {
        app,
        id,
        tab: RwSignal::new(Tab::Members),
        members: RwSignal::new(None),
        messages: RwSignal::new(None),
        asking: RwSignal::new(None),
    };
    all.read();
    let view = Memo::new(move |_| app.conversation(id));
    let close = move || {
        app.go(Place::Conversation(id));
        request_animation_frame(|| {
            let info = document().query_selector(".rp-head__acts button:last-child").ok().flatten();
            if let Some(info) = info {
                let _ = info.unchecked_into::<web_sys::HtmlElement>().focus();
            }
        });
    };
    html::aside()
        .class("rp-details rp-pane")
        .attr("aria-label", words("details"))
        .child((
            html::header().class("rp-head rp-head--plain").child((
                styled_icon_button(Icon::Left, "back", "rp-only-phone", close),
                html::h1().class("rp-h2 rp-grow").child(words("details")),
                styled_icon_button(Icon::X, "close", "rp-only-desk", close),
            )),
            html::div().class("rp-scroll").attr("tabindex", "0").child((
                move || view.get().map(hero),
                tabs(all),
                html::div()
                    .attr("role", "tabpanel")
                    .attr("id", "tab-panel")
                    .attr("aria-labelledby", move || {
                        let now = all.tab.get();
                        TABS.iter().find(|(tab, _)| *tab == now).map(|(_, label)| format!("tab-{label}"))
                    })
                    .child(live(move || match all.tab.get() {
                        Tab::Members => members(all, view),
                        Tab::Media => media(all),
                        Tab::Files => files(all),
                    })),
                move || leave_button(all, view.get()),
            )),
            move || all.asking.get().map(|asking| ask_first(all, asking)),
        ))
        .into_any()
}

impl Details {
    fn read(self) {
        Effect::new(move |_| {
            self.app.change.track();
            self.app.directory.track();
            self.app.conversations.track();
            spawn_local(async move {
                let members = ask!(Query::Members(self.id), Members);
                let query = Query::WithAttachments { conversation: self.id, before: u64::MAX, limit: PAGE };
                let messages = ask!(query, Messages);
                if self.members.try_get_untracked().is_none() {
                    return;
                }
                match (members, messages) {
                    (Ok(members), Ok(messages)) => {
                        if self.members.with_untracked(|now| now.as_ref() != Some(&members)) {
                            self.members.set(Some(members));
                        }
                        if self.messages.with_untracked(|now| now.as_ref() != Some(&messages)) {
                            self.messages.set(Some(messages));
                        }
                    }
                    (Err(error), _) | (_, Err(error)) => self.app.complain(&error),
                }
            });
        });
    }

    fn run(self, command: Command) {
        spawn_local(async move {
            if let Err(error) = bridge::tell(command).await {
                self.app.complain(&error);
            }
            self.app.list_changed();
        });
    }
}

fn hero(view: ConversationView) -> AnyView {
    let kind = match view.kind {
        ConversationKind::Own => t("kind-own"),
        ConversationKind::Direct => t("kind-direct"),
        ConversationKind::Group => tr("kind-group", &[("count", view.members.into())]),
    };
    html::div()
        .class("rp-details__hero")
        .child((
            avatar::conversation(&view, avatar::Size::Large),
            html::p().class("rp-h2").attr("dir", "auto").child(name_of(&view)),
            html::p().class("rp-sm rp-muted").child(kind),
        ))
        .into_any()
}

const TABS: [(Tab, &str); 3] = [(Tab::Members, "members"), (Tab::Media, "media"), (Tab::Files, "files")];

fn tabs(all: Details) -> AnyView {
    let tab = move |(which, label): (Tab, &'static str)| {
        let is = move || all.tab.get() == which;
        html::button()
            .attr("type", "button")
            .attr("role", "tab")
            .attr("id", format!("tab-{label}"))
            .attr("aria-controls", "tab-panel")
            .attr("aria-selected", move || if is() { "true" } else { "false" })
            .attr("tabindex", move || if is() { "0" } else { "-1" })
            .on(ev::click, move |_| all.tab.set(which))
            .child(words(label))
    };
    html::div()
        .class("rp-tabs")
        .attr("role", "tablist")
        .attr("aria-label", words("details"))
        .on(ev::keydown, move |event| walk_tabs(all, &event))
        .child(TABS.map(tab))
        .into_any()
}

/// The arrows go from tab to tab.
fn walk_tabs(all: Details, event: &web_sys::KeyboardEvent) {
    let now = all.tab.get_untracked();
    let index = TABS.iter().position(|(tab, _)| *tab == now).unwrap_or(0);
    let next = match event.key().as_str() {
        "ArrowRight" => (index + 1) % TABS.len(),
        "ArrowLeft" => (index + TABS.len() - 1) % TABS.len(),
        _ => return,
    };
    event.prevent_default();
    if let Some((tab, label)) = TABS.get(next) {
        all.tab.set(*tab);
        if let Some(element) = document().get_element_by_id(&format!("tab-{label}")) {
            let _ = element.unchecked_into::<web_sys::HtmlElement>().focus();
        }
    }
}

fn members(all: Details, view: Memo<Option<ConversationView>>) -> AnyView {
    live(move || {
        let Some(members) = all.members.get() else { return skeleton::rows(4) };
        let view = view.get();
        let group = view.as_ref().is_some_and(|view| view.kind == ConversationKind::Group);
        let moderator = group && view.is_some_and(|view| view.moderator && view.member);
        let add = moderator.then(|| {
            html::li().child(
                html::button()
                    .attr("type", "button")
                    .class("rp-member rp-member--add")
                    .on(ev::click, move |_| all.asking.set(Some(Asking::Add)))
                    .child((
                        html::span()
                            .class("rp-av rp-av--s rp-av--self")
                            .attr("aria-hidden", "true")
                            .child(icon(Icon::Userplus)),
                        html::div().child(html::b().child(words("add-member"))),
                    )),
            )
        });
        let rows: Vec<_> = members.into_iter().map(|one| member(all, one, moderator)).collect();
        html::ul().class("rp-members").child((rows, add)).into_any()
    })
}

fn member(all: Details, one: MemberView, moderator: bool) -> impl IntoView {
    let own = all.app.status.with_untracked(|status| status.user) == Some(one.user);
    let user = one.user;
    let mark = if own {
        Some("you")
    } else if one.moderator {
        Some("leads")
    } else {
        None
    };
    let waits = (one.devices == 0).then(|| html::small().child(words("member-waits")));
    let (name, label) = (one.name.clone(), one.name.clone());
    let remove = (moderator && !own).then(|| {
        let name = one.name.clone();
        html::button()
            .attr("type", "button")
            .class("rp-iconbtn")
            .attr("aria-label", tr("remove-member", &[("name", label.as_str().into())]))
            .on(ev::click, move |_| all.asking.set(Some(Asking::Remove(user, name.clone()))))
            .child(icon(Icon::X))
    });
    html::li().class("rp-member").child((
        avatar::person(&user, &one.name, avatar::Size::Small),
        html::div().child((html::b().attr("dir", "auto").child(name), waits)),
        mark.map(|key| html::span().class("rp-mini").child(words(key))),
        remove,
    ))
}

fn attachments(all: Details, fits: fn(&AttachmentView) -> bool) -> Option<Vec<(MessageView, AttachmentView)>> {
    all.messages.with(|messages| {
        let all = messages.as_ref()?.iter();
        Some(all.flat_map(|one| one.attachments.iter().filter(|a| fits(a)).map(|a| (one.clone(), a.clone()))).collect())
    })
}

fn media(all: Details) -> AnyView {
    live(move || match attachments(all, photo::is_picture) {
        None => skeleton::rows(3),
        Some(pictures) if pictures.is_empty() => nothing("no-media"),
        Some(pictures) => {
            let drawn: Vec<_> = pictures.into_iter().map(|(message, picture)| tile(all, &message, picture)).collect();
            html::ul().class("rp-mediagrid").child(drawn).into_any()
        }
    })
}

fn tile(all: Details, message: &MessageView, picture: AttachmentView) -> AnyView {
    let url = photo::source(picture.clone());
    let (conversation, position, id) = (all.id, message.position, message.id);
    let name = picture.name;
    let show = move |_| {
        all.app.pointed.set(Some((conversation, id, position)));
        all.app.go(Place::Conversation(conversation));
    };
    html::li()
        .child(
            html::button()
                .attr("type", "button")
                .attr("aria-label", tr("picture-open", &[("name", name.as_str().into())]))
                .on(ev::click, show)
                .child(live(move || match url.get() {
                    Some(url) => html::img().attr("src", url).attr("alt", "").attr("loading", "lazy").into_any(),
                    None => html::span().class("rp-skel rp-skel--fill").into_any(),
                })),
        )
        .into_any()
}

fn files(all: Details) -> AnyView {
    live(move || match attachments(all, |one| !photo::is_picture(one)) {
        None => skeleton::rows(3),
        Some(files) if files.is_empty() => nothing("no-files"),
        Some(files) => {
            let rows: Vec<_> = files.into_iter().map(|(_, file)| html::li().child(photo::file(file))).collect();
            html::ul().class("rp-filelist").child(rows).into_any()
        }
    })
}

fn nothing(key: &'static str) -> AnyView {
    html::p().class("rp-sys").child(words(key)).into_any()
}

fn leave_button(all: Details, view: Option<ConversationView>) -> AnyView {
    let may = view.is_some_and(|view| view.kind == ConversationKind::Group && view.member);
    may.then(|| {
        html::div()
            .class("rp-details__leave")
            .child(button("leave", "rp-btn--quiet rp-btn--bad", move || all.asking.set(Some(Asking::Leave))))
    })
    .into_any()
}

fn ask_first(all: Details, asking: Asking) -> AnyView {
    let close = move || all.asking.set(None);
    match asking {
        Asking::Add => add(all, close),
        Asking::Remove(user, name) => {
            let text = move || tr("remove-member-text", &[("name", name.as_str().into())]);
            let act = move || all.run(Command::RemoveMember { conversation: all.id, user });
            dialog::confirm(("remove-member-ask", text, "remove-member-do"), act, close)
        }
        Asking::Leave => {
            let act = move || all.run(Command::Leave(all.id));
            dialog::confirm(("leave-ask", || t("leave-text"), "leave"), act, close)
        }
    }
}

fn add(all: Details, close: impl Fn() + Copy + 'static) -> AnyView {
    let chosen = RwSignal::new(Vec::<Choice>::new());
    let inside = all.members.with_untracked(|members| members.iter().flatten().map(|one| one.user).collect());
    let act = move || {
        let people: Vec<UserId> = chosen.get_untracked().iter().map(|one| one.user).collect();
        close();
        spawn_local(async move {
            for user in people {
                let done: Result<_, PortError> = bridge::tell(Command::AddMember { conversation: all.id, user }).await;
                if let Err(error) = done {
                    all.app.complain(&error);
                }
            }
        });
    };
    let body = html::div().class("rp-pick").child((
        choose_people(chosen, inside),
        html::div().class("rp-dock").child(
            html::button()
                .attr("type", "button")
                .class("rp-btn rp-btn--primary rp-btn--block")
                .prop("disabled", move || chosen.with(Vec::is_empty))
                .on(ev::click, move |_| act())
                .child(live(move || tr("add-members", &[("count", chosen.with(Vec::len).into())]))),
        ),
    ));
    dialog::dialog(|| t("add-member"), Width::Usual, close, body)
}
