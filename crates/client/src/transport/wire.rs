// SPDX-License-Identifier: EUPL-1.2
//! What a connection says to the loop, and the two ends it says it through.

use proto::{ClientFrame, Hello, ServerFrame, decode, limit};
use std::time::Duration;
use tokio::sync::mpsc;

/// No hello within this time is no connection.
pub const DIAL: Duration = Duration::from_secs(15);

/// What a connection tells its owner.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "most are frames; a box for each would cost more")]
pub enum Wire {
    Up(Hello),
    Frame(ServerFrame),
    /// The last word; why, for a person.
    Down(String),
}

/// Marks what a connection tells, so that words of an earlier one are known as such.
pub type Generation = u64;

/// A connection's way to the loop.
pub struct Outlet {
    pub generation: Generation,
    pub tell: mpsc::Sender<(Generation, Wire)>,
}

impl Outlet {
    /// `false`: nobody listens any more.
    pub async fn say(&self, wire: Wire) -> bool {
        self.tell.send((self.generation, wire)).await.is_ok()
    }
}

/// What the loop wants sent; its end is the wish to hang up.
pub type Frames = mpsc::UnboundedReceiver<ClientFrame>;

/// The first message of every server.
///
/// # Errors
/// In words for a person.
pub fn parse_hello(bytes: &[u8]) -> Result<Hello, String> {
    match decode(bytes, limit::FRAME_BYTES) {
        Ok(ServerFrame::Hello(hello)) => Ok(hello),
        _ => Err(no_server()),
    }
}

/// All that follows.
///
/// # Errors
/// In words for a person.
pub fn parse_frame(bytes: &[u8]) -> Result<ServerFrame, String> {
    decode(bytes, limit::FRAME_BYTES).map_err(|_| "the server sent something that is not RP/1".into())
}

pub fn no_server() -> String {
    "this is no Rohrpost server".into()
}
