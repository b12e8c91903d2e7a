// SPDX-License-Identifier: EUPL-1.2
//! TLS 1.3 from certificate files; the hybrid group first (BSI TR-02102-2, draft-ietf-tls-ecdhe-mlkem).

use crate::config::TlsFiles;
use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, aws_lc_rs},
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

/// SecP256r1MLKEM768, then secp384r1, secp256r1; AES-GCM suites only.
fn provider() -> CryptoProvider {
    let mut provider = aws_lc_rs::default_provider();
    provider.kx_groups =
        vec![aws_lc_rs::kx_group::SECP256R1MLKEM768, aws_lc_rs::kx_group::SECP384R1, aws_lc_rs::kx_group::SECP256R1];
    provider.cipher_suites =
        vec![aws_lc_rs::cipher_suite::TLS13_AES_256_GCM_SHA384, aws_lc_rs::cipher_suite::TLS13_AES_128_GCM_SHA256];
    provider
}

/// # Errors
/// [`TlsError`], naming the file.
pub fn load(files: &TlsFiles) -> Result<Arc<ServerConfig>, TlsError> {
    let chain = CertificateDer::pem_file_iter(&files.cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| TlsError::Pem(files.cert.clone(), error))?;
    if chain.is_empty() {
        return Err(TlsError::Empty(files.cert.clone()));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| TlsError::Pem(files.key.clone(), error))?;
    let config = ServerConfig::builder_with_provider(Arc::new(provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    Ok(Arc::new(config))
}
