// SPDX-License-Identifier: EUPL-1.2
//! Messages that destroy themselves: after reading, at a time, on both sides, whatever is done to the clock.
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)] // helpers of stories fail loudly

use client_api::{Answer, Command, Draft, Expiry, MessageState, Query, View};
use sim::World;

#[test]
fn after_reading_both_copies_and_the_attachment_are_gone() {
    let mut world = World::new(1);
    let ada = world.found("Ada");
    let ben = world.enrol(ada, "Ben");
    let chat = world.direct(ada, ben);
    let command = Command::StageFile { name: "a.txt".into(), media_type: "text/plain".into(), size_bytes: 5 };
    let Ok(Answer::Attachment(file)) = world.command(ada, command) else { panic!("not staged") };
    world.command(ada, Command::StageChunk { attachment: file, bytes: b"hallo".to_vec().into() }).unwrap();
    world.command(ada, Command::StageFinish(file)).unwrap();
    let draft = Draft {
        text: "vertraulich".into(),
        attachments: vec![file],
        expires: Expiry::AfterReading(30),
        ..Draft::default()
    };
    let id = world.send(ada, chat, draft);
    world.pass(120_000);
    assert_eq!(world.texts(ben, chat), ["vertraulich"], "unread it stays");
    let received = world.messages(ben, chat)[0].attachments[0].id;
    world.command(ben, Command::FetchAttachment(received)).unwrap();
    world.settle();
    assert!(world.media(ben).count() > 0);
    world.command(ben, Command::MarkDisplayed(vec![id])).unwrap();
    world.pass(10_000);
    assert_eq!(world.texts(ben, chat), ["vertraulich"], "not yet");
    world.pass(90_000);
    for person in [ada, ben] {
        let all = world.messages(person, chat);
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].state, all[0].text.clone(), all[0].attachments.len()), (MessageState::Expired, None, 0));
        assert_eq!(world.media(person).count(), 0, "{person:?}: no chunk is left");
        let View::Messages(found) =
            world.query(person, Query::Search { text: "vertraulich".into(), conversation: None, limit: 10 })
        else {
            panic!()
        };
        assert!(found.is_empty());
    }
}

#[test]
fn at_a_time_it_is_gone_everywhere_also_after_a_restart_before_the_first_view() {
    let mut world = World::new(2);
    let ada = world.found("Ada");
    let ben = world.enrol(ada, "Ben");
    let chat = world.direct(ada, ben);
    let at = world.now().plus_secs(7200);
    let draft = Draft { text: "bis Mittag".into(), expires: Expiry::At(at), ..Draft::default() };
    world.send(ada, chat, draft);
    world.pass(90_000);
    assert_eq!(world.texts(ben, chat), ["bis Mittag"]);
    world.offline(ben);
    world.pass(7_200_000);
    world.crash(ben);
    for person in [ada, ben] {
        assert_eq!(world.messages(person, chat)[0].state, MessageState::Expired, "{person:?}");
    }
}
