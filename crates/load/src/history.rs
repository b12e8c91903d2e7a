// SPDX-License-Identifier: EUPL-1.2
//! A long conversation with a real person: enrols with a link and writes many messages to somebody.

use anyhow::{Context, Result, bail, ensure};
use client::Client;
use client_api::{AccountState, Answer, Command, Draft, Link, Query, UserId, View};
use std::{
    path::Path,
    time::{Duration, Instant},
};

/// Messages handed over before it is waited until they are on the server.
const BATCH: u32 = 2_000;
const PATIENCE: Duration = Duration::from_secs(60);
/// Words a message is made of, so that a search finds some often and some seldom.
const WORDS: [&str; 24] = [
    "Antrag",
    "Bescheid",
    "Baustelle",
    "Mühlenstraße",
    "Sperrung",
    "Termin",
    "Rückruf",
    "Prüfung",
    "Meldung",
    "heute",
    "morgen",
    "bitte",
    "danke",
    "Unterlagen",
    "Frist",
    "Gehweg",
    "Laterne",
    "Kolonne",
    "Fahrbahn",
    "Einsatz",
    "Pegel",
    "Leitstelle",
    "erledigt",
    "offen",
];

/// Writes `count` messages to `to` from a profile in `folder`; a profile that is there goes on.
///
/// # Errors
/// When enrolment, sending or the server fails.
pub async fn history(folder: &Path, link: &str, to: &str, count: u32) -> Result<String> {
    let client = Client::open(folder).await?;
    if client.status().await?.account == AccountState::None {
        client.command(Command::Enrol { link: Link(link.to_owned()) }).await?;
    }
    let start = Instant::now();
    while client.status().await?.account != AccountState::Ready {
        ensure!(start.elapsed() < PATIENCE, "nobody lets this device in");
        client.settle(PATIENCE).await?;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let user = find(&client, to).await?;
    let Answer::Conversation(conversation) = client.command(Command::OpenDirect(user)).await? else {
        bail!("the engine answered a different question");
    };
    let start = Instant::now();
    for number in 0..count {
        let draft = Draft { text: sentence(number), ..Draft::default() };
        client.command(Command::Send { conversation, draft }).await?;
        if number % BATCH == BATCH - 1 {
            client.settle(PATIENCE).await?;
        }
    }
    client.settle(PATIENCE).await?;
    client.shutdown().await;
    Ok(format!("{count} messages in {:.1} s", start.elapsed().as_secs_f32()))
}

async fn find(client: &Client, name: &str) -> Result<UserId> {
    let View::People(people) = client.query(Query::People(Some(name.to_owned()))).await? else {
        bail!("the engine answered a different question");
    };
    Ok(people.first().with_context(|| format!("nobody is called {name}"))?.user)
}

/// Five to sixteen words, always the same for one number.
fn sentence(number: u32) -> String {
    let mut state = u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(1);
    let mut next = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let length = 5 + next(12);
    let mut words: Vec<&str> = vec![];
    for _ in 0..length {
        let index = usize::try_from(next(WORDS.len() as u64)).unwrap_or(0);
        words.extend(WORDS.get(index));
    }
    format!("{number}: {}", words.join(" "))
}
