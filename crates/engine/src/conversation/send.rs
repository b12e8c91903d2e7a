// SPDX-License-Identifier: EUPL-1.2
//! Writing a message: signed once, put into the outbox, encrypted only when its log is ready.

use super::{
    command::{load_member, ready},
    draft, file,
    message::{self, Origin},
    store::{self, MessageRow},
};
use crate::{
    EngineError, cert,
    content::{self, Access, ContentError, Message, MessageIn, Part, Provenance, TextForm, expiry, forward},
    error::{Fail, bug},
    profile::Account,
    turn::Turn,
};
use client_api::{Answer, AttachmentId, CommandError, ConversationId, Draft, Expiry, MessageId, Why};
use minicbor::bytes::ByteVec;

pub(crate) fn send(turn: &mut Turn<'_>, id: &ConversationId, draft: Draft) -> Result<Answer, Fail> {
    let (account, row) = (ready(turn)?, load_member(turn, id)?);
    let mut parts = Vec::new();
    if !draft.text.is_empty() {
        parts.push(Part::Text { text: draft.text.clone(), form: TextForm::Plain });
    }
    let mut access = Vec::new();
    for attachment in &draft.attachments {
        let (description, way) = file::staged(turn, attachment)?;
        parts.push(Part::Attachment(description));
        access.push(way);
    }
    parts.extend(draft.place.map(Part::Place));
    parts.extend(draft.captured_at.map(Part::CapturedAt));
    parts.extend(draft.in_reply_to.map(Part::InReplyTo));
    if parts.is_empty() {
        return Err(CommandError::Invalid(Why::Empty).into());
    }
    if let Expiry::At(at) = draft.expires
        && at <= turn.now
    {
        return Err(CommandError::Invalid(Why::AlreadyExpired).into());
    }
    draft::forget(turn, id)?;
    post(turn, &account, &row.id, parts, access, draft.expires, &draft.attachments)
}

pub(crate) fn forward(turn: &mut Turn<'_>, original: &MessageId, to: &ConversationId) -> Result<Answer, Fail> {
    let (account, row) = (ready(turn)?, load_member(turn, to)?);
    let found = store::find_message(turn.db, original)?.filter(|found| found.state == 0);
    let found = found.ok_or(CommandError::Unknown(Why::NoSuchMessage))?;
    let Some(body) = &found.body else { return Err(CommandError::Refused(Why::NotForwardable).into()) };
    let signed = content::parse(body).map_err(bug)?;
    let (provenance, expires) = provenance_of(&found, &signed)?.map_err(CommandError::Refused)?;
    let (mut copies, mut access) = (Vec::new(), Vec::new());
    for part in provenance.parts().map_err(bug)? {
        if let Part::Attachment(description) = part {
            let (copy, way) = file::copy(turn, &found.id, &description)?;
            copies.push(copy);
            access.push(way);
        }
    }
    post(turn, &account, &row.id, vec![Part::Forward(provenance)], access, expires, &copies)
}

/// What is handed on of a message and until when it lasts, or why it is not for handing on.
pub(super) fn provenance_of(
    found: &MessageRow,
    signed: &MessageIn,
) -> Result<Result<(Provenance, Expiry), Why>, EngineError> {
    let Some(chain) = found.chain.as_ref().filter(|_| found.state == 0) else { return Ok(Err(Why::NotForwardable)) };
    let chain: Vec<ByteVec> = minicbor::decode(chain).map_err(bug)?;
    let chain: Vec<Vec<u8>> = chain.into_iter().map(Vec::from).collect();
    let provenance = match forward::make(signed, &chain, forward::keep_usual) {
        Ok(provenance) => provenance,
        Err(forward::Refused::ReadingOnly) => return Ok(Err(Why::ForwardAfterReading)),
        Err(forward::Refused::Content(_)) => return Ok(Err(Why::NotForwardable)),
    };
    let outer = signed.message().map_err(bug)?.expires;
    let expires = expiry::inherit(provenance.claims().3, expiry::inherit(outer, Expiry::Never).unwrap_or_default());
    Ok(expires.map(|expires| (provenance, expires)).ok_or(Why::ForwardAfterReading))
}

fn post(
    turn: &mut Turn<'_>,
    account: &Account,
    id: &ConversationId,
    parts: Vec<Part>,
    access: Vec<Access>,
    expires: Expiry,
    attachments: &[AttachmentId],
) -> Result<Answer, Fail> {
    let message = Message { author: account.user, device: account.device, sent_at: turn.now, expires, parts, access };
    let signed = message.sign(turn.luck, &account.device_signer()?, id);
    let signed = signed.map_err(|error| {
        CommandError::Invalid(match error {
            ContentError::Empty => Why::Empty,
            ContentError::TooLarge => Why::TooLong,
            ContentError::TooMany => Why::TooManyFiles,
            // of all that people write only a place has a form to be broken
            _ => Why::PlaceBroken,
        })
    })?;
    for attachment in attachments {
        file::attach(turn, attachment, &signed.id)?;
    }
    let origin = Origin { conversation: *id, delivery: 1, chain: store::chain_bytes(&account.chain), verified: None };
    message::show(turn, account, origin, signed.id, &signed.bytes, &message)?;
    store::add_outbox(turn.db, id, Some(&signed.id), &signed.bytes)?;
    Ok(Answer::Message(signed.id))
}

/// A message nobody sees: receipts.
pub(super) fn housekeeping(
    turn: &mut Turn<'_>,
    account: &Account,
    id: &ConversationId,
    part: Part,
) -> Result<(), EngineError> {
    let message = Message {
        author: account.user,
        device: account.device,
        sent_at: turn.now,
        expires: Expiry::Never,
        parts: vec![part],
        access: Vec::new(),
    };
    let signed = message.sign(turn.luck, &account.device_signer()?, id).map_err(bug)?;
    store::add_outbox(turn.db, id, None, &signed.bytes)
}

/// Judges the forward inside a message.
pub(super) fn is_verified(turn: &Turn<'_>, account: &Account, message: &Message) -> Option<bool> {
    let provenance = message.parts.iter().find_map(|part| match part {
        Part::Forward(provenance) => Some(provenance),
        _ => None,
    })?;
    let _ = cert::CERT_BYTES;
    Some(forward::verify(provenance, &[account.root_pub], turn.seen).is_ok())
}
