// SPDX-License-Identifier: EUPL-1.2
//! Becoming the person a link was made for.

use crate::{
    failure::{Failure, unexpected},
    out,
    session::Session,
    text,
};
use client_api::{AccountState, Command, Link};
use std::{io::Read, time::Duration};
use tokio::time::Instant;

pub async fn run(session: &mut Session, link: &str, wait_secs: Option<u64>) -> Result<(), Failure> {
    // Somebody who waits already goes on waiting with the same words.
    if session.status().await?.account != AccountState::Waiting {
        let link = Link(read_link(link)?);
        session.command(Command::Enrol { link }).await.map_err(|failure| match failure {
            Failure::Usage(why) => Failure::Refused(why),
            other => other,
        })?;
    }
    let until = Instant::now() + Duration::from_secs(wait_secs.unwrap_or(0));
    loop {
        let status = session.settle_sending().await?;
        match status.account {
            AccountState::Ready => {
                return out::line(&out::harmless(&status.name.unwrap_or_default()));
            }
            AccountState::Waiting | AccountState::Founding => {}
            AccountState::Refused | AccountState::Revoked => {
                let why = status.problem.map_or_else(|| text::ENROLMENT_REFUSED.into(), |why| why.to_string());
                return Err(Failure::Refused(why));
            }
            AccountState::None => return Err(unexpected()),
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            if wait_secs.is_some() {
                return Err(Failure::Other(text::NOT_APPROVED.into()));
            }
            out::complain(text::WAITING);
            return Ok(());
        }
        session.changed(left.min(Duration::from_secs(1))).await?;
    }
}

fn read_link(given: &str) -> Result<String, Failure> {
    if given != "-" {
        return Ok(given.trim().to_owned());
    }
    let mut text = String::new();
    std::io::stdin().take(16 * 1024).read_to_string(&mut text).map_err(|e| Failure::Other(e.to_string()))?;
    Ok(text.trim().to_owned())
}
