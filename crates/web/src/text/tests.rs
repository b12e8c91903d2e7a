// SPDX-License-Identifier: EUPL-1.2
//! Every text exists in both languages, every key the code names exists, every reason has words.

use super::{Language, sources};
use client_api::Why;
use fluent_bundle::FluentResource;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

fn keys(language: Language) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for source in sources(language) {
        let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(_, errors)| panic!("{errors:?}"));
        for line in source.lines() {
            if let Some((key, _)) = line.split_once(" =")
                && key.starts_with(|c: char| c.is_ascii_lowercase())
            {
                assert!(keys.insert(key.to_owned()), "{key} is there twice");
            }
        }
        assert!(resource.entries().count() > 0);
    }
    keys
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    all.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// What the code asks for by name: `t("…")` and `tr("…"`, whatever stands before the call but no letter.
fn named() -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for path in files(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) {
        if path.extension().is_none_or(|extension| extension != "rs") || path.ends_with("text/tests.rs") {
            continue;
        }
        let text: String = fs::read_to_string(&path).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
        for call in ["t(\"", "tr(\"", "tr( \""] {
            for (at, _) in text.match_indices(call) {
                let is_call = !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
                let key = text[at + call.len()..].split('"').next().unwrap_or_default();
                if is_call {
                    named.insert(key.to_owned());
                }
            }
        }
    }
    named
}

#[test]
fn both_languages_say_the_same_things() {
    let (german, english) = (keys(Language::German), keys(Language::English));
    assert_eq!(german.difference(&english).collect::<Vec<_>>(), Vec::<&String>::new(), "missing in English");
    assert_eq!(english.difference(&german).collect::<Vec<_>>(), Vec::<&String>::new(), "missing in German");
}

#[test]
fn every_key_the_code_names_has_a_text() {
    let keys = keys(Language::German);
    let missing: Vec<String> = named().into_iter().filter(|key| !keys.contains(key)).collect();
    assert_eq!(missing, Vec::<String>::new());
    assert!(named().len() > 100, "the search for keys finds them");
}

#[test]
fn every_reason_has_words() {
    let keys = keys(Language::German);
    let missing: Vec<&str> =
        Why::ALL.iter().map(|why| why.name()).filter(|name| !keys.contains(&format!("why-{name}"))).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn german_has_no_jargon() {
    for source in sources(Language::German) {
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            let Some((_, text)) = line.split_once('=') else { continue };
            for word in ["Schlüssel", "Epoche", "Session", "Sitzung", "Token", "Ups", "Commit"] {
                assert!(!text.contains(word), "{line}");
            }
        }
    }
}
