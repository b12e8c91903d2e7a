// SPDX-License-Identifier: EUPL-1.2
//! Where in the messenger a person is, and its address in the browser's bar. Addresses name nothing secret.

use client_api::ConversationId;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};

/// A screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    #[default]
    List,
    Conversation(ConversationId),
    /// Members, media and files of a conversation.
    Details(ConversationId),
    /// Beginning a conversation.
    New,
    /// The directory.
    People,
    /// Settings; a section on its own on the phone.
    Me,
    Admin(Area),
}

/// A room of the cockpit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    People,
    Pending,
    Import,
    Acts,
}

impl Place {
    pub fn path(self) -> String {
        match self {
            Self::List => "/".into(),
            Self::Conversation(id) => format!("/c/{id}"),
            Self::Details(id) => format!("/c/{id}/info"),
            Self::New => "/new".into(),
            Self::People => "/people".into(),
            Self::Me => "/me".into(),
            Self::Admin(Area::People) => "/admin/people".into(),
            Self::Admin(Area::Pending) => "/admin/pending".into(),
            Self::Admin(Area::Import) => "/admin/import".into(),
            Self::Admin(Area::Acts) => "/admin/acts".into(),
        }
    }

    /// Anything unknown is the list.
    pub fn of(path: &str) -> Self {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            ["c", id] => id.parse().map_or(Self::List, Self::Conversation),
            ["c", id, "info"] => id.parse().map_or(Self::List, Self::Details),
            ["new"] => Self::New,
            ["people"] => Self::People,
            ["me"] => Self::Me,
            ["admin"] | ["admin", "people"] => Self::Admin(Area::People),
            ["admin", "pending"] => Self::Admin(Area::Pending),
            ["admin", "import"] => Self::Admin(Area::Import),
            ["admin", "acts"] => Self::Admin(Area::Acts),
            _ => Self::List,
        }
    }

    pub fn conversation(self) -> Option<ConversationId> {
        match self {
            Self::Conversation(id) | Self::Details(id) => Some(id),
            _ => None,
        }
    }
}

/// The place the browser's bar names.
pub fn current() -> Place {
    Place::of(&window().location().pathname().unwrap_or_default())
}

/// Goes there; the browser's back button leads back.
pub fn go(place: RwSignal<Place>, to: Place) {
    if place.get_untracked() == to {
        return;
    }
    if let Ok(history) = window().history() {
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&to.path()));
    }
    place.set(to);
}

/// Goes there instead of here: the back button does not come back.
pub fn replace(place: RwSignal<Place>, to: Place) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&to.path()));
    }
    place.set(to);
}

/// Follows the browser's back and forward buttons.
pub fn follow(place: RwSignal<Place>) {
    let moved = Closure::<dyn FnMut(web_sys::Event)>::new(move |_: web_sys::Event| place.set(current()));
    window().set_onpopstate(Some(moved.into_js_value().unchecked_ref()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_found_again_under_its_address() {
        let id = ConversationId([7; 32]);
        let rooms = [Area::People, Area::Pending, Area::Import, Area::Acts].map(Place::Admin);
        let places = [Place::List, Place::Conversation(id), Place::Details(id), Place::New, Place::People, Place::Me];
        for place in places.into_iter().chain(rooms) {
            assert_eq!(Place::of(&place.path()), place);
        }
        for unknown in ["/c/xyz", "/nothing", "//", "/c", "/admin/x/y"] {
            assert_eq!(Place::of(unknown), Place::List, "{unknown}");
        }
    }
}
