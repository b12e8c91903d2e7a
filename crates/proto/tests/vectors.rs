// SPDX-License-Identifier: EUPL-1.2
//! The sample vectors in `vectors/`: what is written today must be, byte for byte, what lies there.
#![allow(clippy::print_stdout, reason = "tests talk to the terminal")]

mod sample;

use proto::{ClientFrame, ServerFrame, decode, limit};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Set to anything: the vectors are written instead of compared.
const WRITE: &str = "ROHRPOST_WRITE_VECTORS";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

/// Lines of 32 bytes.
fn to_hex(bytes: &[u8]) -> String {
    let lines = bytes.chunks(32).map(|line| line.iter().map(|byte| format!("{byte:02x}")).collect::<String>() + "\n");
    lines.collect()
}

fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    let pairs = digits.chunks(2).map(|pair| pair.iter().collect::<String>());
    pairs.map(|pair| u8::from_str_radix(&pair, 16).expect("a vector is made of hex digits")).collect()
}

/// Every stored vector by its name.
fn stored() -> BTreeMap<String, Vec<u8>> {
    let mut vectors = BTreeMap::new();
    for entry in fs::read_dir(folder()).expect("the folder of vectors is there") {
        let path = entry.expect("the folder can be read").path();
        if path.extension().is_some_and(|extension| extension == "hex") {
            let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
            vectors.insert(name, from_hex(&fs::read_to_string(&path).expect("a vector is text")));
        }
    }
    vectors
}

#[test]
fn every_message_is_written_as_its_vector_says() {
    let samples = sample::all();
    if std::env::var_os(WRITE).is_some() {
        for sample in &samples {
            fs::write(folder().join(format!("{}.hex", sample.name)), to_hex(&sample.bytes)).expect("it can be written");
        }
        println!("{} vectors written", samples.len());
    }
    let stored = stored();
    for sample in &samples {
        let vector = stored.get(&sample.name).expect("each sample has a vector");
        assert_eq!(to_hex(&sample.bytes), to_hex(vector), "{} is written differently now", sample.name);
    }
    let names: BTreeSet<&String> = samples.iter().map(|sample| &sample.name).collect();
    assert_eq!(names.len(), samples.len(), "two samples with one name");
    let orphans: Vec<&String> = stored.keys().filter(|name| !names.contains(name)).collect();
    assert!(orphans.is_empty(), "vectors that no sample writes: {orphans:?}");
}

#[test]
fn every_vector_is_read_as_the_message_it_was_made_of() {
    let stored = stored();
    for (name, frame) in sample::client_frames() {
        let read = decode::<ClientFrame>(&stored[&name], limit::FRAME_BYTES);
        assert_eq!(read.as_ref(), Ok(&frame), "{name}");
    }
    for (name, frame) in sample::server_frames() {
        let read = decode::<ServerFrame>(&stored[&name], limit::FRAME_BYTES);
        assert_eq!(read.as_ref(), Ok(&frame), "{name}");
    }
}
