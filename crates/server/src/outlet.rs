// SPDX-License-Identifier: EUPL-1.2
//! What waits to be sent on one connection: bounded, so that a slow or dead reader costs others nothing.

use bytes::Bytes;
use proto::{BranchId, ErrorCode, Push, Reply, RequestId, ServerFrame, encode};
use std::{
    collections::{BTreeSet, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::sync::Notify;

/// Pushes that may wait for one reader.
const PUSHES: usize = 512;
/// Bytes of pushes that may wait for one reader; a single larger one is let through when nothing waits.
const PUSH_BYTES: usize = 1024 * 1024;
/// Requests of one connection that may be unanswered.
const IN_FLIGHT: usize = 128;
/// With more than this waiting, no further request of this connection is read.
const BACKLOG_BYTES: usize = 256 * 1024;

/// What one push is about.
#[derive(Clone, Copy, Debug)]
pub enum About {
    Branch(BranchId),
    Inbox,
}

/// How a push fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queued {
    Yes,
    LeftOut,
}

#[derive(Debug, Default)]
struct Queue {
    frames: VecDeque<(Kind, Bytes)>,
    bytes: usize,
    pushes: usize,
    in_flight: usize,
    /// Branches whose pushes were left out; told once everything before is sent.
    behind: BTreeSet<BranchId>,
    closed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Reply,
    Push,
}

/// One connection's queue; the connection's task empties it, everybody else fills it.
#[derive(Debug, Default)]
pub struct Outlet {
    queue: Mutex<Queue>,
    wake: Notify,
}

impl Outlet {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request was read; its answer is owed.
    pub fn owe(&self) {
        self.queue().in_flight += 1;
    }

    /// May one more request be read?
    pub fn has_room(&self) -> bool {
        let queue = self.queue();
        queue.in_flight < IN_FLIGHT && queue.bytes < BACKLOG_BYTES
    }

    /// Answers are never left out.
    pub fn answer(&self, id: RequestId, answer: Result<Reply, ErrorCode>) {
        let frame = match answer {
            Ok(reply) => ServerFrame::Reply(id, reply),
            Err(code) => ServerFrame::Error(id, code),
        };
        let bytes = Bytes::from(encode(&frame));
        let mut queue = self.queue();
        queue.bytes += bytes.len();
        queue.frames.push_back((Kind::Reply, bytes));
        drop(queue);
        self.wake.notify_one();
    }

    /// A push is left out when too much waits already; the reader is told [`Push::Behind`], or, since there is no such
    /// word for an inbox, disconnected.
    pub fn push(&self, about: About, bytes: &Bytes) -> Queued {
        let mut queue = self.queue();
        let full = queue.pushes >= PUSHES || (queue.pushes > 0 && queue.bytes + bytes.len() > PUSH_BYTES);
        let queued = match about {
            Branch(branch) if full || queue.behind.contains(&branch) => {
                queue.behind.insert(branch);
                Queued::LeftOut
            }
            Inbox if full => {
                queue.closed = true;
                Queued::LeftOut
            }
            _ => {
                queue.pushes += 1;
                queue.bytes += bytes.len();
                queue.frames.push_back((Kind::Push, bytes.clone()));
                Queued::Yes
            }
        };
        drop(queue);
        self.wake.notify_one();
        queued
    }

    /// The next frame to send.
    pub fn pop(&self) -> Option<Bytes> {
        let mut queue = self.queue();
        if let Some((kind, bytes)) = queue.frames.pop_front() {
            queue.bytes = queue.bytes.saturating_sub(bytes.len());
            match kind {
                Kind::Reply => queue.in_flight = queue.in_flight.saturating_sub(1),
                Kind::Push => queue.pushes = queue.pushes.saturating_sub(1),
            }
            if queue.frames.is_empty() && queue.frames.capacity() > 64 {
                queue.frames = VecDeque::new(); // a burst is over, give its memory back
            }
            return Some(bytes);
        }
        let branch = queue.behind.pop_first()?;
        Some(encode(&ServerFrame::Push(Push::Behind { branch })).into())
    }

    pub fn is_closed(&self) -> bool {
        self.queue().closed
    }

    /// Returns when something was queued since the last call.
    pub async fn filled(&self) {
        self.wake.notified().await;
    }
}
use About::{Branch, Inbox};

#[cfg(test)]
mod tests {
    use super::*;

    fn drained(outlet: &Outlet) -> Vec<ServerFrame> {
        std::iter::from_fn(|| outlet.pop()).map(|bytes| proto::decode(&bytes, usize::MAX).unwrap()).collect()
    }

    #[test]
    fn a_slow_reader_is_told_once_per_branch_and_misses_no_answer() {
        let outlet = Outlet::default();
        let [slow, other] = [BranchId([1; 32]), BranchId([2; 32])];
        let push: Bytes = encode(&ServerFrame::Push(Push::Behind { branch: slow })).into();
        let queued = (0..PUSHES + 9).filter(|_| outlet.push(About::Branch(slow), &push) == Queued::Yes).count();
        outlet.push(About::Branch(other), &push);
        for id in 0..3 {
            outlet.owe();
            outlet.answer(id, Ok(Reply::Done));
        }
        assert_eq!(queued, PUSHES);
        let frames = drained(&outlet);
        assert_eq!(frames.len(), PUSHES + 3 + 2);
        let told = [slow, other].map(|branch| ServerFrame::Push(Push::Behind { branch }));
        assert_eq!(frames[PUSHES + 3..], told);
        assert_eq!(outlet.push(About::Branch(slow), &push), Queued::Yes);
    }

    #[test]
    fn unanswered_requests_are_bounded() {
        let outlet = Outlet::default();
        (0..IN_FLIGHT).for_each(|_| outlet.owe());
        assert!(!outlet.has_room());
        outlet.answer(0, Ok(Reply::Done));
        assert!(!outlet.has_room(), "an answer that was not sent still counts");
        drained(&outlet);
        assert!(outlet.has_room());
    }

    #[test]
    fn a_full_queue_ends_a_connection_that_would_miss_a_deposit() {
        let outlet = Outlet::default();
        let push = Bytes::from(vec![0; PUSH_BYTES]);
        outlet.push(About::Inbox, &push);
        assert!(!outlet.is_closed());
        outlet.push(About::Inbox, &push);
        assert!(outlet.is_closed());
    }
}
