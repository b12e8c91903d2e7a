// SPDX-License-Identifier: EUPL-1.2
//! One or more samples of every message on the wire; each byte of an id differs from its neighbours.
#![allow(dead_code, reason = "each test file uses its part")]

use minicbor::bytes::ByteVec;
use proto::{
    AuthorityId, AuthorityStatement, BlobId, BranchId, ClientFrame, ContentHash, EntryKind, ErrorCode, Hello, Hour,
    InboxId, InviteId, IssuerGrant, LogEntry, LogId, MemberProof, NextKeys, Nonce, Pass, PublicKey, Push, RecoveryId,
    Reply, Request, RootPublicKey, RootSignature, ServerFrame, Signature, StatementSigner, TtlClass, Voucher,
    reply::{Deposit, LogPage},
    request::{BlobHashes, BlobVoucher},
};

/// A message as it travels.
pub struct Sample {
    /// `request-log_open`, or `request-log_open-bare` for a second form of it.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Counts up from `first`, wrapping.
pub fn count<const N: usize>(first: u8) -> [u8; N] {
    let mut out = [0; N];
    let mut next = first;
    for byte in &mut out {
        *byte = next;
        next = next.wrapping_add(1);
    }
    out
}

/// Every client frame.
pub fn client_frames() -> Vec<(String, ClientFrame)> {
    let named = requests().into_iter().map(|(form, request)| (name("request", &format!("{request:?}"), form), request));
    named.map(|(name, request)| (name, ClientFrame { id: 7, request })).collect()
}

/// Every server frame.
pub fn server_frames() -> Vec<(String, ServerFrame)> {
    let mut frames = Vec::new();
    for (form, reply) in replies() {
        frames.push((name("reply", &format!("{reply:?}"), form), ServerFrame::Reply(8, reply)));
    }
    for (form, push) in pushes() {
        frames.push((name("push", &format!("{push:?}"), form), ServerFrame::Push(push)));
    }
    for (form, frame) in plain_server_frames() {
        frames.push((name("server_frame", &format!("{frame:?}"), form), frame));
    }
    frames
}

/// All of them, encoded.
pub fn all() -> Vec<Sample> {
    let client = client_frames().into_iter().map(|(name, frame)| Sample { name, bytes: proto::encode(&frame) });
    let server = server_frames().into_iter().map(|(name, frame)| Sample { name, bytes: proto::encode(&frame) });
    client.chain(server).collect()
}

/// `request`, `LogOpen { … }`, `bare` → `request-log_open-bare`.
fn name(kind: &str, debug: &str, form: &str) -> String {
    let variant: String = debug.chars().take_while(|c| c.is_alphanumeric()).collect();
    let mut out = format!("{kind}-");
    for (at, letter) in variant.char_indices() {
        if letter.is_uppercase() && at > 0 {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    if form.is_empty() { out } else { format!("{out}-{form}") }
}

fn requests() -> Vec<(&'static str, Request)> {
    [authority_requests(), log_requests(), inbox_requests(), blob_requests()].into_iter().flatten().collect()
}

fn authority_requests() -> Vec<(&'static str, Request)> {
    let root = StatementSigner::Root(RootSignature(count(60)));
    let grant = IssuerGrant {
        issuer_pub: PublicKey(count(61)),
        generation: 2,
        not_after: Hour(500_000),
        root_signature: RootSignature(count(62)),
    };
    let issuer = StatementSigner::Issuer(grant, Signature(count(63)));
    let put = |signer, setup_code| Request::AuthorityPut { statement: statement(), signer, setup_code };
    vec![("", Request::Ping), ("", put(root, Some("K7QX-2M9P".into()))), ("issuer", put(issuer, None))]
}

fn log_requests() -> Vec<(&'static str, Request)> {
    let branch = branch();
    vec![
        (
            "",
            Request::LogCreate {
                log: LogId(count(10)),
                keys: keys_with_write(),
                ttl: TtlClass::Kept,
                proof: member_proof(),
            },
        ),
        (
            "bare",
            Request::LogCreate { log: LogId(count(10)), keys: keys(), ttl: TtlClass::Days30, proof: member_proof() },
        ),
        (
            "",
            Request::LogOpen {
                branch,
                proof: Signature(count(20)),
                write_proof: Some(Signature(count(21))),
                after: 300,
            },
        ),
        ("bare", Request::LogOpen { branch, proof: Signature(count(20)), write_proof: None, after: 0 }),
        ("", Request::LogRead { branch, after: 70_000 }),
        ("", Request::LogClose { branch }),
        ("", Request::LogAppend { branch, env: envelope(), erase_hash: Some(ContentHash(count(22))) }),
        ("bare", Request::LogAppend { branch, env: envelope(), erase_hash: None }),
        ("", Request::LogCommit { branch, candidate: 1, env: envelope(), next: keys_with_write() }),
        ("bare", Request::LogCommit { branch, candidate: 0, env: envelope(), next: keys() }),
        ("", Request::LogErase { branch, n: 24, secret: bytes(32, 23) }),
    ]
}

fn inbox_requests() -> Vec<(&'static str, Request)> {
    let inbox = InboxId(count(30));
    let create = |voucher| Request::InboxCreate { inbox, owner_pub: PublicKey(count(31)), voucher };
    let deposit = |voucher| Request::InboxDeposit { inbox, sealed: bytes(40, 32), voucher };
    vec![
        ("", create(Voucher::Member(member_proof()))),
        ("pass", create(Voucher::Pass(pass(), Signature(count(33))))),
        ("", Request::InboxOpen { inbox, proof: Signature(count(34)) }),
        ("", Request::InboxList { inbox, skip: 256 }),
        ("", Request::InboxDelete { inbox, hashes: vec![ContentHash(count(35)), ContentHash(count(36))] }),
        ("empty", Request::InboxDelete { inbox, hashes: Vec::new() }),
        ("", Request::InboxDrop { inbox }),
        ("", Request::InboxPublish { inbox, packages: vec![bytes(24, 37), bytes(24, 38)], last_resort: bytes(24, 39) }),
        ("", Request::InboxClaim { inbox, proof: member_proof() }),
        ("", deposit(Voucher::Member(member_proof()))),
        ("pass", deposit(Voucher::Pass(pass(), Signature(count(33))))),
    ]
}

fn blob_requests() -> Vec<(&'static str, Request)> {
    let hashes =
        BlobHashes { write: ContentHash(count(41)), read: ContentHash(count(42)), delete: ContentHash(count(43)) };
    let create = |voucher, size_bytes| Request::BlobCreate {
        blob: BlobId(count(40)),
        size_bytes,
        expiry: Hour(496_000),
        hashes: hashes.clone(),
        voucher,
    };
    vec![
        ("", create(BlobVoucher::Member(member_proof()), 20_971_520)),
        ("kept", create(BlobVoucher::KeptLog(branch()), 1024)),
    ]
}

fn replies() -> Vec<(&'static str, Reply)> {
    let page =
        LogPage { entries: vec![entry(), commit(), tombstone()], count: 300, head: ContentHash(count(50)), closed: 1 };
    let empty = LogPage { entries: Vec::new(), count: 0, head: ContentHash(count(50)), closed: 0 };
    let stored = |branch| Reply::Stored { n: 256, head: ContentHash(count(51)), hour: Hour(495_000), branch };
    vec![
        ("", Reply::Done),
        ("", Reply::Authority(statement())),
        ("", Reply::Created(branch())),
        ("", Reply::Page(page)),
        ("empty", Reply::Page(empty)),
        ("", stored(Some(branch()))),
        ("bare", stored(None)),
        ("", Reply::Inbox { deposits: vec![deposit()], waiting: 1, key_packages: 32 }),
        ("empty", Reply::Inbox { deposits: Vec::new(), waiting: 0, key_packages: 0 }),
        ("", Reply::KeyPackage { sealed: bytes(24, 52) }),
        ("", Reply::Blob { offset: 1_048_576 }),
    ]
}

fn pushes() -> Vec<(&'static str, Push)> {
    vec![
        ("", Push::Entry { branch: branch(), entry: entry() }),
        ("commit", Push::Entry { branch: branch(), entry: commit() }),
        ("", Push::Deposit { inbox: InboxId(count(30)), deposit: deposit() }),
        ("", Push::Behind { branch: branch() }),
    ]
}

fn plain_server_frames() -> Vec<(&'static str, ServerFrame)> {
    let hello = Hello { nonce: Nonce(count(70)), recovery: RecoveryId(count(71)), now_millis: 1_800_000_000_123 };
    let mut frames = vec![
        ("", ServerFrame::Hello(hello)),
        ("", ServerFrame::Reply(8, Reply::Done)),
        ("", ServerFrame::Error(9, ErrorCode::Malformed)),
        ("", ServerFrame::Push(Push::Behind { branch: branch() })),
    ];
    let codes = [
        ("forbidden", ErrorCode::Forbidden),
        ("gone", ErrorCode::Gone),
        ("unknown", ErrorCode::Unknown),
        ("conflict", ErrorCode::Conflict),
        ("frozen", ErrorCode::Frozen),
        ("too_large", ErrorCode::TooLarge),
        ("rate", ErrorCode::Rate),
        ("quota", ErrorCode::Quota),
        ("exhausted", ErrorCode::Exhausted),
        ("range", ErrorCode::Range),
        ("unavailable", ErrorCode::Unavailable),
        ("setup_code", ErrorCode::SetupCode),
    ];
    frames.extend(codes.map(|(form, code)| (form, ServerFrame::Error(9, code))));
    frames
}

fn statement() -> AuthorityStatement {
    AuthorityStatement {
        authority: AuthorityId(count(1)),
        root_pub: RootPublicKey(count(2)),
        member_pub: PublicKey(count(3)),
        pass_pub: PublicKey(count(4)),
        version: (2 << 32) | 5,
    }
}

fn pass() -> Pass {
    Pass {
        authority: AuthorityId(count(1)),
        invite: InviteId(count(5)),
        pass_key: PublicKey(count(6)),
        approver_inbox: InboxId(count(7)),
        reply_inbox: InboxId(count(8)),
        not_after: Hour(495_336),
        signature: Signature(count(9)),
    }
}

fn member_proof() -> MemberProof {
    MemberProof { authority: AuthorityId(count(1)), signature: Signature(count(11)) }
}

fn keys() -> NextKeys {
    NextKeys { access_pub: PublicKey(count(12)), write_pub: None }
}

fn keys_with_write() -> NextKeys {
    NextKeys { access_pub: PublicKey(count(12)), write_pub: Some(PublicKey(count(13))) }
}

fn branch() -> BranchId {
    BranchId(count(14))
}

fn envelope() -> ByteVec {
    bytes(48, 15)
}

fn bytes(length: usize, first: u8) -> ByteVec {
    count::<256>(first).into_iter().take(length).collect::<Vec<u8>>().into()
}

fn entry() -> LogEntry {
    LogEntry {
        n: 1,
        kind: EntryKind::Entry,
        env_hash: ContentHash(count(16)),
        env: Some(envelope()),
        hour: Hour(495_000),
        next: None,
    }
}

fn commit() -> LogEntry {
    LogEntry { n: 2, kind: EntryKind::Commit, next: Some(keys_with_write()), ..entry() }
}

fn tombstone() -> LogEntry {
    LogEntry { n: 3, env: None, ..entry() }
}

fn deposit() -> Deposit {
    Deposit { hash: ContentHash(count(17)), sealed: bytes(40, 18), hour: Hour(495_001) }
}
