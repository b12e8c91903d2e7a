// SPDX-License-Identifier: EUPL-1.2
//! Several administrators: granted with the root file, writing at the same time, and locked out again.
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)] // helpers of stories fail loudly

use client_api::{AccountState, Answer, Command, CommandError, NewPerson, Passphrase, Why};
use sim::{Person, World, world::ORIGIN};

const WORD: &str = "eight characters";

/// An authority whose root file is at hand.
fn found(world: &mut World) -> (Person, Vec<u8>) {
    let admin = world.profile();
    let command = Command::CreateAuthority {
        server: ORIGIN.into(),
        name: "Musterstadt".into(),
        admin: "Ada".into(),
        passphrase: Passphrase(WORD.into()),
        setup_code: None,
    };
    let Ok(Answer::RootFile(root)) = world.command(admin, command) else { panic!("no root file") };
    world.settle();
    (admin, root.into())
}

fn grant(world: &mut World, by: Person, to: Person, root: &[u8]) -> Result<Answer, CommandError> {
    let (user, passphrase) = (world.user(to), Passphrase(WORD.into()));
    world.command(by, Command::GrantIssuer { user, root_file: root.to_vec().into(), passphrase })
}

fn lock_out(world: &mut World, by: Person, who: Person, root: &[u8]) -> Result<Answer, CommandError> {
    let (user, passphrase) = (world.user(who), Passphrase(WORD.into()));
    world.command(by, Command::RevokeIssuer { user, root_file: root.to_vec().into(), passphrase })
}

fn revoke(world: &mut World, by: Person, who: Person) {
    let user = world.user(who);
    assert_eq!(world.command(by, Command::RevokePerson(user)), Ok(Answer::Done));
}

fn names(world: &mut World, person: Person) -> Vec<(String, bool, u32)> {
    world.people(person).into_iter().map(|p| (p.name, p.revoked, p.devices)).collect()
}

#[test]
fn a_second_administrator_invites_approves_and_locks_out() {
    let mut world = World::new(1);
    let (ada, root) = found(&mut world);
    let bea = world.enrol(ada, "Bea");
    let refused = world.command(bea, Command::Invite(vec![NewPerson { name: "Kai".into(), unit: None }]));
    assert!(matches!(refused, Err(CommandError::Refused(_))), "{refused:?}");
    assert_eq!(grant(&mut world, ada, bea, &root), Ok(Answer::Done));
    world.pass(60_000);
    assert!(world.status(bea).administrator);
    assert!(world.people(ada).iter().any(|p| p.name == "Bea" && p.administrator));

    // the first one is away: the second does all of it alone
    world.offline(ada);
    let kai = world.enrol(bea, "Kai");
    let mia = world.enrol(bea, "Mia");
    revoke(&mut world, bea, mia);
    world.pass(120_000);
    assert_eq!(world.status(mia).account, AccountState::Revoked);
    let lea = world.enrol(bea, "Lea");
    let chat = world.direct(lea, kai);
    world.say(lea, chat, "Guten Tag");
    world.pass(60_000);
    assert_eq!(world.texts(kai, chat), ["Guten Tag"]);

    world.online(ada);
    world.pass(120_000);
    let expect = names(&mut world, bea);
    for person in [ada, kai, lea] {
        assert_eq!(names(&mut world, person), expect);
        assert!(world.status(person).problem.is_none(), "{:?}", world.status(person));
    }
    world.enrol(ada, "Noa");
}

#[test]
fn two_administrators_write_at_the_same_time_and_nothing_is_lost() {
    for seed in 0..4 {
        let mut world = World::new(200 + seed);
        let (ada, root) = found(&mut world);
        let bea = world.enrol(ada, "Bea");
        grant(&mut world, ada, bea, &root).unwrap();
        world.pass(60_000);
        let [kai, mia, lea] = ["Kai", "Mia", "Lea"].map(|name| world.enrol(ada, name));
        world.faults.delayed = 300;
        // both lock somebody out and both invite, none having read the other
        let mut links = Vec::new();
        for (admin, gone, name) in [(ada, kai, "Noa"), (bea, mia, "Ole")] {
            revoke(&mut world, admin, gone);
            let people = vec![NewPerson { name: name.into(), unit: None }];
            let Ok(Answer::Links(made)) = world.command(admin, Command::Invite(people)) else { panic!("no link") };
            links.extend(made);
        }
        let newcomers: Vec<_> = links
            .into_iter()
            .map(|link| {
                let person = world.profile();
                world.command(person, Command::Enrol { link }).expect("begun");
                person
            })
            .collect();
        world.pass(1_800_000);
        world.faults = Default::default();
        world.pass(60_000);
        let expect = names(&mut world, ada);
        assert_eq!(expect.len(), 7);
        assert_eq!(expect.iter().filter(|(_, revoked, _)| *revoked).count(), 2);
        assert_eq!(expect.iter().map(|(.., devices)| devices).sum::<u32>(), 5, "seed {seed}: {expect:?}");
        for person in [ada, bea, lea, newcomers[0], newcomers[1]] {
            let status = world.status(person);
            assert_eq!((status.account, status.settled), (AccountState::Ready, true), "seed {seed} {person:?}");
            assert_eq!(names(&mut world, person), expect, "seed {seed} {person:?}");
        }
        for person in [kai, mia] {
            assert_eq!(world.status(person).account, AccountState::Revoked, "seed {seed}");
        }
        // everybody has the same keys: a letter between any two arrives
        let chat = world.direct(newcomers[0], newcomers[1]);
        world.say(newcomers[0], chat, "angekommen");
        world.pass(60_000);
        assert_eq!(world.texts(newcomers[1], chat), ["angekommen"], "seed {seed}");
    }
}

#[test]
fn the_first_administrators_profile_is_gone_and_the_second_goes_on() {
    let mut world = World::new(3);
    let (ada, root) = found(&mut world);
    let [bea, kai] = ["Bea", "Kai"].map(|name| world.enrol(ada, name));
    grant(&mut world, ada, bea, &root).unwrap();
    world.pass(60_000);
    world.offline(ada);
    // the root file was kept elsewhere: the lost administrator is locked out, a third one made
    assert_eq!(lock_out(&mut world, bea, ada, &root), Ok(Answer::Done));
    world.pass(120_000);
    assert_eq!(grant(&mut world, bea, kai, &root), Ok(Answer::Done));
    world.pass(60_000);
    let lea = world.enrol(kai, "Lea");
    assert_eq!(names(&mut world, lea), names(&mut world, bea));
    assert!(world.people(lea).iter().any(|p| p.name == "Ada" && p.revoked && !p.administrator));
    world.online(ada);
    world.pass(60_000);
    assert_eq!(world.status(ada).account, AccountState::Revoked);
}

#[test]
fn a_locked_out_administrators_word_counts_no_more() {
    let mut world = World::new(4);
    let (ada, root) = found(&mut world);
    let [bea, kai] = ["Bea", "Kai"].map(|name| world.enrol(ada, name));
    grant(&mut world, ada, bea, &root).unwrap();
    grant(&mut world, ada, kai, &root).unwrap();
    world.pass(60_000);
    let user = world.user(bea);
    let plain = world.command(ada, Command::RevokePerson(user));
    assert!(matches!(&plain, Err(CommandError::Refused(why)) if *why == Why::NeedsRootFile), "{plain:?}");
    let people = |name: &str| vec![NewPerson { name: name.into(), unit: None }];
    let Ok(Answer::Links(by_bea)) = world.command(bea, Command::Invite(people("Olga"))) else { panic!("no link") };
    world.settle();

    assert_eq!(lock_out(&mut world, ada, bea, &root), Ok(Answer::Done));
    world.pass(120_000);
    assert_eq!(world.status(bea).account, AccountState::Revoked);
    // what she signed before is refused by the server
    let olga = world.profile();
    world.command(olga, Command::Enrol { link: by_bea[0].clone() }).unwrap();
    world.pass(60_000);
    assert_eq!(world.status(olga).account, AccountState::Refused);
    // the others have new grants and a new pass key: both enrol people and bring new keys
    let lea = world.enrol(kai, "Lea");
    let noa = world.enrol(ada, "Noa");
    revoke(&mut world, kai, noa);
    world.pass(120_000);
    assert_eq!(world.status(noa).account, AccountState::Revoked);
    let mia = world.enrol(ada, "Mia");
    assert_eq!(names(&mut world, lea), names(&mut world, mia));
    for person in [ada, kai] {
        assert!(world.status(person).problem.is_none(), "{:?}", world.status(person));
    }
}

#[test]
fn the_root_file_must_be_the_right_one_and_opens_only_with_its_words() {
    let mut world = World::new(5);
    let (ada, root) = found(&mut world);
    let bea = world.enrol(ada, "Bea");
    let mut other = World::new(6);
    let (_, foreign) = found(&mut other);
    let user = world.user(bea);
    for (file, word, why) in
        [(&root, "wrong words", Why::RootFile), (&foreign, WORD, Why::RootForeign), (&vec![1], WORD, Why::RootFile)]
    {
        let (root_file, passphrase) = (file.clone().into(), Passphrase(word.into()));
        let answer = world.command(ada, Command::GrantIssuer { user, root_file, passphrase });
        assert_eq!(answer, Err(CommandError::Refused(why)));
    }
    // an invited person without a device can't be made one
    world.command(ada, Command::Invite(vec![NewPerson { name: "Kai".into(), unit: None }])).unwrap();
    let user = world.people(ada).iter().find(|p| p.name == "Kai").unwrap().user;
    let (root_file, passphrase) = (root.clone().into(), Passphrase(WORD.into()));
    let answer = world.command(ada, Command::GrantIssuer { user, root_file, passphrase });
    assert_eq!(answer, Err(CommandError::Refused(Why::NoDeviceYet)));
    // and nobody but an administrator makes one
    let answer = grant(&mut world, bea, bea, &root);
    assert!(matches!(answer, Err(CommandError::Refused(_))), "{answer:?}");
}
