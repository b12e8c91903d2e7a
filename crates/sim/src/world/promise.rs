// SPDX-License-Identifier: EUPL-1.2
//! What the server promises about a log, held against every answer: one commit per candidate, one answer per envelope.

use super::World;
use proto::{BranchId, ClientFrame, ErrorCode, Reply, Request, ServerFrame};
use server::{ConnectionId, Out};
use std::collections::BTreeMap;

/// What was answered so far.
#[derive(Default)]
pub(crate) struct Promises {
    /// Who won a candidate's place.
    commits: BTreeMap<(BranchId, u32), Vec<u8>>,
    /// The last entry stored in a branch: who wrote it, how, and what the answer was.
    entries: BTreeMap<BranchId, (ConnectionId, ClientFrame, Reply)>,
}

fn stored(out: &[Out], connection: ConnectionId, id: u32) -> Option<Reply> {
    out.iter().find_map(|out| match &out.frame {
        ServerFrame::Reply(to, reply @ Reply::Stored { .. }) if *to == id && out.to == [connection] => {
            Some(reply.clone())
        }
        _ => None,
    })
}

impl World {
    pub(crate) fn hold_to_promises(&mut self, asked: &[(ConnectionId, ClientFrame)], out: &[Out]) {
        for (connection, frame) in asked {
            let Some(reply) = stored(out, *connection, frame.id) else { continue };
            match &frame.request {
                Request::LogAppend { branch, .. } => {
                    self.promises.entries.insert(*branch, (*connection, frame.clone(), reply));
                }
                Request::LogCommit { branch, candidate, env, .. } => {
                    let winner = self.promises.commits.entry((*branch, *candidate)).or_insert_with(|| env.to_vec());
                    assert!(
                        winner.as_slice() == env.as_slice(),
                        "seed {}: two commits won one candidate's place",
                        self.seed
                    );
                    self.repeat_entry(branch);
                }
                _ => {}
            }
        }
    }

    /// As a network would that delivers a request twice: the branch is frozen now, the answer is still the first one.
    fn repeat_entry(&mut self, branch: &BranchId) {
        let Some((connection, frame, first)) = self.promises.entries.remove(branch) else { return };
        let (now, id) = (self.now.0, frame.id);
        let Ok(out) = self.office.service().handle(now, connection, frame) else { return };
        let again = out.into_iter().find(|out| out.to == [connection]).map(|out| out.frame);
        let same = match again {
            Some(ServerFrame::Reply(_, again)) => again == first,
            // its connection is gone, or has closed the branch
            Some(ServerFrame::Error(_, ErrorCode::Forbidden)) | None => true,
            _ => false,
        };
        assert!(same, "seed {}: request {id} repeated got another answer than at first", self.seed);
    }
}
