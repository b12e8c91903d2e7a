// SPDX-License-Identifier: EUPL-1.2
//! After a whole journey nothing that is said, nobody's name and no secret of any profile lies with the server.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

#[allow(dead_code, reason = "each test file uses its part of the town")]
mod town;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use minicbor::{Decoder, data::Type};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    process::Command,
};
use town::{PASSPHRASE, Town, binary, messages, store};

/// Pieces of this length are looked for at every place; chance does not repeat them.
const PIECE: usize = 16;
type Piece = [u8; PIECE];

/// Columns whose values the server is meant to know, see the storage contract. Every other column is a secret, so
/// that one added later is looked for without anybody thinking of it.
const KNOWN_TO_THE_SERVER: [&str; 40] = [
    "log.id",
    "log.branch",
    "log.head",
    "old_key.branch",
    "old_key.log",
    "raw_envelope.branch",
    "raw_envelope.env",
    "mls_group.log",
    "staged.log",
    "staged.branch",
    "staged.env",
    "staged.env_hash",
    "staged.next_keys",
    "staged.tree_blob",
    "staged_welcome.log",
    "staged_welcome.inbox",
    "message.log",
    "message.branch",
    "outbox.log",
    "outbox.env",
    "outbox.env_hash",
    "outbox.branch",
    "deposit_out.inbox",
    "deposit_out.sealed",
    "deposit_out.pass",
    "inbox.id",
    "seen_deposit.hash",
    "erase_deposit.inbox",
    "erase_deposit.hash",
    "welcome_in.log",
    "welcome_in.branch",
    "invite.id",
    "device.inbox",
    "attachment.blob",
    "blob_out.id",
    "blob_out.body",
    "blob_out.kept",
    "blob_in.id",
    "meta.kem",
    "blob_in.body",
];

const NAMES: [&str; 4] = ["Olegard Streifenkauz", "Danuta Leitstellova", "Karlotta Baumannsen", "Wendelin Weggang"];
const OTHER_WORDS: [&str; 12] = [
    "Frau Amt",
    "Musterstadt",
    "Fachdienst Xylofonwesen",
    "Bautrupp Quittengelee",
    "Umbenannte Zwetschge",
    "Tiefes Schlagloch hinterm Vogelhaus",
    "Verstanden, wir fahren hin",
    "vogelhausfoto.jpg",
    "Dritter Einsatz, bitte Bescheid",
    "image/jpeg",
    PASSPHRASE,
    "Suchwort Eichhorn",
];

fn pieces(bytes: &[u8]) -> impl Iterator<Item = Piece> {
    bytes.windows(PIECE).map(|piece| piece.try_into().unwrap())
}

/// Zeroes and counted bytes prove nothing.
fn is_random(piece: &Piece) -> bool {
    piece.iter().collect::<HashSet<_>>().len() >= 10
}

fn journey() -> Town {
    let town = Town::new();
    town.found_authority();
    let _agent = town.agent();
    for name in NAMES {
        let link = town.ok("admin", &["invite", "--name", name, "--unit", "Fachdienst Xylofonwesen"]);
        town.ok(&profile(name), &["enrol", &link, "--wait", "60"]);
    }
    let waiting = town.folder.path().join("people.csv");
    std::fs::write(&waiting, "name,unit\nSuchwort Eichhorn,Fachdienst Xylofonwesen\n").unwrap();
    town.ok("admin", &["admin", "import", waiting.to_str().unwrap()]);
    let photo = town.folder.path().join("vogelhausfoto.jpg");
    std::fs::write(&photo, (0..100_000u32).flat_map(|at| (at ^ 0x5a5a).to_le_bytes()).collect::<Vec<_>>()).unwrap();
    let words = ["--attach", photo.to_str().unwrap(), "--place", "52.5200066,13.404954"];
    let sent = town.ok("olegard", &[&["send", "--to", "Danuta"], &words[..], &[OTHER_WORDS[5]]].concat());
    let got = messages(&town.ok("danuta", &["receive", "--json", "--wait", "60"]));
    let saved = town.folder.path().join("saved.jpg");
    let id = got[0]["attachments"][0]["id"].as_str().unwrap();
    town.ok("danuta", &["attachment", "save", id, saved.to_str().unwrap()]);
    let words = ["conversation", "create", "--name", OTHER_WORDS[3], "--with", NAMES[2], "--with", NAMES[3]];
    let group = town.ok("danuta", &words);
    town.ok("danuta", &["forward", &sent, "--to", &group]);
    for who in ["karlotta", "wendelin"] {
        town.ok(who, &["receive", "--wait", "60"]);
    }
    town.ok("karlotta", &["send", "--to", &group, OTHER_WORDS[6]]);
    town.ok("danuta", &["send", "--to", &group, "--expires-after", "3600", OTHER_WORDS[8]]);
    // Somebody goes: the directory's keys change, commits close branches.
    town.ok("admin", &["admin", "revoke", "--person", NAMES[3]]);
    for who in ["danuta", "karlotta", "danuta", "karlotta", "olegard"] {
        town.ok(who, &["sync"]);
    }
    town
}

fn profile(name: &str) -> String {
    name.split(' ').next().unwrap().to_lowercase()
}

/// Everything the server has: its folder, a backup of it, its log at the finest level.
fn servers_files(town: &Town) -> Vec<(String, Vec<u8>)> {
    let backup = town.folder.path().join("backup");
    let data = town.folder.path().join("server");
    let status = Command::new(binary("rohrpost-server")).arg("--data").arg(&data).arg("backup").arg(&backup).output();
    assert!(status.unwrap().status.success());
    let mut all = store::files(&data);
    assert!(all.iter().any(|path| path.ends_with("rohrpost.db-wal")), "the write-ahead log is there");
    all.extend(store::files(&backup));
    all.push(town.server_log());
    all.into_iter().map(|path| (path.display().to_string(), std::fs::read(path).unwrap())).collect()
}

/// What the server keeps of the authority, and the names of blobs, by contract; both stand inside other values too.
fn by_contract(town: &Town) -> Vec<Vec<u8>> {
    let db = rusqlite::Connection::open(town.folder.path().join("server").join("rohrpost.db")).unwrap();
    let kept =
        |(table, column, _): &(String, String, Vec<u8>)| table == "authority" || (table == "blob" && column == "id");
    let all: Vec<_> = store::values(&db).into_iter().filter(kept).map(|(.., value)| value).collect();
    assert!(all.len() > 4, "id, three keys, some blobs");
    all
}

fn encodings(value: &[u8]) -> Vec<Vec<u8>> {
    let hex = store::hex(value);
    let (standard, url) = (STANDARD_NO_PAD.encode(value), URL_SAFE_NO_PAD.encode(value));
    vec![hex.to_uppercase().into_bytes(), hex.into_bytes(), standard.into_bytes(), url.into_bytes()]
}

/// A value, and the byte strings inside if it is CBOR: to be looked for in other encodings too.
fn inside(value: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![value.to_vec()];
    let _ = walk(&mut Decoder::new(value), &mut all);
    if let Some((1, behind_version)) = value.split_first() {
        let _ = walk(&mut Decoder::new(behind_version), &mut all);
    }
    all
}

fn walk(decoder: &mut Decoder<'_>, all: &mut Vec<Vec<u8>>) -> Result<(), minicbor::decode::Error> {
    let items = match decoder.datatype()? {
        Type::Bytes => {
            let bytes = decoder.bytes()?.to_vec();
            let _ = walk(&mut Decoder::new(&bytes), all);
            all.push(bytes);
            return Ok(());
        }
        Type::Array => decoder.array()?.unwrap_or(0),
        Type::Map => decoder.map()?.unwrap_or(0).saturating_mul(2),
        _ => return decoder.skip(),
    };
    (0..items).try_for_each(|_| walk(decoder, all))
}

/// As in the store, but each named value counts as a column of its own.
fn values(db: &rusqlite::Connection) -> Vec<(String, String, Vec<u8>)> {
    let mut all = store::values(db);
    all.retain(|(table, ..)| table != "meta");
    let mut query = db.prepare("SELECT key, value FROM meta").unwrap();
    let named = query.query_map([], |row| Ok(("meta".to_owned(), row.get(0)?, row.get(1)?))).unwrap();
    all.extend(named.map(Result::unwrap));
    all
}

/// Where a secret came from, by each of its pieces; and the columns that were looked at.
fn secret_pieces(town: &Town, people: &[String]) -> (HashMap<Piece, String>, HashSet<String>) {
    let mut public: HashSet<Piece> = by_contract(town).iter().flat_map(|value| pieces(value)).collect();
    let (mut secret, mut columns) = (Vec::new(), HashSet::new());
    for who in people {
        let folder = town.profile(who);
        let db = store::open(&folder);
        for (table, column, value) in values(&db) {
            let place = format!("{table}.{column}");
            if place == "meta.snapshot" {
                // {blob: {id, read secret, size, hash}, the same for the keys' blob, head}: ids and head are the server's too.
                let all: Vec<_> = inside(&value).into_iter().filter(|part| part.len() == 32).collect();
                public.extend(all.iter().step_by(3).flat_map(|id| pieces(id)));
            }
            if KNOWN_TO_THE_SERVER.contains(&place.as_str()) {
                public.extend(pieces(&value));
            } else {
                secret.push((format!("{who}: {place}"), value));
                columns.insert(place);
            }
        }
        for name in ["device.key", "device.salt"] {
            secret.push((format!("{who}: {name}"), std::fs::read(folder.join(name)).unwrap()));
        }
    }
    secret.push(("root.key".into(), std::fs::read(town.folder.path().join("root.key")).unwrap()));
    let mut all = HashMap::new();
    for (place, value) in &secret {
        for piece in pieces(value).filter(|piece| is_random(piece) && !public.contains(piece)) {
            all.insert(piece, place.clone());
        }
        for part in inside(value).iter().filter(|part| (16..=200).contains(&part.len())) {
            let is_public = pieces(part).all(|piece| public.contains(&piece) || !is_random(&piece));
            for text in encodings(part).iter().filter(|_| !is_public) {
                all.extend(pieces(text).take(1).map(|piece| (piece, format!("{place}, as text"))));
            }
        }
    }
    (all, columns)
}

fn found(files: &[(String, Vec<u8>)], secret: &HashMap<Piece, String>) -> Vec<String> {
    let mut all = Vec::new();
    for (path, bytes) in files {
        for piece in pieces(bytes) {
            if let Some(place) = secret.get(&piece) {
                all.push(format!("{place} in {path}"));
            }
        }
    }
    all.sort();
    all.dedup();
    all
}

#[test]
fn no_word_and_no_secret_of_anybody_lies_with_the_server() {
    let town = journey();
    let files = servers_files(&town);
    let people: Vec<String> = NAMES.iter().map(|name| profile(name)).chain(["admin".into()]).collect();

    let words: Vec<&str> = NAMES.iter().chain(&OTHER_WORDS).copied().collect();
    let mut needles: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    for word in words {
        let mut forms = vec![word.as_bytes().to_vec(), word.to_lowercase().into_bytes()];
        forms.extend(encodings(word.as_bytes()));
        needles.insert(word.into(), forms);
    }
    // The place: as typed, and as CBOR numbers (degrees × 10⁷).
    let cbor = |number: u32| [&[0x1a][..], &number.to_be_bytes()].concat();
    let place = vec![b"52.5200066".to_vec(), b"13.404954".to_vec(), cbor(525_200_066), cbor(134_049_540)];
    needles.insert("the place".into(), place);
    for (word, forms) in &needles {
        for (path, bytes) in &files {
            assert!(!forms.iter().any(|form| store::holds(bytes, form)), "{word} in {path}");
        }
    }

    let (secret, columns) = secret_pieces(&town, &people);
    assert!(secret.len() > 10_000, "{} pieces of secrets", secret.len());
    for column in ["log.secret", "mls_group.state", "key_package.data", "attachment.key", "person.name", "meta.account"]
    {
        assert!(columns.contains(column), "{column} is looked for");
    }
    assert_eq!(found(&files, &secret), Vec::<String>::new());

    // The search would find what is there: public ids, and a key written into the log.
    let known: HashMap<Piece, String> =
        by_contract(&town).iter().flat_map(|v| pieces(v)).map(|p| (p, "id".into())).collect();
    assert!(!found(&files, &known).is_empty());
    let planted = std::fs::read(town.profile("danuta").join("device.key")).unwrap();
    for form in encodings(&planted).into_iter().chain([planted]) {
        assert_eq!(found(&[("log".into(), [b"key ", &form[..]].concat())], &secret).len(), 1);
    }
}

#[test]
fn every_column_the_server_may_know_is_one_of_the_schema() {
    let schema = include_str!("../../../docs/schema/client.sql");
    for place in KNOWN_TO_THE_SERVER.into_iter().filter(|place| !place.starts_with("meta.")) {
        let (table, column) = place.split_once('.').unwrap();
        let start = schema.find(&format!("CREATE TABLE {table} ")).unwrap_or_else(|| panic!("{table}"));
        let body = schema[start..].split(';').next().unwrap();
        assert!(body.contains(&format!("{column} BLOB")), "{place}");
    }
}
