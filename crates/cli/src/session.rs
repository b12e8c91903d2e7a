// SPDX-License-Identifier: EUPL-1.2
//! A profile as commands see it: opened here, or through the process that has it open.

use crate::{
    control::{Ask, Remote, Told, answer},
    failure::{Failure, unexpected},
    name::{self, Target},
    text,
};
use client::{Client, ClientError};
use client_api::{Answer, Command, ConversationId, ConversationView, Event, PersonView, Query, Status, UserId, View};
use indicatif::{ProgressBar, ProgressStyle};
use std::{io::IsTerminal, path::Path, time::Duration};
use tokio::{sync::broadcast::error::RecvError, time::Instant};

/// Nothing moved for this long: the server does not answer.
const PATIENCE: Duration = Duration::from_secs(60);
/// Another short command may have the profile open.
const BUSY_SECS: u64 = 30;

pub enum Session {
    Own(Client),
    Remote(Remote),
}

impl Session {
    pub async fn open(profile: &Path) -> Result<Self, Failure> {
        let until = Instant::now() + Duration::from_secs(BUSY_SECS);
        loop {
            match Client::open(profile).await {
                Ok(client) => return Ok(Self::Own(client)),
                Err(ClientError::Busy) => {}
                Err(error) => return Err(error.into()),
            }
            if let Ok(remote) = Remote::connect(profile).await {
                return Ok(Self::Remote(remote));
            }
            if Instant::now() > until {
                return Err(Failure::Other(text::BUSY.into()));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn ask(&mut self, ask: Ask) -> Result<Told, Failure> {
        match self {
            Self::Own(client) => answer(client, ask).await,
            Self::Remote(remote) => remote.ask(&ask).await,
        }
    }

    pub async fn command(&mut self, command: Command) -> Result<Answer, Failure> {
        match self.ask(Ask::Command(command)).await? {
            Told::Answer(answer) => Ok(answer),
            _ => Err(unexpected()),
        }
    }

    pub async fn query(&mut self, query: Query) -> Result<View, Failure> {
        match self.ask(Ask::Query(query)).await? {
            Told::View(view) => Ok(view),
            _ => Err(unexpected()),
        }
    }

    pub async fn status(&mut self) -> Result<Status, Failure> {
        match self.query(Query::Status).await? {
            View::Status(status) => Ok(status),
            _ => Err(unexpected()),
        }
    }

    /// Everything sent and read; with a progress bar for large files on a terminal.
    pub async fn settle(&mut self) -> Result<Status, Failure> {
        let bar = self.progress();
        let millis = u64::try_from(PATIENCE.as_millis()).unwrap_or(u64::MAX);
        let told = self.ask(Ask::Settle(millis)).await;
        if let Some(bar) = bar {
            bar.abort();
        }
        match told? {
            Told::Status(status) => Ok(status),
            _ => Err(unexpected()),
        }
    }

    /// As [`Session::settle`], for commands that left something in the outbox.
    pub async fn settle_sending(&mut self) -> Result<Status, Failure> {
        self.settle().await.map_err(|failure| match failure {
            Failure::Unreachable(why) => Failure::Unreachable(format!("{why}; {}", text::LEFT_IN_OUTBOX)),
            other => other,
        })
    }

    /// Something may have happened.
    pub async fn changed(&mut self, at_most: Duration) -> Result<(), Failure> {
        let millis = u64::try_from(at_most.as_millis()).unwrap_or(u64::MAX);
        self.ask(Ask::Changed(millis)).await.map(|_| ())
    }

    pub async fn close(self) {
        if let Self::Own(client) = self {
            client.shutdown().await;
        }
    }

    pub async fn people(&mut self) -> Result<Vec<PersonView>, Failure> {
        match self.query(Query::People(None)).await? {
            View::People(people) => Ok(people),
            _ => Err(unexpected()),
        }
    }

    pub async fn conversations(&mut self) -> Result<Vec<ConversationView>, Failure> {
        match self.query(Query::Conversations).await? {
            View::Conversations(all) => Ok(all),
            _ => Err(unexpected()),
        }
    }

    /// The person a name means; one not known yet may be in the part of the directory not read yet.
    pub async fn person(&mut self, typed: &str) -> Result<UserId, Failure> {
        if let Ok(user) = name::find_person(typed, &self.people().await?) {
            return Ok(user);
        }
        let _ = self.settle().await;
        name::find_person(typed, &self.people().await?)
    }

    /// A conversation named by its id; one not known yet may not have been read yet.
    pub async fn known(&mut self, id: ConversationId) -> Result<ConversationId, Failure> {
        if !self.conversations().await?.iter().any(|c| c.id == id) {
            let _ = self.settle().await;
            if !self.conversations().await?.iter().any(|c| c.id == id) {
                return Err(Failure::Refused(text::NO_CONVERSATION.into()));
            }
        }
        Ok(id)
    }

    /// The conversation a name or id means; a direct one begins here.
    pub async fn conversation(&mut self, typed: &str) -> Result<ConversationId, Failure> {
        let mut found = name::find_target(typed, &self.people().await?, &self.conversations().await?);
        if found.is_err() {
            let _ = self.settle().await;
            found = name::find_target(typed, &self.people().await?, &self.conversations().await?);
        }
        match found? {
            Target::Conversation(id) => self.known(id).await,
            Target::Person(user) => match self.command(Command::OpenDirect(user)).await? {
                Answer::Conversation(id) => Ok(id),
                _ => Err(unexpected()),
            },
        }
    }

    fn progress(&self) -> Option<tokio::task::JoinHandle<()>> {
        let Self::Own(client) = self else { return None };
        if !std::io::stderr().is_terminal() {
            return None;
        }
        let mut events = client.events();
        Some(tokio::spawn(async move {
            let bar = ProgressBar::new(0);
            if let Ok(style) = ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes} {eta}") {
                bar.set_style(style);
            }
            loop {
                match events.recv().await {
                    Ok(Event::TransferProgress { done_bytes, total_bytes, .. }) => {
                        bar.set_length(total_bytes);
                        bar.set_position(done_bytes);
                    }
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return,
                }
            }
        }))
    }
}
