// SPDX-License-Identifier: EUPL-1.2
//! The part of a conversation that is drawn: a few hundred messages around where somebody reads, however long it is.

use super::rows::{self, Block};
use crate::{
    bridge::ask,
    state::{App, Change},
    time,
};
use client_api::{ConversationId, MessageId, MessageView, Query};
use leptos::{prelude::*, task::spawn_local};
use std::cmp::Ordering;

/// Messages fetched at once when a thread is opened.
pub const PAGE: u32 = 40;
/// Messages fetched at once while somebody scrolls: drawing them must not be felt.
const STEP: u32 = 20;
/// Messages kept drawn; what lies further away is let go.
const MOST: usize = 160;

/// A message typed here that the engine has not confirmed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Echo {
    pub number: u64,
    pub text: String,
}

/// Where the thread shall be scrolled to after the next drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// Stay with what is seen.
    Keep,
    Bottom,
    /// To the line before what is new.
    New,
    Message(MessageId),
}

#[derive(Clone, Copy)]
pub struct Window {
    id: ConversationId,
    /// In order of position; `None` until read once.
    pub messages: RwSignal<Option<Vec<MessageView>>>,
    /// Where what was read at one time begins, in order.
    starts: RwSignal<Vec<u64>>,
    pub echoes: RwSignal<Vec<Echo>>,
    pub older: RwSignal<bool>,
    pub newer: RwSignal<bool>,
    /// First new message when the thread was opened, and how many.
    pub new_from: RwSignal<Option<(u64, u32)>>,
    /// Gets the focus when it is drawn the next time.
    pub focus: RwSignal<Option<MessageId>>,
    /// Grows with every change; the thread scrolls after it.
    pub aim: RwSignal<(u64, Aim)>,
    busy: RwSignal<bool>,
    again: RwSignal<bool>,
    /// More was wanted while something else was read.
    missed: RwSignal<bool>,
}

impl Window {
    pub fn new(id: ConversationId) -> Self {
        Self {
            id,
            messages: RwSignal::new(None),
            starts: RwSignal::default(),
            echoes: RwSignal::default(),
            older: RwSignal::new(false),
            newer: RwSignal::new(false),
            new_from: RwSignal::new(None),
            focus: RwSignal::new(None),
            aim: RwSignal::new((0, Aim::Bottom)),
            busy: RwSignal::new(false),
            again: RwSignal::new(false),
            missed: RwSignal::new(false),
        }
    }

    /// What is drawn.
    pub fn blocks(self) -> Vec<Block> {
        let new_from = self.new_from.get();
        let rows = self.messages.with(|all| rows::rows(all.as_deref().unwrap_or_default(), new_from, time::same_day));
        self.starts.with(|starts| rows::blocks(rows, starts))
    }

    /// Reads around the first new message, else the end; then follows changes.
    pub fn open(self, app: App) {
        let pointed = move || app.pointed.get().filter(|(conversation, ..)| *conversation == self.id);
        Effect::new(move |_| {
            if let Some((_, message, position)) = pointed() {
                app.pointed.set(None);
                self.show(app, message, position);
            }
        });
        if app.pointed.with_untracked(|to| to.is_some_and(|(conversation, ..)| conversation == self.id)) {
            return self.follow(app);
        }
        self.follow(app);
        spawn_local(async move {
            let view = ask!(Query::Conversation(self.id), Conversation).ok().flatten();
            let first = view.as_ref().and_then(|view| view.first_undisplayed);
            let count = view.map_or(0, |view| view.undisplayed);
            match first {
                Some(position) => {
                    self.new_from.set(Some((position, count)));
                    self.around(app, position, Aim::New).await;
                }
                None => self.end(app, Aim::Bottom).await,
            }
        });
    }

    fn follow(self, app: App) {
        Effect::new(move |last: Option<u64>| {
            let (number, change) = app.change.get();
            if last.is_some_and(|last| last != number) {
                match change {
                    Change::Message(conversation, _) if conversation != self.id => {}
                    _ => self.refresh(app),
                }
            }
            number
        });
    }

    /// Shows a message wherever it lies.
    pub fn show(self, app: App, message: MessageId, position: u64) {
        spawn_local(self.around(app, position, Aim::Message(message)));
    }

    /// Shows the newest.
    pub fn to_end(self, app: App) {
        spawn_local(self.end(app, Aim::Bottom));
    }

    async fn end(self, app: App, aim: Aim) {
        let query = Query::MessagesBefore { conversation: self.id, before: u64::MAX, limit: PAGE };
        match ask!(query, Messages) {
            Ok(all) => {
                self.older.set(all.len() >= PAGE as usize);
                self.newer.set(false);
                self.replace(all, aim);
            }
            Err(error) => app.complain(&error),
        }
    }

    async fn around(self, app: App, position: u64, aim: Aim) {
        let before = Query::MessagesBefore { conversation: self.id, before: position, limit: PAGE };
        let after = Query::Messages { conversation: self.id, after: position.saturating_sub(1), limit: PAGE };
        match (ask!(before, Messages), ask!(after, Messages)) {
            (Ok(mut all), Ok(rest)) => {
                self.older.set(all.len() >= PAGE as usize);
                self.newer.set(rest.len() >= PAGE as usize);
                all.extend(rest);
                self.replace(all, aim);
            }
            (Err(error), _) | (_, Err(error)) => app.complain(&error),
        }
    }

    fn replace(self, all: Vec<MessageView>, aim: Aim) {
        self.point(aim);
        self.starts.set(all.first().map(|one| one.position).into_iter().collect());
        self.messages.set(Some(all));
    }

    fn point(self, aim: Aim) {
        self.aim.update(|(number, last)| {
            *number += 1;
            *last = aim;
        });
    }

    /// `false`: something is being read; what is wanted now is looked for again when that is done.
    fn begin(self) -> bool {
        let free = !self.busy.get_untracked();
        if free {
            self.busy.set(true);
        } else {
            self.missed.set(true);
        }
        free
    }

    fn end_reading(self) {
        self.busy.set(false);
        if self.missed.get_untracked() {
            self.missed.set(false);
            self.point(Aim::Keep);
        }
    }

    /// More of what came before; what lies far below is let go.
    pub fn load_older(self, app: App) {
        let Some(first) = self.edge(|all| all.first()) else { return };
        if !self.older.get_untracked() || !self.begin() {
            return;
        }
        spawn_local(async move {
            let query = Query::MessagesBefore { conversation: self.id, before: first, limit: STEP };
            match ask!(query, Messages) {
                Ok(more) => {
                    self.older.set(more.len() >= STEP as usize);
                    self.point(Aim::Keep);
                    self.starts.update(|starts| drop(starts.splice(0..0, more.first().map(|one| one.position))));
                    self.messages.update(|all| {
                        let all = all.get_or_insert_default();
                        all.splice(0..0, more);
                        if all.len() > MOST {
                            all.truncate(MOST);
                            self.newer.set(true);
                        }
                    });
                    self.forget_starts();
                }
                Err(error) => app.complain(&error),
            }
            self.end_reading();
        });
    }

    /// More of what came after; what lies far above is let go.
    pub fn load_newer(self, app: App) {
        let Some(last) = self.edge(|all| all.last()) else { return };
        if !self.newer.get_untracked() || !self.begin() {
            return;
        }
        spawn_local(async move {
            let query = Query::Messages { conversation: self.id, after: last, limit: STEP };
            match ask!(query, Messages) {
                Ok(more) => {
                    self.newer.set(more.len() >= STEP as usize);
                    self.point(Aim::Keep);
                    self.starts.update(|starts| starts.extend(more.first().map(|one| one.position)));
                    self.messages.update(|all| {
                        let all = all.get_or_insert_default();
                        all.extend(more);
                        let over = all.len().saturating_sub(MOST);
                        if over > 0 {
                            all.drain(..over);
                            self.older.set(true);
                        }
                    });
                    self.forget_starts();
                }
                Err(error) => app.complain(&error),
            }
            self.end_reading();
        });
    }

    /// Blocks of which nothing is drawn any more.
    fn forget_starts(self) {
        let (Some(first), Some(last)) = (self.edge(|all| all.first()), self.edge(|all| all.last())) else { return };
        self.starts.update(|starts| {
            let gone = starts.iter().filter(|start| **start <= first).count().saturating_sub(1);
            starts.drain(..gone);
            starts.retain(|start| *start <= last);
        });
    }

    fn edge(self, which: impl Fn(&[MessageView]) -> Option<&MessageView>) -> Option<u64> {
        self.messages.with_untracked(|all| which(all.as_deref()?).map(|one| one.position))
    }

    /// Reads again what is drawn, and what came behind it if the end is drawn. One reading at a time.
    pub fn refresh(self, app: App) {
        if self.messages.with_untracked(Option::is_none) {
            return;
        }
        if self.busy.get_untracked() {
            self.again.set(true);
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            self.reread(app).await;
            self.end_reading();
            if self.again.get_untracked() {
                self.again.set(false);
                self.refresh(app);
            }
        });
    }

    async fn reread(self, app: App) {
        let from = self.edge(|all| all.first()).unwrap_or(0).saturating_sub(1);
        let drawn = self.messages.with_untracked(|all| all.as_ref().map_or(0, Vec::len));
        let at_end = !self.newer.get_untracked();
        let limit = u32::try_from(drawn).unwrap_or(PAGE).saturating_add(if at_end { PAGE } else { 0 });
        let query = Query::Messages { conversation: self.id, after: from, limit: limit.max(1) };
        match ask!(query, Messages) {
            Ok(all) => {
                if at_end && all.len() as u64 >= u64::from(limit) {
                    self.newer.set(true);
                }
                let same = self.messages.with_untracked(|now| now.as_ref().is_some_and(|now| *now == all));
                if !same {
                    self.point(Aim::Keep);
                    self.messages.set(Some(all));
                }
            }
            Err(error) => app.complain(&error),
        }
    }

    /// Puts one message in its place: the own one just sent, without reading the rest again.
    pub fn put(self, message: MessageView) {
        if self.newer.get_untracked() {
            return;
        }
        self.point(Aim::Bottom);
        self.messages.update(|all| {
            let all = all.get_or_insert_default();
            let order = |one: &MessageView| one.position.cmp(&message.position);
            match all.binary_search_by(order) {
                Ok(place) => {
                    if let Some(slot) = all.get_mut(place) {
                        *slot = message.clone();
                    }
                }
                Err(place) => all.insert(place, message.clone()),
            }
            debug_assert!(all.is_sorted_by(|a, b| a.position.cmp(&b.position) == Ordering::Less));
        });
    }
}
