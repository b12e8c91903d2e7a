// SPDX-License-Identifier: EUPL-1.2
//! An issuer's word that a person was locked out, small enough to go with a commit: whoever holds it may remove that
//! person's leaves from any group, so that no group waits for a moderator who is the one locked out.

use super::{CERT_BYTES, CertError, IssuerIdentity, Seen, verify_issuer};
use crate::crypto::sign::{self, SigningKey};
use client_api::UserId;
use minicbor::{Decode, Encode, bytes::ByteVec};
use proto::{AuthorityId, RootPublicKey, Signature};

/// Longest encoding in bytes.
pub const REVOCATION_BYTES: usize = 1024;

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Revocation {
    #[n(0)]
    pub user: UserId,
    #[n(1)]
    pub issuer_cert: ByteVec,
    #[n(2)]
    signature: Signature,
}

/// "rp1 revocation" ‖ authority ‖ user.
fn signed_bytes(authority: &AuthorityId, user: &UserId) -> Vec<u8> {
    [b"rp1 revocation".as_slice(), authority.as_ref(), user.as_ref()].concat()
}

impl Revocation {
    pub fn sign(key: &SigningKey, issuer_cert: &[u8], authority: &AuthorityId, user: UserId) -> Self {
        let signature = key.sign(&signed_bytes(authority, &user));
        Self { user, issuer_cert: issuer_cert.to_vec().into(), signature }
    }

    /// Whose issuer has said it. The time is left out: what is revoked stays revoked.
    ///
    /// # Errors
    /// [`CertError`]: the issuer is not under `roots`, or has not signed this.
    pub fn verify(&self, roots: &[RootPublicKey], seen: &Seen) -> Result<IssuerIdentity, CertError> {
        if self.issuer_cert.len() > CERT_BYTES {
            return Err(CertError::TooLarge);
        }
        let issuer = verify_issuer(&self.issuer_cert, roots, None, seen)?;
        let signed = signed_bytes(&issuer.authority, &self.user);
        sign::verify(&issuer.key, &signed, &self.signature).map_err(|_| CertError::Signature)?;
        Ok(issuer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cert::issue_issuer,
        crypto::{luck::seeded, sign::RootKey},
    };
    use client_api::Timestamp;

    #[test]
    fn only_an_issuer_under_the_root_locks_a_person_out_and_only_the_one_it_names() {
        let luck = seeded::luck(1);
        let (root, issuer, other) =
            (RootKey::generate(&luck), SigningKey::generate(&luck), SigningKey::generate(&luck));
        let cert = issue_issuer(&luck, &root, &issuer.public(), Timestamp(1_790_000_000_000)).unwrap();
        let (authority, user) = (proto::authority::authority_id(&root.public()), UserId([1; 16]));
        let good = Revocation::sign(&issuer, &cert, &authority, user);
        assert!(good.verify(&[root.public()], &Seen::new()).is_ok());
        let renamed = Revocation { user: UserId([2; 16]), ..good.clone() };
        assert_eq!(renamed.verify(&[root.public()], &Seen::new()), Err(CertError::Signature));
        let forged = Revocation::sign(&other, &cert, &authority, user);
        assert_eq!(forged.verify(&[root.public()], &Seen::new()), Err(CertError::Signature));
        let foreign = RootKey::generate(&luck).public();
        assert_eq!(good.verify(&[foreign], &Seen::new()), Err(CertError::ForeignRoot));
        assert!(proto::encode(&good).len() <= REVOCATION_BYTES);
    }
}
