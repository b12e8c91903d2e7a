// SPDX-License-Identifier: EUPL-1.2
//! Transfers of blob bytes under way; all end with the connection, because the engine forgets them then.

use crate::{ground, transport::Server};
use engine::input::{Failure, RequestId};
use proto::blob::{BlobReply, BlobRequest};
use tokio::sync::{mpsc, watch};

/// What became of one.
pub struct Transferred {
    pub id: RequestId,
    pub result: Result<BlobReply, Failure>,
    round: u64,
}

pub struct Transfers {
    tell: mpsc::UnboundedSender<Transferred>,
    /// Counts the endings, so that what was finished before one is not taken for what was begun after it.
    round: u64,
    /// Its end is theirs.
    life: watch::Sender<()>,
}

impl Transfers {
    /// Also the end they report at.
    pub fn new() -> (Self, mpsc::UnboundedReceiver<Transferred>) {
        let (tell, done) = mpsc::unbounded_channel();
        (Self { tell, round: 0, life: watch::Sender::new(()) }, done)
    }

    pub fn start(&self, server: Option<&Server>, id: RequestId, request: BlobRequest) {
        let (tell, round) = (self.tell.clone(), self.round);
        let Some(server) = server else {
            let _ = tell.send(Transferred { id, result: Err(Failure::Lost), round });
            return;
        };
        let (transfer, mut life) = (server.transfer(request), self.life.subscribe());
        ground::spawn(async move {
            tokio::select! {
                result = transfer => drop(tell.send(Transferred { id, result, round })),
                _ = life.changed() => {}
            }
        });
    }

    /// `false`: of a time that is over.
    pub fn is_current(&self, done: &Transferred) -> bool {
        done.round == self.round
    }

    pub fn end_all(&mut self) {
        self.round += 1;
        self.life = watch::Sender::new(());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_finished_before_an_ending_is_known_as_such() {
        let (mut transfers, mut done) = Transfers::new();
        let request = || BlobRequest::Delete { blob: proto::BlobId([1; 32]), secret: proto::blob::BlobSecret([2; 32]) };
        transfers.start(None, 7, request());
        let early = done.try_recv().unwrap();
        assert!(transfers.is_current(&early));
        assert_eq!((early.id, early.result.clone()), (7, Err(Failure::Lost)));
        transfers.end_all();
        assert!(!transfers.is_current(&early));
        transfers.start(None, 8, request());
        assert!(transfers.is_current(&done.try_recv().unwrap()));
    }
}
