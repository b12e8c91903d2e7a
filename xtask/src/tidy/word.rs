// SPDX-License-Identifier: EUPL-1.2
//! One word per thing (docs/glossary.md), and no names that say nothing.

use super::{Finding, rust::NamedBy, tree::Tree};

/// Modules and crates called like this become drawers for everything.
const EMPTY_NAMES: [&str; 9] = ["core", "common", "util", "utils", "helper", "helpers", "misc", "manager", "types"];
/// A function called like this does not say what it does; names that a trait dictates are not ours.
const EMPTY_VERBS: [&str; 4] = ["get_", "do_", "process_", "manage_"];
/// Left: a word for something that has a name; right: the name. As part of the name of a type.
const SYNONYMS: [(&str, &str); 12] = [
    ("Organisation", "Authority"),
    ("Organization", "Authority"),
    ("Tenant", "Authority"),
    ("Chat", "Conversation"),
    ("Room", "Conversation or Group"),
    ("Mailbox", "Inbox"),
    ("Phonebook", "Directory"),
    ("Addressbook", "Directory"),
    ("Employee", "User"),
    ("Ticket", "Case"),
    ("Mlsgroup", "Group"),
    ("Alert", "Alarm"),
];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, rust) in tree.rust().filter(|(file, _)| file.crate_name().is_some()) {
        let stem = file.path.trim_end_matches(".rs").split('/').find(|part| EMPTY_NAMES.contains(part));
        if let Some(name) = stem {
            findings.push(Finding::new(&file.path, format!("`{name}` says nothing: name it after what it holds")));
        }
        for function in rust.functions.iter().filter(|function| function.named_by == NamedBy::Us) {
            if let Some(verb) = EMPTY_VERBS.iter().find(|verb| function.name.starts_with(**verb)) {
                findings.push(Finding::at(
                    &file.path,
                    function.line,
                    format!("{}: `{verb}` says nothing", function.name),
                ));
            }
        }
        for declared in rust.declared.iter().filter(|declared| declared.keyword != "mod") {
            for part in parts(&declared.name) {
                if let Some((_, name)) = SYNONYMS.iter().find(|(synonym, _)| *synonym == part) {
                    let text = format!("{}: our word for {part} is {name}", declared.name);
                    findings.push(Finding::at(&file.path, declared.line, text));
                }
            }
        }
    }
    findings
}

/// `ChatRoomId` → `Chat`, `Room`, `Id`.
fn parts(name: &str) -> Vec<&str> {
    let mut starts: Vec<usize> = name.char_indices().filter(|(_, c)| c.is_uppercase()).map(|(at, _)| at).collect();
    starts.push(name.len());
    starts.windows(2).filter_map(|pair| name.get(*pair.first()?..*pair.get(1)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::{Tree, check};

    fn found(path: &str, text: &str) -> usize {
        check(&Tree::sample(&[(path, text)])).len()
    }

    #[test]
    fn a_second_word_for_the_same_thing_is_found() {
        assert_eq!(found("crates/engine/src/a.rs", "struct ChatList;"), 1);
        assert_eq!(found("crates/engine/src/a.rs", "struct ConversationList;"), 0);
    }

    #[test]
    fn names_that_say_nothing_are_found() {
        assert_eq!(found("crates/engine/src/utils.rs", "fn split() {}"), 1);
        assert_eq!(found("crates/engine/src/common/a.rs", "fn split() {}"), 1);
        assert_eq!(found("crates/engine/src/a.rs", "fn get_name() {}"), 1);
        assert_eq!(found("crates/engine/src/a.rs", "fn name() {}"), 0);
        assert_eq!(found("crates/engine/src/a.rs", "impl x::Profile for A { fn get_name() {} }"), 0);
    }
}
