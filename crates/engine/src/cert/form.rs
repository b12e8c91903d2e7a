// SPDX-License-Identifier: EUPL-1.2
//! The fixed profile in one place: names, key ids, usages and the DER that is signed.

use super::{CertError, Validity, first};
use client_api::{DeviceId, IssuerId, UserId};
use proto::{AuthorityId, PublicKey};
use sha2::{Digest, Sha256};
use std::{str::FromStr, time::Duration};
use x509_cert::{
    TbsCertificate,
    builder::{self, profile::BuilderProfile},
    der::asn1::{GeneralizedTime, OctetString},
    ext::{
        Extension, ToExtension,
        pkix::{AuthorityKeyIdentifier, BasicConstraints, KeyUsage, KeyUsages, SubjectKeyIdentifier},
    },
    name::Name,
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
    name(&format!("CN={}", hex(authority.as_ref())))
}

pub(super) fn issuer_name(issuer: &IssuerId) -> Name {
    name(&format!("CN={issuer}"))
}

/// CN = hex of the user, O = hex of the authority.
pub(super) fn user_name(user: &UserId, authority: &AuthorityId) -> Name {
    name(&format!("CN={user},O={}", hex(authority.as_ref())))
}

pub(super) fn device_name(device: &DeviceId) -> Name {
    name(&format!("CN={device}"))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(out, "{byte:02x}").expect("writing to memory does not fail");
    }
    out
}

fn name(text: &str) -> Name {
    Name::from_str(text).expect("hex in CN and O is a valid name")
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
