// SPDX-License-Identifier: EUPL-1.2
//! Groups: make, list, change, leave.

use crate::{
    args::Conversation,
    failure::{Failure, unexpected},
    json, out,
    session::Session,
};
use client_api::{Answer, Command, Query, View};

pub async fn run(session: &mut Session, verb: Conversation) -> Result<(), Failure> {
    match verb {
        Conversation::Create { name, with } => {
            let mut members = Vec::new();
            for typed in &with {
                members.push(session.person(typed).await?);
            }
            match session.command(Command::CreateGroup { name, members }).await? {
                Answer::Conversation(id) => out::line(&id.to_string())?,
                _ => return Err(unexpected()),
            }
        }
        Conversation::List { json } => return list(session, json).await,
        Conversation::Members { to } => {
            let to = session.known(to).await?;
            let View::Members(members) = session.query(Query::Members(to)).await? else { return Err(unexpected()) };
            return members.iter().try_for_each(|m| out::line(&format!("{}\t{}", m.user, out::harmless(&m.name))));
        }
        Conversation::Add { to, person } => {
            let to = session.known(to).await?;
            let user = session.person(&person).await?;
            session.command(Command::AddMember { conversation: to, user }).await?;
        }
        Conversation::Remove { to, person } => {
            let to = session.known(to).await?;
            let user = session.person(&person).await?;
            session.command(Command::RemoveMember { conversation: to, user }).await?;
        }
        Conversation::Leave { to } => {
            let to = session.known(to).await?;
            session.command(Command::Leave(to)).await?;
        }
    }
    session.settle_sending().await.map(|_| ())
}

async fn list(session: &mut Session, json: bool) -> Result<(), Failure> {
    let reached = session.settle().await;
    for conversation in session.conversations().await? {
        out::line(&if json {
            json::conversation(&conversation).to_string()
        } else {
            format!("{}\t{}\t{}", conversation.id, conversation.undisplayed, out::harmless(&conversation.name))
        })?;
    }
    reached.map(|_| ())
}
