// SPDX-License-Identifier: EUPL-1.2
//! The server's address in its one normal form; plain HTTP only to this machine itself.

use url::{Host, Url};

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
        let url = Url::parse(text).map_err(|_| AddressError::Form)?;
        let secure = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(AddressError::Form),
        };
        let more = url.path() != "/" || url.query().is_some() || url.fragment().is_some();
        if more || !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::Form);
        }
        let (host, own) = match url.host().ok_or(AddressError::Form)? {
            Host::Domain(name) => (name.to_owned(), name == "localhost"),
            Host::Ipv4(ip) => (ip.to_string(), ip.is_loopback()),
            Host::Ipv6(ip) => (ip.to_string(), ip.is_loopback()),
        };
        if !secure && !own {
            return Err(AddressError::Plain);
        }
        let port = url.port_or_known_default().ok_or(AddressError::Form)?;
        Ok(Self { origin: url.origin().ascii_serialization(), host, port, secure })
    }

    pub fn websocket(&self) -> String {
        format!("{}/rp1/ws", self.origin.replacen("http", "ws", 1))
    }
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
