// SPDX-License-Identifier: EUPL-1.2
//! Stories of the post office without sockets: exactly the rules the simulator and the server run.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use proto::{
    BlobId, ClientFrame, ErrorCode, Hour, InboxId, LogId, NextKeys, Nonce, Push, RecoveryId, Reply, Request,
    ServerFrame, TtlClass, Voucher,
    blob::{BlobReply, BlobRequest, BlobSecret, bucket},
    chain::content_hash,
    limit,
    proof::Op,
    reply::LogPage,
};
use rusqlite::Connection;
use server::{
    ConnectionId, Service, ServiceConfig,
    blob::MemoryBytes,
    domain::{FirstPut, Limits},
};
use support::*;

const ORIGIN: &str = "http://127.0.0.1:1";
const LOG: LogId = LogId([7; 32]);
const INBOX: InboxId = InboxId([8; 32]);

struct Office {
    service: Service,
    connections: u8,
    now: u64,
}

impl Office {
    fn new() -> Self {
        let config =
            ServiceConfig { origins: vec![ORIGIN.into()], limits: Limits::default(), setup_code: Some("code".into()) };
        let db = Connection::open_in_memory().unwrap();
        let service = Service::open(db, RecoveryId([9; 16]), Box::new(MemoryBytes::default()), config).unwrap();
        Self { service, connections: 0, now: NOON }
    }
    /// With the town moved in.
    fn with(town: &Town) -> Self {
        let mut office = Self::new();
        let (someone, _) = office.connect();
        office.ask(someone, town.put(town.statement(1), None)).unwrap();
        office
    }
    fn connect(&mut self) -> (ConnectionId, Line) {
        self.connections += 1;
        let nonce = Nonce([self.connections; 32]);
        let (id, _) = self.service.connect(self.now, FirstPut::Trusted, nonce);
        (id, Line { origin: ORIGIN.into(), nonce })
    }
    /// All frames of one batch: who got what.
    fn batch(&mut self, requests: Vec<(ConnectionId, Request)>) -> Vec<(Vec<ConnectionId>, ServerFrame)> {
        let frames = requests.into_iter().zip(0..).map(|((from, request), id)| (from, ClientFrame { id, request }));
        let out = self.service.handle_batch(self.now, frames.collect()).unwrap();
        out.into_iter().map(|out| (out.to, out.frame)).collect()
    }
    fn ask(&mut self, from: ConnectionId, request: Request) -> Result<Reply, ErrorCode> {
        match self.batch(vec![(from, request)]).remove(0).1 {
            ServerFrame::Reply(_, reply) => Ok(reply),
            ServerFrame::Error(_, code) => Err(code),
            other => panic!("{other:?}"),
        }
    }
    fn page(&mut self, from: ConnectionId, request: Request) -> LogPage {
        match self.ask(from, request) {
            Ok(Reply::Page(page)) => page,
            other => panic!("{other:?}"),
        }
    }
    /// A log of the town whose root branch `from` has open.
    fn log(&mut self, town: &Town, from: ConnectionId, line: &Line, access: &Key) -> proto::BranchId {
        self.ask(from, town.create(line, LOG, &keys(access), TtlClass::Days30)).unwrap();
        let root = root_branch(LOG, &keys(access));
        self.ask(from, open(line, root, access, 0)).unwrap();
        root
    }
}

fn child(answer: Result<Reply, ErrorCode>) -> proto::BranchId {
    match answer {
        Ok(Reply::Stored { branch: Some(branch), .. }) => branch,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_empty_server_takes_the_first_authority_and_no_second_without_the_code() {
    let [town, village, hamlet] = [1, 20, 40].map(Town::named);
    let mut office = Office::with(&town);
    let (someone, _) = office.connect();
    assert_eq!(office.ask(someone, village.put(village.statement(1), None)), Err(ErrorCode::SetupCode));
    assert_eq!(office.ask(someone, village.put(village.statement(1), Some("cody"))), Err(ErrorCode::SetupCode));
    assert!(office.ask(someone, village.put(village.statement(1), Some("code"))).is_ok());
    assert_eq!(office.ask(someone, hamlet.put(hamlet.statement(1), Some("code"))), Err(ErrorCode::SetupCode));
}

#[test]
fn one_setup_code_admits_one_authority_even_within_a_batch() {
    let [village, hamlet] = [20, 40].map(Town::named);
    let mut office = Office::new();
    let (someone, _) = office.connect();
    let both = [&village, &hamlet].map(|town| (someone, town.put(town.statement(1), Some("code"))));
    let answers = office.batch(both.into());
    assert!(matches!(answers[0].1, ServerFrame::Reply(..)));
    assert_eq!(answers[1].1, ServerFrame::Error(1, ErrorCode::SetupCode));
}

#[test]
fn an_issuer_changes_the_member_key_and_nothing_else() {
    let town = Town::default();
    let mut office = Office::with(&town);
    let (someone, _) = office.connect();
    let (issuer, later) = (Key::new(50), Hour::of_millis(NOON).plus_days(1));
    let mut new = town.statement(2);
    new.member_pub = Key::new(51).public();
    assert!(office.ask(someone, town.put_by(&issuer, 0, later, new.clone())).is_ok());
    assert_eq!(office.ask(someone, town.put_by(&issuer, 0, later, new.clone())), Ok(Reply::Authority(new.clone())));

    let mut passes = new.clone();
    (passes.pass_pub, passes.version) = (Key::new(52).public(), 3);
    assert_eq!(office.ask(someone, town.put_by(&issuer, 0, later, passes)), Err(ErrorCode::Forbidden));
    let mut next_generation = new.clone();
    next_generation.version = 1 << 32;
    assert_eq!(office.ask(someone, town.put_by(&issuer, 1, later, next_generation)), Err(ErrorCode::Forbidden));
    let mut third = new.clone();
    third.version = 3;
    let past = Hour::of_millis(NOON - DAY);
    assert_eq!(office.ask(someone, town.put_by(&issuer, 0, past, third)), Err(ErrorCode::Forbidden));
    let mut older = new;
    (older.version, older.member_pub) = (1, Key::new(53).public());
    assert_eq!(office.ask(someone, town.put_by(&issuer, 0, later, older)), Err(ErrorCode::Conflict));
}

#[test]
fn a_grant_of_an_old_generation_is_worth_nothing() {
    let town = Town::default();
    let mut office = Office::with(&town);
    let (someone, _) = office.connect();
    office.ask(someone, town.put(town.statement(1 << 32), None)).unwrap();
    let later = Hour::of_millis(NOON).plus_days(1);
    for generation in [0, 1] {
        let put = town.put_by(&Key::new(50), generation, later, town.statement((1 << 32) + 1));
        assert_eq!(office.ask(someone, put).is_ok(), generation == 1);
    }
}

#[test]
fn what_one_member_appends_the_other_sees_and_a_stranger_does_not() {
    let town = Town::default();
    let mut office = Office::with(&town);
    let [(alice, a), (bob, b), (eve, e)] = [(); 3].map(|()| office.connect());
    let access = Key::new(60);
    let root = office.log(&town, alice, &a, &access);
    office.ask(bob, open(&b, root, &access, 0)).unwrap();
    assert_eq!(office.ask(eve, open(&e, root, &Key::new(61), 0)), Err(ErrorCode::Forbidden));
    assert_eq!(office.ask(eve, open(&a, root, &access, 0)), Err(ErrorCode::Forbidden), "replayed proof");
    assert_eq!(office.ask(eve, append(root, "spam")), Err(ErrorCode::Forbidden));

    let out = office.batch(vec![(alice, append(root, "hello"))]);
    let (listeners, ServerFrame::Push(Push::Entry { entry, .. })) = &out[1] else { panic!("{out:?}") };
    assert_eq!(listeners, &[alice, bob]);
    assert_eq!(entry.env.as_ref().map(|env| env.to_vec()), Some(env("hello")));
    office.ask(bob, Request::LogClose { branch: root }).unwrap();
    assert_eq!(office.batch(vec![(alice, append(root, "more"))])[1].0, [alice]);
}

#[test]
fn the_same_bytes_get_the_first_answer_even_when_the_branch_is_frozen() {
    let town = Town::default();
    let mut office = Office::with(&town);
    let (alice, a) = office.connect();
    let root = office.log(&town, alice, &a, &Key::new(60));
    let first = office.ask(alice, append(root, "one"));
    office.ask(alice, append(root, "two")).unwrap();
    let closing = office.ask(alice, commit(root, 0, "c0", &Key::new(61)));
    assert_eq!(office.ask(alice, append(root, "one")), first);
    assert_eq!(office.ask(alice, commit(root, 0, "c0", &Key::new(61))), closing);
    assert_eq!(office.ask(alice, append(root, "three")), Err(ErrorCode::Frozen));
    let page = office.page(alice, Request::LogRead { branch: root, after: 0 });
    assert_eq!((page.count, page.closed, page.entries.len()), (3, 1, 3));
    assert_eq!(page.entries[2].next, Some(keys(&Key::new(61))));
}

#[test]
fn heads_are_the_chain_both_sides_compute() {
    let town = Town::default();
    let mut office = Office::with(&town);
    let (alice, a) = office.connect();
    let root = office.log(&town, alice, &a, &Key::new(60));
    office.ask(alice, append(root, "one")).unwrap();
    let next = child(office.ask(alice, commit(root, 0, "c0", &Key::new(61))));
    office.ask(alice, open(&a, next, &Key::new(61), 0)).unwrap();
    office.ask(alice, append(next, "two")).unwrap();
    let mut opening = None;
    for branch in [root, next] {
        let page = office.page(alice, Request::LogRead { branch, after: 0 });
        let head = page.entries.iter().fold(proto::chain::first_head(&branch, opening.as_ref()), |head, entry| {
            proto::chain::next_head(&head, entry.n, entry.kind, &entry.env_hash, entry.next.as_ref())
        });
        assert_eq!(head, page.head);
        opening = page.entries.last().map(|entry| entry.env_hash);
    }
}

#[test]
fn of_two_commits_in_one_batch_exactly_one_wins() {
    let town = Town::default();
    let mut office = Office::with(&town);
    let (alice, a) = office.connect();
    let root = office.log(&town, alice, &a, &Key::new(60));
    let out = office
        .batch(vec![(alice, commit(root, 0, "mine", &Key::new(61))), (alice, commit(root, 0, "yours", &Key::new(62)))]);
    assert!(matches!(out[0].1, ServerFrame::Reply(0, Reply::Stored { n: 1, .. })));
    assert_eq!(out[1].1, ServerFrame::Error(1, ErrorCode::Conflict));
}

#[test]
fn candidates_beyond_the_first_are_few_and_far_between() {
    let town = Town::default();
    let mut office = Office::with(&town);
    let (alice, a) = office.connect();
    let root = office.log(&town, alice, &a, &Key::new(60));
    for candidate in 0..=limit::EXTRA_CANDIDATES {
        let next = Key::new(100 + u8::try_from(candidate).unwrap());
        child(office.ask(alice, commit(root, candidate, &format!("c{candidate}"), &next)));
        if candidate > 0 {
            let early = commit(root, candidate + 1, "early", &Key::new(99));
            let refused = office.ask(alice, early).unwrap_err();
            assert!([ErrorCode::Rate, ErrorCode::Quota].contains(&refused));
        }
        office.now += limit::CANDIDATE_PAUSE_SECS * 1000;
    }
    let one_more = commit(root, limit::EXTRA_CANDIDATES + 1, "late", &Key::new(99));
    assert_eq!(office.ask(alice, one_more), Err(ErrorCode::Quota));
}

#[test]
fn a_reader_without_the_write_key_may_only_read() {
    let town = Town::default();
    let mut office = Office::with(&town);
    let [(clerk, c), (issuer, i)] = [(); 2].map(|()| office.connect());
    let (access, write) = (Key::new(60), Key::new(61));
    let both = NextKeys { access_pub: access.public(), write_pub: Some(write.public()) };
    let without = town.create(&i, LOG, &keys(&access), TtlClass::Kept);
    assert_eq!(office.ask(issuer, without), Err(ErrorCode::Malformed));
    office.ask(issuer, town.create(&i, LOG, &both, TtlClass::Kept)).unwrap();
    let root = root_branch(LOG, &both);
    office.ask(clerk, open(&c, root, &access, 0)).unwrap();
    assert_eq!(office.ask(clerk, append(root, "x")), Err(ErrorCode::Forbidden));
    let proof = i.prove(&access, Op::LogOpen, &root.0);
    let write_proof = Some(i.prove(&write, Op::LogWrite, &root.0));
    office.ask(issuer, Request::LogOpen { branch: root, proof, write_proof, after: 0 }).unwrap();
    assert!(office.ask(issuer, append(root, "record")).is_ok());
    let open_to_all = commit(root, 0, "c0", &Key::new(62));
    assert_eq!(office.ask(issuer, open_to_all), Err(ErrorCode::Malformed), "the next branch needs a write key, too");
}

#[test]
fn a_create_repeated_gets_the_first_answer_and_another_one_a_conflict() {
    let town = Town::default();
    let mut office = Office::with(&town);
    let (alice, a) = office.connect();
    let mine = keys(&Key::new(60));
    let first = office.ask(alice, town.create(&a, LOG, &mine, TtlClass::Days30));
    assert_eq!(first, Ok(Reply::Created(root_branch(LOG, &mine))));
    assert_eq!(office.ask(alice, town.create(&a, LOG, &mine, TtlClass::Days30)), first);
    assert_eq!(office.ask(alice, town.create(&a, LOG, &mine, TtlClass::Days7)), Err(ErrorCode::Conflict));
    let other = keys(&Key::new(61));
    assert_eq!(office.ask(alice, town.create(&a, LOG, &other, TtlClass::Days30)), Err(ErrorCode::Conflict));
}

#[test]
fn a_member_key_that_changes_within_the_batch_voids_proofs_under_the_old_one() {
    let town = Town::default();
    let mut office = Office::with(&town);
    let (alice, a) = office.connect();
    let mut rekeyed = town.statement(2);
    rekeyed.member_pub = Key::new(99).public();
    let create = town.create(&a, LOG, &keys(&Key::new(60)), TtlClass::Days30);
    let out = office.batch(vec![(alice, town.put(rekeyed, None)), (alice, create)]);
    assert!(matches!(out[0].1, ServerFrame::Reply(..)));
    assert_eq!(out[1].1, ServerFrame::Error(1, ErrorCode::Forbidden));
}

#[test]
fn erasing_needs_the_secret_and_leaves_a_tombstone() {
    let town = Town::default();
    let mut office = Office::with(&town);
    let (alice, a) = office.connect();
    let root = office.log(&town, alice, &a, &Key::new(60));
    let erase_hash = Some(content_hash(&[5; 32]));
    let append = Request::LogAppend { branch: root, env: env("secret").into(), erase_hash };
    let first = office.ask(alice, append.clone());
    let erase = |secret: u8| Request::LogErase { branch: root, n: 1, secret: vec![secret; 32].into() };
    assert_eq!(office.ask(alice, erase(6)), Err(ErrorCode::Forbidden));
    assert_eq!(office.ask(alice, erase(5)), Ok(Reply::Done));
    let page = office.page(alice, Request::LogRead { branch: root, after: 0 });
    assert_eq!((page.entries[0].env.clone(), page.entries[0].env_hash), (None, content_hash(&env("secret"))));
    assert_eq!(office.ask(alice, append), first, "a repeat does not bring it back");
    assert_eq!(office.page(alice, Request::LogRead { branch: root, after: 0 }).entries[0].env, None);
}

#[test]
fn pages_end_at_their_limits_and_go_on_after_the_cursor() {
    let town = Town::default();
    let mut office = Office::with(&town);
    let (alice, a) = office.connect();
    let root = office.log(&town, alice, &a, &Key::new(60));
    for n in 0..300 {
        office.ask(alice, append(root, &format!("{n}"))).unwrap();
    }
    for n in 0u8..6 {
        let env = vec![n; limit::ENTRY_ENVELOPE_BYTES].into();
        office.ask(alice, Request::LogAppend { branch: root, env, erase_hash: None }).unwrap();
    }
    let first = office.page(alice, Request::LogRead { branch: root, after: 0 });
    assert_eq!((first.entries.len(), first.count), (256, 306));
    let second = office.page(alice, Request::LogRead { branch: root, after: 256 });
    let bytes: usize = second.entries.iter().filter_map(|entry| entry.env.as_ref().map(|env| env.len())).sum();
    assert!(bytes <= limit::PAGE_BYTES && second.entries.len() == 44 + 3, "{bytes} {}", second.entries.len());
    let oversized =
        Request::LogAppend { branch: root, env: vec![0; limit::ENTRY_ENVELOPE_BYTES + 1].into(), erase_hash: None };
    assert_eq!(office.ask(alice, oversized), Err(ErrorCode::TooLarge));
}

#[test]
fn key_packages_are_given_once_and_the_last_resort_again_and_again() {
    let town = Town::default();
    let mut office = Office::with(&town);
    let [(alice, a), (bob, b)] = [(); 2].map(|()| office.connect());
    let owner = Key::new(60);
    assert_eq!(office.ask(bob, town.claim(&b, INBOX)), Err(ErrorCode::Unknown));
    office.ask(alice, town.create_inbox(&a, INBOX, &owner)).unwrap();
    assert_eq!(office.ask(bob, town.claim(&b, INBOX)), Err(ErrorCode::Exhausted));
    office.ask(alice, open_inbox(&a, INBOX, &owner)).unwrap();
    let package = |n: u8| vec![n; limit::KEY_PACKAGE_BYTES];
    let packages = vec![package(1).into(), package(2).into()];
    office.ask(alice, Request::InboxPublish { inbox: INBOX, packages, last_resort: package(9).into() }).unwrap();
    let claimed = [(); 4].map(|()| match office.ask(bob, town.claim(&b, INBOX)) {
        Ok(Reply::KeyPackage { sealed }) => sealed[0],
        other => panic!("{other:?}"),
    });
    assert_eq!(claimed, [1, 2, 9, 9]);
    let short = Request::InboxPublish { inbox: INBOX, packages: vec![], last_resort: vec![0; 9].into() };
    assert_eq!(office.ask(alice, short), Err(ErrorCode::Malformed));
}

#[test]
fn anybody_may_ask_whether_the_server_is_there() {
    let mut office = Office::new();
    let (stranger, _) = office.connect();
    assert_eq!(office.ask(stranger, Request::Ping), Ok(Reply::Done));
}

#[test]
fn a_dropped_inbox_takes_its_deposits_along_and_only_its_owner_drops_it() {
    let town = Town::default();
    let mut office = Office::with(&town);
    let [(alice, a), (bob, b)] = [(); 2].map(|()| office.connect());
    let owner = Key::new(60);
    office.ask(alice, town.create_inbox(&a, INBOX, &owner)).unwrap();
    office.ask(alice, open_inbox(&a, INBOX, &owner)).unwrap();
    office.ask(bob, town.deposit(&b, INBOX, b"welcome".to_vec())).unwrap();
    let drop = Request::InboxDrop { inbox: INBOX };
    assert_eq!(office.ask(bob, drop.clone()), Err(ErrorCode::Forbidden));
    office.ask(alice, drop).unwrap();
    assert_eq!(office.ask(alice, open_inbox(&a, INBOX, &owner)), Err(ErrorCode::Unknown));
    office.ask(alice, town.create_inbox(&a, INBOX, &owner)).unwrap();
    office.ask(alice, open_inbox(&a, INBOX, &owner)).unwrap();
    let list = Request::InboxList { inbox: INBOX, skip: 0 };
    assert!(matches!(office.ask(alice, list), Ok(Reply::Inbox { waiting: 0, .. })));
}

#[test]
fn a_deposit_reaches_its_owner_once_and_is_gone_when_deleted() {
    let town = Town::default();
    let mut office = Office::with(&town);
    let [(alice, a), (bob, b)] = [(); 2].map(|()| office.connect());
    let owner = Key::new(60);
    office.ask(alice, town.create_inbox(&a, INBOX, &owner)).unwrap();
    assert_eq!(office.ask(bob, open_inbox(&b, INBOX, &Key::new(61))), Err(ErrorCode::Forbidden));
    office.ask(alice, open_inbox(&a, INBOX, &owner)).unwrap();
    let out = office.batch(vec![(bob, town.deposit(&b, INBOX, b"welcome".to_vec()))]);
    assert!(matches!(&out[1], (to, ServerFrame::Push(Push::Deposit { .. })) if to == &[alice]));
    let again = office.batch(vec![(bob, town.deposit(&b, INBOX, b"welcome".to_vec()))]);
    assert_eq!(again.len(), 1, "no second push");
    let list = Request::InboxList { inbox: INBOX, skip: 0 };
    let Ok(Reply::Inbox { deposits, waiting: 1, .. }) = office.ask(alice, list.clone()) else { panic!() };
    office.ask(alice, Request::InboxDelete { inbox: INBOX, hashes: vec![deposits[0].hash] }).unwrap();
    assert!(matches!(office.ask(alice, list), Ok(Reply::Inbox { waiting: 0, .. })));
}

#[test]
fn one_depositor_cannot_fill_an_inbox_and_many_fill_it_only_to_its_limit() {
    let town = Town::default();
    let mut office = Office::with(&town);
    let (alice, a) = office.connect();
    office.ask(alice, town.create_inbox(&a, INBOX, &Key::new(60))).unwrap();
    let (mut stored, mut refused) = (0, Vec::new());
    for _ in 0..33u32 {
        let (someone, line) = office.connect();
        for n in 0..9u32 {
            match office.ask(someone, town.deposit(&line, INBOX, format!("{} {n}", office.connections).into_bytes())) {
                Ok(_) => stored += 1,
                Err(code) => refused.push(code),
            }
        }
    }
    assert_eq!(stored, limit::DEPOSITS_PER_INBOX);
    assert!(refused.contains(&ErrorCode::Rate) && refused.contains(&ErrorCode::Quota));
}

#[test]
fn a_pass_makes_one_inbox_and_three_deposits_with_its_approver() {
    let town = Town::default();
    let mut office = Office::with(&town);
    let [(approver, ap), (guest, g)] = [(); 2].map(|()| office.connect());
    let (holder, reply) = (Key::new(70), InboxId([71; 32]));
    office.ask(approver, town.create_inbox(&ap, INBOX, &Key::new(60))).unwrap();
    let pass = town.invite(1, &holder, INBOX, reply, Hour::of_millis(NOON).plus_days(14));
    let create = |inbox: InboxId, owner: &Key| {
        let voucher = Voucher::Pass(pass.clone(), g.prove(&holder, Op::InboxCreate, &inbox.0));
        Request::InboxCreate { inbox, owner_pub: owner.public(), voucher }
    };
    assert_eq!(office.ask(guest, create(InboxId([72; 32]), &Key::new(73))), Err(ErrorCode::Forbidden));
    assert_eq!(office.ask(guest, create(reply, &Key::new(73))), Ok(Reply::Done));
    assert_eq!(office.ask(guest, create(reply, &Key::new(73))), Ok(Reply::Done), "repeated");
    assert_eq!(office.ask(guest, create(reply, &Key::new(74))), Err(ErrorCode::Conflict));
    let deposit = |n: u8| Request::InboxDeposit {
        inbox: INBOX,
        sealed: vec![n; 100].into(),
        voucher: Voucher::Pass(pass.clone(), g.prove(&holder, Op::InboxDeposit, &INBOX.0)),
    };
    let answers = [1, 1, 2, 3, 4].map(|n| office.ask(guest, deposit(n)));
    assert_eq!(answers, [Ok(Reply::Done), Ok(Reply::Done), Ok(Reply::Done), Ok(Reply::Done), Err(ErrorCode::Quota)]);
    office.now += 15 * DAY;
    assert_eq!(office.ask(guest, deposit(5)), Err(ErrorCode::Forbidden), "expired");
}

#[test]
fn a_blob_is_written_in_order_read_in_ranges_and_deleted_by_its_secret() {
    let town = Town::default();
    let mut office = Office::with(&town);
    let (alice, a) = office.connect();
    let (blob, size) = (BlobId([80; 32]), bucket(1024 * 1024 + 5));
    let expiry = Hour::of_millis(NOON).plus_days(37);
    assert_eq!(office.ask(alice, town.blob(&a, blob, size, expiry)), Ok(Reply::Blob { offset: 0 }));
    assert_eq!(office.ask(alice, town.blob(&a, blob, size + 1, expiry)), Err(ErrorCode::Malformed));
    let bytes: Vec<u8> = (0..size).map(|n| u8::try_from(n % 251).unwrap()).collect();
    let write = |secret: [u8; 32], from: usize, to: usize| BlobRequest::Write {
        blob,
        secret: BlobSecret(secret),
        offset: from as u64,
        bytes: bytes[from..to].to_vec().into(),
    };
    let (mib, end) = (limit::BLOB_CHUNK_BYTES, bytes.len());
    let mut ask = |request| office.service.blob(NOON, request);
    assert_eq!(ask(write(READ, 0, mib)), Err(ErrorCode::Forbidden));
    assert_eq!(ask(write(WRITE, mib, end)), Err(ErrorCode::Range), "the first chunk is missing");
    assert_eq!(ask(write(WRITE, 0, mib - 1)), Err(ErrorCode::Range), "a chunk is whole or the last");
    for _ in 0..2 {
        assert_eq!(ask(write(WRITE, 0, mib)), Ok(BlobReply::Written { offset: mib as u64 }));
    }
    let read = |offset: u64, length: u32| BlobRequest::Read { blob, secret: BlobSecret(READ), offset, length };
    assert_eq!(ask(read(0, u32::try_from(end).unwrap())), Err(ErrorCode::Range), "not there yet");
    assert_eq!(ask(write(WRITE, mib, end)), Ok(BlobReply::Written { offset: size }));
    assert_eq!(ask(read(mib as u64 - 3, 6)), Ok(BlobReply::Bytes(bytes[mib - 3..mib + 3].to_vec())));
    let delete = |secret| BlobRequest::Delete { blob, secret: BlobSecret(secret) };
    assert_eq!(ask(delete(READ)), Err(ErrorCode::Forbidden));
    assert_eq!(ask(delete(DELETE)), Ok(BlobReply::Deleted));
    assert_eq!(ask(read(0, 1)), Err(ErrorCode::Gone));
}

#[test]
fn what_expires_leaves_tombstones_and_an_open_branch_with_its_opening_commit_never_dies() {
    let town = Town::default();
    let mut office = Office::with(&town);
    let (alice, a) = office.connect();
    let [k0, k1, k2] = [60, 61, 62].map(Key::new);
    let root = office.log(&town, alice, &a, &k0);
    office.ask(alice, append(root, "old")).unwrap();
    let second = child(office.ask(alice, commit(root, 0, "c0", &k1)));
    office.ask(alice, open(&a, second, &k1, 0)).unwrap();
    office.now += 31 * DAY;
    office.service.maintain(office.now).unwrap();
    let page = office.page(alice, open(&a, root, &k0, 0));
    assert_eq!(page.entries.iter().map(|entry| entry.env.is_some()).collect::<Vec<_>>(), [false, true]);

    let third = child(office.ask(alice, commit(second, 0, "c1", &k2)));
    office.service.maintain(office.now).unwrap();
    assert_eq!(office.ask(alice, open(&a, root, &k0, 0)), Err(ErrorCode::Gone));
    assert_eq!(office.ask(alice, append(root, "late")), Err(ErrorCode::Gone));
    office.now += 300 * DAY;
    office.service.maintain(office.now).unwrap();
    assert_eq!(office.page(alice, open(&a, second, &k1, 0)).entries.len(), 1, "opened a branch that is still open");
    assert_eq!(office.page(alice, open(&a, third, &k2, 0)).count, 0);
    office.now += 100 * DAY;
    office.service.maintain(office.now).unwrap();
    assert_eq!(office.ask(alice, open(&a, root, &k0, 0)), Err(ErrorCode::Unknown), "forgotten after a year");
}

#[test]
fn first_contact_lives_a_hundred_days_and_an_unused_inbox_four_hundred() {
    let town = Town::default();
    let mut office = Office::with(&town);
    let (alice, a) = office.connect();
    let owner = Key::new(60);
    office.ask(alice, town.create_inbox(&a, INBOX, &owner)).unwrap();
    office.ask(alice, town.deposit(&a, INBOX, b"letter".to_vec())).unwrap();
    let waiting = |office: &mut Office, days: u64| {
        office.now = NOON + days * DAY;
        office.service.maintain(office.now).unwrap();
        match office.ask(alice, open_inbox(&a, INBOX, &owner)) {
            Ok(Reply::Inbox { waiting, .. }) => Ok(waiting),
            Err(code) => Err(code),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(waiting(&mut office, 100), Ok(1));
    assert_eq!(waiting(&mut office, 102), Ok(0));
    assert_eq!(waiting(&mut office, 501), Ok(0), "used on day 102");
    assert_eq!(waiting(&mut office, 903), Err(ErrorCode::Unknown));
}

#[test]
fn an_inbox_whose_owner_stays_connected_and_publishes_now_and_then_lives_on() {
    let town = Town::default();
    let mut office = Office::with(&town);
    let (alice, a) = office.connect();
    let owner = Key::new(60);
    office.ask(alice, town.create_inbox(&a, INBOX, &owner)).unwrap();
    office.ask(alice, open_inbox(&a, INBOX, &owner)).unwrap();
    for days in [20, 400, 790] {
        office.now = NOON + days * DAY;
        office.service.maintain(office.now).unwrap();
        let last_resort = vec![9; limit::KEY_PACKAGE_BYTES].into();
        let publish = Request::InboxPublish { inbox: INBOX, packages: vec![], last_resort };
        assert_eq!(office.ask(alice, publish), Ok(Reply::Done), "after {days} days");
    }
}

#[test]
fn a_crash_loses_connections_and_nothing_that_was_answered() {
    let town = Town::default();
    let mut office = Office::with(&town);
    let (alice, a) = office.connect();
    let access = Key::new(60);
    let root = office.log(&town, alice, &a, &access);
    office.ask(alice, append(root, "kept")).unwrap();
    let (db, bytes) = office.service.crash();
    let config = ServiceConfig { origins: vec![ORIGIN.into()], limits: Limits::default(), setup_code: None };
    let service = Service::open(db, RecoveryId([1; 16]), bytes, config).unwrap();
    let mut office = Office { service, connections: 100, now: NOON };
    assert_eq!(office.service.store().recovery().unwrap(), RecoveryId([9; 16]));
    let (alice, a) = office.connect();
    assert_eq!(office.ask(alice, append(root, "more")), Err(ErrorCode::Forbidden));
    assert_eq!(office.page(alice, open(&a, root, &access, 0)).count, 1);
}

#[test]
fn a_full_disk_stores_nothing_of_the_batch_and_work_goes_on_when_there_is_room() {
    let town = Town::default();
    let mut office = Office::with(&town);
    let (alice, a) = office.connect();
    let root = office.log(&town, alice, &a, &Key::new(60));
    let limit_pages = |office: &Office, pages: u32| {
        office.service.store().connection().pragma_update(None, "max_page_count", pages).unwrap();
    };
    limit_pages(&office, 1); // as small as the database is now
    let frames = (0..200).map(|n| (alice, ClientFrame { id: n, request: append(root, &format!("{n}")) }));
    assert!(office.service.handle_batch(NOON, frames.collect()).is_err());
    assert_eq!(office.page(alice, Request::LogRead { branch: root, after: 0 }).count, 0);
    limit_pages(&office, 100_000);
    assert!(office.ask(alice, append(root, "room again")).is_ok());
}

#[cfg(feature = "testkit")]
#[test]
fn each_planted_bug_does_what_its_name_says() {
    use server::testkit::Defect;
    let planted = |defect| {
        let town = Town::default();
        let mut office = Office::with(&town);
        let (alice, a) = office.connect();
        let root = office.log(&town, alice, &a, &Key::new(60));
        office.service.plant(defect);
        (office, alice, root)
    };
    let (mut office, alice, root) = planted(Defect::FrozenBeforeIdempotency);
    office.ask(alice, append(root, "one")).unwrap();
    office.ask(alice, commit(root, 0, "c0", &Key::new(61))).unwrap();
    assert_eq!(office.ask(alice, append(root, "one")), Err(ErrorCode::Frozen));

    let (mut office, alice, root) = planted(Defect::CasNotAtomic);
    let both = [61, 62].map(|seed| (alice, commit(root, 0, &format!("{seed}"), &Key::new(seed))));
    let answers = office.batch(both.into());
    assert!(answers[..2].iter().all(|(_, frame)| matches!(frame, ServerFrame::Reply(..))));

    let (mut office, alice, root) = planted(Defect::AckBeforeFsync);
    office.service.roll_back_next();
    assert!(office.ask(alice, append(root, "one")).is_ok());
    assert_eq!(office.page(alice, Request::LogRead { branch: root, after: 0 }).count, 0);
}
