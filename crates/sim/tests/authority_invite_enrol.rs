// SPDX-License-Identifier: EUPL-1.2
//! An authority is founded, people are invited and enrol, and everybody reads the same directory.
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)] // helpers of stories fail loudly

use client_api::{AccountState, Answer, Command, CommandError, NewPerson, Passphrase};
use sim::{World, world::ORIGIN};

#[test]
fn invited_people_enrol_and_find_each_other_in_the_directory() {
    let mut world = World::new(1);
    let admin = world.found("Ada Admin");
    let [olga, ben] = ["Olga Offizier", "Ben Müller"].map(|name| world.enrol(admin, name));
    let expect = world.people(admin);
    assert_eq!(
        expect.iter().map(|p| (p.name.as_str(), p.devices)).collect::<Vec<_>>(),
        [("Ada Admin", 1), ("Ben Müller", 1), ("Olga Offizier", 1)]
    );
    assert!(expect.iter().any(|p| p.administrator && p.name == "Ada Admin"));
    for person in [olga, ben] {
        assert_eq!(world.people(person), expect);
        let status = world.status(person);
        assert!(status.settled && status.problem.is_none() && !status.administrator, "{status:?}");
        assert_eq!(status.authority.as_deref(), Some("Musterstadt"));
    }
}

#[test]
fn a_link_that_was_used_or_altered_is_refused() {
    let mut world = World::new(2);
    let admin = world.found("Ada Admin");
    let people = vec![NewPerson { name: "Olga".into(), unit: Some("Tiefbau".into()) }];
    let Ok(Answer::Links(links)) = world.command(admin, Command::Invite(people)) else { panic!("no link") };
    world.settle();
    let [first, second] = [(); 2].map(|()| world.profile());
    assert_eq!(world.command(first, Command::Enrol { link: links[0].clone() }), Ok(Answer::Done));
    world.settle();
    assert_eq!(world.status(first).account, AccountState::Ready);
    assert_eq!(world.people(first).iter().filter(|p| p.unit.as_deref() == Some("Tiefbau")).count(), 1);

    assert_eq!(world.command(second, Command::Enrol { link: links[0].clone() }), Ok(Answer::Done));
    world.settle();
    let status = world.status(second);
    assert_eq!(status.account, AccountState::Refused);
    assert_eq!(world.people(admin).iter().map(|p| p.devices).sum::<u32>(), 2, "no second device");

    let third = world.profile();
    let mut text = links[0].0.clone();
    text.pop();
    let answer = world.command(third, Command::Enrol { link: client_api::Link(text) });
    assert!(matches!(answer, Err(CommandError::Invalid(_))), "{answer:?}");
}

#[test]
fn a_crash_at_any_moment_of_founding_and_enrolling_loses_nothing() {
    for seed in 0..6 {
        let mut world = World::new(100 + seed);
        world.faults.crashed = 60;
        world.faults.broken = 60;
        let admin = world.profile();
        let command = Command::CreateAuthority {
            server: ORIGIN.into(),
            name: "Musterstadt".into(),
            admin: "Ada".into(),
            passphrase: Passphrase("eight characters".into()),
            setup_code: None,
        };
        world.command(admin, command).expect("founded");
        let people = vec![NewPerson { name: "Olga".into(), unit: None }];
        let Ok(Answer::Links(links)) = world.command(admin, Command::Invite(people)) else { panic!("no link") };
        let olga = world.profile();
        world.settle();
        world.command(olga, Command::Enrol { link: links[0].clone() }).expect("begun");
        world.pass(600_000);
        world.faults = Default::default();
        world.pass(60_000);
        assert_eq!(world.status(olga).account, AccountState::Ready, "seed {seed}");
        assert_eq!(world.people(olga), world.people(admin), "seed {seed}");
    }
}
