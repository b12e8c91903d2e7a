// SPDX-License-Identifier: EUPL-1.2
//! Groups: made, changed, left, and changed by two at once.
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)] // helpers of stories fail loudly

use client_api::{Command, CommandError, Query, View, Why};
use sim::{Person, World};

fn town(seed: u64) -> (World, [Person; 4]) {
    let mut world = World::new(seed);
    let ada = world.found("Ada");
    let [olga, ben, cem] = ["Olga", "Ben", "Cem"].map(|name| world.enrol(ada, name));
    (world, [ada, olga, ben, cem])
}

fn members(world: &mut World, person: Person, chat: client_api::ConversationId) -> Vec<String> {
    let View::Members(all) = world.query(person, Query::Members(chat)) else { panic!("not members") };
    let mut names: Vec<_> = all.into_iter().filter(|m| m.devices > 0).map(|m| m.name).collect();
    names.sort();
    names
}

/// What people wrote, without the conversation's own lines.
fn said(world: &mut World, person: Person, chat: client_api::ConversationId) -> Vec<String> {
    let all = world.messages(person, chat).into_iter();
    all.filter(|m| m.state == client_api::MessageState::Shown).filter_map(|m| m.text).collect()
}

#[test]
fn everybody_in_a_group_reads_the_same_in_the_same_order() {
    let (mut world, [ada, olga, ben, cem]) = town(1);
    let chat = world.group(ada, "Bautrupp 2", &[olga, ben]);
    world.say(ada, chat, "Guten Morgen");
    world.settle();
    for person in [ada, olga, ben] {
        assert_eq!(members(&mut world, person, chat), ["Ada", "Ben", "Olga"]);
        assert_eq!(said(&mut world, person, chat), ["Guten Morgen"]);
    }
    world.say(olga, chat, "Hier");
    world.settle();
    world.say(ben, chat, "Hier auch");
    world.settle();
    for person in [ada, olga, ben] {
        assert_eq!(said(&mut world, person, chat), ["Guten Morgen", "Hier", "Hier auch"]);
    }
    let user = world.user(cem);
    let refused = world.command(olga, Command::AddMember { conversation: chat, user });
    assert!(matches!(refused, Err(CommandError::Refused(_))), "{refused:?}");
    world.command(ada, Command::AddMember { conversation: chat, user }).unwrap();
    world.settle();
    world.say(cem, chat, "Neu hier");
    world.settle();
    assert_eq!(said(&mut world, cem, chat), ["Neu hier"], "nothing from before joining");
    for person in [ada, olga, ben] {
        assert_eq!(said(&mut world, person, chat).last().map(String::as_str), Some("Neu hier"));
    }
}

#[test]
fn a_removed_member_reads_nothing_more_and_may_not_write() {
    let (mut world, [ada, olga, ben, _]) = town(2);
    let chat = world.group(ada, "Bautrupp 2", &[olga, ben]);
    world.say(ada, chat, "alle");
    world.settle();
    let user = world.user(ben);
    world.command(ada, Command::RemoveMember { conversation: chat, user }).unwrap();
    world.settle();
    world.say(ada, chat, "ohne Ben");
    world.settle();
    assert_eq!(said(&mut world, ben, chat), ["alle"]);
    assert_eq!(said(&mut world, olga, chat), ["alle", "ohne Ben"]);
    let draft = client_api::Draft { text: "noch da".into(), ..Default::default() };
    let refused = world.command(ben, Command::Send { conversation: chat, draft });
    assert!(matches!(refused, Err(CommandError::Refused(_))), "{refused:?}");
}

#[test]
fn who_leaves_stays_away_though_added_again_meanwhile_and_comes_back_when_added_later() {
    let (mut world, [ada, olga, ben, _]) = town(11);
    let chat = world.group(ada, "Bautrupp 2", &[olga, ben]);
    world.settle();
    let user = world.user(ben);
    world.offline(ben);
    world.command(ada, Command::RemoveMember { conversation: chat, user }).unwrap();
    world.pass(5_000);
    world.command(ada, Command::AddMember { conversation: chat, user }).unwrap();
    world.pass(5_000);
    world.command(ben, Command::Leave(chat)).unwrap();
    world.online(ben);
    world.pass(120_000);
    assert_eq!(members(&mut world, olga, chat), ["Ada", "Olga"]);
    world.pass(48 * 3_600_000);
    world.command(ada, Command::AddMember { conversation: chat, user }).unwrap();
    world.pass(120_000);
    assert_eq!(members(&mut world, olga, chat), ["Ada", "Ben", "Olga"]);
    world.say(ben, chat, "wieder da");
    world.settle();
    assert_eq!(said(&mut world, olga, chat), ["wieder da"]);
}

#[test]
fn a_clock_two_days_behind_hinders_nobody_who_is_connected() {
    let (mut world, [_, olga, ben, _]) = town(13);
    world.offline(olga);
    world.set_clock(olga, -2 * 86_400_000);
    world.online(olga);
    world.settle();
    let chat = world.group(olga, "Bautrupp 2", &[ben]);
    world.say(olga, chat, "Guten Morgen");
    let direct = world.direct(olga, ben);
    world.say(olga, direct, "Hallo");
    world.pass(120_000);
    assert_eq!(said(&mut world, ben, chat), ["Guten Morgen"]);
    assert_eq!(said(&mut world, ben, direct), ["Hallo"]);
}

#[test]
fn a_device_whose_certificate_has_ended_is_told_so_and_goes_on() {
    let (mut world, [_, olga, ben, _]) = town(14);
    let user = world.user(ben);
    world.offline(olga);
    world.set_clock(olga, 300 * 86_400_000);
    let create = Command::CreateGroup { name: "Bautrupp 2".into(), members: vec![user] };
    let answer = world.command(olga, create);
    assert_eq!(answer, Err(CommandError::Refused(Why::ClockWrong)));
}

#[test]
fn a_removal_on_its_way_is_undone_by_adding_again() {
    let (mut world, [ada, olga, ben, _]) = town(12);
    let chat = world.group(ada, "Bautrupp 2", &[olga, ben]);
    world.settle();
    let user = world.user(ben);
    world.command(ada, Command::RemoveMember { conversation: chat, user }).unwrap();
    world.command(ada, Command::AddMember { conversation: chat, user }).unwrap();
    world.pass(120_000);
    assert_eq!(members(&mut world, olga, chat), ["Ada", "Ben", "Olga"]);
}

#[test]
fn a_member_leaves_and_the_others_go_on() {
    let (mut world, [ada, olga, ben, _]) = town(3);
    let chat = world.group(ada, "Bautrupp 2", &[olga, ben]);
    world.say(ada, chat, "alle");
    world.settle();
    world.command(ben, Command::Leave(chat)).unwrap();
    world.pass(60_000);
    for person in [ada, olga] {
        assert_eq!(members(&mut world, person, chat), ["Ada", "Olga"]);
    }
    world.say(olga, chat, "weiter zu zweit");
    world.settle();
    assert_eq!(said(&mut world, ada, chat), ["alle", "weiter zu zweit"]);
    assert_eq!(said(&mut world, ben, chat), ["alle"]);
}

#[test]
fn conflict_messages_sent_while_the_group_changes_arrive_exactly_once() {
    for seed in 0..4 {
        let (mut world, [ada, olga, ben, cem]) = town(60 + seed);
        let chat = world.group(ada, "Bautrupp 2", &[olga, ben]);
        world.settle();
        world.offline(olga);
        world.settle();
        let user = world.user(cem);
        world.command(ada, Command::AddMember { conversation: chat, user }).unwrap();
        world.say(olga, chat, "geschrieben ohne Netz");
        world.online(olga);
        world.say(ben, chat, "gleichzeitig");
        world.pass(60_000);
        for person in [ada, olga, ben] {
            let mut all = said(&mut world, person, chat);
            all.sort();
            assert_eq!(all, ["geschrieben ohne Netz", "gleichzeitig"], "seed {seed} {person:?}");
        }
        assert_eq!(members(&mut world, olga, chat), ["Ada", "Ben", "Cem", "Olga"]);
    }
}
