// SPDX-License-Identifier: EUPL-1.2
//! What the page knows: signals fed by the worker's news; every screen reads here.

use crate::{
    bridge::{self, News, ask},
    place::{self, Place},
    saying::Toast,
    setting::Settings,
};
use client_api::{
    AccountState, AttachmentId, ConversationId, ConversationView, Event, MessageId, Query, Status,
    port::{AccountEntry, AccountKey, Dial, HangUp, LinkView, ListAccounts, Open, Opened, PortError, Which},
};
use leptos::{prelude::*, task::spawn_local};
use std::{collections::HashMap, time::Duration};

/// How long a toast stays.
const SAID: Duration = Duration::from_secs(8);

/// How far the start has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    Starting,
    /// No account in this browser, or more than one and none chosen.
    Choose(Vec<AccountEntry>),
    /// The account is open in another tab.
    OtherTab(AccountKey),
    Open,
    /// It can't go on: says why.
    Failed(PortError),
    /// The worker ended.
    Crashed,
}

/// Why nothing can be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// The browser says so.
    NoNetwork,
    /// It does not answer.
    NoServer,
}

impl Outage {
    /// The text for it out of the two that are given.
    pub fn pick(self, network: &'static str, server: &'static str) -> &'static str {
        match self {
            Self::NoNetwork => network,
            Self::NoServer => server,
        }
    }
}

/// What happened to messages, for the screens that show them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Message(ConversationId, MessageId),
    /// Look at everything again.
    All,
}

/// The page's state; copies are the same state.
#[derive(Clone, Copy)]
pub struct App {
    pub stage: RwSignal<Stage>,
    pub status: RwSignal<Status>,
    pub link: RwSignal<LinkView>,
    /// `None` until they were read once.
    pub conversations: RwSignal<Option<Vec<ConversationView>>>,
    pub place: RwSignal<Place>,
    /// The last change of a message, with a number so that equal ones differ.
    pub change: RwSignal<(u64, Change)>,
    /// Grows with every change of the directory.
    pub directory: RwSignal<u64>,
    /// Bytes moved per attachment under way.
    pub moving: RwSignal<HashMap<AttachmentId, (u64, u64)>>,
    pub settings: RwSignal<Settings>,
    pub toasts: RwSignal<Vec<Toast>>,
    pub palette: RwSignal<bool>,
    /// What is searched in: one conversation, or all.
    pub within: RwSignal<Option<ConversationId>>,
    /// The browser said there is no network.
    pub offline: RwSignal<bool>,
    /// Said aloud by screen readers.
    pub spoken: RwSignal<String>,
    pub key: RwSignal<Option<AccountKey>>,
    /// A message to be shown in its conversation, with its position.
    pub pointed: RwSignal<Option<(ConversationId, MessageId, u64)>>,
    before: RwSignal<Place>,
    /// The message of somebody else that came last.
    pub arrived: RwSignal<Option<(ConversationId, MessageId)>>,
    /// The sealed root file of an authority just founded, until its founder says that it lies safe; never stored.
    pub root_file: RwSignal<Option<Vec<u8>>>,
    /// What the search begins with.
    pub sought: RwSignal<String>,
    /// A newer release waits to be loaded.
    pub update: RwSignal<bool>,
    list_due: RwSignal<bool>,
}

impl App {
    fn new() -> Self {
        Self {
            stage: RwSignal::new(Stage::Starting),
            status: RwSignal::default(),
            link: RwSignal::default(),
            conversations: RwSignal::new(None),
            place: RwSignal::new(place::current()),
            change: RwSignal::new((0, Change::All)),
            directory: RwSignal::new(0),
            moving: RwSignal::default(),
            settings: RwSignal::new(Settings::load()),
            toasts: RwSignal::default(),
            palette: RwSignal::new(false),
            within: RwSignal::new(None),
            offline: RwSignal::new(!window().navigator().on_line()),
            spoken: RwSignal::default(),
            key: RwSignal::new(None),
            pointed: RwSignal::new(None),
            before: RwSignal::default(),
            arrived: RwSignal::new(None),
            root_file: RwSignal::new(None),
            sought: RwSignal::default(),
            update: RwSignal::new(false),
            list_due: RwSignal::new(false),
        }
    }

    /// Starts the worker and provides the state to all screens.
    pub fn start() -> Self {
        let app = Self::new();
        provide_context(app);
        place::follow(app.place);
        app.watch_network();
        bridge::start(move |news| app.hear(news));
        app
    }

    fn watch_network(self) {
        for (name, offline) in [("online", false), ("offline", true)] {
            let handle = window_event_listener_untyped(name, move |_| {
                self.offline.set(offline);
                spawn_local(self.tell_network());
            });
            on_cleanup(move || handle.remove());
        }
    }

    /// The worker is told by the page, because not every browser tells a worker.
    async fn tell_network(self) {
        // an account that isn't open has no connection
        let _ = match self.offline.get_untracked() {
            true => bridge::call(HangUp {}).await,
            false => bridge::call(Dial {}).await,
        };
    }

    pub fn go(self, to: Place) {
        let here = self.place.get_untracked();
        if to == Place::New && here != Place::New {
            self.before.set(here);
        }
        place::go(self.place, to);
    }

    /// The screen behind what is open; a dialog with an address of its own lies over the one before.
    pub fn behind(self) -> Place {
        match self.place.get() {
            Place::New => self.before.get(),
            place => place,
        }
    }

    /// A conversation as last read.
    pub fn conversation(self, id: ConversationId) -> Option<ConversationView> {
        self.conversations.with(|all| all.as_ref()?.iter().find(|one| one.id == id).cloned())
    }

    /// Nothing can be sent right now, and why.
    pub fn outage(self) -> Option<Outage> {
        match self.link.get() {
            LinkView::Up => None,
            _ if self.offline.get() => Some(Outage::NoNetwork),
            LinkView::Down { failures, .. } if failures > 0 => Some(Outage::NoServer),
            _ => None,
        }
    }

    /// Shows it for a while; equal ones are shown once.
    pub fn say(self, toast: Toast) {
        let shown = self.toasts.with_untracked(|all| all.iter().any(|one| one.saying == toast.saying));
        if shown {
            return;
        }
        let number = self.toasts.with_untracked(|all| all.last().map_or(1, |last| last.number + 1));
        self.toasts.update(|all| all.push(Toast { number, ..toast }));
        set_timeout(move || self.unsay(number), SAID);
    }

    /// Takes it away.
    pub fn unsay(self, number: u64) {
        self.toasts.update(|all| all.retain(|one| one.number != number));
    }

    /// Shows why something was not done.
    pub fn complain(self, error: &PortError) {
        self.say(Toast::error(error));
    }

    /// Opens the account for this tab: the link's, the one remembered, or the only one there is.
    pub async fn open(self, which: Option<Which>, take_over: bool) {
        let which = match which {
            Some(which) => which,
            None => match self.pick().await {
                Ok(Some(key)) => Which::Known(key),
                Ok(None) => return,
                Err(error) => return self.stage.set(Stage::Failed(error)),
            },
        };
        match bridge::call(Open { which, take_over }).await {
            Ok(Opened::Here { key, .. }) => {
                remember(&key);
                self.key.set(Some(key));
                self.load_status().await;
                self.stage.set(Stage::Open);
                self.load_conversations().await;
                ask_to_keep().await;
            }
            Ok(Opened::OtherTab(key)) => {
                remember(&key);
                self.stage.set(Stage::OtherTab(key));
            }
            Ok(Opened::Unknown) => {
                forget_choice();
                match bridge::call(ListAccounts {}).await {
                    Ok(all) => self.stage.set(Stage::Choose(all)),
                    Err(error) => self.stage.set(Stage::Failed(error)),
                }
            }
            Err(error) => self.stage.set(Stage::Failed(error)),
        }
    }

    async fn pick(self) -> Result<Option<AccountKey>, PortError> {
        let all = bridge::call(ListAccounts {}).await?;
        if let Some(key) = remembered().filter(|key| all.iter().any(|entry| entry.key == *key)) {
            return Ok(Some(key));
        }
        match all.as_slice() {
            [only] => Ok(Some(only.key.clone())),
            _ => {
                self.stage.set(Stage::Choose(all));
                Ok(None)
            }
        }
    }

    pub async fn load_status(self) {
        if let Ok(status) = ask!(Query::Status, Status) {
            if status.account != AccountState::Ready {
                // nothing of an account that has ended is left to be read or said
                self.spoken.set(String::new());
                self.conversations.set(None);
            }
            self.status.set(status);
        }
    }

    pub async fn load_conversations(self) {
        match ask!(Query::Conversations, Conversations) {
            Ok(all) => self.conversations.set(Some(all)),
            Err(error) => self.complain(&error),
        }
    }

    /// Reads the list again soon; many changes in a row cost one reading.
    pub fn list_changed(self) {
        if self.list_due.get_untracked() {
            return;
        }
        self.list_due.set(true);
        set_timeout(
            move || {
                self.list_due.set(false);
                spawn_local(async move {
                    self.load_conversations().await;
                    self.load_status().await;
                });
            },
            Duration::from_millis(60),
        );
    }

    fn changed(self, change: Change) {
        self.change.update(|(number, last)| {
            *number += 1;
            *last = change;
        });
    }

    fn hear(self, news: News) {
        match news {
            News::Event(event) => self.event(event),
            News::Link(link) => {
                self.link.set(link);
                spawn_local(self.load_status());
            }
            News::TakenOver => {
                if let Some(key) = self.key.get_untracked() {
                    self.stage.set(Stage::OtherTab(key));
                }
            }
            News::StoreFailed(error) => {
                self.complain(&error);
                self.changed(Change::All);
                self.list_changed();
            }
            News::Crashed => self.stage.set(Stage::Crashed),
        }
    }

    fn event(self, event: Event) {
        match event {
            Event::MessageReceived(conversation, message) => {
                self.changed(Change::Message(conversation, message));
                self.list_changed();
                self.arrived.set(Some((conversation, message)));
            }
            Event::MessageChanged(conversation, message) => {
                self.changed(Change::Message(conversation, message));
                self.list_changed();
            }
            Event::ConversationChanged(_) => {
                self.changed(Change::All);
                self.list_changed();
            }
            Event::DirectoryChanged => {
                self.directory.update(|number| *number += 1);
                self.list_changed();
            }
            Event::AccountChanged => spawn_local(async move {
                let before = self.status.get_untracked().account;
                self.load_status().await;
                self.directory.update(|number| *number += 1);
                if before != self.status.get_untracked().account {
                    self.load_conversations().await;
                }
            }),
            Event::TransferProgress { attachment, done_bytes, total_bytes } => {
                self.moving.update(|all| match done_bytes < total_bytes {
                    true => drop(all.insert(attachment, (done_bytes, total_bytes))),
                    false => drop(all.remove(&attachment)),
                });
            }
            Event::AttachmentReady(attachment) => {
                self.moving.update(|all| {
                    all.remove(&attachment);
                });
                self.changed(Change::All);
            }
            Event::AttachmentGone(_) => self.changed(Change::All),
            Event::Warning(_, why) => self.say(Toast::warning(why)),
        }
    }
}

/// The page's state, anywhere below the root.
pub fn app() -> App {
    expect_context()
}

const CHOICE: &str = "rohrpost.account";

fn remembered() -> Option<AccountKey> {
    let storage = window().session_storage().ok()??;
    storage.get_item(CHOICE).ok()?.map(AccountKey)
}

/// This tab stays with its account over reloads.
fn remember(key: &AccountKey) {
    if let Ok(Some(storage)) = window().session_storage() {
        let _ = storage.set_item(CHOICE, &key.0);
    }
}

/// The next start of this tab chooses anew.
pub fn forget_choice() {
    if let Ok(Some(storage)) = window().session_storage() {
        let _ = storage.remove_item(CHOICE);
    }
}

/// Browsers may throw a site's data away under pressure; asked once the account is open they may promise not to.
async fn ask_to_keep() {
    let storage = window().navigator().storage();
    if let Ok(promise) = storage.persist() {
        let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
    }
}
