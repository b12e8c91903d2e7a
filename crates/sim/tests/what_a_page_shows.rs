// SPDX-License-Identifier: EUPL-1.2
//! What a page draws: the list with its newest lines and drafts, pages in both directions, quotes, hits, files.
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)] // helpers of stories fail loudly

use client_api::{
    ATTACHMENTS_MAX, Answer, AttachmentId, AttachmentState, Command, CommandError, ConversationId, ConversationView,
    Delivery, Draft, Event, Expiry, MessageId, MessageState, MessageView, NewPerson, Notice, Place, Query, View, Why,
};
use sim::{Person, World};

fn list(world: &mut World, person: Person) -> Vec<ConversationView> {
    match world.query(person, Query::Conversations) {
        View::Conversations(all) => all,
        other => panic!("not conversations: {other:?}"),
    }
}

fn overview(world: &mut World, person: Person, chat: ConversationId) -> ConversationView {
    let View::Conversation(one) = world.query(person, Query::Conversation(chat)) else { panic!("not a conversation") };
    let one = one.expect("it is there");
    assert!(list(world, person).contains(&one), "the list says the same");
    one
}

fn messages(world: &mut World, person: Person, query: Query) -> Vec<MessageView> {
    match world.query(person, query) {
        View::Messages(messages) => messages,
        other => panic!("not messages: {other:?}"),
    }
}

fn texts(all: Vec<MessageView>) -> Vec<String> {
    all.into_iter().filter_map(|message| message.text).collect()
}

fn one(world: &mut World, person: Person, id: MessageId) -> MessageView {
    match world.query(person, Query::Message(id)) {
        View::Message(Some(message)) => message,
        other => panic!("no message: {other:?}"),
    }
}

fn stage(world: &mut World, person: Person, name: &str) -> AttachmentId {
    let command = Command::StageFile { name: name.into(), media_type: "image/jpeg".into(), size_bytes: 9 };
    let Ok(Answer::Attachment(id)) = world.command(person, command) else { panic!("not staged") };
    world.command(person, Command::StageChunk { attachment: id, bytes: vec![7; 9].into() }).expect("taken");
    world.command(person, Command::StageFinish(id)).expect("whole");
    id
}

fn town(seed: u64) -> (World, [Person; 3]) {
    let mut world = World::new(seed);
    let ada = world.found("Ada");
    let people = vec![NewPerson { name: "Ben".into(), unit: Some("Tiefbau".into()) }];
    let Ok(Answer::Links(mut links)) = world.command(ada, Command::Invite(people)) else { panic!("no link") };
    let ben = world.profile();
    world.command(ben, Command::Enrol { link: links.remove(0) }).unwrap();
    world.settle();
    let cem = world.enrol(ada, "Cem");
    world.settle();
    (world, [ada, ben, cem])
}

#[test]
fn the_list_shows_newest_lines_and_what_is_new_the_last_active_first() {
    let (mut world, [ada, ben, cem]) = town(1);
    let chat = world.direct(ben, ada);
    world.say(ben, chat, "eins");
    world.say(ben, chat, "zwei");
    world.pass(60_000);
    let group = world.group(ada, "Bautrupp 2", &[ben, cem]);
    world.pass(60_000);
    world.say(cem, group, &"ä".repeat(300));
    world.pass(60_000);

    let all = list(&mut world, ada);
    assert_eq!(all.iter().map(|one| one.id).collect::<Vec<_>>(), [group, chat]);
    let [in_group, direct] = &all[..] else { panic!("two") };
    assert_eq!((in_group.name.as_str(), in_group.members, in_group.moderator), ("Bautrupp 2", 3, true));
    assert_eq!((direct.name.as_str(), direct.members, direct.moderator), ("Ben", 2, false));
    assert_eq!((in_group.peer, direct.peer), (None, Some(world.user(ben))));
    assert_eq!((in_group.undisplayed, direct.undisplayed), (1, 2));
    let seen = world.messages(ada, chat);
    assert_eq!(direct.first_undisplayed, Some(seen[0].position));
    assert_eq!(direct.last_at, Some(seen[1].sent_at));
    let last = in_group.last.clone().unwrap();
    assert_eq!((last.sender_name.as_str(), last.text), ("Cem", Some("ä".repeat(200))));
    assert_eq!((last.delivery, last.state), (Delivery::Received, MessageState::Shown));
    assert_eq!(seen[0].sender_unit.as_deref(), Some("Tiefbau"));

    world.command(ada, Command::MarkDisplayed(vec![seen[0].id])).unwrap();
    let direct = overview(&mut world, ada, chat);
    assert_eq!((direct.undisplayed, direct.first_undisplayed), (1, Some(seen[1].position)));
    world.command(ada, Command::Leave(group)).unwrap();
    world.pass(60_000);
    let left = overview(&mut world, ben, group);
    assert_eq!(left.last.and_then(|last| last.notice), Some(Notice::Gone));
    let View::Members(members) = world.query(ben, Query::Members(group)) else { panic!("not members") };
    assert_eq!((members.len(), left.members), (2, 2));
    assert!(!overview(&mut world, ada, group).moderator, "not in it any more");
}

#[test]
fn people_still_to_be_added_are_counted_as_members() {
    let (mut world, [ada, ben, _]) = town(2);
    world.command(ada, Command::Invite(vec![NewPerson { name: "Kai".into(), unit: None }])).unwrap();
    let kai = world.people(ada).iter().find(|person| person.name == "Kai").unwrap().user;
    let members = vec![world.user(ben), kai];
    let answer = world.command(ada, Command::CreateGroup { name: "Neue".into(), members });
    let Ok(Answer::Conversation(group)) = answer else { panic!("no group") };
    for _ in 0..2 {
        let View::Members(all) = world.query(ada, Query::Members(group)) else { panic!("not members") };
        assert_eq!((all.len(), overview(&mut world, ada, group).members), (3, 3));
        world.pass(60_000);
    }
}

#[test]
fn a_draft_is_kept_over_a_restart_until_it_is_sent_or_emptied() {
    let (mut world, [ada, ben, _]) = town(3);
    let chat = world.direct(ada, ben);
    let save = |world: &mut World, text: String| {
        let draft = Draft { text, ..Draft::default() };
        world.command(ada, Command::SaveDraft { conversation: chat, draft })
    };
    let text = |world: &mut World| overview(world, ada, chat).draft.map(|kept| kept.draft.text);
    world.events(ada);
    assert_eq!(save(&mut world, "Guten".into()), Ok(Answer::Done));
    assert!(world.events(ada).contains(&Event::ConversationChanged(chat)));
    assert_eq!(save(&mut world, "Guten Morgen".into()), Ok(Answer::Done));
    world.crash(ada);
    assert_eq!(text(&mut world).as_deref(), Some("Guten Morgen"));
    world.say(ada, chat, "Guten Morgen!");
    assert_eq!(overview(&mut world, ada, chat).draft, None);
    assert_eq!(save(&mut world, "doch nicht".into()), Ok(Answer::Done));
    assert_eq!(save(&mut world, String::new()), Ok(Answer::Done));
    assert_eq!(overview(&mut world, ada, chat).draft, None);
    assert_eq!(save(&mut world, "x".repeat(64 * 1024)), Ok(Answer::Done));
    assert_eq!(save(&mut world, "x".repeat(64 * 1024 + 1)), Err(CommandError::Invalid(Why::TooLong)));
    assert_eq!(text(&mut world).map(|text| text.len()), Some(64 * 1024));
    let attachments = (0..=ATTACHMENTS_MAX).map(|index| stage(&mut world, ada, &format!("{index}.jpg"))).collect();
    let many = Draft { attachments, ..Draft::default() };
    let refused = Err(CommandError::Invalid(Why::TooManyFiles));
    assert_eq!(world.command(ada, Command::Send { conversation: chat, draft: many.clone() }), refused);
    assert_eq!(world.command(ada, Command::SaveDraft { conversation: chat, draft: many }), refused);
    let draft = Draft { text: "x".into(), ..Draft::default() };
    let nowhere = Command::SaveDraft { conversation: ConversationId([9; 32]), draft };
    assert_eq!(world.command(ada, nowhere), Err(CommandError::Unknown(Why::NoSuchConversation)));
    world.pass(60_000);
    assert_eq!(world.texts(ben, chat), ["Guten Morgen!"]);
}

#[test]
fn files_of_a_draft_are_kept_over_a_restart_and_sent_with_it_others_are_forgotten() {
    let (mut world, [ada, ben, _]) = town(7);
    let chat = world.direct(ada, ben);
    let (kept, dropped, nobodys) =
        (stage(&mut world, ada, "a.jpg"), stage(&mut world, ada, "b.jpg"), stage(&mut world, ada, "c.jpg"));
    let half = Command::StageFile { name: "halb.jpg".into(), media_type: "image/jpeg".into(), size_bytes: 9 };
    let Ok(Answer::Attachment(half)) = world.command(ada, half) else { panic!("not staged") };
    let place = Some(Place { latitude_e7: 525_000_000, longitude_e7: 134_000_000, accuracy_m: 5 });
    let draft = Draft { attachments: vec![dropped, kept, half], place, ..Draft::default() };
    world.command(ada, Command::SaveDraft { conversation: chat, draft: draft.clone() }).unwrap();
    world.command(ada, Command::DropFile(dropped)).unwrap();
    world.crash(ada);
    let found = overview(&mut world, ada, chat).draft.expect("a draft");
    assert_eq!(found.draft, Draft { attachments: vec![kept], ..draft });
    let names: Vec<_> = found.files.iter().map(|file| (file.name.as_str(), file.state)).collect();
    assert_eq!(names, [("a.jpg", AttachmentState::Here)]);
    let gone = Draft { attachments: vec![nobodys], ..Draft::default() };
    let sent = world.command(ada, Command::Send { conversation: chat, draft: gone });
    assert_eq!(sent, Err(CommandError::Unknown(Why::NoSuchAttachment)));
    world.command(ada, Command::Send { conversation: chat, draft: found.draft }).unwrap();
    assert_eq!(overview(&mut world, ada, chat).draft, None);
    world.pass(60_000);
    world.crash(ada);
    let View::Messages(all) = world.query(ben, Query::Messages { conversation: chat, after: 0, limit: 9 }) else {
        panic!("no messages")
    };
    assert!(all.iter().any(|one| one.place == place && one.attachments.len() == 1), "{all:?}");
}

#[test]
fn pages_go_back_from_the_newest_and_meet_those_from_the_start() {
    let (mut world, [ada, ben, cem]) = town(4);
    let [chat, other] = [ben, cem].map(|peer| world.direct(ada, peer));
    for number in 0..7 {
        world.say(ada, chat, &number.to_string());
        world.say(ada, other, "dazwischen");
    }
    let before = |before, limit| Query::MessagesBefore { conversation: chat, before, limit };
    let newest = messages(&mut world, ada, before(u64::MAX, 3));
    let first = newest[0].position;
    assert_eq!(texts(newest), ["4", "5", "6"], "oldest first");
    assert_eq!(texts(messages(&mut world, ada, before(first, 3))), ["1", "2", "3"]);
    assert_eq!(texts(messages(&mut world, ada, before(first, 100))), ["0", "1", "2", "3"]);
    let all = world.messages(ada, chat);
    assert_eq!(messages(&mut world, ada, before(u64::MAX, 100)), all);
    assert_eq!(messages(&mut world, ada, before(all[0].position, 100)), []);
    let after = Query::Messages { conversation: chat, after: u64::MAX, limit: 10 };
    assert_eq!(messages(&mut world, ada, after), []);
}

#[test]
fn files_of_a_conversation_are_listed_newest_first() {
    let (mut world, [ada, ben, cem]) = town(5);
    let [chat, other] = [ben, cem].map(|peer| world.direct(ada, peer));
    let mut sent = Vec::new();
    for name in ["eins.jpg", "zwei.jpg", "drei.jpg"] {
        let photo = stage(&mut world, ada, name);
        sent.push(world.send(ada, chat, Draft { attachments: vec![photo], ..Draft::default() }));
        world.say(ada, chat, "nur Text");
    }
    let photo = stage(&mut world, ada, "anderswo.jpg");
    world.send(ada, other, Draft { attachments: vec![photo], ..Draft::default() });
    world.pass(120_000);
    for person in [ada, ben] {
        let before = |before, limit| Query::WithAttachments { conversation: chat, before, limit };
        let two = messages(&mut world, person, before(u64::MAX, 2));
        let names: Vec<_> = two.iter().map(|message| message.attachments[0].name.as_str()).collect();
        assert_eq!(names, ["drei.jpg", "zwei.jpg"]);
        let rest = messages(&mut world, person, before(two[1].position, 10));
        assert_eq!(rest.iter().map(|message| message.id).collect::<Vec<_>>(), [sent[0]]);
        world.command(person, Command::DeleteHere(vec![sent[2]])).unwrap();
        assert_eq!(messages(&mut world, person, before(u64::MAX, 10)).len(), 2, "deleted here");
    }
    let last = overview(&mut world, ada, other).last.unwrap();
    assert_eq!(last.attachment, Some(("anderswo.jpg".into(), "image/jpeg".into())));
}

#[test]
fn an_answer_quotes_what_it_answers_as_long_as_that_is_here() {
    let (mut world, [ada, ben, cem]) = town(6);
    let [chat, other] = [ben, cem].map(|peer| world.direct(ada, peer));
    let photo = stage(&mut world, ada, "loch.jpg");
    let asked = Draft { text: "Wo ist das?".into(), attachments: vec![photo], ..Draft::default() };
    let asked = world.send(ada, chat, asked);
    world.pass(60_000);
    let reply = |to| Draft { text: "Ecke Hauptstraße".into(), in_reply_to: Some(to), ..Draft::default() };
    let answer = world.send(ben, chat, reply(asked));
    let stray = world.send(ada, other, reply(asked));
    world.pass(60_000);
    for person in [ada, ben] {
        let quote = one(&mut world, person, answer).in_reply_to.expect("it answers something");
        assert_eq!((quote.message, quote.sender_name.as_str()), (asked, "Ada"));
        assert_eq!((quote.text.as_deref(), quote.attachment.as_deref()), (Some("Wo ist das?"), Some("loch.jpg")));
        assert_eq!(quote.position, one(&mut world, person, asked).position);
    }
    let elsewhere = one(&mut world, ada, stray).in_reply_to.unwrap();
    assert_eq!((elsewhere.sender, elsewhere.text, elsewhere.position), (None, None, 0), "of another conversation");
    world.command(ben, Command::DeleteHere(vec![asked])).unwrap();
    let gone = one(&mut world, ben, answer).in_reply_to.unwrap();
    assert_eq!((gone.message, gone.sender, gone.text, gone.attachment), (asked, None, None, None));
    assert_eq!(one(&mut world, ada, asked).in_reply_to, None);
}

#[test]
fn what_may_be_handed_on_says_so_beforehand() {
    let (mut world, [ada, ben, cem]) = town(7);
    let chat = world.direct(ada, ben);
    let at = world.now().plus_secs(86_400);
    let drafts = [Expiry::Never, Expiry::At(at), Expiry::AfterReading(60)];
    for expires in drafts {
        world.send(ada, chat, Draft { text: "weitersagen?".into(), expires, ..Draft::default() });
    }
    world.pass(60_000);
    let other = world.direct(ben, cem);
    let all = world.messages(ben, chat);
    for message in &all {
        let answer = world.command(ben, Command::Forward { message: message.id, to: other });
        assert_eq!(answer.is_ok(), message.forwardable, "{message:?}: {answer:?}");
    }
    assert_eq!(all.iter().map(|message| message.forwardable).collect::<Vec<_>>(), [true, true, false]);
    world.pass(60_000);
    let forwards = world.messages(cem, other);
    assert!(forwards.iter().all(|message| message.forwardable), "a forward is handed on like any other");
    let from = forwards[0].forwarded_from.as_ref().unwrap();
    assert_eq!((from.sender_name.as_str(), from.sender_unit.as_deref()), ("Ada", None));
    assert!(overview(&mut world, cem, other).last.is_some_and(|last| last.forwarded));
}

#[test]
fn a_search_in_one_conversation_finds_as_many_as_asked_for_there() {
    let (mut world, [ada, ben, cem]) = town(8);
    let [chat, other] = [ben, cem].map(|peer| world.direct(ada, peer));
    for number in 0..3 {
        world.say(ada, chat, &format!("Schlagloch {number}"));
        world.pass(1_000);
    }
    for _ in 0..5 {
        world.say(ada, other, "Schlagloch anderswo");
    }
    let search = |conversation, limit| Query::Search { text: "schlagloch".into(), conversation, limit };
    assert_eq!(texts(messages(&mut world, ada, search(Some(chat), 2))), ["Schlagloch 2", "Schlagloch 1"]);
    assert_eq!(messages(&mut world, ada, search(Some(chat), 10)).len(), 3);
    assert_eq!(messages(&mut world, ada, search(None, 10)).len(), 8);
    assert_eq!(messages(&mut world, ada, search(Some(ConversationId([9; 32])), 10)), []);
}
