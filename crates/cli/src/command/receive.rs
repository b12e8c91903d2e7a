// SPDX-License-Identifier: EUPL-1.2
//! Printing new messages; what is printed counts as displayed.

use crate::{
    failure::{Failure, unexpected},
    json, out,
    session::Session,
};
use client_api::{Command, Query, View};
use std::time::Duration;
use tokio::time::Instant;

const PAGE: u32 = 100;

pub async fn run(session: &mut Session, json: bool, wait_secs: Option<u64>) -> Result<(), Failure> {
    let until = Instant::now() + Duration::from_secs(wait_secs.unwrap_or(0));
    loop {
        // What is here already is shown even if the server is not.
        let reached = session.settle().await;
        let printed = print_all(session, json).await?;
        if printed > 0 {
            reached?;
            return session.settle().await.map(|_| ());
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return reached.map(|_| ());
        }
        session.changed(left.min(Duration::from_secs(1))).await?;
    }
}

async fn print_all(session: &mut Session, json: bool) -> Result<usize, Failure> {
    let mut all = 0;
    loop {
        match print_new(session, json).await? {
            0 => return Ok(all),
            printed => all += printed,
        }
    }
}

/// One page; each message is marked when its line is out, so that a broken pipe loses none.
pub async fn print_new(session: &mut Session, json: bool) -> Result<usize, Failure> {
    let View::Messages(messages) = session.query(Query::Undisplayed(PAGE)).await? else { return Err(unexpected()) };
    for message in &messages {
        out::line(&if json { json::message(message).to_string() } else { json::message_line(message) })?;
        session.command(Command::MarkDisplayed(vec![message.id])).await?;
    }
    Ok(messages.len())
}
