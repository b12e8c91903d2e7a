// SPDX-License-Identifier: EUPL-1.2
//! Taken back before it left, deleted on one device, dropped before it was sent: what goes, what stays, and for whom.
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)] // helpers of stories fail loudly

use client_api::{
    Answer, AttachmentId, AttachmentState, Command, CommandError, ConversationId, ConversationView, Delivery, Draft,
    Event, MessageId, MessageState, NewPerson, Query, View, Why,
};
use sim::{Person, World};

fn stage(world: &mut World, person: Person, size: usize) -> AttachmentId {
    let (name, media_type) = ("schlagloch.jpg".into(), "image/jpeg".into());
    let command = Command::StageFile { name, media_type, size_bytes: size as u64 };
    let Ok(Answer::Attachment(id)) = world.command(person, command) else { panic!("not staged") };
    for piece in vec![7; size].chunks(1024 * 1024) {
        world.command(person, Command::StageChunk { attachment: id, bytes: piece.to_vec().into() }).expect("taken");
    }
    world.command(person, Command::StageFinish(id)).expect("whole");
    id
}

fn with_photo(world: &mut World, person: Person, chat: ConversationId) -> MessageId {
    let photo = stage(world, person, 2_000_000);
    world.send(person, chat, Draft { text: "Schlagloch".into(), attachments: vec![photo], ..Draft::default() })
}

fn overview(world: &mut World, person: Person, chat: ConversationId) -> ConversationView {
    match world.query(person, Query::Conversation(chat)) {
        View::Conversation(Some(view)) => view,
        other => panic!("no conversation: {other:?}"),
    }
}

fn found(world: &mut World, person: Person, text: &str) -> usize {
    match world.query(person, Query::Search { text: text.into(), conversation: None, limit: 10 }) {
        View::Messages(found) => found.len(),
        other => panic!("not messages: {other:?}"),
    }
}

fn blobs(world: &mut World) -> u64 {
    world.server_tables().into_iter().find(|(table, ..)| table == "blob").expect("there are blobs").1
}

fn cancel(world: &mut World, person: Person, id: MessageId) -> Result<Answer, CommandError> {
    world.command(person, Command::CancelSend(id))
}

fn delete(world: &mut World, person: Person, ids: &[MessageId]) -> Result<Answer, CommandError> {
    world.command(person, Command::DeleteHere(ids.to_vec()))
}

const ALREADY_SENT: Result<Answer, CommandError> = Err(CommandError::Refused(Why::AlreadySent));

#[test]
fn a_message_that_has_not_left_is_taken_back_without_a_trace() {
    let mut world = World::new(1);
    let ada = world.found("Ada");
    let ben = world.enrol(ada, "Ben");
    let chat = world.direct(ada, ben);
    world.say(ada, chat, "vorher");
    world.pass(60_000);
    world.offline(ada);
    let slip = with_photo(&mut world, ada, chat);
    let kept = world.say(ada, chat, "danach");
    assert_eq!((world.status(ada).outbox, overview(&mut world, ada, chat).waiting), (2, 2));
    world.events(ada);
    assert_eq!(cancel(&mut world, ada, slip), Ok(Answer::Done));
    assert!(world.events(ada).contains(&Event::MessageChanged(chat, slip)));
    assert_eq!(world.query(ada, Query::Message(slip)), View::Message(None));
    assert_eq!((found(&mut world, ada, "Schlagloch"), world.media(ada).count()), (0, 0));
    assert_eq!((world.status(ada).outbox, world.status(ada).transfers), (1, 0));
    assert_eq!(cancel(&mut world, ada, slip), Err(CommandError::Unknown(Why::NoSuchMessage)));
    world.crash(ada);
    world.online(ada);
    world.pass(60_000);
    assert_eq!(world.texts(ben, chat), ["vorher", "danach"]);
    assert_eq!(cancel(&mut world, ada, kept), ALREADY_SENT);
}

#[test]
fn what_was_encrypted_may_be_on_the_server_and_is_not_taken_back() {
    let mut world = World::new(2);
    let ada = world.found("Ada");
    let ben = world.enrol(ada, "Ben");
    let chat = world.direct(ada, ben);
    world.say(ada, chat, "vorher");
    world.pass(60_000);
    // on its way as the line breaks: nobody can tell whether it arrived
    let sent = world.say(ada, chat, "abgeschickt");
    world.offline(ada);
    let View::Message(Some(seen)) = world.query(ada, Query::Message(sent)) else { panic!("it is there") };
    assert_eq!(seen.delivery, Delivery::Waiting);
    assert_eq!(cancel(&mut world, ada, sent), ALREADY_SENT);
    assert_eq!(delete(&mut world, ada, &[sent]), ALREADY_SENT);
    world.online(ada);
    world.pass(60_000);
    assert_eq!(world.texts(ben, chat), ["vorher", "abgeschickt"]);
    let theirs = world.messages(ben, chat)[0].id;
    assert_eq!(cancel(&mut world, ben, theirs), ALREADY_SENT, "somebody else's");
}

#[test]
fn an_upload_under_way_is_stopped_and_taken_from_the_server() {
    let mut world = World::new(3);
    let ada = world.found("Ada");
    let ben = world.enrol(ada, "Ben");
    let chat = world.direct(ada, ben);
    world.say(ada, chat, "vorher");
    world.pass(60_000);
    let before = blobs(&mut world);
    for parcels in 0..6 {
        let slip = with_photo(&mut world, ada, chat);
        world.carry_some(parcels);
        assert_eq!(cancel(&mut world, ada, slip), Ok(Answer::Done), "after {parcels} parcels");
        world.pass(60_000);
        assert_eq!((blobs(&mut world), world.media(ada).count()), (before, 0), "after {parcels} parcels");
        assert!(world.status(ada).settled, "after {parcels} parcels");
    }
    assert_eq!(world.texts(ben, chat), ["vorher"]);
}

#[test]
fn once_nothing_waits_nothing_hinders() {
    let mut world = World::new(4);
    let ada = world.found("Ada");
    world.command(ada, Command::Invite(vec![NewPerson { name: "Kai".into(), unit: None }])).unwrap();
    let kai = world.people(ada).iter().find(|person| person.name == "Kai").unwrap().user;
    let Ok(Answer::Conversation(chat)) = world.command(ada, Command::OpenDirect(kai)) else { panic!() };
    let [first, second] = ["hallo", "noch da?"].map(|text| world.say(ada, chat, text));
    world.pass(60_000);
    assert_eq!(overview(&mut world, ada, chat).problem, Some(Why::NoDeviceYet));
    cancel(&mut world, ada, first).unwrap();
    assert_eq!(overview(&mut world, ada, chat).problem, Some(Why::NoDeviceYet));
    cancel(&mut world, ada, second).unwrap();
    let view = overview(&mut world, ada, chat);
    assert_eq!((view.problem, view.waiting, view.last), (None, 0, None));
}

#[test]
fn deleted_here_is_gone_here_and_nowhere_else() {
    let mut world = World::new(5);
    let ada = world.found("Ada");
    let [ben, cem] = ["Ben", "Cem"].map(|name| world.enrol(ada, name));
    let chat = world.group(ada, "Bautrupp 2", &[ben, cem]);
    world.settle();
    let id = with_photo(&mut world, ada, chat);
    world.pass(60_000);
    let photo = world.messages(ben, chat)[0].attachments[0].id;
    world.command(ben, Command::FetchAttachment(photo)).unwrap();
    world.pass(60_000);
    assert!(world.media(ben).count() > 0);
    assert_eq!(overview(&mut world, ben, chat).undisplayed, 1);

    for person in [ben, ada] {
        world.events(person);
        assert_eq!(delete(&mut world, person, &[id]), Ok(Answer::Done));
        assert!(world.events(person).contains(&Event::MessageChanged(chat, id)));
        let View::Message(Some(line)) = world.query(person, Query::Message(id)) else { panic!("its line stays") };
        assert_eq!((line.state, line.text, line.attachments), (MessageState::Deleted, None, vec![]));
        assert!(!line.forwardable);
        assert_eq!((found(&mut world, person, "Schlagloch"), world.media(person).count()), (0, 0));
    }
    let view = overview(&mut world, ben, chat);
    assert_eq!((view.undisplayed, view.first_undisplayed), (0, None));
    assert_eq!(view.last.map(|last| (last.state, last.text)), Some((MessageState::Deleted, None)));
    assert_eq!(world.query(ben, Query::Attachment(photo)), View::Attachment(None));
    assert_eq!(delete(&mut world, ben, &[id]), Ok(Answer::Done), "once more changes nothing");

    // whoever sent it has deleted it too, and the others can still look at it
    world.pass(60_000);
    let theirs = world.messages(cem, chat).remove(0);
    assert_eq!(theirs.text.as_deref(), Some("Schlagloch"));
    world.command(cem, Command::FetchAttachment(theirs.attachments[0].id)).unwrap();
    world.pass(60_000);
    assert_eq!(world.messages(cem, chat)[0].attachments[0].state, AttachmentState::Here);
    for person in [ben, ada] {
        world.crash(person);
        world.pass(60_000);
        let View::Message(Some(line)) = world.query(person, Query::Message(id)) else { panic!("its line stays") };
        assert_eq!(line.state, MessageState::Deleted);
    }
}

#[test]
fn a_deletion_that_fails_for_one_message_deletes_none() {
    let mut world = World::new(6);
    let ada = world.found("Ada");
    let ben = world.enrol(ada, "Ben");
    let chat = world.direct(ada, ben);
    let id = with_photo(&mut world, ada, chat);
    world.pass(60_000);
    let chunks = world.media(ada).count();
    let answer = delete(&mut world, ada, &[id, MessageId([9; 32])]);
    assert_eq!(answer, Err(CommandError::Unknown(Why::NoSuchMessage)));
    let View::Message(Some(message)) = world.query(ada, Query::Message(id)) else { panic!("it is there") };
    assert_eq!((message.state, message.attachments.len()), (MessageState::Shown, 1));
    assert_eq!(world.media(ada).count(), chunks, "its photo too");
}

#[test]
fn a_forward_whose_original_is_deleted_here_still_goes_out_with_its_photo() {
    let mut world = World::new(7);
    let ada = world.found("Ada");
    let [ben, cem] = ["Ben", "Cem"].map(|name| world.enrol(ada, name));
    let chat = world.direct(ada, ben);
    let id = with_photo(&mut world, ada, chat);
    world.pass(60_000);
    let other = world.direct(ben, cem);
    world.offline(ben);
    world.command(ben, Command::Forward { message: id, to: other }).unwrap();
    assert_eq!(delete(&mut world, ben, &[id]), Ok(Answer::Done));
    world.online(ben);
    world.pass(120_000);
    let got = world.messages(cem, other).remove(0);
    assert_eq!(got.text.as_deref(), Some("Schlagloch"));
    world.command(cem, Command::FetchAttachment(got.attachments[0].id)).unwrap();
    world.pass(60_000);
    assert_eq!(world.messages(cem, other)[0].attachments[0].state, AttachmentState::Here);
    let copies = world.messages(ben, other)[0].attachments.len();
    assert_eq!((copies, world.media(ben).count()), (1, 2), "of the original nothing is kept beside its copy");
}

#[test]
fn a_staged_file_is_dropped_and_one_in_a_message_is_not() {
    let mut world = World::new(8);
    let ada = world.found("Ada");
    let ben = world.enrol(ada, "Ben");
    let chat = world.direct(ada, ben);
    let sent = stage(&mut world, ada, 1_500_000);
    let chunks = world.media(ada).count();
    let whole = stage(&mut world, ada, 1_500_000);
    let command = Command::StageFile { name: "halb.jpg".into(), media_type: "image/jpeg".into(), size_bytes: 9 };
    let Ok(Answer::Attachment(half)) = world.command(ada, command) else { panic!("not staged") };
    world.command(ada, Command::StageChunk { attachment: half, bytes: vec![1].into() }).unwrap();
    world.send(ada, chat, Draft { attachments: vec![sent], ..Draft::default() });
    for id in [whole, half] {
        assert_eq!(world.command(ada, Command::DropFile(id)), Ok(Answer::Done));
        assert_eq!(world.query(ada, Query::Attachment(id)), View::Attachment(None));
    }
    assert_eq!(world.media(ada).count(), chunks);
    let refused = Err(CommandError::WrongState(Why::FileIncomplete));
    assert_eq!(world.command(ada, Command::DropFile(sent)), refused);
    let unknown = Err(CommandError::Unknown(Why::NoSuchAttachment));
    assert_eq!(world.command(ada, Command::DropFile(whole)), unknown);
    let draft = Draft { attachments: vec![whole], ..Draft::default() };
    assert_eq!(world.command(ada, Command::Send { conversation: chat, draft }), unknown);
    world.pass(60_000);
    assert_eq!(world.messages(ben, chat)[0].attachments.len(), 1);
}
