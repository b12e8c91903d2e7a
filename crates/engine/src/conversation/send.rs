// SPDX-License-Identifier: EUPL-1.2
//! Writing a message: signed once, put into the outbox, encrypted only when its log is ready.

use super::{
    command::{load_member, ready},
    file,
    message::{self, Origin},
    store,
};
use crate::{
    cert,
    content::{self, Access, Message, Part, TextForm, expiry, forward},
    error::{Fail, bug},
    profile::Account,
    turn::Turn,
};
use client_api::{Answer, AttachmentId, CommandError, ConversationId, Draft, Expiry, MessageId};
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
        return Err(CommandError::Invalid("a message needs a text or an attachment".into()).into());
    }
    if let Expiry::At(at) = draft.expires
        && at <= turn.now
    {
        return Err(CommandError::Invalid("the message would already have expired".into()).into());
    }
    post(turn, &account, &row.id, parts, access, draft.expires, &draft.attachments)
}

pub(crate) fn forward(turn: &mut Turn<'_>, original: &MessageId, to: &ConversationId) -> Result<Answer, Fail> {
    let (account, row) = (ready(turn)?, load_member(turn, to)?);
    let found = store::find_message(turn.db, original)?.filter(|found| found.state == 0);
    let found = found.ok_or_else(|| CommandError::Unknown("no such message".into()))?;
    let (Some(body), Some(chain)) = (&found.body, &found.chain) else {
        return Err(CommandError::Refused("this message can't be handed on".into()).into());
    };
    let message_in = content::parse(body).map_err(bug)?;
    let chain: Vec<ByteVec> = minicbor::decode(chain).map_err(bug)?;
    let chain: Vec<Vec<u8>> = chain.into_iter().map(Vec::from).collect();
    let refused = |error: forward::Refused| CommandError::Refused(error.to_string());
    let provenance = forward::make(&message_in, &chain, forward::keep_usual).map_err(refused)?;
    let outer = message_in.message().map_err(bug)?.expires;
    let expires = expiry::inherit(provenance.claims().3, expiry::inherit(outer, Expiry::Never).unwrap_or_default());
    let expires =
        expires.ok_or_else(|| CommandError::Refused("messages that go after reading are not handed on".into()))?;
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
    let signed = signed.map_err(|error| CommandError::Invalid(error.to_string()))?;
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
) -> Result<(), crate::EngineError> {
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
