// SPDX-License-Identifier: EUPL-1.2
//! A dispatcher who cheats: one byte of text, photo or author is changed before handing on; an honest crew sees it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

#[allow(dead_code, reason = "each test file uses its part of the town")]
mod town;

use rusqlite::params;
use serde_json::Value;
use sha2::{Digest, Sha256};
use town::{Town, messages, store};

const TEXT: &str = "Tiefes Schlagloch, nicht gesichert";

/// A message with a photo, received by the dispatcher and not handed on yet: its id and the photo.
fn reported() -> (Town, String, Vec<u8>) {
    let town = Town::with_people(&["Ole Streife", "Dana Leitstelle", "Karl Bautrupp"]);
    let photo: Vec<u8> = (0..200_000u32).map(|at| (at % 251) as u8).collect();
    let path = town.folder.path().join("schlagloch.jpg");
    std::fs::write(&path, &photo).unwrap();
    let words = ["send", "--to", "Dana", "--attach", path.to_str().unwrap(), "--place", "52.5,13.4", TEXT];
    let sent = town.ok("ole", &words);
    town.ok("dana", &["receive", "--wait", "60"]);
    (town, sent, photo)
}

/// Changes the message as it lies in the dispatcher's own database; lengths stay.
fn alter(town: &Town, from: &[u8], to: &[u8]) {
    let db = store::open(&town.profile("dana"));
    let (id, body): (Vec<u8>, Vec<u8>) = db
        .query_row("SELECT id, body FROM message WHERE body IS NOT NULL", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    let at = body.windows(from.len()).position(|piece| piece == from).unwrap();
    let altered = [&body[..at], to, &body[at + from.len()..]].concat();
    assert_eq!(altered.len(), body.len());
    db.execute("UPDATE message SET body = ?2 WHERE id = ?1", params![id, altered]).unwrap();
}

/// What the crew sees of the forward.
fn handed_on(town: &Town, id: &str) -> Value {
    town.ok("dana", &["forward", id, "--to", "Karl"]);
    let got = messages(&town.ok("karl", &["receive", "--json", "--wait", "60"]));
    assert_eq!(got.len(), 1);
    got[0].clone()
}

fn saved(town: &Town, message: &Value) -> Vec<u8> {
    let file = town.folder.path().join("karl.jpg");
    let id = message["attachments"][0]["id"].as_str().unwrap();
    town.ok("karl", &["attachment", "save", id, file.to_str().unwrap()]);
    std::fs::read(file).unwrap()
}

#[test]
fn forward_of_a_photo_nobody_had_looked_at_fetches_it_and_is_verified() {
    let (town, id, photo) = reported();
    let message = handed_on(&town, &id);
    assert_eq!(message["forwarded_from"]["verified"], true);
    assert_eq!(message["forwarded_from"]["sender"], "Ole Streife");
    assert_eq!(message["text"], TEXT);
    assert!(saved(&town, &message) == photo);
}

#[test]
fn forward_without_the_server_goes_out_later_although_its_photo_was_not_here() {
    let (mut town, id, photo) = reported();
    town.kill_server();
    let (code, line) = town.fails("dana", &["forward", &id, "--to", "Karl"]);
    assert_eq!(code, 3, "{line}");
    town.restart_server();
    town.ok("dana", &["sync"]);
    let got = messages(&town.ok("karl", &["receive", "--json", "--wait", "60"]));
    assert_eq!(got[0]["forwarded_from"]["verified"], true);
    assert!(saved(&town, &got[0]) == photo);
}

#[test]
fn one_byte_of_the_text_changed_shows_as_not_verified() {
    let (town, id, _) = reported();
    alter(&town, b"nicht gesichert", b"nichT gesichert");
    let message = handed_on(&town, &id);
    assert_eq!(message["text"], TEXT.replace("nicht", "nichT"));
    assert_eq!(message["forwarded_from"]["verified"], false);
}

#[test]
fn another_author_shows_as_not_verified() {
    let (town, id, _) = reported();
    let db = store::open(&town.profile("dana"));
    let user = |name: &str| -> Vec<u8> {
        db.query_row("SELECT user FROM person WHERE name = ?1", [name], |row| row.get(0)).unwrap()
    };
    let (ole, amt) = (user("Ole Streife"), user("Frau Amt"));
    drop(db);
    alter(&town, &ole, &amt);
    let message = handed_on(&town, &id);
    assert_eq!(message["forwarded_from"]["sender"], "Frau Amt");
    assert_eq!(message["forwarded_from"]["verified"], false);
}

#[test]
fn one_byte_of_the_photo_changed_shows_as_not_verified() {
    let (town, id, mut photo) = reported();
    let honest = Sha256::digest(&photo);
    photo[100_000] ^= 1;
    let path = town.folder.path().join("anders.jpg");
    std::fs::write(&path, &photo).unwrap();
    // The cheat takes in the other photo, puts it in the place of the reported one and describes it as if it were.
    town.ok("dana", &["send", "--to", "Frau Amt", "--attach", path.to_str().unwrap()]);
    let other = Sha256::digest(&photo);
    let db = store::open(&town.profile("dana"));
    let message: Vec<u8> =
        db.query_row("SELECT message FROM attachment WHERE sha256 = ?1", [&honest[..]], |row| row.get(0)).unwrap();
    db.execute("DELETE FROM attachment WHERE sha256 = ?1", [&honest[..]]).unwrap();
    db.execute("UPDATE attachment SET message = ?2 WHERE sha256 = ?1", params![&other[..], message]).unwrap();
    db.execute("DELETE FROM message WHERE id <> ?1", [message]).unwrap();
    drop(db);
    alter(&town, &honest, &other);
    let message = handed_on(&town, &id);
    assert!(saved(&town, &message) == photo, "the crew has the altered photo");
    assert_eq!(message["forwarded_from"]["verified"], false);
}
