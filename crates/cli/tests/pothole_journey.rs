// SPDX-License-Identifier: EUPL-1.2
//! The pothole's way from the officer over the dispatcher to the crew, with real processes and a 20 MB photo.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

#[allow(dead_code, reason = "each test file uses its part of the town")]
mod town;

use sha2::{Digest, Sha256};
use town::Town;

#[test]
fn pothole_travels_from_officer_over_dispatcher_to_the_crew_who_see_it_verified() {
    let town = Town::new();
    town.found_authority();
    let _agent = town.agent();
    for (profile, name) in [("officer", "Ole Streife"), ("dispatcher", "Dana Leitstelle"), ("crew", "Karl Bautrupp")] {
        let link = town.ok("admin", &["invite", "--name", name]);
        town.ok(profile, &["enrol", &link, "--wait", "60"]);
    }
    // Any bytes will do as a photo; these differ in every run like a camera's.
    let mut photo = vec![0; 20_000_000];
    std::io::Read::read_exact(&mut std::fs::File::open("/dev/urandom").unwrap(), &mut photo).unwrap();
    let path = town.folder.path().join("schlagloch.jpg");
    std::fs::write(&path, &photo).unwrap();
    let path = path.to_str().unwrap();

    let words = ["send", "--to", "Dana", "--attach", path, "--place", "52.5200066,13.404954", "Tiefes Schlagloch"];
    let sent = town.ok("officer", &words);
    let got: Vec<serde_json::Value> = lines(&town.ok("dispatcher", &["receive", "--json", "--wait", "60"]));
    assert_eq!(got.len(), 1);
    assert_eq!(got[0]["id"], sent.as_str());
    check_photo(&town, "dispatcher", &got[0], &photo);

    let words = ["conversation", "create", "--name", "Bautrupp 2", "--with", "Karl Bautrupp"];
    let group = town.ok("dispatcher", &words);
    town.ok("dispatcher", &["forward", &sent, "--to", &group]);
    let got = lines(&town.ok("crew", &["receive", "--json", "--wait", "60"]));
    assert_eq!(got.len(), 1);
    let m = &got[0];
    assert_eq!((m["sender"].as_str(), m["text"].as_str()), (Some("Dana Leitstelle"), Some("Tiefes Schlagloch")));
    assert_eq!(m["place"]["latitude"], 52.5200066);
    assert_eq!(m["place"]["longitude"], 13.404954);
    assert_eq!(m["forwarded_from"]["sender"], "Ole Streife");
    assert_eq!(m["forwarded_from"]["verified"], true);
    check_photo(&town, "crew", m, &photo);
}

fn lines(text: &str) -> Vec<serde_json::Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn check_photo(town: &Town, who: &str, message: &serde_json::Value, photo: &[u8]) {
    let attachment = &message["attachments"][0];
    assert_eq!(attachment["name"], "schlagloch.jpg");
    assert_eq!(attachment["size_bytes"], photo.len());
    let file = town.folder.path().join(format!("{who}.jpg"));
    town.ok(who, &["attachment", "save", attachment["id"].as_str().unwrap(), file.to_str().unwrap()]);
    assert_eq!(Sha256::digest(std::fs::read(file).unwrap()), Sha256::digest(photo));
}
