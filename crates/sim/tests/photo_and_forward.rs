// SPDX-License-Identifier: EUPL-1.2
//! The pothole: a photo with its place goes from the officer to the dispatcher, and on to the crew, who can verify it.
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)] // helpers of stories fail loudly

use client_api::{
    Answer, AttachmentId, AttachmentState, Command, CommandError, Draft, Expiry, MessageState, Notice, Place, Query,
    Timestamp, View,
};
use sim::{Person, World};

fn photo(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at % 251) as u8 ^ (at / 1009) as u8).collect()
}

fn stage(world: &mut World, person: Person, bytes: &[u8]) -> AttachmentId {
    let command = Command::StageFile {
        name: "schlagloch.jpg".into(),
        media_type: "image/jpeg".into(),
        size_bytes: bytes.len() as u64,
    };
    let Ok(Answer::Attachment(id)) = world.command(person, command) else { panic!("not staged") };
    for (piece, number) in bytes.chunks(1024 * 1024).zip(0..) {
        if number == 1 {
            world.reopen(person);
        }
        let command = Command::StageChunk { attachment: id, bytes: piece.to_vec().into() };
        assert_eq!(world.command(person, command), Ok(Answer::Done));
    }
    assert_eq!(world.command(person, Command::StageFinish(id)), Ok(Answer::Done));
    id
}

fn bytes_of(world: &mut World, person: Person, id: AttachmentId) -> Vec<u8> {
    let mut all = Vec::new();
    for number in 0.. {
        match world.query(person, Query::AttachmentChunk(id, number)) {
            View::Chunk(Some(bytes)) => all.extend(bytes.to_vec()),
            _ => return all,
        }
    }
    all
}

#[test]
fn the_crew_sees_the_officers_photo_and_place_verified() {
    let mut world = World::new(1);
    let ada = world.found("Ada");
    let [officer, dispatcher, crew] = ["Olga Offizier", "Dieter Disponent", "Cem"].map(|name| world.enrol(ada, name));
    let bytes = photo(3_300_000);
    let attachment = stage(&mut world, officer, &bytes);
    let chat = world.direct(officer, dispatcher);
    let place = Place { latitude_e7: 523_000_000, longitude_e7: 133_000_000, accuracy_m: 5 };
    let captured = Timestamp(1_799_999_000_000);
    let draft = Draft {
        text: "Schlagloch, tief".into(),
        attachments: vec![attachment],
        place: Some(place),
        captured_at: Some(captured),
        ..Draft::default()
    };
    let id = world.send(officer, chat, draft);
    world.pass(90_000);
    let seen = world.messages(dispatcher, chat);
    assert_eq!(seen.len(), 1);
    assert_eq!((seen[0].text.as_deref(), seen[0].place), (Some("Schlagloch, tief"), Some(place)));
    let [there] = &seen[0].attachments[..] else { panic!("one photo") };
    assert_eq!((there.name.as_str(), there.state), ("schlagloch.jpg", AttachmentState::Remote));

    let group = world.group(dispatcher, "Bautrupp 2", &[crew]);
    world.settle();
    // Nobody has looked at the photo here: it is fetched because it is handed on.
    assert!(matches!(world.command(dispatcher, Command::Forward { message: id, to: group }), Ok(Answer::Message(_))));
    world.crash(dispatcher);
    world.pass(90_000);
    assert!(bytes_of(&mut world, dispatcher, there.id) == bytes);

    let all = world.messages(crew, group);
    let message = all.iter().find(|m| m.forwarded_from.is_some()).expect("the forward arrived");
    let from = message.forwarded_from.as_ref().unwrap();
    assert!(from.verified, "signature and certificates of the officer hold");
    assert_eq!(from.sender_name, "Olga Offizier");
    assert_eq!((message.text.as_deref(), message.place), (Some("Schlagloch, tief"), Some(place)));
    assert_eq!(message.captured_at, Some(captured));
    assert_eq!(message.sender_name, "Dieter Disponent");
    let copy = message.attachments[0].id;
    world.command(crew, Command::FetchAttachment(copy)).unwrap();
    world.settle();
    assert!(bytes_of(&mut world, crew, copy) == bytes);
}

#[test]
fn a_message_that_goes_after_reading_is_not_handed_on() {
    let mut world = World::new(2);
    let ada = world.found("Ada");
    let ben = world.enrol(ada, "Ben");
    let chat = world.direct(ada, ben);
    let draft = Draft { text: "geheim".into(), expires: Expiry::AfterReading(30), ..Draft::default() };
    let id = world.send(ada, chat, draft);
    world.pass(90_000);
    let group = world.group(ben, "Andere", &[]);
    let refused = world.command(ben, Command::Forward { message: id, to: group });
    assert!(matches!(refused, Err(CommandError::Refused(_))), "{refused:?}");
}

#[test]
fn a_forward_whose_photo_is_gone_from_the_server_is_given_up_in_words() {
    let mut world = World::new(3);
    let ada = world.found("Ada");
    let [ben, cem] = ["Ben", "Cem"].map(|name| world.enrol(ada, name));
    let attachment = stage(&mut world, ada, &photo(5_000));
    let chat = world.direct(ada, ben);
    let id = world.send(ada, chat, Draft { attachments: vec![attachment], ..Draft::default() });
    world.pass(90_000);
    world.pass(45 * 86_400_000);
    let onward = world.direct(ben, cem);
    assert!(matches!(world.command(ben, Command::Forward { message: id, to: onward }), Ok(Answer::Message(_))));
    world.say(ben, onward, "danach");
    world.pass(120_000);
    let own = world.messages(ben, onward);
    let notices: Vec<_> = own.iter().filter_map(|message| message.notice).collect();
    assert_eq!(notices, [Notice::NotForwarded]);
    assert!(own.iter().any(|message| message.state == MessageState::Deleted));
    assert_eq!(world.texts(cem, onward), ["danach"], "what was written behind it is not held up");
    let View::Messages(seen) = world.query(ben, Query::Messages { conversation: chat, after: 0, limit: 9 }) else {
        panic!("not messages")
    };
    assert_eq!(seen[0].attachments[0].state, AttachmentState::Gone);
}
