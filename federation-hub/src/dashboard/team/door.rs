//! What every request of the team's part passes before a handler sees it: how often one address asks, who is signed in, whether a form is one of
//! ours, and whether somebody is signed in at all. It must never let a handler forget one of these.

use std::net::IpAddr;

use axum::{
    body::{Body, to_bytes},
    extract::{Extension, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Redirect, Response},
};
use maillage_platform::{
    i18n::Language,
    secrets::random_token,
    web::{forgery::is_from_elsewhere, headers::protect, language::wished, limit::Asker, serve::Peer},
};

use super::{DOOR, LANGUAGE, SESSION, Team, Told, entry, fields::Fields, views};
use crate::{
    limits,
    team::{Verdict, colleague::Colleague, still},
};

/// Seconds the language is kept: a year.
const LANGUAGE_S: u32 = 365 * 24 * 3600;

/// A request as handlers see it.
#[derive(Clone)]
pub(super) struct Visit {
    pub(super) language: Language,
    /// The address of the page, without the choice of a language.
    pub(super) here: String,
    /// The session cookie it came with, whether or not it opens anything.
    pub(super) session: Option<String>,
    /// The cookie that forms go with before anybody is signed in.
    door: String,
    /// Who asks, as far as an address tells.
    pub(super) asker: Asker,
    /// Who is signed in.
    pub(super) colleague: Option<Colleague>,
    /// What was typed, or asked in the address.
    pub(super) fields: Fields,
    /// What was to be said on this page.
    pub(super) told: Told,
}

impl Visit {
    /// The forgery token of the forms of a page.
    pub(super) fn token(&self, team: &Team) -> String {
        team.forgery.token(self.of_forms())
    }

    /// What is decided in a form about something of a node.
    pub(super) fn verdict(&self, (node, when): &(String, String)) -> Verdict {
        let reason = self.fields.text("reason").to_owned();
        Verdict { node: node.clone(), when: when.clone(), reason, lift: self.fields.text("lift") == "yes" }
    }

    fn of_forms(&self) -> &str {
        match (&self.colleague, &self.session) {
            (Some(_), Some(session)) => session,
            (_, _) => &self.door,
        }
    }
}

/// The way through the door.
pub(super) async fn guard(
    State(team): State<Team>,
    Extension(Peer(peer)): Extension<Peer>,
    request: Request,
    next: Next,
) -> Response {
    let asker = Asker::from(asking(peer, request.headers(), team.trust_forwarded_for));
    let mut response = answer(&team, asker, request, next).await;
    protect(response.headers_mut(), team.cookies.secure);
    response
}

async fn answer(team: &Team, asker: Asker, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let new_door = team.cookies.read(&parts.headers, DOOR).is_none();
    let mut visit = visit(team, asker, &parts).await;
    if !team.requests.admits(asker, team.hub.parts.clock.now()) {
        let retry = [(header::RETRY_AFTER, HeaderValue::from_static("60"))];
        let told = views::plain(team, &visit, "team-too-many");
        return (StatusCode::TOO_MANY_REQUESTS, retry, told).into_response();
    }
    if let (&Method::GET, Some(language)) = (&parts.method, asked_language(&parts.uri)) {
        let mut response = Redirect::to(&visit.here).into_response();
        put_cookie(&mut response, team.cookies.set(LANGUAGE, language.code(), Some(LANGUAGE_S)));
        return response;
    }
    if let Some(cookie) = &visit.session {
        team.sessions.change(cookie, |visitor| visit.told = std::mem::take(&mut visitor.told));
    }
    let path = parts.uri.path().to_owned();
    if parts.method == Method::POST {
        let body = tokio::time::timeout(limits::TEAM_BODY_WITHIN, to_bytes(body, limits::TEAM_BODY_BYTES));
        let Ok(Ok(bytes)) = body.await else {
            let told = views::plain(team, &visit, "team-broken-off");
            return (StatusCode::PAYLOAD_TOO_LARGE, told).into_response();
        };
        visit.fields = Fields::read(&bytes);
        // Whoever was ended while the form was on its way does nothing more.
        visit.colleague = signed_in(team, visit.session.as_deref()).await;
        let from_elsewhere = is_from_elsewhere(&parts.headers);
        let goes_with = |cookie: &str| team.forgery.accepts(cookie, visit.fields.text("forgery"));
        // A page that was opened from another site came without the cookie of the session, which its form brings.
        let is_ours =
            !from_elsewhere && (goes_with(visit.of_forms()) || (is_open(&path) && goes_with(&visit.door)));
        if !is_ours && (visit.colleague.is_some() || is_open(&path)) {
            return (StatusCode::FORBIDDEN, views::plain(team, &visit, "team-forged")).into_response();
        }
        if visit.colleague.is_none() && !is_open(&path) && !from_elsewhere {
            return entry::session_over(team, &visit, &path, new_door);
        }
    }
    if visit.colleague.is_none() && !is_open(&path) {
        return to_sign_in(team, &visit, new_door);
    }
    let door = visit.door.clone();
    let mut request = Request::from_parts(parts, Body::empty());
    request.extensions_mut().insert(visit);
    let mut response = next.run(request).await;
    if new_door {
        put_cookie(&mut response, team.cookies.set(DOOR, &door, None));
    }
    response
}

async fn visit(team: &Team, asker: Asker, parts: &Parts) -> Visit {
    let headers = &parts.headers;
    let session = team.cookies.read(headers, SESSION).map(str::to_owned);
    let colleague = signed_in(team, session.as_deref()).await;
    let kept = team.cookies.read(headers, LANGUAGE).and_then(|code| code.parse().ok());
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let door = team.cookies.read(headers, DOOR).map(str::to_owned);
    Visit {
        language: kept.unwrap_or_else(|| wished(accepted.unwrap_or_default())),
        here: without_language(&parts.uri),
        session,
        door: door.unwrap_or_else(|| random_token(team.hub.parts.entropy.as_ref()).expose().clone()),
        asker,
        colleague,
        fields: Fields::read(parts.uri.query().unwrap_or_default().as_bytes()),
        told: Told::default(),
    }
}

/// Who a session is of, as long as account and password are those of then.
async fn signed_in(team: &Team, session: Option<&str>) -> Option<Colleague> {
    let visitor = team.sessions.enter(session?, team.hub.parts.clock.now())?;
    still(&team.hub, &visitor.name, visitor.stamp).await.ok()
}

/// Who asks, or for whom the proxy on this machine asks.
fn asking(peer: IpAddr, headers: &HeaderMap, trust_forwarded_for: bool) -> IpAddr {
    if !(trust_forwarded_for && peer.is_loopback()) {
        return peer;
    }
    // What the proxy itself has added is last; what stands before it was put there by who asks.
    let mut lines = headers.get_all("x-forwarded-for").iter();
    let forwarded = lines.next_back().and_then(|value| value.to_str().ok());
    let last = forwarded.and_then(|list| list.rsplit(',').next());
    last.and_then(|address| address.trim().parse().ok()).unwrap_or(peer)
}

/// Whether a path is for whoever is not signed in.
fn is_open(path: &str) -> bool {
    path == entry::SIGN_IN || path.starts_with("/team/welcome/")
}

fn to_sign_in(team: &Team, visit: &Visit, new_door: bool) -> Response {
    let next = form_urlencoded::Serializer::new(String::new()).append_pair("next", &visit.here).finish();
    let mut response = Redirect::to(&format!("{}?{next}", entry::SIGN_IN)).into_response();
    keep_door(team, visit, &mut response, new_door);
    response
}

/// Gives the cookie that forms go with before anybody is signed in, if there was none.
pub(super) fn keep_door(team: &Team, visit: &Visit, response: &mut Response, new_door: bool) {
    if new_door {
        put_cookie(response, team.cookies.set(DOOR, &visit.door, None));
    }
}

/// Adds a cookie to an answer.
pub(super) fn put_cookie(response: &mut Response, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

fn asked_language(uri: &Uri) -> Option<Language> {
    uri.query()?.split('&').find_map(|pair| pair.strip_prefix("lang="))?.parse().ok()
}

/// Path and query without the choice of a language. Two slashes in front would lead to another site.
fn without_language(uri: &Uri) -> String {
    let path = format!("/{}", uri.path().trim_start_matches('/'));
    let pairs = uri.query().unwrap_or_default().split('&');
    let pairs: Vec<&str> = pairs.filter(|pair| !pair.is_empty() && !pair.starts_with("lang=")).collect();
    if pairs.is_empty() { path } else { format!("{path}?{}", pairs.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_is_what_the_proxy_itself_has_added_last() {
        let (proxy, stranger) = ("127.0.0.1".parse().unwrap(), "192.0.2.9".parse().unwrap());
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", HeaderValue::from_static("198.51.100.2, 203.0.113.7"));
        assert_eq!(asking(proxy, &headers, true).to_string(), "203.0.113.7");
        assert_eq!(asking(proxy, &headers, false), proxy);
        assert_eq!(asking(stranger, &headers, true), stranger, "no proxy of ours");
    }
}
