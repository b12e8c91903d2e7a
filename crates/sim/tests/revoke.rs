// SPDX-License-Identifier: EUPL-1.2
//! A person is locked out: the directory gets new keys, every group loses the person, letters sent before still work.
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)] // helpers of stories fail loudly

use client_api::{AccountState, Answer, Command, MessageState, NewPerson, Query, View};
use sim::World;

#[test]
fn a_locked_out_person_reads_nothing_more_and_the_others_go_on() {
    let mut world = World::new(1);
    let ada = world.found("Ada");
    let [olga, ben] = ["Olga", "Ben"].map(|name| world.enrol(ada, name));
    let chat = world.group(olga, "Bautrupp 2", &[ada, ben]);
    world.say(olga, chat, "alle");
    world.pass(90_000);
    let people = vec![NewPerson { name: "Nora".into(), unit: None }];
    let Ok(Answer::Links(letter)) = world.command(ada, Command::Invite(people)) else { panic!("no link") };
    world.settle();

    let user = world.user(ben);
    world.command(ada, Command::RevokePerson(user)).unwrap();
    world.pass(180_000);
    assert_eq!(world.status(ben).account, AccountState::Revoked);
    assert!(world.people(olga).iter().any(|p| p.name == "Ben" && p.revoked && p.devices == 0));
    world.say(olga, chat, "ohne Ben");
    world.pass(90_000);
    let said = |world: &mut World, person| -> Vec<String> {
        let all = world.messages(person, chat).into_iter();
        all.filter(|m| m.state == MessageState::Shown).filter_map(|m| m.text).collect()
    };
    assert_eq!(said(&mut world, ada), ["alle", "ohne Ben"]);
    assert!(said(&mut world, ben).is_empty(), "what Ben had was wiped");

    // a letter sent before still works, and the newcomer reads the directory from its snapshot
    let nora = world.profile();
    world.command(nora, Command::Enrol { link: letter[0].clone() }).unwrap();
    world.pass(120_000);
    assert_eq!(world.status(nora).account, AccountState::Ready, "{:?}", world.status(nora));
    assert_eq!(world.people(nora), world.people(ada));
    let direct = world.direct(nora, olga);
    world.say(nora, direct, "Ich bin neu");
    world.pass(120_000);
    assert_eq!(world.texts(olga, direct), ["Ich bin neu"]);
}

#[test]
fn a_group_whose_only_moderator_is_locked_out_goes_on_without_them() {
    let mut world = World::new(2);
    let ada = world.found("Ada");
    let [olga, ben, cem] = ["Olga", "Ben", "Cem"].map(|name| world.enrol(ada, name));
    let chat = world.group(olga, "Bautrupp 2", &[ben, cem]);
    world.say(olga, chat, "alle");
    world.pass(90_000);
    let user = world.user(olga);
    world.command(ada, Command::RevokePerson(user)).unwrap();
    world.pass(180_000);
    world.say(ben, chat, "ohne Olga");
    world.pass(90_000);
    for person in [ben, cem] {
        let shown = world.messages(person, chat).into_iter().filter(|m| m.state == MessageState::Shown);
        assert_eq!(shown.filter_map(|m| m.text).collect::<Vec<_>>(), ["alle", "ohne Olga"], "{person:?}");
        let View::Members(members) = world.query(person, Query::Members(chat)) else { panic!("not members") };
        assert!(members.iter().all(|member| member.user != user), "{person:?}: {members:?}");
    }
}
