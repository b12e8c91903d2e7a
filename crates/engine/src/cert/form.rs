// SPDX-License-Identifier: EUPL-1.2
//! The fixed profile in one place: names, key ids, usages and the DER that is signed.

use super::{CertError, Validity, first};
use client_api::{DeviceId, IssuerId, UserId};
use proto::{AuthorityId, PublicKey};
use sha2::{Digest, Sha256};
use std::time::Duration;
use x509_cert::{
    TbsCertificate,
    attr::AttributeTypeAndValue,
    builder::{self, profile::BuilderProfile},
    der::{
        self, Decode, Encode, Tag,
        asn1::{Any, GeneralizedTime, ObjectIdentifier, OctetString, SetOfVec},
        oid::db::rfc4519::{COMMON_NAME, ORGANIZATION_NAME},
    },
    ext::{
        Extension, ToExtension,
        pkix::{AuthorityKeyIdentifier, BasicConstraints, KeyUsage, KeyUsages, SubjectKeyIdentifier},
    },
    name::{Name, RdnSequence, RelativeDistinguishedName},
    spki::SubjectPublicKeyInfoRef,
    time::Time,
};

/// What may sit at one place of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Issuer,
    User,
    Device,
}

impl Role {
    /// Path length of a certificate that may issue; `None`: it may not.
    pub(super) fn path_length(self) -> Option<u8> {
        match self {
            Self::Issuer => Some(1),
            Self::User => Some(0),
            Self::Device => None,
        }
    }

    /// Exactly these usages. An issuer also signs the directory.
    pub(super) fn usage(self) -> KeyUsage {
        KeyUsage(match self {
            Self::Issuer => KeyUsages::KeyCertSign | KeyUsages::DigitalSignature,
            Self::User => KeyUsages::KeyCertSign.into(),
            Self::Device => KeyUsages::DigitalSignature.into(),
        })
    }
}

/// Key identifier: the first 20 bytes of SHA-256 over the public key (RFC 7093 §2, method 1).
pub(super) fn key_id(public: &[u8]) -> [u8; 20] {
    first(Sha256::digest(public).into())
}

/// Name of a root: CN = hex of the authority.
pub(super) fn root_name(authority: &AuthorityId) -> Name {
    name(&[(COMMON_NAME, hex(authority.as_ref()))])
}

pub(super) fn issuer_name(issuer: &IssuerId) -> Name {
    name(&[(COMMON_NAME, issuer.to_string())])
}

/// O = hex of the authority, CN = hex of the user.
pub(super) fn user_name(user: &UserId, authority: &AuthorityId) -> Name {
    name(&[(ORGANIZATION_NAME, hex(authority.as_ref())), (COMMON_NAME, user.to_string())])
}

pub(super) fn device_name(device: &DeviceId) -> Name {
    name(&[(COMMON_NAME, device.to_string())])
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(out, "{byte:02x}").expect("writing to memory does not fail");
    }
    out
}

/// Put together by hand: reading a name from text would bring a table of all object identifiers there are.
fn name(parts: &[(ObjectIdentifier, String)]) -> Name {
    let part = |(oid, text): &(ObjectIdentifier, String)| {
        let value = Any::new(Tag::Utf8String, text.as_bytes())?;
        SetOfVec::try_from(vec![AttributeTypeAndValue { oid: *oid, value }]).map(RelativeDistinguishedName::from)
    };
    let parts: Result<Vec<_>, der::Error> = parts.iter().map(part).collect();
    let whole = parts.and_then(|parts| RdnSequence::from(parts).to_der());
    whole.and_then(|der| Name::from_der(&der)).expect("hex is short text")
}

/// # Errors
/// [`CertError::Form`] for a time after the year 9999.
pub(super) fn validity(valid: Validity) -> Result<x509_cert::time::Validity, CertError> {
    let time = |secs| GeneralizedTime::from_unix_duration(Duration::from_secs(secs)).map(Time::GeneralTime);
    let (from, to) = (time(valid.from_secs), time(valid.to_secs));
    Ok(x509_cert::time::Validity::new(from.map_err(|_| CertError::Form)?, to.map_err(|_| CertError::Form)?))
}

/// A certificate about to be signed.
#[derive(Clone)]
pub(super) struct Form {
    pub subject: Name,
    pub issuer: Name,
    pub constraints: Option<BasicConstraints>,
    pub usage: KeyUsage,
    pub subject_key_id: [u8; 20],
    pub authority_key_id: [u8; 20],
    /// Only tests that forge have one.
    pub extra: Option<Extension>,
}

impl Form {
    pub(super) fn new(role: Role, subject: Name, issuer: Name, key: &PublicKey, issuer_key: &[u8]) -> Self {
        Self {
            subject,
            issuer,
            constraints: role
                .path_length()
                .map(|length| BasicConstraints { ca: true, path_len_constraint: Some(length) }),
            usage: role.usage(),
            subject_key_id: key_id(key.as_ref()),
            authority_key_id: key_id(issuer_key),
            extra: None,
        }
    }
}

impl BuilderProfile for Form {
    fn get_issuer(&self, _: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        _: SubjectPublicKeyInfoRef<'_>,
        _: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> builder::Result<Vec<Extension>> {
        let subject = tbs.subject();
        let own = SubjectKeyIdentifier(OctetString::new(self.subject_key_id)?);
        let parent = AuthorityKeyIdentifier {
            key_identifier: Some(OctetString::new(self.authority_key_id)?),
            ..Default::default()
        };
        let mut extensions = vec![
            parent.to_extension(subject, &[])?,
            own.to_extension(subject, &[])?,
            self.usage.to_extension(subject, &[])?,
        ];
        if let Some(constraints) = &self.constraints {
            extensions.push(constraints.to_extension(subject, &[])?);
        }
        extensions.extend(self.extra.clone());
        Ok(extensions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::str::FromStr;

    #[test]
    fn names_are_those_their_text_form_says() {
        let (user, authority) = (UserId([7; 16]), AuthorityId([9; 32]));
        let text = format!("CN={user},O={}", hex(authority.as_ref()));
        assert_eq!(user_name(&user, &authority), Name::from_str(&text).unwrap());
        assert_eq!(user_name(&user, &authority).to_string(), text);
        let device = DeviceId([8; 16]);
        assert_eq!(device_name(&device), Name::from_str(&format!("CN={device}")).unwrap());
    }
}
