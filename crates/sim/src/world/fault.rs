// SPDX-License-Identifier: EUPL-1.2
//! What can go wrong: at random in thousandths, or once and on purpose beside one action of a plan.

use super::{Person, World};
use engine::Output;

/// What the network does to frames, in thousandths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// The connection breaks instead of carrying this frame.
    pub broken: u32,
    /// The frame overtakes others going the same way between other parties.
    pub delayed: u32,
    /// The engine ends without warning and is opened again from its store.
    pub crashed: u32,
}

/// One thing that goes wrong on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A request is lost before the server has it, and the connection with it.
    LostRequest,
    /// The server has acted, but its answer is lost, and the connection with it.
    LostAnswer,
    /// A push arrives twice, or a blob request is carried out twice.
    Doubled,
    /// Frames of one party are held back while others' go on.
    Delayed,
    /// The connection breaks between two frames.
    Broken,
    /// The engine ends after a transaction, before its outputs leave.
    Crash,
    /// The engine ends inside a transaction: nothing of it is kept.
    CrashInside,
    /// No room on the device: the transaction fails, nothing of it is kept.
    DiskFull,
    /// The server ends between two frames; all connections break.
    ServerCrash,
    /// The server ends inside a batch: nothing of it is stored.
    ServerCrashInside,
    /// The server forgets what has expired while everybody works.
    Sweep,
    /// The device's clock jumps ahead by three quarters of an hour.
    ClockAhead,
    /// The device's clock jumps back by as much.
    ClockBack,
}

impl Fault {
    pub const ALL: [Self; 13] = [
        Self::LostRequest,
        Self::LostAnswer,
        Self::Doubled,
        Self::Delayed,
        Self::Broken,
        Self::Crash,
        Self::CrashInside,
        Self::DiskFull,
        Self::ServerCrash,
        Self::ServerCrashInside,
        Self::Sweep,
        Self::ClockAhead,
        Self::ClockBack,
    ];

    /// As it stands in a plan.
    pub fn name(self) -> &'static str {
        match self {
            Self::LostRequest => "lost-request",
            Self::LostAnswer => "lost-answer",
            Self::Doubled => "doubled",
            Self::Delayed => "delayed",
            Self::Broken => "broken",
            Self::Crash => "crash",
            Self::CrashInside => "crash-inside",
            Self::DiskFull => "disk-full",
            Self::ServerCrash => "server-crash",
            Self::ServerCrashInside => "server-crash-inside",
            Self::Sweep => "sweep",
            Self::ClockAhead => "clock-ahead",
            Self::ClockBack => "clock-back",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.name() == text)
    }
}

/// A fault waiting for its moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Armed {
    pub fault: Fault,
    pub who: Person,
    pub fired: bool,
}

/// How far a clock jumps: two that jump apart stay within the two hours a group tolerates.
const JUMP_MILLIS: i64 = 45 * 60_000;
/// How long a party's frames are held back.
pub(crate) const HOLD_MILLIS: u64 = 4_000;

impl World {
    /// From here to [`Self::disarm`] this goes wrong once, at the first moment that fits.
    pub fn arm(&mut self, fault: Fault, who: Person) {
        self.armed = Some(Armed { fault, who, fired: false });
        match fault {
            Fault::ClockAhead => self.set_clock(who, JUMP_MILLIS),
            Fault::ClockBack => self.set_clock(who, -JUMP_MILLIS),
            Fault::Sweep => self.sweep(),
            _ => return,
        }
        self.fire(fault, who);
    }

    /// What must not wait any longer happens now. Answers whether the fault came about.
    pub fn disarm(&mut self) -> bool {
        match self.armed {
            Some(Armed { fault: Fault::Crash, who, fired: false }) => {
                self.fire(Fault::Crash, who);
                self.crash(who);
            }
            Some(Armed { fault: Fault::ServerCrash, who, fired: false }) => {
                self.fire(Fault::ServerCrash, who);
                self.crash_server();
            }
            _ => {}
        }
        self.armed.take().is_some_and(|armed| armed.fired)
    }

    /// Has the fault come about?
    pub fn has_fired(&self) -> bool {
        self.armed.is_some_and(|armed| armed.fired)
    }

    /// Is this fault due for this party? It is spent if so.
    pub(crate) fn fire(&mut self, fault: Fault, who: Person) -> bool {
        match &mut self.armed {
            Some(armed) if armed.fault == fault && armed.who == who && !armed.fired => {
                armed.fired = true;
                self.trace(|| format!("!! {} for {}", fault.name(), who.0));
                true
            }
            _ => false,
        }
    }

    /// As [`Self::fire`], for faults of the server.
    pub(crate) fn fire_server(&mut self, fault: Fault) -> bool {
        self.armed.is_some_and(|armed| self.fire(fault, armed.who))
    }

    pub(crate) fn is_armed(&self, fault: Fault) -> Option<Person> {
        self.armed.filter(|armed| armed.fault == fault && !armed.fired).map(|armed| armed.who)
    }
}

/// A crash after the transaction: the caller still hears what was done, nothing else leaves.
pub(crate) fn only_answers(out: Vec<Output>) -> Vec<Output> {
    out.into_iter().filter(|output| matches!(output, Output::Done(..))).collect()
}
