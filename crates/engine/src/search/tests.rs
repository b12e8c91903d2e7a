// SPDX-License-Identifier: EUPL-1.2
//! Stories of searching: found however it is spelt, harmless whatever is typed, gone when it is removed.

use super::*;
use client_api::Timestamp;
use rusqlite::Connection;
use std::time::Instant;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn prepare(conn: &mut Connection) {
    conn.execute_batch("PRAGMA secure_delete = ON").unwrap();
    let tx = conn.transaction().unwrap();
    store::prepare(&tx).unwrap();
    store::prepare(&tx).unwrap();
    tx.commit().unwrap();
}

/// An index over these texts; a text's id is its number, later ones are newer.
fn index(texts: &[&str]) -> Connection {
    let mut conn = Connection::open_in_memory().unwrap();
    prepare(&mut conn);
    let tx = conn.transaction().unwrap();
    for (text, n) in texts.iter().zip(0u8..) {
        insert(&tx, Corpus::Messages, &[n], Timestamp(1000 + u64::from(n)), text).unwrap();
    }
    tx.commit().unwrap();
    conn
}

fn check(conn: &mut Connection, query: &str, expect: &[u8]) {
    let tx = conn.transaction().unwrap();
    let found: Vec<u8> = find(&tx, Corpus::Messages, query, 100).unwrap().concat();
    assert_eq!(found, expect, "{query:?}");
}

#[test]
fn mueller_is_found_however_it_is_spelt() {
    let mut conn =
        index(&["Herr Müller kommt", "Frau Mueller geht", "Mu\u{308}ller als Dateiname", "MÜLLER!", "Möller"]);
    check(&mut conn, "Müller", &[3, 2, 1, 0]);
    check(&mut conn, "müller", &[3, 2, 1, 0]);
    check(&mut conn, "mueller", &[3, 2, 1, 0]);
    check(&mut conn, "muller", &[3, 2, 0]);
    check(&mut conn, "MU\u{308}LLER", &[3, 2, 1, 0]);
    check(&mut conn, "moeller", &[4]);
}

#[test]
fn sharp_s_and_double_s_are_the_same() {
    let mut conn = index(&["Große Straße", "GROSSE STRASSE", "STRAẞE", "Łódź, Željko, Ørsted"]);
    check(&mut conn, "straße", &[2, 1, 0]);
    check(&mut conn, "strasse", &[2, 1, 0]);
    check(&mut conn, "große strasse", &[1, 0]);
    check(&mut conn, "lodz", &[3]);
    check(&mut conn, "zeljko oersted", &[3]);
}

#[test]
fn parts_of_words_are_found() {
    let mut conn = index(&["Bauhofleitung", "Quelle neue Bauernhof", "e-mail an abt@stadt.de"]);
    check(&mut conn, "hofleit", &[0]);
    check(&mut conn, "elle", &[1]);
    check(&mut conn, "uel", &[1]);
    check(&mut conn, "neu hof", &[1]);
    check(&mut conn, "hof", &[1, 0]);
    check(&mut conn, "e-mail", &[2]);
    check(&mut conn, "abt@stadt", &[2]);
    check(&mut conn, "hof nirgends", &[]);
}

#[test]
fn words_of_every_length_are_found_whole_and_never_by_their_parts_alone() {
    let mut conn =
        index(&["Strand in Assen", "Straße", "abcdefghij", "abc def ghi hij", "Ein Müllerbursche", "Mue lle ler"]);
    check(&mut conn, "Strasse", &[1]);
    for length in 3..=10 {
        let whole = &"abcdefghij"[..length];
        check(&mut conn, whole, if length == 3 { &[3, 2] } else { &[2] });
    }
    check(&mut conn, "muellerb", &[4]);
    check(&mut conn, "mueller", &[4]);
    check(&mut conn, "abc hij", &[3, 2]);
    check(&mut conn, "abcd hij", &[2]);
}

#[test]
fn one_and_two_letters_are_found_at_the_start_of_words() {
    let mut conn = index(&["Haus am See", "übel", "ein Ü-Wagen", "§5 StVO", "Ende"]);
    check(&mut conn, "am", &[0]);
    check(&mut conn, "se", &[0]);
    check(&mut conn, "ee", &[]);
    check(&mut conn, "h", &[0]);
    check(&mut conn, "üb", &[1]);
    check(&mut conn, "ub", &[1]);
    check(&mut conn, "ue", &[2, 1]);
    check(&mut conn, "ü", &[2, 1]);
    check(&mut conn, "§5", &[3]);
    check(&mut conn, "e", &[4, 2]);
}

#[test]
fn emoji_are_found() {
    let mut conn = index(&["super👍", "👍🏽", "❤\u{fe0f} danke", "🚒🚒🚒 Einsatz", "nichts"]);
    check(&mut conn, "👍", &[1, 0]);
    check(&mut conn, "👍🏽", &[1]);
    check(&mut conn, "❤", &[2]);
    check(&mut conn, "🚒🚒🚒", &[3]);
}

#[test]
fn whatever_is_typed_is_only_text() {
    let mut conn = index(&["er sagte \"gut\" und ging", "a AND b OR NOT c", "plain : x*", "100 %"]);
    check(&mut conn, "\"gut\"", &[0]);
    check(&mut conn, "\"", &[0]);
    check(&mut conn, "AND", &[1]);
    check(&mut conn, "plain :", &[2]);
    check(&mut conn, "x*", &[2]);
    let harmless = [
        "",
        "   ",
        "\u{301}",
        "\0",
        "\u{2}\u{1}",
        "(",
        ")",
        "NEAR(",
        "^a",
        "{plain}",
        "\"\"\"",
        "a\"b\"c",
        "-",
        "'; DROP TABLE x",
        "*",
        "plain:x",
        "%_%",
        "\\",
        "\u{ad}",
        "\"abc",
    ];
    let tx = conn.transaction().unwrap();
    for query in harmless {
        find(&tx, Corpus::Messages, query, 10).unwrap_or_else(|error| panic!("{query:?}: {error}"));
    }
    assert!(find(&tx, Corpus::Messages, &"wort ".repeat(10_000), 10).unwrap().is_empty());
    assert!(find(&tx, Corpus::Messages, "", 10).unwrap().is_empty());
}

#[test]
fn newest_first_by_time_not_by_arrival_and_rooms_are_apart() {
    let mut conn = Connection::open_in_memory().unwrap();
    prepare(&mut conn);
    let tx = conn.transaction().unwrap();
    for (id, at) in [(1u8, 500), (2, 900), (3, 100), (4, 900), (5, u64::MAX)] {
        insert(&tx, Corpus::Messages, &[id], Timestamp(at), "gleicher Text").unwrap();
    }
    insert(&tx, Corpus::Names, &[9], Timestamp(0), "gleicher Name").unwrap();
    assert_eq!(find(&tx, Corpus::Messages, "gleicher", 10).unwrap().concat(), [5, 4, 2, 1, 3]);
    assert_eq!(find(&tx, Corpus::Messages, "gleicher", 2).unwrap().concat(), [5, 4]);
    assert_eq!(find(&tx, Corpus::Names, "gleich", 10).unwrap().concat(), [9]);
    insert(&tx, Corpus::Messages, &[2], Timestamp(901), "bearbeitet").unwrap();
    assert_eq!(find(&tx, Corpus::Messages, "gleicher", 10).unwrap().concat(), [5, 4, 1, 3]);
    remove(&tx, Corpus::Messages, &[77]).unwrap();
    insert(&tx, Corpus::Messages, &[2], Timestamp(901), " \n ").unwrap();
    assert!(find(&tx, Corpus::Messages, "bearbeitet", 10).unwrap().is_empty());
}

#[test]
fn matching_in_memory_follows_the_same_rules() {
    assert!(matches("Jürgen Groß", "juergen gross") && matches("Jürgen Groß", "JURG") && matches("Joerg", "Jörg"));
    assert!(matches("egal", "") && !matches("Jürgen Groß", "hans"));
}

#[cfg_attr(target_arch = "wasm32", ignore = "reads a file")]
#[test]
fn nothing_of_a_removed_text_stays_in_the_file() {
    let folder = Folder::new("search-trace");
    let path = folder.0.join("plain.db");
    let secret = "Xylophonquartett";
    let mut conn = Connection::open(&path).unwrap();
    conn.execute_batch("PRAGMA journal_mode = WAL").unwrap();
    prepare(&mut conn);
    for round in 0..30u64 {
        let tx = conn.transaction().unwrap();
        for n in 0..20u64 {
            let id = (round * 20 + n).to_be_bytes();
            insert(&tx, Corpus::Messages, &id, Timestamp(round), &format!("Meldung {round} von Trupp {n}")).unwrap();
        }
        tx.commit().unwrap();
    }
    let tx = conn.transaction().unwrap();
    insert(&tx, Corpus::Messages, b"secret", Timestamp(7), &format!("Treffen im {secret} {}", secret.repeat(900)))
        .unwrap();
    tx.commit().unwrap();
    checkpoint(&conn);
    assert!(holds(&path, "xylophonquartett"), "the test sees what it looks for");
    let tx = conn.transaction().unwrap();
    remove(&tx, Corpus::Messages, b"secret").unwrap();
    assert!(find(&tx, Corpus::Messages, secret, 10).unwrap().is_empty());
    tx.commit().unwrap();
    checkpoint(&conn);
    drop(conn);
    // stored words, and the index's terms, which share prefixes: so look for short pieces that no other text has
    for piece in ["xylo", "quart", "phonq", "Xylo", "xyl", "ylo", "hon", "onq", "nqu"] {
        assert!(!holds(&path, piece), "{piece} is still in the file");
    }
}

#[test]
fn however_many_are_of_one_millisecond_all_are_found() {
    let mut conn = Connection::open_in_memory().unwrap();
    prepare(&mut conn);
    let tx = conn.transaction().unwrap();
    let (now, later) = (Timestamp(1000), Timestamp(1002));
    insert(&tx, Corpus::Messages, b"later", later, "Schlagloch").unwrap();
    for n in 0..2_000u16 {
        insert(&tx, Corpus::Messages, &n.to_be_bytes(), now, "Schlagloch").unwrap();
    }
    insert(&tx, Corpus::Messages, b"last", Timestamp(u64::MAX), "Schlagloch").unwrap();
    insert(&tx, Corpus::Messages, b"and one more", Timestamp(u64::MAX), "Schlagloch").unwrap();
    tx.commit().unwrap();
    let tx = conn.transaction().unwrap();
    let found = find(&tx, Corpus::Messages, "loch", 3_000).unwrap();
    assert_eq!(found.len(), 2_003);
    assert_eq!(found[..2], [b"and one more".to_vec(), b"last".to_vec()]);
}

/// Marked by its size as the slowest of this corpus: prints what it measures.
#[cfg_attr(target_arch = "wasm32", ignore = "takes the time")]
#[test]
fn a_hundred_thousand_messages_are_searched_fast() {
    let words = [
        "Baustelle",
        "Straße",
        "Schlagloch",
        "gesperrt",
        "Müller",
        "morgen",
        "Trupp",
        "Ampel",
        "Bericht",
        "fertig",
        "Wagen",
    ];
    let mut conn = Connection::open_in_memory().unwrap();
    prepare(&mut conn);
    let start = Instant::now();
    let tx = conn.transaction().unwrap();
    for n in 0..100_000usize {
        let word = |k: usize| words[n.wrapping_mul(2_654_435_761).wrapping_add(k * 7919) / (k + 3) % words.len()];
        let rare = if n % 10_000 == 17 { "Xylophon" } else { "ja" };
        let text = format!("{} {} {rare} {} {n}", word(0), word(1), word(2));
        insert(&tx, Corpus::Messages, &(n as u64).to_be_bytes(), Timestamp(n as u64), &text).unwrap();
    }
    tx.commit().unwrap();
    println!("100,000 messages indexed in {:?}", start.elapsed());
    let tx = conn.transaction().unwrap();
    for (query, expect) in
        [("xylo", 10), ("mueller", 50), ("muller ampel", 50), ("st", 50), ("b", 50), ("4711", 20), ("lagloch xylo", 0)]
    {
        let start = Instant::now();
        let found = find(&tx, Corpus::Messages, query, 50).unwrap().len();
        let took = start.elapsed();
        println!("{query:?}: {found} in {took:?}");
        assert!(found >= expect, "{query}: {found}");
        assert!(took.as_millis() < 500, "{query}: {took:?}, ten times the goal");
    }
}

fn checkpoint(conn: &Connection) {
    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
}

fn holds(path: &std::path::Path, piece: &str) -> bool {
    let wal = path.with_extension("db-wal");
    [path, &wal]
        .iter()
        .filter_map(|path| std::fs::read(path).ok())
        .any(|bytes| bytes.windows(piece.len()).any(|window| window == piece.as_bytes()))
}

/// A folder of this test alone, gone with it.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("rohrpost-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
