// SPDX-License-Identifier: EUPL-1.2
//! A profile in the hands of a native program: its thread, and what may be asked of it.

use crate::{
    ClientError,
    run::{
        self, Call,
        pulse::{LinkState, Pulse},
    },
};
use client_api::{AccountState, Answer, Command, Event, Query, Status, View};
use std::{path::Path, sync::Arc, thread::JoinHandle, time::Duration};
use tokio::sync::{broadcast, mpsc, oneshot, watch};

/// Failed dials after which a person is told that the server is not reachable.
const TRIES: u32 = 2;

/// One open profile. Cheap to clone; the profile closes with [`Client::shutdown`] or the last clone, which waits for it.
#[derive(Clone)]
pub struct Client {
    thread: Arc<EngineThread>,
    events: broadcast::Sender<Event>,
    pulse: watch::Receiver<Pulse>,
}

/// The engine's thread and the way to it. It is waited for: at the end of a process the store's library is cleaned up
/// by its own exit handler, and a thread that is still in it then would free what is freed already.
struct EngineThread {
    calls: Option<mpsc::Sender<Call>>,
    handle: Option<JoinHandle<()>>,
}

impl EngineThread {
    async fn call(&self, call: Call) -> Result<(), ClientError> {
        let calls = self.calls.as_ref().ok_or(ClientError::Closed)?;
        calls.send(call).await.map_err(|_| ClientError::Closed)
    }
}

impl Drop for EngineThread {
    fn drop(&mut self) {
        // without callers the thread ends by itself
        self.calls = None;
        if let Some(handle) = self.handle.take() {
            let _ = handle.join();
        }
    }
}

impl Client {
    /// Opens (or begins) the profile in `folder` and starts its thread. One process per profile.
    ///
    /// # Errors
    /// [`ClientError::Busy`] if another process has it open; else what the folder or the store said.
    pub async fn open(folder: &Path) -> Result<Self, ClientError> {
        let (calls, inbox) = mpsc::channel(64);
        let (events, _) = broadcast::channel(4096);
        let (pulse_in, pulse) = watch::channel(Pulse::default());
        let (ready, opened) = oneshot::channel();
        let (folder, events_in) = (folder.to_owned(), events.clone());
        let handle = std::thread::Builder::new()
            .name("engine".into())
            .spawn(move || run::thread(&folder, inbox, events_in, pulse_in, ready))
            .map_err(|e| ClientError::folder("start a thread for", &e))?;
        let thread = Arc::new(EngineThread { calls: Some(calls), handle: Some(handle) });
        opened.await.map_err(|_| ClientError::Closed)??;
        Ok(Self { thread, events, pulse })
    }

    /// Hands a command to the engine. What it wants sent is safe in the store when this returns.
    ///
    /// # Errors
    /// [`ClientError::Command`] says why it was not done.
    pub async fn command(&self, command: Command) -> Result<Answer, ClientError> {
        let (tell, told) = oneshot::channel();
        self.thread.call(Call::Command(command, tell)).await?;
        told.await.map_err(|_| ClientError::Closed)?
    }

    /// Asks the engine; expired messages are gone before the answer.
    ///
    /// # Errors
    /// [`ClientError::Store`] if the store failed.
    pub async fn query(&self, query: Query) -> Result<View, ClientError> {
        let (tell, told) = oneshot::channel();
        self.thread.call(Call::Query(query, tell)).await?;
        told.await.map_err(|_| ClientError::Closed)?
    }

    /// Where the account stands.
    ///
    /// # Errors
    /// As [`Client::query`].
    pub async fn status(&self) -> Result<Status, ClientError> {
        match self.query(Query::Status).await? {
            View::Status(status) => Ok(status),
            _ => Err(ClientError::Store("the engine answered a different question".into())),
        }
    }

    /// What the engine tells unasked, from now on. A slow reader loses the oldest and should query again.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// Ticks with every input of the engine and every change of the connection.
    pub fn pulse(&self) -> watch::Receiver<Pulse> {
        self.pulse.clone()
    }

    /// Waits until everything was sent and read. A profile without a server is settled at once.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`] after failed dials; [`ClientError::Slow`] if nothing moved for `patience`;
    /// [`ClientError::Store`] if the disk refuses again and again.
    pub async fn settle(&self, patience: Duration) -> Result<Status, ClientError> {
        let mut pulse = self.pulse.clone();
        let failures_before = pulse.borrow().store_failures;
        loop {
            let seen = pulse.borrow_and_update().clone();
            if seen.store_failures > failures_before.saturating_add(TRIES) {
                return Err(ClientError::Store(seen.store_said));
            }
            let link = seen.link;
            let status = self.status().await?;
            let over = matches!(status.account, AccountState::None | AccountState::Refused | AccountState::Revoked);
            if status.settled || over || status.server.is_none() {
                return Ok(status);
            }
            if let LinkState::Down { failures, why, .. } = link
                && failures >= TRIES
            {
                return Err(ClientError::Unreachable(why));
            }
            match tokio::time::timeout(patience, pulse.changed()).await {
                Err(_) => return Err(ClientError::Slow),
                Ok(changed) => changed.map_err(|_| ClientError::Closed)?,
            }
        }
    }

    /// Ends the thread and waits until the store is closed.
    pub async fn shutdown(&self) {
        let (tell, told) = oneshot::channel();
        if self.thread.call(Call::Shutdown(tell)).await.is_ok() {
            let _ = told.await;
        }
    }
}
