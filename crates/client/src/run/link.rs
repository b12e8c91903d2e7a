// SPDX-License-Identifier: EUPL-1.2
//! The connection as the loop sees it: dial, up, waiting to dial again; and the requests that wait for an answer.

use super::pulse::LinkState;
use crate::{
    backoff::Backoff,
    ground::{self, Instant},
    transport::{
        Server,
        wire::{Generation, Outlet, Wire},
    },
};
use engine::crypto::Luck;
use proto::{ClientFrame, Request, RequestId};
use std::{collections::BTreeMap, time::Duration};
use tokio::sync::mpsc;

/// A server that leaves a request unanswered this long is taken for dead.
const ANSWER_SECS: u64 = 60;

enum Phase {
    Idle,
    /// Dialling or talking; dropping `out` ends the task.
    Live {
        out: mpsc::UnboundedSender<ClientFrame>,
        up: bool,
    },
    Waiting(Instant),
    /// Told that there is no network.
    #[cfg(target_arch = "wasm32")]
    Resting,
}

pub struct Link {
    phase: Phase,
    generation: Generation,
    backoff: Backoff,
    luck: Luck,
    asked: BTreeMap<RequestId, Instant>,
    tell: mpsc::Sender<(Generation, Wire)>,
}

impl Link {
    pub fn new(tell: mpsc::Sender<(Generation, Wire)>) -> Self {
        Self {
            phase: Phase::Idle,
            generation: 0,
            backoff: Backoff::default(),
            luck: ground::luck(),
            asked: BTreeMap::new(),
            tell,
        }
    }

    /// Dials if nothing is under way and no pause is left; `true` if it did.
    pub fn dial_if_due(&mut self, server: &Server) -> bool {
        let due = match self.phase {
            Phase::Idle => true,
            Phase::Waiting(until) => until <= Instant::now(),
            Phase::Live { .. } => false,
            #[cfg(target_arch = "wasm32")]
            Phase::Resting => false,
        };
        if due {
            self.generation += 1;
            let (out, frames) = mpsc::unbounded_channel();
            let outlet = Outlet { generation: self.generation, tell: self.tell.clone() };
            ground::spawn(server.connect(outlet, frames));
            self.phase = Phase::Live { out, up: false };
        }
        due
    }

    /// Words of an earlier connection are not for us.
    pub fn is_current(&self, generation: Generation) -> bool {
        generation == self.generation && matches!(self.phase, Phase::Live { .. })
    }

    pub fn came_up(&mut self) {
        if let Phase::Live { up, .. } = &mut self.phase {
            *up = true;
        }
        self.backoff.succeeded();
    }

    pub fn is_up(&self) -> bool {
        matches!(self.phase, Phase::Live { up: true, .. })
    }

    /// Ends the connection, if any, and begins the pause. Answers what to show.
    pub fn went_down(&mut self, why: String) -> LinkState {
        let failures = if self.is_up() { 0 } else { self.backoff.failures() + 1 };
        let pause = self.backoff.failed(u64::from_le_bytes(self.luck.bytes()));
        self.phase = Phase::Waiting(Instant::now() + pause);
        self.asked.clear();
        LinkState::Down { failures, why, again_at: ground::now().plus_millis(millis(pause)) }
    }

    /// The pause, if there is one, is over.
    #[cfg(target_arch = "wasm32")]
    pub fn hurry(&mut self) {
        if matches!(self.phase, Phase::Waiting(_) | Phase::Resting) {
            self.phase = Phase::Idle;
        }
    }

    /// No dial until [`Self::hurry`]; a connection must have gone down before.
    #[cfg(target_arch = "wasm32")]
    pub fn rest(&mut self) {
        self.phase = Phase::Resting;
    }

    pub fn send(&mut self, id: RequestId, request: Request) {
        if let Phase::Live { out, up: true } = &self.phase
            && out.send(ClientFrame { id, request }).is_ok()
        {
            self.asked.insert(id, Instant::now());
        }
    }

    /// `false`: nobody asked that.
    pub fn answered(&mut self, id: RequestId) -> bool {
        self.asked.remove(&id).is_some()
    }

    pub fn is_overdue(&self) -> bool {
        self.asked.values().any(|at| at.elapsed() > Duration::from_secs(ANSWER_SECS))
    }

    /// When the loop must look again for the connection's sake.
    pub fn deadline(&self) -> Option<Instant> {
        match self.phase {
            Phase::Waiting(until) => Some(until),
            _ => self.asked.values().min().map(|at| *at + Duration::from_secs(ANSWER_SECS + 1)),
        }
    }
}

fn millis(pause: Duration) -> u64 {
    u64::try_from(pause.as_millis()).unwrap_or(u64::MAX)
}
