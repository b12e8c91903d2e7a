// SPDX-License-Identifier: EUPL-1.2
//! The command line's contract with people and scripts, line by line, between real processes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

#[allow(dead_code, reason = "each test file uses its part of the town")]
mod town;

use serde_json::Value;
use std::process::{Output, Stdio};
use town::{Town, messages, until};

fn line(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(text.lines().count(), 1, "one clear line: {text:?}");
    assert!(text.starts_with("rohrpost: ") && !text.contains('\x1b'), "{text:?}");
    text.trim().to_owned()
}

/// Fails with this code, one line on standard error and nothing on standard output.
fn fails(town: &Town, who: &str, words: &[&str], code: i32) -> String {
    let output = town.run(who, words);
    assert_eq!(output.status.code(), Some(code), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stdout.is_empty(), "{words:?}");
    line(&output)
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn json_has_every_field_and_null_where_there_is_nothing() {
    let town = Town::with_people(&["Anna Weiß", "Bernd Ott"]);
    let id = town.ok("anna", &["send", "--to", "Bernd", "Hallo"]);
    assert_eq!(id.len(), 64, "the id alone: {id}");
    let got = messages(&town.ok("bernd", &["receive", "--json", "--wait", "60"]));
    let fields = ["attachments", "conversation", "forwarded_from", "id", "place", "sender", "sent_at", "text"];
    assert_eq!(keys(&got[0]), fields);
    assert_eq!((&got[0]["place"], &got[0]["forwarded_from"]), (&Value::Null, &Value::Null));
    assert_eq!(got[0]["attachments"], Value::Array(vec![]));
    assert_eq!((got[0]["id"].as_str(), got[0]["sender"].as_str()), (Some(id.as_str()), Some("Anna Weiß")));
    assert_eq!(town.ok("bernd", &["receive", "--json"]), "", "each message once");

    let path = town.folder.path().join("nur.jpg");
    std::fs::write(&path, b"x").unwrap();
    town.ok("anna", &["send", "--to", "Bernd", "--attach", path.to_str().unwrap(), "--place", "-0.5,180"]);
    let got = messages(&town.ok("bernd", &["receive", "--json", "--wait", "60"]));
    assert_eq!(got[0]["text"], Value::Null);
    assert_eq!(keys(&got[0]["attachments"][0]), ["id", "media_type", "name", "size_bytes"]);
    assert_eq!(got[0]["attachments"][0]["media_type"], "image/jpeg");
    assert_eq!(
        (got[0]["place"]["latitude"].as_f64(), got[0]["place"]["longitude"].as_f64()),
        (Some(-0.5), Some(180.0))
    );

    let people = messages(&town.ok("bernd", &["directory", "--json"]));
    assert_eq!(people.len(), 3);
    assert_eq!(keys(&people[0]), ["administrator", "devices", "name", "revoked", "unit", "user"]);
    assert_eq!(people[0]["unit"], Value::Null);
    let conversations = messages(&town.ok("bernd", &["conversation", "list", "--json"]));
    assert_eq!(keys(&conversations[0]), ["id", "kind", "last_at", "member", "name", "problem", "undisplayed"]);
    assert_eq!((&conversations[0]["kind"], &conversations[0]["name"]), (&"direct".into(), &"Anna Weiß".into()));
    let hits = messages(&town.ok("bernd", &["search", "hall", "--json"]));
    assert_eq!((hits.len(), hits[0]["id"].as_str()), (1, Some(id.as_str())));
}

#[test]
fn wrong_usage_exits_with_2_and_one_line() {
    let town = Town::with_people(&["Anna Weiß"]);
    for words in [
        &["send"][..],
        &["send", "--to", "Anna"],
        &["send", "--to", "Anna", ""],
        &["send", "--to", "Anna", "--place", "hier", "x"],
        &["send", "--to", "Anna", "--expires-after", "0", "x"],
        &["send", "--to", "Anna", "--expires-at", "2020-01-01T00:00:00Z", "x"],
        &["send", "--to", "Anna", "--expires-at", "morgen", "x"],
        &["conversation", "create", "--name", "G"],
        &["receive", "--wait", "bald"],
        &["fly"],
        &[],
    ] {
        fails(&town, "admin", words, 2);
    }
    let help = town.run("admin", &["--help"]);
    assert!(help.status.success() && help.stderr.is_empty() && !help.stdout.contains(&0x1b));
}

#[test]
fn what_is_not_known_or_not_allowed_exits_with_4() {
    let town = Town::with_people(&["Anna Weiß"]);
    let (id, file) = ("ab".repeat(32), "cd".repeat(16));
    for words in [
        &["send", "--to", "Niemand", "x"][..],
        &["send", "--to", &id, "x"],
        &["forward", &id, "--to", "Anna"],
        &["attachment", "save", &file, "out"],
        &["conversation", "add", "--to", &id, "--person", "Anna"],
        &["conversation", "members", "--to", &id],
        &["conversation", "leave", "--to", &id],
        &["conversation", "create", "--name", "G", "--with", "Niemand"],
        &["admin", "revoke", "--person", "Niemand"],
    ] {
        fails(&town, "admin", words, 4);
    }
    fails(&town, "anna", &["invite", "--name", "Freund"], 4);
    fails(&town, "anna", &["admin", "revoke", "--person", "Frau Amt"], 4);
    fails(&town, "fresh", &["send", "--to", "Anna", "x"], 4);
    fails(&town, "anna", &["send", "--to", "Frau Amt", "--attach", "/nirgends/a.jpg", "x"], 1);
}

#[test]
fn without_the_server_every_command_exits_with_3_and_what_was_to_be_sent_goes_out_later() {
    let mut town = Town::with_people(&["Anna Weiß", "Bernd Ott"]);
    town.ok("anna", &["sync"]);
    town.kill_server();
    let output = town.run("anna", &["send", "--to", "Bernd", "Später"]);
    assert_eq!(output.status.code(), Some(3));
    let id = String::from_utf8(output.stdout.clone()).unwrap().trim().to_owned();
    assert!(line(&output).contains("stays in the outbox"));
    for words in [&["sync"][..], &["receive"], &["receive", "--json", "--wait", "1"]] {
        fails(&town, "bernd", words, 3);
    }
    for words in [&["directory", "--json"][..], &["conversation", "list"]] {
        let output = town.run("anna", words);
        assert_eq!(output.status.code(), Some(3), "{words:?}");
        assert!(!output.stdout.is_empty(), "what is known is shown: {words:?}");
        line(&output);
    }
    let output = town.run("admin", &["invite", "--name", "Neu"]);
    assert_eq!(output.status.code(), Some(3), "{}", line(&output));
    town.restart_server();
    town.ok("anna", &["sync"]);
    let got = messages(&town.ok("bernd", &["receive", "--json", "--wait", "60"]));
    assert_eq!((got.len(), got[0]["id"].as_str()), (1, Some(id.as_str())));
}

#[test]
fn receive_waits_for_the_first_message_and_no_longer_than_asked() {
    let town = Town::with_people(&["Anna Weiß", "Bernd Ott"]);
    let begun = std::time::Instant::now();
    assert_eq!(town.ok("bernd", &["receive", "--json", "--wait", "2"]), "");
    assert!(begun.elapsed().as_secs() >= 2);
    let waiting =
        town.command("bernd", &["receive", "--json", "--wait", "100"]).stdout(Stdio::piped()).spawn().unwrap();
    town.ok("anna", &["send", "--to", "Bernd", "Jetzt"]);
    let output = waiting.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(messages(&String::from_utf8(output.stdout).unwrap())[0]["text"], "Jetzt");
}

#[test]
fn commands_go_through_the_process_that_has_the_profile_open() {
    let town = Town::with_people(&["Anna Weiß", "Bernd Ott"]);
    let follower = town.follow("bernd");
    until("the socket is there", || town.profile("bernd").join("control.sock").exists());
    town.ok("bernd", &["send", "--to", "Anna", "Durch die offene Tür"]);
    let got = messages(&town.ok("anna", &["receive", "--json", "--wait", "60"]));
    assert_eq!(got[0]["text"], "Durch die offene Tür");
    town.ok("anna", &["send", "--to", "Bernd", "Zurück"]);
    assert_eq!(follower.next()["text"], "Zurück");
    let path = town.folder.path().join("plan.pdf");
    std::fs::write(&path, vec![7; 3_000_000]).unwrap();
    town.ok("bernd", &["send", "--to", "Anna", "--attach", path.to_str().unwrap(), "Der Plan"]);
    assert_eq!(town.ok("bernd", &["search", "Zurück"]).lines().count(), 1);
    fails(&town, "bernd", &["send", "--to", "Niemand", "x"], 4);
    let pid = follower.child.0.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    until("it ends with the signal", || !town.profile("bernd").join("control.sock").exists());
    assert!(follower.kill().is_empty());
    town.ok("bernd", &["sync"]);
}

#[test]
fn follower_beside_an_agent_prints_what_the_agent_receives() {
    let town = Town::with_people(&["Anna Weiß", "Bernd Ott"]);
    let _agent = town.agent_of("bernd");
    let follower = town.follow("bernd");
    for number in 0..3 {
        town.ok("anna", &["send", "--to", "Bernd", &format!("Nummer {number}")]);
        assert_eq!(follower.next()["text"], format!("Nummer {number}"));
    }
    assert!(follower.kill().is_empty());
    assert_eq!(town.ok("bernd", &["receive"]), "", "printed is displayed, for the agent too");
}

#[test]
fn socket_left_by_a_killed_process_is_in_nobodys_way() {
    let town = Town::with_people(&["Anna Weiß"]);
    drop(town.agent_of("anna"));
    assert!(town.profile("anna").join("control.sock").exists(), "SIGKILL leaves it");
    town.ok("anna", &["sync"]);
    drop(town.agent_of("anna"));
}

#[test]
fn reader_that_goes_away_loses_no_message() {
    let town = Town::with_people(&["Anna Weiß", "Bernd Ott"]);
    for number in 0..3 {
        town.ok("anna", &["send", "--to", "Bernd", &format!("Nummer {number}")]);
    }
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = town.command("bernd", &["receive"]).stdout(writer).stderr(Stdio::null()).status().unwrap();
    assert_eq!(status.code(), Some(1));
    let got = messages(&town.ok("bernd", &["receive", "--json", "--wait", "60"]));
    let texts: Vec<_> = got.iter().map(|m| m["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["Nummer 0", "Nummer 1", "Nummer 2"]);
}

#[test]
fn empty_file_strange_names_and_text_like_an_option_arrive_as_they_are() {
    let town = Town::with_people(&["Anna Weiß", "عمر بن الخطاب"]);
    let name = "🚧 שלום\u{202e}gpj.exe";
    let path = town.folder.path().join(name);
    std::fs::write(&path, b"").unwrap();
    let omar = "عمر";
    town.ok("anna", &["send", "--to", omar, "--attach", path.to_str().unwrap(), "--", "--attach 👩\u{200d}🚒"]);
    let got = messages(&town.ok("عمر", &["receive", "--json", "--wait", "60"]));
    assert_eq!(got[0]["text"], "--attach 👩\u{200d}🚒");
    let attachment = &got[0]["attachments"][0];
    assert_eq!(attachment["size_bytes"], 0);
    let shown = attachment["name"].as_str().unwrap();
    assert!(shown.starts_with("🚧 שלום") && !shown.contains('\u{202e}'), "no turned-round ending: {shown:?}");
    let saved = town.folder.path().join("leer");
    town.ok("عمر", &["attachment", "save", attachment["id"].as_str().unwrap(), saved.to_str().unwrap()]);
    assert_eq!(std::fs::read(saved).unwrap(), b"");
}

#[test]
fn text_with_escapes_does_not_reach_a_reader_of_lines() {
    let town = Town::with_people(&["Anna Weiß", "Bernd Ott"]);
    town.ok("anna", &["send", "--to", "Bernd", "eins\nzwei\x1b[2Jdrei"]);
    let shown = town.ok("bernd", &["receive", "--wait", "60"]);
    assert_eq!(shown.lines().count(), 1);
    assert!(!shown.contains('\x1b'), "{shown:?}");
}

fn members(town: &Town, who: &str, group: &str) -> Vec<String> {
    let mut names: Vec<String> = town
        .ok(who, &["conversation", "members", "--to", group])
        .lines()
        .map(|line| line.split('\t').nth(1).unwrap().to_owned())
        .collect();
    names.sort();
    names
}

fn texts(town: &Town, who: &str) -> Vec<String> {
    let got = messages(&town.ok(who, &["receive", "--json"]));
    got.iter().map(|m| m["text"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn group_grows_shrinks_and_is_left() {
    let town = Town::with_people(&["Anna Weiß", "Bernd Ott", "Carla Grün", "Dora Blau"]);
    let words = ["conversation", "create", "--name", "Bautrupp 2", "--with", "Bernd", "--with", "Carla"];
    let group = town.ok("anna", &words);
    town.ok("bernd", &["sync"]);
    assert_eq!(members(&town, "bernd", &group), ["Anna Weiß", "Bernd Ott", "Carla Grün"]);
    town.ok("anna", &["send", "--to", "Bautrupp 2", "Erste"]);
    town.ok("anna", &["conversation", "add", "--to", &group, "--person", "Dora"]);
    town.ok("anna", &["send", "--to", &group, "Zweite"]);
    assert_eq!(texts(&town, "dora"), ["Zweite"], "nothing from before her time");
    assert_eq!(texts(&town, "bernd"), ["Erste", "Zweite"]);
    fails(&town, "bernd", &["conversation", "remove", "--to", &group, "--person", "Dora"], 4);
    town.ok("anna", &["conversation", "remove", "--to", &group, "--person", "Dora"]);
    town.ok("bernd", &["send", "--to", &group, "Dritte"]);
    assert_eq!(texts(&town, "dora"), Vec::<String>::new());
    fails(&town, "dora", &["send", "--to", &group, "Noch da?"], 4);
    town.ok("carla", &["conversation", "leave", "--to", &group]);
    until("somebody commits her leaving", || {
        town.ok("anna", &["sync"]);
        town.ok("bernd", &["sync"]);
        members(&town, "anna", &group) == ["Anna Weiß", "Bernd Ott"]
    });
    town.ok("anna", &["send", "--to", &group, "Vierte"]);
    assert_eq!(texts(&town, "bernd"), ["Vierte"]);
    assert!(!texts(&town, "carla").contains(&"Vierte".to_owned()));
}

#[test]
fn revoked_person_is_out_of_every_group_and_can_do_nothing_more() {
    let town = Town::with_people(&["Anna Weiß", "Bernd Ott", "Carla Grün"]);
    let words = ["conversation", "create", "--name", "Wache", "--with", "Bernd", "--with", "Carla"];
    let group = town.ok("anna", &words);
    town.ok("carla", &["sync"]);
    town.ok("bernd", &["sync"]);
    town.ok("admin", &["admin", "revoke", "--person", "Carla"]);
    until("the group has removed her", || {
        town.ok("anna", &["sync"]);
        town.ok("bernd", &["sync"]);
        members(&town, "anna", &group) == ["Anna Weiß", "Bernd Ott"]
    });
    town.ok("anna", &["send", "--to", &group, "Ohne Carla"]);
    assert_eq!(texts(&town, "bernd"), ["Ohne Carla"]);
    fails(&town, "anna", &["send", "--to", "Carla", "x"], 4);
    let output = town.run("carla", &["receive", "--json"]);
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
    fails(&town, "carla", &["send", "--to", "Anna", "x"], 4);
}

#[test]
fn server_address_that_leads_nowhere_or_to_something_else_has_a_clear_answer() {
    let town = Town::new();
    let founding = |who: &str, url: &str| {
        let root = town.folder.path().join(format!("{who}.key"));
        let words = ["authority", "create", "--server", url, "--name", "A", "--admin", "B", "--root"];
        let output = town.command(who, &[&words[..], &[root.to_str().unwrap()]].concat()).output().unwrap();
        (output.status.code().unwrap(), line(&output))
    };
    assert_eq!(founding("a", "irgendwo").0, 2);
    assert_eq!(founding("b", "http://example.org").0, 2, "no plain HTTP to elsewhere");
    let (code, said) = founding("c", "https://nirgends.invalid");
    assert_eq!(code, 3, "{said}");
    // Something listens, but it is no Rohrpost server.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            use std::io::{Read, Write};
            let mut stream = stream;
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    let (code, said) = founding("d", &format!("http://{address}"));
    assert_eq!(code, 3, "{said}");
    // TLS where plain HTTP answers.
    let (code, said) = founding("e", &town.url.replace("http://", "https://"));
    assert_eq!(code, 3, "{said}");
}
