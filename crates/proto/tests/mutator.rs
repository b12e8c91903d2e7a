// SPDX-License-Identifier: EUPL-1.2
//! A seeded mutator bends the sample messages for some seconds; no decoder may panic or read what it can't write.
#![allow(
    clippy::print_stdout,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests talk to the terminal and fail loudly"
)]

mod sample;

use proto::{ClientFrame, ServerFrame, decode, limit};
use std::{
    hash::{BuildHasher, RandomState},
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

/// Seconds for each decoder.
const SECS: &str = "ROHRPOST_FUZZ_SECS";
const DEFAULT_SECS: u64 = 5;
/// A number that repeats a run.
const SEED: &str = "ROHRPOST_FUZZ_SEED";
/// Bytes that mean something in CBOR: break codes, long lengths, the ends of ranges.
const TELLING: [u8; 16] =
    [0x00, 0x01, 0x17, 0x18, 0x1b, 0x1f, 0x5b, 0x5f, 0x7b, 0x7f, 0x9b, 0x9f, 0xbf, 0xd8, 0xf6, 0xff];

#[test]
fn no_bent_client_frame_makes_the_server_stumble() {
    shake("client_frame", proto::fuzz::client_frame, |bytes| decode::<ClientFrame>(bytes, limit::FRAME_BYTES).is_ok());
}

#[test]
fn no_bent_server_frame_makes_the_client_stumble() {
    shake("server_frame", proto::fuzz::server_frame, |bytes| decode::<ServerFrame>(bytes, limit::FRAME_BYTES).is_ok());
}

/// Runs `target` on bent samples until the time is up.
fn shake(name: &str, target: fn(&[u8]), accepts: fn(&[u8]) -> bool) {
    let seed = number(SEED).unwrap_or_else(|| RandomState::new().hash_one(name));
    let end = Duration::from_secs(number(SECS).unwrap_or(DEFAULT_SECS));
    println!("{name}: {SEED}={seed}");
    let samples: Vec<Vec<u8>> = sample::all().into_iter().map(|sample| sample.bytes).collect();
    let (mut dice, start) = (Dice(seed), Instant::now());
    let (mut rounds, mut accepted) = (0_u64, 0_u64);
    while start.elapsed() < end {
        for _ in 0..256 {
            let input = bend(&samples, &mut dice);
            rounds += 1;
            if catch_unwind(AssertUnwindSafe(|| target(&input))).is_err() {
                panic!("{name} fell over in round {rounds} of {SEED}={seed} on {}", hex(&input));
            }
            accepted += u64::from(accepts(&input));
        }
    }
    println!("{name}: {rounds} rounds, {accepted} accepted");
    assert!(accepted > 0 && accepted < rounds, "the mutator bends too much or too little: {accepted} of {rounds}");
}

/// One sample with up to eight changes; the version byte mostly stays.
fn bend(samples: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = samples[dice.below(samples.len())].clone();
    for _ in 0..=dice.below(8) {
        let first = usize::from(dice.below(64) > 0);
        if bytes.len() <= first {
            break;
        }
        let at = first + dice.below(bytes.len() - first);
        match dice.below(8) {
            0 => bytes[at] ^= 1 << dice.below(8),
            1 => bytes[at] = TELLING[dice.below(TELLING.len())],
            2 => bytes[at] = bytes[at].wrapping_add(1),
            3 => bytes.insert(at, TELLING[dice.below(TELLING.len())]),
            4 => drop(bytes.remove(at)),
            5 => bytes.truncate(at),
            6 => {
                let end = at + dice.below(bytes.len() - at) + 1;
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            _ => {
                let other = &samples[dice.below(samples.len())];
                bytes.truncate(at);
                bytes.extend_from_slice(&other[dice.below(other.len())..]);
            }
        }
    }
    bytes
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("seconds and seeds are numbers"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): small, and the same on every machine.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    /// A number below `end`.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("it is below a usize")
    }
}
