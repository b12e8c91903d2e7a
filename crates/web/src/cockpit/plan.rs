// SPDX-License-Identifier: EUPL-1.2
//! What an import will do, line by line, before anything is done.

use super::{
    order::folded,
    sheet::{Flaw, Line, flaw},
};
use client_api::{NewPerson, PersonView};
use std::collections::{HashMap, HashSet};

/// People invited at once.
pub const MOST: usize = 5_000;

/// What happens to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    New,
    /// Somebody of this name and unit is there.
    Known,
    /// Was locked out: never back through a list.
    LockedOut,
    /// Stands further up in the same list.
    Twice,
    /// More than fit into one import.
    Beyond,
    Flawed(Flaw),
}

impl Fate {
    pub fn text(self) -> &'static str {
        match self {
            Self::New => "admin-fate-new",
            Self::Known => "admin-fate-known",
            Self::LockedOut => "admin-fate-locked",
            Self::Twice => "admin-fate-twice",
            Self::Beyond => "admin-fate-beyond",
            Self::Flawed(flaw) => flaw.text(),
        }
    }
}

/// A line and what happens to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    pub line: Line,
    pub fate: Fate,
}

impl Planned {
    pub fn person(&self) -> NewPerson {
        NewPerson { name: self.line.name.clone(), unit: self.line.unit.clone() }
    }
}

/// How many lines meet which fate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    pub new: usize,
    pub known: usize,
    pub left_out: usize,
    pub flawed: usize,
}

impl Sums {
    pub fn of(all: &[Planned]) -> Self {
        let mut sums = Self::default();
        for one in all {
            match one.fate {
                Fate::New => sums.new += 1,
                Fate::Known => sums.known += 1,
                Fate::LockedOut | Fate::Twice => sums.left_out += 1,
                Fate::Beyond | Fate::Flawed(_) => sums.flawed += 1,
            }
        }
        sums
    }
}

/// Two spellings of one name and unit are one person.
fn same(name: &str, unit: Option<&str>) -> (String, String) {
    (folded(name), folded(unit.unwrap_or_default()))
}

/// Compares a list with the directory.
pub fn plan(lines: &[Line], people: &[PersonView]) -> Vec<Planned> {
    let mut there = HashMap::new();
    for person in people {
        let locked_out = there.entry(same(&person.name, person.unit.as_deref())).or_insert(true);
        *locked_out &= person.revoked;
    }
    let mut seen = HashSet::new();
    let mut new = 0;
    let mut fate = |line: &Line| {
        if let Some(flaw) = flaw(&line.name, line.unit.as_deref()) {
            return Fate::Flawed(flaw);
        }
        let key = same(&line.name, line.unit.as_deref());
        match there.get(&key) {
            Some(true) => return Fate::LockedOut,
            Some(false) => return Fate::Known,
            None => {}
        }
        if !seen.insert(key) {
            return Fate::Twice;
        }
        new += 1;
        if new > MOST { Fate::Beyond } else { Fate::New }
    };
    lines.iter().map(|line| Planned { fate: fate(line), line: line.clone() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use client_api::UserId;

    fn line(number: u64, name: &str, unit: &str) -> Line {
        Line { number, name: name.into(), unit: (!unit.is_empty()).then(|| unit.into()) }
    }

    fn person(name: &str, unit: Option<&str>, revoked: bool) -> PersonView {
        PersonView {
            user: UserId([1; 16]),
            name: name.into(),
            unit: unit.map(Into::into),
            devices: 0,
            revoked,
            administrator: false,
            set_up: false,
        }
    }

    #[test]
    fn each_line_is_told_what_will_happen_to_it() {
        let there = [
            person("Ada Amt", Some("Bauhof"), false),
            person("Tobias Wulff", None, true),
            // locked out once and invited anew since
            person("Ole Streife", None, true),
            person("Ole Streife", None, false),
        ];
        let lines = [
            line(2, "ADA AMT", "Bauhof"),
            line(3, "Ada Amt", "Zoll"),
            line(4, "Tobias Wulff", ""),
            line(5, "Ole Streife", ""),
            line(6, "", "Zoll"),
            line(7, "Ada Amt-Neu", "Zoll"),
            line(8, "Ada Amt", "zoll"),
        ];
        let planned = plan(&lines, &there);
        let fates: Vec<Fate> = planned.iter().map(|one| one.fate).collect();
        let (new, known, twice) = (Fate::New, Fate::Known, Fate::Twice);
        let flawed = Fate::Flawed(Flaw::NoName);
        assert_eq!(fates, [known, new, Fate::LockedOut, known, flawed, new, twice]);
        assert_eq!(Sums::of(&planned), Sums { new: 2, known: 2, left_out: 2, flawed: 1 });
    }

    #[test]
    fn no_more_than_the_engine_takes_are_invited_at_once() {
        let lines: Vec<Line> = (0..5_002).map(|number| line(number, &format!("Person {number}"), "")).collect();
        let sums = Sums::of(&plan(&lines, &[]));
        assert_eq!(sums, Sums { new: MOST, known: 0, left_out: 0, flawed: 2 });
    }
}
