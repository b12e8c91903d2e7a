// SPDX-License-Identifier: EUPL-1.2
//! One file per group of commands; here is who does what.

mod admin;
mod agent;
mod attachment;
mod conversation;
mod directory;
mod enrol;
mod receive;
mod send;

use crate::{
    args::{Args, Verb},
    failure::Failure,
    session::Session,
};

pub async fn run(args: Args) -> Result<(), Failure> {
    let profile = args.profile;
    match args.verb {
        Verb::Agent => return agent::run(&profile).await,
        Verb::Receive { json, follow: true, .. } => return agent::follow(&profile, json).await,
        _ => {}
    }
    let mut session = Session::open(&profile).await?;
    let result = dispatch(&mut session, &profile, args.verb).await;
    session.close().await;
    result
}

async fn dispatch(session: &mut Session, profile: &std::path::Path, verb: Verb) -> Result<(), Failure> {
    match verb {
        Verb::Authority(verb) => admin::authority(session, profile, verb).await,
        Verb::Admin(verb) => admin::admin(session, verb).await,
        Verb::Invite { name, unit } => admin::invite(session, name, unit).await,
        Verb::Enrol { link, wait } => enrol::run(session, &link, wait).await,
        Verb::Sync => session.settle().await.map(|_| ()),
        Verb::Directory { json } => directory::list(session, json).await,
        Verb::Search { text, json } => directory::search(session, text, json).await,
        Verb::Conversation(verb) => conversation::run(session, verb).await,
        Verb::Send(send) => send::run(session, send).await,
        Verb::Receive { json, wait, follow: _ } => receive::run(session, json, wait).await,
        Verb::Attachment(verb) => attachment::run(session, verb).await,
        Verb::Forward { message, to } => send::forward(session, message, &to).await,
        Verb::Agent => Ok(()),
    }
}
