// SPDX-License-Identifier: EUPL-1.2
//! Takes the page's questions one by one, in order, and holds the one account this worker may have.

use super::{
    account::{self, Account, Label, Opening, pool_failed},
    lock::{self, Bell, Lock},
    port::{self, Owed},
    session::Session,
    storage,
};
use client_api::{
    AccountState, Command, Link, Status,
    port::{AccountEntry, AccountKey, Ask, FromWorker, Open, Opened, PortError, ToWorker, Which},
};
use tokio::sync::mpsc;

/// What comes to the desk.
pub enum Note {
    Asked(ToWorker),
    /// A message that is no question.
    Unreadable {
        id: u32,
    },
    /// Another tab wants this account.
    Wanted(AccountKey),
    /// The account's names may have changed.
    Renamed,
}

/// The account opened here. Fields are given back in this order.
struct Held {
    /// `None`: the store could not be opened again, the next question tries anew.
    session: Option<Session>,
    opening: Opening,
    account: Account,
    label: Option<Label>,
    _bell: Bell,
    _lock: Lock,
}

struct Desk {
    held: Option<Held>,
    tell: mpsc::UnboundedSender<Note>,
}

/// Until the worker ends.
pub async fn run(tell: mpsc::UnboundedSender<Note>, mut notes: mpsc::UnboundedReceiver<Note>) {
    let mut desk = Desk { held: None, tell };
    while let Some(note) = notes.recv().await {
        match note {
            Note::Asked(question) => desk.answer(question).await,
            Note::Unreadable { id } => port::answer_unreadable(id),
            Note::Wanted(key) => desk.let_go(&key).await,
            Note::Renamed => desk.write_label().await,
        }
    }
}

impl Desk {
    async fn answer(&mut self, ToWorker { id, ask }: ToWorker) {
        match ask {
            Ask::ListAccounts(ask) => Owed::to(id, &ask).answer(self.list().await),
            Ask::Open(ask) => {
                let owed = Owed::to(id, &ask);
                owed.answer(self.open(ask).await);
            }
            Ask::Tell(ask) => {
                let owed = Owed::to(id, &ask);
                match self.session().await {
                    Ok(session) => session.tell(ask, owed).await,
                    Err(error) => owed.answer(Err(error)),
                }
            }
            Ask::See(ask) => {
                let owed = Owed::to(id, &ask);
                match self.session().await {
                    Ok(session) => session.see(ask, owed).await,
                    Err(error) => owed.answer(Err(error)),
                }
            }
            Ask::Storage(ask) => Owed::to(id, &ask).answer(storage::look().await),
            Ask::Persist(ask) => Owed::to(id, &ask).answer(Ok(storage::persist().await)),
            Ask::Dial(ask) => {
                let owed = Owed::to(id, &ask);
                owed.answer(self.network(true).await);
            }
            Ask::HangUp(ask) => {
                let owed = Owed::to(id, &ask);
                owed.answer(self.network(false).await);
            }
            Ask::Forget(ask) => Owed::to(id, &ask).answer(self.forget().await),
        }
    }

    async fn list(&self) -> Result<Vec<AccountEntry>, PortError> {
        let (accounts, locks) = (account::list().await?, lock::held().await?);
        let mut entries = Vec::with_capacity(accounts.len());
        for account in accounts {
            let here = self.held.as_ref().is_some_and(|held| held.account.key == account.key);
            let busy = !here && locks.contains(&lock::name(&account.key));
            entries.push(AccountEntry { label: account.label().await, key: account.key, busy });
        }
        Ok(entries)
    }

    /// The loop, started anew if it has ended by itself: then the pool is taken anew, too, since a full disk may have
    /// left it uncertain about its files.
    async fn session(&mut self) -> Result<&Session, PortError> {
        let held = self.held.as_mut().ok_or(PortError::NotOpen)?;
        if held.session.as_ref().is_some_and(Session::is_over) {
            held.session = None;
        }
        let session = match held.session.take() {
            Some(session) => session,
            None => {
                held.opening.pool.pause().map_err(|error| pool_failed(&error))?;
                held.opening.pool.resume().await.map_err(|error| pool_failed(&error))?;
                Session::start(held.opening.profile.clone(), &self.tell)?
            }
        };
        Ok(held.session.insert(session))
    }

    async fn network(&mut self, is_there: bool) -> Result<(), PortError> {
        self.session().await?.network(is_there).await;
        Ok(())
    }

    async fn open(&mut self, ask: Open) -> Result<Opened, PortError> {
        if let Some(held) = &self.held {
            return Ok(Opened::Here { key: held.account.key.clone(), fresh: false });
        }
        let (account, fresh) = match &ask.which {
            Which::Known(key) => match account::find(key).await? {
                Some(account) => (account, false),
                None => return Ok(Opened::Unknown),
            },
            Which::Link(link) => find_or_begin(link).await?,
            Which::New => {
                let _turn = lock::take_accounts().await?;
                (account::begin(None).await?, true)
            }
        };
        let key = account.key.clone();
        let lock = if ask.take_over { lock::take_over(&key).await? } else { lock::take(&key).await? };
        let Some(lock) = lock else { return Ok(Opened::OtherTab(key)) };
        // whoever had it may have forgotten it
        if account::find(&key).await?.is_none() {
            return Ok(Opened::Unknown);
        }
        self.start(account, lock).await?;
        if let Which::Link(link) = ask.which {
            self.enrol(link).await?;
        }
        self.write_label().await;
        Ok(Opened::Here { key, fresh })
    }

    async fn start(&mut self, account: Account, lock: Lock) -> Result<(), PortError> {
        let bell = Bell::hang(&account.key, &self.tell)?;
        let opening = account.open().await?;
        let session = match Session::start(opening.profile.clone(), &self.tell) {
            Ok(session) => session,
            Err(error) => {
                let _ = opening.pool.pause();
                return Err(error);
            }
        };
        let label = account.label().await;
        self.held = Some(Held { session: Some(session), opening, account, label, _bell: bell, _lock: lock });
        Ok(())
    }

    /// Begins the enrolment, if it was not yet. A link that is refused leaves no account behind.
    async fn enrol(&mut self, link: Link) -> Result<(), PortError> {
        let session = self.session().await?;
        if session.status().await?.account != AccountState::None {
            return Ok(());
        }
        let refused = match session.command(Command::Enrol { link }).await {
            Ok(_) => return Ok(()),
            Err(refused) => refused,
        };
        if matches!(refused, PortError::Command(_)) {
            self.forget().await?;
        }
        Err(refused)
    }

    /// Another tab takes the account: the store is closed, then the files are given back, then the lock.
    async fn let_go(&mut self, key: &AccountKey) {
        if self.held.as_ref().is_some_and(|held| held.account.key == *key) {
            let _ = self.close().await;
            port::post(&FromWorker::TakenOver);
        }
    }

    async fn close(&mut self) -> Result<(), PortError> {
        let Some(mut held) = self.held.take() else { return Err(PortError::NotOpen) };
        if let Some(session) = held.session.take() {
            session.end().await;
        }
        held.opening.pool.pause().map_err(|error| pool_failed(&error))
    }

    /// The lock is kept until the folder is gone, so that nobody opens half an account.
    async fn forget(&mut self) -> Result<(), PortError> {
        let Some(mut held) = self.held.take() else { return Err(PortError::NotOpen) };
        if let Some(session) = held.session.take() {
            session.end().await;
        }
        held.opening.pool.pause().map_err(|error| pool_failed(&error))?;
        account::remove(&held.account.key).await
    }

    /// Writes down whose account this is, for the list; a failure only leaves the old name there.
    async fn write_label(&mut self) {
        let Some(held) = self.held.as_mut() else { return };
        let Some(session) = &held.session else { return };
        let Ok(Status { name: Some(name), authority: Some(authority), .. }) = session.status().await else { return };
        let label = (name, authority);
        if held.label.as_ref() != Some(&label) && held.account.write_label(&label).await.is_ok() {
            held.label = Some(label);
        }
    }
}

/// Two tabs that open one new link at the same moment find the same account. `true`: it was begun here.
async fn find_or_begin(link: &Link) -> Result<(Account, bool), PortError> {
    let _turn = lock::take_accounts().await?;
    match account::find_by_link(link).await? {
        Some(account) => Ok((account, false)),
        None => Ok((account::begin(Some(link)).await?, true)),
    }
}
