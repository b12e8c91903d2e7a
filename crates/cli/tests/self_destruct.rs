// SPDX-License-Identifier: EUPL-1.2
//! Self-destruct between real processes: what is gone is gone from every page, index, journal and media folder.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

#[allow(dead_code, reason = "each test file uses its part of the town")]
mod town;

use std::{
    path::Path,
    time::{Duration, Instant, SystemTime},
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use town::{Town, messages, store, until};

const TEXT: &str = "Quittengelee steht hinterm Xylofon";
const FILE: &str = "vogelnestfoto.jpg";

fn town_with_photo() -> (Town, String, Vec<u8>) {
    let town = Town::with_people(&["Anna Weiß", "Bernd Ott"]);
    let mut photo = vec![0; 300_000];
    std::io::Read::read_exact(&mut std::fs::File::open("/dev/urandom").unwrap(), &mut photo).unwrap();
    let path = town.folder.path().join(FILE);
    std::fs::write(&path, &photo).unwrap();
    (town, path.to_str().unwrap().to_owned(), photo)
}

/// What must not be found: pieces of six letters, as the search index folds them too, and pieces of the photo.
fn traces(photo: &[u8]) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for text in [TEXT, FILE] {
        for form in [text.to_owned(), text.to_lowercase()] {
            all.extend(form.as_bytes().windows(6).map(<[u8]>::to_vec));
        }
    }
    all.extend(photo.chunks(10_000).map(|chunk| chunk[..16].to_vec()));
    all
}

fn found(profile: &Path, photo: &[u8]) -> Vec<String> {
    let mut hay = store::raw_pages(profile);
    for file in store::files(profile) {
        hay.extend(std::fs::read(file).unwrap());
    }
    let all = store::values(&store::open(profile));
    hay.extend(all.into_iter().flat_map(|(_, _, bytes)| bytes));
    let traces = traces(photo);
    traces.iter().filter(|t| store::holds(&hay, t)).map(|t| String::from_utf8_lossy(t).into_owned()).collect()
}

fn assert_is_gone(town: &Town, who: &str, photo: &[u8]) {
    let profile = town.profile(who);
    assert_eq!(found(&profile, photo), Vec::<String>::new(), "{who}");
    assert_eq!(store::files(&profile.join("media")), Vec::<std::path::PathBuf>::new(), "{who}: media");
    let db = store::open(&profile);
    let left: i64 = db.query_row("SELECT count(*) FROM attachment", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0, "{who}: keys of attachments");
}

fn is_expired(profile: &Path) -> bool {
    let sql = "SELECT count(*) FROM message WHERE state = 1 AND body IS NULL";
    let all: i64 = store::open(profile).query_row(sql, [], |row| row.get(0)).unwrap();
    all == 1
}

#[test]
fn message_with_a_date_that_passes_while_the_receiver_is_away_is_never_shown_and_leaves_no_byte() {
    let (town, path, photo) = town_with_photo();
    // A message before it: the conversation is known and the receiver really has something to fetch.
    town.ok("anna", &["send", "--to", "Bernd", "Guten Morgen"]);
    town.ok("bernd", &["receive", "--wait", "60"]);
    let at = OffsetDateTime::from(SystemTime::now() + Duration::from_secs(5));
    let date = at.format(&Rfc3339).unwrap();
    town.ok("anna", &["send", "--to", "Bernd", "--attach", &path, "--expires-at", &date, TEXT]);
    assert!(!found(&town.profile("anna"), &photo).is_empty(), "before, the search finds it");
    std::thread::sleep(Duration::try_from(at - OffsetDateTime::now_utc()).unwrap_or_default());
    assert_eq!(town.ok("bernd", &["receive", "--json"]), "");
    assert_eq!(town.ok("bernd", &["search", "Quittengelee"]), "");
    assert_eq!(town.ok("anna", &["search", "Quittengelee"]), "");
    assert!(is_expired(&town.profile("bernd")), "it did arrive");
    assert_is_gone(&town, "bernd", &photo);
    assert_is_gone(&town, "anna", &photo);
}

#[test]
fn message_that_goes_after_reading_is_shown_once_and_goes_on_both_sides_while_both_run() {
    let (town, path, photo) = town_with_photo();
    let _sender = town.agent_of("anna");
    let sent = town.ok("anna", &["send", "--to", "Bernd", "--attach", &path, "--expires-after", "5", TEXT]);
    // Ten seconds nobody reads it: the clock does not run.
    std::thread::sleep(Duration::from_secs(10));
    let follower = town.follow("bernd");
    let message = follower.next();
    let shown = Instant::now();
    assert_eq!((message["id"].as_str(), message["text"].as_str()), (Some(sent.as_str()), Some(TEXT)));
    let saved = town.folder.path().join("saved.jpg");
    let words = ["attachment", "save", message["attachments"][0]["id"].as_str().unwrap(), saved.to_str().unwrap()];
    town.ok("bernd", &words);
    assert_eq!(std::fs::read(saved).unwrap(), photo);
    assert!(!found(&town.profile("bernd"), &photo).is_empty(), "before, the search finds it");
    until("the receiver's copy goes", || is_expired(&town.profile("bernd")));
    assert!(shown.elapsed() > Duration::from_millis(4900), "{:?}", shown.elapsed());
    until("the sender's copy goes", || is_expired(&town.profile("anna")));
    // By an alarm, not by the look at the clock every half minute; the rest is a busy machine's.
    assert!(shown.elapsed() < Duration::from_secs(25), "{:?}", shown.elapsed());
    until("journals are emptied", || ["anna", "bernd"].iter().all(|who| found(&town.profile(who), &photo).is_empty()));
    assert_is_gone(&town, "bernd", &photo);
    assert_is_gone(&town, "anna", &photo);
    assert_eq!(follower.kill(), Vec::<serde_json::Value>::new(), "shown once");
}

#[test]
fn message_that_goes_after_reading_goes_with_the_next_command_when_nothing_runs() {
    let (town, path, photo) = town_with_photo();
    town.ok("anna", &["send", "--to", "Bernd", "--attach", &path, "--expires-after", "2", TEXT]);
    let got = messages(&town.ok("bernd", &["receive", "--json", "--wait", "60"]));
    assert_eq!(got[0]["text"], TEXT);
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(town.ok("bernd", &["receive", "--json"]), "", "shown once");
    assert_is_gone(&town, "bernd", &photo);
    // The first command hears "opened", two seconds later it is gone.
    town.ok("anna", &["sync"]);
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(town.ok("anna", &["search", "Quittengelee"]), "");
    assert_is_gone(&town, "anna", &photo);
}

#[test]
fn message_that_expires_in_the_outbox_is_gone_from_it() {
    let (mut town, path, photo) = town_with_photo();
    town.ok("anna", &["send", "--to", "Bernd", "Guten Morgen"]);
    town.ok("bernd", &["receive", "--wait", "60"]);
    town.kill_server();
    let at = OffsetDateTime::from(SystemTime::now() + Duration::from_secs(5));
    let words = ["send", "--to", "Bernd", "--attach", &path, "--expires-at", &at.format(&Rfc3339).unwrap(), TEXT];
    assert_eq!(town.fails("anna", &words).0, 3);
    std::thread::sleep(Duration::try_from(at - OffsetDateTime::now_utc()).unwrap_or_default());
    town.restart_server();
    town.ok("anna", &["sync"]);
    assert_eq!(town.ok("bernd", &["receive", "--json"]), "");
    assert_is_gone(&town, "anna", &photo);
    town.ok("anna", &["send", "--to", "Bernd", "Es geht weiter"]);
    assert_eq!(messages(&town.ok("bernd", &["receive", "--json", "--wait", "60"]))[0]["text"], "Es geht weiter");
}
