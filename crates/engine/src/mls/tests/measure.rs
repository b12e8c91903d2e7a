// SPDX-License-Identifier: EUPL-1.2
//! Prints what a group of 100 devices costs, or of as many as `MEASURE_DEVICES` says; run with `--release` and
//! `--no-capture` for figures that mean something.

use super::*;
use std::time::Instant;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[cfg_attr(target_arch = "wasm32", ignore = "takes the time")]
#[test]
fn group_of_a_hundred_devices_sends_receives_and_commits() {
    let town = town(Suite::Hybrid768, 1);
    let size = std::env::var("MEASURE_DEVICES").ok().and_then(|text| text.parse().ok()).unwrap_or(100);
    let devices: Vec<_> = (1..=size).map(|n| town.device(n, n)).collect();
    let start = Instant::now();
    let alice = &devices[0];
    let group = alice.client.create(&town.settings(ConversationKind::Group, &[1]), hour()).unwrap();
    let packages: Vec<_> =
        devices[1..].iter().map(|d| d.client.key_package(NOW, KeyPackageUse::Once).unwrap()).collect();
    let mut groups = vec![group];
    println!("{} key packages: {:?}", packages.len(), start.elapsed());
    let start = Instant::now();
    let plan = Plan { add: packages.iter().map(|p| p.bytes.clone()).collect(), ..Plan::default() };
    let staged = commit(&mut groups, 0, &plan);
    println!(
        "stage adding {}: {:?}, commit {} B, welcome {} B, tree {} B, kept {} B",
        packages.len(),
        start.elapsed(),
        staged.commit.len(),
        staged.welcomes[0].message.len(),
        staged.tree.len(),
        staged.secrets.len()
    );
    for (device, package) in devices[1..].iter().zip(&packages).take(2) {
        let welcome = staged.welcomes.iter().find(|w| w.key_package == package.reference).unwrap();
        let start = Instant::now();
        let joined = Group::join(&device.client, &welcome.message, &staged.tree, &package.private, &town.roots());
        println!("join: {:?}", start.elapsed());
        groups.push(joined.unwrap());
    }
    const ROUNDS: u32 = 100;
    let start = Instant::now();
    let texts: Vec<_> = (0..ROUNDS).map(|_| groups[0].encrypt(&[7; 200], &aad(hour())).unwrap()).collect();
    println!("encrypt: {:?}", start.elapsed() / ROUNDS);
    let start = Instant::now();
    for text in &texts {
        assert!(groups[1].receive(text).is_ok());
    }
    println!("receive: {:?}, {} B for 200 B", start.elapsed() / ROUNDS, texts[0].len());
    let start = Instant::now();
    let saved = groups[1].save().unwrap();
    println!("save: {:?}, state {} B, tree {} B", start.elapsed(), saved.state.len(), saved.tree.unwrap().len());
    let start = Instant::now();
    let staged = groups[0].stage(&Plan::default(), &aad(hour())).unwrap();
    println!("stage an update: {:?}, commit {} B", start.elapsed(), staged.commit.len());
    let start = Instant::now();
    let next = next(&groups[1], &staged);
    println!("judge it: {:?}", start.elapsed());
    let late = town.device(size + 1, size + 1).client.key_package(NOW, KeyPackageUse::Once).unwrap();
    let plan = Plan { add: vec![late.bytes], ..Plan::default() };
    let start = Instant::now();
    let staged = groups[0].stage(&plan, &aad(hour())).unwrap();
    println!("stage adding one: {:?}, commit {} B", start.elapsed(), staged.commit.len());
    assert_eq!(next.roster().unwrap().len(), devices.len());
}
