// SPDX-License-Identifier: EUPL-1.2
//! Stories of sealed files: what goes in comes out, and nothing can be moved about.

use super::*;
use crate::crypto::luck::seeded;
use proto::limit::BLOB_CHUNK_BYTES;
use sha2::{Digest, Sha256};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn file(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at % 251) as u8 ^ (at / 251 % 256) as u8).collect()
}

fn seal(key: &Secret, plain: &[u8], piece: usize) -> (Vec<Vec<u8>>, FileSummary) {
    let mut sealer = FileSealer::new(key.clone());
    let mut chunks = Vec::new();
    for bytes in plain.chunks(piece) {
        chunks.extend(sealer.push(bytes).unwrap());
    }
    let (end, summary) = sealer.finish().unwrap();
    chunks.extend(end);
    assert!(chunks.iter().map(|chunk| chunk.number).eq(0..chunks.len() as u32));
    (chunks.into_iter().map(|chunk| chunk.bytes).collect(), summary)
}

fn open(opener: &FileOpener, chunks: &[Vec<u8>]) -> Result<Vec<u8>, FileError> {
    let parts = chunks.iter().zip(0..).map(|(chunk, number)| opener.open_chunk(number, chunk));
    Ok(parts.collect::<Result<Vec<_>, _>>()?.concat())
}

#[test]
fn a_file_of_any_length_comes_out_as_it_went_in() {
    let key = FileSecrets::generate(&seeded::luck(1)).key;
    let around = [PLAIN_CHUNK_BYTES - 9, PLAIN_CHUNK_BYTES - 8, PLAIN_CHUNK_BYTES - 7, PLAIN_CHUNK_BYTES];
    let plain_lengths = [0, 1, 999, 1000, 1001, PLAIN_CHUNK_BYTES + 1, 3 * PLAIN_CHUNK_BYTES - 8, 20_000_000];
    for length in plain_lengths.into_iter().chain(around) {
        let plain = file(length);
        let (chunks, summary) = seal(&key, &plain, 700_001);
        let stored: usize = chunks.iter().map(Vec::len).sum();
        assert_eq!(summary.size_bytes, length as u64);
        assert_eq!(summary.sha256.0, <[u8; 32]>::from(Sha256::digest(&plain)));
        assert_eq!((summary.padded_bytes, Some(stored as u64)), (stored as u64, padded_bytes(length as u64)));
        assert_eq!(bucket(stored as u64), stored as u64, "{length}: the size is a bucket");
        assert!(chunks.iter().rev().skip(1).all(|chunk| chunk.len() == BLOB_CHUNK_BYTES));
        let opener = FileOpener::new(key.clone(), length as u64).unwrap();
        assert!(open(&opener, &chunks).unwrap() == plain, "{length}");
        let mut check = FileCheck::new();
        check.push(&plain);
        assert_eq!(check.finish(&summary.sha256), Ok(()));
    }
}

#[test]
fn every_length_up_to_the_limit_leaves_room_for_itself() {
    let mut length = 0u64;
    while let Some(padded) = padded_bytes(length) {
        let inner = inner_bytes(padded);
        assert!(inner >= length + LENGTH_BYTES as u64, "{length}");
        let last = inner - u64::from(chunk_count(padded) - 1) * PLAIN_CHUNK_BYTES as u64;
        assert!((1008..=PLAIN_CHUNK_BYTES as u64).contains(&last), "{length}: the last chunk holds the length");
        length += 1 + length / 1000;
    }
    assert!(length > limit::BLOB_BYTES * 9 / 10);
    assert_eq!(padded_bytes(u64::MAX), None);
}

#[test]
fn swapped_cut_added_or_altered_chunks_are_refused() {
    let key = FileSecrets::generate(&seeded::luck(2)).key;
    let plain = file(2 * PLAIN_CHUNK_BYTES + 5000);
    let (chunks, _) = seal(&key, &plain, plain.len());
    let opener = FileOpener::new(key.clone(), plain.len() as u64).unwrap();
    let refused = |chunks: &[Vec<u8>]| assert!(open(&opener, chunks).is_err());
    let [a, b, c] = &chunks[..] else { panic!("three chunks") };
    refused(&[b.clone(), a.clone(), c.clone()]);
    refused(&[a.clone(), b.clone(), c.clone(), c.clone()]);
    let mut altered = chunks.clone();
    altered[1][17] ^= 1;
    refused(&altered);
    let mut cut = chunks.clone();
    cut[2].pop();
    refused(&cut);

    // cut whole: the announced size would have to be another, and that is not what the last chunk says
    let shorter = FileOpener::new(key.clone(), 2 * PLAIN_CHUNK_BYTES as u64 - 8).unwrap();
    assert_eq!(shorter.chunk_count(), 2);
    assert_eq!(shorter.open_chunk(1, b), Err(FileError::Chunk));
    let other_length = FileOpener::new(key, plain.len() as u64 - 1).unwrap();
    assert_eq!(other_length.padded_bytes(), opener.padded_bytes());
    assert_eq!(other_length.open_chunk(2, c), Err(FileError::Chunk));
    let foreign = FileOpener::new(FileSecrets::generate(&seeded::luck(3)).key, plain.len() as u64).unwrap();
    assert_eq!(foreign.open_chunk(0, a), Err(FileError::Chunk));
    assert_eq!(opener.open_chunk(3, c), Err(FileError::Range));
}

#[test]
fn one_chunk_opens_alone() {
    let key = FileSecrets::generate(&seeded::luck(4)).key;
    let plain = file(3 * PLAIN_CHUNK_BYTES);
    let (chunks, summary) = seal(&key, &plain, 1 << 20);
    let opener = FileOpener::new(key, plain.len() as u64).unwrap();
    let opened = opener.open_chunk(1, &chunks[1]).unwrap();
    assert!(opened == plain[PLAIN_CHUNK_BYTES..2 * PLAIN_CHUNK_BYTES]);
    assert_eq!(opener.range(1), Some((BLOB_CHUNK_BYTES as u64, BLOB_CHUNK_BYTES as u32)));
    let (offset, length) = opener.range(opener.chunk_count() - 1).unwrap();
    assert_eq!(offset + u64::from(length), summary.padded_bytes);
    assert_eq!(opener.range(opener.chunk_count()), None);
}

#[test]
fn after_a_crash_sealing_goes_on_behind_the_stored_chunks() {
    let key = FileSecrets::generate(&seeded::luck(5)).key;
    let plain = file(2 * PLAIN_CHUNK_BYTES + 77);
    let (whole, summary) = seal(&key, &plain, plain.len());
    let mut sealer = FileSealer::new(key.clone());
    assert_eq!(sealer.absorb(&whole[1]), Err(FileError::Chunk), "not the first");
    sealer.absorb(&whole[0]).unwrap();
    assert_eq!(sealer.next_byte(), PLAIN_CHUNK_BYTES as u64);
    let mut chunks = sealer.push(&plain[PLAIN_CHUNK_BYTES..]).unwrap();
    assert_eq!(sealer.absorb(&whole[2]), Err(FileError::Chunk), "something was pushed");
    let (end, again) = sealer.finish().unwrap();
    chunks.extend(end);
    assert_eq!(again, summary);
    assert!(chunks.iter().map(|chunk| &chunk.bytes).eq(&whole[1..]));
}

#[test]
fn too_large_a_file_is_refused_before_it_is_taken() {
    let mut sealer = FileSealer::new(FileSecrets::generate(&seeded::luck(6)).key);
    sealer.push(b"small").unwrap();
    sealer.number = 512; // as if 512 chunks had gone by
    assert_eq!(sealer.push(b"one more"), Err(FileError::TooLarge));
    assert!(matches!(FileOpener::new(Secret::new([0; 32]), 1 << 40), Err(FileError::TooLarge)));
}

#[test]
fn four_secrets_and_a_name_are_all_different() {
    let secrets = FileSecrets::generate(&seeded::luck(7));
    let all = [&secrets.key, &secrets.read, &secrets.write, &secrets.delete];
    let hashes: std::collections::BTreeSet<_> = all.map(permission_hash).into_iter().collect();
    assert_eq!(hashes.len(), 4);
    assert_eq!(permission_hash(&secrets.read), content_hash(secrets.read.expose()));
}
