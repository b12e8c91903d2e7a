// SPDX-License-Identifier: EUPL-1.2
//! How a person wants it on this device: language, colours, what Enter does. Nothing secret, so it lies in the open.

use crate::text::{self, Language};
use leptos::prelude::*;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    Light,
    Dark,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnterKey {
    Sends,
    Breaks,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sound {
    On,
    Off,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    pub language: Language,
    pub theme: Theme,
    pub enter: EnterKey,
    pub sound: Sound,
}

const LANGUAGE: &str = "rohrpost.language";
const THEME: &str = "rohrpost.theme";
const ENTER: &str = "rohrpost.enter";
const SOUND: &str = "rohrpost.sound";

impl Settings {
    /// What was chosen before, else what the browser speaks and the system shows.
    pub fn load() -> Self {
        let spoken = window().navigator().language().unwrap_or_default();
        let settings = Self {
            language: Language::of(&read(LANGUAGE).unwrap_or(spoken)),
            theme: match read(THEME).as_deref() {
                Some("light") => Theme::Light,
                Some("dark") => Theme::Dark,
                _ => Theme::System,
            },
            enter: if read(ENTER).as_deref() == Some("breaks") { EnterKey::Breaks } else { EnterKey::Sends },
            sound: if read(SOUND).as_deref() == Some("off") { Sound::Off } else { Sound::On },
        };
        settings.apply();
        settings
    }

    /// Keeps and shows them.
    pub fn save(self) {
        write(LANGUAGE, self.language.code());
        write(
            THEME,
            match self.theme {
                Theme::System => "system",
                Theme::Light => "light",
                Theme::Dark => "dark",
            },
        );
        write(ENTER, if self.enter == EnterKey::Breaks { "breaks" } else { "sends" });
        write(SOUND, if self.sound == Sound::Off { "off" } else { "on" });
        self.apply();
    }

    fn apply(self) {
        text::set_language(self.language);
        show_theme(self.theme);
    }
}

/// KERN's sheets know two themes by name; "as the system" follows the system while it changes.
fn show_theme(theme: Theme) {
    let dark = match theme {
        Theme::Light => false,
        Theme::Dark => true,
        Theme::System => is_system_dark(),
    };
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-kern-theme", if dark { "dark" } else { "light" });
    }
}

fn is_system_dark() -> bool {
    let query = window().match_media("(prefers-color-scheme: dark)").ok().flatten();
    query.is_some_and(|query| query.matches())
}

/// Follows the system's scheme while the setting says so.
pub fn follow_system(settings: RwSignal<Settings>) {
    let Ok(Some(query)) = window().match_media("(prefers-color-scheme: dark)") else { return };
    let changed = wasm_bindgen::prelude::Closure::<dyn FnMut(web_sys::Event)>::new(move |_: web_sys::Event| {
        show_theme(settings.get_untracked().theme);
    });
    let target: &web_sys::EventTarget = query.as_ref();
    let _ = target.add_event_listener_with_callback("change", wasm_bindgen::JsCast::unchecked_ref(changed.as_ref()));
    changed.forget();
}

fn read(key: &str) -> Option<String> {
    window().local_storage().ok()??.get_item(key).ok()?
}

fn write(key: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(key, value);
    }
}
