// SPDX-License-Identifier: EUPL-1.2
//! An attachment's description, which is signed, and the access to its bytes, which a forward replaces.

use super::{ContentError, file};
use crate::crypto::Secret;
use minicbor::{Decode, Encode, bytes::ByteVec};
use proto::{BlobId, ContentHash};
use std::fmt;

/// Longest file name in bytes of UTF-8.
pub const FILE_NAME_BYTES: usize = 255;
/// Longest media type in bytes.
pub const MEDIA_TYPE_BYTES: usize = 127;
/// Largest inline thumbnail in bytes.
pub const THUMBNAIL_BYTES: usize = 24 * 1024;
/// Stands for a media type that has no valid form.
pub const UNKNOWN_MEDIA_TYPE: &str = "application/octet-stream";

/// What is attached; says nothing about where it lies.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Attachment {
    /// Of the plaintext.
    #[n(0)]
    pub sha256: ContentHash,
    /// Of the plaintext.
    #[n(1)]
    pub size_bytes: u64,
    /// As the sender stated it: see [`Self::shown_media_type`].
    #[n(2)]
    pub media_type: String,
    /// As the sender stated it: see [`Self::shown_name`].
    #[n(3)]
    pub name: String,
    /// Pixels.
    #[n(4)]
    pub width: Option<u32>,
    /// Pixels.
    #[n(5)]
    pub height: Option<u32>,
    /// A small JPEG or WebP.
    #[n(6)]
    pub thumbnail: Option<ByteVec>,
}

impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Attachment(…)")
    }
}

impl Attachment {
    /// Safe as a file's name on every system, whatever the sender wrote.
    pub fn shown_name(&self) -> String {
        clean_name(&self.name)
    }

    /// `type/subtype` in lower case, or [`UNKNOWN_MEDIA_TYPE`].
    pub fn shown_media_type(&self) -> String {
        clean_media_type(&self.media_type)
    }

    pub(super) fn check(&self) -> Result<(), ContentError> {
        let thumbnail = self.thumbnail.as_ref().map_or(0, |bytes| bytes.len());
        if self.name.len() > FILE_NAME_BYTES
            || self.media_type.len() > MEDIA_TYPE_BYTES
            || thumbnail > THUMBNAIL_BYTES
            || file::padded_bytes(self.size_bytes).is_none()
        {
            return Err(ContentError::TooLarge);
        }
        Ok(())
    }
}

/// Where an attachment's ciphertext lies and what opens it. Not signed by the author: the file's hash is.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Access {
    /// The attachment it belongs to, by the hash of its plaintext.
    #[n(0)]
    pub sha256: ContentHash,
    #[n(1)]
    pub blob: BlobId,
    /// Lets read it.
    #[n(2)]
    pub read: Secret,
    /// Opens it.
    #[n(3)]
    pub key: Secret,
}

/// The last path component without control, direction and reserved characters, at most [`FILE_NAME_BYTES`] long with
/// its extension kept.
pub fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).find(|part| !part.trim().is_empty()).unwrap_or_default();
    let clean: String = last.chars().filter(|c| !is_hidden(*c)).map(|c| if is_reserved(c) { '_' } else { c }).collect();
    let clean = clean.trim().trim_matches('.').trim();
    if clean.is_empty() {
        return "Datei".into();
    }
    let clean = if is_device(clean) { format!("_{clean}") } else { clean.to_owned() };
    shorten(&clean)
}

/// `type/subtype` in lower case without parameters (RFC 6838 §4.2), or [`UNKNOWN_MEDIA_TYPE`].
pub fn clean_media_type(stated: &str) -> String {
    let plain = stated.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let token =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b));
    let valid = plain.split_once('/').is_some_and(|(kind, sub)| token(kind) && token(sub));
    if valid && plain.len() <= MEDIA_TYPE_BYTES { plain } else { UNKNOWN_MEDIA_TYPE.into() }
}

/// Only pixel formats are ever shown inside a page; SVG and HTML never.
pub fn may_show_inline(media_type: &str) -> bool {
    ["image/jpeg", "image/png", "image/webp", "image/gif"].contains(&clean_media_type(media_type).as_str())
}

/// Control characters, and those that turn the reading direction so that `exe.jpg` looks like `gpj.exe`. Joiners stay:
/// emoji and Persian names are made with them.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{61c}')
}

fn is_reserved(c: char) -> bool {
    matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*')
}

/// Names Windows gives to devices, with any extension.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let numbered =
        |prefix: &str| stem.strip_prefix(prefix).is_some_and(|n| n.len() == 1 && n.bytes().all(|b| b.is_ascii_digit()));
    ["CON", "PRN", "AUX", "NUL"].contains(&stem.as_str()) || numbered("COM") || numbered("LPT")
}

fn shorten(name: &str) -> String {
    if name.len() <= FILE_NAME_BYTES {
        return name.to_owned();
    }
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if extension.len() <= 16 => (stem, format!(".{extension}")),
        _ => (name, String::new()),
    };
    let room = FILE_NAME_BYTES - extension.len();
    let end = stem.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= room).last().unwrap_or(0);
    format!("{}{extension}", stem.get(..end).unwrap_or_default())
}
