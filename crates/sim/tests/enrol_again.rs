// SPDX-License-Identifier: EUPL-1.2
//! One invitation, several devices: whatever the timing, one becomes the person and every other gets a clear answer.
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)] // helpers of stories fail loudly

use client_api::{AccountState, Answer, Command, Link, NewPerson, Why};
use sim::{Person, World};

const DAY: u64 = 86_400_000;

fn link(world: &mut World, admin: Person) -> Link {
    let people = vec![NewPerson { name: "Olga".into(), unit: None }];
    let Ok(Answer::Links(links)) = world.command(admin, Command::Invite(people)) else { panic!("no link") };
    world.settle();
    links[0].clone()
}

fn begin(world: &mut World, link: &Link) -> Person {
    let person = world.profile();
    assert_eq!(world.command(person, Command::Enrol { link: link.clone() }), Ok(Answer::Done));
    person
}

/// State and problem of each.
fn outcomes(world: &mut World, people: &[Person]) -> Vec<(AccountState, Option<Why>)> {
    people.iter().map(|person| world.status(*person)).map(|status| (status.account, status.problem)).collect()
}

fn one_is_in_the_others_refused(world: &mut World, people: &[Person]) {
    let all = outcomes(world, people);
    assert_eq!(all.iter().filter(|(state, _)| *state == AccountState::Ready).count(), 1, "{all:?}");
    for (state, problem) in all.iter().filter(|(state, _)| *state != AccountState::Ready) {
        assert_eq!(*state, AccountState::Refused, "{all:?}");
        assert!(matches!(problem, Some(Why::LinkUsed | Why::LinkRefused)), "{all:?}");
    }
}

#[test]
fn two_devices_ask_while_the_approver_is_away() {
    let mut world = World::new(1);
    let admin = world.found("Ada");
    let link = link(&mut world, admin);
    world.offline(admin);
    let both = [(); 2].map(|()| begin(&mut world, &link));
    world.pass(3 * DAY);
    let waiting = outcomes(&mut world, &both);
    assert!(waiting.iter().all(|(state, problem)| *state == AccountState::Waiting && problem.is_none()), "{waiting:?}");
    world.online(admin);
    world.pass(120_000);
    one_is_in_the_others_refused(&mut world, &both);
    assert_eq!(world.people(admin).iter().map(|person| person.devices).sum::<u32>(), 2);
}

#[test]
fn the_second_device_sleeps_while_the_first_one_finishes() {
    let mut world = World::new(2);
    let admin = world.found("Ada");
    let link = link(&mut world, admin);
    world.offline(admin);
    let both = [(); 2].map(|()| begin(&mut world, &link));
    world.settle();
    world.offline(both[1]);
    world.online(admin);
    world.pass(120_000);
    world.online(both[1]);
    world.pass(120_000);
    one_is_in_the_others_refused(&mut world, &both);
}

#[test]
fn the_first_device_sleeps_and_the_second_one_asks_later() {
    let mut world = World::new(3);
    let admin = world.found("Ada");
    let link = link(&mut world, admin);
    world.offline(admin);
    let first = begin(&mut world, &link);
    world.settle();
    world.offline(first);
    world.online(admin);
    world.pass(60_000);
    // the answer lies in the reply inbox; the second device neither takes nor removes it
    let second = begin(&mut world, &link);
    world.pass(60_000);
    assert_eq!(world.status(second).account, AccountState::Refused);
    world.online(first);
    world.pass(60_000);
    assert_eq!(world.status(first).account, AccountState::Ready);
}

#[test]
fn more_devices_than_an_invitation_has_letters_are_all_told() {
    let mut world = World::new(4);
    let admin = world.found("Ada");
    let link = link(&mut world, admin);
    world.offline(admin);
    let all = [(); 6].map(|()| begin(&mut world, &link));
    world.pass(60_000);
    world.online(admin);
    world.pass(120_000);
    one_is_in_the_others_refused(&mut world, &all);
}

#[test]
fn a_refused_device_may_come_back_with_a_new_invitation() {
    let mut world = World::new(5);
    let admin = world.found("Ada");
    let used = link(&mut world, admin);
    let first = begin(&mut world, &used);
    world.pass(60_000);
    let second = begin(&mut world, &used);
    world.pass(60_000);
    one_is_in_the_others_refused(&mut world, &[first, second]);
    let fresh = link(&mut world, admin);
    assert_eq!(world.command(second, Command::Enrol { link: fresh }), Ok(Answer::Done));
    world.pass(60_000);
    assert_eq!(world.status(second).account, AccountState::Ready, "{:?}", world.status(second));
}

#[test]
fn an_invitation_that_ends_while_its_approver_is_away_is_answered_so() {
    let mut world = World::new(6);
    let admin = world.found("Ada");
    let link = link(&mut world, admin);
    world.offline(admin);
    let [late, alone] = [(); 2].map(|()| begin(&mut world, &link));
    world.settle();
    world.offline(late);
    world.pass(14 * DAY + 3 * 3_600_000);
    world.online(admin);
    world.online(late);
    world.pass(120_000);
    for person in [late, alone] {
        let status = world.status(person);
        assert_eq!(status.account, AccountState::Refused, "{status:?}");
        assert!(matches!(status.problem, Some(Why::LinkExpired | Why::LinkRefused)), "{status:?}");
    }
}

#[test]
fn nobody_waits_for_ever_for_an_approver_who_does_not_come_back() {
    let mut world = World::new(7);
    let admin = world.found("Ada");
    let link = link(&mut world, admin);
    world.offline(admin);
    let olga = begin(&mut world, &link);
    world.pass(14 * DAY);
    assert_eq!(world.status(olga).account, AccountState::Waiting);
    world.pass(2 * DAY);
    let status = world.status(olga);
    assert_eq!(status.account, AccountState::Refused);
    assert!(matches!(status.problem, Some(Why::LinkExpired | Why::LinkRefused)), "{status:?}");
}

#[test]
fn whoever_was_locked_out_before_enrolling_is_told() {
    let mut world = World::new(8);
    let admin = world.found("Ada");
    let link = link(&mut world, admin);
    let olga = world.people(admin).iter().find(|person| person.name == "Olga").expect("invited").user;
    world.command(admin, Command::RevokePerson(olga)).expect("revoked");
    world.pass(60_000);
    let person = begin(&mut world, &link);
    world.pass(60_000);
    let status = world.status(person);
    assert_eq!(status.account, AccountState::Refused);
    assert_eq!(status.problem, Some(Why::LinkWithdrawn));
}

#[test]
fn crashes_and_broken_connections_change_nothing_about_it() {
    for seed in 0..6 {
        let mut world = World::new(900 + seed);
        let admin = world.found("Ada");
        let link = link(&mut world, admin);
        world.faults.crashed = 40;
        world.faults.broken = 40;
        let both = [(); 2].map(|()| begin(&mut world, &link));
        world.pass(600_000);
        world.faults = Default::default();
        world.pass(120_000);
        one_is_in_the_others_refused(&mut world, &both);
    }
}
