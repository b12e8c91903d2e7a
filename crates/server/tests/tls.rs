// SPDX-License-Identifier: EUPL-1.2
//! The server's own TLS port in real handshakes: the hybrid group, nothing older than TLS 1.3, no other curve.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use clap::Parser;
use futures_util::StreamExt;
use proto::{ServerFrame, decode};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{
    AlertDescription, ClientConfig, Error, NamedGroup, ProtocolVersion, RootCertStore, SupportedProtocolVersion,
    crypto::{CryptoProvider, SupportedKxGroup, aws_lc_rs, aws_lc_rs::kx_group},
    pki_types::{CertificateDer, ServerName},
    version::{TLS12, TLS13},
};
use server::{
    app::{self, Running},
    config::{Cli, Config},
};
use std::{io, sync::Arc};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};
use tokio_tungstenite::{client_async, tungstenite::Message};

/// A running server with a certificate of an authority of its own.
struct House {
    running: Running,
    root: CertificateDer<'static>,
    _folder: TempDir,
}

impl House {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new(vec!["127.0.0.1".into()]).unwrap().signed_by(&key, &issuer).unwrap();
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        std::fs::write(path("cert.pem"), leaf.pem()).unwrap();
        std::fs::write(path("key.pem"), key.serialize_pem()).unwrap();
        let (data, cert, key) = (path("data"), path("cert.pem"), path("key.pem"));
        let words = ["server", "--listen", "127.0.0.1:0", "--data", &data, "--tls-cert", &cert, "--tls-key", &key];
        let config = Config::load(Cli::try_parse_from(words).unwrap().flags).unwrap();
        let running = app::start(&config).await.unwrap();
        Self { running, root: issuer.der().clone(), _folder: folder }
    }

    /// A handshake by somebody who offers this and trusts the server's authority.
    async fn dial(
        &self,
        version: &'static SupportedProtocolVersion,
        groups: &[&'static dyn SupportedKxGroup],
    ) -> io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.root.clone()).unwrap();
        self.dial_with(roots, version, groups).await
    }

    async fn dial_with(
        &self,
        roots: RootCertStore,
        version: &'static SupportedProtocolVersion,
        groups: &[&'static dyn SupportedKxGroup],
    ) -> io::Result<TlsStream<TcpStream>> {
        let provider = CryptoProvider { kx_groups: groups.to_vec(), ..aws_lc_rs::default_provider() };
        let config = ClientConfig::builder_with_provider(provider.into())
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let tcp = TcpStream::connect(self.running.address).await.unwrap();
        let name = ServerName::from(self.running.address.ip());
        TlsConnector::from(Arc::new(config)).connect(name, tcp).await
    }
}

fn alert(refused: io::Result<TlsStream<TcpStream>>) -> Option<AlertDescription> {
    match refused.err()?.downcast::<Error>().ok()? {
        Error::AlertReceived(alert) => Some(alert),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_agrees_on_tls_1_3_with_the_hybrid_group_and_carries_hello() {
    let house = House::open().await;
    // The client's order is another one: the server's counts.
    let groups = [kx_group::X25519, kx_group::SECP256R1, kx_group::SECP384R1, kx_group::SECP256R1MLKEM768];
    let stream = house.dial(&TLS13, &groups).await.unwrap();
    let (_, tls) = stream.get_ref();
    assert_eq!(tls.protocol_version(), Some(ProtocolVersion::TLSv1_3));
    assert_eq!(tls.negotiated_key_exchange_group().unwrap().name(), NamedGroup::secp256r1MLKEM768);
    let suite = tls.negotiated_cipher_suite().unwrap().suite();
    assert_eq!(suite, rustls::CipherSuite::TLS13_AES_256_GCM_SHA384);
    let url = format!("wss://{}/rp1/ws", house.running.address);
    let (mut socket, _) = client_async(url, stream).await.unwrap();
    let Some(Ok(Message::Binary(hello))) = socket.next().await else { panic!("no hello") };
    assert!(matches!(decode(&hello, usize::MAX), Ok(ServerFrame::Hello(_))));
    house.running.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_1_2_and_a_client_without_our_groups_are_refused_and_others_still_get_in() {
    let house = House::open().await;
    let old = house.dial(&TLS12, &[kx_group::SECP256R1, kx_group::SECP384R1]).await;
    assert_eq!(alert(old), Some(AlertDescription::ProtocolVersion));
    let montgomery = house.dial(&TLS13, &[kx_group::X25519, kx_group::X25519MLKEM768]).await;
    assert_eq!(alert(montgomery), Some(AlertDescription::HandshakeFailure));
    for group in [kx_group::SECP256R1MLKEM768, kx_group::SECP384R1, kx_group::SECP256R1] {
        let stream = house.dial(&TLS13, &[group]).await.unwrap();
        assert_eq!(stream.get_ref().1.negotiated_key_exchange_group().unwrap().name(), group.name());
    }
    house.running.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_trust_its_authority_does_not_connect() {
    let (house, other) = (House::open().await, House::open().await);
    let mut roots = RootCertStore::empty();
    roots.add(other.root.clone()).unwrap();
    let refused = house.dial_with(roots, &TLS13, &[kx_group::SECP256R1MLKEM768]).await.err().unwrap();
    assert!(matches!(refused.downcast::<Error>(), Ok(Error::InvalidCertificate(_))));
    house.running.end().await.unwrap();
    other.running.end().await.unwrap();
}
