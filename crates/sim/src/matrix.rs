// SPDX-License-Identifier: EUPL-1.2
//! Which faults came about beside which acts, and which never can.

use crate::{plan::Act, run::Fired, world::Fault};
use std::fmt::Write;

/// Why a fault can't come about beside an act; `None`: it can.
pub fn impossible(act: &str, fault: Fault) -> Option<&'static str> {
    use Fault::{Broken, CrashInside, Delayed, DiskFull, Doubled, LostAnswer, LostRequest};
    match (act, fault) {
        ("offline", LostRequest | LostAnswer | Doubled | Delayed | Broken) => {
            Some("nothing is carried to or from who has no network")
        }
        _ => None.or(match fault {
            CrashInside | DiskFull if act == "offline" => Some("losing the network writes nothing"),
            _ => None,
        }),
    }
}

/// Lines of acts, columns of faults; `-` where it can't be.
pub fn print(fired: &Fired) -> String {
    let mut text = String::new();
    let _ = write!(text, "{:<10}", "");
    for fault in Fault::ALL {
        let _ = write!(text, " {:>6}", fault.name().chars().filter(|c| *c != '-').take(6).collect::<String>());
    }
    for act in Act::NAMES {
        let _ = write!(text, "\n{act:<10}");
        for fault in Fault::ALL {
            let _ = match (fired.get(&(act, fault)), impossible(act, fault)) {
                (Some(count), _) => write!(text, " {count:>6}"),
                (None, Some(_)) => write!(text, " {:>6}", "-"),
                (None, None) => write!(text, " {:>6}", 0),
            };
        }
    }
    text
}

/// Combinations that can exist and did not come about.
pub fn empty(fired: &Fired) -> Vec<(&'static str, Fault)> {
    let all = Act::NAMES.into_iter().flat_map(|act| Fault::ALL.map(|fault| (act, fault)));
    all.filter(|(act, fault)| !fired.contains_key(&(*act, *fault)) && impossible(act, *fault).is_none()).collect()
}
