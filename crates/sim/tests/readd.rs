// SPDX-License-Identifier: EUPL-1.2
//! Who loses the thread is added again, with what it missed; who was removed is not; and groups heal themselves.
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)] // helpers of stories fail loudly

use client_api::{Command, ConversationId, MessageState, Query, View, Why};
use sim::{Defect, Person, Suite, World};

const DAY: u64 = 86_400_000;
const MINUTE: u64 = 60_000;

fn town(seed: u64) -> (World, [Person; 4]) {
    town_with(seed, &[])
}

fn town_with(seed: u64, defects: &[Defect]) -> (World, [Person; 4]) {
    let mut world = World::with_defects(seed, Suite::Hybrid768, defects);
    let ada = world.found("Ada");
    let [olga, ben, cem] = ["Olga", "Ben", "Cem"].map(|name| world.enrol(ada, name));
    (world, [ada, olga, ben, cem])
}

fn said(world: &mut World, person: Person, chat: ConversationId) -> Vec<String> {
    let all = world.messages(person, chat).into_iter();
    all.filter(|m| m.state == MessageState::Shown).filter_map(|m| m.text).collect()
}

fn gaps(world: &mut World, person: Person, chat: ConversationId) -> usize {
    world.messages(person, chat).into_iter().filter(|m| m.state == MessageState::Gap).count()
}

fn problem(world: &mut World, person: Person, chat: ConversationId) -> Option<Why> {
    let View::Conversations(all) = world.query(person, Query::Conversations) else { panic!("not conversations") };
    all.into_iter().find(|c| c.id == chat).and_then(|c| c.problem)
}

/// An insider whose commits hold garbage for half the group.
fn poisoner(world: &mut World, person: Person) {
    world.plant(person, &[Defect::PoisonPath]);
}

/// An insider's commit opens for half of the group. What each of the others shows in the end, and what is wrong.
fn half_poisoned(seed: u64, defects: &[Defect]) -> Vec<(Vec<String>, Option<Why>)> {
    let (mut world, [ada, olga, ben, cem]) = town_with(seed, defects);
    let chat = world.group(ada, "Bautrupp 2", &[olga, ben, cem]);
    world.say(ada, chat, "vorher");
    world.pass(30 * MINUTE);
    poisoner(&mut world, cem);
    world.say(cem, chat, "bald gibt es neue Schlüssel");
    world.pass(2 * DAY);
    for (n, person) in [ada, olga, ben].into_iter().enumerate() {
        world.say(person, chat, &format!("danach {n}"));
        world.pass(10 * MINUTE);
    }
    world.pass(20 * MINUTE);
    [ada, olga, ben].map(|person| (said(&mut world, person, chat), problem(&mut world, person, chat))).into()
}

/// §9 (a).
#[test]
fn a_commit_with_bad_path_secrets_for_half_the_group_forks_nobody() {
    let all = ["vorher", "bald gibt es neue Schlüssel", "danach 0", "danach 1", "danach 2"].map(String::from);
    for seed in 300..304 {
        for (said, problem) in half_poisoned(seed, &[]) {
            assert_eq!((said, problem), (all.to_vec(), None), "seed {seed}");
        }
    }
}

#[test]
fn devices_that_skip_what_they_cannot_judge_are_found() {
    let honest = half_poisoned(300, &[]);
    assert!(honest.iter().all(|shown| *shown == honest[0]), "{honest:?}");
    let skipping = half_poisoned(300, &[Defect::SkipUndecidable]);
    assert!(skipping.iter().any(|shown| *shown != skipping[0]), "they fork: {skipping:?}");
}

/// Whether a removed device that asks everybody to be added again gets in, and what it shows.
fn removed_device_asks(defects: &[Defect]) -> (bool, Vec<String>) {
    let (mut world, [ada, olga, ben, _]) = town_with(320, defects);
    let chat = world.group(ada, "Bautrupp 2", &[olga, ben]);
    world.say(ada, chat, "alle");
    world.settle();
    world.offline(ben);
    let user = world.user(ben);
    world.command(ada, Command::RemoveMember { conversation: chat, user }).unwrap();
    world.say(ada, chat, "ohne Ben");
    world.pass(MINUTE);
    // Ben does not read his removal; he pretends that he can't follow and asks everybody.
    world.pretend_stuck(ben, chat);
    world.online(ben);
    world.pass(120 * MINUTE);
    world.say(ada, chat, "noch immer ohne Ben");
    world.pass(10 * MINUTE);
    let mut is_in = false;
    for person in [ada, olga] {
        let View::Members(members) = world.query(person, Query::Members(chat)) else { panic!("not members") };
        is_in |= members.iter().any(|member| member.user == user);
    }
    (is_in, said(&mut world, ben, chat))
}

/// §9 (f).
#[test]
fn a_removed_device_asks_in_vain() {
    assert_eq!(removed_device_asks(&[]), (false, vec!["alle".into()]));
}

#[test]
fn members_that_put_anybody_back_are_found() {
    assert!(removed_device_asks(&[Defect::ReaddRemoved]).0);
}

#[test]
fn who_was_away_longer_than_everything_is_kept_is_added_again_and_handed_what_it_missed() {
    for seed in 0..3 {
        let (mut world, [ada, olga, ben, cem]) = town(330 + seed);
        let chat = world.group(ada, "Bautrupp 2", &[olga, ben]);
        world.say(ada, chat, "vor der Reise");
        world.pass(30 * MINUTE);
        world.offline(ben);
        let user = world.user(cem);
        let mut all = vec!["vor der Reise".to_owned()];
        for day in 0..40 {
            if day % 10 == 3 {
                all.push(format!("am Tag {day}"));
                world.say([ada, olga][day % 2], chat, &format!("am Tag {day}"));
            }
            if day == 5 {
                world.command(ada, Command::AddMember { conversation: chat, user }).unwrap();
            }
            world.pass(DAY);
            world.sweep();
        }
        world.online(ben);
        world.pass(30 * MINUTE);
        assert_eq!(said(&mut world, ben, chat), all, "seed {seed}");
        assert_eq!(gaps(&mut world, ben, chat), 0, "seed {seed}: everything was handed over");
        world.say(ben, chat, "wieder da");
        world.pass(10 * MINUTE);
        for person in [ada, olga, cem] {
            assert_eq!(said(&mut world, person, chat).last().map(String::as_str), Some("wieder da"), "seed {seed}");
        }
    }
}

#[test]
fn entries_that_expired_while_the_branch_lives_are_a_declared_gap() {
    let (mut world, [ada, olga, ben, _]) = town(340);
    let chat = world.group(ada, "Bautrupp 2", &[olga, ben]);
    world.say(ada, chat, "vor der Reise");
    world.pass(DAY + DAY / 2);
    world.offline(ben);
    world.offline(olga);
    // Ada alone: nobody renews keys while only she writes, so the branch lives and its entries expire.
    world.say(ada, chat, "verfällt");
    world.pass(MINUTE);
    world.offline(ada);
    world.pass(40 * DAY);
    world.sweep();
    world.online(ben);
    world.pass(10 * MINUTE);
    assert_eq!(said(&mut world, ben, chat), ["vor der Reise"]);
    assert_eq!(gaps(&mut world, ben, chat), 1, "one line for what nobody holds");
}

#[test]
fn a_lost_welcome_is_noticed_after_a_day() {
    let (mut world, [ada, olga, ben, _]) = town(350);
    let chat = world.group(ada, "Bautrupp 2", &[olga]);
    world.pass(30 * MINUTE);
    world.offline(ben);
    let user = world.user(ben);
    world.command(ada, Command::AddMember { conversation: chat, user }).unwrap();
    world.pass(10 * MINUTE);
    world.say(ada, chat, "Ben ist dabei");
    world.pass(10 * MINUTE);
    world.plant(ben, &[Defect::LosesLetters]);
    world.online(ben);
    world.pass(10 * MINUTE);
    world.crash(ben);
    world.pass(10 * MINUTE);
    assert_eq!(said(&mut world, ben, chat), Vec::<String>::new(), "the letter is lost");
    world.pass(2 * DAY);
    assert_eq!(said(&mut world, ben, chat), ["Ben ist dabei"], "added again, and what was said since");
    world.say(ben, chat, "Danke");
    world.pass(10 * MINUTE);
    assert_eq!(said(&mut world, ada, chat), ["Ben ist dabei", "Danke"]);
}

#[test]
fn keys_are_renewed_while_people_talk_and_nothing_is_lost() {
    let (mut world, [ada, olga, ben, _]) = town(360);
    let chat = world.group(ada, "Bautrupp 2", &[olga, ben]);
    world.pass(30 * MINUTE);
    let mut all = Vec::new();
    for day in 0..12 {
        for person in [ada, olga, ben] {
            let text = format!("Tag {day} von {}", person.0);
            world.say(person, chat, &text);
            all.push(text);
            world.pass(MINUTE);
        }
        world.pass(DAY);
    }
    for person in [ada, olga, ben] {
        assert_eq!(said(&mut world, person, chat), all);
    }
}

#[test]
fn a_group_that_runs_ahead_of_the_clock_is_begun_anew_without_whoever_pushed_it() {
    let (mut world, [ada, olga, ben, cem]) = town(370);
    let chat = world.group(ada, "Bautrupp 2", &[olga, ben, cem]);
    world.say(ada, chat, "vorher");
    world.pass(30 * MINUTE);
    world.say(cem, chat, "meine Uhr geht vor");
    world.pass(MINUTE);
    world.set_clock(cem, 3 * DAY as i64);
    world.pass(30 * MINUTE);
    world.say(ada, chat, "danach");
    world.pass(30 * MINUTE);
    for person in [ada, olga, ben] {
        assert_eq!(said(&mut world, person, chat), ["vorher", "meine Uhr geht vor", "danach"], "{person:?}");
    }
    let user = world.user(cem);
    let View::Members(members) = world.query(ada, Query::Members(chat)) else { panic!("not members") };
    assert!(members.iter().all(|member| member.user != user), "{members:?}");
}

#[test]
fn nobody_takes_over_a_conversation_by_making_another_group_under_its_id() {
    for seed in 380..384 {
        let (mut world, [ada, olga, ben, cem]) = town(seed);
        let chat = world.group(ada, "Bautrupp 2", &[olga, ben, cem]);
        world.say(ada, chat, "vorher");
        world.pass(30 * MINUTE);
        let victims = [ada, olga].map(|person| world.user(person));
        world.usurp(ben, chat, &victims);
        world.pass(30 * MINUTE);
        world.say(olga, chat, "danach");
        world.pass(30 * MINUTE);
        for person in [ada, olga, cem] {
            assert_eq!(said(&mut world, person, chat), ["vorher", "danach"], "seed {seed} {person:?}");
            let View::Members(members) = world.query(person, Query::Members(chat)) else { panic!("not members") };
            assert_eq!(members.len(), 4, "seed {seed} {person:?}");
            let leads: Vec<_> = members.iter().filter(|member| member.moderator).map(|member| member.user).collect();
            assert_eq!(leads, victims[..1], "seed {seed} {person:?}");
        }
    }
}
