// SPDX-License-Identifier: EUPL-1.2
//! Bugs planted on purpose are found: the same worlds hold without them.
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::print_stdout)] // a runner: it fails loudly and says what came about

use client_api::{Draft, Expiry};
use sim::{Defect, Planted, ServerDefect, Suite, World, generate, live};

/// Some plan fails with the bug and holds without.
fn found_by_plans(planted: &Planted, seeds: std::ops::Range<u64>) {
    let found = seeds.clone().find_map(|seed| {
        let plan = generate(seed, Suite::StandIn);
        let why = live(&plan, planted).err()?;
        live(&plan, &Planted::default()).is_ok().then_some((seed, why))
    });
    println!("{planted:?}: {found:?}");
    assert!(found.is_some(), "{planted:?} was not found by plans {seeds:?}");
}

fn server(defect: ServerDefect) -> Planted {
    Planted { server: vec![defect], ..Planted::default() }
}

#[test]
fn an_acknowledgement_before_the_disk_has_it_is_found() {
    found_by_plans(&server(ServerDefect::AckBeforeFsync), 0..12);
}

#[test]
fn a_frozen_branch_that_forgets_what_it_accepted_is_found() {
    found_by_plans(&server(ServerDefect::FrozenBeforeIdempotency), 0..12);
}

#[test]
fn a_cursor_that_moves_before_its_content_is_found() {
    found_by_plans(&engine(Defect::CursorOutside), 0..40);
}

fn engine(defect: Defect) -> Planted {
    Planted { engine: vec![defect], ..Planted::default() }
}

#[test]
fn a_group_that_goes_on_before_its_commit_is_true_is_found() {
    found_by_plans(&engine(Defect::MergeBeforeAck), 0..24);
}

#[test]
fn a_welcome_to_an_epoch_that_never_came_true_is_found() {
    found_by_plans(&engine(Defect::WelcomeBeforeAck), 0..24);
}

#[test]
fn two_winners_of_one_place_are_found() {
    found_by_plans(&server(ServerDefect::CasNotAtomic), 0..30);
}

/// A device turned back its clock; another has shown long ago that the time has passed.
fn shown_after_turning_back(defects: &[Defect]) -> Vec<String> {
    let mut world = World::with_defects(1, Suite::StandIn, defects);
    let ada = world.found("Ada");
    let ben = world.enrol(ada, "Ben");
    let chat = world.direct(ada, ben);
    let at = world.now().plus_secs(3 * 3600);
    world.send(ada, chat, Draft { text: "bis Mittag".into(), expires: Expiry::At(at), ..Draft::default() });
    world.pass(90_000);
    world.offline(ben);
    world.set_clock(ben, -5 * 3_600_000);
    world.pass(5 * 3_600_000);
    world.online(ben);
    world.pass(1_000);
    world.texts(ben, chat)
}

#[test]
fn self_destruct_that_believes_the_devices_clock_is_found() {
    assert!(shown_after_turning_back(&[]).is_empty());
    assert_eq!(shown_after_turning_back(&[Defect::ExpiryByLocalClock]), ["bis Mittag"]);
}
