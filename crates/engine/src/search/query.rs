// SPDX-License-Identifier: EUPL-1.2
//! From what a person types to an FTS5 expression in which everything typed is quoted, and whether a text it finds fits.
//!
//! Of a long word only every third trigram is asked for, and the last: each one costs a walk through all segments of the
//! index. So what is found holds the parts of every word; [`fits`] says whether it holds the words.

use super::{
    QUERY_CHARS, QUERY_TERMS,
    fold::{fold, fold_wide},
};
use std::collections::BTreeSet;

/// Stands, twice different, before the start of a word in the index of starts; folding lets neither through.
const START: &str = "\u{2}\u{1}";
/// Trigrams need this many characters; shorter terms are looked for at the start of words.
const TRIGRAM: usize = 3;

/// One word of a query in both forms.
pub(super) struct Term {
    plain: String,
    wide: String,
}

impl Term {
    /// One or two different spellings.
    pub fn forms(&self) -> impl Iterator<Item = &str> {
        let wide = (self.wide != self.plain).then_some(self.wide.as_str());
        std::iter::once(self.plain.as_str()).chain(wide)
    }
}

/// The words of a query, within the limits.
pub(super) fn terms(query: &str) -> Vec<Term> {
    let query: String = query.chars().take(QUERY_CHARS).collect();
    let words = query.split_whitespace().map(|word| Term { plain: fold(word), wide: fold_wide(word) });
    words.filter(|term| !term.plain.is_empty()).take(QUERY_TERMS).collect()
}

/// Every term must be found, each in one of its forms. `None`: nothing to look for.
pub(super) fn expression(terms: &[Term]) -> Option<String> {
    let all: Vec<_> = terms
        .iter()
        .map(|term| {
            let forms: Vec<_> = term.forms().map(parts).collect();
            format!("({})", forms.join(" OR "))
        })
        .collect();
    if all.is_empty() { None } else { Some(all.join(" AND ")) }
}

/// Whether a text that [`expression`] found holds every term whole, in one of its forms.
pub(super) fn fits(terms: &[Term], plain: &str, wide: &str) -> bool {
    let holds = |form: &str| form.chars().count() < TRIGRAM || plain.contains(form) || wide.contains(form);
    terms.iter().all(|term| term.forms().any(holds))
}

/// The starts of all words of a folded text, one and two characters long, for the index.
pub(super) fn starts(folded: &[&str]) -> String {
    let mut starts = BTreeSet::new();
    for text in folded {
        let mut before = ' ';
        let mut rest = text.chars();
        while let Some(c) = rest.next() {
            // each symbol begins anew, so that an emoji is found behind a word too
            let inside = c.is_alphanumeric() && before.is_alphanumeric();
            if !inside && !c.is_whitespace() {
                let second = rest.clone().next().filter(|next| !next.is_whitespace());
                starts.insert([Some(c), second].into_iter().flatten().collect::<String>());
            }
            before = c;
        }
    }
    starts.into_iter().map(|start| format!("{START}{start}")).collect()
}

fn parts(form: &str) -> String {
    let quoted = |part: &[char]| part.iter().collect::<String>().replace('"', "\"\"");
    let all: Vec<char> = form.chars().collect();
    let Some(last) = all.last_chunk::<TRIGRAM>() else {
        return format!("{{starts}} : \"{START}{}\"", quoted(&all));
    };
    let (thirds, rest) = all.as_chunks::<TRIGRAM>();
    let mut parts: Vec<String> = thirds.iter().map(|part| format!("\"{}\"", quoted(part))).collect();
    if !rest.is_empty() {
        parts.push(format!("\"{}\"", quoted(last)));
    }
    format!("{{plain wide}} : ({})", parts.join(" AND "))
}
