// SPDX-License-Identifier: EUPL-1.2
//! The list of conversations: what is new, what waits, what was begun to be written.

use crate::{
    bridge,
    part::{
        art::{self, Capsule},
        avatar,
        count::how_many,
        field::{button_with, search, styled_icon_button},
        icon::{Icon, Size, icon, sized},
        live, skeleton,
    },
    place::Place,
    saying,
    state::{App, app},
    text::{t, tr, words},
    time, update,
};
use client_api::{
    ConversationId, ConversationKind, ConversationView, Delivery, MessageState, Notice, PreviewView, port::Dial,
};
use leptos::{ev, html, prelude::*, task::spawn_local};

/// Which conversations are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Filter {
    All,
    Unread,
    Groups,
}

pub fn list() -> AnyView {
    let app = app();
    let wanted = RwSignal::new(String::new());
    let filter = RwSignal::new(Filter::All);
    let shown = Memo::new(move |_| choose(app, &wanted.get(), filter.get()));
    let head = html::header().class("rp-top").child((
        html::h1().class("rp-h1").child(words("conversations")),
        styled_icon_button(Icon::Edit, "new-conversation", "rp-iconbtn--accent rp-only-desk", move || {
            app.go(Place::New)
        }),
    ));
    (
        head,
        search(wanted, "search", move |event| search_keys(app, shown, &event)),
        update::prompt(app),
        banner(app),
        filters(filter),
        html::div().class("rp-scroll").child((move || body(app, shown, wanted), in_messages(app, wanted))),
        html::button()
            .attr("type", "button")
            .class("rp-fab rp-only-phone")
            .attr("aria-label", words("new-conversation"))
            .on(ev::click, move |_| app.go(Place::New))
            .child(icon(Icon::Edit)),
    )
        .into_any()
}

/// What is typed may also stand in a message.
fn in_messages(app: App, wanted: RwSignal<String>) -> AnyView {
    let typed = Memo::new(move |_| wanted.with(|text| !text.trim().is_empty()));
    let find = move || {
        app.sought.set(wanted.get_untracked());
        app.within.set(None);
        app.palette.set(true);
    };
    live(move || {
        typed.get().then(|| {
            html::div().class("rp-inmessages").child(button_with(
                Icon::Search,
                "search-messages",
                "rp-btn--quiet rp-btn--block",
                find,
            ))
        })
    })
}

/// Enter opens the first, the arrow goes into the list.
fn search_keys(app: App, shown: Memo<Vec<ConversationView>>, event: &web_sys::KeyboardEvent) {
    match event.key().as_str() {
        "Enter" => {
            if let Some(first) = shown.with_untracked(|all| all.first().map(|one| one.id)) {
                app.go(Place::Conversation(first));
            }
        }
        "ArrowDown" => {
            event.prevent_default();
            focus(document().query_selector(".rp-side .rp-row").ok().flatten());
        }
        _ => {}
    }
}

fn focus(element: Option<web_sys::Element>) {
    use wasm_bindgen::JsCast;
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

fn choose(app: App, wanted: &str, filter: Filter) -> Vec<ConversationView> {
    let wanted = wanted.trim().to_lowercase();
    let open = app.place.get().conversation();
    app.conversations.with(|all| {
        let all = all.iter().flatten();
        let fits = |one: &&ConversationView| match filter {
            Filter::All => true,
            Filter::Unread => one.undisplayed > 0 || open == Some(one.id),
            Filter::Groups => one.kind == ConversationKind::Group,
        };
        let named = |one: &&ConversationView| wanted.is_empty() || name_of(one).to_lowercase().contains(&wanted);
        all.filter(fits).filter(named).cloned().collect()
    })
}

/// What a conversation is called; the one with oneself has no name of its own.
pub fn name_of(view: &ConversationView) -> String {
    if view.kind == ConversationKind::Own { t("own-devices") } else { view.name.clone() }
}

fn filters(filter: RwSignal<Filter>) -> AnyView {
    let chip = move |which: Filter, label: &'static str| {
        html::button()
            .attr("type", "button")
            .class("rp-chip rp-chip--tap")
            .attr("aria-pressed", move || if filter.get() == which { "true" } else { "false" })
            .on(ev::click, move |_| filter.set(which))
            .child(words(label))
    };
    html::div()
        .class("rp-filters")
        .attr("role", "group")
        .attr("aria-label", words("filter"))
        .child((
            chip(Filter::All, "filter-all"),
            chip(Filter::Unread, "filter-unread"),
            chip(Filter::Groups, "filter-groups"),
        ))
        .into_any()
}

/// No network, or no way to the server: what it means for what was written.
fn banner(app: App) -> AnyView {
    let dial = move || {
        spawn_local(async {
            let _ = bridge::call(Dial {}).await;
        });
    };
    live(move || {
        let waiting = app.status.with(|status| status.outbox);
        let down = app.outage().map(|outage| outage.pick("banner-offline", "banner-unreachable"));
        let problem = app.status.with(|status| status.problem);
        let network = down.map(|key| {
            html::div().class("rp-banner").attr("role", "status").child((
                icon(Icon::Offline),
                html::div()
                    .class("rp-grow")
                    .child((html::b().child(t(key)), tr("banner-waiting", &[("count", waiting.into())]))),
                styled_icon_button(Icon::Refresh, "try-again", "", dial),
            ))
        });
        let problem = problem.map(|why| {
            html::div()
                .class("rp-banner rp-banner--danger")
                .attr("role", "status")
                .child((icon(Icon::Warn), html::div().class("rp-grow").child(saying::reason(why))))
        });
        (network, problem)
    })
}

fn body(app: App, shown: Memo<Vec<ConversationView>>, wanted: RwSignal<String>) -> AnyView {
    let loaded = Memo::new(move |_| app.conversations.with(Option::is_some));
    let empty = Memo::new(move |_| shown.with(Vec::is_empty));
    live(move || match (loaded.get(), empty.get()) {
        (false, _) => skeleton::rows(8),
        (true, true)
            if wanted.get().is_empty() && app.conversations.with(|all| all.as_ref().is_some_and(Vec::is_empty)) =>
        {
            nothing_yet(app)
        }
        (true, true) => html::div().class("rp-empty").child(html::p().child(words("nothing-found"))).into_any(),
        (true, false) => html::div()
            .class("rp-rows")
            .on(ev::keydown, walk)
            .child(For(ForProps::builder()
                .each(move || shown.get())
                .key(|view| view.id)
                .children(move |view| row(app, view.id, shown))
                .build()))
            .into_any(),
    })
}

/// The arrows walk through the rows.
fn walk(event: web_sys::KeyboardEvent) {
    let Some(here) = document().active_element() else { return };
    let next = match event.key().as_str() {
        "ArrowDown" => here.next_element_sibling(),
        "ArrowUp" => here.previous_element_sibling(),
        _ => return,
    };
    event.prevent_default();
    focus(next);
}

fn nothing_yet(app: App) -> AnyView {
    html::div()
        .class("rp-empty")
        .child((
            art::tube(Capsule::Ready),
            html::h2().class("rp-h2").child(words("no-post")),
            html::p().child(words("no-post-text")),
            button_with(Icon::Edit, "begin-conversation", "rp-btn--primary", move || app.go(Place::New)),
        ))
        .into_any()
}

/// The row itself stays, so that it keeps the focus; what is in it is drawn anew when it has changed.
fn row(app: App, id: ConversationId, shown: Memo<Vec<ConversationView>>) -> AnyView {
    let view = Memo::new(move |_| shown.with(|all| all.iter().find(|one| one.id == id).cloned()));
    let unread = move || view.with(|view| view.as_ref().is_some_and(|view| view.undisplayed > 0));
    html::a()
        .class("rp-row")
        .class(("is-unread", unread))
        .attr("href", Place::Conversation(id).path())
        .attr("aria-current", move || (app.place.get().conversation() == Some(id)).then_some("true"))
        .on(ev::click, move |event| {
            event.prevent_default();
            app.go(Place::Conversation(id));
        })
        .child(live(move || view.get().map(|view| lines(&view))))
        .into_any()
}

fn lines(view: &ConversationView) -> AnyView {
    let name = html::span().class("rp-row__name rp-ellipsis").attr("dir", "auto").child(name_of(view));
    let time = view.last_at.map(|at| html::span().class("rp-row__time").child(live(move || time::in_list(at))));
    let badge = (view.undisplayed > 0).then(|| {
        let count = view.undisplayed;
        html::span()
            .class("rp-badge")
            .attr("aria-label", move || tr("unread-count", &[("count", count.into())]))
            .child(how_many(count))
    });
    let out = (!view.member).then(|| html::span().class("rp-mini").child(words("left")));
    (
        avatar::conversation(view, avatar::Size::Usual),
        html::span().class("rp-row__body").child((
            html::span().class("rp-row__l1").child((name, time)),
            html::span().class("rp-row__l2").child((out, preview(view), badge)),
        )),
    )
        .into_any()
}

/// The second line: what waits, what was begun, else the newest message.
fn preview(view: &ConversationView) -> AnyView {
    let line = || html::span().class("rp-row__prev rp-ellipsis").attr("dir", "auto");
    if view.waiting > 0 && view.problem.is_some() {
        let count = view.waiting;
        let text = move || tr("row-waiting", &[("count", count.into())]);
        return (sized(Icon::Clock, Size::Tiny), line().child(html::span().class("rp-row__err").child(text)))
            .into_any();
    }
    if let Some(draft) = view.draft.clone() {
        let mark = html::span().class("rp-row__draft").child(words("draft"));
        let file = draft.files.first().map(|file| (file.name.clone(), file.media_type.clone()));
        let text = Some(draft.draft.text).filter(|text| !text.trim().is_empty());
        return line()
            .child((mark, " ", live(move || content(text.as_deref(), file.as_ref()).unwrap_or_else(|| t("message")))))
            .into_any();
    }
    let Some(last) = view.last.clone() else { return line().child(words("no-message")).into_any() };
    let state = match last.delivery {
        Delivery::Received => None,
        Delivery::Waiting => Some(sized(Icon::Clock, Size::Tiny)),
        Delivery::Stored => Some(sized(Icon::Check, Size::Tiny)),
        Delivery::Delivered => Some(sized(Icon::Checks, Size::Tiny)),
    };
    let is_group = view.kind == ConversationKind::Group;
    (state, line().child(live(move || said(&last, is_group)))).into_any()
}

/// The newest line in words.
fn said(last: &PreviewView, is_group: bool) -> String {
    match last.state {
        MessageState::Expired => return t("message-expired"),
        MessageState::Gap => return t("message-gap"),
        MessageState::Deleted => return t("message-deleted"),
        MessageState::Notice => {
            return last.notice.map_or_else(String::new, |notice| in_words(notice, &last.sender_name));
        }
        MessageState::Shown => {}
    }
    let what = content(last.text.as_deref(), last.attachment.as_ref())
        .unwrap_or_else(|| t(if last.forwarded { "forwarded-message" } else { "message" }));
    match last.delivery {
        Delivery::Received if is_group => format!("{}: {what}", last.sender_name),
        Delivery::Received => what,
        _ => tr("row-you", &[("text", what.into())]),
    }
}

/// A message in one line: its text, else what is attached (name, kind).
fn content(text: Option<&str>, attachment: Option<&(String, String)>) -> Option<String> {
    match (text, attachment) {
        (Some(text), _) if !text.is_empty() => Some(text.replace('\n', " ")),
        (_, Some((_, media_type))) if media_type.starts_with("image/") => Some(t("photo")),
        (_, Some((name, _))) => Some(name.clone()),
        _ => None,
    }
}

/// A line of the conversation's own.
pub fn in_words(notice: Notice, who: &str) -> String {
    let key = match notice {
        Notice::Joined => "notice-joined",
        Notice::Leaves => "notice-leaves",
        Notice::Gone => "notice-gone",
        Notice::YouAreOut => "notice-you-are-out",
        Notice::SetUpAnew => "notice-set-up-anew",
        Notice::NotForwarded => "notice-not-forwarded",
    };
    tr(key, &[("who", who.into())])
}
