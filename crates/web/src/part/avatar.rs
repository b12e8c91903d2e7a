// SPDX-License-Identifier: EUPL-1.2
//! Who it is by shape: a circle with initials for a person, two discs for a group, devices for one's own.

use super::icon::{Icon, icon};
use client_api::{ConversationKind, ConversationView, UserId};
use leptos::{html, prelude::*};

/// How large it is drawn: 28, 36, 48, 72 px.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Size {
    Tiny,
    Small,
    Usual,
    Large,
}

impl Size {
    fn class(self) -> &'static str {
        match self {
            Self::Tiny => " rp-av--xs",
            Self::Small => " rp-av--s",
            Self::Usual => "",
            Self::Large => " rp-av--l",
        }
    }
}

/// One of eight soft hues, always the same for one id.
pub fn hue(id: &[u8]) -> usize {
    let mixed = id.iter().fold(0x811c_9dc5u32, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
    (mixed >> 29) as usize
}

/// First letters of the first and the last word that begin with one; titles such as "Dr." are passed over.
pub fn initials(name: &str) -> String {
    let letter = |word: &str| word.chars().find(|c| c.is_alphanumeric());
    let words: Vec<&str> = name.split_whitespace().filter(|word| !word.ends_with('.')).collect();
    let first = words.iter().find_map(|word| letter(word));
    let last = words.iter().skip(1).rev().find_map(|word| letter(word));
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

pub fn person(user: &UserId, name: &str, size: Size) -> AnyView {
    let class = format!("rp-av rp-av--person hue-{}{}", hue(user.as_bytes()), size.class());
    html::span().class(class).attr("aria-hidden", "true").child(initials(name)).into_any()
}

pub fn own(size: Size) -> AnyView {
    let class = format!("rp-av rp-av--self{}", size.class());
    html::span().class(class).attr("aria-hidden", "true").child(icon(Icon::Devices)).into_any()
}

pub fn conversation(view: &ConversationView, size: Size) -> AnyView {
    match (view.kind, &view.peer) {
        (ConversationKind::Own, _) => own(size),
        (ConversationKind::Direct, Some(peer)) => person(peer, &view.name, size),
        _ => {
            let class = format!("rp-av rp-av--group hue-{}{}", hue(view.id.as_bytes()), size.class());
            let letters = html::span().child(initials(&view.name));
            html::span().class(class).attr("aria-hidden", "true").child((html::i(), letters)).into_any()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_those_of_first_and_last_name() {
        for (name, expect) in [
            ("Aylin Demir", "AD"),
            ("Dr. Henrike Brandt", "HB"),
            ("Maximiliane von Hohenfels-Brockdorff", "MH"),
            ("Lale", "L"),
            ("", ""),
            ("🚧 Bautrupp 2", "B2"),
            ("ßeta", "SS"),
            ("محمد علي", "مع"),
        ] {
            assert_eq!(initials(name), expect, "{name}");
        }
    }

    #[test]
    fn hue_is_one_of_eight() {
        assert!((0..=255u8).all(|byte| hue(&[byte, 3, 7]) < 8));
    }
}
