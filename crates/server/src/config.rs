// SPDX-License-Identifier: EUPL-1.2
//! Settings from flags, environment and one TOML file, in that order; every error names the place to mend.

use crate::domain::Limits;
use clap::{Args, Parser, Subcommand};
use serde::Deserialize;
use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

/// The command line of `rohrpost-server`.
#[derive(Parser, Debug)]
#[command(name = "rohrpost-server", version, about = "The blind post office: stores and delivers sealed capsules")]
pub struct Cli {
    #[command(flatten)]
    pub flags: Flags,
    #[command(subcommand)]
    pub chore: Option<Chore>,
}

/// What to do instead of serving.
#[derive(Subcommand, Debug)]
pub enum Chore {
    /// Checks database and blobs; exit code 1 if something is damaged.
    Check,
    /// Writes a consistent copy into DIR (empty or new); the server may run meanwhile.
    Backup { dir: PathBuf },
    /// Takes a backup from DIR into an empty data folder; clients then know that time went back.
    Restore { dir: PathBuf },
}

/// Each can stand in the file, too, with `_` for `-`.
#[derive(Args, Debug, Default)]
pub struct Flags {
    /// TOML file with the same settings.
    #[arg(long, env = "ROHRPOST_CONFIG", global = true)]
    pub config: Option<PathBuf>,
    /// Folder for everything the server keeps.
    #[arg(long, env = "ROHRPOST_DATA", global = true)]
    pub data: Option<PathBuf>,
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, env = "ROHRPOST_LISTEN")]
    pub listen: Option<SocketAddr>,
    /// A reverse proxy in front ends TLS.
    #[arg(long, env = "ROHRPOST_BEHIND_PROXY")]
    pub behind_proxy: bool,
    /// The address clients use, e.g. https://rohrpost.musterstadt.de
    #[arg(long, env = "ROHRPOST_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Certificate chain, PEM.
    #[arg(long, env = "ROHRPOST_TLS_CERT", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// Private key, PEM.
    #[arg(long, env = "ROHRPOST_TLS_KEY", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Show sums for monitoring at /metrics.
    #[arg(long, env = "ROHRPOST_METRICS")]
    pub metrics: bool,
    /// Serve the web messenger from this folder instead of the one in this program; made by `cargo xtask web`.
    #[arg(long, env = "ROHRPOST_WEB_FOLDER")]
    pub web_folder: Option<PathBuf>,
}

/// Limits per connection that differ from the defaults; see [`Limits`].
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct LimitsIn {
    writes_per_minute: Option<u32>,
    logs_per_hour: Option<u32>,
    inboxes_per_hour: Option<u32>,
    blobs_per_hour: Option<u32>,
    claims_per_inbox_and_hour: Option<u32>,
}

impl LimitsIn {
    fn fill(&self) -> Limits {
        let usual = Limits::default();
        Limits {
            writes_per_minute: self.writes_per_minute.unwrap_or(usual.writes_per_minute),
            logs_per_hour: self.logs_per_hour.unwrap_or(usual.logs_per_hour),
            inboxes_per_hour: self.inboxes_per_hour.unwrap_or(usual.inboxes_per_hour),
            blobs_per_hour: self.blobs_per_hour.unwrap_or(usual.blobs_per_hour),
            claims_per_inbox_and_hour: self.claims_per_inbox_and_hour.unwrap_or(usual.claims_per_inbox_and_hour),
            deposits_per_inbox_and_hour: usual.deposits_per_inbox_and_hour,
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct File {
    data: Option<PathBuf>,
    listen: Option<SocketAddr>,
    behind_proxy: Option<bool>,
    public_url: Option<String>,
    tls_cert: Option<PathBuf>,
    tls_key: Option<PathBuf>,
    metrics: Option<bool>,
    web_folder: Option<PathBuf>,
    #[serde(default)]
    limits: LimitsIn,
}

/// Where TLS comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    pub cert: PathBuf,
    pub key: PathBuf,
}

/// Settings that fit together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    pub data: PathBuf,
    pub listen: SocketAddr,
    pub behind_proxy: bool,
    /// Without a slash at the end.
    pub public_url: Option<String>,
    pub tls: Option<TlsFiles>,
    /// `/metrics` answers.
    pub metrics: bool,
    /// Read at each request.
    pub web_folder: Option<PathBuf>,
    pub limits: Limits,
}

/// Something an operator has to change.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("can't read {0}: {1}")]
    Unreadable(PathBuf, std::io::Error),
    #[error("{path}, line {line}: {what}")]
    File { path: PathBuf, line: usize, what: String },
    #[error("no data folder: give --data DIR, ROHRPOST_DATA or `data` in the file")]
    NoData,
    #[error(
        "{0} can be reached from outside without encryption: give --tls-cert and --tls-key, or --behind-proxy if a proxy ends TLS"
    )]
    Plain(SocketAddr),
    #[error("public_url must be https://host[:port] (http only on loopback), without a path: {0}")]
    PublicUrl(String),
    #[error("tls_cert and tls_key belong together: one is missing")]
    HalfTls,
}

impl Config {
    /// Flags win over the environment, both over the file.
    ///
    /// # Errors
    /// [`ConfigError`] with the file's line where there is one.
    pub fn load(flags: Flags) -> Result<Self, ConfigError> {
        let file = flags.config.as_deref().map(read).transpose()?.unwrap_or_default();
        let (cert, key) = (flags.tls_cert.or(file.tls_cert), flags.tls_key.or(file.tls_key));
        let tls = match (cert, key) {
            (Some(cert), Some(key)) => Some(TlsFiles { cert, key }),
            (None, None) => None,
            _ => return Err(ConfigError::HalfTls),
        };
        let config = Self {
            data: flags.data.or(file.data).ok_or(ConfigError::NoData)?,
            listen: flags.listen.or(file.listen).unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8440))),
            behind_proxy: flags.behind_proxy || file.behind_proxy.unwrap_or(false),
            public_url: flags.public_url.or(file.public_url).map(check_url).transpose()?,
            tls,
            metrics: flags.metrics || file.metrics.unwrap_or(false),
            web_folder: flags.web_folder.or(file.web_folder),
            limits: file.limits.fill(),
        };
        if config.tls.is_none() && !config.behind_proxy && !config.listen.ip().is_loopback() {
            return Err(ConfigError::Plain(config.listen));
        }
        Ok(config)
    }

    /// With TLS of its own, or behind a proxy that ends it.
    pub fn is_https(&self) -> bool {
        self.tls.is_some() || self.public_url.as_ref().is_some_and(|url| url.starts_with("https:"))
    }

    /// The addresses clients may have signed in their proofs when the server listens on `bound`.
    pub fn origins(&self, bound: SocketAddr) -> Vec<String> {
        if let Some(url) = &self.public_url {
            return vec![url.clone()];
        }
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let mut origins = vec![format!("{scheme}://{bound}")];
        if bound.ip().is_loopback() {
            origins.push(format!("{scheme}://localhost:{}", bound.port()));
        }
        origins
    }
}

fn read(path: &Path) -> Result<File, ConfigError> {
    let text = fs::read_to_string(path).map_err(|error| ConfigError::Unreadable(path.to_owned(), error))?;
    toml::from_str(&text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let line = text.bytes().take(start).filter(|byte| *byte == b'\n').count() + 1;
        ConfigError::File { path: path.to_owned(), line, what: error.message().to_owned() }
    })
}

fn check_url(url: String) -> Result<String, ConfigError> {
    let url = url.trim_end_matches('/').to_owned();
    let host = match url.split_once("://") {
        Some(("https", host)) => host,
        Some(("http", host)) if is_loopback(host) => host,
        _ => return Err(ConfigError::PublicUrl(url)),
    };
    if host.is_empty() || host.contains(['/', '?', '#', '@', ' ']) {
        return Err(ConfigError::PublicUrl(url));
    }
    Ok(url)
}

fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(words: &[&str]) -> Flags {
        Cli::try_parse_from([&["rohrpost-server"], words].concat()).unwrap().flags
    }
    fn file(text: &str) -> (tempfile::TempDir, String) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("server.toml");
        fs::write(&path, text).unwrap();
        (dir, path.to_str().unwrap().to_owned())
    }

    #[test]
    fn a_flag_wins_over_the_file() {
        let (_dir, path) = file("data = '/a'\nlisten = '127.0.0.1:1'\nbehind_proxy = true\n");
        let config = Config::load(flags(&["--config", &path, "--data", "/b"])).unwrap();
        assert_eq!(config.data, Path::new("/b"));
        assert_eq!(config.listen.port(), 1);
        assert!(config.behind_proxy);
    }

    #[test]
    fn a_mistake_in_the_file_names_its_line() {
        for (text, line) in [("data = '/a'\nlisten = 5\n", 2), ("data = '/a'\n\ndatta = 1\n", 3), ("data = \n", 1)] {
            let (_dir, path) = file(text);
            let error = Config::load(flags(&["--config", &path])).unwrap_err().to_string();
            assert!(error.contains(&format!("line {line}:")), "{error}");
        }
    }

    #[test]
    fn plain_http_is_refused_where_others_can_reach_it() {
        let open = Config::load(flags(&["--data", "/a", "--listen", "0.0.0.0:80"]));
        assert!(matches!(open, Err(ConfigError::Plain(_))));
        assert!(Config::load(flags(&["--data", "/a", "--listen", "0.0.0.0:80", "--behind-proxy"])).is_ok());
        assert!(Config::load(flags(&["--data", "/a", "--listen", "127.0.0.1:0"])).is_ok());
    }

    #[test]
    fn the_public_address_is_an_origin_and_nothing_more() {
        for bad in ["rohrpost.de", "http://rohrpost.de", "https://rohrpost.de/chat", "https://", "https://a@b"] {
            assert!(matches!(
                Config::load(flags(&["--data", "/a", "--public-url", bad])),
                Err(ConfigError::PublicUrl(_))
            ));
        }
        let config = Config::load(flags(&["--data", "/a", "--public-url", "https://rohrpost.de/"])).unwrap();
        assert_eq!(config.origins("127.0.0.1:80".parse().unwrap()), ["https://rohrpost.de"]);
    }

    #[test]
    fn on_loopback_both_usual_names_are_origins() {
        let config = Config::load(flags(&["--data", "/a"])).unwrap();
        let origins = config.origins("127.0.0.1:8440".parse().unwrap());
        assert_eq!(origins, ["http://127.0.0.1:8440", "http://localhost:8440"]);
    }
}
