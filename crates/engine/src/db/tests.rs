// SPDX-License-Identifier: EUPL-1.2
//! Stories of the sealed store; they run natively and, on SQLite's file system in memory, in WebAssembly.

use super::{Connection, forget_journal, list, prepare, run, save_meta, sealed, wipe};
use crate::{
    Engine,
    crypto::luck::seeded::luck,
    input::{Input, Output},
    testkit::MemoryMedia,
};
use client_api::{Command, Passphrase, Timestamp};
use proto::{Hello, Nonce, RecoveryId, Request};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const KEY: [u8; 32] = [7; 32];
const SALT: [u8; 16] = [9; 16];
const NOW: Timestamp = Timestamp(1_790_000_000_000);

/// A name of this story's own, and nothing left under it.
struct Store(String);

impl Store {
    fn new(name: &str) -> Self {
        #[cfg(target_arch = "wasm32")]
        return Self(format!("{name}.db"));
        #[cfg(not(target_arch = "wasm32"))]
        {
            let path = std::env::temp_dir().join(format!("rohrpost-{name}-{}.db", std::process::id()));
            let _ = std::fs::remove_file(&path); // of a run with the same number that was killed
            Self(path.to_str().unwrap().to_owned())
        }
    }

    /// Key and salt as hex digits, as a browser and a native profile give them alike.
    fn open(&self, key: &[u8], salt: &[u8]) -> rusqlite::Result<Connection> {
        let conn = Connection::open(&self.0)?;
        let hex: String = key.iter().chain(salt).map(|byte| format!("{byte:02x}")).collect();
        conn.execute_batch(&format!("PRAGMA key = \"x'{hex}'\"; SELECT count(*) FROM sqlite_master;"))?;
        Ok(conn)
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl Drop for Store {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0); // the story may have failed before there was one
    }
}

#[test]
fn a_sealed_store_opens_with_its_own_key_and_with_nothing_else() {
    let store = Store::new("sealed");
    let conn = store.open(&KEY, &SALT).unwrap();
    let cipher: String = conn.query_row("PRAGMA cipher_version", [], |row| row.get(0)).unwrap();
    assert!(!cipher.is_empty(), "SQLCipher is in");
    conn.execute_batch("CREATE TABLE a (b TEXT); INSERT INTO a VALUES ('Schlagloch')").unwrap();
    drop(conn);
    let plain = Connection::open(&store.0).unwrap();
    assert!(plain.query_row("SELECT b FROM a", [], |row| row.get::<_, String>(0)).is_err(), "without a key");
    drop(plain);
    assert!(store.open(&[8; 32], &SALT).is_err(), "with another key");
    assert!(store.open(&KEY, &[1; 16]).is_err(), "with another salt");
    let conn = store.open(&KEY, &SALT).unwrap();
    let kept: String = conn.query_row("SELECT b FROM a", [], |row| row.get(0)).unwrap();
    assert_eq!(kept, "Schlagloch");
}

#[test]
fn a_prepared_store_overwrites_what_it_deletes() {
    let store = Store::new("prepared");
    let mut conn = store.open(&KEY, &SALT).unwrap();
    super::prepare(&mut conn).unwrap();
    let on: i64 = conn.query_row("PRAGMA secure_delete", [], |row| row.get(0)).unwrap();
    assert_eq!(on, 1);
    let fts: i64 =
        conn.query_row("SELECT count(*) FROM pragma_module_list WHERE name = 'fts5'", [], |row| row.get(0)).unwrap();
    assert_eq!(fts, 1);
}

/// Every request that leaves when the server is there.
fn asked(engine: &mut Engine) -> Vec<Request> {
    let hello = Hello { nonce: Nonce([1; 32]), recovery: RecoveryId([2; 16]), now_millis: NOW.0 };
    let out = engine.handle(NOW, Input::Online { hello, origin: "https://rohrpost.example".into() }).unwrap();
    let request = |output: Output| if let Output::Request(_, request) = output { Some(request) } else { None };
    out.into_iter().filter_map(request).collect()
}

#[test]
fn a_founding_is_in_the_sealed_store_and_goes_out_after_a_crash() {
    let store = Store::new("founding");
    let media = MemoryMedia::default();
    let mut engine = Engine::open(store.open(&KEY, &SALT).unwrap(), Box::new(media.clone()), luck(1), NOW).unwrap();
    let command = Command::CreateAuthority {
        server: "https://rohrpost.example".into(),
        name: "Musterstadt".into(),
        admin: "Frau Müller".into(),
        passphrase: Passphrase("Rathausplatz 1, hinter dem Brunnen".into()),
        setup_code: None,
    };
    let out = engine.handle(NOW, Input::Command(1, command)).unwrap();
    assert!(out.iter().any(|output| matches!(output, Output::Done(1, Ok(_)))), "{out:?}");
    drop(engine);
    let mut engine = Engine::open(store.open(&KEY, &SALT).unwrap(), Box::new(media), luck(2), NOW).unwrap();
    let requests = asked(&mut engine);
    assert!(requests.iter().any(|request| matches!(request, Request::AuthorityPut { .. })), "{requests:?}");
}

#[test]
fn a_store_that_one_connection_has_for_itself_keeps_its_data_and_forgets_the_journal() {
    let store = Store::new("web");
    let key = crate::crypto::Secret::new(KEY);
    let open = || sealed::unseal(Connection::open(&store.0).unwrap(), &key, SALT, "EXCLUSIVE");
    let mut conn = open().unwrap();
    let mode: String = conn.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    prepare(&mut conn).unwrap();
    conn.execute("INSERT INTO unit (unit, name) VALUES (x'01', 'Tiefbau')", []).unwrap();
    #[cfg(not(target_arch = "wasm32"))]
    let length = |end: &str| std::fs::metadata(format!("{}{end}", store.0)).ok().map(|file| file.len());
    #[cfg(not(target_arch = "wasm32"))]
    assert!(length("-wal").unwrap() > 0);
    assert!(forget_journal(&conn).unwrap(), "nobody else reads it");
    #[cfg(not(target_arch = "wasm32"))]
    assert_eq!((length("-wal"), length("-shm")), (Some(0), None), "a browser has no memory to share");
    drop(conn);
    let conn = open().unwrap();
    let name: String = conn.query_row("SELECT name FROM unit", [], |row| row.get(0)).unwrap();
    assert_eq!(name, "Tiefbau");
    let wrong = crate::crypto::Secret::new([8; 32]);
    assert!(sealed::unseal(Connection::open(&store.0).unwrap(), &wrong, SALT, "EXCLUSIVE").is_err());
}

#[test]
fn after_wiping_no_table_and_no_index_holds_a_row() {
    let mut conn = Connection::open_in_memory().unwrap();
    prepare(&mut conn).unwrap();
    let tx = conn.transaction().unwrap();
    crate::search::store::prepare(&tx).unwrap();
    let at = Timestamp::from_secs(1);
    for corpus in [crate::search::Corpus::Messages, crate::search::Corpus::Names] {
        crate::search::insert(&tx, corpus, &[1], at, "Schlagloch in der Gartenstraße").unwrap();
    }
    save_meta(&tx, "account", Some(b"secret")).unwrap();
    run(&tx, "INSERT INTO unit (unit, name) VALUES (x'01', 'Tiefbau')", []).unwrap();
    wipe(&tx).unwrap();
    let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search_%'";
    let tables: Vec<String> = list(&tx, sql, [], |row| row.get(0)).unwrap();
    assert!(tables.len() > 20, "{tables:?}");
    for table in tables.iter().map(String::as_str).chain(["search_message_item", "search_name_item"]) {
        let rows: i64 = tx.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
        assert!(rows == 0 || table.starts_with("sqlite_"), "{table}");
    }
    for index in ["search_message", "search_name"] {
        let left: Vec<Vec<u8>> = list(&tx, &format!("SELECT block FROM {index}_data"), [], |row| row.get(0)).unwrap();
        assert!(left.iter().all(|block| !block.windows(3).any(|part| part == b"gar")), "{index}");
    }
    crate::search::insert(&tx, crate::search::Corpus::Messages, &[2], at, "neu").unwrap();
}
