// SPDX-License-Identifier: EUPL-1.2
//! Stories of messages and forwards: what was signed is what is read, and a changed byte shows.

use super::{
    attachment::{self, UNKNOWN_MEDIA_TYPE},
    expiry, forward,
    forward::Refused,
    *,
};
use crate::{
    cert::{CertError, Seen, issue_device, issue_issuer, issue_user},
    crypto::{
        Luck, Secret,
        luck::seeded,
        sign::{RootKey, SigningKey},
    },
};
use client_api::{ConversationId, DeviceId, Expiry, MessageId, Place, Timestamp, UserId};
use minicbor::{Decode, Encode, bytes::ByteVec};
use proto::{BlobId, ContentHash, RootPublicKey};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const CHAT: ConversationId = ConversationId([7; 32]);
const NOW: Timestamp = Timestamp(1_790_000_000_000);

/// One person with one device, certified by a town.
struct Person {
    luck: Luck,
    root: RootPublicKey,
    key: SigningKey,
    chain: [Vec<u8>; 3],
    user: UserId,
    device: DeviceId,
}

fn person(seed: u64) -> Person {
    let luck = seeded::luck(seed);
    let root = RootKey::generate(&luck);
    let [issuer, user_key, key] = [(); 3].map(|()| SigningKey::generate(&luck));
    let (user, device) = (UserId(luck.bytes()), DeviceId(luck.bytes()));
    let issuer_cert = issue_issuer(&luck, &root, &issuer.public(), NOW).unwrap();
    let user_cert = issue_user(&luck, &issuer, &issuer_cert, user, &user_key.public(), NOW).unwrap();
    let device_cert = issue_device(&luck, &user_key, &user_cert, device, &key.public(), NOW).unwrap();
    Person { root: root.public(), key, chain: [device_cert, user_cert, issuer_cert], user, device, luck }
}

impl Person {
    fn says(&self, parts: Vec<Part>) -> Message {
        let (author, device) = (self.user, self.device);
        Message { author, device, sent_at: NOW, expires: Expiry::Never, parts, access: vec![] }
    }

    fn sends(&self, message: &Message) -> Signed {
        message.sign(&self.luck, &self.key, &CHAT).unwrap()
    }

    fn reads(&self, bytes: &[u8]) -> Result<Message, ContentError> {
        parse(bytes)?.verify(&self.user, &self.device, &self.key.public())
    }

    /// The author's message as a forwarder holds it.
    fn sent(&self, parts: Vec<Part>) -> MessageIn {
        parse(&self.sends(&self.says(parts)).bytes).unwrap()
    }

    fn judges(&self, provenance: &Provenance) -> Result<Verified, Unverified> {
        forward::verify(provenance, &[self.root], &Seen::new())
    }
}

fn text(text: &str) -> Part {
    Part::Text { text: text.into(), form: TextForm::Plain }
}

fn photo() -> Attachment {
    Attachment {
        sha256: ContentHash([0x5a; 32]),
        size_bytes: 2_345_678,
        media_type: "image/jpeg".into(),
        name: "Schlagloch.jpg".into(),
        width: Some(4032),
        height: Some(3024),
        thumbnail: Some(ByteVec::from(vec![7; 40])),
    }
}

fn report() -> Vec<Part> {
    let place = Place { latitude_e7: 525_200_000, longitude_e7: 134_050_000, accuracy_m: 8 };
    let taken = Timestamp(NOW.0 - 60_000);
    vec![text("Schlagloch, ca. 40 cm"), Part::Attachment(photo()), Part::Place(place), Part::CapturedAt(taken)]
}

fn access() -> Access {
    Access { sha256: photo().sha256, blob: BlobId([1; 32]), read: Secret::new([2; 32]), key: Secret::new([3; 32]) }
}

#[test]
fn what_was_written_is_read_with_the_same_id() {
    let anna = person(1);
    let id = MessageId([9; 32]);
    let mut parts = report();
    parts.extend([
        Part::InReplyTo(id),
        Part::Replaces(id),
        Part::Topic("Straßen".into()),
        Part::Urgency(Urgency::Urgent),
        Part::Reaction { message: id, reaction: "👍🏽".into() },
        Part::Delete(id),
        Part::Delivered(vec![id; 3]),
        Part::Opened(vec![]),
        Part::Renamed("Bautrupp 2".into()),
        Part::Text { text: "*fett*".into(), form: TextForm::Markdown },
    ]);
    let message = Message { expires: Expiry::AfterReading(60), access: vec![access()], ..anna.says(parts) };
    let signed = anna.sends(&message);
    assert_eq!(anna.reads(&signed.bytes).unwrap(), message);
    assert_eq!(parse(&signed.bytes).unwrap().id(), signed.id);
    assert_eq!(message.text(), Some("Schlagloch, ca. 40 cm"));
    assert_ne!(anna.sends(&message).id, signed.id, "each message has its own nonce");
}

#[test]
fn a_message_of_somebody_else_is_refused() {
    let [anna, bert] = [person(1), person(2)];
    let mut message = anna.says(vec![text("hallo")]);
    let signed = anna.sends(&message);
    let parsed = parse(&signed.bytes).unwrap();
    let as_bert = parsed.verify(&bert.user, &bert.device, &bert.key.public());
    assert_eq!(as_bert, Err(ContentError::Author));
    assert_eq!(parsed.verify(&anna.user, &anna.device, &bert.key.public()), Err(ContentError::Signature));
    message.author = bert.user;
    let lie = parse(&anna.sends(&message).bytes).unwrap();
    assert_eq!(lie.verify(&anna.user, &anna.device, &anna.key.public()), Err(ContentError::Author));
}

#[test]
fn no_byte_of_a_message_can_be_changed_unseen() {
    let anna = person(3);
    let message = anna.says(report());
    let bytes = anna.sends(&message).bytes;
    for at in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[at] ^= 1;
        if let Ok(read) = anna.reads(&altered) {
            assert_eq!(read, message, "byte {at}: accepted, so it must mean the same");
        }
    }
}

#[test]
fn limits_hold_when_writing_and_when_reading() {
    let anna = person(4);
    let check = |parts: Vec<Part>, expect: ContentError| {
        let result = anna.says(parts).sign(&anna.luck, &anna.key, &CHAT);
        assert_eq!(result.map(|signed| signed.id), Err(expect));
    };
    check(vec![], ContentError::Empty);
    check(vec![text(&"x".repeat(TEXT_BYTES + 1))], ContentError::TooLarge);
    check(vec![text("x"); PARTS + 1], ContentError::TooMany);
    check(vec![Part::Attachment(Attachment { thumbnail: None, ..photo() }); ATTACHMENTS + 1], ContentError::TooMany);
    check(vec![Part::Opened(vec![MessageId([0; 32]); RECEIPT_IDS + 1])], ContentError::TooMany);
    check(vec![Part::Attachment(Attachment { name: "x".repeat(256), ..photo() })], ContentError::TooLarge);
    let large = ByteVec::from(vec![0; attachment::THUMBNAIL_BYTES + 1]);
    check(vec![Part::Attachment(Attachment { thumbnail: Some(large), ..photo() })], ContentError::TooLarge);
    let off = Place { latitude_e7: 900_000_001, longitude_e7: 0, accuracy_m: 0 };
    check(vec![Part::Place(off)], ContentError::Malformed);
    check(vec![Part::Newer(70)], ContentError::Newer);
    check(vec![text(&"x".repeat(TEXT_BYTES)); 4], ContentError::TooLarge);
    anna.sends(&anna.says(vec![text(&"x".repeat(TEXT_BYTES))]));

    let too_long = minicbor::to_vec(text(&"x".repeat(TEXT_BYTES + 1))).unwrap();
    assert_eq!(Part::from_bytes(&too_long), Err(ContentError::TooLarge));
    assert_eq!(parse(&vec![1; MESSAGE_BYTES + 1]), Err(ContentError::TooLarge));
    let trailing = [Part::Delete(MessageId([0; 32])).to_bytes().unwrap(), vec![0]].concat();
    assert_eq!(Part::from_bytes(&trailing), Err(ContentError::Malformed));
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct NewerText {
    #[n(0)]
    text: String,
    #[n(1)]
    form: u32,
    #[n(7)]
    colour: Option<String>,
}

#[test]
fn an_old_reader_skips_what_a_newer_writer_added() {
    let newer = (0u32, NewerText { text: "hallo".into(), form: 9, colour: Some("rot".into()) });
    assert_eq!(Part::from_bytes(&minicbor::to_vec(&newer).unwrap()), Ok(text("hallo")));
    let alarm = minicbor::to_vec((40u32, "Alarm", vec![1u8, 2])).unwrap();
    assert_eq!(Part::from_bytes(&alarm), Err(ContentError::Malformed), "a part is a number and one value");
    let alarm = minicbor::to_vec((40u32, ("Alarm", vec![1u8, 2]))).unwrap();
    assert_eq!(Part::from_bytes(&alarm), Ok(Part::Newer(40)));
}

#[test]
fn a_newer_reader_reads_what_an_old_writer_left_out() {
    let bytes = text("hallo").to_bytes().unwrap();
    let (number, read): (u32, NewerText) = minicbor::decode(&bytes).unwrap();
    assert_eq!((number, read.text.as_str(), read.colour), (0, "hallo", None));
}

/// Version 1 writes these bytes; every later version reads them.
#[test]
fn samples_of_version_1_stay_readable() {
    let id = MessageId([0xab; 32]);
    let ab = "ab".repeat(32);
    let samples = [
        (text("Grüße"), "8200a200674772c3bcc39f650100".to_owned()),
        (Part::CapturedAt(Timestamp(1_790_000_000_000)), "8203811b000001a0c4506c00".to_owned()),
        (Part::InReplyTo(id), format!("8204815820{ab}")),
        (Part::Reaction { message: id, reaction: "👍".into() }, format!("8208a2005820{ab}0164f09f918d")),
        (Part::Opened(vec![id]), format!("820b81815820{ab}")),
        (Part::Urgency(Urgency::Urgent), "82078102".to_owned()),
    ];
    for (part, expect) in samples {
        let bytes = part.to_bytes().unwrap();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, expect, "{part:?}");
        assert_eq!(Part::from_bytes(&bytes), Ok(part));
    }
}

/// As [`samples_of_version_1_stay_readable`], for a whole message: its bytes, id and author's key.
#[test]
fn a_sample_message_of_version_1_keeps_its_id_and_signature() {
    let anna = person(42);
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let bytes: Vec<u8> = SAMPLE
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    let message = anna.reads(&bytes).unwrap();
    assert_eq!(message, Message { expires: Expiry::At(NOW.plus_secs(60)), ..anna.says(vec![text("Grüße")]) });
    let parsed = parse(&bytes).unwrap();
    assert_eq!(parsed.id().to_string(), SAMPLE_ID);
    assert_eq!(hex(&proto::encode(&parsed)), SAMPLE);
}

const SAMPLE: &str = concat!(
    "01a400a60050ff24b232f069ad710dc3e244605c8e130150b71e4cfb8e229127c5954a9c2ec00752021b000001a0c4506c00",
    "038202811b000001a0c4515660045017a33f8348fe9bac374405dd0a3a8f19055820902ae0629ce356e248caa800c87a9841",
    "5962e273d5186be1864fbaaa19a5f85d0181a20050a9b1958a03a308aca78554b2eb8d9fae014e8200a200674772c3bcc39f",
    "65010002584095b6d77a095dd40a206b07112ce053a566054da201c01ec2f19f4aa81c209dc843a4f5423b746944152091a9",
    "fe1c0da18f1b9e276fb048fe86a4dc5d17a4054d0380",
);
const SAMPLE_ID: &str = "1ca95293e682d939e8c38ad789bcffe425692f481a9310fc0315a3e1d3de144d";

#[test]
fn a_forward_shows_who_wrote_it_and_when() {
    let anna = person(5);
    let original = anna.sent(report());
    let provenance = forward::make(&original, &anna.chain, forward::keep_usual).unwrap();
    let verified = anna.judges(&provenance).unwrap();
    assert_eq!((verified.author, verified.device, verified.sent_at), (anna.user, anna.device, NOW));
    assert_eq!((verified.id, verified.left_out), (original.id(), 0));
    assert_eq!(verified.parts, report());
}

#[test]
fn parts_left_out_are_gone_and_the_rest_still_verifies() {
    let anna = person(6);
    let original = anna.sent(report());
    let keep = |part: &Part| !matches!(part, Part::Place(_) | Part::CapturedAt(_));
    let provenance = forward::make(&original, &anna.chain, keep).unwrap();
    let verified = anna.judges(&provenance).unwrap();
    assert_eq!((verified.parts, verified.left_out), (report()[..2].to_vec(), 2));
    assert_eq!(verified.id, original.id());
    let place = report()[2].to_bytes().unwrap();
    let bytes = Part::Forward(provenance).to_bytes().unwrap();
    assert!(!bytes.windows(place.len()).any(|window| window == place), "the place is not inside");
    let nothing = forward::make(&original, &anna.chain, |_| false);
    assert_eq!(nothing, Err(Refused::Content(ContentError::Empty)));
}

#[test]
fn a_forward_with_one_byte_changed_shows_unverified() {
    let anna = person(7);
    let provenance = forward::make(&anna.sent(report()), &anna.chain, forward::keep_usual).unwrap();
    let bytes = minicbor::to_vec(&provenance).unwrap();
    let check = |what: &str, old: &[u8], new: &[u8]| {
        let at = bytes.windows(old.len()).position(|window| window == old).expect(what);
        let altered = [&bytes[..at], new, &bytes[at + old.len()..]].concat();
        let altered: Provenance = minicbor::decode(&altered).expect(what);
        assert!(anna.judges(&altered).is_err(), "{what}");
    };
    check("text", b"ca. 40 cm", b"ca. 41 cm");
    check("photo's hash", &[0x5a; 32], &[0x5b; 32]);
    check("file name", b"Schlagloch.jpg", b"Schlaglock.jpg");
    check("author", &anna.user.0, &UserId([1; 16]).0);
    check("device", &anna.device.0, &DeviceId([1; 16]).0);
    let place = |north| Part::Place(Place { latitude_e7: north, longitude_e7: 134_050_000, accuracy_m: 8 });
    check("place", &place(525_200_000).to_bytes().unwrap(), &place(525_200_001).to_bytes().unwrap());
    check("sent_at", &NOW.0.to_be_bytes(), &(NOW.0 + 1).to_be_bytes());

    let seen = Seen::new();
    let whole = anna.judges(&provenance).unwrap();
    for at in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[at] ^= 1;
        let Ok(altered) = minicbor::decode::<Provenance>(&altered) else { continue };
        if let Ok(verified) = forward::verify(&altered, &[anna.root], &seen) {
            assert_eq!(verified, whole, "byte {at}: accepted, so it must mean the same");
        }
    }
}

#[test]
fn a_forward_under_a_foreign_root_or_with_foreign_certificates_is_unverified() {
    let [anna, bert] = [person(8), person(9)];
    let original = anna.sent(report());
    let provenance = forward::make(&original, &anna.chain, forward::keep_usual).unwrap();
    assert_eq!(bert.judges(&provenance), Err(Unverified::Chain(CertError::ForeignRoot)));
    let stolen = forward::make(&original, &bert.chain, forward::keep_usual).unwrap();
    assert_eq!(bert.judges(&stolen), Err(Unverified::Author));
    let late = Message { sent_at: Timestamp(NOW.0 + 40 * 86_400_000), ..anna.says(report()) };
    let late = parse(&anna.sends(&late).bytes).unwrap();
    let late = forward::make(&late, &anna.chain, forward::keep_usual).unwrap();
    assert_eq!(anna.judges(&late), Err(Unverified::Chain(CertError::Expired)));
    let bare = forward::make(&original, &[], forward::keep_usual).unwrap();
    assert_eq!(anna.judges(&bare), Err(Unverified::Chain(CertError::Length)));
}

#[test]
fn a_forward_of_a_forward_keeps_the_first_author() {
    let [anna, bert, cora] = [person(10), person(11), person(12)];
    let first = forward::make(&anna.sent(report()), &anna.chain, forward::keep_usual).unwrap();
    let by_bert = bert.sent(vec![text("bitte übernehmen"), Part::Forward(first.clone())]);
    let second = forward::make(&by_bert, &bert.chain, |part| matches!(part, Part::Text { .. })).unwrap();
    let by_cora = cora.sent(vec![Part::Forward(second.clone())]);
    let third = forward::make(&by_cora, &cora.chain, forward::keep_usual).unwrap();
    assert_eq!(third, second);
    let verified = anna.judges(&third).unwrap();
    assert_eq!((verified.author, verified.id), (anna.user, first.original()));
    assert_eq!((verified.parts, verified.left_out), (vec![text("Schlagloch, ca. 40 cm")], 3));
}

#[test]
fn a_forward_inside_a_forward_is_not_read() {
    let [anna, bert] = [person(13), person(14)];
    let first = forward::make(&anna.sent(report()), &anna.chain, forward::keep_usual).unwrap();
    let nested = parse(&bert.sends(&bert.says(vec![Part::Forward(first)])).bytes).unwrap();
    // what `make` never builds: the outer message's own part, which is a forward, shown inside another
    let nested = forward::tests_only::wrap(&nested, &bert.chain);
    assert_eq!(Part::Forward(nested.clone()).to_bytes(), Err(ContentError::Malformed));
    assert_eq!(bert.judges(&nested), Err(Unverified::Form(ContentError::Malformed)));
}

#[test]
fn what_goes_after_reading_is_not_handed_on_and_a_date_is_inherited() {
    let anna = person(15);
    let (soon, later) = (Timestamp(NOW.0 + 1000), Timestamp(NOW.0 + 2000));
    let once = Message { expires: Expiry::AfterReading(10), ..anna.says(report()) };
    let once = parse(&anna.sends(&once).bytes).unwrap();
    assert_eq!(forward::make(&once, &anna.chain, forward::keep_usual), Err(Refused::ReadingOnly));
    assert_eq!(may_forward(Expiry::At(soon)), Forwarding::Until(soon));
    let check = |original, wished, expect| assert_eq!(expiry::inherit(original, wished), expect);
    check(Expiry::Never, Expiry::AfterReading(5), Some(Expiry::AfterReading(5)));
    check(Expiry::At(soon), Expiry::Never, Some(Expiry::At(soon)));
    check(Expiry::At(soon), Expiry::At(later), Some(Expiry::At(soon)));
    check(Expiry::At(later), Expiry::At(soon), Some(Expiry::At(soon)));
    check(Expiry::At(soon), Expiry::AfterReading(5), Some(Expiry::At(soon)));
    check(Expiry::AfterReading(5), Expiry::Never, None);
    assert_eq!(expiry::due(Expiry::AfterReading(5), None), None);
    assert_eq!(expiry::due(Expiry::AfterReading(5), Some(NOW)), Some(NOW.plus_secs(5)));
    assert_eq!(expiry::due(Expiry::At(soon), None), Some(soon));
}

#[test]
fn a_forward_that_does_not_inherit_the_rule_is_bound_by_it_all_the_same() {
    let [anna, bert] = [person(17), person(18)];
    let soon = Timestamp(NOW.0 + 1000);
    let dated = Message { expires: Expiry::At(soon), ..anna.says(report()) };
    let dated = parse(&anna.sends(&dated).bytes).unwrap();
    let provenance = forward::make(&dated, &anna.chain, forward::keep_usual).unwrap();
    let careless = bert.says(vec![Part::Forward(provenance)]);
    assert_eq!((careless.expires, careless.binding_expiry()), (Expiry::Never, Expiry::At(soon)));
    assert_eq!(bert.says(report()).binding_expiry(), Expiry::Never);
    // a client that breaks the rule: handed on although it goes after reading
    let once = Message { expires: Expiry::AfterReading(9), ..anna.says(report()) };
    let once = parse(&anna.sends(&once).bytes).unwrap();
    let broken = bert.says(vec![Part::Forward(forward::tests_only::wrap(&once, &anna.chain))]);
    assert_eq!(broken.binding_expiry(), Expiry::AfterReading(9));
}

#[test]
fn a_forward_brings_its_own_access_to_the_same_photo() {
    let [anna, bert] = [person(19), person(20)];
    let provenance = forward::make(&anna.sent(report()), &anna.chain, forward::keep_usual).unwrap();
    let mut message = bert.says(vec![Part::Forward(provenance)]);
    assert_eq!(message.attachments().unwrap(), [(photo(), None)]);
    message.access = vec![access()];
    let read = bert.reads(&bert.sends(&message).bytes).unwrap();
    assert_eq!(read.attachments().unwrap(), [(photo(), Some(&access()))]);
}

#[test]
fn what_people_write_is_in_no_log() {
    let anna = person(21);
    let message = Message { access: vec![access()], ..anna.says(report()) };
    let signed = anna.sends(&message);
    let parsed = parse(&signed.bytes).unwrap();
    let provenance = forward::make(&parsed, &anna.chain, forward::keep_usual).unwrap();
    let verified = anna.judges(&provenance).unwrap();
    let shown = format!("{message:?} {signed:?} {parsed:?} {provenance:?} {verified:?}");
    for secret in ["Schlagloch", "40 cm", "525200000", "image/jpeg", "83, 99, 104", "3, 3, 3, 3", "2, 2, 2, 2"] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
}

#[test]
fn deep_nesting_is_not_followed() {
    let deep = [vec![0x82, 0x18, 40], vec![0x81; 200_000], vec![0]].concat();
    assert_eq!(Part::from_bytes(&deep), Ok(Part::Newer(40)));
}

#[test]
fn names_and_media_types_of_strangers_are_harmless() {
    let check = |name: &str, expect: &str| assert_eq!(attachment::clean_name(name), expect, "{name:?}");
    check("Lageplan Süd.pdf", "Lageplan Süd.pdf");
    check("../../etc/passwd", "passwd");
    check(r"C:\Windows\evil.exe", "evil.exe");
    check("a\0b\nc.txt", "abc.txt");
    check("bild\u{202e}gpj.exe", "bildgpj.exe");
    check("..", "Datei");
    check(" / ", "Datei");
    check("con.txt", "_con.txt");
    check("wann?.txt", "wann_.txt");
    let long = attachment::clean_name(&format!("{}.pdf", "ü".repeat(300)));
    assert!(long.len() <= 255 && long.ends_with("ü.pdf"));
    let check = |stated: &str, expect: &str| assert_eq!(attachment::clean_media_type(stated), expect);
    check("Image/JPEG; q=1", "image/jpeg");
    check("text/html\r\nx: y", UNKNOWN_MEDIA_TYPE);
    check("nonsense", UNKNOWN_MEDIA_TYPE);
    assert!(attachment::may_show_inline("image/png") && !attachment::may_show_inline("image/svg+xml"));
}

#[test]
fn no_bytes_make_the_reader_panic() {
    let anna = person(16);
    let provenance = forward::make(&anna.sent(report()), &anna.chain, forward::keep_usual).unwrap();
    let sample = anna.sends(&anna.says(vec![text("x"), Part::Forward(provenance)])).bytes;
    for _ in 0..5_000 {
        let mut bytes = sample.clone();
        for _ in 0..3 {
            let [a, b, c, value] = anna.luck.bytes::<4>();
            let at = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
            let length = bytes.len();
            bytes[at % length] = value;
        }
        message::fuzz(&bytes);
    }
}

#[test]
fn a_message_belongs_to_the_conversation_it_was_written_in() {
    let anna = person(1);
    let sent = anna.sent(vec![Part::Text { text: "Ja, bitte".into(), form: TextForm::Plain }]);
    assert_eq!(sent.check_place(&CHAT), Ok(()));
    assert_eq!(sent.check_place(&ConversationId([8; 32])), Err(ContentError::Place));
}
