// SPDX-License-Identifier: EUPL-1.2
//! Known answers for the hybrid KEMs, and that our luck is all the randomness they use.
//!
//! The numbers are the test vectors of draft-irtf-cfrg-concrete-hybrid-kems (`mlkem768_p256`, `mlkem1024_p384`). Seed and
//! randomness there repeat one byte; of the long values the beginnings are compared, because the shared secret hangs on
//! every byte of them.

use super::super::kem::Hybrid;
use crate::crypto::{Luck, LuckSource};
use hpke::{
    Deserializable, Kem, Serializable,
    kem::{MlKem768P256, MlKem1024P384},
};
use mls_rs_crypto_traits::KemType;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Always the same byte.
struct Constant(u8);

impl LuckSource for Constant {
    fn fill(&mut self, out: &mut [u8]) {
        out.fill(self.0);
    }
}

struct Answer {
    seed: u8,
    luck: u8,
    public: &'static str,
    encapsulated: &'static str,
    shared: &'static str,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn check<K: Kem>(given: &Answer) {
    let secret = K::PrivateKey::from_bytes(&[given.seed; 32]).unwrap();
    let public = K::sk_to_pk(&secret).to_bytes().to_vec();
    assert_eq!(hex(&public[..16]), given.public);
    let kem = Hybrid::<K>::new(&Luck::new(Constant(given.luck)));
    let sealed = kem.encap(&public.clone().into()).unwrap();
    assert_eq!(hex(&sealed.enc()[..16]), given.encapsulated);
    assert_eq!(hex(sealed.shared_secret()), given.shared);
    let opened = kem.decap(sealed.enc(), &vec![given.seed; 32].into(), &public.into()).unwrap();
    assert_eq!(hex(&opened), given.shared);
}

#[test]
fn mlkem768_p256_gives_the_answers_of_the_draft() {
    check::<MlKem768P256>(&Answer {
        seed: 0,
        luck: 0x64,
        public: "3d209f716752f6408e7f89bceef97ac3",
        encapsulated: "d81018a94f8078e02105beaa814e0033",
        shared: "9bd018e869bb01b63fb8f5da374a73d347ea14cb2bc570b13d0908e2288ec456",
    });
    check::<MlKem768P256>(&Answer {
        seed: 1,
        luck: 0x65,
        public: "ec7b50cddc8360f98b189bac73d395ef",
        encapsulated: "600ecf4026683898d0e339eeea9ebd43",
        shared: "d33a83edb4fb5a7508686ba4ddff001c17ba8890e9e3be067d50c959b512f9be",
    });
}

#[test]
fn mlkem1024_p384_gives_the_answer_of_the_draft() {
    check::<MlKem1024P384>(&Answer {
        seed: 0,
        luck: 0x64,
        public: "a10bc8b554cd51980cdbbccc3041420f",
        encapsulated: "dc63d18bb9715fb6e3ba71cb439fcd33",
        shared: "8c028c6ea72a1c59408e2b15dd8fed8008517e861cd2329b159bda1919ea656c",
    });
}
