// SPDX-License-Identifier: EUPL-1.2
//! SIGKILL at any moment: of the server during a thousand sends, of sender and receiver, and in the middle of a file.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "tests fail loudly"
)]

#[allow(dead_code, reason = "each test file uses its part of the town")]
mod town;

use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::Stdio,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::Duration,
};
use town::{Ended, Town, messages, store, until};

const SENDS: usize = 1_000;
const KILLS: usize = 5;

/// Small, repeatable luck; its seed is printed.
struct Luck(u64);

impl Luck {
    fn new() -> Self {
        let given = std::env::var("ROHRPOST_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| u64::from(std::process::id()) * 1_000_003 + 17);
        eprintln!("ROHRPOST_TEST_SEED={seed}");
        Self(seed | 1)
    }
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// The receiver's whole history as it lies in its store: (id, body), in order.
fn kept(profile: &Path) -> Vec<(String, Vec<u8>)> {
    let db = store::open(profile);
    let mut query = db.prepare("SELECT id, body FROM message WHERE state = 0 ORDER BY position").unwrap();
    let rows = query.query_map([], |row| Ok((store::hex(&row.get::<_, Vec<u8>>(0)?), row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn server_killed_five_times_during_a_thousand_sends_loses_doubles_and_disorders_nothing() {
    let mut town = Town::with_people(&["Anna Weiß", "Bernd Ott"]);
    let mut luck = Luck::new();
    let _sender = town.agent_of("anna");
    let follower = town.follow("bernd");
    let (accepted, done) = (AtomicUsize::new(0), AtomicBool::new(false));
    let mut moments: Vec<usize> =
        (0..KILLS).map(|kill| kill * SENDS / KILLS + luck.below((SENDS / KILLS) as u64) as usize).collect();
    // The sender's commands need the town's folder only; the server is killed beside them.
    let commands: Vec<_> = (0..SENDS)
        .map(|number| town.command("anna", &["send", "--to", "Bernd", &format!("Meldung {number}")]))
        .collect();
    let mut ids = Vec::new();
    std::thread::scope(|scope| {
        let (accepted_in, done_in) = (&accepted, &done);
        let sending = scope.spawn(move || {
            let mut ids = Vec::new();
            for mut command in commands {
                let output = command.output().unwrap();
                let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
                assert!(matches!(output.status.code(), Some(0 | 3)), "{:?} {complaint}", output.status.code());
                ids.push(String::from_utf8(output.stdout).unwrap().trim().to_owned());
                accepted_in.fetch_add(1, Ordering::Relaxed);
            }
            done_in.store(true, Ordering::Relaxed);
            ids
        });
        while let Some(at) = moments.first().copied() {
            until("the next moment to kill", || accepted.load(Ordering::Relaxed) >= at || sending.is_finished());
            moments.remove(0);
            std::thread::sleep(Duration::from_millis(luck.below(50)));
            town.kill_server();
            std::thread::sleep(Duration::from_millis(luck.below(400)));
            town.restart_server();
        }
        ids = sending.join().unwrap();
    });
    assert!(done.load(Ordering::Relaxed));
    let got: Vec<_> = (0..SENDS).map(|_| follower.next()).collect();
    for (number, (message, id)) in got.iter().zip(&ids).enumerate() {
        assert_eq!(
            (message["id"].as_str(), &message["text"]),
            (Some(id.as_str()), &format!("Meldung {number}").into())
        );
    }
    town.ok("bernd", &["sync"]);
    assert_eq!(follower.kill(), Vec::<serde_json::Value>::new(), "nothing twice");
    let kept: Vec<String> = kept(&town.profile("bernd")).into_iter().map(|(id, _)| id).collect();
    assert_eq!(kept, ids);
}

#[test]
fn sender_and_receiver_killed_at_random_moments_lose_double_and_disorder_nothing() {
    let town = Town::with_people(&["Anna Weiß", "Bernd Ott"]);
    let mut luck = Luck::new();
    // (printed id or nothing, text) of every attempt.
    let mut attempts = Vec::new();
    let mut printed: Vec<Vec<String>> = Vec::new();
    for number in 0..60 {
        let text = format!("Versuch {number:03}");
        let mut sender =
            town.command("anna", &["send", "--to", "Bernd", &text]).stdout(Stdio::piped()).spawn().unwrap();
        let mut receiver = town.command("bernd", &["receive", "--json"]).stdout(Stdio::piped()).spawn().unwrap();
        let (first, second) = (luck.below(400), luck.below(400));
        std::thread::sleep(Duration::from_millis(first.min(second)));
        let mut order = [&mut sender, &mut receiver];
        if second < first {
            order.reverse();
        }
        let _ = order[0].kill();
        std::thread::sleep(Duration::from_millis(first.abs_diff(second)));
        let _ = order[1].kill();
        let said = String::from_utf8(sender.wait_with_output().unwrap().stdout).unwrap();
        attempts.push((said.trim().to_owned(), text));
        let lines = String::from_utf8(receiver.wait_with_output().unwrap().stdout).unwrap();
        // A line cut off by the kill was not shown.
        let whole = lines.rfind('\n').map_or("", |end| &lines[..end]);
        printed.push(messages(whole).iter().map(|m| m["id"].as_str().unwrap().to_owned()).collect());
    }
    town.ok("anna", &["sync"]);
    let last = town.ok("bernd", &["receive", "--json", "--wait", "10"]);
    printed.push(messages(&last).iter().map(|m| m["id"].as_str().unwrap().to_owned()).collect());

    let kept = kept(&town.profile("bernd"));
    let mut places = BTreeMap::new();
    for (place, (id, body)) in kept.iter().enumerate() {
        assert_eq!(places.insert(id.clone(), place), None, "doubled: {id}");
        assert!(attempts.iter().any(|(_, text)| store::holds(body, text.as_bytes())), "from nowhere: {id}");
    }
    let texts: Vec<usize> = kept
        .iter()
        .map(|(_, body)| attempts.iter().position(|(_, text)| store::holds(body, text.as_bytes())).unwrap())
        .collect();
    assert!(texts.windows(2).all(|pair| pair[0] < pair[1]), "in order, each once: {texts:?}");
    let promised: Vec<&String> = attempts.iter().map(|(id, _)| id).filter(|id| !id.is_empty()).collect();
    assert!(promised.iter().all(|id| places.contains_key(*id)), "what was promised arrived");
    assert!((5..60).contains(&promised.len()), "the kills hit both before and after: {}", promised.len());
    // Shown: all, in order. Only the very line whose printing a kill cut short of being noted may come again.
    let mut shown: Vec<String> = Vec::new();
    for ids in &printed {
        for (at, id) in ids.iter().enumerate() {
            if at == 0 && shown.last() == Some(id) {
                continue;
            }
            shown.push(id.clone());
        }
    }
    let kept: Vec<String> = kept.into_iter().map(|(id, _)| id).collect();
    assert_eq!(shown, kept);
}

/// Which of these files were written when: a file that is written anew has another number.
fn written(folder: &Path) -> BTreeMap<PathBuf, u64> {
    store::files(folder).into_iter().filter_map(|path| Some((path.clone(), path.metadata().ok()?.ino()))).collect()
}

/// Whole chunks of a large file.
fn chunks(folder: &Path) -> BTreeMap<PathBuf, u64> {
    let large = |path: &PathBuf| path.metadata().is_ok_and(|meta| meta.len() == 1024 * 1024);
    let numbered = |path: &PathBuf| path.file_name().is_some_and(|n| n.to_string_lossy().parse::<u32>().is_ok());
    written(folder).into_iter().filter(|(path, _)| large(path) && numbered(path)).collect()
}

#[test]
fn upload_and_download_of_20_mb_killed_in_the_middle_go_on_where_they_were() {
    let town = Town::with_people(&["Anna Weiß", "Bernd Ott"]);
    let mut photo = vec![0; 20_000_000];
    std::io::Read::read_exact(&mut std::fs::File::open("/dev/urandom").unwrap(), &mut photo).unwrap();
    let path = town.folder.path().join("film.mp4");
    std::fs::write(&path, &photo).unwrap();
    let stored = town.folder.path().join("server").join("blobs");

    let words = ["send", "--to", "Bernd", "--attach", path.to_str().unwrap(), "Der Film"];
    let sender = Ended(town.command("anna", &words).stdout(Stdio::null()).spawn().unwrap());
    until("some of the upload is there", || chunks(&stored).len() >= 5);
    drop(sender);
    let before = chunks(&stored);
    assert!((5..20).contains(&before.len()), "killed in the middle: {}", before.len());
    town.ok("anna", &["sync"]);
    let after = chunks(&stored);
    assert!(after.len() >= 19, "{}", after.len());
    let again = before.iter().filter(|(path, number)| after.get(*path) != Some(number)).count();
    assert!(again <= 1, "{again} of {} chunks were sent again", before.len());

    let got = messages(&town.ok("bernd", &["receive", "--json", "--wait", "60"]));
    let id = got[0]["attachments"][0]["id"].as_str().unwrap();
    let saved = town.folder.path().join("saved.mp4");
    let words = ["attachment", "save", id, saved.to_str().unwrap()];
    let here = town.profile("bernd").join("media");
    let receiver = Ended(town.command("bernd", &words).stdout(Stdio::null()).spawn().unwrap());
    until("some of the download is here", || chunks(&here).len() >= 5);
    drop(receiver);
    let before = chunks(&here);
    assert!((5..20).contains(&before.len()), "killed in the middle: {}", before.len());
    assert!(!saved.exists(), "no half file");
    town.ok("bernd", &words);
    let after = chunks(&here);
    let again = before.iter().filter(|(path, number)| after.get(*path) != Some(number)).count();
    assert!(again <= 1, "{again} of {} chunks were fetched again", before.len());
    assert_eq!(Sha256::digest(std::fs::read(&saved).unwrap()), Sha256::digest(&photo));
}
