// SPDX-License-Identifier: EUPL-1.2
//! Many people to be invited at once: from a list that was read to the links in a file.

use super::sheet::{self, Sheet, Trouble};
use crate::{
    bridge,
    file::{picture, save},
    text::t,
};
use client_api::{Answer, Command, Link, NewPerson, port::PortError};
use leptos::{prelude::*, task::spawn_local};
use web_sys::File;

/// Far more than 5,000 lines need.
const MOST_BYTES: f64 = 8_000_000.0;

#[derive(Clone, PartialEq, Eq)]
pub struct Invited {
    person: NewPerson,
    link: Link,
}

/// An import under way; it outlives a look into another room.
#[derive(Clone, Copy)]
pub struct Import {
    /// What the list is called.
    pub name: RwSignal<String>,
    pub sheet: RwSignal<Option<Sheet>>,
    pub trouble: RwSignal<Option<Trouble>>,
    /// People being invited right now.
    pub busy: RwSignal<usize>,
    pub failed: RwSignal<Option<PortError>>,
    pub done: RwSignal<Vec<Invited>>,
}

impl Import {
    pub fn new() -> Self {
        Self {
            name: RwSignal::default(),
            sheet: RwSignal::new(None),
            trouble: RwSignal::new(None),
            busy: RwSignal::new(0),
            failed: RwSignal::new(None),
            done: RwSignal::default(),
        }
    }

    pub fn begin_anew(self) {
        self.sheet.set(None);
        self.trouble.set(None);
        self.failed.set(None);
        self.done.set(Vec::new());
    }

    pub fn look_at(self, name: String, bytes: &[u8]) {
        self.failed.set(None);
        match sheet::read(bytes) {
            Ok(sheet) => {
                self.name.set(name);
                self.trouble.set(None);
                self.sheet.set(Some(sheet));
            }
            Err(trouble) => self.trouble.set(Some(trouble)),
        }
    }

    pub fn take(self, file: File) {
        if file.size() > MOST_BYTES {
            return self.trouble.set(Some(Trouble::TooLarge));
        }
        spawn_local(async move {
            let bytes = picture::bytes(&file).await;
            if self.trouble.try_get_untracked().is_none() {
                return;
            }
            match bytes {
                Some(bytes) => self.look_at(file.name(), &bytes),
                None => self.trouble.set(Some(Trouble::Unreadable)),
            }
        });
    }
}

/// Invites them. The file is offered even if somebody has gone elsewhere meanwhile: the links exist nowhere else.
pub fn carry_out(import: Import, people: Vec<NewPerson>) {
    import.busy.set(people.len());
    import.failed.set(None);
    spawn_local(async move {
        let answer = match bridge::tell(Command::Invite(people.clone())).await {
            Ok(Answer::Links(links)) if links.len() == people.len() => Ok(links),
            Ok(_) => Err(PortError::Broken),
            Err(error) => Err(error),
        };
        let answer = answer.map(|links| {
            let both = people.into_iter().zip(links).map(|(person, link)| Invited { person, link });
            let done: Vec<Invited> = both.collect();
            offer(&done);
            done
        });
        if import.busy.try_get_untracked().is_none() {
            return;
        }
        match answer {
            Ok(done) => import.done.set(done),
            Err(error) => import.failed.set(Some(error)),
        }
        import.busy.set(0);
    });
}

/// Hands the links out as a file.
pub fn offer(done: &[Invited]) {
    let heads = vec![t("admin-name"), t("admin-unit"), t("admin-link-column")];
    let rows = done.iter().map(|Invited { person, link }| {
        vec![person.name.clone(), person.unit.clone().unwrap_or_default(), link.0.clone()]
    });
    save::bytes(&t("admin-import-file"), "text/csv", &sheet::write(std::iter::once(heads).chain(rows)));
}
