// SPDX-License-Identifier: EUPL-1.2
//! The web messenger's files: from the binary or a folder, with the headers that fence the page in.

use super::App;
use crate::folder::hex;
use aws_lc_rs::digest::{SHA256, digest};
use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use std::{collections::BTreeMap, io, path::PathBuf, sync::Arc};

/// The page may load its own files, run its own WebAssembly and talk to its own server; nothing else, and no text
/// becomes a script (20-protocol §11). The one policy for Trusted Types lets the page start its two workers (ADR 8).
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' blob: data:; media-src blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; \
    manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types rohrpost";
/// What a browser would let a page ask for. A report may have a photo and a place; a link is copied. Only of documents
/// is it read (W3C Permissions Policy), so the many other files of a first load go without these bytes.
const PERMISSIONS: &str = "camera=(self), geolocation=(self), clipboard-write=(self), accelerometer=(), autoplay=(), \
    clipboard-read=(), display-capture=(), encrypted-media=(), fullscreen=(), gamepad=(), gyroscope=(), \
    hid=(), idle-detection=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), \
    picture-in-picture=(), publickey-credentials-create=(), publickey-credentials-get=(), screen-wake-lock=(), \
    serial=(), storage-access=(), sync-xhr=(), usb=(), window-management=(), xr-spatial-tracking=()";
/// Two years.
const HSTS: &str = "max-age=63072000";

/// On every answer, also that there is no page.
const FENCE: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    // names stay the same from version to version: each use asks whether the file is still this one
    (header::CACHE_CONTROL, "no-cache"),
];

/// Name and bytes, brotli twins (`.br`) among them; written by the build script.
static EMBEDDED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// Where the files come from.
pub enum Pages {
    Embedded(BTreeMap<&'static str, File>),
    /// Read at each request: for development and own builds.
    Folder(PathBuf),
}

/// One representation, as it goes over the line.
#[derive(Clone)]
pub struct File {
    bytes: Bytes,
    /// Strong: the quoted SHA-256 of exactly these bytes.
    tag: String,
}

impl File {
    fn new(bytes: Bytes) -> Self {
        let tag = format!("\"{}\"", hex(digest(&SHA256, &bytes).as_ref()));
        Self { bytes, tag }
    }
}

impl Pages {
    /// `folder`: instead of what the binary holds.
    pub fn new(folder: Option<PathBuf>) -> Self {
        folder.map_or_else(
            || {
                let file =
                    |(name, bytes): &(&'static str, &'static [u8])| (*name, File::new(Bytes::from_static(bytes)));
                Self::Embedded(EMBEDDED.iter().map(file).collect())
            },
            Self::Folder,
        )
    }

    async fn find(&self, name: &str) -> io::Result<Option<File>> {
        match self {
            Self::Embedded(files) => Ok(files.get(name).cloned()),
            Self::Folder(folder) => match tokio::fs::read(folder.join(name)).await {
                Ok(bytes) => Ok(Some(File::new(bytes.into()))),
                Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::IsADirectory) => Ok(None),
                Err(error) => Err(error),
            },
        }
    }

    /// The file, and whether it is its brotli twin.
    async fn choose(&self, name: &str, takes_brotli: bool) -> io::Result<Option<(File, bool)>> {
        if takes_brotli && let Some(file) = self.find(&format!("{name}.br")).await? {
            return Ok(Some((file, true)));
        }
        Ok(self.find(name).await?.map(|file| (file, false)))
    }
}

/// `GET` of everything that is no endpoint.
pub async fn serve(State(app): State<Arc<App>>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let mut answer = if method == Method::GET || method == Method::HEAD {
        find(&app.pages, uri.path(), &headers).await
    } else {
        (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response()
    };
    for (name, value) in FENCE {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    if is_document(&answer) {
        answer.headers_mut().insert("permissions-policy", HeaderValue::from_static(PERMISSIONS));
    }
    if app.is_https {
        answer.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
    }
    answer
}

async fn find(pages: &Pages, path: &str, headers: &HeaderMap) -> Response {
    let Some(name) = name(path) else { return StatusCode::NOT_FOUND.into_response() };
    match pages.choose(name, takes_brotli(headers)).await {
        Ok(Some((file, is_twin))) => answer(name, &file, is_twin, headers),
        Ok(None) if name == INDEX => (StatusCode::NOT_FOUND, "this build holds no web messenger\n").into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(_) => {
            tracing::warn!("a file of the web messenger can't be read");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

const INDEX: &str = "index.html";

/// The file a path means: itself, or the page, which reads the path on its own. `None`: no file has such a name.
fn name(path: &str) -> Option<&str> {
    let path = path.strip_prefix('/')?;
    let last = path.rsplit('/').next()?;
    let is_ours = path == "rp1" || path.starts_with("rp1/");
    if is_ours {
        return None;
    }
    if !last.contains('.') {
        return Some(INDEX);
    }
    // nothing is decoded, so no other writing of `..` exists
    let is_plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
    };
    (path.split('/').all(is_plain) && !path.ends_with(".br")).then_some(path)
}

fn answer(name: &str, file: &File, is_twin: bool, headers: &HeaderMap) -> Response {
    let status = if is_known(headers, &file.tag) { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
    let mut answer = if status == StatusCode::OK { file.bytes.clone().into_response() } else { status.into_response() };
    let set = answer.headers_mut();
    set.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&file.tag) {
        set.insert(header::ETAG, tag);
    }
    if status == StatusCode::OK {
        set.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind(name)));
        if is_twin {
            set.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
        }
    }
    answer
}

/// A browser that opens it by itself makes a document of it, with scripts of its own.
fn is_document(answer: &Response) -> bool {
    let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html") || kind.starts_with("image/svg"))
}

/// The browser has exactly this already.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    known.flat_map(|value| value.split(',')).any(|one| {
        let one = one.trim();
        one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag
    })
}

/// `br` is named and not with weight 0.
fn takes_brotli(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|one| {
        let mut words = one.split(';').map(str::trim);
        let is_brotli = words.next().is_some_and(|name| name.eq_ignore_ascii_case("br"));
        is_brotli && !words.any(|word| word.strip_prefix("q=").and_then(|q| q.parse().ok()) == Some(0.0_f32))
    })
}

fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, kind)| kind) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/vnd.microsoft.icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_without_an_extension_is_the_page_and_no_path_leaves_the_folder() {
        for path in ["/", "/einladung", "/gespraech/ab12", "/%2e%2e/x"] {
            assert_eq!(name(path), Some(INDEX), "{path}");
        }
        assert_eq!(name("/icon/192.png"), Some("icon/192.png"));
        for path in ["/..", "/../Cargo.toml", "/a/../b.js", "/%2e%2e/a.js", "/.quality", "/a//b.js", "/a\\..\\b.js"] {
            assert_ne!(name(path).unwrap_or(INDEX), path.trim_start_matches('/'), "{path}");
        }
        assert_eq!(name("/../Cargo.toml"), None);
        assert_eq!(name("/page_bg.wasm.br"), None, "a twin is no file of its own");
        assert_eq!(name("/rp1/nothing"), None, "an endpoint that is not there is not the page");
    }

    #[test]
    fn brotli_is_sent_to_those_who_name_it() {
        let takes = |value: &'static str| {
            takes_brotli(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))]))
        };
        assert!(takes("gzip, deflate, br, zstd") && takes("br") && takes("gzip;q=0.5, BR;q=0.1"));
        assert!(!takes("gzip") && !takes("br;q=0") && !takes("br;q=0.0") && !takes("brotli"));
        assert!(!takes_brotli(&HeaderMap::new()));
    }
}
