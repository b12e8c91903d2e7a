// SPDX-License-Identifier: EUPL-1.2
//! Tests that decide (20-protocol §9 b and j): a lost acknowledgement doubles nothing; who talks to whom leaves no trace.
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)] // helpers of stories fail loudly

use client_api::{Command, Delivery, MessageState};
use sim::{Fault, World};
use std::collections::BTreeMap;

#[test]
fn b_an_acknowledgement_lost_across_a_commit_doubles_nothing() {
    for seed in 0..3 {
        let mut world = World::new(900 + seed);
        let ada = world.found("Ada");
        let [olga, cem] = ["Olga", "Cem"].map(|name| world.enrol(ada, name));
        let chat = world.group(ada, "Bautrupp 2", &[olga]);
        world.pass(60_000);
        world.arm(Fault::LostAnswer, olga);
        world.say(olga, chat, "einmal");
        while !world.has_fired() {
            world.carry_some(1);
        }
        world.offline(olga);
        let user = world.user(cem);
        world.command(ada, Command::AddMember { conversation: chat, user }).unwrap();
        world.say(ada, chat, "inzwischen");
        world.pass(30_000);
        world.online(olga);
        world.pass(60_000);
        world.say(olga, chat, "weiter");
        world.pass(60_000);
        for person in [ada, olga] {
            let shown = world.messages(person, chat).into_iter();
            let shown: Vec<_> = shown.filter(|message| message.state == MessageState::Shown).collect();
            let mut texts: Vec<_> = shown.iter().filter_map(|message| message.text.as_deref()).collect();
            texts.sort_unstable();
            assert_eq!(texts, ["einmal", "inzwischen", "weiter"], "seed {seed} {person:?}");
            assert!(shown.iter().all(|message| message.delivery != Delivery::Waiting), "seed {seed}: {shown:?}");
        }
        assert!(!world.texts(cem, chat).contains(&"einmal".to_owned()), "seed {seed}: from before");
    }
}

/// Five people; two pairs write to each other while the second of each pair has no network.
fn town_with_pairs(pairs: [[usize; 2]; 2]) -> World {
    let mut world = World::new(77);
    let ada = world.found("Ada");
    let people: Vec<_> = ["P1", "P2", "P3", "P4"].map(|name| world.enrol(ada, name)).into();
    for [_, to] in pairs {
        world.offline(people[to - 1]);
    }
    for [from, to] in pairs {
        let chat = world.direct(people[from - 1], people[to - 1]);
        for text in ["eins", "zwei und etwas mehr", "drei"] {
            world.say(people[from - 1], chat, text);
            world.pass(5_000);
        }
    }
    world.pass(120_000);
    world
}

#[test]
fn j_two_worlds_with_other_pairs_leave_the_same_tables() {
    let mut one = town_with_pairs([[1, 2], [3, 4]]);
    let mut other = town_with_pairs([[1, 3], [2, 4]]);
    let tables = one.server_tables();
    assert_eq!(tables, other.server_tables(), "table, rows, bytes");
    let rows = |name: &str| tables.iter().find(|(table, ..)| table == name).map(|(_, rows, _)| *rows);
    assert!(rows("deposit") >= Some(2) && rows("entry") >= Some(8), "the worlds are not empty: {tables:?}");
}

#[test]
fn j_no_32_bytes_stand_in_two_inboxes_or_in_an_inbox_and_a_log() {
    let mut world = town_with_pairs([[1, 2], [3, 4]]);
    let mut seen = BTreeMap::<[u8; 32], String>::new();
    let all = world.server_ciphertexts();
    assert!(all.iter().any(|(place, _)| place.starts_with("log")), "logs hold something");
    for (place, bytes) in all {
        for window in bytes.windows(32) {
            let window = window.try_into().expect("32 bytes are 32 bytes");
            let first = seen.entry(window).or_insert_with(|| place.clone());
            assert_eq!(*first, place, "the same 32 bytes");
        }
    }
}
