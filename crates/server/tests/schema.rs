// SPDX-License-Identifier: EUPL-1.2
//! The storage contract: what the server stores, and nothing else (docs/protocol.md §7).
#![allow(clippy::unwrap_used)]

use proto::RecoveryId;
use rusqlite::Connection;
use server::store::{Sqlite, sqlite::schema};

/// Tables and columns the contract allows. A new one needs a decision, not a test that follows.
const CONTRACT: &[(&str, &[&str])] = &[
    ("authority", &["id", "member_pub", "pass_pub", "root_pub", "version"]),
    ("blob", &["delete_hash", "expiry", "id", "offset", "read_hash", "size_bytes", "write_hash"]),
    (
        "branch",
        &["access_pub", "candidate", "closed", "count", "head", "id", "key", "log", "opening", "parent", "write_pub"],
    ),
    ("dead_branch", &["day", "id"]),
    ("deposit", &["by_pass", "hash", "hour", "inbox", "sealed"]),
    ("entry", &["branch", "env", "env_hash", "erase_hash", "hour", "kind", "n"]),
    ("inbox", &["id", "key", "last_use", "owner_pub"]),
    ("key_package", &["inbox", "last", "sealed"]),
    ("log", &["id", "key", "ttl_class"]),
    ("pass", &["day", "invite", "state"]),
    ("recovery", &["id"]),
];

fn fresh() -> Connection {
    Sqlite::open(Connection::open_in_memory().unwrap(), RecoveryId([0; 16])).unwrap().into_connection()
}

#[test]
fn the_database_holds_what_the_contract_says_and_nothing_else() {
    let db = fresh();
    let mut query = db
        .prepare(
            "SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_xinfo(t.name) c
             WHERE t.type = 'table' ORDER BY t.name, c.name",
        )
        .unwrap();
    let real: Vec<(String, String)> =
        query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
    let allowed: Vec<(String, String)> = CONTRACT
        .iter()
        .flat_map(|(table, columns)| columns.iter().map(|column| ((*table).to_owned(), (*column).to_owned())))
        .collect();
    assert_eq!(real, allowed);
    let other: u32 = db
        .query_row("SELECT count(*) FROM sqlite_master WHERE type NOT IN ('table', 'index')", [], |row| row.get(0))
        .unwrap();
    assert_eq!(other, 0, "no views, no triggers");
}

#[test]
fn nothing_joins_inboxes_and_logs() {
    let of = |name: &str| CONTRACT.iter().find(|(table, _)| *table == name).unwrap().1;
    for table in ["log", "branch", "entry"] {
        assert!(!of(table).contains(&"inbox"));
    }
    for table in ["inbox", "deposit", "key_package", "pass"] {
        assert!(["log", "branch"].iter().all(|column| !of(table).contains(column)));
    }
}

#[test]
fn the_schema_in_the_documents_is_the_real_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/schema/server.sql");
    let real = format!(
        "-- Generated from the server's migrations; `ROHRPOST_WRITE_SCHEMA=1 cargo test -p server --test schema` writes it.\n{}",
        schema::dump(&fresh()).unwrap()
    );
    if std::env::var_os("ROHRPOST_WRITE_SCHEMA").is_some() {
        std::fs::write(path, &real).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), real);
}

#[test]
fn data_of_a_newer_version_is_refused() {
    let db = fresh();
    db.pragma_update(None, "user_version", 999).unwrap();
    assert!(Sqlite::open(db, RecoveryId([0; 16])).is_err());
}
