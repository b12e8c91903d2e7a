// SPDX-License-Identifier: EUPL-1.2
//! Processes that stay: the agent, and `receive --follow`. Both serve other commands on their profile.

use crate::{command::receive, control::Socket, failure::Failure, out, session::Session, text};
use client::Client;
use std::{path::Path, time::Duration};
use tokio::signal::unix::{SignalKind, signal};

pub async fn run(profile: &Path) -> Result<(), Failure> {
    let client = Client::open(profile).await?;
    let socket = Socket::open(profile)?;
    out::line(text::AGENT_READY)?;
    let result = tokio::select! {
        () = socket.serve(&client) => Err(Failure::Other("the control socket closed".into())),
        ended = ended() => ended,
    };
    drop(socket);
    client.shutdown().await;
    result
}

pub async fn follow(profile: &Path, json: bool) -> Result<(), Failure> {
    match Session::open(profile).await? {
        Session::Own(client) => {
            let socket = Socket::open(profile)?;
            let mut session = Session::Own(client.clone());
            let result = tokio::select! {
                () = socket.serve(&client) => Err(Failure::Other("the control socket closed".into())),
                printed = print_all(&mut session, json) => printed,
                ended = ended() => ended,
            };
            drop(socket);
            client.shutdown().await;
            result
        }
        mut remote @ Session::Remote(_) => tokio::select! {
            printed = print_all(&mut remote, json) => printed,
            ended = ended() => ended,
        },
    }
}

/// A missing server is no reason to end: it may come back.
async fn print_all(session: &mut Session, json: bool) -> Result<(), Failure> {
    loop {
        if receive::print_new(session, json).await? == 0 {
            session.changed(Duration::from_secs(1)).await?;
        }
    }
}

async fn ended() -> Result<(), Failure> {
    let said = |e: std::io::Error| Failure::Other(e.to_string());
    let mut terminate = signal(SignalKind::terminate()).map_err(said)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(said)?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
