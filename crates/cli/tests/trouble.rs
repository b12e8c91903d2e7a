// SPDX-License-Identifier: EUPL-1.2
//! Disks that are full, certificates nobody vouches for, and a thousand messages in a row.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "tests fail loudly"
)]

#[allow(dead_code, reason = "each test file uses its part of the town")]
mod town;

use std::{
    ffi::OsStr,
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};
use town::{Town, messages};

/// The command with a disk that takes no file above 600 KiB: a chunk of a photo does not fit, the database does.
fn on_a_full_disk(town: &Town, who: &str, words: &[&str]) -> Output {
    let command = town.command(who, words);
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; ulimit -f 1200; exec \"$@\"", "sh"]).arg(command.get_program());
    shell.args(command.get_args().collect::<Vec<&OsStr>>()).stdin(Stdio::null()).output().unwrap()
}

fn line(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(text.lines().count(), 1, "one clear line: {text:?}");
    text.trim().to_owned()
}

#[test]
fn full_disk_is_said_clearly_on_both_sides_and_nothing_is_lost() {
    let town = Town::with_people(&["Anna Weiß", "Bernd Ott"]);
    town.ok("anna", &["send", "--to", "Bernd", "Vorher"]);
    let path = town.folder.path().join("film.mp4");
    let film: Vec<u8> = (0..2_500_000u32).map(|at| (at % 253) as u8).collect();
    std::fs::write(&path, &film).unwrap();
    let words = ["send", "--to", "Bernd", "--attach", path.to_str().unwrap(), "Der Film"];
    let output = on_a_full_disk(&town, "anna", &words);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty(), "no id: it was not taken");
    assert!(line(&output).contains("File too large"), "{}", line(&output));
    // Small things still go, and with room the film goes too.
    assert!(on_a_full_disk(&town, "anna", &["send", "--to", "Bernd", "Derweil"]).status.success());
    town.ok("anna", &words);

    let got = messages(&town.ok("bernd", &["receive", "--json", "--wait", "60"]));
    let texts: Vec<_> = got.iter().map(|m| m["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["Vorher", "Derweil", "Der Film"]);
    let saved = town.folder.path().join("saved.mp4");
    let id = got[2]["attachments"][0]["id"].as_str().unwrap();
    let words = ["attachment", "save", id, saved.to_str().unwrap()];
    let begun = Instant::now();
    let output = on_a_full_disk(&town, "bernd", &words);
    assert_eq!(output.status.code(), Some(1));
    assert!(line(&output).contains("File too large"), "{}", line(&output));
    assert!(begun.elapsed() < Duration::from_secs(60), "said soon: {:?}", begun.elapsed());
    assert!(!saved.exists());
    town.ok("bernd", &words);
    assert!(std::fs::read(saved).unwrap() == film);
}

#[test]
fn certificate_nobody_vouches_for_is_refused_with_3() {
    let folder = tempfile::tempdir().unwrap();
    let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&cert)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let town = Town::with_server(&[
        OsStr::new("--tls-cert"),
        cert.as_os_str(),
        OsStr::new("--tls-key"),
        key.as_os_str(),
        OsStr::new("--public-url"),
        OsStr::new("https://localhost"),
    ]);
    assert!(town.url.starts_with("https://127.0.0.1:"), "{}", town.url);
    let code = std::fs::read_to_string(town.folder.path().join("server").join("setup-code")).unwrap_or_default();
    let founding =
        ["authority", "create", "--server", &town.url, "--name", "A", "--admin", "B", "--setup", code.trim()];
    let output = town.run("admin", &founding);
    assert_eq!(output.status.code(), Some(3));
    assert!(line(&output).to_lowercase().contains("certificate"), "{}", line(&output));
}

/// Prints what it measured; asserts order and completeness only: how fast is the machine's affair.
#[test]
fn thousand_messages_in_a_row_arrive_in_order_while_the_receiver_follows() {
    let town = Town::with_people(&["Anna Weiß", "Bernd Ott"]);
    let _sender = town.agent_of("anna");
    let follower = town.follow("bernd");
    let begun = Instant::now();
    for number in 0..1_000 {
        town.ok("anna", &["send", "--to", "Bernd", &format!("Nummer {number}")]);
    }
    let sent = begun.elapsed();
    for number in 0..1_000 {
        assert_eq!(follower.next()["text"], format!("Nummer {number}"));
    }
    eprintln!("1,000 sends, a process each: {sent:.1?}; all printed {:.1?} after the first", begun.elapsed());
}
