// SPDX-License-Identifier: EUPL-1.2
//! One account at work: the loop, what the page asks of it, and what it says unasked.

use super::{desk::Note, port, port::Owed};
use crate::{
    ClientError,
    profile::Profile,
    run::{
        self, Call, Outlets,
        pulse::{LinkState, Pulse},
    },
};
use client_api::{
    Answer, Command, CommandError, Event, Query, Status, View,
    port::{FromWorker, LinkView, PortError, See, Tell},
};
use std::{cell::Cell, rc::Rc};
use tokio::sync::{mpsc, oneshot, watch};

/// Questions that may wait for the loop; those behind them wait in the desk.
const WAITING: usize = 64;

pub struct Session {
    calls: mpsc::Sender<Call>,
    /// Names may have changed and the desk was told so.
    is_renamed: Rc<Cell<bool>>,
}

type Result<T> = std::result::Result<T, PortError>;

impl Session {
    /// Opens the store and starts the loop.
    pub fn start(profile: Profile, tell: &mpsc::UnboundedSender<Note>) -> Result<Self> {
        let (calls, inbox) = mpsc::channel(WAITING);
        let (pulse, seen) = watch::channel(Pulse::default());
        let is_renamed = Rc::new(Cell::new(false));
        let (tell, renamed) = (tell.clone(), Rc::clone(&is_renamed));
        let event = Box::new(move |event: Event| {
            let names = matches!(event, Event::AccountChanged | Event::DirectoryChanged);
            if names && !renamed.replace(true) {
                let _ = tell.send(Note::Renamed);
            }
            port::post(&FromWorker::Event(event));
        });
        run::start(profile, inbox, Outlets { event, pulse }).map_err(said)?;
        crate::ground::spawn(report(seen));
        Ok(Self { calls, is_renamed })
    }

    /// The store could not be opened again after a failure.
    pub fn is_over(&self) -> bool {
        self.calls.is_closed()
    }

    /// Hands a command over; the answer goes to the page by itself.
    pub async fn tell(&self, question: Tell, owed: Owed<Tell>) {
        let (tell, told) = oneshot::channel();
        let _ = self.calls.send(Call::Command(question.command, tell)).await;
        crate::ground::spawn(async move { owed.answer(answer(told).await) });
    }

    /// Hands a query over; the answer goes to the page by itself.
    pub async fn see(&self, question: See, owed: Owed<See>) {
        let (tell, told) = oneshot::channel();
        let _ = self.calls.send(Call::Query(question.query, tell)).await;
        crate::ground::spawn(async move { owed.answer(answer(told).await) });
    }

    pub async fn command(&self, command: Command) -> Result<Answer> {
        let (tell, told) = oneshot::channel();
        let _ = self.calls.send(Call::Command(command, tell)).await;
        answer(told).await
    }

    pub async fn status(&self) -> Result<Status> {
        self.is_renamed.set(false);
        let (tell, told) = oneshot::channel();
        let _ = self.calls.send(Call::Query(Query::Status, tell)).await;
        match answer(told).await? {
            View::Status(status) => Ok(status),
            _ => Err(PortError::Broken),
        }
    }

    /// Dials, or hangs up until told to dial.
    pub async fn network(&self, is_there: bool) {
        let _ = self.calls.send(if is_there { Call::Dial } else { Call::HangUp }).await;
    }

    /// Ends the loop; the store is closed when this returns.
    pub async fn end(self) {
        let (tell, told) = oneshot::channel();
        let _ = self.calls.send(Call::Shutdown(tell)).await;
        let _ = told.await;
    }
}

/// A loop that ended meanwhile is an account that is not open.
async fn answer<T>(told: oneshot::Receiver<std::result::Result<T, ClientError>>) -> Result<T> {
    told.await.map_err(|_| PortError::NotOpen)?.map_err(said)
}

fn said(error: ClientError) -> PortError {
    match error {
        ClientError::Command(CommandError::Store(said)) | ClientError::Store(said) => PortError::Store(said),
        ClientError::Command(error) => PortError::Command(error),
        ClientError::Full => PortError::StorageFull,
        ClientError::Closed => PortError::NotOpen,
        error => PortError::Store(error.to_string()),
    }
}

/// Tells the page how the connection stands and that the store failed, until the loop ends.
async fn report(mut pulse: watch::Receiver<Pulse>) {
    let (mut shown, mut failures) = (None, 0);
    loop {
        let seen = pulse.borrow_and_update().clone();
        if seen.store_failures != failures {
            failures = seen.store_failures;
            let why = if seen.store_full { PortError::StorageFull } else { PortError::Store(seen.store_said) };
            port::post(&FromWorker::StoreFailed(why));
        }
        let link = match seen.link {
            LinkState::NoServer => LinkView::NoServer,
            LinkState::Dialling => LinkView::Dialling,
            LinkState::Up => LinkView::Up,
            LinkState::Down { failures, again_at, .. } => LinkView::Down { failures, again_at },
        };
        if shown != Some(link) {
            shown = Some(link);
            port::post(&FromWorker::Link(link));
        }
        if pulse.changed().await.is_err() {
            return;
        }
    }
}
