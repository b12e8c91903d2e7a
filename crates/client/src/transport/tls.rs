// SPDX-License-Identifier: EUPL-1.2
//! TLS 1.3 with the hybrid group first (BSI TR-02102-2), trusting what the machine trusts.

use rustls::{ClientConfig, RootCertStore, crypto::CryptoProvider, crypto::aws_lc_rs};

/// The settings for one server. Over plain HTTP no roots are loaded.
///
/// # Errors
/// What rustls said about the settings.
pub fn config(secure: bool) -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore::empty();
    if secure {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    Ok(ClientConfig::builder_with_provider(provider().into())
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

fn provider() -> CryptoProvider {
    use aws_lc_rs::{cipher_suite::TLS13_AES_128_GCM_SHA256, cipher_suite::TLS13_AES_256_GCM_SHA384, kx_group};
    CryptoProvider {
        cipher_suites: vec![TLS13_AES_256_GCM_SHA384, TLS13_AES_128_GCM_SHA256],
        kx_groups: vec![kx_group::SECP256R1MLKEM768, kx_group::SECP384R1, kx_group::SECP256R1],
        ..aws_lc_rs::default_provider()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::NamedGroup;

    #[test]
    fn hybrid_group_is_offered_first_and_no_montgomery_curve_at_all() {
        let groups: Vec<NamedGroup> = provider().kx_groups.iter().map(|g| g.name()).collect();
        assert_eq!(groups, [NamedGroup::secp256r1MLKEM768, NamedGroup::secp384r1, NamedGroup::secp256r1]);
        assert!(config(false).is_ok());
    }
}
