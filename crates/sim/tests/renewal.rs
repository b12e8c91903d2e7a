// SPDX-License-Identifier: EUPL-1.2
//! Certificates end: devices renew their own, administrators those of users, the root those of administrators.
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)] // helpers of stories fail loudly

use client_api::{AccountState, Answer, Command, Passphrase, Why};
use sim::{Person, World, world::ORIGIN};

const DAY: u64 = 86_400_000;
const WORD: &str = "eight characters";

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

/// A new direct conversation works: key packages are good, and so are both chains.
fn meet(world: &mut World, from: Person, to: Person, text: &str) {
    let chat = world.direct(from, to);
    world.say(from, chat, text);
    world.pass(120_000);
    assert!(world.texts(to, chat).contains(&text.to_owned()), "{text}: {:?}", world.texts(to, chat));
}

fn all_well(world: &mut World, people: &[Person]) {
    for person in people {
        let status = world.status(*person);
        assert_eq!((status.account, status.problem), (AccountState::Ready, None), "{person:?}");
    }
}

#[test]
fn forty_days_pass_with_devices_coming_online_now_and_then() {
    let mut world = World::new(1);
    let (ada, _) = found(&mut world);
    let [olga, ben, kai] = ["Olga", "Ben", "Kai"].map(|name| world.enrol(ada, name));
    let chat = world.group(olga, "Bautrupp 2", &[ben]);
    world.say(olga, chat, "am ersten Tag");
    world.pass(60_000);
    for day in 0..10 {
        for person in [olga, ben, kai] {
            world.offline(person);
        }
        world.pass(4 * DAY);
        for person in [olga, ben, kai] {
            world.online(person);
        }
        world.pass(60_000);
        world.say(ben, chat, &format!("nach {day}"));
        world.pass(60_000);
    }
    assert_eq!(world.texts(olga, chat).last().map(String::as_str), Some("nach 9"));
    let user = world.user(kai);
    world.command(olga, Command::AddMember { conversation: chat, user }).unwrap();
    world.pass(60_000);
    world.say(kai, chat, "bin dabei");
    world.pass(60_000);
    assert_eq!(world.texts(ben, chat).last().map(String::as_str), Some("bin dabei"));
    meet(&mut world, kai, ben, "erste Begegnung");
    all_well(&mut world, &[ada, olga, ben, kai]);
}

#[test]
fn two_hundred_days_pass_with_an_agent() {
    let mut world = World::new(2);
    let (ada, _) = found(&mut world);
    let [olga, ben] = ["Olga", "Ben"].map(|name| world.enrol(ada, name));
    world.pass(200 * DAY);
    meet(&mut world, olga, ben, "noch immer");
    all_well(&mut world, &[ada, olga, ben]);
    world.enrol(ada, "Kai");
}

#[test]
fn without_an_administrator_a_user_certificate_ends_and_is_renewed_when_one_comes_back() {
    let mut world = World::new(3);
    let (ada, _) = found(&mut world);
    let [olga, ben] = ["Olga", "Ben"].map(|name| world.enrol(ada, name));
    world.offline(ada);
    world.pass(190 * DAY);
    let status = world.status(olga);
    assert_eq!(status.problem, Some(Why::CertificateEnded));
    world.online(ada);
    world.pass(10 * 60_000);
    all_well(&mut world, &[ada, olga, ben]);
    meet(&mut world, olga, ben, "wieder da");
}

#[test]
fn a_device_away_for_sixty_days_renews_itself_and_goes_on() {
    let mut world = World::new(4);
    let (ada, _) = found(&mut world);
    let [olga, ben] = ["Olga", "Ben"].map(|name| world.enrol(ada, name));
    meet(&mut world, olga, ben, "vorher");
    world.offline(ben);
    world.pass(60 * DAY);
    world.online(ben);
    world.pass(120_000);
    all_well(&mut world, &[ada, olga, ben]);
    meet(&mut world, ben, ada, "nachher");
    let kai = world.enrol(ada, "Kai");
    meet(&mut world, kai, ben, "neu");
    meet(&mut world, ben, olga, "nachher");
}

#[test]
fn an_administrators_own_certificate_is_renewed_with_the_root_file() {
    let mut world = World::new(6);
    let (ada, root) = found(&mut world);
    let ben = world.enrol(ada, "Ben");
    world.pass(340 * DAY);
    let status = world.status(ada);
    assert_eq!((status.problem, status.issuer_ends_in_days), (Some(Why::IssuerEnding), Some(25)));
    let (user, passphrase) = (world.user(ada), Passphrase(WORD.into()));
    let grant = Command::GrantIssuer { user, root_file: root.into(), passphrase };
    assert_eq!(world.command(ada, grant), Ok(Answer::Done));
    world.pass(DAY);
    all_well(&mut world, &[ada, ben]);
    world.pass(100 * DAY);
    all_well(&mut world, &[ada, ben]);
    let kai = world.enrol(ada, "Kai");
    meet(&mut world, kai, ben, "im zweiten Jahr");
    let user = world.user(kai);
    world.command(ada, Command::RevokePerson(user)).unwrap();
    world.pass(120_000);
    assert_eq!(world.status(kai).account, AccountState::Revoked);
    world.enrol(ada, "Lea");
}
