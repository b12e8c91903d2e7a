// SPDX-License-Identifier: EUPL-1.2
//! One certificate: strict DER in, its fields and the exact signed bytes out, held against the profile.

use super::{
    CERT_BYTES, CertError, Validity,
    form::{self, Role},
    issuer_id,
};
use client_api::{DeviceId, IssuerId, UserId};
use p256::ecdsa::signature::Verifier;
use proto::{AuthorityId, PublicKey, RootPublicKey};
use std::str::FromStr;
use x509_cert::{
    Certificate, TbsCertificate, Version,
    der::{Decode, Encode, Header, Reader, SliceReader, asn1::ObjectIdentifier, oid::AssociatedOid},
    ext::{
        Extension,
        pkix::{AuthorityKeyIdentifier, BasicConstraints, KeyUsage, SubjectKeyIdentifier},
    },
    name::Name,
};

const ECDSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const ECDSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");

/// A certificate as read; its signature is not checked yet.
pub(super) struct Cert {
    cert: Certificate,
    der: Vec<u8>,
    pub key: PublicKey,
    pub valid: Validity,
}

/// Reads strict DER: what is read, written again, must be the same bytes.
pub(super) fn cert(der: &[u8]) -> Result<Cert, CertError> {
    if der.len() > CERT_BYTES {
        return Err(CertError::TooLarge);
    }
    let cert = Certificate::from_der(der).map_err(|_| CertError::Form)?;
    if cert.to_der().map_err(|_| CertError::Form)? != der {
        return Err(CertError::Form);
    }
    let tbs = cert.tbs_certificate();
    if tbs.version() != Version::V3 || tbs.issuer_unique_id().is_some() || tbs.subject_unique_id().is_some() {
        return Err(CertError::Form);
    }
    let key = public_key(tbs)?;
    let span = tbs.validity();
    let valid = Validity {
        from_secs: span.not_before.to_unix_duration().as_secs(),
        to_secs: span.not_after.to_unix_duration().as_secs(),
    };
    Ok(Cert { der: der.to_vec(), key, valid, cert })
}

fn public_key(tbs: &TbsCertificate) -> Result<PublicKey, CertError> {
    let info = tbs.subject_public_key_info();
    let curve: Option<ObjectIdentifier> =
        info.algorithm.parameters.as_ref().and_then(|parameters| parameters.decode_as().ok());
    if info.algorithm.oid != EC_PUBLIC_KEY || curve != Some(P256) {
        return Err(CertError::Algorithm);
    }
    let bytes = info.subject_public_key.as_bytes().ok_or(CertError::Form)?;
    p256::ecdsa::VerifyingKey::from_sec1_bytes(bytes).map_err(|_| CertError::Algorithm)?;
    PublicKey::from_slice(bytes).ok_or(CertError::Algorithm)
}

impl Cert {
    pub(super) fn der(&self) -> &[u8] {
        &self.der
    }

    pub(super) fn subject(&self) -> &Name {
        self.cert.tbs_certificate().subject()
    }

    pub(super) fn issuer(&self) -> &Name {
        self.cert.tbs_certificate().issuer()
    }

    /// Constraints, usage and own key id are exactly those of `role`, and nothing critical is unknown.
    pub(super) fn check_profile(&self, role: Role) -> Result<(), CertError> {
        let known = [AuthorityKeyIdentifier::OID, SubjectKeyIdentifier::OID, KeyUsage::OID, BasicConstraints::OID];
        if self.extensions().any(|extension| extension.critical && !known.contains(&extension.extn_id)) {
            return Err(CertError::UnknownCritical);
        }
        let constraints = self.find::<BasicConstraints>()?.filter(|found| found.ca);
        match (role.path_length(), constraints) {
            (None, None) => {}
            (None, Some(_)) => return Err(CertError::DeviceMayIssue),
            (Some(_), None) => return Err(CertError::MayNotIssue),
            (wanted, Some(found)) if found.path_len_constraint == wanted => {}
            (Some(_), Some(_)) => return Err(CertError::PathLength),
        }
        if self.find::<KeyUsage>()?.ok_or(CertError::Extension)? != role.usage() {
            return Err(CertError::KeyUsage);
        }
        let own = self.find::<SubjectKeyIdentifier>()?.ok_or(CertError::Extension)?;
        if own.0.as_bytes() != form::key_id(self.key.as_ref()) {
            return Err(CertError::KeyId);
        }
        Ok(())
    }

    /// The parent's key id is that of `parent`.
    pub(super) fn check_parent_id(&self, parent: &[u8]) -> Result<(), CertError> {
        let id = self.find::<AuthorityKeyIdentifier>()?.ok_or(CertError::Extension)?;
        if id.authority_cert_issuer.is_some() || id.authority_cert_serial_number.is_some() {
            return Err(CertError::Extension);
        }
        let id = id.key_identifier.ok_or(CertError::Extension)?;
        if id.as_bytes() == form::key_id(parent) { Ok(()) } else { Err(CertError::KeyId) }
    }

    /// Name, key id and lifetime fit under `parent`.
    pub(super) fn check_under(&self, parent: &Self) -> Result<(), CertError> {
        if self.issuer() != parent.subject() {
            return Err(CertError::NameChain);
        }
        self.check_parent_id(parent.key.as_ref())?;
        if self.valid.from_secs < parent.valid.from_secs || self.valid.to_secs > parent.valid.to_secs {
            return Err(CertError::Outlives);
        }
        Ok(())
    }

    /// The authority whose root this issuer certificate names as its parent.
    pub(super) fn root_authority(&self) -> Result<AuthorityId, CertError> {
        let authority = authority(&common_name(self.issuer())?)?;
        if *self.issuer() == form::root_name(&authority) { Ok(authority) } else { Err(CertError::Subject) }
    }

    /// Subject of an issuer: the id that follows from its key.
    pub(super) fn issuer_id(&self) -> Result<IssuerId, CertError> {
        let id = issuer_id(&self.key);
        if *self.subject() == form::issuer_name(&id) { Ok(id) } else { Err(CertError::Subject) }
    }

    pub(super) fn user(&self) -> Result<(UserId, AuthorityId), CertError> {
        let user = UserId::from_str(&common_name(self.subject())?).map_err(|_| CertError::Subject)?;
        let organization = self.subject().organization().ok().flatten().ok_or(CertError::Subject)?;
        let authority = authority(&organization.value())?;
        if *self.subject() == form::user_name(&user, &authority) {
            Ok((user, authority))
        } else {
            Err(CertError::Subject)
        }
    }

    pub(super) fn device(&self) -> Result<DeviceId, CertError> {
        let device = DeviceId::from_str(&common_name(self.subject())?).map_err(|_| CertError::Subject)?;
        if *self.subject() == form::device_name(&device) { Ok(device) } else { Err(CertError::Subject) }
    }

    pub(super) fn check_time(&self, at_secs: u64) -> Result<(), CertError> {
        if at_secs < self.valid.from_secs {
            return Err(CertError::NotYetValid);
        }
        if at_secs > self.valid.to_secs { Err(CertError::Expired) } else { Ok(()) }
    }

    pub(super) fn check_signature(&self, parent: &PublicKey) -> Result<(), CertError> {
        let (signed, signature) = self.signed(ECDSA_SHA256)?;
        let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(parent.as_ref()).map_err(|_| CertError::Algorithm)?;
        let signature = p256::ecdsa::DerSignature::from_bytes(signature).map_err(|_| CertError::Signature)?;
        key.verify(signed, &signature).map_err(|_| CertError::Signature)
    }

    pub(super) fn check_root_signature(&self, root: &RootPublicKey) -> Result<(), CertError> {
        let (signed, signature) = self.signed(ECDSA_SHA384)?;
        let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(root.as_ref()).map_err(|_| CertError::Algorithm)?;
        let signature = p384::ecdsa::DerSignature::from_bytes(signature).map_err(|_| CertError::Signature)?;
        key.verify(signed, &signature).map_err(|_| CertError::Signature)
    }

    /// The signed bytes exactly as received, and the signature.
    fn signed(&self, algorithm: ObjectIdentifier) -> Result<(&[u8], &[u8]), CertError> {
        let stated = self.cert.signature_algorithm();
        let inner = self.cert.tbs_certificate().signature();
        if stated != inner || stated.oid != algorithm || stated.parameters.is_some() {
            return Err(CertError::Algorithm);
        }
        let mut reader = SliceReader::new(&self.der).map_err(|_| CertError::Form)?;
        Header::decode(&mut reader).map_err(|_| CertError::Form)?;
        let signed = reader.tlv_bytes().map_err(|_| CertError::Form)?;
        Ok((signed, self.cert.signature().as_bytes().ok_or(CertError::Form)?))
    }

    fn extensions(&self) -> impl Iterator<Item = &Extension> {
        self.cert.tbs_certificate().extensions().into_iter().flatten()
    }

    /// The one extension of this kind; two of a kind are refused.
    fn find<'a, T: Decode<'a> + AssociatedOid>(&'a self) -> Result<Option<T>, CertError> {
        let mut found = self.extensions().filter(|extension| extension.extn_id == T::OID);
        let Some(extension) = found.next() else { return Ok(None) };
        if found.next().is_some() {
            return Err(CertError::Extension);
        }
        T::from_der(extension.extn_value.as_bytes()).map(Some).map_err(|_| CertError::Extension)
    }
}

fn common_name(name: &Name) -> Result<String, CertError> {
    let text = name.common_name().ok().flatten().ok_or(CertError::Subject)?;
    Ok(text.value().into_owned())
}

fn authority(text: &str) -> Result<AuthorityId, CertError> {
    // a conversation id has the same form: 32 bytes in lower-case hex
    let bytes = client_api::ConversationId::from_str(text).map_err(|_| CertError::Subject)?;
    Ok(AuthorityId(bytes.0))
}
