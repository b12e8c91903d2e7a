// SPDX-License-Identifier: EUPL-1.2
//! A good chain is accepted; each way of forging one is refused with its own error.

use super::{
    form::{self, Form, Role},
    issue::{Signer, sign},
    *,
};
use crate::crypto::{
    Luck,
    luck::seeded,
    sign::{RootKey, SigningKey},
};
use client_api::{DeviceId, Timestamp, UserId};
use proto::{RootPublicKey, authority::authority_id};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
use x509_cert::{
    der::{Encode, asn1::OctetString, oid::ObjectIdentifier},
    ext::{
        Extension,
        pkix::{BasicConstraints, KeyUsage, KeyUsages},
    },
};

const NOW: Timestamp = Timestamp(1_790_000_000_000);

/// An authority with one issuer, one user and one device.
struct Town {
    luck: Luck,
    root: RootKey,
    issuer: SigningKey,
    user: SigningKey,
    device: SigningKey,
    chain: [Vec<u8>; 3],
}

fn town(seed: u64) -> Town {
    let luck = seeded::luck(seed);
    let root = RootKey::generate(&luck);
    let [issuer, user, device] = [(); 3].map(|()| SigningKey::generate(&luck));
    let issuer_cert = issue_issuer(&luck, &root, &issuer.public(), NOW).unwrap();
    let user_cert = issue_user(&luck, &issuer, &issuer_cert, UserId([0xff; 16]), &user.public(), NOW).unwrap();
    let device_cert = issue_device(&luck, &user, &user_cert, DeviceId([0xee; 16]), &device.public(), NOW).unwrap();
    Town { luck, root, issuer, user, device, chain: [device_cert, user_cert, issuer_cert] }
}

impl Town {
    fn roots(&self) -> [RootPublicKey; 1] {
        [self.root.public()]
    }

    fn judge(&self, chain: &[Vec<u8>]) -> Result<DeviceIdentity, CertError> {
        verify(&parse_chain(chain)?, &self.roots(), Some(NOW), &Seen::new())
    }

    fn device_form(&self) -> Form {
        let authority = authority_id(&self.root.public());
        Form::new(
            Role::Device,
            form::device_name(&DeviceId([0xee; 16])),
            form::user_name(&UserId([0xff; 16]), &authority),
            &self.device.public(),
            self.user.public().as_ref(),
        )
    }

    fn user_form(&self) -> Form {
        let authority = authority_id(&self.root.public());
        Form::new(
            Role::User,
            form::user_name(&UserId([0xff; 16]), &authority),
            form::issuer_name(&issuer_id(&self.issuer.public())),
            &self.user.public(),
            self.issuer.public().as_ref(),
        )
    }

    fn issuer_form(&self) -> Form {
        let root = self.root.public();
        Form::new(
            Role::Issuer,
            form::issuer_name(&issuer_id(&self.issuer.public())),
            form::root_name(&authority_id(&root)),
            &self.issuer.public(),
            root.as_ref(),
        )
    }

    fn with_device(&self, form: Form) -> [Vec<u8>; 3] {
        let [_, user, issuer] = self.chain.clone();
        [self.sign_device(form, days(30), &self.user), user, issuer]
    }

    fn sign_device(&self, form: Form, valid: Validity, by: &SigningKey) -> Vec<u8> {
        sign(&self.luck, form, &self.device.public(), valid, Signer::Key(by)).unwrap()
    }

    fn with_user(&self, form: Form) -> [Vec<u8>; 3] {
        let [device, _, issuer] = self.chain.clone();
        let user = sign(&self.luck, form, &self.user.public(), days(180), Signer::Key(&self.issuer)).unwrap();
        [device, user, issuer]
    }

    fn with_issuer(&self, form: Form) -> [Vec<u8>; 3] {
        let [device, user, _] = self.chain.clone();
        let issuer = sign(&self.luck, form, &self.issuer.public(), days(365), Signer::Root(&self.root)).unwrap();
        [device, user, issuer]
    }
}

fn days(count: u64) -> Validity {
    Validity { from_secs: NOW.secs() - BACKDATE_SECS, to_secs: NOW.secs() + count * 86_400 }
}

fn extra(critical: bool) -> Option<Extension> {
    let value = OctetString::new(b"\x05\x00".as_slice()).unwrap();
    Some(Extension { extn_id: ObjectIdentifier::new_unwrap("1.3.6.1.4.1.99999.1"), critical, extn_value: value })
}

#[test]
fn good_chain_says_who_and_how_long() {
    let town = town(1);
    let identity = town.judge(&town.chain).unwrap();
    assert_eq!(identity.authority, authority_id(&town.root.public()));
    assert_eq!((identity.user, identity.device), (UserId([0xff; 16]), DeviceId([0xee; 16])));
    assert_eq!(identity.device_key, town.device.public());
    assert_eq!(identity.user_key, town.user.public());
    assert_eq!(identity.issuer_key, town.issuer.public());
    assert_eq!(identity.valid, days(30));
    assert_eq!(fits_leaf(&identity, town.device.public().as_ref()), Ok(()));
    let issuer = verify_issuer(&town.chain[2], &town.roots(), Some(NOW), &Seen::new()).unwrap();
    assert_eq!(
        (issuer.key, issuer.authority, issuer.issuer),
        (town.issuer.public(), identity.authority, identity.issuer)
    );
}

#[test]
fn certificates_stay_below_their_limit() {
    for seed in 0..20 {
        for cert in town(seed).chain {
            assert!(cert.len() <= CERT_BYTES, "{}", cert.len());
        }
    }
}

#[test]
fn chain_from_a_foreign_root_is_refused() {
    let (ours, foreign) = (town(1), town(2));
    assert_eq!(ours.judge(&foreign.chain), Err(CertError::ForeignRoot));
    let both = [ours.root.public(), foreign.root.public()];
    assert!(verify(&parse_chain(&foreign.chain).unwrap(), &both, None, &Seen::new()).is_ok());
}

#[test]
fn foreign_root_cannot_speak_for_our_authority() {
    let (ours, foreign) = (town(1), town(2));
    let stolen = sign(
        &ours.luck,
        Form { authority_key_id: form::key_id(foreign.issuer.public().as_ref()), ..foreign.user_form() }
            .named(form::user_name(&UserId([0xff; 16]), &authority_id(&ours.root.public()))),
        &foreign.user.public(),
        days(180),
        Signer::Key(&foreign.issuer),
    )
    .unwrap();
    let device = Form {
        issuer: form::user_name(&UserId([0xff; 16]), &authority_id(&ours.root.public())),
        ..foreign.device_form()
    };
    let chain = [foreign.sign_device(device, days(30), &foreign.user), stolen, foreign.chain[2].clone()];
    let both = [ours.root.public(), foreign.root.public()];
    assert_eq!(verify(&parse_chain(&chain).unwrap(), &both, None, &Seen::new()), Err(CertError::Authority));
}

impl Form {
    fn named(self, subject: x509_cert::name::Name) -> Self {
        Self { subject, ..self }
    }
}

#[test]
fn foreign_root_pretending_to_be_ours_is_refused_by_signature() {
    let (ours, foreign) = (town(1), town(2));
    let [device, user, _] = ours.chain.clone();
    let forged =
        sign(&ours.luck, ours.issuer_form(), &ours.issuer.public(), days(365), Signer::Root(&foreign.root)).unwrap();
    assert_eq!(ours.judge(&[device, user, forged]), Err(CertError::Signature));
}

#[test]
fn time_decides_only_when_it_is_given() {
    let town = town(1);
    let chain = parse_chain(&town.chain).unwrap();
    let at = |at| verify(&chain, &town.roots(), at, &Seen::new()).map(|identity| identity.valid);
    assert_eq!(at(Some(NOW.plus_secs(30 * 86_400))), Ok(days(30)));
    assert_eq!(at(Some(NOW.plus_secs(30 * 86_400 + 1))), Err(CertError::Expired));
    assert_eq!(at(Some(Timestamp::from_secs(NOW.secs() - BACKDATE_SECS - 1))), Err(CertError::NotYetValid));
    assert_eq!(at(None), Ok(days(30)));
}

#[test]
fn leaf_with_another_key_does_not_fit() {
    let town = town(1);
    let identity = town.judge(&town.chain).unwrap();
    assert_eq!(fits_leaf(&identity, town.user.public().as_ref()), Err(CertError::LeafKey));
}

#[test]
fn device_that_may_issue_is_refused() {
    let town = town(1);
    let constraints = Some(BasicConstraints { ca: true, path_len_constraint: Some(0) });
    let chain = town.with_device(Form { constraints, ..town.device_form() });
    assert_eq!(town.judge(&chain), Err(CertError::DeviceMayIssue));
}

#[test]
fn user_that_may_not_issue_is_refused() {
    let town = town(1);
    let chain = town.with_user(Form { constraints: None, ..town.user_form() });
    assert_eq!(town.judge(&chain), Err(CertError::MayNotIssue));
    // a device certificate in the user's place: a device can't make more devices
    let [device, _, issuer] = town.chain.clone();
    assert_eq!(town.judge(&[device.clone(), device, issuer]), Err(CertError::MayNotIssue));
}

#[test]
fn user_with_other_key_usage_is_refused() {
    let town = town(1);
    let usage = KeyUsage(KeyUsages::KeyCertSign | KeyUsages::DigitalSignature);
    assert_eq!(town.judge(&town.with_user(Form { usage, ..town.user_form() })), Err(CertError::KeyUsage));
    let usage = KeyUsage(KeyUsages::DigitalSignature.into());
    assert_eq!(town.judge(&town.with_user(Form { usage, ..town.user_form() })), Err(CertError::KeyUsage));
}

#[test]
fn path_lengths_are_exactly_one_and_zero() {
    let town = town(1);
    for length in [None, Some(0), Some(2)] {
        let constraints = Some(BasicConstraints { ca: true, path_len_constraint: length });
        let chain = town.with_issuer(Form { constraints, ..town.issuer_form() });
        assert_eq!(town.judge(&chain), Err(CertError::PathLength));
    }
    let constraints = Some(BasicConstraints { ca: true, path_len_constraint: Some(1) });
    assert_eq!(town.judge(&town.with_user(Form { constraints, ..town.user_form() })), Err(CertError::PathLength));
}

#[test]
fn child_that_outlives_its_parent_is_refused() {
    let town = town(1);
    let [_, user, issuer] = town.chain.clone();
    let device = town.sign_device(town.device_form(), days(181), &town.user);
    assert_eq!(town.judge(&[device, user.clone(), issuer.clone()]), Err(CertError::Outlives));
    let early = Validity { from_secs: days(30).from_secs - 1, ..days(30) };
    let device = town.sign_device(town.device_form(), early, &town.user);
    assert_eq!(town.judge(&[device, user, issuer]), Err(CertError::Outlives));
}

#[test]
fn chain_has_exactly_three_certificates() {
    let town = town(1);
    let [device, user, issuer] = town.chain.clone();
    assert_eq!(town.judge(&[]), Err(CertError::Length));
    assert_eq!(town.judge(&[device.clone(), user.clone()]), Err(CertError::Length));
    assert_eq!(town.judge(&[device, user, issuer.clone(), issuer]), Err(CertError::Length));
}

#[test]
fn device_signed_by_another_user_is_refused() {
    let town = town(1);
    let [_, user, issuer] = town.chain.clone();
    let other = SigningKey::generate(&town.luck);
    let device = town.sign_device(town.device_form(), days(30), &other);
    assert_eq!(town.judge(&[device, user, issuer]), Err(CertError::Signature));
}

#[test]
fn names_must_chain() {
    let town = town(1);
    let authority = authority_id(&town.root.public());
    let other = form::user_name(&UserId([1; 16]), &authority);
    let chain = town.with_device(Form { issuer: other, ..town.device_form() });
    assert_eq!(town.judge(&chain), Err(CertError::NameChain));
}

#[test]
fn subjects_have_one_form() {
    let town = town(1);
    for subject in ["CN=Erika Mustermann", "O=eeee", "CN=EEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEE"] {
        let form = town.device_form().named(subject.parse().unwrap());
        assert_eq!(town.judge(&town.with_device(form)), Err(CertError::Subject), "{subject}");
    }
}

#[test]
fn key_ids_must_match() {
    let town = town(1);
    let chain = town.with_device(Form { authority_key_id: [7; 20], ..town.device_form() });
    assert_eq!(town.judge(&chain), Err(CertError::KeyId));
    let chain = town.with_device(Form { subject_key_id: [7; 20], ..town.device_form() });
    assert_eq!(town.judge(&chain), Err(CertError::KeyId));
    let chain = town.with_issuer(Form { authority_key_id: [7; 20], ..town.issuer_form() });
    assert_eq!(town.judge(&chain), Err(CertError::KeyId));
}

#[test]
fn unknown_extension_is_refused_only_when_critical() {
    let town = town(1);
    let judge = |critical| town.judge(&town.with_device(Form { extra: extra(critical), ..town.device_form() }));
    assert_eq!(judge(true), Err(CertError::UnknownCritical));
    assert!(judge(false).is_ok());
}

#[test]
fn doubled_extension_is_refused() {
    let town = town(1);
    let usage = KeyUsage(KeyUsages::DigitalSignature.into());
    let value = OctetString::new(usage.to_der().unwrap()).unwrap();
    let double = Extension { extn_id: ObjectIdentifier::new_unwrap("2.5.29.15"), critical: true, extn_value: value };
    let chain = town.with_device(Form { extra: Some(double), ..town.device_form() });
    assert_eq!(town.judge(&chain), Err(CertError::Extension));
}

#[test]
fn no_changed_or_added_byte_gets_through() {
    let town = town(1);
    let seen = Seen::new();
    for place in 0..3 {
        for at in 0..town.chain[place].len() {
            let mut chain = town.chain.clone();
            chain[place][at] ^= 1;
            let judged = parse_chain(&chain).and_then(|chain| verify(&chain, &town.roots(), None, &seen));
            assert!(judged.is_err(), "certificate {place} byte {at}");
        }
        let mut chain = town.chain.clone();
        chain[place].push(0);
        assert_eq!(town.judge(&chain), Err(CertError::Form));
        chain[place].resize(CERT_BYTES + 1, 0);
        assert_eq!(town.judge(&chain), Err(CertError::TooLarge));
    }
}

#[test]
fn memo_does_not_let_a_forgery_follow_a_good_chain() {
    let town = town(1);
    let seen = Seen::new();
    let judge = |chain: &[Vec<u8>]| verify(&parse_chain(chain).unwrap(), &town.roots(), Some(NOW), &seen);
    assert_eq!(judge(&town.chain), judge(&town.chain));
    let other = SigningKey::generate(&town.luck);
    let [_, user, issuer] = town.chain.clone();
    let forged = [town.sign_device(town.device_form(), days(30), &other), user, issuer];
    assert_eq!(judge(&forged), Err(CertError::Signature));
}

#[test]
fn issuing_cuts_the_child_to_its_parent_and_refuses_ended_or_foreign_parents() {
    let town = town(1);
    let late = NOW.plus_secs(170 * 86_400);
    let key = town.device.public();
    let cert = issue_device(&town.luck, &town.user, &town.chain[1], DeviceId([1; 16]), &key, late).unwrap();
    let identity = town.judge_at(&[cert, town.chain[1].clone(), town.chain[2].clone()], late).unwrap();
    assert_eq!(identity.valid.to_secs, days(180).to_secs);
    let too_late = NOW.plus_secs(180 * 86_400 + 1);
    let issue = |by: &SigningKey, now| issue_device(&town.luck, by, &town.chain[1], DeviceId([1; 16]), &key, now);
    assert_eq!(issue(&town.user, too_late), Err(CertError::Expired));
    assert_eq!(issue(&town.device, NOW), Err(CertError::LeafKey));
}

impl Town {
    fn judge_at(&self, chain: &[Vec<u8>], at: Timestamp) -> Result<DeviceIdentity, CertError> {
        verify(&parse_chain(chain)?, &self.roots(), Some(at), &Seen::new())
    }
}

#[test]
fn mutated_certificates_do_not_panic() {
    let town = town(1);
    for cert in &town.chain {
        fuzz(cert);
        for round in 0..2000 {
            let mut bytes = cert.clone();
            for _ in 0..=round % 3 {
                let [high, low, value] = town.luck.bytes();
                let at = usize::from(u16::from_be_bytes([high, low])) % bytes.len();
                bytes[at] = value;
            }
            fuzz(&bytes);
            fuzz(&bytes[..usize::from(town.luck.bytes::<1>()[0]) % bytes.len()]);
        }
    }
}
