// SPDX-License-Identifier: EUPL-1.2
//! Looking people up.

use super::store::{self, INVITED};
use crate::{EngineError, db::Db, search, turn::Turn};
use client_api::{PersonView, UserId};

/// Everybody, or those whose name and unit hold every word of the text, in any spelling of umlauts.
pub(crate) fn people(turn: &mut Turn<'_>, text: Option<&str>) -> Result<Vec<PersonView>, EngineError> {
    let fits = |person: &store::PersonRow| {
        text.is_none_or(|text| {
            let unit = person.unit.as_deref().unwrap_or_default();
            search::matches(&format!("{} {unit}", person.name), text)
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
            set_up: person.state != INVITED,
        })
        .collect())
}

/// A person's name, or their id, and their unit.
pub(crate) fn name_and_unit_of(db: &Db<'_>, user: &UserId) -> Result<(String, Option<String>), EngineError> {
    let person = store::find_person(db, user)?;
    Ok(person.map_or_else(|| (user.to_string(), None), |person| (person.name, person.unit)))
}

/// A person's name, or their id if the directory does not know them.
pub(crate) fn name_of(db: &Db<'_>, user: &UserId) -> Result<String, EngineError> {
    Ok(store::find_person(db, user)?.map_or_else(|| user.to_string(), |person| person.name))
}
