// SPDX-License-Identifier: EUPL-1.2
//! Links and letters: round trips, tampering, and what each failure says.

use super::{
    link::{Offer, check_server},
    *,
};
use crate::{
    crypto::{
        Luck, Secret,
        luck::seeded,
        seal::{OVERHEAD_BYTES, SealKey},
        sign::{RootKey, SigningKey},
    },
    directory::format::{BlobRef, DirKey, Name},
};
use client_api::UserId;
use proto::{AuthorityId, BlobId, BranchId, ContentHash, Hour, InboxId, InviteId, LogId, limit::DEPOSIT_BYTES};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const TOWN: AuthorityId = AuthorityId([1; 32]);

fn offer(luck: &Luck) -> Offer {
    Offer {
        server: "https://rohrpost.verwaltungsgemeinschaft-musterstadt.de:8443".to_owned(),
        root: RootKey::generate(luck).public(),
        authority: TOWN,
        approver_inbox: InboxId([2; 32]),
        not_after: Hour(500_000),
    }
}

fn request(luck: &Luck) -> (SealKey, EnrolRequest) {
    let (fresh, request, _) = proven(luck);
    (fresh, request)
}

fn proven(luck: &Luck) -> (SealKey, EnrolRequest, RequestKeys) {
    let fresh = SealKey::generate(luck);
    let [device, user, issuer] = std::array::from_fn(|_| SigningKey::generate(luck));
    let request = EnrolRequest {
        fresh: fresh.public(),
        device_key: device.public(),
        user_key: user.public(),
        issuer_key: issuer.public(),
        inbox: InboxId(luck.bytes()),
        inbox_owner: SigningKey::generate(luck).public(),
        inbox_seal: SealKey::generate(luck).public(),
    };
    (fresh, request, RequestKeys { device, user, issuer })
}

fn answer(luck: &Luck) -> EnrolAnswer {
    let blob =
        |n| BlobRef { id: BlobId([n; 32]), read: Secret::new([n; 32]), size_bytes: 9, hash: ContentHash([n; 32]) };
    EnrolAnswer {
        user_cert: vec![1; 700],
        issuer_cert: vec![2; 700],
        root_pub: RootKey::generate(luck).public(),
        log: LogId([3; 32]),
        branch: BranchId([4; 32]),
        n: 5,
        head: ContentHash([6; 32]),
        d: 7,
        key: DirKey::generate(luck),
        snapshot: blob(8),
        kem: blob(9),
        user: UserId([1; 16]),
        name: Name::new(&"n".repeat(200)).unwrap(),
        authority_name: Name::new(&"a".repeat(200)).unwrap(),
    }
}

#[test]
fn link_comes_back_whole_is_signed_and_fits_a_qr_code() {
    let luck = seeded::luck(1);
    let (pass_key, other) = (SigningKey::generate(&luck), SigningKey::generate(&luck));
    let link = InviteLink::create(&luck, &offer(&luck), &pass_key).unwrap();
    let text = link.to_text();
    println!("{} characters", text.len());
    assert!(text.len() < 450, "{}", text.len());
    assert!(text.starts_with("https://rohrpost.verwaltungsgemeinschaft-musterstadt.de:8443/#/einladung/"));
    let read = InviteLink::parse(&format!(" {text}\n")).unwrap();
    assert_eq!(read, link);
    assert!(read.is_signed_by(&pass_key.public()));
    assert!(!read.is_signed_by(&other.public()));
    let (ours, theirs) = (link.secrets(), read.secrets());
    assert_eq!(ours.reply_inbox, theirs.reply_inbox);
    assert_eq!(ours.reply_owner.public(), theirs.reply_owner.public());
    assert_ne!(ours.reply_owner.public(), ours.pass_key.public());
    assert_ne!(ours.request_key.expose(), &ours.reply_inbox.0);
}

#[test]
fn no_altered_character_of_a_link_gets_through() {
    let luck = seeded::luck(1);
    let text = InviteLink::create(&luck, &offer(&luck), &SigningKey::generate(&luck)).unwrap().to_text();
    for at in 0..text.len() {
        for other in ["A", "b", "7", "~", " "] {
            let altered = format!("{}{other}{}", &text[..at], &text[at + 1..]);
            assert!(altered == text || InviteLink::parse(&altered).is_err(), "{altered}");
        }
        assert!(InviteLink::parse(&text[..at]).is_err(), "cut at {at}");
    }
    let fragment = text.find('#').unwrap();
    assert_eq!(InviteLink::parse(&text[..fragment]), Err(LinkError::NotALink));
    assert_eq!(InviteLink::parse(&text[..text.len() - 3]), Err(LinkError::Altered));
    assert_eq!(InviteLink::parse(&text.replace("https:", "ftp:")), Err(LinkError::Server));
    assert_eq!(InviteLink::parse(&text.replace("https:", "http:")), Err(LinkError::Server));
    assert_eq!(InviteLink::parse(&text.replace("musterstadt", "musterstedt")), Err(LinkError::Altered));
    assert_eq!(InviteLink::parse("Guten Tag"), Err(LinkError::NotALink));
}

#[test]
fn server_addresses_have_one_form() {
    for good in [
        "https://rohrpost.example",
        "https://rohrpost.example:8443",
        "https://[2001:db8::1]:443",
        "http://localhost:8080",
        "http://127.0.0.1:1",
        "http://[::1]:9",
    ] {
        assert_eq!(check_server(good), Ok(()), "{good}");
    }
    for bad in [
        "",
        "rohrpost.example",
        "https://",
        "https://Rohrpost.example",
        "https://rohrpost.example/",
        "https://rohrpost.example/path",
        "https://user@rohrpost.example",
        "https://rohrpost.example:",
        "https://rohrpost.example:99999",
        "https://rohrpost.example:+80",
        "https://rohrpost.example:080",
        "https://[2001:db8::1",
        "https://[2001:db8::1]443",
        "https://a..b",
        "https://-a.b",
        "http://rohrpost.example",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "https://a?b",
    ] {
        assert_eq!(check_server(bad), Err(LinkError::Server), "{bad}");
    }
}

#[test]
fn request_has_one_size_and_opens_only_for_its_invitation() {
    let luck = seeded::luck(1);
    let (key, other) = (Secret::new([1; 32]), Secret::new([2; 32]));
    let (_, request, keys) = proven(&luck);
    let invite = InviteId([3; 16]);
    let sealed = seal_request(&luck, &key, &TOWN, &invite, &request, &keys).unwrap();
    assert_eq!(sealed.len(), ENROL_REQUEST_BYTES);
    assert_eq!(request_invite(&sealed), Ok(invite));
    assert_eq!(open_request(&key, &TOWN, &sealed), Ok(request));
    assert_eq!(open_request(&other, &TOWN, &sealed), Err(LetterError::Open));
    assert_eq!(open_request(&key, &AuthorityId([9; 32]), &sealed), Err(LetterError::Open));
    for at in [0, 15, 16, 28, 1000, sealed.len() - 1] {
        let mut sealed = sealed.clone();
        sealed[at] ^= 1;
        assert_eq!(open_request(&key, &TOWN, &sealed), Err(LetterError::Open), "byte {at}");
    }
    assert_eq!(open_request(&key, &TOWN, &sealed[1..]), Err(LetterError::Malformed));
}

#[test]
fn request_for_keys_the_asker_does_not_have_is_refused() {
    let luck = seeded::luck(1);
    let (key, invite) = (Secret::new([1; 32]), InviteId([3; 16]));
    for wrong in 0..3 {
        let (_, request, keys) = proven(&luck);
        let stranger = || SigningKey::generate(&luck);
        let keys = match wrong {
            0 => RequestKeys { device: stranger(), ..keys },
            1 => RequestKeys { user: stranger(), ..keys },
            _ => RequestKeys { issuer: stranger(), ..keys },
        };
        let sealed = seal_request(&luck, &key, &TOWN, &invite, &request, &keys).unwrap();
        assert_eq!(open_request(&key, &TOWN, &sealed), Err(LetterError::Possession), "{wrong}");
    }
}

#[test]
fn refusal_looks_like_an_answer_from_outside_and_opens_only_for_its_request() {
    let luck = seeded::luck(1);
    let ((fresh, ours), (other_fresh, _)) = (request(&luck), request(&luck));
    let sealed = seal_refusal(&luck, &TOWN, &ours, Refusal::Used).unwrap();
    assert_eq!(sealed.len(), seal_answer(&luck, &TOWN, &ours, &answer(&luck)).unwrap().len());
    assert_eq!(open_answer(&fresh, &TOWN, &request_hash(&ours), &sealed), Ok(EnrolReply::Refused(Refusal::Used)));
    assert_eq!(open_answer(&other_fresh, &TOWN, &request_hash(&ours), &sealed), Err(LetterError::Open));
}

#[test]
fn largest_answer_fits_and_opens_only_for_its_request() {
    let luck = seeded::luck(1);
    let ((fresh, ours), (other_fresh, other)) = (request(&luck), request(&luck));
    let answer = answer(&luck);
    let sealed = seal_answer(&luck, &TOWN, &ours, &answer).unwrap();
    assert!(sealed.len() <= DEPOSIT_BYTES);
    let open = |key, request: &EnrolRequest| open_answer(key, &TOWN, &request_hash(request), &sealed);
    assert_eq!(open(&fresh, &ours), Ok(EnrolReply::Granted(Box::new(answer.clone()))));
    assert_eq!(open(&fresh, &other), Err(LetterError::Open));
    assert_eq!(open(&other_fresh, &ours), Err(LetterError::Open));
    let mut altered = sealed.clone();
    altered[sealed.len() / 2] ^= 1;
    assert_eq!(open_answer(&fresh, &TOWN, &request_hash(&ours), &altered), Err(LetterError::Open));
    let small = EnrolAnswer { user_cert: vec![], issuer_cert: vec![], ..answer.clone() };
    assert_eq!(seal_answer(&luck, &TOWN, &ours, &small).unwrap().len(), sealed.len(), "one size");
    let large = EnrolAnswer { user_cert: vec![0; 701], ..answer };
    assert_eq!(seal_answer(&luck, &TOWN, &ours, &large), Err(LetterError::TooLarge));
}

#[test]
fn full_list_of_invitations_fits_one_deposit() {
    let luck = seeded::luck(1);
    let (approver, other) = (SealKey::generate(&luck), SealKey::generate(&luck));
    let invitation =
        |_| Invitation { invite: InviteId(luck.bytes()), seed: Secret::new(luck.bytes()), user: UserId(luck.bytes()) };
    let mut list: Vec<Invitation> = (0..enrol::INVITATIONS).map(invitation).collect();
    let sealed = seal_invitations(&luck, &TOWN, &approver.public(), &list).unwrap();
    assert!(sealed.len() + OVERHEAD_BYTES <= DEPOSIT_BYTES, "{}", sealed.len());
    assert_eq!(open_invitations(&approver, &TOWN, &sealed).as_ref(), Ok(&list));
    assert_eq!(open_invitations(&other, &TOWN, &sealed), Err(LetterError::Open));
    assert_eq!(open_invitations(&approver, &AuthorityId([9; 32]), &sealed), Err(LetterError::Open));
    list.push(invitation(0));
    assert_eq!(seal_invitations(&luck, &TOWN, &approver.public(), &list), Err(LetterError::TooLarge));
}

#[test]
fn code_has_six_digits_and_follows_the_request() {
    let luck = seeded::luck(1);
    let (one, two) = (request_hash(&request(&luck).1), request_hash(&request(&luck).1));
    assert_ne!(code(&one), code(&two));
    for hash in [one, two, ContentHash([0; 32])] {
        let code = code(&hash);
        assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
    }
}

#[test]
fn mutated_bytes_do_not_panic() {
    let luck = seeded::luck(1);
    let link = InviteLink::create(&luck, &offer(&luck), &SigningKey::generate(&luck)).unwrap();
    let list = vec![Invitation { invite: link.invite, seed: link.seed.clone(), user: UserId([1; 16]) }];
    let samples = [link.to_text().into_bytes(), proto::encode(&list), b"Rohrpost root key\n\x01\xa3".to_vec()];
    for sample in &samples {
        fuzz(sample);
        for _ in 0..3000 {
            let [high, low, value] = luck.bytes();
            let mut bytes = sample.clone();
            let at = usize::from(u16::from_be_bytes([high, low])) % bytes.len();
            bytes[at] = value;
            fuzz(&bytes);
            fuzz(&bytes[..at]);
        }
    }
}
