// SPDX-License-Identifier: EUPL-1.2
//! The parts of a message, numbered for good; a number nobody here knows is kept as "newer".

use super::{
    ATTACHMENTS, Attachment, ContentError, NAME_BYTES, Provenance, REACTION_BYTES, RECEIPT_IDS, TEXT_BYTES, forward,
};
use client_api::{MessageId, Place, Timestamp};
use minicbor::{Decode, Decoder, Encode};
use std::fmt;

/// Declares an enum sent as one number; numbers of newer versions read as the first variant.
macro_rules! code {
    ($(#[$doc:meta])* $name:ident { $first:ident = 0 $(, $(#[$vdoc:meta])* $variant:ident = $code:literal)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum $name {
            #[default]
            $first,
            $($(#[$vdoc])* $variant,)*
        }

        impl<C> Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.u32(match self {
                    Self::$first => 0,
                    $(Self::$variant => $code,)*
                })?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                Ok(match d.u32()? {
                    $($code => Self::$variant,)*
                    _ => Self::$first,
                })
            }
        }
    };
}
code!(
    /// How a text is to be read.
    TextForm {
        Plain = 0,
        /// Emphasis, lists, links, quotes and code; never HTML.
        Markdown = 1
    }
);
code!(
    /// How much a message may disturb.
    Urgency {
        Normal = 0,
        /// Without sound.
        Quiet = 1,
        /// Through quiet hours.
        Urgent = 2
    }
);

/// The largest number below that this version knows.
const LAST: u32 = 13;

/// One part; each is hashed alone, so that a forward can leave it out.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub enum Part {
    #[n(0)]
    #[cbor(map)]
    Text {
        #[n(0)]
        text: String,
        #[n(1)]
        form: TextForm,
    },
    #[n(1)]
    Attachment(#[n(0)] Attachment),
    #[n(2)]
    Place(#[n(0)] Place),
    /// When the camera took it, by its own clock.
    #[n(3)]
    CapturedAt(#[n(0)] Timestamp),
    #[n(4)]
    InReplyTo(#[n(0)] MessageId),
    /// An edit: the rest of this message stands for that one, if it is by the same person.
    #[n(5)]
    Replaces(#[n(0)] MessageId),
    #[n(6)]
    Topic(#[n(0)] String),
    #[n(7)]
    Urgency(#[n(0)] Urgency),
    /// An empty text takes the own reaction back.
    #[n(8)]
    #[cbor(map)]
    Reaction {
        #[n(0)]
        message: MessageId,
        #[n(1)]
        reaction: String,
    },
    /// Recall, if that message is by the same person.
    #[n(9)]
    Delete(#[n(0)] MessageId),
    /// Receipts: these came in on a device of the author.
    #[n(10)]
    Delivered(#[n(0)] Vec<MessageId>),
    /// Receipts: these were looked at by the author.
    #[n(11)]
    Opened(#[n(0)] Vec<MessageId>),
    /// Somebody else's message, handed on.
    #[n(12)]
    Forward(#[n(0)] Provenance),
    /// The author gave the conversation this name.
    #[n(13)]
    Renamed(#[n(0)] String),
    /// Read from a newer version; never written. Holds its number.
    #[n(65535)]
    Newer(#[n(0)] u32),
}

impl fmt::Debug for Part {
    /// The kind alone: what people write is in no log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Self::Text { .. } => "Text",
            Self::Attachment(_) => "Attachment",
            Self::Place(_) => "Place",
            Self::CapturedAt(_) => "CapturedAt",
            Self::InReplyTo(_) => "InReplyTo",
            Self::Replaces(_) => "Replaces",
            Self::Topic(_) => "Topic",
            Self::Urgency(_) => "Urgency",
            Self::Reaction { .. } => "Reaction",
            Self::Delete(_) => "Delete",
            Self::Delivered(_) => "Delivered",
            Self::Opened(_) => "Opened",
            Self::Forward(_) => "Forward",
            Self::Renamed(_) => "Renamed",
            Self::Newer(_) => "Newer",
        };
        write!(f, "{kind}(…)")
    }
}

impl Part {
    /// The bytes that are hashed and sent.
    ///
    /// # Errors
    /// [`ContentError::Newer`], or the limit that is passed.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ContentError> {
        self.check()?;
        if matches!(self, Self::Newer(_)) {
            return Err(ContentError::Newer);
        }
        Ok(minicbor::to_vec(self).expect("encoding to memory does not fail"))
    }

    /// Reads one part. What a newer version added is skipped or [`Self::Newer`].
    ///
    /// # Errors
    /// [`ContentError::Malformed`], or the limit that is passed.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ContentError> {
        let mut decoder = Decoder::new(bytes);
        let malformed = |_| ContentError::Malformed;
        if decoder.array().map_err(malformed)? != Some(2) {
            return Err(ContentError::Malformed);
        }
        let number = decoder.u32().map_err(malformed)?;
        if number > LAST {
            decoder.skip().map_err(malformed)?;
            return if decoder.position() == bytes.len() {
                Ok(Self::Newer(number))
            } else {
                Err(ContentError::Malformed)
            };
        }
        let mut decoder = Decoder::new(bytes);
        let part: Self = decoder.decode().map_err(malformed)?;
        if decoder.position() != bytes.len() {
            return Err(ContentError::Malformed);
        }
        part.check()?;
        Ok(part)
    }

    fn check(&self) -> Result<(), ContentError> {
        match self {
            Self::Text { text, .. } => within(text.len(), TEXT_BYTES),
            Self::Attachment(attachment) => attachment.check(),
            Self::Place(place) => check_place(place),
            Self::Topic(name) | Self::Renamed(name) => within(name.len(), NAME_BYTES),
            Self::Reaction { reaction, .. } => within(reaction.len(), REACTION_BYTES),
            Self::Delivered(ids) | Self::Opened(ids) if ids.len() > RECEIPT_IDS => Err(ContentError::TooMany),
            Self::Forward(provenance) => forward::check(provenance),
            _ => Ok(()),
        }
    }
}

/// Limits that hold over all parts of one message or forward.
///
/// # Errors
/// [`ContentError::TooMany`].
pub(super) fn check_together(parts: &[Part]) -> Result<(), ContentError> {
    let attachments = parts.iter().filter(|part| matches!(part, Part::Attachment(_))).count();
    let forwards = parts.iter().filter(|part| matches!(part, Part::Forward(_))).count();
    if attachments > ATTACHMENTS || forwards > 1 { Err(ContentError::TooMany) } else { Ok(()) }
}

fn within(length: usize, limit: usize) -> Result<(), ContentError> {
    if length > limit { Err(ContentError::TooLarge) } else { Ok(()) }
}

fn check_place(place: &Place) -> Result<(), ContentError> {
    let on_earth =
        place.latitude_e7.unsigned_abs() <= 900_000_000 && place.longitude_e7.unsigned_abs() <= 1_800_000_000;
    if on_earth { Ok(()) } else { Err(ContentError::Malformed) }
}
