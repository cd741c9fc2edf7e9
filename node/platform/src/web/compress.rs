//! Pages made smaller on their way: a bad line carries a tenth of them. What another site asks for is never compressed: the length of a page with
//! words of its choice in it would tell what stands beside them.

use std::io::Write as _;

use axum::{
    body::{Body, to_bytes},
    response::{IntoResponse as _, Response},
};
use flate2::{Compression, write::GzEncoder};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::{assets::reads_gzip, forgery::is_from_elsewhere};

/// Below this, in bytes, it is not worth it.
const LEAST: usize = 1_024;
/// Largest page: far more than there is.
const MOST: usize = 16 << 20;

/// A page as a browser that sent these headers is sent it; anything else as it is.
pub async fn compressed(asked: &HeaderMap, response: Response) -> Response {
    if !is_plain_page(response.headers()) || !reads_gzip(asked) || is_from_elsewhere(asked) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(page) = to_bytes(body, MOST).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    parts.headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    if page.len() < LEAST {
        return Response::from_parts(parts, Body::from(page));
    }
    let mut encoder = GzEncoder::new(Vec::with_capacity(page.len() / 4), Compression::fast());
    match encoder.write_all(&page).and_then(|()| encoder.finish()) {
        Ok(small) => {
            parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            parts.headers.remove(header::CONTENT_LENGTH);
            Response::from_parts(parts, Body::from(small))
        }
        Err(_) => Response::from_parts(parts, Body::from(page)),
    }
}

fn is_plain_page(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html")) && !headers.contains_key(header::CONTENT_ENCODING)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn sent(accepted: &'static str, kind: &'static str, page: String) -> (Option<String>, Vec<u8>) {
        sent_to("same-origin", accepted, kind, page).await
    }

    async fn sent_to(
        site: &'static str,
        accepted: &'static str,
        kind: &'static str,
        page: String,
    ) -> (Option<String>, Vec<u8>) {
        let asked: HeaderMap = [
            (header::ACCEPT_ENCODING, HeaderValue::from_static(accepted)),
            (http::HeaderName::from_static("sec-fetch-site"), HeaderValue::from_static(site)),
        ]
        .into_iter()
        .collect();
        let response = compressed(&asked, ([(header::CONTENT_TYPE, kind)], page).into_response()).await;
        let encoding = response.headers().get(header::CONTENT_ENCODING);
        let encoding = encoding.map(|value| value.to_str().unwrap().to_owned());
        (encoding, to_bytes(response.into_body(), MOST).await.unwrap().to_vec())
    }

    #[tokio::test]
    async fn a_page_is_sent_small_to_whoever_can_read_it_so_and_nothing_else_is_touched() {
        let page = "<li>Alban</li>".repeat(1_000);
        let html = "text/html; charset=utf-8";
        let (encoding, small) = sent("gzip", html, page.clone()).await;
        assert!(encoding.as_deref() == Some("gzip") && small.len() < page.len() / 20, "{}", small.len());
        let mut read = String::new();
        std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&*small), &mut read).unwrap();
        assert_eq!(read, page);
        for site in ["same-site", "cross-site"] {
            assert_eq!(
                sent_to(site, "gzip", html, page.clone()).await,
                (None, page.clone().into_bytes()),
                "{site}"
            );
        }
        for (accepted, kind, text) in [
            ("br", html, page.clone()),
            ("gzip;q=0", html, page.clone()),
            ("gzip", "text/calendar", page.clone()),
            ("gzip", html, "<p>short</p>".to_owned()),
        ] {
            assert_eq!(
                sent(accepted, kind, text.clone()).await,
                (None, text.into_bytes()),
                "{accepted} {kind}"
            );
        }
    }
}
