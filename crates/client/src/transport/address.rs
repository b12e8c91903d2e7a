// SPDX-License-Identifier: EUPL-1.2
//! The server's address in its one normal form; plain HTTP only to this machine itself.

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error("not an address of the form https://host[:port]")]
    Form,
    #[error("http:// is allowed to this machine only; use https://")]
    Plain,
}

/// Where a server is dialled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// `scheme://host[:port]`, default port left out: what proofs are bound to.
    pub origin: String,
    pub host: String,
    pub port: u16,
    pub secure: bool,
}

impl Address {
    /// # Errors
    /// [`AddressError`] says which rule was broken.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let parts = parts(text).ok_or(AddressError::Form)?;
        let (secure, usual_port) = match parts.scheme.as_str() {
            "https" => (true, 443),
            "http" => (false, 80),
            _ => return Err(AddressError::Form),
        };
        if parts.more || parts.host.is_empty() {
            return Err(AddressError::Form);
        }
        if !secure && !parts.own {
            return Err(AddressError::Plain);
        }
        let port = parts.port.unwrap_or(usual_port);
        Ok(Self { origin: parts.origin, host: parts.host, port, secure })
    }

    pub fn websocket(&self) -> String {
        format!("{}/rp1/ws", self.origin.replacen("http", "ws", 1))
    }
}

/// An address taken apart and made normal.
struct Parts {
    scheme: String,
    origin: String,
    /// An IPv6 address without its brackets.
    host: String,
    /// `None`: the scheme's usual one.
    port: Option<u16>,
    /// This machine itself.
    own: bool,
    /// There is a path, a query, a name or a password, too.
    more: bool,
}

#[cfg(not(target_arch = "wasm32"))]
fn parts(text: &str) -> Option<Parts> {
    use url::{Host, Url};
    let url = Url::parse(text).ok()?;
    let (host, own) = match url.host()? {
        Host::Domain(name) => (name.to_owned(), name == "localhost"),
        Host::Ipv4(ip) => (ip.to_string(), ip.is_loopback()),
        Host::Ipv6(ip) => (ip.to_string(), ip.is_loopback()),
    };
    let more = url.path() != "/" || url.query().is_some() || url.fragment().is_some();
    Some(Parts {
        scheme: url.scheme().to_owned(),
        origin: url.origin().ascii_serialization(),
        host,
        port: url.port(),
        own,
        more: more || !url.username().is_empty() || url.password().is_some(),
    })
}

/// The browser's own reading of an address: what it will dial.
#[cfg(target_arch = "wasm32")]
fn parts(text: &str) -> Option<Parts> {
    use std::net::IpAddr;
    let url = web_sys::Url::new(text).ok()?;
    let host = url.hostname().trim_matches(['[', ']']).to_owned();
    let own = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    let rest = [url.search(), url.hash(), url.username(), url.password()];
    Some(Parts {
        scheme: url.protocol().trim_end_matches(':').to_owned(),
        origin: url.origin(),
        host,
        port: url.port().parse().ok(),
        own,
        more: url.pathname() != "/" || rest.iter().any(|part| !part.is_empty()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_alone() {
        for own in ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:80"] {
            assert!(Address::parse(own).is_ok(), "{own}");
        }
        for foreign in ["http://example.org", "http://10.0.0.1", "http://127.0.0.1.example.org", "http://localhost.de"]
        {
            assert_eq!(Address::parse(foreign), Err(AddressError::Plain), "{foreign}");
        }
    }

    #[test]
    fn two_ways_to_write_an_address_give_one_origin() {
        let plain = Address::parse("https://Rohrpost.Musterstadt.de").unwrap();
        assert_eq!(plain, Address::parse("https://rohrpost.musterstadt.de:443/").unwrap());
        assert_eq!(plain.origin, "https://rohrpost.musterstadt.de");
        assert_eq!(plain.websocket(), "wss://rohrpost.musterstadt.de/rp1/ws");
    }

    #[test]
    fn paths_names_and_other_schemes_are_refused() {
        for bad in
            ["", "musterstadt.de", "ftp://a.de", "https://a.de/x", "https://u@a.de", "https://a.de?x", "https://"]
        {
            assert_eq!(Address::parse(bad), Err(AddressError::Form), "{bad}");
        }
    }
}
