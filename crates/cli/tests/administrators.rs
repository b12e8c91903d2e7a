// SPDX-License-Identifier: EUPL-1.2
//! Real processes: invitations used twice or not answered, a second administrator, and one who is locked out.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

#[allow(dead_code, reason = "each test file uses its part of the town")]
mod town;

use town::Town;

#[test]
fn invitation_used_twice_exits_with_4_and_says_so() {
    let town = Town::new();
    town.found_authority();
    let agent = town.agent();
    let link = town.ok("admin", &["invite", "--name", "Anna Weiß"]);
    assert_eq!(town.ok("anna", &["enrol", &link, "--wait", "60"]), "Anna Weiß");
    let (code, line) = town.fails("thief", &["enrol", &link, "--wait", "60"]);
    assert_eq!(code, 4, "{line}");
    assert!(line.contains("used"), "{line}");
    drop(agent);
}

#[test]
fn enrolment_waits_for_an_approver_who_is_away_and_is_answered_when_they_are_back() {
    let town = Town::new();
    town.found_authority();
    let link = town.ok("admin", &["invite", "--name", "Anna Weiß"]);
    let (code, line) = town.fails("anna", &["enrol", &link, "--wait", "2"]);
    assert_eq!((code, line.as_str()), (1, "rohrpost: not approved in time; run `sync` later"));
    let agent = town.agent();
    assert_eq!(town.ok("anna", &["enrol", &link, "--wait", "60"]), "Anna Weiß");
    drop(agent);
}

#[test]
fn second_administrator_is_made_and_locked_out_with_the_root_file() {
    let town = Town::new();
    town.found_authority();
    let root = town.folder.path().join("root.key").to_str().unwrap().to_owned();
    let agent = town.agent();
    let link = town.ok("admin", &["invite", "--name", "Bea"]);
    town.ok("bea", &["enrol", &link, "--wait", "60"]);
    assert_eq!(town.fails("bea", &["invite", "--name", "Kai"]).0, 4);
    town.ok("admin", &["admin", "grant", "--person", "Bea", "--root", &root]);
    town.ok("bea", &["sync"]);
    let link = town.ok("bea", &["invite", "--name", "Kai"]);
    town.fails("kai", &["enrol", &link, "--wait", "1"]);
    town.ok("bea", &["sync"]);
    assert_eq!(town.ok("kai", &["enrol", &link, "--wait", "60"]), "Kai");

    let (code, line) = town.fails("admin", &["admin", "revoke", "--person", "Bea"]);
    assert_eq!(code, 4, "{line}");
    assert!(line.contains("--root"), "{line}");
    town.ok("admin", &["admin", "revoke", "--person", "Bea", "--root", &root]);
    let _ = town.command("bea", &["sync"]).output().unwrap();
    let (code, line) = town.fails("bea", &["invite", "--name", "Lea"]);
    assert_eq!(code, 4, "{line}");
    let link = town.ok("admin", &["invite", "--name", "Noa"]);
    assert_eq!(town.ok("noa", &["enrol", &link, "--wait", "60"]), "Noa");
    drop(agent);
}
