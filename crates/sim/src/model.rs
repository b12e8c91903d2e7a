// SPDX-License-Identifier: EUPL-1.2
//! The reference: what every device must show in the end, from what was said, who was in which epoch, and what a log is.

use crate::{
    plan::Conversation,
    play::{Play, Wish, picture},
    world::Person,
};
use client_api::{
    AttachmentState, ConversationId, Delivery, Expiry, MessageId, MessageState, MessageView, Query, Timestamp, UserId,
    View,
};
use proto::BranchId;
use std::collections::{BTreeMap, BTreeSet};

/// What is wrong, in words for the one who looks for the cause.
pub type Wrong = String;
type Held = Result<(), Wrong>;

/// Where messages stand in their logs: what all devices agree on.
type Places = BTreeMap<MessageId, (BranchId, u32)>;

/// Holds a healed world against the model.
///
/// # Errors
/// [`Wrong`]: the first thing found.
pub fn check(play: &mut Play) -> Held {
    check_warnings(play)?;
    let people: Vec<usize> = play.cast.keys().copied().collect();
    for who in &people {
        check_account(play, *who)?;
    }
    let chats: Vec<(Conversation, ConversationId)> = play.chats.iter().map(|(chat, id)| (*chat, *id)).collect();
    for (chat, id) in chats {
        let places = agree(play, chat, &id)?;
        for who in &people {
            check_device(play, *who, chat, &id, &places)?;
        }
        check_members(play, chat, &id)?;
    }
    Ok(())
}

/// No honest world makes an engine warn of anything.
fn check_warnings(play: &Play) -> Held {
    match play.warnings.first() {
        Some((who, why)) => Err(format!("P{who} was warned: {why}")),
        None => Ok(()),
    }
}

fn check_account(play: &mut Play, who: usize) -> Held {
    let status = play.world.status(play.cast[&who]);
    if play.revoked.contains(&who) {
        return Ok(());
    }
    if !play.is_ready(who) {
        return Err(format!("P{who} has no account: {status:?}"));
    }
    if !status.settled {
        return Err(format!("P{who} does not come to rest: {status:?}"));
    }
    Ok(())
}

/// One place, one message; one message, one place: whoever is asked.
fn agree(play: &mut Play, chat: Conversation, id: &ConversationId) -> Result<Places, Wrong> {
    let mut places = Places::new();
    let mut taken = BTreeMap::new();
    for (who, person) in &play.cast {
        for (message, place) in play.world.places(*person, *id) {
            let (Some(place), true) = (place, play.sent.contains_key(&message)) else { continue };
            if *places.entry(message).or_insert(place) != place {
                return Err(format!(
                    "P{who} in {chat}: {} stands in another place than with others",
                    play.said(&message)
                ));
            }
            if *taken.entry(place).or_insert(message) != message {
                return Err(format!("P{who} in {chat}: {} stands where another does", play.said(&message)));
            }
        }
    }
    Ok(places)
}

impl Play {
    fn said(&self, id: &MessageId) -> String {
        self.sent.get(id).map_or_else(|| format!("{id:?}"), |sent| format!("\"{}\"", sent.text))
    }

    fn is_member(&mut self, who: usize, id: &ConversationId) -> bool {
        let View::Conversations(all) = self.world.query(self.cast[&who], Query::Conversations) else {
            panic!("not conversations")
        };
        all.iter().any(|conversation| conversation.id == *id && conversation.member)
    }

    fn number_of(&self, user: &UserId) -> Option<usize> {
        self.users.iter().find(|(_, other)| *other == user).map(|(number, _)| *number)
    }
}

fn check_device(play: &mut Play, who: usize, chat: Conversation, id: &ConversationId, places: &Places) -> Held {
    let person = play.cast[&who];
    let shown = play.world.messages(person, *id);
    let by_id: BTreeMap<MessageId, &MessageView> = shown.iter().map(|message| (message.id, message)).collect();
    if by_id.len() != shown.len() {
        return Err(format!("P{who} in {chat}: a message is shown twice"));
    }
    for message in &shown {
        match message.state {
            MessageState::Notice => {}
            MessageState::Gap => return Err(format!("P{who} in {chat}: a gap where nothing expired")),
            _ => check_one(play, who, chat, message)?,
        }
    }
    check_order(play, who, chat, &shown, places)?;
    let sent: Vec<MessageId> = play.sent.iter().filter(|(_, sent)| sent.chat == chat).map(|(id, _)| *id).collect();
    for message in sent {
        check_presence(play, who, &message, by_id.get(&message).copied(), id, places)?;
    }
    Ok(())
}

/// Nothing from nowhere, nothing altered.
fn check_one(play: &mut Play, who: usize, chat: Conversation, message: &MessageView) -> Held {
    let Some(sent) = play.sent.get(&message.id).cloned().filter(|sent| sent.chat == chat) else {
        return Err(format!("P{who} in {chat} shows what nobody wrote there: {:?}", message.text));
    };
    let told = |what: &str| Err(format!("P{who} in {chat}: \"{}\" {what}: {message:?}", sent.text));
    if play.number_of(&message.sender) != Some(sent.who) {
        return told("has another sender");
    }
    let gone = must_be_gone(play, who, &message.id);
    match (message.state, gone) {
        (MessageState::Shown, Gone::Yes) => return told("should have destroyed itself"),
        (MessageState::Expired, Gone::No) => return told("is gone too early"),
        (MessageState::Expired, _) if message.text.is_some() || !message.attachments.is_empty() => {
            return told("is gone but not whole");
        }
        (MessageState::Expired, _) => return Ok(()),
        _ => {}
    }
    if message.text.as_deref() != Some(sent.text.as_str()) {
        return told("has another text");
    }
    if sent.is_forward != message.forwarded_from.is_some()
        || message.forwarded_from.as_ref().is_some_and(|from| !from.verified)
    {
        return told("has a wrong provenance");
    }
    check_attachment(play, who, message, sent.attachment_bytes)
}

fn check_attachment(play: &mut Play, who: usize, message: &MessageView, bytes: Option<u32>) -> Held {
    let told = |what: &str| Err(format!("P{who}: the attachment of {:?} {what}", message.text));
    match (&message.attachments[..], bytes) {
        ([], None) => Ok(()),
        ([one], Some(bytes)) if one.size_bytes == u64::from(bytes) => match one.state {
            AttachmentState::Loading | AttachmentState::Gone => told(&format!("is {:?}", one.state)),
            AttachmentState::Here => {
                let View::Chunk(Some(body)) = play.world.query(play.cast[&who], Query::AttachmentChunk(one.id, 0))
                else {
                    return told("is here without bytes");
                };
                // a forward hands on the picture of the step that took it
                let text = message.text.as_deref().unwrap_or_default();
                let step = text.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
                if body.as_slice() == picture(step, bytes) { Ok(()) } else { told("has other bytes") }
            }
            AttachmentState::Remote | AttachmentState::Uploading => Ok(()),
        },
        _ => told("is missing, or has another size"),
    }
}

enum Gone {
    Yes,
    No,
    Either,
}

fn must_be_gone(play: &mut Play, who: usize, id: &MessageId) -> Gone {
    let latest = play.world.latest(play.cast[&who]);
    let passed = |at: Timestamp| if at <= latest { Gone::Yes } else { Gone::No };
    let sent = play.sent[id].clone();
    match sent.expires {
        Expiry::Never => Gone::No,
        Expiry::At(at) => passed(at),
        Expiry::AfterReading(_) if sent.who != who => {
            play.displayed.get(&(who, *id)).map_or(Gone::No, |at| passed(*at))
        }
        Expiry::AfterReading(_) => match sent.chat {
            Conversation::Direct(one, other) => {
                let peer = if one == who { other } else { one };
                match play.displayed.contains_key(&(peer, *id)) {
                    false => Gone::No,
                    true if play.revoked.contains(&peer) || play.revoked.contains(&who) => Gone::Either,
                    true => Gone::Yes,
                }
            }
            Conversation::Group(_) => Gone::Either,
        },
    }
}

/// Others' messages stand in the order of the log.
fn check_order(play: &Play, who: usize, chat: Conversation, shown: &[MessageView], places: &Places) -> Held {
    let mut last = BTreeMap::new();
    for message in shown.iter().filter(|message| message.delivery == Delivery::Received) {
        let Some((branch, n)) = places.get(&message.id) else { continue };
        let Some(epoch) = play.world.census().epochs.get(branch) else {
            return Err(format!("P{who} in {chat}: {} stands in a branch nobody was in", play.said(&message.id)));
        };
        let place = (epoch.place, *n);
        if let Some(before) = last.insert(epoch.log.clone(), place)
            && before >= place
        {
            return Err(format!("P{who} in {chat}: {} is out of order", play.said(&message.id)));
        }
    }
    Ok(())
}

/// Who was in an epoch shows all that was written in it, and nobody else shows any of it.
fn check_presence(
    play: &mut Play,
    who: usize,
    message: &MessageId,
    shown: Option<&MessageView>,
    id: &ConversationId,
    places: &Places,
) -> Held {
    let sent = play.sent[message].clone();
    let told = |what: &str| Err(format!("P{who} in {}: \"{}\" {what}", sent.chat, sent.text));
    let place = places.get(message);
    if sent.who == who {
        let Some(shown) = shown else {
            // who was locked out has nothing left
            return if play.revoked.contains(&who) { Ok(()) } else { told("is not with its sender any more") };
        };
        let stored = shown.delivery != Delivery::Waiting;
        if stored == place.is_some() {
            let lost = !stored && shown.state != MessageState::Expired && can_send(play, who, sent.chat, id);
            return if lost { told("is stuck in the outbox") } else { Ok(()) };
        }
        // locked out between the acknowledgement and reading it back, nobody else may have been there
        let alone = stored && !can_send(play, who, sent.chat, id);
        return if alone { Ok(()) } else { told(&format!("is {:?}, but its place is {place:?}", shown.delivery)) };
    }
    let user = play.users.get(&who).copied();
    let epoch = place.and_then(|(branch, _)| play.world.census().epochs.get(branch));
    let was_in = match (epoch, sent.chat) {
        (None, _) => false,
        // a direct conversation has no other members, whatever its logs are
        (Some(_), Conversation::Direct(one, other)) => who == one || who == other,
        (Some(epoch), Conversation::Group(_)) => user.is_some_and(|user| epoch.members.contains(&user)),
    };
    // what expired for everybody while this device was away is shown to nobody, not even as a line
    let expired = matches!(sent.expires, Expiry::At(at) if at <= play.world.latest(play.cast[&who]));
    match (was_in, shown) {
        (true, None) if expired => Ok(()),
        (true, None) if !play.revoked.contains(&who) => told("is missing"),
        (false, Some(_)) => told("must not be there"),
        _ => Ok(()),
    }
}

fn can_send(play: &mut Play, who: usize, chat: Conversation, id: &ConversationId) -> bool {
    let peer_is_there = match chat {
        Conversation::Direct(one, other) => !play.revoked.contains(&one) && !play.revoked.contains(&other),
        Conversation::Group(_) => true,
    };
    peer_is_there && !play.revoked.contains(&who) && play.is_member(who, id)
}

/// The newest epoch holds exactly those who should be in, and all of them stand in it.
fn check_members(play: &mut Play, chat: Conversation, id: &ConversationId) -> Held {
    let Conversation::Group(_) = chat else { return Ok(()) };
    let ends = play.world.census().ends(id);
    let [(_, end)] = &ends[..] else { return Err(format!("{chat} has {} logs", ends.len())) };
    let end = (*end).clone();
    let people: Vec<(usize, Person)> = play.cast.iter().map(|(who, person)| (*who, *person)).collect();
    let mut known = BTreeSet::new();
    for (who, person) in people {
        let Some(user) = play.users.get(&who).copied() else { continue };
        known.insert(user);
        let is_in = end.members.contains(&user);
        let wish = play.wishes.get(&(chat, who)).copied().unwrap_or(Wish::Out);
        let revoked = play.revoked.contains(&who);
        if matches!((wish, is_in), (Wish::In, false)) && !revoked {
            return Err(format!("P{who} should be in {chat} and is not"));
        }
        if is_in && (revoked || matches!(wish, Wish::Out | Wish::Left)) {
            return Err(format!("P{who} should not be in {chat} and is ({wish:?})"));
        }
        if is_in && !end.reached.contains(&person) {
            return Err(format!("P{who} is in {chat} and does not follow it"));
        }
        if !revoked && play.is_member(who, id) != is_in {
            return Err(format!("P{who} is wrong about being in {chat}"));
        }
    }
    if end.members.is_subset(&known) { Ok(()) } else { Err(format!("a stranger is in {chat}")) }
}
