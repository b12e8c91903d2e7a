// SPDX-License-Identifier: EUPL-1.2
//! What an account begins with: the root file, the invitation link, and the letters of enrolment.

pub mod enrol;
pub mod link;
pub mod renewal;
pub mod root_file;
#[cfg(test)]
mod tests;

pub use enrol::{
    ENROL_REQUEST_BYTES, EnrolAnswer, EnrolReply, EnrolRequest, Invitation, Refusal, RequestKeys, code, open_answer,
    open_invitations, open_request, request_hash, request_invite, seal_answer, seal_invitations, seal_refusal,
    seal_request,
};
pub use link::{InviteLink, InviteSecrets, LinkError, root_fingerprint};
pub use renewal::{RenewalLetter, Wanted, open_renewal, seal_renewal};
pub use root_file::{RootFile, RootFileError, open_root_file, seal_root_file};

/// Why a letter of enrolment is refused; final for these bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LetterError {
    #[error("longer than the limit")]
    TooLarge,
    #[error("not in the fixed form")]
    Malformed,
    #[error("does not open")]
    Open,
    #[error("sent by somebody who does not have the keys it names")]
    Possession,
}

/// For mutators: never panics, and what is accepted is written again and read as the same value.
pub fn fuzz(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(link) = InviteLink::parse(text)
    {
        assert_eq!(InviteLink::parse(&link.to_text()).as_ref(), Ok(&link), "a link changes");
    }
    link::fuzz_body(bytes);
    root_file::fuzz(bytes);
    enrol::fuzz(bytes);
    renewal::fuzz(bytes);
}
