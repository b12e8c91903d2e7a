// SPDX-License-Identifier: EUPL-1.2
//! What lies just beyond the wire: cut, longer, newer and hostile bytes each get their own answer.

mod sample;

use minicbor::Encoder;
use proto::{
    BlobId, BranchId, ClientFrame, ContentHash, DecodeError, EntryKind, Hour, LogId, NextKeys, Nonce, PublicKey,
    Request, RootPublicKey, ServerFrame, TtlClass,
    authority::authority_id,
    blob::{BlobRequest, BlobSecret, bucket, padme},
    chain::{ROOT_PARENT, branch_id, first_head, next_head},
    decode, encode, limit,
    proof::{Op, proof_bytes},
};
use sample::count;

fn read(bytes: &[u8]) -> Result<ClientFrame, DecodeError> {
    decode(bytes, limit::FRAME_BYTES)
}

fn ping() -> Vec<u8> {
    encode(&ClientFrame { id: 7, request: Request::Ping })
}

/// A frame with id 7 and whatever `write` puts in the place of the request.
fn frame_with(write: impl FnOnce(&mut Encoder<Vec<u8>>)) -> Vec<u8> {
    let mut encoder = Encoder::new(vec![1]);
    encoder.map(2).and_then(|e| e.u8(0)?.u8(7)?.u8(1)).expect("memory takes everything");
    write(&mut encoder);
    encoder.into_writer()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn bytes_behind_a_message_are_refused() {
    for sample in sample::all() {
        let longer = [sample.bytes.as_slice(), &[0]].concat();
        let refused = match sample.name.starts_with("request") {
            true => decode::<ClientFrame>(&longer, limit::FRAME_BYTES).err(),
            false => decode::<ServerFrame>(&longer, limit::FRAME_BYTES).err(),
        };
        assert_eq!(refused, Some(DecodeError::Trailing), "{}", sample.name);
    }
}

#[test]
fn a_message_cut_anywhere_is_malformed() {
    for sample in sample::all() {
        for length in 0..sample.bytes.len() {
            let cut = &sample.bytes[..length];
            let refused = match sample.name.starts_with("request") {
                true => decode::<ClientFrame>(cut, limit::FRAME_BYTES).err(),
                false => decode::<ServerFrame>(cut, limit::FRAME_BYTES).err(),
            };
            assert_eq!(refused, Some(DecodeError::Malformed), "{} cut to {length}", sample.name);
        }
    }
}

#[test]
fn every_other_version_is_refused_as_such() {
    for version in (0..=255).filter(|version| *version != 1) {
        let mut bytes = ping();
        bytes[0] = version;
        assert_eq!(read(&bytes), Err(DecodeError::Version));
    }
}

#[test]
fn a_frame_may_have_exactly_the_limit_and_the_size_is_looked_at_first() {
    let bytes = ping();
    assert!(decode::<ClientFrame>(&bytes, bytes.len()).is_ok());
    assert_eq!(decode::<ClientFrame>(&bytes, bytes.len() - 1), Err(DecodeError::TooLarge));
    assert_eq!(decode::<ClientFrame>(&[9; 3], 2), Err(DecodeError::TooLarge), "before the version");
}

#[test]
fn the_largest_commit_fits_into_a_frame() {
    let next = NextKeys { access_pub: PublicKey([4; 65]), write_pub: Some(PublicKey([4; 65])) };
    let env = vec![0; limit::COMMIT_ENVELOPE_BYTES].into();
    let request = Request::LogCommit { branch: BranchId([1; 32]), candidate: u32::MAX, env, next };
    assert!(encode(&ClientFrame { id: u32::MAX, request }).len() <= limit::FRAME_BYTES);
}

#[test]
fn an_id_with_a_byte_more_or_less_is_malformed() {
    let close = |id: &[u8]| {
        frame_with(|e| {
            e.array(2).and_then(|e| e.u8(5)?.map(1)?.u8(0)?.bytes(id)).expect("memory takes everything");
        })
    };
    assert_eq!(read(&close(&[3; 32])).map(|f| f.request), Ok(Request::LogClose { branch: BranchId([3; 32]) }));
    for length in [0, 31, 33, 64] {
        assert_eq!(read(&close(&vec![3; length])), Err(DecodeError::Malformed), "{length} bytes");
    }
}

#[test]
fn an_unknown_request_is_malformed() {
    let unknown = frame_with(|e| {
        e.array(2).and_then(|e| e.u32(4000)?.map(0)).expect("memory takes everything");
    });
    assert_eq!(read(&unknown), Err(DecodeError::Malformed));
}

#[test]
fn a_missing_field_is_malformed() {
    let no_branch = frame_with(|e| {
        e.array(2).and_then(|e| e.u8(5)?.map(0)).expect("memory takes everything");
    });
    assert_eq!(read(&no_branch), Err(DecodeError::Malformed));
}

#[test]
fn a_field_from_the_future_is_skipped() {
    let newer = frame_with(|e| {
        e.array(2)
            .and_then(|e| e.u8(5)?.map(2)?.u8(0)?.bytes(&[3; 32])?.u8(99)?.str("news"))
            .expect("memory takes everything");
    });
    assert_eq!(read(&newer).map(|f| f.request), Ok(Request::LogClose { branch: BranchId([3; 32]) }));
}

#[test]
fn a_list_that_claims_to_be_endless_takes_no_memory() {
    let claims = frame_with(|e| {
        e.array(2)
            .and_then(|e| e.u8(12)?.map(2)?.u8(0)?.bytes(&[3; 32])?.u8(1)?.array(u64::MAX))
            .expect("memory takes everything");
    });
    assert_eq!(read(&claims), Err(DecodeError::Malformed));
}

#[test]
fn a_hundred_thousand_nested_lists_do_not_exhaust_the_stack() {
    let mut nested = frame_with(|e| {
        e.array(2).and_then(|e| e.u8(5)?.map(2)?.u8(0)?.bytes(&[3; 32])?.u8(99)).expect("memory takes everything");
    });
    nested.extend(vec![0x81; 100_000]);
    assert_eq!(read(&nested), Err(DecodeError::Malformed));
    nested.push(0x00);
    assert!(read(&nested).is_ok(), "deep, but well-formed, and nobody looks at it");
}

/// Expected values computed with Python's hashlib from the definitions in docs/protocol.md.
#[test]
fn ids_and_chain_heads_are_what_another_implementation_computes() {
    let (log, parent, entry) = (LogId(count(10)), BranchId(count(14)), ContentHash(count(16)));
    let keys = NextKeys { access_pub: PublicKey(count(12)), write_pub: None };
    let both = NextKeys { write_pub: Some(PublicKey(count(13))), ..keys.clone() };
    let before = ContentHash(count(50));
    let computed = [
        branch_id(&log, &parent, 3, &both).0,
        branch_id(&log, &ROOT_PARENT, 0, &keys).0,
        first_head(&parent, None).0,
        first_head(&parent, Some(&entry)).0,
        next_head(&before, 2, EntryKind::Entry, &entry, None).0,
        next_head(&before, 3, EntryKind::Commit, &entry, Some(&keys)).0,
        authority_id(&RootPublicKey(count(2))).0,
    ];
    let expected = [
        "a9b79f79563b27b3500845fa419e37e4fe0a426e5881e7dfb617b55644877335",
        "294eab76de59b44d7d2b1d22e125efcbf093e8dea376fb31a12b6f2aac7ae0b7",
        "b8e925ea6333f4504d154eec5143e5aef39b80d6c0ff84565f3a1e08d6e3219f",
        "516a54672a412c175b0364c390bfdd0b1a5aeaa7184669f6534f6b8fa19499b9",
        "2dbb322d35b95b68ad528caead3c5014d78a3e1698605c01ad80b7689f8cbf48",
        "ff6c9f42caa20a99334261c6f667d0a4d666936239b153265e917a24c9ee40f3",
        "94ccf08aff638ac77feaf3ceffda8e0b00e6a6e31267bd0f91fff5bc86c1f514",
    ];
    assert_eq!(computed.map(|hash| hex(&hash)), expected);
}

#[test]
fn a_proof_is_worth_something_for_one_origin_operation_id_and_connection_only() {
    let proof = |origin, op, id, nonce| proof_bytes(origin, op, &[id; 32], &Nonce([nonce; 32]));
    let one = proof("https://a.example", Op::LogOpen, 1, 1);
    let others = [
        proof("https://b.example", Op::LogOpen, 1, 1),
        proof("https://a.example", Op::LogWrite, 1, 1),
        proof("https://a.example", Op::LogOpen, 2, 1),
        proof("https://a.example", Op::LogOpen, 1, 2),
    ];
    assert!(others.iter().all(|other| *other != one));
    assert_eq!(one.len(), "rp1 proof".len() + 4 + "https://a.example".len() + 1 + 32 + 32);
}

#[test]
fn each_operation_has_its_own_number() {
    let ops = [
        Op::LogCreate,
        Op::LogOpen,
        Op::LogWrite,
        Op::InboxCreate,
        Op::InboxOpen,
        Op::InboxClaim,
        Op::InboxDeposit,
        Op::BlobCreate,
    ];
    assert_eq!(ops.map(Op::code), [1, 2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn a_bucket_hides_the_length_and_wastes_at_most_an_eighth() {
    assert_eq!((bucket(0), bucket(1024), bucket(1025)), (1024, 1024, 1088));
    for length in (1024..10_000_000).step_by(997) {
        let size = bucket(length);
        assert!(size >= length && size - length <= length / 8, "{length} becomes {size}");
        assert_eq!(padme(size), size, "a bucket is its own bucket");
    }
    assert_eq!(padme(u64::MAX), padme(u64::MAX - 1), "the end of the range does not overflow");
}

#[test]
fn time_ends_gracefully() {
    assert_eq!(Hour::of_millis(u64::MAX), Hour(u32::MAX));
    assert_eq!(Hour(u32::MAX).plus_days(u32::MAX), Hour(u32::MAX));
    assert_eq!(Hour::of_millis(3_599_999), Hour(0));
    assert_eq!(Hour::of_millis(3_600_000).start_millis(), 3_600_000);
}

#[test]
fn retention_classes_and_kinds_come_back_from_their_numbers() {
    for class in [TtlClass::Kept, TtlClass::Days7, TtlClass::Days30, TtlClass::Days90] {
        assert_eq!(TtlClass::from_code(class.code()), Some(class));
    }
    for kind in [EntryKind::Entry, EntryKind::Commit] {
        assert_eq!(EntryKind::from_code(kind.code()), Some(kind));
    }
    assert_eq!((TtlClass::from_code(4), EntryKind::from_code(2)), (None, None));
}

#[test]
fn a_blob_secret_is_not_shown() {
    let request = BlobRequest::Delete { blob: BlobId([0x11; 32]), secret: BlobSecret([0xab; 32]) };
    let shown = format!("{request:?}");
    assert!(shown.contains("BlobSecret(…)") && !shown.contains("ab") && !shown.contains("171"), "{shown}");
}
