// SPDX-License-Identifier: EUPL-1.2
//! Real processes: an authority is founded, people enrol, mistakes have their exit codes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

#[allow(dead_code, reason = "each test file uses its part of the town")]
mod town;

use town::Town;

#[test]
fn invited_people_enrol_with_the_agent_and_find_each_other_in_the_directory() {
    let town = Town::new();
    town.found_authority();
    let agent = town.agent();
    for (profile, name) in [("anna", "Anna Weiß"), ("bernd", "Bernd Ott")] {
        let link = town.ok("admin", &["invite", "--name", name, "--unit", "Tiefbau"]);
        assert_eq!(link.lines().count(), 1, "the link alone");
        assert_eq!(town.ok(profile, &["enrol", &link, "--wait", "60"]), name);
    }
    let people = town.ok("anna", &["directory", "--json"]);
    for name in ["Frau Amt", "Anna Weiß", "Bernd Ott"] {
        assert!(people.contains(&format!("\"name\":\"{name}\"")), "{people}");
    }
    drop(agent);
}

#[test]
fn imported_people_have_a_link_each_and_one_who_enrols_finds_all_of_them() {
    let town = Town::new();
    town.found_authority();
    let rows: String = (0..200).map(|number| format!("\"Nachname{number}, Jörg\",Amt {}\n", number % 7)).collect();
    let table = town.folder.path().join("people.csv");
    std::fs::write(&table, format!("name,unit\n{rows}")).unwrap();
    let lines = town.ok("admin", &["admin", "import", table.to_str().unwrap()]);
    assert_eq!(lines.lines().count(), 200);
    let (name, link) = lines.lines().nth(123).unwrap().split_once('\t').unwrap();
    assert_eq!(name, "Nachname123, Jörg");
    let _agent = town.agent();
    assert_eq!(town.ok("neu", &["enrol", link, "--wait", "60"]), name);
    let people = town.ok("neu", &["directory"]);
    assert_eq!(people.lines().count(), 201);
    assert!(people.lines().any(|line| line == "Nachname77, Jörg\tAmt 0"), "{people}");
    assert_eq!(town.fails("neu", &["send", "--to", "nachname19", "x"]).0, 4, "nineteen and a hundred and ninety to …");
    town.ok("neu", &["send", "--to", "nachname77, joerg", "Willkommen"]);
}

#[test]
fn altered_link_exits_with_4() {
    let town = Town::new();
    town.found_authority();
    let link = town.ok("admin", &["invite", "--name", "Anna Weiß"]);
    let altered = format!("{}{}", &link[..link.len() - 1], if link.ends_with('A') { 'B' } else { 'A' });
    let (code, line) = town.fails("thief", &["enrol", &altered, "--wait", "5"]);
    assert_eq!(code, 4, "{line}");
}

#[test]
fn missing_server_exits_with_3_and_the_founding_goes_out_later() {
    let mut town = Town::new();
    town.kill_server();
    let url = town.url.clone();
    let words = ["authority", "create", "--server", &url, "--name", "Musterstadt", "--admin", "Frau Amt"];
    let (code, line) = town.fails("admin", &words);
    assert_eq!(code, 3, "{line}");
    assert_eq!(line.lines().count(), 1, "one clear line: {line}");
    assert!(town.folder.path().join("root.key").exists());
    town.restart_server();
    town.ok("admin", &["sync"]);
    assert_eq!(town.fails("admin", &words).0, 4, "the root file is not overwritten");
}

#[test]
fn wrong_usage_exits_with_2_and_unknown_names_with_4() {
    let town = Town::new();
    town.found_authority();
    assert_eq!(town.fails("admin", &["send", "--to", "Nobody"]).0, 2);
    let (code, line) = town.fails("admin", &["send", "--to", "Nobody", "Hallo"]);
    assert_eq!((code, line.as_str()), (4, "rohrpost: \"Nobody\" is not known"));
}

#[test]
fn profile_has_only_private_files_and_no_plain_name_in_them() {
    use std::os::unix::fs::PermissionsExt;
    let town = Town::new();
    town.found_authority();
    // While it is open: the journal and the socket are looked at too.
    let _agent = town.agent();
    let mut seen = 0;
    for entry in std::fs::read_dir(town.profile("admin")).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o077;
        let name = entry.file_name().into_string().unwrap();
        assert_eq!(mode, 0, "{name}");
        if entry.metadata().unwrap().is_file() {
            let bytes = std::fs::read(entry.path()).unwrap();
            assert!(!bytes.windows(8).any(|w| w == b"Frau Amt"), "{name}");
            seen += 1;
        }
    }
    assert!(seen >= 5, "store, journal, key, salt and lock");
}
