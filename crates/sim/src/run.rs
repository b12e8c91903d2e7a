// SPDX-License-Identifier: EUPL-1.2
//! Living whole plans and making failing ones smaller.

use crate::{
    model,
    plan::{Pause, Plan},
    play::{Planted, Play},
    world::{Fault, Faults},
};
use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// Faults that came about, by act.
pub type Fired = BTreeMap<(&'static str, Fault), u32>;

/// Lives a plan to its end and holds it against the model.
///
/// # Errors
/// What went wrong; a panic anywhere is one too.
pub fn live(plan: &Plan, planted: &Planted) -> Result<Fired, String> {
    let lived = catch_unwind(AssertUnwindSafe(|| {
        let mut play = Play::begin(plan, planted);
        plan.steps.iter().for_each(|step| play.step(step));
        play.heal();
        model::check(&mut play).map(|()| play.fired)
    }));
    lived.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Err(format!("panic: {}", text.unwrap_or_default()))
    })
}

/// Everything that went over the network in a plan, in order, as one number.
pub fn fingerprint(plan: &Plan) -> u64 {
    let mut play = Play::begin(plan, &Planted::default());
    plan.steps.iter().for_each(|step| play.step(step));
    play.heal();
    play.world.fingerprint()
}

/// Drops what is not needed for the plan to fail, in at most so many tries.
pub fn shrink(plan: &Plan, planted: &Planted, tries: usize) -> Plan {
    let mut best = plan.clone();
    let mut left = tries;
    let mut fails = |plan: &Plan| {
        left = left.saturating_sub(1);
        left > 0 && live(plan, planted).is_err()
    };
    let quiet = Plan { noise: Faults::default(), ..best.clone() };
    if fails(&quiet) {
        best = quiet;
    }
    let mut size = best.steps.len().div_ceil(2);
    while size > 0 {
        let mut at = 0;
        while at < best.steps.len() {
            let mut smaller = best.clone();
            smaller.steps.drain(at..(at + size).min(best.steps.len()));
            if fails(&smaller) {
                best = smaller;
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    for at in 0..best.steps.len() {
        let mut calmer = best.clone();
        if calmer.steps[at].fault.take().is_some() && fails(&calmer) {
            best = calmer.clone();
        }
        calmer.clone_from(&best);
        calmer.steps[at].pause = Pause::Millis(1000);
        if calmer != best && fails(&calmer) {
            best = calmer;
        }
    }
    best
}
