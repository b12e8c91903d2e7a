// SPDX-License-Identifier: EUPL-1.2
//! Both suites' primitives: what fits together, what is refused, and that luck decides every byte.

use super::super::{suite::Provider, witness::Witness};
use super::*;
use mls_rs::{CipherSuite, CipherSuiteProvider, CryptoProvider};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn provider(suite: Suite, seed: u64) -> Provider {
    Provider { suite, luck: seeded::luck(seed), witness: Witness::default() }
}

#[test]
fn no_suite_but_the_chosen_one_is_offered() {
    for suite in [Suite::Hybrid768, Suite::Hybrid1024] {
        let provider = provider(suite, 1);
        assert_eq!(provider.supported_cipher_suites(), [suite.number()]);
        let offered: Vec<u16> =
            (0..=u16::MAX).filter(|n| provider.cipher_suite_provider(CipherSuite::new(*n)).is_some()).collect();
        assert_eq!(offered, [u16::from(suite.number())]);
    }
}

#[test]
fn both_suites_seal_sign_and_derive_with_their_own_sizes() {
    for (suite, public_bytes, encapsulated_bytes) in
        [(Suite::Hybrid768, 1184 + 65, 1088 + 65), (Suite::Hybrid1024, 1568 + 97, 1568 + 97)]
    {
        let run = |seed| {
            let suite = provider(suite, seed).cipher_suite_provider(suite.number()).unwrap();
            let (secret, public) = suite.kem_generate().unwrap();
            let sealed = suite.hpke_seal(&public, b"info", Some(b"aad"), b"plain").unwrap();
            assert_eq!((public.len(), sealed.kem_output.len()), (public_bytes, encapsulated_bytes));
            let open = |info: &[u8]| suite.hpke_open(&sealed, &secret, &public, info, Some(b"aad"));
            assert_eq!(open(b"info").unwrap().as_slice(), b"plain");
            assert!(open(b"other").is_err());
            assert!(suite.kem_public_key_validate(&public.to_vec()[1..].to_vec().into()).is_err());
            let (key, verify) = suite.signature_key_generate().unwrap();
            let signature = suite.sign(&key, b"text").unwrap();
            assert_eq!(suite.sign(&key, b"text").unwrap(), signature, "deterministic");
            suite.verify(&verify, &signature, b"text").unwrap();
            assert!(suite.verify(&verify, &signature, b"texT").is_err());
            assert_eq!(suite.hash(b"").unwrap().len(), 48);
            assert_eq!(suite.kem_derive(&[1; 48]).unwrap(), suite.kem_derive(&[1; 48]).unwrap());
            (public, sealed, signature)
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1).1, run(2).1);
    }
}
