// SPDX-License-Identifier: EUPL-1.2
//! Random plans by seed against a simple model: every message arrives exactly once, in one order for all who could read it.
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)] // helpers of stories fail loudly

use client_api::{Command, ConversationId, Delivery, MessageState, Query, View};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use sim::{Faults, Person, World};
use std::collections::{BTreeMap, BTreeSet};

/// Texts of others as one person sees them, in order.
fn received(world: &mut World, person: Person, chat: ConversationId) -> Vec<String> {
    let all = world.messages(person, chat).into_iter();
    let shown = all.filter(|m| m.state == MessageState::Shown && m.delivery == Delivery::Received);
    shown.filter_map(|m| m.text).collect()
}

fn is_member(world: &mut World, person: Person, chat: ConversationId) -> bool {
    let View::Conversations(all) = world.query(person, Query::Conversations) else { panic!("not conversations") };
    all.iter().any(|c| c.id == chat && c.member)
}

fn run(seed: u64) {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let mut roll = move |most: usize| dice.next_u32() as usize % most;
    let mut world = World::new(seed);
    let ada = world.found("Ada");
    let cast: Vec<Person> =
        [ada].into_iter().chain(["Olga", "Ben", "Cem"].map(|name| world.enrol(ada, name))).collect();
    let chat = world.group(ada, "Plan", &cast[1..3]);
    world.pass(60_000);
    // Olga and Ben stay from beginning to end; Cem comes and goes.
    let stay = [cast[0], cast[1], cast[2]];
    let mut said: BTreeMap<Person, Vec<String>> = BTreeMap::new();
    world.faults = Faults { broken: 10, crashed: 10, delayed: 50 };
    for step in 0..40 {
        let person = cast[roll(cast.len())];
        match roll(10) {
            0..=4 => {
                if is_member(&mut world, person, chat) {
                    let text = format!("{step} von {}", person.0);
                    world.say(person, chat, &text);
                    said.entry(person).or_default().push(text);
                }
            }
            5 => world.offline(person),
            6 => world.online(person),
            7 => world.crash(person),
            _ => {
                let user = world.user(cast[3]);
                let command = if roll(2) == 0 {
                    Command::AddMember { conversation: chat, user }
                } else {
                    Command::RemoveMember { conversation: chat, user }
                };
                world.command(ada, command).expect("a moderator may");
            }
        }
        world.pass(1 + roll(8000) as u64);
    }
    world.faults = Faults::default();
    cast.iter().for_each(|person| world.online(*person));
    world.pass(300_000);

    for person in stay {
        let got = received(&mut world, person, chat);
        let unique: BTreeSet<_> = got.iter().collect();
        assert_eq!(unique.len(), got.len(), "seed {seed} {person:?}: a message arrived twice: {got:?}");
        for other in stay.into_iter().filter(|other| *other != person) {
            let expect = said.get(&other).cloned().unwrap_or_default();
            let from: Vec<_> = got.iter().filter(|text| expect.contains(text)).cloned().collect();
            assert_eq!(from, expect, "seed {seed}: {person:?} from {other:?}");
        }
        for message in world.messages(person, chat) {
            assert_ne!(message.delivery, Delivery::Waiting, "seed {seed} {person:?}: stuck in the outbox");
        }
    }
    // One order for all: what two people both received stands in the same order with both.
    let orders: Vec<_> = stay.iter().map(|person| received(&mut world, *person, chat)).collect();
    for (a, b) in [(0, 1), (0, 2), (1, 2)] {
        let common: Vec<_> = orders[a].iter().filter(|text| orders[b].contains(text)).collect();
        let other: Vec<_> = orders[b].iter().filter(|text| orders[a].contains(text)).collect();
        assert_eq!(common, other, "seed {seed}: two orders");
    }
    // Cem holds nothing that was never said.
    let all: BTreeSet<_> = said.values().flatten().cloned().collect();
    assert!(received(&mut world, cast[3], chat).iter().all(|text| all.contains(text)), "seed {seed}");
}

#[test]
fn every_seed_delivers_every_message_exactly_once_and_in_one_order() {
    match std::env::var("SIM_SEED").ok().and_then(|text| text.parse().ok()) {
        Some(seed) => run(seed),
        None => (1..=8).for_each(run),
    }
}
