// SPDX-License-Identifier: EUPL-1.2
//! From messages to what stands below each other: days, the line before what is new, groups of one sender.

use client_api::{Delivery, MessageId, MessageState, MessageView, Timestamp};

/// One thing in the thread.
#[derive(Clone, Debug, PartialEq)]
pub enum Row {
    Day(Timestamp),
    /// Before the first new message: how many there are.
    New(u32),
    Notice(Box<MessageView>),
    Message(Box<MessageRow>),
}

/// Rows that came together. The thread is drawn block by block, because a list into which many are put at its beginning moves
/// all others in the document, and the browser then lays out all of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Position of the first message as it came: a block's name, whatever becomes of that message.
    pub start: u64,
    pub rows: Vec<Row>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct MessageRow {
    pub view: MessageView,
    /// Of a group of one sender.
    pub first: bool,
    pub last: bool,
}

/// Messages of one sender this far apart are no group any more.
const APART_MILLIS: u64 = 5 * 60_000;

/// Which thing it is, whatever becomes of it: what is drawn stays, and keeps the focus, while a message gets on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// Milliseconds since 1970 of its first message.
    Day(u64),
    New(u32),
    /// Position.
    Notice(u64),
    Message(MessageId),
}

impl Row {
    pub fn key(&self) -> Key {
        match self {
            Self::Day(at) => Key::Day(at.0),
            Self::New(count) => Key::New(*count),
            Self::Notice(view) => Key::Notice(view.position),
            Self::Message(row) => Key::Message(row.view.id),
        }
    }
}

impl Row {
    /// Days and the line before what is new stand with the message behind them.
    fn position(&self) -> Option<u64> {
        match self {
            Self::Day(_) | Self::New(_) => None,
            Self::Notice(view) => Some(view.position),
            Self::Message(row) => Some(row.view.position),
        }
    }
}

/// The rows in blocks that begin at `starts`, in order; blocks without rows are left out.
pub fn blocks(rows: Vec<Row>, starts: &[u64]) -> Vec<Block> {
    let (mut blocks, mut ahead): (Vec<Block>, Vec<Row>) = (Vec::new(), Vec::new());
    for row in rows {
        let Some(position) = row.position() else {
            ahead.push(row);
            continue;
        };
        let start = starts.iter().rfind(|start| **start <= position).or(starts.first()).copied().unwrap_or(0);
        match blocks.last_mut().filter(|last| last.start == start) {
            Some(last) => last.rows.append(&mut ahead),
            None => blocks.push(Block { start, rows: std::mem::take(&mut ahead) }),
        }
        if let Some(last) = blocks.last_mut() {
            last.rows.push(row);
        }
    }
    blocks
}

impl MessageRow {
    /// What remains the same while it is sent, delivered and read.
    pub fn lasting(&self) -> Self {
        let delivery = if is_own(&self.view) { Delivery::Stored } else { Delivery::Received };
        let view = MessageView { position: 0, delivery, displayed: true, expires_at: None, ..self.view.clone() };
        Self { view, ..*self }
    }
}

/// The thread of `messages`, in order. `new_from`: position of the first new message as the thread was opened, and how many.
/// `same_day` says whether two points in time fall on one local day.
pub fn rows(
    messages: &[MessageView],
    new_from: Option<(u64, u32)>,
    same_day: impl Fn(Timestamp, Timestamp) -> bool,
) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::with_capacity(messages.len() + 8);
    for (index, view) in messages.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| messages.get(index));
        let after = messages.get(index + 1);
        let new_day = before.is_none_or(|before| !same_day(before.sent_at, view.sent_at));
        if new_day {
            rows.push(Row::Day(view.sent_at));
        }
        let is_first_new =
            |position| before.is_none_or(|before| before.position < position) && view.position >= position;
        let begins_new = new_from.is_some_and(|(position, _)| is_first_new(position));
        if let Some((_, count)) = new_from.filter(|_| begins_new) {
            rows.push(Row::New(count));
        }
        if view.state == MessageState::Notice || view.state == MessageState::Gap {
            rows.push(Row::Notice(Box::new(view.clone())));
            continue;
        }
        let ends_group = |next: &MessageView| {
            !together(view, next)
                || !same_day(view.sent_at, next.sent_at)
                || new_from.is_some_and(|(position, _)| view.position < position && next.position >= position)
        };
        rows.push(Row::Message(Box::new(MessageRow {
            view: view.clone(),
            first: new_day || begins_new || before.is_none_or(|before| !together(before, view)),
            last: after.is_none_or(ends_group),
        })));
    }
    rows
}

fn together(a: &MessageView, b: &MessageView) -> bool {
    let lines = [a, b].iter().any(|one| matches!(one.state, MessageState::Notice | MessageState::Gap));
    !lines && a.sender == b.sender && is_own(a) == is_own(b) && b.sent_at.since(a.sent_at) < APART_MILLIS
}

pub fn is_own(view: &MessageView) -> bool {
    view.delivery != Delivery::Received
}

#[cfg(test)]
mod tests {
    use super::*;
    use client_api::{ConversationId, Expiry, MessageId, UserId};

    fn message(position: u64, sender: u8, minute: u64) -> MessageView {
        MessageView {
            id: MessageId([u8::try_from(position % 256).unwrap(); 32]),
            conversation: ConversationId([0; 32]),
            position,
            sender: UserId([sender; 16]),
            sender_name: "x".into(),
            sent_at: Timestamp(minute * 60_000),
            state: MessageState::Shown,
            delivery: if sender == 0 { Delivery::Stored } else { Delivery::Received },
            text: Some("x".into()),
            attachments: Vec::new(),
            place: None,
            captured_at: None,
            forwarded_from: None,
            expires: Expiry::Never,
            expires_at: None,
            displayed: true,
            notice: None,
            sender_unit: None,
            in_reply_to: None,
            forwardable: true,
        }
    }

    fn day(a: Timestamp, b: Timestamp) -> bool {
        a.0 / 86_400_000 == b.0 / 86_400_000
    }

    /// D day, N new, | notice, then per message: sender, `(` first, `)` last.
    fn drawn(messages: &[MessageView], new_from: Option<(u64, u32)>) -> String {
        rows(messages, new_from, day)
            .iter()
            .map(|row| match row {
                Row::Day(_) => "D ".into(),
                Row::New(count) => format!("N{count} "),
                Row::Notice(_) => "| ".into(),
                Row::Message(row) => format!(
                    "{}{}{} ",
                    if row.first { "(" } else { "" },
                    row.view.sender.0[0],
                    if row.last { ")" } else { "" }
                ),
            })
            .collect()
    }

    #[test]
    fn messages_of_one_sender_stand_together_until_somebody_else_a_pause_or_a_day() {
        let day = 24 * 60;
        let all = [message(1, 1, 0), message(2, 1, 1), message(3, 2, 2), message(4, 2, 20), message(5, 2, day)];
        assert_eq!(drawn(&all, None), "D (1 1) (2) (2) D (2) ");
    }

    #[test]
    fn line_before_what_is_new_parts_a_group() {
        let all = [message(1, 1, 0), message(2, 1, 1), message(3, 1, 2)];
        assert_eq!(drawn(&all, Some((2, 2))), "D (1) N2 (1 1) ");
        assert_eq!(drawn(&all, Some((1, 3))), "D N3 (1 1 1) ");
        assert_eq!(drawn(&all, Some((9, 1))), "D (1 1 1) ");
    }

    #[test]
    fn lines_of_the_conversation_stand_alone() {
        let mut left = message(2, 1, 1);
        left.state = MessageState::Notice;
        assert_eq!(drawn(&[message(1, 1, 0), left, message(3, 1, 2)], None), "D (1) | (1) ");
    }

    #[test]
    fn blocks_stay_as_they_are_whatever_comes_before_and_behind_them() {
        let all: Vec<_> = (1..=9).map(|position| message(position, 1, 0)).collect();
        let parts = |messages: &[MessageView], starts: &[u64]| {
            let blocks = blocks(rows(messages, None, day), starts);
            blocks.iter().map(|block| (block.start, block.rows.len())).collect::<Vec<_>>()
        };
        assert_eq!(parts(&all[3..6], &[4]), [(4, 4)], "the day stands with its first message");
        assert_eq!(parts(&all[0..6], &[1, 4]), [(1, 4), (4, 3)]);
        assert_eq!(parts(&all, &[1, 4, 7]), [(1, 4), (4, 3), (7, 3)]);
        assert_eq!(parts(&all[4..], &[4, 7]), [(4, 3), (7, 3)], "its first message was let go");
        assert_eq!(parts(&all[2..5], &[1, 4, 7]), [(1, 2), (4, 2)], "nothing is left of the last");
        assert_eq!(parts(&all[..2], &[2]), [(2, 3)], "what is before all stands in the first");
        assert_eq!(parts(&all[..2], &[]), [(0, 3)]);
        assert_eq!(parts(&[], &[1]), []);
    }

    fn only(message: MessageView) -> MessageRow {
        match rows(&[message], None, day).pop() {
            Some(Row::Message(row)) => *row,
            other => unreachable!("{other:?}"),
        }
    }

    #[test]
    fn message_on_its_way_is_the_same_row_and_is_not_drawn_anew() {
        let mut delivered = message(1, 0, 0);
        delivered.delivery = Delivery::Delivered;
        let (before, after) = (only(message(1, 0, 0)), only(delivered));
        assert_ne!(before, after);
        assert_eq!(before.lasting(), after.lasting());
        let mut expired = message(1, 0, 0);
        expired.state = MessageState::Expired;
        assert_ne!(before.lasting(), only(expired).lasting());
        assert!(is_own(&before.lasting().view) && !is_own(&only(message(1, 1, 0)).lasting().view));
    }
}
