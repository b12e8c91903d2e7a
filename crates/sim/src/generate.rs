// SPDX-License-Identifier: EUPL-1.2
//! Plans out of seeds: lives that could be, with a little more going wrong than usual.

use crate::{
    plan::{Act, Conversation, Pause, Plan, Step},
    world::{Fault, Faults, Suite},
};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use std::collections::{BTreeMap, BTreeSet};

/// Devices' certificates live 30 days: no plan takes longer than this.
const DAYS_SECS: u32 = 20 * 86_400;
const STEPS: u32 = 160;

/// What the author of a plan believes while writing it.
struct Author {
    dice: ChaCha8Rng,
    cast: usize,
    /// Groups: who made them, who should be in.
    groups: BTreeMap<u32, (usize, BTreeSet<usize>)>,
    directs: BTreeSet<(usize, usize)>,
    messages: Vec<u32>,
    invited: BTreeSet<usize>,
    revoked: BTreeSet<usize>,
    secs_left: u32,
    /// Faults each kind of act has had, and where the round of faults begins.
    turns: BTreeMap<&'static str, usize>,
    first: usize,
}

/// The same plan for the same seed, always.
pub fn generate(seed: u64, suite: Suite) -> Plan {
    let mut dice = ChaCha8Rng::seed_from_u64(seed ^ 0x70_6c_61_6e);
    let cast = 5 + dice.next_u32() as usize % 3;
    let noise = match dice.next_u32() % 3 {
        0 => Faults::default(),
        1 => Faults { broken: 4, delayed: 40, crashed: 2 },
        _ => Faults { broken: 0, delayed: 100, crashed: 0 },
    };
    let (groups, directs, messages, invited, revoked) = Default::default();
    let (secs_left, turns, first) = (DAYS_SECS, BTreeMap::new(), seed as usize * 2);
    let mut author = Author { dice, cast, groups, directs, messages, invited, revoked, secs_left, turns, first };
    let steps = (0..STEPS).map(|id| author.step(id)).collect();
    Plan { seed, suite, cast, noise, steps }
}

impl Author {
    fn roll(&mut self, most: usize) -> usize {
        self.dice.next_u32() as usize % most.max(1)
    }

    fn step(&mut self, id: u32) -> Step {
        let (who, act) = match id {
            0 => self.group(id),
            1 => (1, self.open(1)),
            _ => loop {
                if let Some(chosen) = self.choose(id) {
                    break chosen;
                }
            },
        };
        let fault = self.fault(&act);
        // something must be on its way for most of them
        let pause = match self.roll(10) {
            0 if fault.is_none() => Pause::Parcels(0),
            1 => Pause::Parcels(1 + self.roll(12) as u32),
            _ => Pause::Millis(1 + self.roll(8000) as u64),
        };
        Step { id, who, act, fault, pause }
    }

    /// Each kind of act goes through all faults in turn; what happens seldom goes wrong more often.
    fn fault(&mut self, act: &Act) -> Option<Fault> {
        let is_rare = matches!(
            act,
            Act::Group(_) | Act::OpenBoth(_) | Act::Leave(_) | Act::Revoke(_) | Act::Invite(_) | Act::Remove(..)
        );
        if self.roll(100) >= if is_rare { 85 } else { 45 } {
            return None;
        }
        let next = self.turns.entry(act.name()).or_default();
        *next += 1;
        Some(Fault::ALL[(*next + self.first) % Fault::ALL.len()])
    }

    /// Somebody who is neither locked out nor yet to come.
    fn anybody(&mut self) -> usize {
        loop {
            let all = self.cast + self.invited.len();
            let who = self.roll(all);
            if !self.revoked.contains(&who) {
                return who;
            }
        }
    }

    fn chat(&mut self) -> Option<(usize, Conversation)> {
        let (groups, directs) = (self.groups.len(), self.directs.len());
        let at = self.roll(2 * groups + directs);
        if at < 2 * groups {
            let (id, (_, members)) = self.groups.iter().nth(at / 2)?;
            let (id, members) = (*id, members.clone());
            let who = *members.iter().nth(self.roll(members.len()))?;
            // now and then somebody tries who is no longer in
            let who = if self.roll(20) == 0 { self.anybody() } else { who };
            return (!self.revoked.contains(&who)).then_some((who, Conversation::Group(id)));
        }
        let (one, other) = *self.directs.iter().nth(at - 2 * groups)?;
        let who = if self.roll(2) == 0 { one } else { other };
        (!self.revoked.contains(&who)).then_some((who, Conversation::Direct(one, other)))
    }

    fn group(&mut self, id: u32) -> (usize, Act) {
        // who makes groups stays to the end
        let who = self.roll(3);
        let mut members = BTreeSet::new();
        for _ in 0..1 + self.roll(4) {
            members.insert(self.anybody());
        }
        members.remove(&who);
        let listed = members.iter().copied().collect();
        members.insert(who);
        self.groups.insert(id, (who, members));
        (who, Act::Group(listed))
    }

    fn open(&mut self, who: usize) -> Act {
        loop {
            let other = self.anybody();
            if other != who {
                self.directs.insert((who.min(other), who.max(other)));
                return Act::Open(other);
            }
        }
    }

    fn choose(&mut self, id: u32) -> Option<(usize, Act)> {
        let chosen = match self.roll(100) {
            0..=23 => {
                let (who, chat) = self.chat()?;
                (who, Act::Say(chat))
            }
            24..=28 => {
                let (who, chat) = self.chat()?;
                (who, Act::Photo(chat, 100 + self.roll(3000) as u32))
            }
            29..=33 => {
                let (who, chat) = self.chat()?;
                let at = self.roll(self.messages.len());
                let message = *self.messages.get(at)?;
                (who, Act::Forward(message, chat))
            }
            34..=37 => {
                let (who, chat) = self.chat()?;
                (who, Act::Vanish(chat, 5 + self.roll(600) as u32))
            }
            38..=41 => {
                let (who, chat) = self.chat()?;
                (who, Act::Until(chat, 20 + self.roll(20_000) as u32))
            }
            42..=47 => (self.anybody(), Act::Display),
            48..=51 => (self.anybody(), Act::Fetch),
            52..=54 if self.groups.len() < 4 => self.group(id),
            55..=58 => {
                let who = self.anybody();
                (who, self.open(who))
            }
            59..=61 => self.open_both()?,
            62..=67 => self.change(true)?,
            68..=72 => self.change(false)?,
            73..=75 => self.leave()?,
            76 | 77 if self.revoked.len() < 2 => self.revoke()?,
            78..=80 if self.invited.len() < 2 => {
                let new = self.cast + self.invited.len();
                self.invited.insert(new);
                (0, Act::Invite(new))
            }
            81..=84 => (self.anybody(), Act::Offline),
            85..=90 => (self.anybody(), Act::Online),
            91..=94 => (self.anybody(), Act::Restart),
            95..=99 => (self.anybody(), self.wait()),
            _ => return None,
        };
        if matches!(chosen.1, Act::Say(_) | Act::Photo(..) | Act::Until(..)) {
            self.messages.push(id);
        }
        Some(chosen)
    }

    fn open_both(&mut self) -> Option<(usize, Act)> {
        let (who, other) = (self.anybody(), self.anybody());
        let fits = who != other && self.directs.insert((who.min(other), who.max(other)));
        fits.then_some((who, Act::OpenBoth(other)))
    }

    fn change(&mut self, adds: bool) -> Option<(usize, Act)> {
        let at = self.roll(self.groups.len());
        let id = *self.groups.keys().nth(at)?;
        let who = self.anybody();
        let (maker, members) = self.groups.get_mut(&id)?;
        if who == *maker {
            return None;
        }
        let changes = if adds { members.insert(who) } else { members.remove(&who) };
        let act = if adds { Act::Add(Conversation::Group(id), who) } else { Act::Remove(Conversation::Group(id), who) };
        changes.then_some((*maker, act))
    }

    fn leave(&mut self) -> Option<(usize, Act)> {
        let at = self.roll(self.groups.len());
        let id = *self.groups.keys().nth(at)?;
        let who = self.anybody();
        let (maker, members) = self.groups.get_mut(&id)?;
        (who != *maker && members.remove(&who)).then_some((who, Act::Leave(Conversation::Group(id))))
    }

    fn revoke(&mut self) -> Option<(usize, Act)> {
        let all = self.cast + self.invited.len();
        let who = 3 + self.roll(all - 3);
        if !self.revoked.insert(who) {
            return None;
        }
        self.groups.values_mut().for_each(|(_, members)| {
            members.remove(&who);
        });
        Some((0, Act::Revoke(who)))
    }

    fn wait(&mut self) -> Act {
        let most = match self.roll(8) {
            0..=3 => 120,
            4 | 5 => 7_200,
            6 => 43_200,
            _ => 2 * 86_400,
        };
        let secs = (1 + self.roll(most) as u32).min(self.secs_left);
        self.secs_left -= secs;
        Act::Wait(secs)
    }
}
