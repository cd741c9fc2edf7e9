//! Files that pages load: their content is part of their address, so that browsers keep them for ever and never keep an old one.

use std::io::Write as _;

use axum::{
    body::Bytes,
    response::{IntoResponse as _, Response},
};
use flate2::{Compression, write::GzEncoder};
use http::{HeaderMap, HeaderValue, header};

/// How long browsers may keep what has its hash in its address.
pub const CACHE_FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The design that both programs share: tokens, and the pieces that pages are made of.
pub const DESIGN: &str = include_str!("../../assets/design.css");

/// The sign of Maillage.
pub const ICON: &str = include_str!("../../assets/icon.svg");

/// htmx 2.0.11 (Zero-Clause BSD), as its authors publish it: parts of a page that follow what is typed, and what happens meanwhile. Pages that
/// load it work without it.
pub const HTMX: &str = include_str!("../../assets/htmx-2.0.11.min.js");

/// Letters of the hash in an address: enough that two contents never share one.
const HASH_CHARS: usize = 16;

/// A file that pages load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Its address, with the hash of its content.
    pub path: String,
    /// Its media type.
    pub kind: &'static str,
    /// Its content.
    content: &'static str,
    /// The same, by gzip: nothing in it is a secret, so that its length tells nothing.
    compressed: Bytes,
}

impl Asset {
    /// A file at `/<stem>-<hash>.<ending>`.
    pub fn new(stem: &str, ending: &str, kind: &'static str, content: &'static str) -> Self {
        let hash = blake3::hash(content.as_bytes()).to_hex();
        let hash: String = hash.chars().take(HASH_CHARS).collect();
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        // Writing to memory does not fail.
        let _ = encoder.write_all(content.as_bytes());
        let compressed = encoder.finish().unwrap_or_default().into();
        Self { path: format!("/{stem}-{hash}.{ending}"), kind, content, compressed }
    }

    /// It as an answer to a browser: compressed if that can read it.
    pub fn answer(&self, asked: &HeaderMap) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.kind));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(CACHE_FOR_EVER));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if !reads_gzip(asked) {
            return (headers, self.content).into_response();
        }
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        (headers, self.compressed.clone()).into_response()
    }
}

/// Whether a browser that sent these headers can read gzip.
pub(super) fn reads_gzip(asked: &HeaderMap) -> bool {
    let accepted = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepted.unwrap_or_default().split(',').any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, ""));
        name.trim().eq_ignore_ascii_case("gzip") && !matches!(weight.trim(), "q=0" | "q=0.0")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_content_has_another_address() {
        let asset = |content| Asset::new("style", "css", "text/css", content);
        assert_eq!(asset("a").path, asset("a").path);
        assert_ne!(asset("a").path, asset("b").path);
        assert!(asset("a").path.starts_with("/style-") && asset("a").path.contains(".css"));
    }

    #[tokio::test]
    async fn whoever_reads_gzip_is_sent_a_fraction_and_whoever_does_not_the_whole() {
        let asset = Asset::new("htmx", "js", "text/javascript; charset=utf-8", HTMX);
        let answered = async |accepted: &'static str| {
            let headers =
                [(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted))].into_iter().collect();
            let response = asset.answer(&headers);
            let encoding = response.headers().get(header::CONTENT_ENCODING).cloned();
            let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
            (encoding.is_some(), body)
        };
        for accepted in ["gzip, deflate, br", "deflate,GZIP;q=0.5"] {
            let (is_compressed, body) = answered(accepted).await;
            let mut read = String::new();
            std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&*body), &mut read).unwrap();
            assert!(is_compressed && read == HTMX && body.len() < 20_000, "{accepted}: {}", body.len());
        }
        for accepted in ["", "br", "gzip;q=0, br", "gzipped"] {
            let (is_compressed, body) = answered(accepted).await;
            assert!(!is_compressed && body == HTMX, "{accepted}");
        }
    }
}
