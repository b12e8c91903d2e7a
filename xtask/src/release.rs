// SPDX-License-Identifier: EUPL-1.2
//! The web messenger's manifest: every file's hash, signed, and the service worker that insists on it.
#![cfg(feature = "wasm")]

use crate::{
    shell,
    twin::{self, Files},
};
use anyhow::{Context, Result};
use base64::{Engine, engine::general_purpose::STANDARD};
use p256::{
    ecdsa::{Signature, SigningKey, signature::Signer},
    pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey},
};
use std::{collections::BTreeMap, fs, path::PathBuf};

/// Names the file of the release's key, PKCS #8 as DER, P-256. Without it a throw-away key signs and the manifest
/// says so.
const KEY_FILE: &str = "ROHRPOST_RELEASE_KEY";
const WORKER: &str = "sw.js";
/// Parts of the names of files that are fetched when they are first wanted: the messenger works without them.
const LATER: [&str; 2] = ["icon-", "-more.woff2"];

/// Adds `release.json`, which is the manifest and its signature (ECDSA P-256, SHA-256, `r ‖ s`, base64), and fills key
/// and hash into the service worker.
///
/// # Errors
/// When the key can't be read or made.
pub fn sign(files: &mut Files, profile: &str) -> Result<()> {
    let (key, development) = match std::env::var_os(KEY_FILE) {
        Some(path) => (read(&PathBuf::from(path))?, false),
        None => (throw_away()?, true),
    };
    let commit = shell::output(shell::command("git").args(["rev-parse", "HEAD"])).ok();
    let named = files.iter().filter(|(name, _)| *name != WORKER);
    let hashes = named.map(|(name, bytes)| (name.as_str(), twin::hash(bytes)));
    let (later, now): (BTreeMap<&str, String>, _) =
        hashes.partition(|(name, _)| LATER.iter().any(|part| name.contains(part)));
    let manifest = serde_json::to_string_pretty(&serde_json::json!({
        "version": env!("CARGO_PKG_VERSION"),
        "commit": commit.as_deref().map(str::trim),
        "profile": profile,
        "development": development,
        "files": now,
        "later": later,
    }))?;
    let signature: Signature = key.sign(manifest.as_bytes());
    if let Some(worker) = files.get_mut(WORKER) {
        let public = key.verifying_key().to_public_key_der().context("writing the public key")?;
        let text = String::from_utf8(std::mem::take(worker)).context("the service worker is not text")?;
        let text = text.replace("@RELEASE_KEY@", &STANDARD.encode(public.as_bytes()));
        *worker = text.replace("@RELEASE_HASH@", &twin::hash(manifest.as_bytes())).into_bytes();
    }
    let release = serde_json::json!({ "manifest": manifest, "signature": STANDARD.encode(signature.to_bytes()) });
    files.insert("release.json".into(), serde_json::to_vec_pretty(&release)?);
    Ok(())
}

fn read(path: &PathBuf) -> Result<SigningKey> {
    let bytes = fs::read(path).with_context(|| format!("can't read {}, which {KEY_FILE} names", path.display()))?;
    SigningKey::from_pkcs8_der(&bytes).with_context(|| format!("{} is no P-256 key in PKCS #8", path.display()))
}

/// One key per target folder, so that building twice gives the same files.
fn throw_away() -> Result<SigningKey> {
    let path = shell::target_dir().join("web-parts/throw-away.key");
    if let Ok(bytes) = fs::read(&path)
        && let Ok(key) = SigningKey::from_pkcs8_der(&bytes)
    {
        return Ok(key);
    }
    let mut secret = [0; 32];
    let key = loop {
        getrandom::fill(&mut secret).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
        if let Ok(key) = SigningKey::from_slice(&secret) {
            break key;
        }
    };
    fs::create_dir_all(path.parent().context("no folder")?)?;
    fs::write(&path, key.to_pkcs8_der().context("writing the key")?.as_bytes())?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::ecdsa::{VerifyingKey, signature::Verifier};
    use p256::pkcs8::DecodePublicKey;

    #[test]
    fn manifest_names_every_file_but_the_worker_and_its_signature_holds() {
        let mut files = Files::from([
            ("a.js".to_owned(), b"a".to_vec()),
            ("icon-512.png".to_owned(), b"i".to_vec()),
            (WORKER.to_owned(), b"const KEY = '@RELEASE_KEY@', RELEASE = '@RELEASE_HASH@';".to_vec()),
        ]);
        sign(&mut files, "test").unwrap();
        let release: serde_json::Value = serde_json::from_slice(&files["release.json"]).unwrap();
        let manifest = release["manifest"].as_str().unwrap();
        let said: serde_json::Value = serde_json::from_str(manifest).unwrap();
        assert_eq!(said["files"]["a.js"], twin::hash(b"a"));
        assert_eq!(said["files"].as_object().unwrap().len(), 1);
        assert_eq!(said["later"]["icon-512.png"], twin::hash(b"i"));
        assert_eq!(said["later"].as_object().unwrap().len(), 1);
        let worker = String::from_utf8(files[WORKER].clone()).unwrap();
        assert!(worker.contains(&twin::hash(manifest.as_bytes())));
        let key = worker.split('\'').nth(1).unwrap();
        let key = VerifyingKey::from_public_key_der(&STANDARD.decode(key).unwrap()).unwrap();
        let signature = STANDARD.decode(release["signature"].as_str().unwrap()).unwrap();
        let signature = Signature::from_slice(&signature).unwrap();
        assert!(key.verify(manifest.as_bytes(), &signature).is_ok());
        assert!(key.verify(format!("{manifest} ").as_bytes(), &signature).is_err());
    }
}
