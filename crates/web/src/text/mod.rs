// SPDX-License-Identifier: EUPL-1.2
//! Every word a person reads: German and English side by side in Fluent files, switched while running.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use leptos::prelude::*;
use std::{cell::RefCell, collections::HashMap};
use unic_langid::LanguageIdentifier;

#[cfg(test)]
mod tests;

/// The texts of a language: the messenger's, the cockpit's and settings', and reasons.
fn sources(language: Language) -> [&'static str; 3] {
    match language {
        Language::German => [include_str!("de.ftl"), include_str!("admin.de.ftl"), include_str!("why.de.ftl")],
        Language::English => [include_str!("en.ftl"), include_str!("admin.en.ftl"), include_str!("why.en.ftl")],
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    #[default]
    German,
    English,
}

impl Language {
    /// As the `lang` attribute and the stored setting name it.
    pub fn code(self) -> &'static str {
        match self {
            Self::German => "de",
            Self::English => "en",
        }
    }

    /// The language of a code such as `en-GB`; German for all others.
    pub fn of(code: &str) -> Self {
        if code.starts_with("en") { Self::English } else { Self::German }
    }
}

thread_local! {
    static BUNDLES: RefCell<HashMap<Language, FluentBundle<FluentResource>>> = RefCell::default();
    static CURRENT: RwSignal<Language> = RwSignal::new(Language::default());
}

/// The language now shown; reactive.
pub fn language() -> Language {
    CURRENT.with(|current| current.get())
}

/// Shows everything in another language.
pub fn set_language(language: Language) {
    CURRENT.with(|current| current.set(language));
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("lang", language.code());
    }
}

/// One text. Reactive: read inside a closure it follows the language.
pub fn t(key: &str) -> String {
    say(key, None)
}

/// One text that follows the language wherever it is put. One closure for all of them, so one piece of code draws them.
pub fn words(key: &'static str) -> impl Fn() -> String + Copy + Send + 'static {
    move || t(key)
}

/// One text with values put in.
pub fn tr(key: &str, values: &[(&'static str, Value)]) -> String {
    let mut args = FluentArgs::new();
    for (name, value) in values {
        args.set(*name, value.clone().0);
    }
    say(key, Some(&args))
}

/// A value put into a text: words, or a number that decides between one and many.
#[derive(Clone)]
pub struct Value(FluentValue<'static>);

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self(FluentValue::from(text))
    }
}
impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self(FluentValue::from(text.to_owned()))
    }
}
impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self(FluentValue::from(number))
    }
}
impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self(FluentValue::from(number))
    }
}

fn say(key: &str, args: Option<&FluentArgs<'_>>) -> String {
    let language = language();
    BUNDLES.with_borrow_mut(|bundles| {
        let bundle = bundles.entry(language).or_insert_with(|| bundle(language));
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        bundle.format_pattern(pattern, args, &mut Vec::new()).into_owned()
    })
}

fn bundle(language: Language) -> FluentBundle<FluentResource> {
    let id: LanguageIdentifier = language.code().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new(vec![id]);
    bundle.set_use_isolating(false);
    for source in sources(language) {
        // a broken entry is left out and shows as its key; the tests find it
        let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(resource, _)| resource);
        let _ = bundle.add_resource(resource);
    }
    bundle
}
