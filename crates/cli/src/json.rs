// SPDX-License-Identifier: EUPL-1.2
//! The JSON that scripts read: a contract, so fields only ever grow; absent is `null`.

use crate::{
    out::harmless,
    parse::{show_degrees, show_time},
    text,
};
use client_api::{ConversationKind, ConversationView, MessageState, MessageView, PersonView};
use serde_json::{Value, json};

pub fn message(m: &MessageView) -> Value {
    let attachments: Vec<Value> = m
        .attachments
        .iter()
        .map(
            |a| json!({"id": a.id.to_string(), "name": a.name, "media_type": a.media_type, "size_bytes": a.size_bytes}),
        )
        .collect();
    let place = m.place.map(|p| {
        json!({
            "latitude": f64::from(p.latitude_e7) / 1e7,
            "longitude": f64::from(p.longitude_e7) / 1e7,
            "accuracy_m": p.accuracy_m,
        })
    });
    let forwarded = m
        .forwarded_from
        .as_ref()
        .map(|f| json!({"sender": f.sender_name, "sent_at": show_time(f.sent_at), "verified": f.verified}));
    json!({
        "conversation": m.conversation.to_string(),
        "id": m.id.to_string(),
        "sender": m.sender_name,
        "sent_at": show_time(m.sent_at),
        "text": m.text,
        "attachments": attachments,
        "place": place,
        "forwarded_from": forwarded,
    })
}

/// The same for people: one line.
pub fn message_line(m: &MessageView) -> String {
    let body = match m.state {
        MessageState::Shown => harmless(m.text.as_deref().unwrap_or_default()),
        MessageState::Notice => text::notice(m.notice).into(),
        MessageState::Expired => text::EXPIRED.into(),
        MessageState::Gap => text::GAP.into(),
        MessageState::Deleted => text::DELETED.into(),
    };
    let mut line = format!("{} {}: {body}", show_time(m.sent_at), harmless(&m.sender_name));
    for a in &m.attachments {
        line += &format!(" [{}, {} bytes, {}]", harmless(&a.name), a.size_bytes, a.id);
    }
    if let Some(p) = m.place {
        line += &format!(" @{},{}", show_degrees(p.latitude_e7), show_degrees(p.longitude_e7));
    }
    if let Some(f) = &m.forwarded_from {
        let mark = if f.verified { "verified" } else { "NOT verified" };
        line += &format!(" (from {}, {}, {mark})", harmless(&f.sender_name), show_time(f.sent_at));
    }
    line
}

pub fn person(p: &PersonView) -> Value {
    json!({
        "user": p.user.to_string(), "name": p.name, "unit": p.unit, "devices": p.devices,
        "revoked": p.revoked, "administrator": p.administrator,
    })
}

pub fn conversation(c: &ConversationView) -> Value {
    let kind = match c.kind {
        ConversationKind::Direct => "direct",
        ConversationKind::Group => "group",
        ConversationKind::Own => "own",
    };
    json!({
        "id": c.id.to_string(), "kind": kind, "name": c.name, "undisplayed": c.undisplayed,
        "last_at": c.last_at.map(show_time), "member": c.member, "problem": c.problem.map(|why| why.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use client_api::*;

    fn view() -> MessageView {
        MessageView {
            id: MessageId([2; 32]),
            conversation: ConversationId([1; 32]),
            position: 1,
            sender: UserId([3; 16]),
            sender_name: "Anna".into(),
            sent_at: Timestamp(1_795_000_000_000),
            state: MessageState::Shown,
            delivery: Delivery::Received,
            text: Some("Schlagloch".into()),
            attachments: vec![],
            place: None,
            captured_at: None,
            forwarded_from: None,
            expires: Expiry::Never,
            expires_at: None,
            displayed: false,
            notice: None,
            sender_unit: None,
            in_reply_to: None,
            forwardable: true,
        }
    }

    #[test]
    fn absent_fields_are_null_and_all_names_are_there() {
        let golden = format!(
            r#"{{"attachments":[],"conversation":"{}","forwarded_from":null,"id":"{}","place":null,"sender":"Anna","sent_at":"2026-11-18T11:06:40Z","text":"Schlagloch"}}"#,
            "01".repeat(32),
            "02".repeat(32)
        );
        assert_eq!(message(&view()).to_string(), golden);
    }

    #[test]
    fn photo_place_and_provenance_have_their_fields() {
        let mut m = view();
        m.text = None;
        m.attachments = vec![AttachmentView {
            id: AttachmentId([9; 16]),
            name: "loch.jpg".into(),
            media_type: "image/jpeg".into(),
            size_bytes: 20,
            state: AttachmentState::Remote,
            moved_bytes: 0,
        }];
        m.place = Some(Place { latitude_e7: 525_200_066, longitude_e7: -134_049_540, accuracy_m: 5 });
        m.forwarded_from = Some(ForwardedView {
            sender: UserId([4; 16]),
            sender_name: "Bernd".into(),
            sent_at: Timestamp(0),
            verified: true,
            sender_unit: None,
        });
        let json = message(&m);
        assert_eq!(json["text"], Value::Null);
        let id = "09".repeat(16);
        assert_eq!(
            json["attachments"].to_string(),
            format!(r#"[{{"id":"{id}","media_type":"image/jpeg","name":"loch.jpg","size_bytes":20}}]"#)
        );
        assert_eq!(json["place"].to_string(), r#"{"accuracy_m":5,"latitude":52.5200066,"longitude":-13.404954}"#);
        assert_eq!(
            json["forwarded_from"].to_string(),
            r#"{"sender":"Bernd","sent_at":"1970-01-01T00:00:00Z","verified":true}"#
        );
    }
}
