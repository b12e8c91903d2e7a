// SPDX-License-Identifier: EUPL-1.2
//! The local socket through which other commands use a profile that a running process has open.

use crate::failure::{Failure, unexpected};
use client::Client;
use client_api::{Answer, Command, Query, Status, View};
use minicbor::{Decode, Encode};
use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
};

/// A page of messages or a staged chunk fits well.
const FRAME_BYTES: u32 = 16 * 1024 * 1024;

#[derive(Debug, PartialEq, Encode, Decode)]
pub enum Ask {
    #[n(0)]
    Command(#[n(0)] Command),
    #[n(1)]
    Query(#[n(0)] Query),
    /// Milliseconds of patience.
    #[n(2)]
    Settle(#[n(0)] u64),
    /// Answers when something happened, or after this many milliseconds.
    #[n(3)]
    Changed(#[n(0)] u64),
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[expect(clippy::large_enum_variant, reason = "one per answer, read at once")]
pub enum Told {
    #[n(0)]
    Answer(#[n(0)] Answer),
    #[n(1)]
    View(#[n(0)] View),
    #[n(2)]
    Status(#[n(0)] Status),
    #[n(3)]
    Changed,
    #[n(4)]
    Failed(#[n(0)] Failure),
}

pub fn path(profile: &Path) -> PathBuf {
    profile.join("control.sock")
}

async fn write<T: Encode<()>>(stream: &mut UnixStream, value: &T) -> io::Result<()> {
    let bytes = minicbor::to_vec(value).map_err(io::Error::other)?;
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    stream.write_u32(length).await?;
    stream.write_all(&bytes).await?;
    stream.flush().await
}

async fn read<T: for<'b> Decode<'b, ()>>(stream: &mut UnixStream) -> io::Result<T> {
    let length = stream.read_u32().await?;
    if length > FRAME_BYTES {
        return Err(io::Error::other("frame too large"));
    }
    let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    stream.read_exact(&mut bytes).await?;
    minicbor::decode(&bytes).map_err(io::Error::other)
}

/// The asking side.
pub struct Remote(UnixStream);

impl Remote {
    pub async fn connect(profile: &Path) -> io::Result<Self> {
        UnixStream::connect(path(profile)).await.map(Self)
    }

    pub async fn ask(&mut self, ask: &Ask) -> Result<Told, Failure> {
        let broken = |e: io::Error| Failure::Other(format!("the process that has the profile open: {e}"));
        write(&mut self.0, ask).await.map_err(broken)?;
        match read(&mut self.0).await.map_err(broken)? {
            Told::Failed(failure) => Err(failure),
            told => Ok(told),
        }
    }
}

/// The socket of the process that holds the profile's lock; a file left over by a killed one is replaced.
pub struct Socket {
    listener: UnixListener,
    path: PathBuf,
}

impl Socket {
    pub fn open(profile: &Path) -> Result<Self, Failure> {
        use std::os::unix::fs::PermissionsExt;
        let path = path(profile);
        let said = |e: io::Error| Failure::file(&path, &e);
        match std::fs::remove_file(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(said(e)),
            _ => {}
        }
        let listener = UnixListener::bind(&path).map_err(said)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).map_err(said)?;
        Ok(Self { listener, path })
    }

    /// Serves until dropped.
    pub async fn serve(&self, client: &Client) {
        while let Ok((stream, _)) = self.listener.accept().await {
            tokio::spawn(attend(stream, client.clone()));
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

async fn attend(mut stream: UnixStream, client: Client) {
    while let Ok(ask) = read::<Ask>(&mut stream).await {
        let told = answer(&client, ask).await.unwrap_or_else(Told::Failed);
        if write(&mut stream, &told).await.is_err() {
            return;
        }
    }
}

/// What an own client and a remote one do alike.
pub async fn answer(client: &Client, ask: Ask) -> Result<Told, Failure> {
    Ok(match ask {
        Ask::Command(command) => Told::Answer(client.command(command).await?),
        Ask::Query(query) => Told::View(client.query(query).await?),
        Ask::Settle(millis) => Told::Status(client.settle(Duration::from_millis(millis)).await?),
        Ask::Changed(millis) => {
            let mut pulse = client.pulse();
            match tokio::time::timeout(Duration::from_millis(millis), pulse.changed()).await {
                Ok(Err(_)) => return Err(unexpected()),
                Ok(Ok(())) | Err(_) => Told::Changed,
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn command_through_the_socket_gets_the_answer_of_the_profile_that_is_open() {
        let folder = tempfile::tempdir().unwrap();
        let client = Client::open(folder.path()).await.unwrap();
        let socket = Socket::open(folder.path()).unwrap();
        let asked = async {
            let mut remote = Remote::connect(folder.path()).await.unwrap();
            let told = remote.ask(&Ask::Query(Query::Status)).await.unwrap();
            assert!(matches!(told, Told::View(View::Status(_))));
            remote.ask(&Ask::Command(Command::Leave(client_api::ConversationId([1; 32])))).await
        };
        let refused = tokio::select! {
            refused = asked => refused,
            () = socket.serve(&client) => panic!("the socket closed"),
        };
        assert_eq!(refused.unwrap_err().exit_code(), 4);
        client.shutdown().await;
    }
}
