// SPDX-License-Identifier: EUPL-1.2
//! The authority's root key in a file sealed by a passphrase (Argon2id, RFC 9106), kept outside the profile.
//! Form: magic ‖ version byte ‖ CBOR ‖ SHA-256 of all before it, so that damage is not taken for a wrong passphrase.

use crate::{
    crypto::{Luck, Secret, aead, sign::RootKey},
    directory::format::Name,
};
use argon2::{Algorithm, Argon2, Params, Version};
use minicbor::{
    Decode, Encode,
    bytes::{ByteArray, ByteVec},
};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

const MAGIC: &[u8] = b"Rohrpost root key\n";
/// Largest root file in bytes.
pub const ROOT_FILE_BYTES: usize = 4 * 1024;
/// Largest passphrase in bytes.
pub const PASSPHRASE_BYTES: usize = 1024;
const HASH_BYTES: usize = 32;
const DEFAULT_WORK: Work = Work { memory_kib: 64 * 1024, passes: 3, lanes: 1 };
/// A file may not ask for more than this.
const MAX_WORK: Work = Work { memory_kib: 1024 * 1024, passes: 16, lanes: 8 };

/// What the file holds.
#[derive(Clone, Debug)]
pub struct RootFile {
    pub root: RootKey,
    pub authority_name: Name,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RootFileError {
    #[error("this is not a root file")]
    NotARootFile,
    #[error("the root file is damaged: use another copy")]
    Damaged,
    #[error("the root file was written by a newer version")]
    NewerVersion,
    #[error("wrong passphrase")]
    WrongPassphrase,
    #[error("a passphrase has 1 to 1024 bytes")]
    Passphrase,
    #[error("not enough memory to check the passphrase")]
    Memory,
}

/// Argon2id's cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
struct Work {
    #[n(0)]
    memory_kib: u32,
    #[n(1)]
    passes: u32,
    #[n(2)]
    lanes: u32,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Outer {
    #[n(0)]
    work: Work,
    #[n(1)]
    salt: ByteArray<16>,
    #[n(2)]
    sealed: ByteVec,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Inner {
    #[n(0)]
    root: ByteArray<48>,
    #[n(1)]
    authority_name: Name,
}

/// Takes about a second on purpose.
///
/// # Errors
/// [`RootFileError::Passphrase`] or [`RootFileError::Memory`].
pub fn seal_root_file(luck: &Luck, file: &RootFile, passphrase: &str) -> Result<Vec<u8>, RootFileError> {
    seal_with(luck, file, passphrase, DEFAULT_WORK)
}

fn seal_with(luck: &Luck, file: &RootFile, passphrase: &str, work: Work) -> Result<Vec<u8>, RootFileError> {
    let salt: [u8; 16] = luck.bytes();
    let key = stretch(passphrase, &salt, work)?;
    let inner = Inner { root: file.root.expose().into(), authority_name: file.authority_name.clone() };
    let plain = Zeroizing::new(proto::encode(&inner));
    let sealed = aead::seal(luck, &key, MAGIC, &plain).into();
    let body = proto::encode(&Outer { work, salt: salt.into(), sealed });
    let mut out = [MAGIC, &body].concat();
    out.extend(Sha256::digest(&out));
    Ok(out)
}

/// Takes about a second on purpose.
///
/// # Errors
/// [`RootFileError`]: what to tell the administrator.
pub fn open_root_file(bytes: &[u8], passphrase: &str) -> Result<RootFile, RootFileError> {
    let outer = parse(bytes)?;
    let key = stretch(passphrase, outer.salt.as_slice(), outer.work)?;
    let plain = aead::open(&key, MAGIC, &outer.sealed).map_err(|_| RootFileError::WrongPassphrase)?;
    let plain = Zeroizing::new(plain);
    let inner: Inner = proto::decode(&plain, ROOT_FILE_BYTES).map_err(|_| RootFileError::Damaged)?;
    let root = RootKey::from_bytes(inner.root.as_slice()).map_err(|_| RootFileError::Damaged)?;
    Ok(RootFile { root, authority_name: inner.authority_name })
}

fn parse(bytes: &[u8]) -> Result<Outer, RootFileError> {
    if bytes.len() > ROOT_FILE_BYTES || !bytes.starts_with(MAGIC) {
        return Err(RootFileError::NotARootFile);
    }
    let (content, hash) =
        bytes.len().checked_sub(HASH_BYTES).and_then(|at| bytes.split_at_checked(at)).ok_or(RootFileError::Damaged)?;
    if Sha256::digest(content).as_slice() != hash {
        return Err(RootFileError::Damaged);
    }
    let body = content.get(MAGIC.len()..).ok_or(RootFileError::Damaged)?;
    let outer: Outer = proto::decode(body, ROOT_FILE_BYTES).map_err(|error| match error {
        proto::DecodeError::Version => RootFileError::NewerVersion,
        _ => RootFileError::Damaged,
    })?;
    let (work, most) = (outer.work, MAX_WORK);
    if work.memory_kib > most.memory_kib || work.passes > most.passes || work.lanes > most.lanes {
        return Err(RootFileError::Damaged);
    }
    Ok(outer)
}

fn stretch(passphrase: &str, salt: &[u8], work: Work) -> Result<Secret, RootFileError> {
    if passphrase.is_empty() || passphrase.len() > PASSPHRASE_BYTES {
        return Err(RootFileError::Passphrase);
    }
    let params = Params::new(work.memory_kib, work.passes, work.lanes, Some(32)).map_err(|_| RootFileError::Damaged)?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, key.as_mut_slice())
        .map_err(|_| RootFileError::Memory)?;
    Ok(Secret::new(*key))
}

/// The outer form only: stretching each mutation would take for ever.
pub(super) fn fuzz(bytes: &[u8]) {
    let _ = parse(bytes);
    let whole = [bytes, Sha256::digest(bytes).as_slice()].concat();
    let _ = parse(&whole);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::luck::seeded;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const QUICK: Work = Work { memory_kib: 64, passes: 1, lanes: 1 };

    fn sample() -> (RootFile, Vec<u8>) {
        let luck = seeded::luck(1);
        let file = RootFile { root: RootKey::generate(&luck), authority_name: Name::new("Musterstadt").unwrap() };
        let bytes = seal_with(&luck, &file, "correct horse", QUICK).unwrap();
        (file, bytes)
    }

    #[test]
    fn file_written_with_the_product_cost_opens_and_states_that_cost() {
        let (file, luck) = (sample().0, seeded::luck(2));
        let bytes = seal_root_file(&luck, &file, "Zwölf Boxkämpfer").unwrap();
        assert_eq!(parse(&bytes).unwrap().work, Work { memory_kib: 65_536, passes: 3, lanes: 1 });
        let read = open_root_file(&bytes, "Zwölf Boxkämpfer").unwrap();
        assert_eq!(read.root.public(), file.root.public());
        assert_eq!(read.authority_name, file.authority_name);
    }

    #[test]
    fn each_failure_has_its_own_answer() {
        let (_, bytes) = sample();
        let open = |bytes: &[u8], passphrase: &str| open_root_file(bytes, passphrase).map(|_| ()).unwrap_err();
        assert_eq!(open(&bytes, "correct house"), RootFileError::WrongPassphrase);
        assert_eq!(open(&bytes, ""), RootFileError::Passphrase);
        assert_eq!(open(&bytes, &"x".repeat(1025)), RootFileError::Passphrase);
        assert_eq!(open(b"%PDF-1.7", "correct horse"), RootFileError::NotARootFile);
        assert_eq!(open(&bytes[..bytes.len() - 1], "correct horse"), RootFileError::Damaged);
        assert_eq!(open(MAGIC, "correct horse"), RootFileError::Damaged);
        for at in MAGIC.len()..bytes.len() {
            let mut bytes = bytes.clone();
            bytes[at] ^= 1;
            assert_eq!(open(&bytes, "correct horse"), RootFileError::Damaged, "byte {at}");
        }
    }

    #[test]
    fn file_that_asks_for_too_much_work_or_a_newer_version_is_refused_before_any_work() {
        let (_, bytes) = sample();
        let outer = parse(&bytes).unwrap();
        let wrap = |body: Vec<u8>| {
            let content = [MAGIC, &body].concat();
            [content.as_slice(), Sha256::digest(&content).as_slice()].concat()
        };
        let huge = Outer { work: Work { memory_kib: u32::MAX, ..QUICK }, ..outer };
        assert_eq!(parse(&wrap(proto::encode(&huge))).map(|_| ()), Err(RootFileError::Damaged));
        let mut newer = proto::encode(&huge);
        newer[0] = 2;
        assert_eq!(parse(&wrap(newer)).map(|_| ()), Err(RootFileError::NewerVersion));
    }
}
