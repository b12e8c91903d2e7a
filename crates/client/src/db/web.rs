// SPDX-License-Identifier: EUPL-1.2
//! Opens the two databases in the browser's file pool: the store, encrypted, and the chunks, which are ciphertext already.

use super::{chunk::Chunks, store_key};
use crate::{ClientError, profile::Profile};
use engine::{
    crypto::Luck,
    db::{Connection, open_web},
    media::Media,
};

const STORE: &str = "rohrpost.db";
const MEDIA: &str = "media.db";

/// Begins a new store in an empty profile; the pool must be active.
///
/// # Errors
/// What SQLite said; [`ClientError::Full`] when the browser gives no more space.
pub fn open(profile: &Profile, _: &Luck) -> Result<(Connection, Box<dyn Media>), ClientError> {
    let key = store_key(&profile.secret);
    let conn = open_web(&profile.file(STORE), &key, profile.salt).map_err(|error| said(&error))?;
    let media = Chunks::open(&profile.file(MEDIA)).map_err(|error| said(&error.into()))?;
    Ok((conn, Box::new(media)))
}

fn said(error: &engine::EngineError) -> ClientError {
    if engine::db::is_full(error) { ClientError::Full } else { ClientError::Store(error.to_string()) }
}
