// SPDX-License-Identifier: EUPL-1.2
//! Saving an attachment's bytes to a file.

use crate::{
    args::Attachment,
    failure::{Failure, unexpected},
    session::Session,
    text,
};
use client_api::{AttachmentId, AttachmentState, Command, Query, View};
use std::{
    fs::{self, File},
    io::Write,
    path::Path,
    time::Duration,
};
use tokio::time::Instant;

/// A download that makes no headway for this long is given up; it goes on with the next command.
const LATE_SECS: u64 = 300;

pub async fn run(session: &mut Session, verb: Attachment) -> Result<(), Failure> {
    let Attachment::Save { id, file } = verb;
    bring(session, id).await?;
    let part = file.with_extension("part");
    let said = |e: std::io::Error| Failure::file(&file, &e);
    let mut out = File::create(&part).map_err(said)?;
    let result = copy(session, id, &mut out, &file).await;
    if result.is_err() {
        let _ = fs::remove_file(&part);
        return result;
    }
    fs::rename(&part, &file).map_err(said)
}

async fn copy(session: &mut Session, id: AttachmentId, out: &mut File, path: &Path) -> Result<(), Failure> {
    let said = |e: std::io::Error| Failure::file(path, &e);
    for number in 0.. {
        match session.query(Query::AttachmentChunk(id, number)).await? {
            View::Chunk(Some(bytes)) if !bytes.is_empty() => out.write_all(&bytes).map_err(said)?,
            View::Chunk(_) => break,
            _ => return Err(unexpected()),
        }
    }
    out.sync_all().map_err(said)
}

/// Waits until all bytes are here.
async fn bring(session: &mut Session, id: AttachmentId) -> Result<(), Failure> {
    let until = Instant::now() + Duration::from_secs(LATE_SECS);
    let mut asked = false;
    loop {
        let View::Attachment(view) = session.query(Query::Attachment(id)).await? else { return Err(unexpected()) };
        match view.ok_or_else(|| Failure::Refused(text::NO_ATTACHMENT.into()))?.state {
            AttachmentState::Here | AttachmentState::Uploading => return Ok(()),
            AttachmentState::Gone => return Err(Failure::Refused(text::ATTACHMENT_GONE.into())),
            AttachmentState::Remote | AttachmentState::Loading => {}
        }
        if !asked {
            session.command(Command::FetchAttachment(id)).await?;
            asked = true;
        } else if Instant::now() > until {
            return Err(Failure::Other(text::ATTACHMENT_LATE.into()));
        } else {
            session.settle().await?;
            session.changed(Duration::from_millis(500)).await?;
        }
    }
}
