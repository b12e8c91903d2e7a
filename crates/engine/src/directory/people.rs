// SPDX-License-Identifier: EUPL-1.2
//! Looking people up.

use super::store;
use crate::{EngineError, db::Db, turn::Turn};
use client_api::{PersonView, UserId};

/// Everybody, or those whose folded name or unit holds the text.
pub(crate) fn people(turn: &mut Turn<'_>, text: Option<&str>) -> Result<Vec<PersonView>, EngineError> {
    let wanted = text.map(fold);
    let fits = |person: &store::PersonRow| {
        wanted.as_ref().is_none_or(|wanted| {
            [Some(&person.name), person.unit.as_ref()].into_iter().flatten().any(|t| fold(t).contains(wanted))
        })
    };
    let all = store::list_people(turn.db)?.into_iter().filter(fits);
    Ok(all
        .map(|person| PersonView {
            user: person.user,
            name: person.name,
            unit: person.unit,
            devices: person.devices,
            revoked: person.revoked,
            administrator: person.administrator,
        })
        .collect())
}

/// A person's name, or their id if the directory does not know them.
pub(crate) fn name_of(db: &Db<'_>, user: &UserId) -> Result<String, EngineError> {
    Ok(store::find_person(db, user)?.map_or_else(|| user.to_string(), |person| person.name))
}

/// Lower case, umlauts and ß as they are often typed, so that "mueller" finds "Müller".
fn fold(text: impl AsRef<str>) -> String {
    let mut out = String::new();
    for letter in text.as_ref().chars().flat_map(char::to_lowercase) {
        match letter {
            'ä' => out.push_str("ae"),
            'ö' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'ß' => out.push_str("ss"),
            other => out.push(other),
        }
    }
    out
}
