// SPDX-License-Identifier: EUPL-1.2
//! Sending and forwarding.

use crate::{
    args,
    failure::{Failure, unexpected},
    out,
    session::Session,
};
use client_api::{Answer, AttachmentId, Command, Draft, Expiry, MessageId};
use std::{fs::File, io::Read, path::Path};

const CHUNK_BYTES: u64 = 1024 * 1024;

pub async fn run(session: &mut Session, send: args::Send) -> Result<(), Failure> {
    let conversation = session.conversation(&send.to).await?;
    let mut attachments = Vec::new();
    for path in &send.attach {
        attachments.push(stage(session, path).await?);
    }
    let expires = match (send.expires_after, send.expires_at) {
        (Some(secs), _) => Expiry::AfterReading(secs),
        (None, Some(at)) => Expiry::At(at),
        (None, None) => Expiry::Never,
    };
    let text = send.text.unwrap_or_default();
    let draft = Draft { text, attachments, place: send.place, expires, ..Draft::default() };
    tell(session, Command::Send { conversation, draft }).await
}

pub async fn forward(session: &mut Session, message: MessageId, to: &str) -> Result<(), Failure> {
    let to = session.conversation(to).await?;
    tell(session, Command::Forward { message, to }).await
}

/// The id is printed once the message is safe in the outbox.
async fn tell(session: &mut Session, command: Command) -> Result<(), Failure> {
    match session.command(command).await? {
        Answer::Message(id) => out::line(&id.to_string())?,
        _ => return Err(unexpected()),
    }
    session.settle_sending().await.map(|_| ())
}

async fn stage(session: &mut Session, path: &Path) -> Result<AttachmentId, Failure> {
    let said = |e: std::io::Error| Failure::file(path, &e);
    let mut file = File::open(path).map_err(said)?;
    let size_bytes = file.metadata().map_err(said)?.len();
    let name = path.file_name().map_or_else(|| "file".into(), |n| n.to_string_lossy().into_owned());
    let command = Command::StageFile { media_type: media_type(&name).into(), name, size_bytes };
    let Answer::Attachment(attachment) = session.command(command).await? else { return Err(unexpected()) };
    let mut left = size_bytes;
    while left > 0 {
        let mut bytes = Vec::new();
        let taken = (&mut file).take(left.min(CHUNK_BYTES)).read_to_end(&mut bytes).map_err(said)?;
        if taken == 0 {
            return Err(Failure::Other(format!("{}: became shorter while it was read", path.display())));
        }
        left -= u64::try_from(taken).unwrap_or(left);
        session.command(Command::StageChunk { attachment, bytes: bytes.into() }).await?;
    }
    session.command(Command::StageFinish(attachment)).await?;
    Ok(attachment)
}

/// By the name's ending; only what people send every day.
fn media_type(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "webp" => "image/webp",
        "heic" => "image/heic",
        "gif" => "image/gif",
        "mp4" => "video/mp4",
        "mp3" => "audio/mpeg",
        "pdf" => "application/pdf",
        "txt" => "text/plain",
        "csv" => "text/csv",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "odt" => "application/vnd.oasis.opendocument.text",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn media_type_follows_the_ending_whatever_its_case() {
        assert_eq!(super::media_type("Loch.JPG"), "image/jpeg");
        assert_eq!(super::media_type("jpg"), "application/octet-stream");
    }
}
