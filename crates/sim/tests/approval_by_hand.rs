// SPDX-License-Identifier: EUPL-1.2
//! Devices that wait for an administrator's yes, and people who are invited once more.
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)] // helpers of stories fail loudly

use client_api::{
    AccountState, ActKind, ActView, Answer, Approval, Command, CommandError, Event, InvitationView, Link, NewPerson,
    Passphrase, PendingView, Query, UserId, View, Why,
};
use sim::{Person, World, world::ORIGIN};

const DAY: u64 = 86_400_000;

fn invite(world: &mut World, admin: Person, name: &str) -> (UserId, Link) {
    let people = vec![NewPerson { name: name.into(), unit: Some("Tiefbau".into()) }];
    let Ok(Answer::Links(links)) = world.command(admin, Command::Invite(people)) else { panic!("no link") };
    world.settle();
    (user_of(world, admin, name), links.into_iter().next().expect("one person, one link"))
}

fn user_of(world: &mut World, admin: Person, name: &str) -> UserId {
    world.people(admin).iter().find(|person| person.name == name).expect("invited").user
}

fn begin(world: &mut World, link: &Link) -> Person {
    let person = world.profile();
    assert_eq!(world.command(person, Command::Enrol { link: link.clone() }), Ok(Answer::Done));
    person
}

fn by_hand(world: &mut World, admin: Person) {
    assert_eq!(world.command(admin, Command::SetApproval(Approval::ByHand)), Ok(Answer::Done));
    assert_eq!(world.status(admin).approval, Approval::ByHand);
}

fn pending(world: &mut World, admin: Person) -> Vec<PendingView> {
    match world.query(admin, Query::Pending) {
        View::Pending(all) => all,
        other => panic!("not requests: {other:?}"),
    }
}

fn invitations(world: &mut World, admin: Person) -> Vec<InvitationView> {
    match world.query(admin, Query::Invitations) {
        View::Invitations(all) => all,
        other => panic!("not invitations: {other:?}"),
    }
}

fn acts(world: &mut World, person: Person, before: u64, limit: u32) -> Vec<ActView> {
    match world.query(person, Query::Acts { before, limit }) {
        View::Acts(all) => all,
        other => panic!("not acts: {other:?}"),
    }
}

/// The newest line: what was done, to whom.
fn last_act(world: &mut World, person: Person) -> (ActKind, Option<String>) {
    let newest = acts(world, person, u64::MAX, 1).pop().expect("something was done");
    (newest.kind, newest.whom_name)
}

fn outcome(world: &mut World, person: Person) -> (AccountState, Option<Why>) {
    let status = world.status(person);
    (status.account, status.problem)
}

#[test]
fn a_device_waits_over_a_restart_until_the_administrator_says_yes() {
    let mut world = World::new(1);
    let ada = world.found("Ada");
    by_hand(&mut world, ada);
    let (user, link) = invite(&mut world, ada, "Olga");
    world.events(ada);
    let olga = begin(&mut world, &link);
    world.pass(60_000);
    let events = world.events(ada);
    assert!(events.contains(&Event::AccountChanged) && events.contains(&Event::DirectoryChanged), "{events:?}");
    world.crash(ada);
    world.pass(3 * DAY);
    assert_eq!(outcome(&mut world, olga), (AccountState::Waiting, None));
    let [waiting] = &pending(&mut world, ada)[..] else { panic!("one waits") };
    assert_eq!((waiting.user, waiting.name.as_str(), waiting.unit.as_deref()), (user, "Olga", Some("Tiefbau")));
    assert!(world.status(ada).settled, "nothing is on its way while an administrator thinks");

    assert_eq!(world.command(ada, Command::Approve(user)), Ok(Answer::Done));
    assert_eq!(pending(&mut world, ada), []);
    world.pass(60_000);
    assert_eq!(outcome(&mut world, olga), (AccountState::Ready, None));
    assert_eq!(last_act(&mut world, ada), (ActKind::Approved, Some("Olga".into())));
    assert_eq!(world.command(ada, Command::Approve(user)), Err(CommandError::Refused(Why::NoRequest)));
    let chat = world.direct(olga, ada);
    world.say(olga, chat, "da bin ich");
    world.pass(60_000);
    assert_eq!(world.texts(ada, chat), ["da bin ich"]);
}

#[test]
fn a_device_refused_by_hand_is_told_and_its_link_opens_nothing_any_more() {
    let mut world = World::new(2);
    let ada = world.found("Ada");
    by_hand(&mut world, ada);
    let (user, link) = invite(&mut world, ada, "Olga");
    let stranger = begin(&mut world, &link);
    world.pass(60_000);
    assert_eq!(world.command(ada, Command::Reject(user)), Ok(Answer::Done));
    world.pass(60_000);
    assert_eq!(outcome(&mut world, stranger), (AccountState::Refused, Some(Why::LinkWithdrawn)));
    assert_eq!((pending(&mut world, ada), invitations(&mut world, ada)), (vec![], vec![]));
    assert_eq!(last_act(&mut world, ada), (ActKind::RefusedRequest, Some("Olga".into())));
    let again = begin(&mut world, &link);
    world.pass(60_000);
    assert_eq!(outcome(&mut world, again), (AccountState::Refused, Some(Why::LinkWithdrawn)));
    assert_eq!(world.people(ada).iter().map(|person| person.devices).sum::<u32>(), 1, "only Ada's");
}

#[test]
fn while_one_device_waits_a_second_one_with_the_same_link_is_refused() {
    let mut world = World::new(3);
    let ada = world.found("Ada");
    by_hand(&mut world, ada);
    let (user, link) = invite(&mut world, ada, "Olga");
    let first = begin(&mut world, &link);
    world.pass(60_000);
    let second = begin(&mut world, &link);
    world.pass(60_000);
    assert_eq!(outcome(&mut world, second), (AccountState::Refused, Some(Why::LinkUsed)));
    assert_eq!(pending(&mut world, ada).len(), 1);
    world.command(ada, Command::Approve(user)).unwrap();
    world.pass(60_000);
    assert_eq!(outcome(&mut world, first), (AccountState::Ready, None));
}

#[test]
fn going_back_to_automatic_lets_in_all_that_wait_the_oldest_first() {
    let mut world = World::new(4);
    let ada = world.found("Ada");
    by_hand(&mut world, ada);
    let names = ["Olga", "Kai", "Lea"];
    let all = names.map(|name| {
        let (_, link) = invite(&mut world, ada, name);
        let person = begin(&mut world, &link);
        world.pass(60_000);
        person
    });
    assert_eq!(pending(&mut world, ada).iter().map(|waiting| waiting.name.as_str()).collect::<Vec<_>>(), names);
    assert_eq!(world.command(ada, Command::SetApproval(Approval::Automatic)), Ok(Answer::Done));
    world.pass(60_000);
    for person in all {
        assert_eq!(outcome(&mut world, person), (AccountState::Ready, None));
    }
    assert_eq!((pending(&mut world, ada), world.status(ada).approval), (vec![], Approval::Automatic));
    world.enrol(ada, "Ben");
}

#[test]
fn a_request_nobody_looks_at_ends_with_its_invitation() {
    let mut world = World::new(5);
    let ada = world.found("Ada");
    by_hand(&mut world, ada);
    let (user, link) = invite(&mut world, ada, "Olga");
    let olga = begin(&mut world, &link);
    world.pass(60_000);
    world.offline(ada);
    world.pass(14 * DAY + 2 * 3_600_000);
    assert_eq!(world.command(ada, Command::Approve(user)), Err(CommandError::Refused(Why::LinkExpired)));
    world.online(ada);
    world.pass(60_000);
    assert_eq!(outcome(&mut world, olga), (AccountState::Refused, Some(Why::LinkExpired)));
    assert_eq!(pending(&mut world, ada), []);
    let [ended] = &invitations(&mut world, ada)[..] else { panic!("it is listed to be made anew") };
    assert!(ended.user == user && ended.not_after < world.now(), "{ended:?}");
}

#[test]
fn whoever_is_locked_out_while_waiting_is_told() {
    let mut world = World::new(6);
    let ada = world.found("Ada");
    by_hand(&mut world, ada);
    let (user, link) = invite(&mut world, ada, "Olga");
    let olga = begin(&mut world, &link);
    world.pass(60_000);
    world.command(ada, Command::RevokePerson(user)).unwrap();
    world.pass(60_000);
    assert_eq!(outcome(&mut world, olga), (AccountState::Refused, Some(Why::LinkWithdrawn)));
    assert_eq!(pending(&mut world, ada), []);
    assert_eq!(world.command(ada, Command::InviteAgain(user)), Err(CommandError::Refused(Why::PersonLockedOut)));
}

#[test]
fn an_invitation_of_one_administrator_opens_nothing_once_another_has_locked_the_person_out() {
    let mut world = World::new(7);
    let ada = world.profile();
    let passphrase = Passphrase("eight characters".into());
    let command = Command::CreateAuthority {
        server: ORIGIN.into(),
        name: "Musterstadt".into(),
        admin: "Ada".into(),
        passphrase: passphrase.clone(),
        setup_code: None,
    };
    let Ok(Answer::RootFile(root_file)) = world.command(ada, command) else { panic!("no root file") };
    world.settle();
    let bea = world.enrol(ada, "Bea");
    let user = world.user(bea);
    world.command(ada, Command::GrantIssuer { user, root_file, passphrase }).unwrap();
    world.pass(60_000);
    let (olga, link) = invite(&mut world, ada, "Olga");
    world.pass(60_000);
    world.command(bea, Command::RevokePerson(olga)).unwrap();
    world.pass(60_000);
    assert_eq!(invitations(&mut world, ada), []);
    let late = begin(&mut world, &link);
    world.pass(60_000);
    assert_eq!(outcome(&mut world, late), (AccountState::Refused, Some(Why::LinkWithdrawn)));
    assert!(world.people(ada).iter().any(|person| person.user == olga && person.revoked && person.devices == 0));
}

#[test]
fn only_an_administrator_decides_and_lists() {
    let mut world = World::new(8);
    let ada = world.found("Ada");
    let ben = world.enrol(ada, "Ben");
    let user = world.user(ada);
    let commands = [
        Command::SetApproval(Approval::ByHand),
        Command::Approve(user),
        Command::Reject(user),
        Command::InviteAgain(user),
    ];
    for command in commands {
        assert_eq!(world.command(ben, command), Err(CommandError::Refused(Why::NotAdministrator)));
    }
    assert_eq!((pending(&mut world, ben), invitations(&mut world, ben)), (vec![], vec![]));
}

#[test]
fn after_a_second_invitation_only_the_new_link_counts() {
    let mut world = World::new(9);
    let ada = world.found("Ada");
    let (kai, _) = invite(&mut world, ada, "Kai");
    let (user, old) = invite(&mut world, ada, "Olga");
    let listed = |world: &mut World| invitations(world, ada).into_iter().map(|one| one.name).collect::<Vec<_>>();
    assert_eq!(listed(&mut world), ["Olga", "Kai"], "the newest first");
    let Ok(Answer::Links(links)) = world.command(ada, Command::InviteAgain(kai)) else { panic!("no link") };
    assert_eq!(links.len(), 1);
    assert_eq!(listed(&mut world), ["Kai", "Olga"]);
    let Ok(Answer::Links(links)) = world.command(ada, Command::InviteAgain(user)) else { panic!("no link") };
    assert_eq!(listed(&mut world), ["Olga", "Kai"]);
    world.settle();
    assert_eq!(last_act(&mut world, ada), (ActKind::Invited, Some("Olga".into())));

    let late = begin(&mut world, &old);
    world.pass(60_000);
    assert_eq!(outcome(&mut world, late), (AccountState::Refused, Some(Why::LinkWithdrawn)));
    assert!(!world.people(ada).iter().any(|person| person.user == user && person.set_up));
    let olga = begin(&mut world, &links[0]);
    world.pass(60_000);
    assert_eq!(outcome(&mut world, olga), (AccountState::Ready, None));
    assert!(world.people(ada).iter().any(|person| person.user == user && person.set_up));
    assert_eq!(listed(&mut world), ["Kai"]);
    assert_eq!(world.command(ada, Command::InviteAgain(user)), Err(CommandError::Refused(Why::HasDevice)));
    let nobody = Command::InviteAgain(UserId([9; 16]));
    assert_eq!(world.command(ada, nobody), Err(CommandError::Unknown(Why::NoSuchPerson)));
}

#[test]
fn an_invitation_that_has_ended_is_made_anew() {
    let mut world = World::new(10);
    let ada = world.found("Ada");
    let (user, _) = invite(&mut world, ada, "Olga");
    world.pass(20 * DAY);
    let Ok(Answer::Links(links)) = world.command(ada, Command::InviteAgain(user)) else { panic!("no link") };
    let [open] = &invitations(&mut world, ada)[..] else { panic!("one, the new one") };
    assert!(open.not_after > world.now());
    let olga = begin(&mut world, &links[0]);
    world.pass(60_000);
    assert_eq!(outcome(&mut world, olga), (AccountState::Ready, None));
}

#[test]
fn everybody_reads_what_administrators_did_line_by_line() {
    let mut world = World::new(11);
    let ada = world.found("Ada");
    let ben = world.enrol(ada, "Ben");
    let user = world.user(ben);
    let cem = world.enrol(ada, "Cem");
    world.command(ada, Command::RevokePerson(user)).unwrap();
    world.pass(120_000);
    let all = acts(&mut world, cem, u64::MAX, 100);
    let kinds: Vec<_> = all.iter().rev().map(|act| (act.kind, act.whom_name.as_deref())).collect();
    let expected = [
        (ActKind::Founded, None),
        (ActKind::Invited, Some("Ben")),
        (ActKind::Approved, Some("Ben")),
        (ActKind::Invited, Some("Cem")),
        (ActKind::Approved, Some("Cem")),
        (ActKind::RevokedPerson, Some("Ben")),
    ];
    assert_eq!(kinds, expected);
    assert!(all.iter().all(|act| act.who_name == "Ada"));
    let mut paged = Vec::new();
    while let Some(act) = acts(&mut world, cem, paged.last().map_or(u64::MAX, |act: &ActView| act.number), 1).pop() {
        paged.push(act);
    }
    assert_eq!(paged, all);
}
