//! Signing in and out, choosing a password by a one-time link, changing it. Must never say whether a name is an account's, nor
//! keep a password in a page.

use axum::{
    extract::{Extension, Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse as _, Redirect, Response},
};
use maillage_console::{
    entry::{Choose, Plain, SignIn},
    form::Input,
    frame::{Notice, User},
};
use maillage_domain::account::Account;
use maillage_platform::{
    refusal::{Refusal, RefusalKind},
    web::next,
};

use super::{
    Console, SESSION,
    door::{Visit, put_cookie},
    drafts::{self, Drafts},
    fields::Fields,
    reply::{self, frame, page, texts, words},
};
use crate::app;

/// Characters of the name of an account by which attempts are counted: no account has a longer one.
const COUNTED_CHARS: usize = 40;

/// The page to sign in on.
pub(super) async fn show_sign_in(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    uri: Uri,
) -> Response {
    let query = Fields::read(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    let next = next::page(query.text("next")).unwrap_or("/").to_owned();
    if visit.caller.is_some() {
        return Redirect::to(&next).into_response();
    }
    let signed_out = (query.text("out") == "1").then(|| texts(&console, &visit).say("console-signed-out"));
    let notice = signed_out.map(Notice::good);
    asking(&console, &visit, Asking { next, notice, ..Asking::default() })
}

/// What the page to sign in on shows.
#[derive(Default)]
struct Asking {
    label: String,
    next: String,
    kept: String,
    notice: Option<Notice>,
}

fn asking(console: &Console, visit: &Visit, asking: Asking) -> Response {
    let texts = texts(console, visit);
    let label = Input {
        autocomplete: "username",
        required: true,
        first: asking.label.is_empty(),
        ..Input::text("account", texts.say("console-sign-in-account"), asking.label)
    };
    let password = Input::password("password", texts.say("console-sign-in-password"), "current-password");
    let mut around = frame(console, visit, texts.say("console-sign-in"));
    around.notice = asking.notice;
    page(&SignIn { frame: around, fields: vec![label, password], next: asking.next, kept: asking.kept })
}

/// A form came when nobody was signed in any more: what was typed goes along to the page to sign in on.
pub(super) fn ask_again(console: &Console, visit: &Visit, path: &str) -> Response {
    let (next, kept) = (page_of(path), drafts::carried(visit, path));
    (StatusCode::UNAUTHORIZED, asking(console, visit, Asking { next, kept, ..Asking::default() }))
        .into_response()
}

/// The page whose form is sent to a path.
pub(super) fn page_of(path: &str) -> String {
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match parts.as_slice() {
        ["trips", id, ..] => format!("/trips/{id}"),
        ["people", id, "contact"] => format!("/people/{id}/contact"),
        [
            part @ ("people" | "planning" | "handovers" | "volunteers" | "referrals" | "series" | "fleet"
            | "loans" | "pathways"),
            id,
            ..,
        ] => format!("/{part}/{id}"),
        ["drivers", ..] => "/drivers".to_owned(),
        ["users", id, ..] => format!("/users/{id}"),
        ["statistics", period, ..] => format!("/statistics/{period}"),
        ["sign-out" | "drafts"] => "/".to_owned(),
        _ => path.to_owned(),
    }
}

/// Signs in.
pub(super) async fn sign_in(State(console): State<Console>, Extension(visit): Extension<Visit>) -> Response {
    let fields = &visit.fields;
    let label = fields.text("account").trim().to_lowercase();
    let next = next::page(fields.text("next")).unwrap_or("/").to_owned();
    let kept = fields.text("kept").to_owned();
    let counted: String = label.chars().take(COUNTED_CHARS).collect();
    let admitted = console.may_try(&counted, visit.asker);
    let again = |text: String| Asking {
        label: label.clone(),
        next: next.clone(),
        kept: kept.clone(),
        notice: Some(Notice::bad(text)),
    };
    if !admitted {
        let told = asking(&console, &visit, again(texts(&console, &visit).say("console-sign-in-wait")));
        let retry = [(header::RETRY_AFTER, HeaderValue::from_static("900"))];
        return (StatusCode::TOO_MANY_REQUESTS, retry, told).into_response();
    }
    match app::entry::sign_in(&console.app, &label, fields.text("password")).await {
        Ok(account) => {
            console.sign_ins_by_account.forgive(&(counted, visit.asker));
            let drafts = drafts::brought_back(&console, &account, &kept);
            entered(&console, &visit, &account, (&next, drafts))
        }
        Err(refusal) => {
            let status = match refusal.kind() {
                RefusalKind::Unauthenticated => StatusCode::UNAUTHORIZED,
                RefusalKind::InvalidInput
                | RefusalKind::NotFound
                | RefusalKind::Conflict
                | RefusalKind::Forbidden
                | RefusalKind::Unavailable
                | RefusalKind::Exhausted
                | RefusalKind::Internal => StatusCode::SERVICE_UNAVAILABLE,
            };
            let told = asking(&console, &visit, again(words(&console, &visit).refusal(&refusal)));
            (status, told).into_response()
        }
    }
}

/// Opens a session under a new cookie, and goes on.
fn entered(console: &Console, visit: &Visit, account: &Account, (next, drafts): (&str, Drafts)) -> Response {
    let mut response = Redirect::to(next).into_response();
    put_cookie(&mut response, console.admit(account, visit.session.as_deref(), drafts));
    response
}

/// Signs out.
pub(super) async fn sign_out(State(console): State<Console>, Extension(visit): Extension<Visit>) -> Response {
    if let Some(cookie) = &visit.session {
        console.sessions.close(cookie);
    }
    let mut response = Redirect::to("/sign-in?out=1").into_response();
    put_cookie(&mut response, console.cookies.clear(SESSION));
    let everything = HeaderValue::from_static("\"cache\"");
    response.headers_mut().insert("clear-site-data", everything);
    response
}

/// The page behind a one-time link. Looking uses nothing up: mail programs look at links too.
pub(super) async fn show_welcome(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path((id, secret)): Path<(String, String)>,
) -> Response {
    match app::entry::linked(&console.app, &id, &secret) {
        Ok(account) => choosing(&console, &visit, account.label.as_str(), Vec::new(), None),
        Err(refusal) => link_over(&console, &visit, &refusal),
    }
}

/// Chooses the password.
pub(super) async fn welcome(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path((id, secret)): Path<(String, String)>,
) -> Response {
    let label = match app::entry::linked(&console.app, &id, &secret) {
        Ok(account) => account.label,
        Err(refusal) => return link_over(&console, &visit, &refusal),
    };
    let typed = visit.fields.text("password");
    let refused = |errors, notice| {
        let shown = choosing(&console, &visit, label.as_str(), errors, notice);
        (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response()
    };
    if typed != visit.fields.text("again") {
        return refused(vec![("again", texts(&console, &visit).say("console-choose-differ"))], None);
    }
    match app::entry::enter_by_link(&console.app, (&id, &secret), typed).await {
        Ok(account) => {
            console.sessions.close_where(|visitor| visitor.account == account.id);
            console.sign_ins_of_account.forgive(&account.label.as_str().to_owned());
            console.sign_ins_by_account.forgive(&(account.label.as_str().to_owned(), visit.asker));
            let response = entered(&console, &visit, &account, ("/", Drafts::default()));
            let said = texts(&console, &visit).say("console-choose-done");
            say_next(&console, &response, said);
            response
        }
        Err(refusal) if refusal.kind() == RefusalKind::NotFound => link_over(&console, &visit, &refusal),
        Err(refusal) => {
            let (errors, notice) = beside(&console, &visit, &refusal);
            refused(errors, notice)
        }
    }
}

/// The page on which one's own password is changed.
pub(super) async fn show_password(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
) -> Response {
    choosing(&console, &visit, visit.caller().label(), Vec::new(), None)
}

/// Changes one's own password, and ends every other session of the account.
pub(super) async fn change_password(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
) -> Response {
    let caller = visit.caller();
    let fields = &visit.fields;
    let refused = |errors, notice| {
        let shown = choosing(&console, &visit, caller.label(), errors, notice);
        (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response()
    };
    if fields.text("password") != fields.text("again") {
        return refused(vec![("again", texts(&console, &visit).say("console-choose-differ"))], None);
    }
    // Names of accounts have no space: what is tried here closes no way in.
    let counted = (format!("password of {}", caller.label()), visit.asker);
    if !console.sign_ins_by_account.admits(counted.clone(), console.app.now()) {
        let wait = texts(&console, &visit).say("console-sign-in-wait");
        return refused(vec![("present", wait)], None);
    }
    let (present, typed) = (fields.text("present"), fields.text("password"));
    match app::entry::change_password(&console.app, &caller, present, typed).await {
        Ok(account) => {
            console.sign_ins_by_account.forgive(&counted);
            console.sessions.close_where(|visitor| visitor.account == account.id);
            let response = entered(&console, &visit, &account, ("/", Drafts::default()));
            say_next(&console, &response, texts(&console, &visit).say("console-password-changed"));
            response
        }
        Err(refusal) => {
            let (errors, notice) = beside(&console, &visit, &refusal);
            refused(errors, notice)
        }
    }
}

/// Lets the first page of the session that an answer opens say something.
fn say_next(console: &Console, response: &Response, said: String) {
    let sent: HeaderMap = response
        .headers()
        .get_all(header::SET_COOKIE)
        .into_iter()
        .filter_map(|cookie| cookie.to_str().ok()?.split(';').next()?.parse().ok())
        .map(|pair: HeaderValue| (header::COOKIE, pair))
        .collect();
    if let Some(cookie) = console.cookies.read(&sent, SESSION) {
        console.sessions.change(cookie, |visitor| visitor.said = Some((false, said)));
    }
}

/// What is wrong, beside the field it is about.
fn beside(
    console: &Console,
    visit: &Visit,
    refusal: &Refusal,
) -> (Vec<(&'static str, String)>, Option<Notice>) {
    let text = words(console, visit).refusal(refusal);
    match (refusal.reason(), refusal.details().get("field").map(String::as_str)) {
        ("sign-in-wrong", _) => (vec![("present", text)], None),
        (_, Some("password")) => (vec![("password", text)], None),
        (_, _) => (Vec::new(), Some(Notice::bad(text))),
    }
}

fn choosing(
    console: &Console,
    visit: &Visit,
    label: &str,
    errors: Vec<(&'static str, String)>,
    notice: Option<Notice>,
) -> Response {
    let texts = texts(console, visit);
    let error = |name: &str| errors.iter().find(|(field, _)| *field == name).map(|(_, text)| text);
    let field = |name, key: &str, autocomplete| {
        Input::password(name, texts.say(key), autocomplete).with_error(error(name))
    };
    let new =
        field("password", "console-choose-new", "new-password").with_hint(texts.say("console-choose-hint"));
    let mut fields = vec![new, field("again", "console-choose-again", "new-password")];
    if visit.here == "/password" {
        fields.insert(0, field("present", "console-choose-present", "current-password"));
    }
    let mut around = frame(console, visit, texts.say("console-choose"));
    around.notice = notice.or(around.notice);
    page(&Choose { frame: around, label: label.to_owned(), fields, action: visit.here.clone() })
}

fn link_over(console: &Console, visit: &Visit, refusal: &Refusal) -> Response {
    if refusal.kind() != RefusalKind::NotFound {
        return reply::refused(console, visit, refusal);
    }
    let texts = texts(console, visit);
    let shown = Plain {
        frame: frame(console, visit, texts.say("console-link-over")),
        paragraphs: vec![words(console, visit).refusal(refusal)],
        ways: vec![("/sign-in".to_owned(), texts.say("console-go-sign-in"))],
    };
    (StatusCode::NOT_FOUND, page(&shown)).into_response()
}

/// What somebody sees first.
pub(super) fn home(console: &Console, visit: &Visit) -> Response {
    let texts = texts(console, visit);
    let around = frame(console, visit, texts.say("console-home"));
    let tabs = around.user.iter().flat_map(User::ways).filter(|tab| tab.path != "/");
    let ways: Vec<(String, String)> = tabs.map(|tab| (tab.path.to_owned(), texts.say(tab.key))).collect();
    let key = if ways.is_empty() { "console-home-text" } else { "console-home-ways" };
    page(&Plain { paragraphs: vec![texts.say(key)], ways, frame: around })
}
