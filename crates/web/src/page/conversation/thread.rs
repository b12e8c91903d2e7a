// SPDX-License-Identifier: EUPL-1.2
//! The scrolling thread: keeps its place while messages come and go at both ends, and says which ones were seen.

use super::{
    Open, message,
    rows::{Block, MessageRow, Row},
    window::{Aim, Echo},
};
use crate::{
    bridge,
    page::list::in_words,
    part::{
        count::how_many,
        icon::{Icon, icon, small},
        live, skeleton,
    },
    state::{App, app},
    text::{t, tr, words},
    time,
};
use client_api::{Command, ConversationView, MessageId, MessageState, MessageView};
use leptos::{ev, html, prelude::*, task::spawn_local};
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// This near an end more is fetched, px.
const NEAR: i32 = 1200;
/// This near the lower end counts as being there, px.
const AT_END: i32 = 48;
/// How often it is looked which messages are seen.
const LOOK: Duration = Duration::from_millis(150);

#[derive(Clone, Copy)]
struct Scroll {
    open: Open,
    app: App,
    thread: NodeRef<html::Div>,
    /// The lower end is seen: new messages keep it so.
    at_end: RwSignal<bool>,
    look_due: RwSignal<bool>,
}

pub fn thread(open: Open, view: Memo<Option<ConversationView>>) -> AnyView {
    let app = app();
    let scroll =
        Scroll { open, app, thread: NodeRef::new(), at_end: RwSignal::new(true), look_due: RwSignal::new(false) };
    scroll.follow();
    scroll.look_when_visible();
    let window = open.window;
    let loaded = Memo::new(move |_| window.messages.with(Option::is_some));
    let blocks = Memo::new(move |_| window.blocks());
    let rows = For(ForProps::builder()
        .each(move || blocks.with(|all| all.iter().map(|block| block.start).collect::<Vec<_>>()))
        .key(|start| *start)
        .children(move |start| block(open, start, blocks))
        .build());
    let echoes =
        For(ForProps::builder().each(move || window.echoes.get()).key(|echo| echo.number).children(echo).build());
    let empty = move || {
        let none =
            window.messages.with(|all| all.as_ref().is_some_and(Vec::is_empty)) && window.echoes.with(Vec::is_empty);
        none.then(|| html::p().class("rp-sys").child((small(Icon::Lock), html::span().child(words("thread-empty")))))
    };
    let inner = html::div().class("rp-thread__in").child((
        move || window.older.get().then(|| html::div().class("rp-more").child(words("loading-older"))),
        rows,
        echoes,
        empty,
    ));
    html::div()
        .class("rp-threadbox")
        .child((
            html::div()
                .class("rp-thread")
                .attr("role", "log")
                .attr("aria-live", "off")
                .attr("aria-label", words("messages"))
                .attr("tabindex", "0")
                .node_ref(scroll.thread)
                .on(ev::scroll, move |_| scroll.moved())
                .on(ev::contextmenu, move |event| super::menu::on_context(open, &event))
                .on(ev::keydown, move |event| super::menu::on_key(open, &event))
                .child((move || (!loaded.get()).then(|| skeleton::rows(6)), inner)),
            move || jump(scroll, view),
        ))
        .into_any()
}

/// The way to the newest, with how many are new.
fn jump(scroll: Scroll, view: Memo<Option<ConversationView>>) -> Option<AnyView> {
    let away = !scroll.at_end.get() || scroll.open.window.newer.get();
    away.then(|| {
        let badge = move || {
            let count = view.with(|view| view.as_ref().map_or(0, |view| view.undisplayed));
            (count > 0).then(|| html::span().class("rp-badge").child(how_many(count)))
        };
        html::button()
            .attr("type", "button")
            .class("rp-iconbtn rp-jump")
            .attr("aria-label", words("to-newest"))
            .on(ev::click, move |_| scroll.to_newest())
            .child((icon(Icon::Down), badge))
            .into_any()
    })
}

/// A block as it is now; as it was last, once it is no longer among `blocks`.
fn block(open: Open, start: u64, blocks: Memo<Vec<Block>>) -> AnyView {
    let rows = Memo::new(move |last: Option<&Vec<Row>>| {
        let now = blocks.with(|all| all.iter().find(|block| block.start == start).map(|block| block.rows.clone()));
        now.or_else(|| last.cloned()).unwrap_or_default()
    });
    For(ForProps::builder().each(move || rows.get()).key(Row::key).children(move |row| draw(open, row, rows)).build())
        .into_any()
}

fn draw(open: Open, row: Row, all: Memo<Vec<Row>>) -> AnyView {
    match row {
        Row::Day(at) => html::div().class("rp-day").child(live(move || time::day(at))).into_any(),
        Row::New(count) => html::div()
            .class("rp-unread")
            .attr("id", "new-line")
            .child(live(move || tr("new-messages", &[("count", count.into())])))
            .into_any(),
        Row::Notice(view) => line(*view),
        Row::Message(row) => message::message(open, follow(*row, all)),
    }
}

/// The message as it is now; as it was last, once it is no longer among `all`.
fn follow(row: MessageRow, all: Memo<Vec<Row>>) -> Memo<MessageRow> {
    Memo::new(move |last: Option<&MessageRow>| {
        let now = all.with(|all| {
            all.iter().find_map(|one| match one {
                Row::Message(one) if one.view.id == row.view.id => Some((**one).clone()),
                _ => None,
            })
        });
        now.or_else(|| last.cloned()).unwrap_or_else(|| row.clone())
    })
}

fn line(view: MessageView) -> AnyView {
    let what = if view.state == MessageState::Gap { Icon::Clock } else { Icon::Users };
    let text = move || match (view.state, view.notice) {
        (MessageState::Gap, _) => t("message-gap"),
        (_, Some(notice)) => in_words(notice, &view.sender_name),
        (_, None) => String::new(),
    };
    html::p()
        .class("rp-sys")
        .attr("data-row", view.position.to_string())
        .child((small(what), html::span().child(text)))
        .into_any()
}

fn echo(echo: Echo) -> AnyView {
    html::article()
        .class("rp-msg is-own is-first is-last")
        .attr("data-echo", echo.number.to_string())
        .child((html::div().class("rp-bubble").child((
            html::p().attr("dir", "auto").child(echo.text),
            html::span()
                .class("rp-meta")
                .child((icon(Icon::Clock), html::span().class("rp-sr").child(words("sending")))),
        )),))
        .into_any()
}

impl Scroll {
    /// After each drawing: back to what was seen, or to where it shall go.
    fn follow(self) {
        let window = self.open.window;
        // runs before the drawing: remembers what is seen
        let seen = StoredValue::new(None::<(String, i32)>);
        Effect::new(move |_| {
            let (_, aim) = window.aim.get();
            if aim == Aim::Keep {
                seen.set_value(self.first_seen());
            }
            request_animation_frame(move || self.settle(aim, seen.get_value()));
        });
        Effect::new(move |_| {
            window.echoes.track();
            request_animation_frame(move || {
                if !window.echoes.with_untracked(Vec::is_empty) {
                    self.scroll_to_end();
                }
            });
        });
    }

    fn settle(self, aim: Aim, seen: Option<(String, i32)>) {
        let Some(thread) = self.thread.get_untracked() else { return };
        match aim {
            Aim::Keep if self.at_end.get_untracked() && !self.open.window.newer.get_untracked() => self.scroll_to_end(),
            Aim::Keep => {
                let found = seen
                    .and_then(|(key, top)| Some((thread.query_selector(&format!("[data-row='{key}']")).ok()??, top)));
                if let Some((element, top)) = found {
                    let moved = offset(&element, &thread) - top;
                    if moved != 0 {
                        thread.set_scroll_top(thread.scroll_top() + moved);
                    }
                }
            }
            Aim::Bottom => self.scroll_to_end(),
            Aim::New => match thread.query_selector("#new-line").ok().flatten() {
                Some(line) => {
                    thread.set_scroll_top(thread.scroll_top() + offset(&line, &thread) - 24);
                }
                None => self.scroll_to_end(),
            },
            Aim::Message(id) => self.point_at(&thread, id),
        }
        if let Some(id) = self.open.window.focus.get_untracked() {
            self.open.window.focus.set(None);
            let element = thread.query_selector(&format!("[data-message='{id}']")).ok().flatten();
            if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
                let _ = element.focus();
            }
        }
        // what was drawn may end near an edge
        self.moved();
    }

    fn point_at(self, thread: &HtmlElement, id: MessageId) {
        let Ok(Some(element)) = thread.query_selector(&format!("[data-message='{id}']")) else { return };
        let middle = thread.client_height() / 3;
        thread.set_scroll_top(thread.scroll_top() + offset(&element, thread) - middle);
        let _ = element.class_list().add_1("is-pointed");
        let pointed = element.clone();
        set_timeout(
            move || {
                let _ = pointed.class_list().remove_1("is-pointed");
            },
            Duration::from_millis(1600),
        );
        if let Ok(element) = element.dyn_into::<HtmlElement>() {
            let _ = element.focus();
        }
    }

    /// The first message whose lower edge is seen, and where it stands.
    fn first_seen(self) -> Option<(String, i32)> {
        let thread = self.thread.get_untracked()?;
        let all = thread.query_selector_all("[data-row]").ok()?;
        (0..all.length()).filter_map(|index| all.get(index)?.dyn_into::<HtmlElement>().ok()).find_map(|element| {
            let top = offset(&element, &thread);
            (top + element.offset_height() > 0).then(|| Some((element.get_attribute("data-row")?, top)))?
        })
    }

    fn scroll_to_end(self) {
        if let Some(thread) = self.thread.get_untracked() {
            thread.set_scroll_top(thread.scroll_height());
            self.at_end.set(true);
        }
    }

    fn to_newest(self) {
        if self.open.window.newer.get_untracked() {
            self.open.window.to_end(self.app);
        } else {
            self.scroll_to_end();
        }
    }

    fn moved(self) {
        let Some(thread) = self.thread.get_untracked() else { return };
        let (top, height) = (thread.scroll_top(), thread.client_height());
        let left = thread.scroll_height() - top - height;
        let at_end = left < AT_END;
        if at_end != self.at_end.get_untracked() {
            self.at_end.set(at_end);
        }
        if top < NEAR {
            self.open.window.load_older(self.app);
        }
        if left < NEAR {
            self.open.window.load_newer(self.app);
        }
        if !self.look_due.get_untracked() {
            self.look_due.set(true);
            set_timeout(
                move || {
                    self.look_due.set(false);
                    self.look();
                },
                LOOK,
            );
        }
    }

    fn look_when_visible(self) {
        for name in ["visibilitychange", "focus"] {
            let handle = window_event_listener_untyped(name, move |_| self.look());
            on_cleanup(move || handle.remove());
        }
    }

    /// Tells the engine which new messages somebody has before their eyes.
    fn look(self) {
        let page = document();
        if page.visibility_state() != web_sys::VisibilityState::Visible || !page.has_focus().unwrap_or(true) {
            return;
        }
        let Some(thread) = self.thread.try_get_untracked().flatten() else { return };
        let Ok(all) = thread.query_selector_all("[data-new]") else { return };
        let height = thread.client_height();
        let seen: Vec<MessageId> = (0..all.length())
            .filter_map(|index| all.get(index)?.dyn_into::<HtmlElement>().ok())
            .filter(|element| {
                let top = offset(element, &thread);
                top < height && top + element.offset_height() > 0
            })
            .filter_map(|element| element.get_attribute("data-message")?.parse().ok())
            .collect();
        if seen.is_empty() {
            return;
        }
        let app = self.app;
        spawn_local(async move {
            if bridge::tell(Command::MarkDisplayed(seen)).await.is_ok() {
                app.list_changed();
            }
        });
    }
}

/// Where an element's upper edge stands in the thread's window, px.
fn offset(element: &Element, thread: &Element) -> i32 {
    (element.get_bounding_client_rect().top() - thread.get_bounding_client_rect().top()) as i32
}
