// SPDX-License-Identifier: EUPL-1.2
//! Hundreds of plans against the model; a failing one is made small and printed. The README of `plans` names the knobs.
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::print_stdout)] // a runner: it fails loudly and says what came about

use sim::{Plan, Planted, Suite, generate, live, matrix, run::Fired, shrink};
use std::{
    num::NonZero,
    ops::Range,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

/// Lives each plan, as many at a time as there are cores; the first that fails is made small.
fn all_hold(seeds: Range<u64>, suite: Suite) -> Fired {
    let next = AtomicU64::new(seeds.start);
    let found: Mutex<(Fired, Vec<Plan>)> = Mutex::default();
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                return;
            }
            let plan = generate(seed, suite);
            let lived = live(&plan, &Planted::default());
            let (fired, failed) = &mut *found.lock().expect("no thread panics while it holds it");
            match lived {
                Ok(came) => came.into_iter().for_each(|(cell, count)| *fired.entry(cell).or_default() += count),
                Err(why) => {
                    println!("seed {seed}: {why}");
                    failed.push(plan);
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, NonZero::get) {
            scope.spawn(work);
        }
    });
    let (fired, failed) = found.into_inner().expect("no thread panicked");
    if let Some(plan) = failed.first() {
        let small = shrink(plan, &Planted::default(), knob("SIM_TRIES").unwrap_or(60) as usize);
        let why = live(&small, &Planted::default());
        panic!("{} plans failed; the first, made small: {why:?}\n{small}", failed.len());
    }
    fired
}

fn knob(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Every fault came about beside every act, where it can.
#[test]
fn three_hundred_plans_hold_and_leave_no_act_without_each_fault() {
    let fired = all_hold(0..300, Suite::StandIn);
    println!("{}", matrix::print(&fired));
    assert_eq!(matrix::empty(&fired), [], "an act never met a fault");
}

#[test]
fn thirty_plans_hold_with_real_cryptography() {
    all_hold(1000..1030, Suite::Hybrid768);
}

#[test]
fn one_seed_by_wish() {
    let Some(seed) = knob("SIM_SEED") else { return };
    let suite = if std::env::var_os("SIM_HYBRID").is_some() { Suite::Hybrid768 } else { Suite::StandIn };
    let count = knob("SIM_COUNT").unwrap_or(1);
    println!("{}", matrix::print(&all_hold(seed..seed + count, suite)));
}

#[test]
fn kept_plans_hold_for_ever() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/plans");
    let files = std::fs::read_dir(folder).expect("the folder is there").map(|file| file.expect("readable").path());
    for path in files.filter(|path| path.extension().is_some_and(|end| end == "plan")) {
        let text = std::fs::read_to_string(&path).expect("a plan is text");
        let plan: Plan = text.parse().unwrap_or_else(|wrong| panic!("{}: {wrong:?}", path.display()));
        assert_eq!(live(&plan, &Planted::default()).err(), None, "{}", path.display());
    }
}

#[test]
fn a_plan_prints_and_reads_and_is_the_same_each_time() {
    for seed in 0..50 {
        let plan = generate(seed, Suite::StandIn);
        assert!(plan.steps.len() >= 150 && plan.cast >= 5);
        assert_eq!(plan.to_string().parse(), Ok(plan.clone()));
        assert_eq!(generate(seed, Suite::StandIn), plan);
    }
}

#[test]
fn a_plan_is_lived_the_same_way_each_time() {
    let plan = generate(3, Suite::StandIn);
    let [one, other] = [(); 2].map(|()| sim::run::fingerprint(&plan));
    assert_eq!(one, other);
}
