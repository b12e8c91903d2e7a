// SPDX-License-Identifier: EUPL-1.2
//! The world: who is connected, what is under way, and what time it is.

mod census;
mod fault;
mod insider;
mod network;
mod office;
mod promise;
mod seat;
mod store;
mod story;

pub use census::{Census, Epoch};
pub use engine::testkit::{Defect, Suite};
pub use fault::{Fault, Faults};
pub use office::ServerDefect;
pub use seat::Person;

use client_api::Timestamp;
use engine::Input;
use fault::Armed;
use network::{Hold, Parcel};
use office::Office;
use promise::Promises;
use proto::{Nonce, RecoveryId};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use seat::{Make, Seat};
use server::{ConnectionId, domain::FirstPut};
use std::{
    collections::{BTreeSet, VecDeque},
    hash::{DefaultHasher, Hasher},
};

/// Where the server is said to live.
pub const ORIGIN: &str = "http://127.0.0.1:7000";
/// 2027-01-15T08:00Z.
const START: u64 = 1_800_000_000_000;
/// More steps than any story needs: a world that does not come to rest is a bug.
const STEPS: usize = 200_000;
const DAY_MILLIS: u64 = 86_400_000;
const HOUR_MILLIS: u64 = 3_600_000;

/// Everything there is.
pub struct World {
    pub(crate) now: Timestamp,
    pub(crate) office: Office,
    pub(crate) seats: Vec<Seat>,
    pub(crate) parcels: VecDeque<Parcel>,
    pub(crate) hold: Option<Hold>,
    dice: ChaCha8Rng,
    pub(crate) seed: u64,
    pub(crate) make: Make,
    pub faults: Faults,
    /// How often frames of several connections share one batch of the server, in thousandths.
    pub together: u32,
    pub(crate) armed: Option<Armed>,
    /// The server was told to roll its next batch back.
    pub(crate) roll_back_armed: bool,
    pub(crate) census: Census,
    pub(crate) promises: Promises,
    traced: bool,
    fingerprint: DefaultHasher,
}

impl World {
    /// With the real suite.
    pub fn new(seed: u64) -> Self {
        Self::with(seed, Suite::Hybrid768)
    }

    pub fn with(seed: u64, suite: Suite) -> Self {
        Self::with_defects(seed, suite, &[])
    }

    /// Every engine has these bugs.
    pub fn with_defects(seed: u64, suite: Suite, defects: &[Defect]) -> Self {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        let mut recovery = [0; 16];
        dice.fill_bytes(&mut recovery);
        Self {
            now: Timestamp(START),
            office: Office::new(RecoveryId(recovery), START),
            seats: Vec::new(),
            parcels: VecDeque::new(),
            hold: None,
            dice,
            seed,
            make: Make { suite, defects: defects.iter().copied().collect::<BTreeSet<_>>() },
            faults: Faults::default(),
            together: 0,
            armed: None,
            roll_back_armed: false,
            census: Census::default(),
            promises: Promises::default(),
            fingerprint: DefaultHasher::new(),
            traced: std::env::var_os("SIM_TRACE").is_some(),
        }
    }

    pub fn now(&self) -> Timestamp {
        self.now
    }

    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Of all frames so far.
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint.finish()
    }

    pub(crate) fn print(&mut self, bytes: &[u8]) {
        self.fingerprint.write(bytes);
    }

    pub(crate) fn trace(&self, line: impl Fn() -> String) {
        if self.traced {
            println!("{:>12} {}", self.now.0 - START, line());
        }
    }

    pub(crate) fn dice(&mut self, thousandths: u32) -> bool {
        thousandths > 0 && self.dice.next_u32() % 1000 < thousandths
    }

    pub(crate) fn dice_u64(&mut self) -> u64 {
        self.dice.next_u64()
    }

    pub(crate) fn is_planted_ack_before_fsync(&self) -> bool {
        self.office.defects.contains(&ServerDefect::AckBeforeFsync)
    }

    pub(crate) fn disconnect(&mut self, person: Person) {
        if let Some(connection) = self.seats[person.0].connection.take() {
            self.office.service().disconnect(connection);
            self.feed(person, Input::Offline);
        }
    }

    fn connect(&mut self, person: Person) {
        let mut nonce = [0; 32];
        self.dice.fill_bytes(&mut nonce);
        let now = self.now.0;
        let (connection, hello) = self.office.service().connect(now, FirstPut::Trusted, Nonce(nonce));
        let seat = &mut self.seats[person.0];
        seat.connection = Some(connection);
        seat.latest = seat.latest.max(Timestamp(hello.now_millis / HOUR_MILLIS * HOUR_MILLIS));
        self.feed(person, Input::Online { hello, origin: ORIGIN.into() });
    }

    pub(crate) fn owner(&self, connection: ConnectionId) -> Option<Person> {
        self.seats.iter().position(|seat| seat.connection == Some(connection)).map(Person)
    }

    /// Runs until nobody has anything to do within the next minute.
    pub fn settle(&mut self) {
        self.run(60_000);
    }

    /// Lets time pass and everything that is due in it happen.
    pub fn pass(&mut self, millis: u64) {
        self.run(0);
        let end = self.now.plus_millis(millis);
        while self.now < end {
            let next = self.next_event().filter(|at| *at < end).unwrap_or(end);
            self.now = next.max(self.now.plus_millis(1));
            self.office_hours();
            self.wake();
            self.run(0);
        }
    }

    /// Carries so many parcels and no more.
    pub fn carry_some(&mut self, parcels: u32) {
        for _ in 0..parcels {
            self.dial();
            if !self.carry() {
                return;
            }
        }
    }

    /// Once a day of its clock the server forgets what has expired.
    fn office_hours(&mut self) {
        if self.now.0 >= self.office.swept_at + DAY_MILLIS {
            self.sweep();
        }
    }

    fn next_event(&self) -> Option<Timestamp> {
        let held = self.hold.map(|hold| hold.until).filter(|until| *until > self.now && !self.parcels.is_empty());
        (0..self.seats.len()).filter_map(|person| self.wakeup_of(Person(person))).chain(held).min()
    }

    fn wake(&mut self) {
        for person in (0..self.seats.len()).map(Person) {
            if self.wakeup_of(person).is_some_and(|at| at <= self.now) {
                self.feed(person, Input::Wakeup);
            }
        }
    }

    fn dial(&mut self) {
        for person in (0..self.seats.len()).map(Person) {
            if self.seats[person.0].wanted_online && self.seats[person.0].connection.is_none() {
                self.connect(person);
            }
        }
    }

    fn run(&mut self, patience_millis: u64) {
        let end = self.now.plus_millis(patience_millis);
        for _ in 0..STEPS {
            self.dial();
            if self.carry() {
                continue;
            }
            match self.next_event() {
                Some(at) if at <= end => {
                    self.now = self.now.max(at);
                    self.wake();
                }
                _ => return,
            }
        }
        panic!("seed {}: the world does not come to rest", self.seed);
    }
}
