// SPDX-License-Identifier: EUPL-1.2
//! A Rust file reduced to what the checks ask: paths it uses, functions, names it declares, and what is test code.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use std::str::FromStr;

/// A path of at least two segments as it stands in the code or in a `use`, e.g. `crate::frame::Push`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedPath {
    pub segments: Vec<String>,
    /// Counted from 1.
    pub line: usize,
    pub place: Place,
    /// The module it stands in, from the crate's root.
    pub module: Vec<String>,
}

/// Whether code is compiled into a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Product,
    Test,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    pub name: String,
    pub line: usize,
    pub lines: usize,
    pub named_by: NamedBy,
}

/// Who chose a function's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedBy {
    Us,
    /// It stands in an `impl … for …`.
    Trait,
}

/// A struct, enum, trait, type or module as it is declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    pub keyword: String,
    pub name: String,
    pub line: usize,
    /// The variants' names of an enum.
    pub variants: Vec<String>,
}

#[derive(Clone, Debug, Default)]
pub struct Rust {
    pub paths: Vec<UsedPath>,
    pub functions: Vec<Function>,
    pub declared: Vec<Declared>,
}

impl Rust {
    /// Reads a whole file. `path` decides its module and whether all of it is test code.
    ///
    /// # Errors
    /// When the text is not made of Rust tokens.
    pub fn parse(path: &str, text: &str) -> Result<Self, String> {
        let tokens = TokenStream::from_str(text).map_err(|error| error.to_string())?;
        let mut reader = Reader { rust: Self::default(), module: module_of(path), named_by: NamedBy::Us };
        reader.walk(&tokens.into_iter().collect::<Vec<_>>(), place_of(path));
        Ok(reader.rust)
    }
}

/// Files that are compiled for tests only.
fn place_of(path: &str) -> Place {
    let is_test =
        |part: &str| matches!(part, "tests" | "benches" | "tests.rs" | "testkit.rs" | "testkit" | "fuzz_targets");
    if path.split('/').any(is_test) { Place::Test } else { Place::Product }
}

/// `crates/x/src/a/b.rs` → `a::b`; the crate's root → nothing.
fn module_of(path: &str) -> Vec<String> {
    let inside = path.split_once("/src/").map_or(path, |(_, inside)| inside);
    let mut module: Vec<String> = inside.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if module.last().is_some_and(|last| matches!(last.as_str(), "mod" | "lib" | "main")) {
        module.pop();
    }
    module
}

struct Reader {
    rust: Rust,
    module: Vec<String>,
    named_by: NamedBy,
}

impl Reader {
    fn walk(&mut self, tokens: &[TokenTree], outer: Place) {
        let mut place = outer;
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == '#' => {
                    if let Some(group) = attribute(tokens, at) {
                        if is_test_attribute(group) {
                            place = Place::Test;
                        }
                        self.walk(&inside(group), place);
                        at = after_attribute(tokens, at);
                        continue;
                    }
                }
                TokenTree::Punct(punct) if punct.as_char() == ';' => place = outer,
                TokenTree::Group(group) => {
                    self.walk(&inside(group), place);
                    if group.delimiter() == Delimiter::Brace {
                        place = outer;
                    }
                }
                TokenTree::Ident(_) => {
                    at = self.word(tokens, at, place);
                    if at > 0 && ends_item(tokens, at) {
                        place = outer;
                    }
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// Reads what starts with the word at `at`; returns where to go on.
    fn word(&mut self, tokens: &[TokenTree], at: usize, place: Place) -> usize {
        let Some(TokenTree::Ident(ident)) = tokens.get(at) else { return at + 1 };
        let line = ident.span().start().line;
        let keyword = ident.to_string();
        match (keyword.as_str(), tokens.get(at + 1)) {
            ("use", Some(_)) if !is_capture(tokens.get(at + 1)) => {
                let end = position(tokens, at, |token| is_punct(token, ';'));
                self.use_tree(tokens.get(at + 1..end).unwrap_or_default(), &[], place);
                return end;
            }
            ("impl", Some(_)) => {
                if let Some(end) = self.trait_impl(tokens, at, place) {
                    return end;
                }
            }
            ("fn", Some(TokenTree::Ident(name))) => self.function(tokens, at, name.to_string(), line),
            ("mod", Some(TokenTree::Ident(name))) => {
                self.declare(&keyword, name.to_string(), line, Vec::new());
                if let Some(TokenTree::Group(body)) = tokens.get(at + 2) {
                    self.module.push(name.to_string());
                    self.walk(&inside(body), place);
                    self.module.pop();
                    return at + 3;
                }
                return at + 2;
            }
            ("struct" | "trait" | "type" | "union", Some(TokenTree::Ident(name))) => {
                self.declare(&keyword, name.to_string(), line, Vec::new());
            }
            ("enum", Some(TokenTree::Ident(name))) => {
                let body = tokens.iter().skip(at).find_map(|token| match token {
                    TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(variants(group)),
                    _ => None,
                });
                self.declare(&keyword, name.to_string(), line, body.unwrap_or_default());
            }
            _ => {
                let (segments, end) = path_at(tokens, at);
                if segments.len() > 1 {
                    self.used(segments, line, place);
                }
                return end;
            }
        }
        at + 1
    }

    /// Reads a whole `impl Trait for Type { … }`; `None` if what starts at `at` is not one.
    fn trait_impl(&mut self, tokens: &[TokenTree], at: usize, place: Place) -> Option<usize> {
        let end = position(tokens, at, is_brace);
        let head = tokens.get(at + 1..end)?;
        let is_for = |token: &TokenTree| matches!(token, TokenTree::Ident(ident) if ident == "for");
        // `for<'a>` is a bound, not the word between trait and type.
        head.windows(2).find(|pair| pair.first().is_some_and(is_for) && !is_capture(pair.get(1)))?;
        let Some(TokenTree::Group(body)) = tokens.get(end) else { return None };
        self.walk(head, place);
        let before = std::mem::replace(&mut self.named_by, NamedBy::Trait);
        self.walk(&inside(body), place);
        self.named_by = before;
        Some(end + 1)
    }

    fn function(&mut self, tokens: &[TokenTree], at: usize, name: String, line: usize) {
        let body = tokens.iter().skip(at).find(|token| is_punct(token, ';') || is_brace(token));
        if let Some(TokenTree::Group(body)) = body {
            let lines = body.span_close().end().line + 1 - line;
            self.rust.functions.push(Function { name, line, lines, named_by: self.named_by });
        }
    }

    fn declare(&mut self, keyword: &str, name: String, line: usize, variants: Vec<String>) {
        self.rust.declared.push(Declared { keyword: keyword.to_owned(), name, line, variants });
    }

    fn used(&mut self, segments: Vec<String>, line: usize, place: Place) {
        self.rust.paths.push(UsedPath { segments, line, place, module: self.module.clone() });
    }

    /// `a::{b, c::d as e}` → `a::b`, `a::c::d`.
    fn use_tree(&mut self, tokens: &[TokenTree], before: &[String], place: Place) {
        for part in tokens.split(|token| is_punct(token, ',')) {
            let mut segments = before.to_vec();
            let mut line = 0;
            for token in part {
                match token {
                    TokenTree::Ident(ident) if ident == "as" => break,
                    TokenTree::Ident(ident) => {
                        line = ident.span().start().line;
                        segments.push(ident.to_string());
                    }
                    TokenTree::Group(group) => {
                        self.use_tree(&inside(group), &segments, place);
                        line = 0;
                    }
                    TokenTree::Punct(punct) if punct.as_char() == '*' => line = punct.span().start().line,
                    _ => {}
                }
            }
            if line > 0 {
                self.used(segments, line, place);
            }
        }
    }
}

/// The segments of the path that starts at `at`, and where it ends.
fn path_at(tokens: &[TokenTree], at: usize) -> (Vec<String>, usize) {
    let mut segments = Vec::new();
    let mut end = at;
    while let Some(TokenTree::Ident(ident)) = tokens.get(end) {
        segments.push(ident.to_string());
        end += 1;
        let colons = tokens.get(end..end + 2).unwrap_or_default();
        let goes_on = colons.len() == 2 && colons.iter().all(|token| is_punct(token, ':'));
        if !goes_on || !matches!(tokens.get(end + 2), Some(TokenTree::Ident(_))) {
            break;
        }
        end += 2;
    }
    (segments, end.max(at + 1))
}

fn variants(body: &Group) -> Vec<String> {
    let tokens = inside(body);
    let mut names = Vec::new();
    for part in tokens.split(|token| is_punct(token, ',')) {
        let mut rest = part;
        while rest.first().is_some_and(|token| is_punct(token, '#')) {
            rest = rest.get(2..).unwrap_or_default();
        }
        if let Some(TokenTree::Ident(name)) = rest.first() {
            names.push(name.to_string());
        }
    }
    names
}

fn inside(group: &Group) -> Vec<TokenTree> {
    group.stream().into_iter().collect()
}

fn is_punct(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted)
}

fn is_brace(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// `use<'a>` in a return type.
fn is_capture(token: Option<&TokenTree>) -> bool {
    token.is_some_and(|token| is_punct(token, '<'))
}

/// An item without a body ends at `;`, a use at the `;` behind it.
fn ends_item(tokens: &[TokenTree], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| is_punct(token, ';')) || tokens.get(at - 1).is_some_and(is_brace)
}

fn position(tokens: &[TokenTree], from: usize, wanted: impl Fn(&TokenTree) -> bool) -> usize {
    tokens.iter().skip(from).position(wanted).map_or(tokens.len(), |found| from + found)
}

/// The brackets of `#[…]` or `#![…]` at `at`.
fn attribute(tokens: &[TokenTree], at: usize) -> Option<&Group> {
    match tokens.get(at + 1) {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket => Some(group),
        Some(token) if is_punct(token, '!') => match tokens.get(at + 2) {
            Some(TokenTree::Group(group)) => Some(group),
            _ => None,
        },
        _ => None,
    }
}

fn after_attribute(tokens: &[TokenTree], at: usize) -> usize {
    if tokens.get(at + 1).is_some_and(|token| is_punct(token, '!')) { at + 3 } else { at + 2 }
}

/// `#[test]`, or a `#[cfg(…)]` that names `test` or our `testkit` feature without `not`.
fn is_test_attribute(group: &Group) -> bool {
    let text = group.stream().to_string();
    let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    match words.next() {
        Some("test") => true,
        Some("cfg") => {
            let rest: Vec<&str> = words.collect();
            rest.iter().any(|word| matches!(*word, "test" | "testkit")) && !rest.contains(&"not")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{NamedBy, Place, Rust};

    fn paths(text: &str) -> Vec<String> {
        let rust = Rust::parse("crates/a/src/b.rs", text).expect("the sample is Rust");
        rust.paths.iter().map(|path| path.segments.join("::")).collect()
    }

    #[test]
    fn use_trees_are_spread_out() {
        assert_eq!(paths("use a::{b, c::{d as e, f}, g::*};"), ["a::b", "a::c::d", "a::c::f", "a::g"]);
    }

    #[test]
    fn paths_are_found_in_bodies_macros_and_attributes_but_not_in_comments_and_strings() {
        let text = "// tokio::x\n#[tokio::main]\nfn a() { let s = \"tokio::y\"; m!(tokio::z(1)); Vec::<a::b>::new() }";
        assert_eq!(paths(text), ["tokio::main", "tokio::z", "a::b"]);
    }

    #[test]
    fn code_below_cfg_test_is_test_code_and_what_follows_is_not() {
        let text = "#[cfg(test)]\nmod tests { use a::b; }\nuse c::d;\n#[cfg(test)]\nuse e::f;\nuse g::h;\n#[cfg(not(test))]\nuse i::j;";
        let rust = Rust::parse("crates/a/src/b.rs", text).expect("the sample is Rust");
        let tests: Vec<&str> =
            rust.paths.iter().filter(|p| p.place == Place::Test).map(|p| p.segments[0].as_str()).collect();
        assert_eq!(tests, ["a", "e"]);
        assert_eq!(rust.paths[0].module, ["b", "tests"]);
    }

    #[test]
    fn functions_have_names_and_lengths() {
        let rust = Rust::parse("src/x.rs", "fn one() {\n\n}\ntrait T { fn two(); fn three() {} }")
            .expect("the sample is Rust");
        let found: Vec<(&str, usize)> = rust.functions.iter().map(|f| (f.name.as_str(), f.lines)).collect();
        assert_eq!(found, [("one", 3), ("three", 1)]);
    }

    #[test]
    fn names_in_an_impl_of_a_trait_are_not_ours() {
        let text = "impl<T> a::B for C<T> where T: for<'x> D<'x> { fn one() {} } impl C { fn two() {} }
            fn three() -> impl for<'a> Fn(&'a u8) { |_| () } fn four() {}";
        let rust = Rust::parse("crates/x/src/y.rs", text).expect("the sample is Rust");
        let ours: Vec<&str> =
            rust.functions.iter().filter(|f| f.named_by == NamedBy::Us).map(|f| f.name.as_str()).collect();
        assert_eq!(ours, ["two", "three", "four"]);
        assert_eq!(rust.functions.len(), 4);
        assert_eq!(rust.paths[0].segments, ["a", "B"]);
    }

    #[test]
    fn enums_know_their_variants() {
        let text = "enum Push { /// x\n #[n(0)] #[cbor(map)] Entry { a: u8 }, #[n(1)] Behind(#[n(0)] u8), Last }";
        let rust = Rust::parse("src/x.rs", text).expect("the sample is Rust");
        assert_eq!(rust.declared[0].variants, ["Entry", "Behind", "Last"]);
    }
}
