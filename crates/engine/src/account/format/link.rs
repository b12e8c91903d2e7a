// SPDX-License-Identifier: EUPL-1.2
//! The invitation link: `https://server/#/einladung/<base64url>`; all but the server's address is in the fragment.

use crate::crypto::{
    Luck, Secret, kdf,
    sign::{self, SigningKey},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use minicbor::{Decode, Encode};
use proto::{AuthorityId, ContentHash, Hour, InboxId, InviteId, Pass, PublicKey, RootPublicKey, Signature};
use sha2::{Digest, Sha256};
use std::net::{Ipv4Addr, Ipv6Addr};

const FRAGMENT: &str = "/#/einladung/";
/// Largest link in bytes; a QR code holds 2,953.
pub const LINK_BYTES: usize = 800;
const SERVER_BYTES: usize = 200;
const CHECK_BYTES: usize = 4;

/// What an invited person holds: a bearer credential until it was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InviteLink {
    /// `https://host[:port]`; `http://` on loopback only.
    pub server: String,
    pub authority: AuthorityId,
    /// See [`root_fingerprint`].
    pub root: ContentHash,
    pub invite: InviteId,
    pub seed: Secret,
    pub approver_inbox: InboxId,
    pub not_after: Hour,
    /// By the authority's pass key over [`Self::pass`].
    pub signature: Signature,
}

/// What is wrong with a link. Whether it has expired is for the caller to judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    #[error("this is not an invitation link")]
    NotALink,
    #[error("the server address is not https://host[:port]")]
    Server,
    #[error("the link is incomplete or was altered: copy it whole")]
    Altered,
    #[error("the link was made by a newer version")]
    NewerVersion,
}

/// What follows from the seed.
#[derive(Clone, Debug)]
pub struct InviteSecrets {
    pub pass_key: SigningKey,
    /// Seals the request.
    pub request_key: Secret,
    pub reply_inbox: InboxId,
    pub reply_owner: SigningKey,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Body {
    #[n(0)]
    authority: AuthorityId,
    #[n(1)]
    root: ContentHash,
    #[n(2)]
    invite: InviteId,
    #[n(3)]
    seed: Secret,
    #[n(4)]
    approver_inbox: InboxId,
    #[n(5)]
    not_after: Hour,
    #[n(6)]
    signature: Signature,
}

/// SHA-256("rp1 root" ‖ root public key).
pub fn root_fingerprint(root: &RootPublicKey) -> ContentHash {
    ContentHash(Sha256::new_with_prefix(b"rp1 root").chain_update(root).finalize().into())
}

impl InviteSecrets {
    pub fn of(seed: &Secret) -> Self {
        Self {
            pass_key: Self::pass_key(seed),
            request_key: kdf::expand(seed, &[b"rp1 invite request"]),
            reply_inbox: Self::reply_inbox(seed),
            reply_owner: kdf::derive_signing_key(&kdf::expand(seed, &[b"rp1 invite reply owner"])),
        }
    }

    fn pass_key(seed: &Secret) -> SigningKey {
        kdf::derive_signing_key(&kdf::expand(seed, &[b"rp1 invite pass"]))
    }

    fn reply_inbox(seed: &Secret) -> InboxId {
        InboxId(*kdf::expand(seed, &[b"rp1 invite reply inbox"]).expose())
    }
}

/// Who invites, where to, and until when.
#[derive(Clone, Debug)]
pub struct Offer {
    pub server: String,
    pub root: RootPublicKey,
    pub authority: AuthorityId,
    pub approver_inbox: InboxId,
    /// At most [`proto::limit::PASS_DAYS`] from now.
    pub not_after: Hour,
}

impl InviteLink {
    /// A fresh invitation, signed with the authority's pass key.
    ///
    /// # Errors
    /// [`LinkError::Server`].
    pub fn create(luck: &Luck, offer: &Offer, pass_key: &SigningKey) -> Result<Self, LinkError> {
        check_server(&offer.server)?;
        let mut link = Self {
            server: offer.server.clone(),
            authority: offer.authority,
            root: root_fingerprint(&offer.root),
            invite: InviteId(luck.bytes()),
            seed: Secret::new(luck.bytes()),
            approver_inbox: offer.approver_inbox,
            not_after: offer.not_after,
            signature: Signature([0; 64]),
        };
        link.signature = pass_key.sign(&link.pass().signed_bytes());
        Ok(link)
    }

    pub fn secrets(&self) -> InviteSecrets {
        InviteSecrets::of(&self.seed)
    }

    /// The pass as the server wants to see it.
    pub fn pass(&self) -> Pass {
        Pass {
            authority: self.authority,
            invite: self.invite,
            pass_key: InviteSecrets::pass_key(&self.seed).public(),
            approver_inbox: self.approver_inbox,
            reply_inbox: InviteSecrets::reply_inbox(&self.seed),
            not_after: self.not_after,
            signature: self.signature,
        }
    }

    /// Whether the pass bears the signature of this pass key, as the server will check it.
    pub fn is_signed_by(&self, pass_pub: &PublicKey) -> bool {
        sign::verify(pass_pub, &self.pass().signed_bytes(), &self.signature).is_ok()
    }

    pub fn to_text(&self) -> String {
        let mut body = proto::encode(&Body {
            authority: self.authority,
            root: self.root,
            invite: self.invite,
            seed: self.seed.clone(),
            approver_inbox: self.approver_inbox,
            not_after: self.not_after,
            signature: self.signature,
        });
        body.extend(check(&self.server, &body));
        [&self.server, FRAGMENT, &URL_SAFE_NO_PAD.encode(body)].concat()
    }

    /// Reads exactly what [`Self::to_text`] wrote; space around it is allowed.
    ///
    /// # Errors
    /// [`LinkError`]: what to tell the invited person.
    pub fn parse(text: &str) -> Result<Self, LinkError> {
        let (server, body) = text.trim().split_once(FRAGMENT).ok_or(LinkError::NotALink)?;
        if text.len() > LINK_BYTES {
            return Err(LinkError::Altered);
        }
        check_server(server)?;
        Self::from_body(server, &URL_SAFE_NO_PAD.decode(body).map_err(|_| LinkError::Altered)?)
    }

    fn from_body(server: &str, bytes: &[u8]) -> Result<Self, LinkError> {
        let at = bytes.len().checked_sub(CHECK_BYTES).ok_or(LinkError::Altered)?;
        let (body, stated) = bytes.split_at_checked(at).ok_or(LinkError::Altered)?;
        if check(server, body) != stated {
            return Err(LinkError::Altered);
        }
        let body: Body = proto::decode(body, LINK_BYTES).map_err(|error| match error {
            proto::DecodeError::Version => LinkError::NewerVersion,
            _ => LinkError::Altered,
        })?;
        Ok(Self {
            server: server.to_owned(),
            authority: body.authority,
            root: body.root,
            invite: body.invite,
            seed: body.seed,
            approver_inbox: body.approver_inbox,
            not_after: body.not_after,
            signature: body.signature,
        })
    }
}

/// Finds slips of copying, not attackers: those would compute it anew.
fn check(server: &str, body: &[u8]) -> Vec<u8> {
    let hash = Sha256::new_with_prefix(b"rp1 link").chain_update(body).chain_update(server).finalize();
    hash.iter().take(CHECK_BYTES).copied().collect()
}

/// `https://host[:port]` in lower case, nothing behind it; `http://` on loopback only.
///
/// # Errors
/// [`LinkError::Server`].
pub fn check_server(server: &str) -> Result<(), LinkError> {
    let (rest, secure) = match (server.strip_prefix("https://"), server.strip_prefix("http://")) {
        (Some(rest), _) => (rest, true),
        (None, Some(rest)) => (rest, false),
        (None, None) => return Err(LinkError::Server),
    };
    let (host, port) = split_port(rest).ok_or(LinkError::Server)?;
    let port_fits = port.is_none_or(|port| {
        !port.starts_with('0') && port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok()
    });
    let host_fits = is_name(host) || bracketed(host).is_some();
    if server.len() <= SERVER_BYTES && port_fits && host_fits && (secure || is_loopback(host)) {
        Ok(())
    } else {
        Err(LinkError::Server)
    }
}

fn split_port(rest: &str) -> Option<(&str, Option<&str>)> {
    if rest.starts_with('[') {
        let (host, after) = rest.split_at_checked(rest.find(']')? + 1)?;
        return if after.is_empty() { Some((host, None)) } else { Some((host, Some(after.strip_prefix(':')?))) };
    }
    Some(rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port))))
}

fn is_name(host: &str) -> bool {
    host.split('.').all(|label| {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (1..=63).contains(&label.len()) && label.bytes().all(fits) && !label.starts_with('-') && !label.ends_with('-')
    })
}

fn bracketed(host: &str) -> Option<Ipv6Addr> {
    host.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || bracketed(host).is_some_and(|address| address.is_loopback())
}

/// The body behind the checksum.
pub(super) fn fuzz_body(bytes: &[u8]) {
    let server = "https://rohrpost.example";
    let whole = [bytes, &check(server, bytes)].concat();
    if let Ok(link) = InviteLink::from_body(server, &whole) {
        assert_eq!(InviteLink::parse(&link.to_text()).as_ref(), Ok(&link), "what was read is not what is written");
    }
}
