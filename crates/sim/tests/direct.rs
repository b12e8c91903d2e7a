// SPDX-License-Identifier: EUPL-1.2
//! Two people write to each other.
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)] // helpers of stories fail loudly

use client_api::{Command, Delivery, Event, MessageState, Query, View, Why};
use sim::World;

#[test]
fn a_first_message_arrives_and_is_answered() {
    let mut world = World::new(1);
    let admin = world.found("Ada");
    let [olga, ben] = ["Olga", "Ben"].map(|name| world.enrol(admin, name));
    let chat = world.direct(olga, ben);
    let id = world.say(olga, chat, "Schlagloch in der Hauptstraße");
    world.settle();
    assert_eq!(world.texts(ben, chat), ["Schlagloch in der Hauptstraße"]);
    assert_eq!(world.messages(olga, chat)[0].delivery, Delivery::Delivered);
    assert!(world.events(ben).contains(&Event::MessageReceived(chat, id)));
    assert_eq!(world.direct(ben, olga), chat, "both sides name the conversation alike");
    world.say(ben, chat, "Ich schicke jemanden");
    world.settle();
    let expect = ["Schlagloch in der Hauptstraße", "Ich schicke jemanden"];
    assert_eq!(world.texts(olga, chat), expect);
    assert_eq!(world.texts(ben, chat), expect);
    assert!(world.status(olga).settled && world.status(ben).settled);
    assert_eq!(world.status(olga).outbox, 0);
    let View::Messages(found) =
        world.query(ben, Query::Search { text: "hauptstrasse".into(), conversation: None, limit: 10 })
    else {
        panic!()
    };
    assert_eq!(found.iter().map(|m| m.id).collect::<Vec<_>>(), [id]);
    let View::Messages(new) = world.query(ben, Query::Undisplayed(10)) else { panic!() };
    assert_eq!(new.len(), 1);
    world.command(ben, Command::MarkDisplayed(vec![id])).unwrap();
    let View::Messages(new) = world.query(ben, Query::Undisplayed(10)) else { panic!() };
    assert!(new.is_empty());
}

#[test]
fn a_message_written_offline_goes_out_later() {
    let mut world = World::new(2);
    let admin = world.found("Ada");
    let ben = world.enrol(admin, "Ben");
    world.offline(admin);
    let chat = world.direct(admin, ben);
    world.say(admin, chat, "eins");
    world.say(admin, chat, "zwei");
    world.crash(admin);
    world.settle();
    assert!(world.texts(ben, chat).is_empty());
    assert_eq!(world.status(admin).outbox, 2);
    world.online(admin);
    world.settle();
    assert_eq!(world.texts(ben, chat), ["eins", "zwei"]);
}

#[test]
fn a_person_without_a_device_gets_the_message_after_enrolling() {
    use client_api::{Answer, NewPerson};
    let mut world = World::new(3);
    let admin = world.found("Ada");
    let people = vec![NewPerson { name: "Ben".into(), unit: None }];
    let Ok(Answer::Links(links)) = world.command(admin, Command::Invite(people)) else { panic!("no link") };
    world.settle();
    let user = world.people(admin).into_iter().find(|p| p.name == "Ben").unwrap().user;
    let Ok(Answer::Conversation(chat)) = world.command(admin, Command::OpenDirect(user)) else { panic!() };
    world.say(admin, chat, "Willkommen");
    world.settle();
    let View::Conversations(all) = world.query(admin, Query::Conversations) else { panic!() };
    assert_eq!(all[0].problem, Some(Why::NoDeviceYet), "it says why nothing is sent");
    let ben = world.profile();
    world.command(ben, Command::Enrol { link: links[0].clone() }).unwrap();
    world.pass(120_000);
    assert_eq!(world.texts(ben, chat), ["Willkommen"]);
}

#[test]
fn both_begin_at_once_and_nothing_is_lost() {
    for seed in 0..4 {
        let mut world = World::new(40 + seed);
        let admin = world.found("Ada");
        let ben = world.enrol(admin, "Ben");
        world.offline(admin);
        world.offline(ben);
        let chat = world.direct(admin, ben);
        assert_eq!(world.direct(ben, admin), chat);
        world.say(admin, chat, "von Ada");
        world.say(ben, chat, "von Ben");
        world.online(admin);
        world.online(ben);
        world.pass(120_000);
        for person in [admin, ben] {
            let mut texts = world.texts(person, chat);
            texts.sort();
            assert_eq!(texts, ["von Ada", "von Ben"], "seed {seed} {person:?}");
        }
        world.say(admin, chat, "weiter");
        world.settle();
        assert_eq!(world.texts(ben, chat).last().map(String::as_str), Some("weiter"), "seed {seed}");
    }
}

#[test]
fn lost_connections_and_crashes_deliver_every_message_exactly_once_and_in_order() {
    for seed in 0..6 {
        let mut world = World::new(500 + seed);
        let admin = world.found("Ada");
        let ben = world.enrol(admin, "Ben");
        let chat = world.direct(admin, ben);
        world.faults.broken = 50;
        world.faults.crashed = 30;
        world.faults.delayed = 100;
        let expect: Vec<String> = (0..12).map(|n| format!("Nachricht {n}")).collect();
        for text in &expect {
            world.say(admin, chat, text);
            world.pass(3_000);
        }
        world.faults = Default::default();
        world.pass(120_000);
        assert_eq!(world.texts(ben, chat), expect, "seed {seed}");
        assert!(world.messages(admin, chat).iter().all(|m| m.delivery == Delivery::Delivered), "seed {seed}");
        assert!(world.messages(ben, chat).iter().all(|m| m.state == MessageState::Shown), "seed {seed}");
    }
}
