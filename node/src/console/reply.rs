//! Answers: pages, and what is said when something is refused. Must never show what went wrong inside.

use axum::{
    extract::{Extension, State},
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse as _, Redirect, Response},
};
use maillage_console::{
    entry::Plain,
    frame::{Files, Frame, Notice, User},
    texts::Texts,
    written,
};
use maillage_platform::refusal::{Refusal, RefusalKind};

use super::{
    Console,
    door::{Asking, Visit},
    drafts,
};
use crate::cli::words::Words;

/// The texts in the reader's language.
pub(super) fn texts<'a>(console: &'a Console, visit: &Visit) -> Texts<'a> {
    Texts::new(&console.catalog, visit.language)
}

/// Codes, times and distances in the reader's language.
pub(super) fn words<'a>(console: &'a Console, visit: &Visit) -> Words<'a> {
    Words::new(&console.catalog, visit.language).on_pages()
}

/// What stands around a page with a title. What was to be said on the next page is said on this one.
pub(super) fn frame<'a>(console: &'a Console, visit: &Visit, title: String) -> Frame<'a> {
    let mut said = None;
    // What is to be said is said to somebody who came, not to a page that looks by itself.
    if let (Some(_), Some(cookie), Asking::Person) = (&visit.caller, &visit.session, visit.asking) {
        console.sessions.change(cookie, |visitor| said = visitor.said.take());
    }
    let user = visit.caller.as_ref().map(|caller| User::new(caller.label(), caller.roles(), &visit.here));
    Frame {
        texts: texts(console, visit),
        title,
        territory: &console.territory,
        files: Files { style: &console.style.path, icon: &console.icon.path, script: &console.script.path },
        here: visit.here.clone(),
        user,
        notice: said.map(|(is_bad, text)| Notice { is_bad, text }).or_else(|| unnamed(console, visit)),
        begin_anew: if visit.is_back { visit.here.clone() } else { String::new() },
        token: visit.token(console),
    }
}

/// That names are missing on the page, and why.
fn unnamed(console: &Console, visit: &Visit) -> Option<Notice> {
    let text = (!visit.hidden.is_empty()).then(|| texts(console, visit).say("comfort-names-hidden"));
    text.map(Notice::bad)
}

/// A page as an answer.
pub(super) fn page(page: &impl askama::Template) -> Response {
    if let Ok(text) = written(page) {
        return Html(text).into_response();
    }
    tracing::error!("a page of the console cannot be written");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// On to a page, which says something first. If it is bad, what was typed on that page is still there.
pub(super) fn on_to(console: &Console, visit: &Visit, page: &str, said: Option<(bool, String)>) -> Response {
    if page == visit.here && said.as_ref().is_some_and(|(is_bad, _)| *is_bad) {
        drafts::keep(console, visit);
    }
    if let Some(cookie) = &visit.session {
        console.sessions.change(cookie, |visitor| visitor.said = said);
    }
    Redirect::to(page).into_response()
}

/// A page that says one thing, `<key>` and `<key>-text`.
pub(super) fn plain(console: &Console, visit: &Visit, status: StatusCode, key: &str) -> Response {
    let text = texts(console, visit).say(&format!("{key}-text"));
    saying(console, visit, status, key, text)
}

fn saying(console: &Console, visit: &Visit, status: StatusCode, key: &str, text: String) -> Response {
    let texts = texts(console, visit);
    let (way, words) = match visit.caller {
        Some(_) => ("/", "console-go-home"),
        None => ("/sign-in", "console-go-sign-in"),
    };
    saying_with(console, visit, (status, key), (vec![text], vec![(way.to_owned(), texts.say(words))]))
}

fn saying_with(
    console: &Console,
    visit: &Visit,
    (status, key): (StatusCode, &str),
    (paragraphs, ways): (Vec<String>, Vec<(String, String)>),
) -> Response {
    let frame = frame(console, visit, texts(console, visit).say(key));
    (status, page(&Plain { frame, paragraphs, ways })).into_response()
}

/// There is no such page.
pub(super) async fn nothing(State(console): State<Console>, Extension(visit): Extension<Visit>) -> Response {
    plain(&console, &visit, StatusCode::NOT_FOUND, "console-nothing-here")
}

/// To a page that looks by itself when nobody is signed in any more: it is to be opened again, so that what it shows of people
/// does not stay.
pub(super) fn come_again() -> Response {
    (StatusCode::NO_CONTENT, [("hx-refresh", "true")]).into_response()
}

/// Somebody asks too often.
pub(super) fn too_many(console: &Console, visit: &Visit) -> Response {
    let mut response = plain(console, visit, StatusCode::TOO_MANY_REQUESTS, "console-too-many");
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
    response
}

/// What a use case refuses, where there is no form to say it in. What was typed is kept, and there is a way back to it.
pub(super) fn refused(console: &Console, visit: &Visit, refusal: &Refusal) -> Response {
    let texts = texts(console, visit);
    let (status, text) = match refusal.kind() {
        RefusalKind::NotFound => return plain(console, visit, StatusCode::NOT_FOUND, "console-nothing-here"),
        RefusalKind::Forbidden => return plain(console, visit, StatusCode::FORBIDDEN, "console-not-allowed"),
        RefusalKind::InvalidInput | RefusalKind::Conflict => {
            (StatusCode::CONFLICT, words(console, visit).refusal(refusal))
        }
        RefusalKind::Unauthenticated
        | RefusalKind::Unavailable
        | RefusalKind::Exhausted
        | RefusalKind::Internal => (StatusCode::SERVICE_UNAVAILABLE, texts.say("console-out-of-order-text")),
    };
    if !drafts::keep(console, visit) {
        return saying(console, visit, status, "console-out-of-order", text);
    }
    let told = vec![text, texts.say("comfort-kept-text")];
    let way = vec![(visit.here.clone(), texts.say("comfort-kept-way"))];
    saying_with(console, visit, (status, "console-out-of-order"), (told, way))
}
