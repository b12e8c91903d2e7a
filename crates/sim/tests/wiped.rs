// SPDX-License-Identifier: EUPL-1.2
//! Locked out while away: the device learns it when it comes back, and keeps nothing but that.
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)] // helpers of stories fail loudly

use client_api::{AccountState, Answer, Command, CommandError, Draft, Query, View, Why};
use sim::{Person, World};

const DAY: u64 = 86_400_000;

fn stage(world: &mut World, person: Person) -> client_api::AttachmentId {
    let (name, media_type) = ("schlagloch.jpg".into(), "image/jpeg".into());
    let command = Command::StageFile { name, media_type, size_bytes: 2_000_000 };
    let Ok(Answer::Attachment(id)) = world.command(person, command) else { panic!("not staged") };
    for piece in [1_048_576, 2_000_000 - 1_048_576] {
        world.command(person, Command::StageChunk { attachment: id, bytes: vec![7; piece].into() }).expect("taken");
    }
    world.command(person, Command::StageFinish(id)).expect("whole");
    id
}

/// Nothing can be asked out of this profile any more.
fn is_wiped(world: &mut World, person: Person) {
    let status = world.status(person);
    assert_eq!((status.account, status.administrator), (AccountState::Revoked, false));
    assert_eq!(status.problem, Some(Why::LockedOut));
    assert_eq!((status.name, status.user, status.authority), (None, None, None));
    assert_eq!(world.query(person, Query::Conversations), View::Conversations(vec![]));
    assert_eq!(world.query(person, Query::People(None)), View::People(vec![]));
    assert_eq!(
        world.query(person, Query::Search { text: "Schlagloch".into(), conversation: None, limit: 10 }),
        View::Messages(vec![])
    );
    assert_eq!(world.media(person).count(), 0, "chunks of attachments");
}

#[test]
fn whoever_was_locked_out_long_ago_is_wiped_when_they_come_back() {
    let mut world = World::new(1);
    let ada = world.found("Ada");
    let [ben, olga, kai] = ["Ben", "Olga", "Kai"].map(|name| world.enrol(ada, name));
    let photo = stage(&mut world, ben);
    let chat = world.group(olga, "Bautrupp 2", &[ben]);
    world.pass(60_000);
    world.send(ben, chat, Draft { text: "Schlagloch".into(), attachments: vec![photo], ..Draft::default() });
    world.pass(120_000);
    assert!(world.media(ben).count() > 0);
    world.say(olga, chat, "Schlagloch gesehen");
    world.pass(60_000);

    world.offline(ben);
    world.say(ben, chat, "Schlagloch, nie gesendet");
    for gone in [kai, ben] {
        let user = world.user(gone);
        world.command(ada, Command::RevokePerson(user)).unwrap();
        world.pass(30 * DAY);
    }
    world.enrol(ada, "Lea");
    assert_eq!(world.status(ben).account, AccountState::Ready, "has not heard of it");
    world.online(ben);
    world.pass(120_000);
    for person in [ben, kai] {
        is_wiped(&mut world, person);
    }
    // and it stays so: after a restart, and whatever is asked of it
    world.crash(ben);
    world.pass(DAY);
    is_wiped(&mut world, ben);
    let user = world.user(olga);
    let answer = world.command(ben, Command::OpenDirect(user));
    assert!(matches!(answer, Err(CommandError::WrongState(_))), "{answer:?}");
    let texts = world.texts(olga, chat);
    assert!(texts.contains(&"Schlagloch".to_owned()) && !texts.iter().any(|text| text.contains("nie")), "{texts:?}");
}

#[test]
fn a_crash_while_being_wiped_wipes_all_the_same() {
    for seed in 0..2 {
        let mut world = World::new(300 + seed);
        let ada = world.found("Ada");
        let ben = world.enrol(ada, "Ben");
        let photo = stage(&mut world, ben);
        let chat = world.direct(ben, ada);
        world.send(ben, chat, Draft { text: "Schlagloch".into(), attachments: vec![photo], ..Draft::default() });
        world.pass(120_000);
        let user = world.user(ben);
        world.faults.crashed = 150;
        world.command(ada, Command::RevokePerson(user)).unwrap();
        world.pass(600_000);
        world.faults = Default::default();
        world.pass(60_000);
        is_wiped(&mut world, ben);
    }
}
