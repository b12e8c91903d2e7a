// SPDX-License-Identifier: EUPL-1.2
//! The authority's people, and the search over one's own messages.

use crate::{
    failure::{Failure, unexpected},
    json, out,
    session::Session,
};
use client_api::{Query, View};

const HITS: u32 = 100;

pub async fn list(session: &mut Session, json: bool) -> Result<(), Failure> {
    let reached = session.settle().await;
    for person in session.people().await? {
        out::line(&if json {
            json::person(&person).to_string()
        } else {
            let unit = person.unit.as_deref().unwrap_or_default();
            format!("{}\t{}", out::harmless(&person.name), out::harmless(unit))
        })?;
    }
    reached.map(|_| ())
}

/// Purely local: no network is needed.
pub async fn search(session: &mut Session, text: String, json: bool) -> Result<(), Failure> {
    let query = Query::Search { text, conversation: None, limit: HITS };
    let View::Messages(hits) = session.query(query).await? else { return Err(unexpected()) };
    for hit in &hits {
        out::line(&if json { json::message(hit).to_string() } else { json::message_line(hit) })?;
    }
    Ok(())
}
