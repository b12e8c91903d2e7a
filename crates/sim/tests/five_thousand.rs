// SPDX-License-Identifier: EUPL-1.2
//! Five thousand people are imported; whoever enrols then searches all of them within seconds.
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::print_stdout)] // stories

use client_api::{AccountState, Answer, Command, NewPerson, Query, View};
use sim::{Person, World};
use std::time::{Duration, Instant};

const PEOPLE: usize = 5_000;

fn town() -> Vec<NewPerson> {
    let first = ["Änne", "Björn", "Cem", "Dörte", "Emil", "Frauke", "Günther", "Hanne", "Ilse", "Jürgen"];
    let last = ["Müller", "Schmidt", "Weiß", "Özdemir", "Kowalski", "Schröder", "Fuchs", "Großmann"];
    (0..PEOPLE)
        .map(|n| NewPerson {
            name: format!("{} {} {n}", first[n % first.len()], last[n / 7 % last.len()]),
            unit: Some(format!("Amt {}", n % 40)),
        })
        .collect()
}

fn search(world: &mut World, person: Person, text: &str) -> Vec<String> {
    match world.query(person, Query::People(Some(text.into()))) {
        View::People(people) => people.into_iter().map(|person| person.name).collect(),
        other => panic!("not people: {other:?}"),
    }
}

#[test]
fn a_town_is_imported_and_a_newcomer_searches_it() {
    let (optimised, mut world) = (!cfg!(debug_assertions), World::new(1));
    let admin = world.found("Ada");
    let start = Instant::now();
    let Ok(Answer::Links(links)) = world.command(admin, Command::Invite(town())) else { panic!("no links") };
    let invited = start.elapsed();
    world.pass(600_000);
    let written = start.elapsed();
    assert_eq!(links.len(), PEOPLE);
    assert_eq!(world.people(admin).len(), PEOPLE + 1);

    let person = world.profile();
    let link = links.into_iter().nth(4_321).expect("a link each");
    let start = Instant::now();
    world.command(person, Command::Enrol { link }).expect("begun");
    world.settle();
    let found = search(&mut world, person, "schroeder jurgen");
    let joined = start.elapsed();
    assert_eq!(world.status(person).account, AccountState::Ready);
    assert!(!found.is_empty() && found.iter().all(|name| name.contains("Jürgen Schröder")), "{found:?}");
    let start = Instant::now();
    assert_eq!(search(&mut world, person, "oßmann 4999"), search(&mut world, admin, "grossmann 4999"));
    let searched = start.elapsed() / 2;
    assert_eq!(search(&mut world, person, "").len(), PEOPLE + 1);
    assert_eq!(world.people(person), world.people(admin));
    println!(
        "5,000 people: invited in {invited:?}, in the directory after {written:?}; a newcomer searches it after \
         {joined:?}; one search {searched:?} (optimised: {optimised})"
    );
    let most = Duration::from_secs(if optimised { 5 } else { 60 });
    assert!(joined < most && written < 3 * most, "{joined:?} {written:?}");
}
