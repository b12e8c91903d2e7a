// SPDX-License-Identifier: EUPL-1.2
//! From a typed name to the one person or conversation it means; never a guess between two.

use crate::{failure::Failure, out::harmless};
use client_api::{ConversationId, ConversationKind, ConversationView, PersonView, UserId};

/// Where a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Person(UserId),
    Conversation(ConversationId),
}

struct Candidate {
    name: String,
    /// What tells it from others of the same name.
    more: String,
    target: Target,
}

/// An id, an exact name, or the beginning of exactly one name.
///
/// # Errors
/// Exit code 4: unknown, or ambiguous with the candidates.
pub fn find_person(typed: &str, people: &[PersonView]) -> Result<UserId, Failure> {
    if let Ok(id) = typed.parse::<UserId>() {
        return Ok(id);
    }
    match choose(typed, people_named(people))? {
        Target::Person(user) => Ok(user),
        Target::Conversation(_) => Err(unknown(typed)),
    }
}

/// As [`find_person`], groups included.
///
/// # Errors
/// As [`find_person`].
pub fn find_target(typed: &str, people: &[PersonView], all: &[ConversationView]) -> Result<Target, Failure> {
    if let Ok(id) = typed.parse::<ConversationId>() {
        return Ok(Target::Conversation(id));
    }
    if let Ok(id) = typed.parse::<UserId>() {
        return Ok(Target::Person(id));
    }
    let groups = all.iter().filter(|c| c.member && c.kind == ConversationKind::Group).map(|c| Candidate {
        name: c.name.clone(),
        more: format!("group {}", c.id),
        target: Target::Conversation(c.id),
    });
    choose(typed, people_named(people).chain(groups))
}

fn people_named(people: &[PersonView]) -> impl Iterator<Item = Candidate> {
    people.iter().filter(|p| !p.revoked).map(|p| Candidate {
        name: p.name.clone(),
        more: p.unit.as_ref().map_or_else(|| p.user.to_string(), |unit| format!("{unit}, {}", p.user)),
        target: Target::Person(p.user),
    })
}

fn choose(typed: &str, all: impl Iterator<Item = Candidate>) -> Result<Target, Failure> {
    let wanted = fold(typed);
    let near: Vec<Candidate> = all.filter(|c| !wanted.is_empty() && fold(&c.name).starts_with(&wanted)).collect();
    let same = |c: &&Candidate| c.name == typed;
    let folded = |c: &&Candidate| fold(&c.name) == wanted;
    let best: Vec<&Candidate> = if near.iter().any(|c| same(&c)) {
        near.iter().filter(same).collect()
    } else if near.iter().any(|c| folded(&c)) {
        near.iter().filter(folded).collect()
    } else {
        near.iter().collect()
    };
    match best.as_slice() {
        [] => Err(unknown(typed)),
        [one] => Ok(one.target),
        several => {
            let list: Vec<String> = several.iter().map(|c| format!("{} ({})", harmless(&c.name), c.more)).collect();
            Err(Failure::Refused(format!("\"{}\" is ambiguous: {}", harmless(typed), list.join("; "))))
        }
    }
}

fn unknown(typed: &str) -> Failure {
    Failure::Refused(format!("\"{}\" is not known", harmless(typed)))
}

/// Letters as they are typed on any keyboard.
fn fold(name: &str) -> String {
    let mut out = String::new();
    for c in name.trim().to_lowercase().chars() {
        match c {
            'ä' => out.push_str("ae"),
            'ö' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'ß' => out.push_str("ss"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(number: u8, name: &str) -> PersonView {
        PersonView {
            user: UserId([number; 16]),
            name: name.into(),
            unit: Some("Tiefbau".into()),
            devices: 1,
            revoked: false,
            administrator: false,
            set_up: true,
        }
    }
    fn group(number: u8, name: &str) -> ConversationView {
        ConversationView {
            id: ConversationId([number; 32]),
            kind: ConversationKind::Group,
            name: name.into(),
            undisplayed: 0,
            last_at: None,
            member: true,
            problem: None,
            peer: None,
            members: 2,
            moderator: false,
            last: None,
            draft: None,
            waiting: 0,
            first_undisplayed: None,
        }
    }

    #[test]
    fn exact_name_wins_over_longer_ones() {
        let people = [person(1, "Anna Weiß"), person(2, "Anna Weißhaupt")];
        assert_eq!(find_person("Anna Weiß", &people), Ok(UserId([1; 16])));
        assert_eq!(find_person("anna weiss", &people), Ok(UserId([1; 16])));
        assert_eq!(find_person("anna weissh", &people), Ok(UserId([2; 16])));
    }

    #[test]
    fn ambiguous_name_lists_the_candidates_and_exits_with_4() {
        let people = [person(1, "Anna Weiß"), person(2, "Anna Ott"), person(3, "Bernd")];
        let failure = find_person("anna", &people).unwrap_err();
        assert_eq!(failure.exit_code(), 4);
        let line = failure.to_string();
        assert!(line.contains("Anna Weiß (Tiefbau, 0101") && line.contains("Anna Ott") && !line.contains("Bernd"));
    }

    #[test]
    fn two_people_of_one_name_are_told_apart_by_id_only() {
        let people = [person(1, "Anna"), person(2, "Anna")];
        assert_eq!(find_person("Anna", &people).unwrap_err().exit_code(), 4);
        assert_eq!(find_person(&"02".repeat(16), &people), Ok(UserId([2; 16])));
    }

    #[test]
    fn unknown_empty_and_revoked_names_exit_with_4() {
        let mut gone = person(1, "Anna");
        gone.revoked = true;
        for name in ["Anna", "", " ", "Zoe"] {
            assert_eq!(find_person(name, std::slice::from_ref(&gone)).unwrap_err().exit_code(), 4, "{name}");
        }
    }

    #[test]
    fn group_and_person_of_one_name_are_ambiguous() {
        let (people, groups) = ([person(1, "Bauhof")], [group(2, "Bauhof"), group(3, "Bautrupp 2")]);
        assert_eq!(find_target("Bauhof", &people, &groups).unwrap_err().exit_code(), 4);
        assert_eq!(find_target("bautrupp", &people, &groups), Ok(Target::Conversation(ConversationId([3; 32]))));
        assert_eq!(find_target("Bautrupp 2", &people, &groups), Ok(Target::Conversation(ConversationId([3; 32]))));
    }
}
