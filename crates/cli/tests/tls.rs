// SPDX-License-Identifier: EUPL-1.2
//! The real client against the real server's TLS port: it trusts what the machine's store holds and nothing else.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

#[allow(dead_code, reason = "each test file uses its part of the town")]
mod town;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use std::path::Path;
use town::Town;

/// The variable that names the machine's trust store.
const STORE: &str = "SSL_CERT_FILE";

/// Writes `NAME.ca.pem`, `NAME.pem` and `NAME.key` for a server on this machine.
fn certify(folder: &Path, name: &str) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["127.0.0.1".into()]).unwrap().signed_by(&key, &issuer).unwrap();
    std::fs::write(folder.join(format!("{name}.ca.pem")), issuer.pem()).unwrap();
    std::fs::write(folder.join(format!("{name}.pem")), leaf.pem()).unwrap();
    std::fs::write(folder.join(format!("{name}.key")), key.serialize_pem()).unwrap();
}

#[test]
fn a_server_with_the_machines_trust_is_used_and_one_without_is_not() {
    let town = Town::with_tls(|folder| certify(folder, "town"));
    certify(town.folder.path(), "foreign");
    assert!(town.url.starts_with("https://127.0.0.1:"), "{}", town.url);
    let found = ["authority", "create", "--server", &town.url, "--name", "Musterstadt", "--admin", "Frau Amt"];
    let store = |name: &str| town.folder.path().join(name);
    let refused = town.command("eve", &found).env(STORE, store("foreign.ca.pem")).output().unwrap();
    let complaint = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(3), "{complaint}");
    std::fs::remove_file(store("root.key")).unwrap();
    let founded = town.command("admin", &found).env(STORE, store("town.ca.pem")).output().unwrap();
    assert!(founded.status.success(), "{}", String::from_utf8_lossy(&founded.stderr));
    let listed = town.command("admin", &["directory"]).env(STORE, store("town.ca.pem")).output().unwrap();
    assert!(String::from_utf8_lossy(&listed.stdout).contains("Frau Amt"));
}
