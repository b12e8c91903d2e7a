// SPDX-License-Identifier: EUPL-1.2
//! Enrolment that goes wrong: each time a clear answer and its exit code.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

#[allow(dead_code, reason = "each test file uses its part of the town")]
mod town;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use std::{io::Write, process::Stdio, time::SystemTime};
use town::Town;

/// The same link with another last hour, its check number made to fit: not a slip of copying but a forgery.
fn with_last_hour(link: &str, hour: u32) -> String {
    let (server, body) = link.split_once("/#/einladung/").unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(body).unwrap();
    let mut body = bytes[..bytes.len() - 4].to_vec();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs() / 3600;
    let is_hour = |at: &usize| {
        let number = u32::from_be_bytes(body[at + 2..at + 6].try_into().unwrap());
        body[*at..at + 2] == [5, 0x1a] && u64::from(number).abs_diff(now) < 24 * 30
    };
    let at = (0..body.len() - 6).find(is_hour).unwrap();
    body[at + 2..at + 6].copy_from_slice(&hour.to_be_bytes());
    let check = Sha256::new_with_prefix(b"rp1 link").chain_update(&body).chain_update(server).finalize();
    body.extend(&check[..4]);
    format!("{server}/#/einladung/{}", URL_SAFE_NO_PAD.encode(body))
}

fn hour_from_now(hours: i64) -> u32 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs() / 3600;
    u32::try_from(i64::try_from(now).unwrap() + hours).unwrap()
}

fn refused(town: &Town, who: &str, link: &str, word: &str) {
    let output = town.run(who, &["enrol", link, "--wait", "20"]);
    let line = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(4), "{line}");
    assert_eq!(line.lines().count(), 1, "{line}");
    assert!(line.contains(word), "{line}");
    assert!(output.stdout.is_empty());
}

#[test]
fn link_used_a_second_time_is_refused_and_the_first_person_stays() {
    let town = Town::new();
    town.found_authority();
    let _agent = town.agent();
    let link = town.ok("admin", &["invite", "--name", "Anna Weiß"]);
    town.ok("anna", &["enrol", &link, "--wait", "60"]);
    refused(&town, "thief", &link, "used");
    town.ok("anna", &["send", "--to", "Frau Amt", "Ich bin noch da"]);
    assert_eq!(town.fails("thief", &["send", "--to", "Frau Amt", "Ich auch"]).0, 4);
}

#[test]
fn expired_link_is_refused() {
    let town = Town::new();
    town.found_authority();
    let _agent = town.agent();
    let link = town.ok("admin", &["invite", "--name", "Anna Weiß"]);
    refused(&town, "late", &with_last_hour(&link, hour_from_now(-2)), "expired");
}

#[test]
fn link_whose_date_was_moved_by_its_holder_is_refused_by_the_server() {
    let town = Town::new();
    town.found_authority();
    let _agent = town.agent();
    let link = town.ok("admin", &["invite", "--name", "Anna Weiß"]);
    refused(&town, "forger", &with_last_hour(&link, hour_from_now(24)), "altered");
    // The honest holder is not harmed by it.
    assert_eq!(town.ok("anna", &["enrol", &link, "--wait", "60"]), "Anna Weiß");
}

#[test]
fn words_that_are_no_link_are_refused() {
    let town = Town::new();
    refused(&town, "nobody", "https://example.org/", "link");
}

#[test]
fn while_the_approver_is_away_enrolment_waits_says_so_and_ends_with_a_later_sync() {
    let town = Town::new();
    town.found_authority();
    let link = town.ok("admin", &["invite", "--name", "Anna Weiß"]);
    let (code, line) = town.fails("anna", &["enrol", &link, "--wait", "2"]);
    assert_eq!((code, line.as_str()), (1, "rohrpost: not approved in time; run `sync` later"));
    let output = town.run("anna", &["enrol", &link]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap().trim(), "rohrpost: waiting for approval; run `sync` later");
    let (code, line) = town.fails("anna", &["send", "--to", "Frau Amt", "Zu früh"]);
    assert_eq!(code, 4, "{line}");
    let _agent = town.agent();
    assert_eq!(town.ok("anna", &["enrol", &link, "--wait", "60"]), "Anna Weiß");
    town.ok("anna", &["send", "--to", "Frau Amt", "Da bin ich"]);
}

#[test]
fn enrolment_without_the_server_exits_with_3_and_goes_on_later() {
    let mut town = Town::new();
    town.found_authority();
    let link = town.ok("admin", &["invite", "--name", "Anna Weiß"]);
    town.kill_server();
    let (code, line) = town.fails("anna", &["enrol", &link, "--wait", "20"]);
    assert_eq!(code, 3, "{line}");
    town.restart_server();
    let _agent = town.agent();
    assert_eq!(town.ok("anna", &["enrol", &link, "--wait", "60"]), "Anna Weiß");
}

#[test]
fn link_may_come_from_standard_input_so_that_no_process_list_shows_it() {
    let town = Town::new();
    town.found_authority();
    let _agent = town.agent();
    let link = town.ok("admin", &["invite", "--name", "Anna Weiß"]);
    let mut child = town
        .command("anna", &["enrol", "-", "--wait", "60"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "  {link}").unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "Anna Weiß\n");
}

#[test]
fn ambiguous_name_exits_with_4_and_names_the_candidates() {
    let town = Town::with_people(&["Anna Weiß", "Annabell Schwarz"]);
    let output = town.run("admin", &["send", "--to", "Ann", "Hallo"]);
    let line = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(4), "{line}");
    assert!(output.stdout.is_empty());
    assert_eq!(line.lines().count(), 1, "{line}");
    assert!(line.contains("ambiguous") && line.contains("Anna Weiß") && line.contains("Annabell Schwarz"), "{line}");
    assert!(!line.contains("Frau Amt"), "{line}");
    town.ok("admin", &["send", "--to", "annabell schwarz", "Hallo"]);
    assert_eq!(town.ok("annabell", &["receive", "--wait", "1"]).lines().count(), 1);
}
