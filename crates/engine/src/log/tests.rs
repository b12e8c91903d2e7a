// SPDX-License-Identifier: EUPL-1.2
//! An envelope opens in its place alone, has one of few sizes, and the chain tells every change.

use super::{Aad, Chain, ChainError, EnvelopeError, EpochKeys, Payload, Place, envelope};
use crate::crypto::{Secret, luck::seeded};
use proto::{
    BranchId, ContentHash, EntryKind, Hour, LogEntry, LogId, NextKeys,
    blob::padme,
    chain::content_hash,
    limit::{ENTRY_ENVELOPE_BYTES, ENVELOPE_MIN_BYTES},
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn place() -> Place {
    Place { log: LogId([1; 32]), branch: BranchId([2; 32]), kind: EntryKind::Entry }
}

fn key() -> Secret {
    EpochKeys::derive(&Secret::new([7; 32])).envelope
}

#[test]
fn envelope_opens_only_in_its_log_branch_and_kind() {
    let luck = seeded::luck(1);
    for payload in [Payload::Mls(vec![b"one".to_vec(), vec![0; 3000]]), Payload::Directory(b"batch".to_vec())] {
        let env = envelope::seal(&luck, &key(), &place(), &payload).unwrap();
        assert_eq!(envelope::open(&key(), &place(), &env), Ok(payload));
        let other = EpochKeys::derive(&Secret::new([8; 32])).envelope;
        assert_eq!(envelope::open(&other, &place(), &env), Err(EnvelopeError::Open));
        for wrong in [
            Place { log: LogId([9; 32]), ..place() },
            Place { branch: BranchId([9; 32]), ..place() },
            Place { kind: EntryKind::Commit, ..place() },
        ] {
            assert_eq!(envelope::open(&key(), &wrong, &env), Err(EnvelopeError::Open));
        }
    }
}

#[test]
fn every_flipped_bit_and_every_cut_is_noticed() {
    let luck = seeded::luck(2);
    let env = envelope::seal(&luck, &key(), &place(), &Payload::Mls(vec![vec![5; 40]])).unwrap();
    for at in 0..env.len() {
        for bit in 0..8 {
            let mut bad = env.clone();
            bad[at] ^= 1 << bit;
            assert_eq!(envelope::open(&key(), &place(), &bad), Err(EnvelopeError::Open), "byte {at} bit {bit}");
        }
        assert_eq!(envelope::open(&key(), &place(), &env[..at]), Err(EnvelopeError::Open), "cut at {at}");
    }
}

#[test]
fn sizes_are_padme_sizes_and_at_least_the_smallest() {
    let luck = seeded::luck(3);
    let mut sizes = std::collections::BTreeSet::new();
    for length in (0..2000).chain([65_535, 65_536, 100_000, 260_000]) {
        let env = envelope::seal(&luck, &key(), &place(), &Payload::Directory(vec![1; length])).unwrap();
        assert_eq!(padme(env.len() as u64), env.len() as u64, "{length}");
        assert!((ENVELOPE_MIN_BYTES..=ENTRY_ENVELOPE_BYTES).contains(&env.len()));
        assert!(env.len() >= length);
        if length < 2000 {
            sizes.insert(env.len());
        }
    }
    assert!(sizes.len() <= 36, "2000 lengths become few sizes: {}", sizes.len());
    let large = Payload::Directory(vec![1; ENTRY_ENVELOPE_BYTES]);
    assert_eq!(envelope::seal(&luck, &key(), &place(), &large), Err(EnvelopeError::TooLarge));
    let commit = Place { kind: EntryKind::Commit, ..place() };
    assert!(envelope::seal(&luck, &key(), &commit, &large).is_ok());
}

#[test]
fn authenticated_data_has_one_encoding() {
    let aad = Aad { branch: BranchId([3; 32]), n: u32::MAX, head: ContentHash([4; 32]), at: Hour(u32::MAX) };
    let bytes = aad.encode();
    assert!(bytes.len() <= super::aad::AAD_BYTES);
    assert_eq!(Aad::decode(&bytes), Ok(aad));
    assert!(Aad::decode(&[bytes.as_slice(), &[0]].concat()).is_err());
    assert!(Aad::decode(&bytes[..bytes.len() - 1]).is_err());
    assert!(Aad::decode(&[]).is_err());
}

#[test]
fn access_keys_of_one_secret_are_the_same_on_every_device() {
    let (one, two) = (EpochKeys::derive(&Secret::new([1; 32])), EpochKeys::derive(&Secret::new([1; 32])));
    assert_eq!(one.announce(), two.announce());
    assert_eq!(one.announce().write_pub, None);
    assert_ne!(one.announce(), EpochKeys::derive(&Secret::new([2; 32])).announce());
}

#[test]
fn chain_takes_the_next_unaltered_entry_and_nothing_else() {
    let chain = Chain::start(&BranchId([2; 32]), None);
    assert_ne!(chain, Chain::start(&BranchId([2; 32]), Some(&ContentHash([1; 32]))));
    let env = b"envelope".to_vec();
    let entry = LogEntry {
        n: 1,
        kind: EntryKind::Entry,
        env_hash: content_hash(&env),
        env: Some(env.into()),
        hour: Hour(1),
        next: None,
    };
    let after = chain.after(&entry).unwrap();
    assert_eq!(after.n, 1);
    let tombstone = LogEntry { env: None, ..entry.clone() };
    assert_eq!(chain.after(&tombstone), Ok(after), "a tombstone keeps its place in the chain");
    assert_eq!(chain.after(&LogEntry { n: 2, ..entry.clone() }), Err(ChainError::NotNext));
    assert_eq!(after.after(&entry), Err(ChainError::NotNext));
    let altered = LogEntry { env: Some(b"another".to_vec().into()), ..entry.clone() };
    assert_eq!(chain.after(&altered), Err(ChainError::Altered));
    let keys = EpochKeys::derive(&Secret::new([1; 32])).announce();
    let odd = LogEntry { next: Some(keys.clone()), ..entry.clone() };
    assert_eq!(chain.after(&odd), Err(ChainError::Kind));
    assert_eq!(chain.after(&LogEntry { kind: EntryKind::Commit, ..entry.clone() }), Err(ChainError::Kind));
    let commit = LogEntry { kind: EntryKind::Commit, next: Some(keys), ..entry.clone() };
    let other = EpochKeys::derive(&Secret::new([2; 32])).announce();
    let swapped = LogEntry { next: Some(NextKeys { write_pub: None, ..other }), ..commit.clone() };
    assert_ne!(chain.after(&commit), chain.after(&swapped), "the head names the announced keys");
}

#[test]
fn mutated_payloads_do_not_panic() {
    let luck = seeded::luck(4);
    let mut samples = vec![
        Payload::Mls(vec![vec![1; 20], vec![2; 30]]).encode_for_test(),
        Payload::Directory(vec![3; 10]).encode_for_test(),
    ];
    samples.push(Aad { branch: BranchId([3; 32]), n: 1, head: ContentHash([4; 32]), at: Hour(5) }.encode());
    for sample in &samples {
        envelope::fuzz(sample);
        for _ in 0..2000 {
            let mut bytes = sample.clone();
            let [at, value, cut] = luck.bytes();
            let length = bytes.len();
            bytes[usize::from(at) % length] = value;
            envelope::fuzz(&bytes);
            envelope::fuzz(&bytes[..usize::from(cut) % length]);
        }
    }
}

impl Payload {
    fn encode_for_test(&self) -> Vec<u8> {
        [self.encode(), vec![3, 0x41, 0]].concat()
    }
}
