// SPDX-License-Identifier: EUPL-1.2
//! Where a person stands with the authority, in a word and never by colour alone.

use crate::{
    part::icon::{Icon, icon},
    text::words,
};
use client_api::{PersonView, UserId};
use leptos::{html, prelude::*};
use std::collections::HashSet;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    SetUp,
    /// Has no device yet.
    Invited,
    /// A device asks to be let in.
    Waiting,
    LockedOut,
}

impl Standing {
    /// `waiting`: those whose device asks to be let in.
    pub fn of(person: &PersonView, waiting: &HashSet<UserId>) -> Self {
        match person {
            PersonView { revoked: true, .. } => Self::LockedOut,
            PersonView { user, .. } if waiting.contains(user) => Self::Waiting,
            PersonView { set_up: false, .. } => Self::Invited,
            _ => Self::SetUp,
        }
    }

    pub fn view(self) -> AnyView {
        match self {
            Self::SetUp => html::span().class("rp-muted").child(words("admin-set-up")).into_any(),
            Self::Invited => chip("", Icon::Clock, "admin-invited"),
            Self::Waiting => chip("rp-chip--warning", Icon::Phone, "admin-waiting"),
            Self::LockedOut => chip("rp-chip--danger", Icon::Lock, "admin-locked"),
        }
    }
}

/// Said of those who manage the authority.
pub fn administrator() -> AnyView {
    chip("rp-chip--accent", Icon::Shield, "admin-administrator")
}

/// Said of the person who looks.
pub fn own() -> AnyView {
    html::span().class("rp-mini rp-mini--accent").child(words("admin-you")).into_any()
}

/// A word with an icon.
pub fn chip(class: &'static str, what: Icon, label: &'static str) -> AnyView {
    html::span().class(format!("rp-chip {class}")).child((icon(what), html::span().child(words(label)))).into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_locked_out_is_nothing_else_and_who_waits_is_not_merely_invited() {
        let user = UserId([1; 16]);
        let person = |revoked, set_up| PersonView {
            user,
            name: "Ada".into(),
            unit: None,
            devices: 0,
            revoked,
            administrator: false,
            set_up,
        };
        let (nobody, she) = (HashSet::new(), HashSet::from([user]));
        assert_eq!(Standing::of(&person(true, true), &she), Standing::LockedOut);
        assert_eq!(Standing::of(&person(false, false), &she), Standing::Waiting);
        assert_eq!(Standing::of(&person(false, false), &nobody), Standing::Invited);
        assert_eq!(Standing::of(&person(false, true), &nobody), Standing::SetUp);
    }
}
