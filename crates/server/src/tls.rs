// SPDX-License-Identifier: EUPL-1.2
//! TLS 1.3 from certificate files; the hybrid group first (BSI TR-02102-2, draft-ietf-tls-ecdhe-mlkem).

use crate::config::TlsFiles;
use rustls::{
    NamedGroup, ServerConfig,
    crypto::{CryptoProvider, SupportedKxGroup, aws_lc_rs, aws_lc_rs::kx_group},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use std::{path::PathBuf, sync::Arc};

/// What is wrong with the files.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("{0}: not a readable PEM file: {1}")]
    Pem(PathBuf, rustls::pki_types::pem::Error),
    #[error("{0}: holds no certificate")]
    Empty(PathBuf),
    #[error("certificate and key don't fit: {0}")]
    Fit(#[from] rustls::Error),
}

/// In our order, whatever the client's is.
static GROUPS: [&dyn SupportedKxGroup; 3] = [kx_group::SECP256R1MLKEM768, kx_group::SECP384R1, kx_group::SECP256R1];

/// The settings, once for each group: the library would let the client's order decide among several.
#[derive(Clone)]
pub struct Settings(Arc<[(NamedGroup, Arc<ServerConfig>)]>);

impl Settings {
    /// For a client that offers these groups; the first setting refuses it if it has none of ours.
    pub fn choose(&self, offered: &[NamedGroup]) -> Option<Arc<ServerConfig>> {
        let mutual = self.0.iter().find(|(group, _)| offered.contains(group));
        mutual.or(self.0.first()).map(|(_, config)| Arc::clone(config))
    }
}

/// AES-GCM suites only.
fn provider(group: &'static dyn SupportedKxGroup) -> CryptoProvider {
    let mut provider = aws_lc_rs::default_provider();
    provider.kx_groups = vec![group];
    provider.cipher_suites =
        vec![aws_lc_rs::cipher_suite::TLS13_AES_256_GCM_SHA384, aws_lc_rs::cipher_suite::TLS13_AES_128_GCM_SHA256];
    provider
}

/// # Errors
/// [`TlsError`], naming the file.
pub fn load(files: &TlsFiles) -> Result<Settings, TlsError> {
    let chain = CertificateDer::pem_file_iter(&files.cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| TlsError::Pem(files.cert.clone(), error))?;
    if chain.is_empty() {
        return Err(TlsError::Empty(files.cert.clone()));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| TlsError::Pem(files.key.clone(), error))?;
    let config = |group: &'static dyn SupportedKxGroup| {
        let config = ServerConfig::builder_with_provider(Arc::new(provider(group)))
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_no_client_auth()
            .with_single_cert(chain.clone(), key.clone_key())?;
        Ok((group.name(), Arc::new(config)))
    };
    let configs = GROUPS.into_iter().map(config).collect::<Result<Vec<_>, TlsError>>()?;
    Ok(Settings(configs.into()))
}
