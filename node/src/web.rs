//! The node's web interface for people who have a link: a driver's answer, own pages and calendar feed. Handlers only find the link and
//! word what a use case says. Must never answer on a GET, put anything about a person into an address or a log, or run a
//! script.

pub mod calendar;
pub mod confirmation;
mod driver_page;
mod html;
mod offer_page;
mod serve;
pub mod sheet;

use std::{net::IpAddr, sync::Arc};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Extension, Form, Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use maillage_platform::{
    i18n::Catalog,
    refusal::RefusalKind,
    web::{
        headers::protect,
        language::wished,
        limit::{Asker, Limiter},
        serve::Peer,
    },
};
use serde::Deserialize;

use self::html::Page;
pub use self::serve::serve;
use crate::{
    app::{
        App, calendars,
        offers::{self, Answer},
    },
    limits::{WEB_ADDRESSES, WEB_BODY_BYTES, WEB_REQUESTS_PER_MINUTE},
};

/// Over which requests of one address are counted.
const MINUTE: jiff::SignedDuration = jiff::SignedDuration::from_mins(1);

/// What the handlers work with.
#[derive(Clone)]
pub struct Web {
    app: Arc<App>,
    catalog: Arc<Catalog>,
    limiter: Arc<Limiter<Asker>>,
    trust_forwarded_for: bool,
}

/// Who asks, or for whom the proxy on this machine asks.
pub(crate) fn asker(peer: IpAddr, headers: &HeaderMap, trust_forwarded_for: bool) -> IpAddr {
    if !(trust_forwarded_for && peer.is_loopback()) {
        return peer;
    }
    // What the proxy itself has added is last; what stands before it was put there by who asks.
    let mut lines = headers.get_all("x-forwarded-for").iter();
    let forwarded = lines.next_back().and_then(|value| value.to_str().ok());
    let last = forwarded.and_then(|list| list.rsplit(',').next());
    last.and_then(|address| address.trim().parse().ok()).unwrap_or(peer)
}

/// A volunteer's answer as the form sends it.
#[derive(Deserialize)]
struct AnswerForm {
    answer: String,
    #[serde(default)]
    reason: String,
}

impl AnswerForm {
    /// The answer, if it is one.
    fn read(&self) -> Option<Answer> {
        match (self.answer.as_str(), self.reason.parse()) {
            ("yes", _) => Some(Answer::Yes),
            ("no", Ok(reason)) => Some(Answer::No(reason)),
            (_, _) => None,
        }
    }
}

impl Web {
    /// The web interface of a node.
    pub fn new(app: Arc<App>, catalog: Arc<Catalog>, trust_forwarded_for: bool) -> Self {
        let limiter = Arc::new(Limiter::new(WEB_REQUESTS_PER_MINUTE, MINUTE, WEB_ADDRESSES));
        Self { app, catalog, limiter, trust_forwarded_for }
    }

    /// Its routes.
    pub fn routes(self) -> Router {
        Router::new()
            .route("/o/{token}", get(show_offer).post(answer_offer))
            .route("/c/{feed}", get(feed))
            .route("/d/{token}", get(driver_page::show).head(driver_page::look))
            .route("/d/{token}/offers/{offer}", post(driver_page::answer))
            .route("/d/{token}/absences", post(driver_page::add_absence))
            .route("/style.css", get(style))
            .fallback(nothing)
            .layer(DefaultBodyLimit::max(WEB_BODY_BYTES))
            .layer(axum::middleware::from_fn_with_state(self.clone(), guard))
            .with_state(self)
    }

    fn page(&self, headers: &HeaderMap) -> Page<'_> {
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let territory = self.app.geography.territory(&self.app.profile.territory);
        let territory = territory.map(|found| found.short_name.as_str()).unwrap_or_default();
        Page::new(&self.catalog, wished(accepted.unwrap_or_default())).of(territory)
    }
}

/// Turns away whoever asks too often, and puts on every answer what browsers are to heed.
async fn guard(
    State(web): State<Web>,
    Extension(Peer(peer)): Extension<Peer>,
    request: axum::extract::Request,
    next: axum::middleware::Next,
) -> Response {
    let address = asker(peer, request.headers(), web.trust_forwarded_for);
    let mut response = if web.limiter.admits(Asker::from(address), web.app.now()) {
        next.run(request).await
    } else {
        let page = web.page(request.headers());
        let retry = [(header::RETRY_AFTER, HeaderValue::from_static("60"))];
        (StatusCode::TOO_MANY_REQUESTS, retry, page.notice("web-too-many")).into_response()
    };
    protect(response.headers_mut(), false);
    // The address is the key: it is told to nobody.
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

async fn show_offer(State(web): State<Web>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let page = web.page(&headers);
    match offers::open_by_link(&web.app, &token) {
        Ok(view) => offer_page::show(&web.app, &page, &view),
        Err(refusal) => refused(&page, refusal.kind()),
    }
}

async fn answer_offer(
    State(web): State<Web>,
    Path(token): Path<String>,
    headers: HeaderMap,
    Form(form): Form<AnswerForm>,
) -> Response {
    let page = web.page(&headers);
    let Some(answer) = form.read() else {
        return (StatusCode::BAD_REQUEST, page.notice("web-answer-unclear")).into_response();
    };
    match offers::answer_by_link(&web.app, token, answer).await {
        Ok(view) => offer_page::show(&web.app, &page, &view),
        Err(refusal) => refused(&page, refusal.kind()),
    }
}

async fn feed(State(web): State<Web>, Path(feed): Path<String>, headers: HeaderMap) -> Response {
    let page = web.page(&headers);
    let Some(token) = feed.strip_suffix(".ics") else { return nothing_here(&page) };
    match calendars::feed(&web.app, token) {
        Ok(entries) => {
            let kind = [(header::CONTENT_TYPE, "text/calendar; charset=utf-8")];
            (kind, calendar::text(&page, &entries)).into_response()
        }
        Err(refusal) => refused(&page, refusal.kind()),
    }
}

async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], html::STYLE)
}

async fn nothing(State(web): State<Web>, headers: HeaderMap) -> Response {
    nothing_here(&web.page(&headers))
}

fn nothing_here(page: &Page<'_>) -> Response {
    (StatusCode::NOT_FOUND, page.notice("web-nothing-here")).into_response()
}

fn refused(page: &Page<'_>, kind: RefusalKind) -> Response {
    match kind {
        RefusalKind::NotFound => nothing_here(page),
        RefusalKind::InvalidInput | RefusalKind::Conflict => {
            (StatusCode::CONFLICT, page.notice("web-changed-meanwhile")).into_response()
        }
        RefusalKind::Forbidden
        | RefusalKind::Unauthenticated
        | RefusalKind::Unavailable
        | RefusalKind::Exhausted
        | RefusalKind::Internal => {
            (StatusCode::SERVICE_UNAVAILABLE, page.notice("web-out-of-order")).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_is_what_the_proxy_itself_has_added_last() {
        let (proxy, stranger) = ("127.0.0.1".parse().unwrap(), "192.0.2.9".parse().unwrap());
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", HeaderValue::from_static("198.51.100.1"));
        headers.append("x-forwarded-for", HeaderValue::from_static("198.51.100.2, 203.0.113.7"));
        assert_eq!(asker(proxy, &headers, true).to_string(), "203.0.113.7");
        assert_eq!(asker(proxy, &headers, false), proxy);
        assert_eq!(asker(stranger, &headers, true), stranger, "no proxy of ours");
    }
}
