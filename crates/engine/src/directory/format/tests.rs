// SPDX-License-Identifier: EUPL-1.2
//! Round trips, tampering, and a town of 5,000 people.

use super::*;
use crate::{
    cert::{Seen, issue_issuer, issuer_id, verify_issuer},
    crypto::{
        Luck, Secret,
        luck::seeded,
        seal::{SealKey, SealPublic},
        sign::{RootKey, SigningKey},
    },
};
use client_api::{DeviceId, FunctionId, Timestamp, UnitId, UserId};
use proto::{
    AuthorityId, BlobId, ContentHash, Hour, InboxId, IssuerGrant, LogId, PublicKey, RootSignature, TtlClass,
    blob::bucket,
    chain::content_hash,
    limit::{ENTRY_ENVELOPE_BYTES, KEY_PACKAGE_BYTES},
};
use std::time::Instant;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const SCOPE: Scope = Scope { authority: AuthorityId([1; 32]), log: LogId([2; 32]), d: 3 };

fn person(n: u32) -> Record {
    let name = Name::new(&format!("Person {n}")).unwrap();
    Record::Person(Person { user: UserId(id(n)), name, unit: Some(UnitId([9; 16])), state: PersonState::Active })
}

fn device(n: u32) -> Record {
    Record::Device(Device {
        device: DeviceId(id(n)),
        user: UserId(id(n)),
        inbox: InboxId([7; 32]),
        seal_key_hash: ContentHash([8; 32]),
        seal_key: None,
        user_key: PublicKey([1; 65]),
        issuer_key: PublicKey([2; 65]),
        cert_ends: Hour(500_000),
    })
}

fn id(n: u32) -> [u8; 16] {
    let mut out = [0; 16];
    out[..4].copy_from_slice(&n.to_be_bytes());
    out
}

fn one_of_each(luck: &Luck) -> Vec<Record> {
    let (key, root) = (SigningKey::generate(luck), RootKey::generate(luck));
    let seal = SealKey::generate(luck).public().as_bytes().to_vec();
    let grant = IssuerGrant {
        issuer_pub: key.public(),
        generation: 1,
        not_after: Hour(9),
        root_signature: RootSignature([0; 96]),
    };
    let name = Name::new("Tiefbauamt Meldung").unwrap();
    let cert = issue_issuer(luck, &root, &key.public(), Timestamp::from_secs(1_790_000_000)).unwrap();
    vec![
        person(1),
        Record::Unit(Unit { unit: UnitId([1; 16]), name: name.clone() }),
        Record::Function(Function {
            function: FunctionId([1; 16]),
            name: name.clone(),
            unit: None,
            members: vec![UserId([1; 16])],
        }),
        device(1),
        Record::Device(Device {
            device: DeviceId([5; 16]),
            user: UserId([5; 16]),
            inbox: InboxId([5; 32]),
            seal_key_hash: content_hash(&seal),
            seal_key: Some(seal.clone().into()),
            user_key: PublicKey([1; 65]),
            issuer_key: PublicKey([2; 65]),
            cert_ends: Hour(500_000),
        }),
        Record::RevokePerson(UserId([1; 16])),
        Record::RevokeDevice(DeviceId([1; 16])),
        Record::Policy(Policy { approval: Approval::Code, retention: TtlClass::Days30 }),
        Record::Issuer(Issuer { cert: cert.into(), grant, seal_key: seal.into(), user: UserId([1; 16]), keys: None }),
        Record::RevokeIssuer(issuer_id(&key.public())),
        Record::TrustedRoot(TrustedRoot { authority: AuthorityId([1; 32]), root_pub: root.public(), name }),
        Record::Act(Act { who: UserId([1; 16]), what: ActKind::Founded, at: Timestamp(1) }),
    ]
}

fn blob_ref(n: u8) -> BlobRef {
    BlobRef { id: BlobId([n; 32]), read: Secret::new([n; 32]), size_bytes: 1024, hash: ContentHash([n; 32]) }
}

fn notice() -> RekeyNotice {
    RekeyNotice {
        d: 3,
        snapshot: blob_ref(1),
        wraps: blob_ref(2),
        kem: blob_ref(3),
        removed: vec![DeviceId([1; 16])],
        devices: 7,
        write_keys: vec![],
        n: 8,
    }
}

#[test]
fn every_kind_of_record_comes_back_as_it_was_signed() {
    let luck = seeded::luck(1);
    let (key, records) = (SigningKey::generate(&luck), one_of_each(&luck));
    let signed = sign_records(&key, &SCOPE, &records).unwrap();
    let read = SignedIn::parse(&signed).unwrap();
    assert_eq!((read.issuer(), read.part()), (issuer_id(&key.public()), Part::Records));
    assert_eq!(read.verify_records(&key.public(), &SCOPE), Ok(records));
}

#[test]
fn records_count_only_for_their_directory_epoch_signer_and_part() {
    let luck = seeded::luck(1);
    let (key, other) = (SigningKey::generate(&luck), SigningKey::generate(&luck));
    let signed = SignedIn::parse(&sign_records(&key, &SCOPE, &[person(1)]).unwrap()).unwrap();
    let verify = |scope| signed.verify_records(&key.public(), &scope);
    assert!(verify(SCOPE).is_ok());
    assert_eq!(verify(Scope { d: 4, ..SCOPE }), Err(FormatError::Signature));
    assert_eq!(verify(Scope { log: LogId([9; 32]), ..SCOPE }), Err(FormatError::Signature));
    assert_eq!(verify(Scope { authority: AuthorityId([9; 32]), ..SCOPE }), Err(FormatError::Signature));
    assert_eq!(signed.verify_records(&other.public(), &SCOPE), Err(FormatError::Issuer));
    assert_eq!(signed.verify_rekey(&key.public(), &SCOPE), Err(FormatError::Part));
    assert_eq!(signed.verify_snapshot_notice(&key.public(), &SCOPE), Err(FormatError::Part));
}

#[test]
fn no_changed_byte_of_signed_records_gets_through() {
    let luck = seeded::luck(1);
    let key = SigningKey::generate(&luck);
    let signed = sign_records(&key, &SCOPE, &[person(1), device(1)]).unwrap();
    for at in 0..signed.len() {
        let mut bytes = signed.clone();
        bytes[at] ^= 1;
        let read = SignedIn::parse(&bytes).and_then(|signed| signed.verify_records(&key.public(), &SCOPE));
        assert!(read.is_err(), "byte {at}");
    }
    assert!(SignedIn::parse(&[signed, vec![0]].concat()).is_err());
}

#[test]
fn notices_come_back_and_are_not_taken_for_each_other() {
    let luck = seeded::luck(1);
    let key = SigningKey::generate(&luck);
    let rekey = SignedIn::parse(&sign_rekey(&key, &SCOPE, &notice()).unwrap()).unwrap();
    assert_eq!(rekey.verify_rekey(&key.public(), &SCOPE), Ok(notice()));
    assert_eq!(rekey.verify_records(&key.public(), &SCOPE), Err(FormatError::Part));
    let snapshot =
        SnapshotNotice { n: 1000, head: ContentHash([4; 32]), snapshot: blob_ref(1), kem: blob_ref(2), devices: 1 };
    let signed = SignedIn::parse(&sign_snapshot_notice(&key, &SCOPE, &snapshot)).unwrap();
    assert_eq!(signed.verify_snapshot_notice(&key.public(), &SCOPE), Ok(snapshot));
}

#[test]
fn limits_are_held_when_writing_and_reading() {
    assert_eq!(Name::new(&"x".repeat(201)), Err(FormatError::TooLarge));
    assert_eq!(Name::new("  \t "), Err(FormatError::Malformed));
    assert_eq!(Name::new("a\nb"), Err(FormatError::Malformed));
    assert_eq!(Name::new("  Bauhof ").unwrap().as_str(), "Bauhof");
    let many: Vec<Record> = (0..1001).map(person).collect();
    assert_eq!(record::encode(&many), Err(FormatError::TooLarge));
    assert_eq!(record::decode(&proto::encode(&many)), Err(FormatError::TooLarge));
    let Record::Device(good) = device(1) else { unreachable!() };
    let bad = Record::Device(Device { seal_key: Some(vec![0; 1249].into()), ..good });
    assert_eq!(record::encode(&[bad]), Err(FormatError::Malformed), "key and its hash differ");
    let members = vec![UserId([0; 16]); record::MEMBERS + 1];
    let name = Name::new("f").unwrap();
    let function = Record::Function(Function { function: FunctionId([0; 16]), name, unit: None, members });
    assert_eq!(record::decode(&proto::encode(&vec![function])), Err(FormatError::Malformed));
}

#[test]
fn split_runs_keep_order_and_limits() {
    let records: Vec<Record> = (0..3000).map(person).collect();
    let runs = split(&records, ENTRY_ENVELOPE_BYTES / 8);
    assert_eq!(runs.concat(), records);
    for run in runs {
        let bytes = record::encode(run).unwrap();
        assert!(bytes.len() <= ENTRY_ENVELOPE_BYTES / 8, "{}", bytes.len());
    }
    assert_eq!(split(&records, usize::MAX).len(), 3);
    assert_eq!(split(&records, 0).len(), 3000);
}

#[test]
fn keys_of_a_directory_differ_by_purpose_log_and_epoch() {
    let luck = seeded::luck(1);
    let (one, two) = (DirKey::generate(&luck), DirKey::generate(&luck));
    let (here, there) = (LogId([1; 32]), LogId([2; 32]));
    assert_ne!(one.envelope_key(&here), one.envelope_key(&there));
    assert_ne!(one.envelope_key(&here), two.envelope_key(&here));
    assert_ne!(one.access_key(&here).public(), one.member_key().public());
    assert_ne!(one.snapshot_key(&BlobId([1; 32])), one.snapshot_key(&BlobId([2; 32])));
    let root = one.package_root();
    assert_ne!(package_key(&root, &InboxId([1; 32])), package_key(&root, &InboxId([2; 32])));
    assert_eq!(one.member_key().public(), DirKey(one.0.clone()).member_key().public());
}

#[test]
fn key_packages_all_have_one_size_and_name_their_epoch() {
    let luck = seeded::luck(1);
    let kp = package_key(&DirKey::generate(&luck).package_root(), &InboxId([1; 32]));
    for size in [0, 1, 5000, KEY_PACKAGE_BYTES - 36] {
        let sealed = seal_key_package(&luck, &kp, 77, &vec![5; size]).unwrap();
        assert_eq!(sealed.len(), KEY_PACKAGE_BYTES);
        assert_eq!(key_package_epoch(&sealed), Ok(77));
        assert_eq!(open_key_package(&kp, &sealed), Ok(vec![5; size]));
        let mut other_epoch = sealed.clone();
        other_epoch[3] ^= 1;
        assert_eq!(open_key_package(&kp, &other_epoch), Err(FormatError::Open));
        assert_eq!(open_key_package(&kp, &sealed[1..]), Err(FormatError::Malformed));
    }
    assert_eq!(seal_key_package(&luck, &kp, 77, &[0; KEY_PACKAGE_BYTES - 35]), Err(FormatError::TooLarge));
}

#[test]
fn each_device_opens_its_own_slot_and_no_other() {
    let luck = seeded::luck(1);
    let devices: Vec<SealKey> = (0..3).map(|_| SealKey::generate(&luck)).collect();
    let publics: Vec<SealPublic> = devices.iter().map(SealKey::public).collect();
    let (key, authority) = (DirKey::generate(&luck), SCOPE.authority);
    let wraps = seal_wrap_blob(&luck, &authority, 3, &key, &publics).unwrap();
    let kems = seal_kem_blob(&luck, &key, &publics).unwrap();
    for blob in [&wraps, &kems] {
        assert_eq!(blob.len() as u64, bucket(blob.len() as u64));
    }
    let slot = |blob: &[u8], n: u32, size: usize| {
        let at = usize::try_from(wrap::slot_offset(n, size)).unwrap();
        blob[at..at + size].to_vec()
    };
    for (n, device) in (0..).zip(&devices) {
        let own = slot(&wraps, n, WRAP_SLOT_BYTES);
        assert_eq!(open_wrap(device, &authority, 3, n, &own).as_ref(), Ok(&key));
        assert_eq!(open_wrap(device, &authority, 4, n, &own), Err(FormatError::Open));
        let next = slot(&wraps, (n + 1) % 3, WRAP_SLOT_BYTES);
        assert_eq!(open_wrap(device, &authority, 3, (n + 1) % 3, &next), Err(FormatError::Open));
        let kem = slot(&kems, n, KEM_SLOT_BYTES);
        assert_eq!(open_kem(&key, n, &kem), Ok(device.public()));
        assert_eq!(open_kem(&key, n + 1, &kem), Err(FormatError::Open));
        assert_eq!(open_kem(&DirKey::generate(&luck), n, &kem), Err(FormatError::Open));
    }
}

#[test]
fn write_key_opens_only_for_its_issuer_and_epoch() {
    let luck = seeded::luck(1);
    let (issuer, other, write) = (SealKey::generate(&luck), SealKey::generate(&luck), SigningKey::generate(&luck));
    let sealed = seal_write_key(&luck, &SCOPE.authority, 3, &issuer.public(), &write).unwrap();
    let open = |key, d| open_write_key(key, &SCOPE.authority, d, &sealed).map(|key| key.public());
    assert_eq!(open(&issuer, 3), Ok(write.public()));
    assert_eq!(open(&issuer, 4), Err(FormatError::Open));
    assert_eq!(open(&other, 3), Err(FormatError::Open));
}

#[test]
fn blobs_of_every_size_have_a_bucket_size_and_come_back_whole() {
    const MIB: usize = 1024 * 1024;
    let key = Secret::new([1; 32]);
    for size in [0, 1, 1003, 1004, 1005, MIB - 21, MIB - 20, MIB - 19, 2 * MIB - 36, 2 * MIB - 35, 3 * MIB + 17] {
        let plain = vec![7; size];
        let sealed = seal_blob(&key, &plain).unwrap();
        assert_eq!(sealed.len() as u64, bucket(sealed.len() as u64), "{size}");
        assert!(open_blob(&key, &sealed).unwrap() == plain, "{size}");
        assert_eq!(open_blob(&key, &sealed[..sealed.len() - 1]), Err(BlobError::Open));
        if sealed.len() > MIB {
            assert_eq!(open_blob(&key, &sealed[..MIB]), Err(BlobError::Open), "cut at a chunk");
        }
    }
    assert_eq!(open_blob(&key, &[]), Err(BlobError::Malformed));
}

#[cfg_attr(target_arch = "wasm32", ignore = "takes the time")]
#[test]
fn town_of_5000_builds_and_reads_its_snapshot_in_no_time() {
    let luck = seeded::luck(1);
    let (root, issuer, key) = (RootKey::generate(&luck), SigningKey::generate(&luck), DirKey::generate(&luck));
    let now = Timestamp::from_secs(1_790_000_000);
    let cert = issue_issuer(&luck, &root, &issuer.public(), now).unwrap();
    let snapshot = Snapshot {
        d: SCOPE.d,
        log: SCOPE.log,
        records: (0..5000).flat_map(|n| [person(n), device(n)]).collect(),
        package_roots: vec![(2, Secret::new([2; 32]))],
    };
    let blob = BlobId([1; 32]);
    let start = Instant::now();
    let sealed = snapshot.seal(&issuer, &cert, &SCOPE, &key, &blob).unwrap();
    let built = start.elapsed();
    let read = SnapshotIn::open(&key, &blob, &sealed).unwrap();
    let identity = verify_issuer(read.issuer_cert(), &[root.public()], Some(now), &Seen::new()).unwrap();
    let read = read.verify(&identity.key, &SCOPE).unwrap();
    println!("5,000 persons: {} bytes, built in {built:?}, read in {:?}", sealed.len(), start.elapsed() - built);
    assert!(read == snapshot);
    assert!(start.elapsed().as_secs() < 5, "even a busy machine does it in a few seconds");
}

#[test]
fn snapshot_opens_only_with_its_key_and_blob_and_for_its_scope() {
    let luck = seeded::luck(1);
    let (issuer, other, key) = (SigningKey::generate(&luck), SigningKey::generate(&luck), DirKey::generate(&luck));
    let snapshot =
        Snapshot { d: SCOPE.d, log: SCOPE.log, records: (0..2500).map(person).collect(), package_roots: vec![] };
    let blob = BlobId([1; 32]);
    let sealed = snapshot.seal(&issuer, b"cert", &SCOPE, &key, &blob).unwrap();
    let open = |key: &DirKey, blob| SnapshotIn::open(key, &blob, &sealed);
    assert!(open(&DirKey::generate(&luck), blob).is_err());
    assert!(open(&key, BlobId([2; 32])).is_err());
    let verify = |key_pub, scope| open(&key, blob).unwrap().verify(&key_pub, &scope);
    assert_eq!(verify(issuer.public(), SCOPE).unwrap(), snapshot);
    assert_eq!(verify(other.public(), SCOPE), Err(FormatError::Issuer));
    assert_eq!(verify(issuer.public(), Scope { d: 4, ..SCOPE }), Err(FormatError::Part));
}

#[test]
fn snapshot_without_one_of_its_batches_is_refused() {
    let luck = seeded::luck(1);
    let (issuer, key) = (SigningKey::generate(&luck), DirKey::generate(&luck));
    let snapshot =
        Snapshot { d: SCOPE.d, log: SCOPE.log, records: (0..2500).map(person).collect(), package_roots: vec![] };
    let blob = BlobId([1; 32]);
    let sealed = snapshot.seal(&issuer, b"cert", &SCOPE, &key, &blob).unwrap();
    let change = |change: &dyn Fn(&mut Vec<minicbor::bytes::ByteVec>)| {
        let mut read = SnapshotIn::open(&key, &blob, &sealed).unwrap();
        read.change_batches(change);
        read.verify(&issuer.public(), &SCOPE).map(|_| ())
    };
    assert_eq!(change(&|_| ()), Ok(()));
    assert_eq!(change(&|batches| drop(batches.pop())), Err(FormatError::Part));
    assert_eq!(change(&|batches| batches.swap(0, 1)), Err(FormatError::Part));
}

#[test]
fn mutated_bytes_do_not_panic() {
    let luck = seeded::luck(1);
    let key = SigningKey::generate(&luck);
    let samples = [
        record::encode(&one_of_each(&luck)).unwrap(),
        sign_records(&key, &SCOPE, &[person(1)]).unwrap(),
        proto::encode(&notice()),
    ];
    for sample in &samples {
        fuzz(sample);
        for _ in 0..3000 {
            let [high, low, value] = luck.bytes();
            let mut bytes = sample.clone();
            let at = usize::from(u16::from_be_bytes([high, low])) % bytes.len();
            bytes[at] = value;
            fuzz(&bytes);
            fuzz(&bytes[..at]);
        }
    }
}
