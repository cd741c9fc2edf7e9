//! What every request passes before a handler sees it: how often one address asks, who is signed in, whether a form is one of
//! ours, and whether somebody is signed in at all. Must never let a handler forget one of these.

use axum::{
    body::{Body, to_bytes},
    extract::{Extension, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse as _, Redirect, Response},
};
use maillage_platform::{
    i18n::Language,
    refusal::RefusalKind,
    secrets::random_token,
    web::{
        compress::compressed,
        forgery::is_from_elsewhere,
        headers::{WITH_OUR_SCRIPT, protect},
        language::wished,
        limit::Asker,
        serve::Peer,
    },
};

use super::{Console, DOOR, LANGUAGE, SESSION, drafts, entry, fields::Fields, reply, requests};
use crate::{
    app::{self, caller::Caller, looks::Hidden},
    limits::{CONSOLE_BODY_BYTES, CONSOLE_BODY_WITHIN, SIGN_IN_BODY_BYTES},
    web::asker,
};

/// Seconds the language is kept: a year.
const LANGUAGE_S: u32 = 365 * 24 * 3600;

/// Where nothing typed comes back: sums of money are typed anew, with what is owed by then before one's eyes.
const NO_DRAFTS: &str = "/money";

/// Who is behind a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asking {
    /// Somebody who opened a page or pressed a button.
    Person,
    /// A page that follows what is typed into it.
    Typing,
    /// A page that looks whether something has changed, whether or not anybody is in front of it.
    Page,
}

impl Asking {
    fn of(method: &Method, headers: &HeaderMap) -> Self {
        match (headers.contains_key("hx-request"), method == Method::GET) {
            (false, _) => Self::Person,
            (true, false) => Self::Typing,
            (true, true) => Self::Page,
        }
    }
}

/// A request as handlers see it.
#[derive(Clone)]
pub(super) struct Visit {
    /// The reader's language.
    pub(super) language: Language,
    /// The address of the page, without the choice of a language.
    pub(super) here: String,
    /// The session cookie it came with, whether or not it opens anything.
    pub(super) session: Option<String>,
    /// The cookie that forms go with before anybody is signed in.
    pub(super) door: String,
    /// Who asks, as far as an address tells.
    pub(super) asker: Asker,
    /// Whether somebody asks, or a page by itself.
    pub(super) asking: Asking,
    /// Who is signed in.
    pub(super) caller: Option<Caller>,
    /// What was typed: of a page that is opened, what waits on it.
    pub(super) fields: Fields,
    /// Whether the page shows what was typed before.
    pub(super) is_back: bool,
    /// Where a form was sent; empty for a page that is opened.
    pub(super) sent: String,
    /// Whose names stay off the page, since it cannot be noted that they are seen.
    pub(super) hidden: Hidden,
}

impl Visit {
    /// Who is signed in; handlers behind the guard are reached by nobody else.
    pub(super) fn caller(&self) -> Caller {
        self.caller.clone().unwrap_or_else(|| {
            Caller::new("nobody", maillage_domain::roles::Roles::new(), app::caller::Scope::Everything)
        })
    }

    /// The cookie that the forms of a page go with.
    fn of_forms(&self) -> &str {
        match (&self.caller, &self.session) {
            (Some(_), Some(session)) => session,
            (_, _) => &self.door,
        }
    }

    /// The forgery token of the forms of a page. It says whose they are, too: once the session has ended, nothing else would.
    pub(super) fn token(&self, console: &Console) -> String {
        let token = console.forgery.token(self.of_forms());
        match &self.caller {
            Some(caller) => format!("{token}.{}", console.draft_mark(caller.label())),
            None => token,
        }
    }
}

/// The way through the door.
pub(super) async fn guard(
    State(console): State<Console>,
    Extension(Peer(peer)): Extension<Peer>,
    request: Request,
    next: Next,
) -> Response {
    let asker = Asker::from(asker(peer, request.headers(), console.trust_forwarded_for));
    let asked = request.headers().clone();
    let mut response = compressed(&asked, answer(&console, asker, request, next).await).await;
    protect(response.headers_mut(), console.cookies.secure);
    let policy = HeaderValue::from_static(WITH_OUR_SCRIPT);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

async fn answer(console: &Console, asker: Asker, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let new_door = console.cookies.read(&parts.headers, DOOR).is_none();
    let asking = Asking::of(&parts.method, &parts.headers);
    let mut visit = visit(console, (asker, asking), &parts.headers, &parts.uri);
    if !console.requests.admits(asker, console.app.now()) {
        return reply::too_many(console, &visit);
    }
    if let (&Method::GET, Some(language)) = (&parts.method, asked_language(&parts.uri)) {
        return in_language(console, &visit, language);
    }
    let path = parts.uri.path().to_owned();
    if parts.method == Method::POST {
        let most = if path == "/sign-in" { SIGN_IN_BODY_BYTES } else { CONSOLE_BODY_BYTES };
        let body = tokio::time::timeout(CONSOLE_BODY_WITHIN, to_bytes(body, most)).await;
        let bytes = match body {
            Ok(Ok(bytes)) => bytes,
            Ok(Err(error)) if is_too_long(&error) => {
                return reply::plain(console, &visit, StatusCode::PAYLOAD_TOO_LARGE, "console-too-long");
            }
            // The line broke off, or is too slow.
            Ok(Err(_)) | Err(_) => {
                return reply::plain(console, &visit, StatusCode::REQUEST_TIMEOUT, "console-broken-off");
            }
        };
        visit.fields = Fields::read(&bytes).unwrap_or_default();
        // What follows the typing is no answer to a button: who presses one is told what is the matter.
        if asking == Asking::Typing && visit.caller.is_none() {
            return StatusCode::NO_CONTENT.into_response();
        }
        visit.here = entry::page_of(&path);
        visit.sent.clone_from(&path);
        if let Some(refused) = unsent(console, &visit, &path, &parts.headers) {
            return refused;
        }
        // What follows the typing sends nothing off.
        if asking != Asking::Typing {
            drafts::forget(console, &visit);
        }
    } else if visit.caller.is_none() && !is_open(console, &path) {
        if asking == Asking::Page {
            return reply::come_again();
        }
        return to_sign_in(console, &visit, new_door);
    } else if path != requests::PAGE && !path.starts_with(NO_DRAFTS) {
        // That page chooses among its drafts by who travels.
        let waiting = drafts::waiting(console, &visit, &path);
        if !is_of_another(&waiting, &parts.uri) {
            visit.fields = waiting;
        }
        visit.is_back = !visit.fields.pairs().is_empty();
        if visit.is_back {
            drafts::say_back(console, &visit);
        }
    }
    let door = visit.door.clone();
    let mut request = Request::from_parts(parts, Body::empty());
    request.extensions_mut().insert(visit);
    let mut response = next.run(request).await;
    if new_door {
        put_cookie(&mut response, console.cookies.set(DOOR, &door, None));
    }
    response
}

/// Whether a body was cut off since it is longer than forms may be.
fn is_too_long(error: &axum::Error) -> bool {
    let source = std::error::Error::source(error);
    source.is_some_and(<dyn std::error::Error>::is::<http_body_util::LengthLimitError>)
}

fn visit(console: &Console, (asker, asking): (Asker, Asking), headers: &HeaderMap, uri: &Uri) -> Visit {
    let session = console.cookies.read(headers, SESSION).map(str::to_owned);
    let now = console.app.now();
    let visitor = session.as_deref().and_then(|cookie| match asking {
        Asking::Person | Asking::Typing => console.sessions.enter(cookie, now),
        Asking::Page => console.sessions.look(cookie, now),
    });
    let caller = visitor.and_then(|visitor| {
        let still = app::entry::still(&console.app, visitor.account, visitor.stamp);
        let is_over = still.as_ref().is_err_and(|refusal| refusal.kind() == RefusalKind::Unauthenticated);
        if let (true, Some(cookie)) = (is_over, &session) {
            console.sessions.close(cookie);
        }
        still.ok()
    });
    let kept = console.cookies.read(headers, LANGUAGE).and_then(|code| code.parse().ok());
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let door = console.cookies.read(headers, DOOR).map(str::to_owned);
    Visit {
        language: kept.unwrap_or_else(|| wished(accepted.unwrap_or_default())),
        here: without_language(uri),
        session,
        door: door.unwrap_or_else(|| random_token(console.app.entropy.as_ref()).expose().clone()),
        asker,
        asking,
        caller,
        fields: Fields::default(),
        is_back: false,
        sent: String::new(),
        hidden: Hidden::default(),
    }
}

/// What is answered to a form that is not taken: it comes from elsewhere, is out of date, or nobody is signed in any more.
fn unsent(console: &Console, visit: &Visit, path: &str, headers: &HeaderMap) -> Option<Response> {
    let forged = || Some(reply::plain(console, visit, StatusCode::FORBIDDEN, "console-forged"));
    if is_from_elsewhere(headers) {
        return forged();
    }
    let typed = visit.fields.text("forgery");
    let typed = typed.split_once('.').map_or(typed, |(token, _)| token);
    let goes_with = |cookie: &str| console.forgery.accepts(cookie, typed);
    let is_ours =
        visit.session.as_deref().is_some_and(goes_with) || (is_open(console, path) && goes_with(&visit.door));
    match (is_ours, &visit.caller) {
        (true, Some(_)) => None,
        (true, None) if is_open(console, path) => None,
        // Signed in again meanwhile, in another tab: nothing is done, and nothing typed is lost.
        (false, Some(caller)) if drafts::is_of(console, caller.label(), drafts::mark(visit)) => {
            if !drafts::keep(console, visit) {
                return forged();
            }
            Some(Redirect::to(&visit.here).into_response())
        }
        (false, Some(_)) => forged(),
        (false, None) if is_open(console, path) => forged(),
        // It may well be one of our own pages whose cookie has gone: nothing is done, and nothing typed is lost.
        (_, None) => Some(entry::ask_again(console, visit, path)),
    }
}

/// Whether a form that waits is of somebody else than an address asks for: it stays where it is.
fn is_of_another(waiting: &Fields, uri: &Uri) -> bool {
    let asked = Fields::read(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    let (asked, of) = (asked.text("person"), waiting.text("person"));
    !asked.is_empty() && !of.is_empty() && asked != of
}

/// Whether a path is for whoever is not signed in.
fn is_open(console: &Console, path: &str) -> bool {
    path == "/sign-in"
        || path.starts_with("/welcome/")
        || [&console.style, &console.icon, &console.script].iter().any(|asset| path == asset.path)
}

fn to_sign_in(console: &Console, visit: &Visit, new_door: bool) -> Response {
    let target = if visit.here == "/" {
        String::new()
    } else {
        format!(
            "?{}",
            form_urlencoded::Serializer::new(String::new()).append_pair("next", &visit.here).finish()
        )
    };
    let mut response = Redirect::to(&format!("/sign-in{target}")).into_response();
    if new_door {
        put_cookie(&mut response, console.cookies.set(DOOR, &visit.door, None));
    }
    response
}

/// Keeps the language asked for, and shows the page in it.
fn in_language(console: &Console, visit: &Visit, language: Language) -> Response {
    let mut response = Redirect::to(&visit.here).into_response();
    put_cookie(&mut response, console.cookies.set(LANGUAGE, language.code(), Some(LANGUAGE_S)));
    response
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
