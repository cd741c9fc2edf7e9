//! Signing in and out, choosing a password by a one-time link. It must never say whether a name is an account's, nor keep a password in a page.

use axum::{
    extract::{Extension, Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};
use maillage_platform::{
    refusal::{Refusal, RefusalKind},
    web::next,
};

use super::{
    SESSION, Team, Told,
    door::{Visit, keep_door, put_cookie},
    nodes::NODES,
    views::{self, Entrance, PasswordPage, WelcomePage},
};
use crate::{
    limits, refusals,
    team::{self, colleague::Colleague},
};

/// Where one signs in.
pub(super) const SIGN_IN: &str = "/team/sign-in";
/// Where one changes the own password.
pub(super) const PASSWORD: &str = "/team/password";
/// Where one signs out.
pub(super) const SIGN_OUT: &str = "/team/sign-out";

/// The page to sign in on.
pub(super) async fn show_sign_in(State(team): State<Team>, Extension(visit): Extension<Visit>) -> Response {
    if visit.colleague.is_some() {
        return Redirect::to(onward(&visit)).into_response();
    }
    let is_out = visit.fields.text("out") == "1";
    let notice = if is_out { views::say(&team, &visit, "team-signed-out") } else { String::new() };
    views::sign_in(&team, &visit, Entrance { next: onward(&visit), notice, ..Entrance::default() })
}

/// A form came in whose session is over: nothing is done, and what was typed as a reason is kept for when somebody has signed in again.
pub(super) fn session_over(team: &Team, visit: &Visit, path: &str, new_door: bool) -> Response {
    if path == SIGN_OUT {
        return Redirect::to(&format!("{SIGN_IN}?out=1")).into_response();
    }
    let entrance = Entrance {
        next: &visit.here,
        kept: &kept(visit, "reason"),
        notice: views::say(team, visit, "team-session-over"),
        is_bad: true,
        ..Entrance::default()
    };
    let mut response = (StatusCode::UNAUTHORIZED, views::sign_in(team, visit, entrance)).into_response();
    keep_door(team, visit, &mut response, new_door);
    response
}

/// A reason that was typed, no longer than it may be.
fn kept(visit: &Visit, field: &str) -> String {
    visit.fields.text(field).chars().take(limits::DECISION_CHARS).collect()
}

/// Signs in.
pub(super) async fn sign_in(State(team): State<Team>, Extension(visit): Extension<Visit>) -> Response {
    let name = visit.fields.text("account").trim().to_lowercase();
    let counted: String = name.chars().take(limits::COLLEAGUE_NAME_CHARS).collect();
    let kept = kept(&visit, "kept");
    let again = |notice: String| {
        let entrance = Entrance { name: &name, next: onward(&visit), kept: &kept, notice, is_bad: true };
        views::sign_in(&team, &visit, entrance)
    };
    if !team.may_try(&counted, visit.asker) {
        let retry = [(header::RETRY_AFTER, HeaderValue::from_static("900"))];
        let told = again(views::say(&team, &visit, "team-wait"));
        return (StatusCode::TOO_MANY_REQUESTS, retry, told).into_response();
    }
    match team::sign_in(&team.hub, &name, visit.fields.text("password")).await {
        Ok(colleague) => {
            team.sign_ins_by_account.forgive(&(counted, visit.asker));
            let told = Told { typed: kept.clone(), ..Told::default() };
            entered(&team, &visit, &colleague, (onward(&visit), told))
        }
        Err(refusal) => {
            let status = if refusal.kind() == RefusalKind::Unauthenticated {
                StatusCode::UNAUTHORIZED
            } else {
                StatusCode::SERVICE_UNAVAILABLE
            };
            (status, again(views::refusal(&team, &visit, &refusal))).into_response()
        }
    }
}

/// Where to go on, if it is a page of the team's.
fn onward(visit: &Visit) -> &str {
    next::page(visit.fields.text("next")).filter(|page| page.starts_with("/team/")).unwrap_or(NODES)
}

/// Opens a session under a new cookie, and goes on.
fn entered(team: &Team, visit: &Visit, colleague: &Colleague, (next, told): (&str, Told)) -> Response {
    let mut response = Redirect::to(next).into_response();
    put_cookie(&mut response, team.admit(colleague, visit.session.as_deref(), told));
    response
}

/// Signs out.
pub(super) async fn sign_out(State(team): State<Team>, Extension(visit): Extension<Visit>) -> Response {
    if let Some(cookie) = &visit.session {
        team.sessions.close(cookie);
    }
    let mut response = Redirect::to(&format!("{SIGN_IN}?out=1")).into_response();
    put_cookie(&mut response, team.cookies.clear(SESSION));
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    response
}

/// The page behind a one-time link. Looking uses nothing up: mail programs look at links too.
pub(super) async fn show_welcome(
    State(team): State<Team>,
    Extension(visit): Extension<Visit>,
    Path(secret): Path<String>,
) -> Response {
    match team::linked(&team.hub, &secret).await {
        Ok(colleague) => choosing(&team, &visit, &colleague, Wrong::default()),
        Err(refusal) => link_over(&team, &visit, &refusal),
    }
}

/// What is wrong with what was typed.
#[derive(Default)]
struct Wrong {
    present: String,
    password: String,
    again: String,
}

/// Chooses the password.
pub(super) async fn welcome(
    State(team): State<Team>,
    Extension(visit): Extension<Visit>,
    Path(secret): Path<String>,
) -> Response {
    let colleague = match team::linked(&team.hub, &secret).await {
        Ok(colleague) => colleague,
        Err(refusal) => return link_over(&team, &visit, &refusal),
    };
    let refused = |wrong| {
        (StatusCode::UNPROCESSABLE_ENTITY, choosing(&team, &visit, &colleague, wrong)).into_response()
    };
    let typed = visit.fields.text("password");
    if typed != visit.fields.text("again") {
        return refused(Wrong { again: views::say(&team, &visit, "team-differ"), ..Wrong::default() });
    }
    match team::enter_by_link(&team.hub, &secret, typed).await {
        Ok(colleague) => {
            team.sessions.close_where(|visitor| visitor.name == colleague.name);
            team.sign_ins_of_account.forgive(&colleague.name.to_string());
            let told = Told { said: Some("team-chosen"), ..Told::default() };
            entered(&team, &visit, &colleague, (NODES, told))
        }
        Err(refusal) if refusal.kind() == RefusalKind::NotFound => link_over(&team, &visit, &refusal),
        Err(refusal) => {
            refused(Wrong { password: views::refusal(&team, &visit, &refusal), ..Wrong::default() })
        }
    }
}

/// The page to change the own password on.
pub(super) async fn show_password(State(team): State<Team>, Extension(visit): Extension<Visit>) -> Response {
    changing(&team, &visit, Wrong::default())
}

/// Changes the own password: other sessions of the account end, and this one goes on under another cookie.
pub(super) async fn change_password(
    State(team): State<Team>,
    Extension(visit): Extension<Visit>,
) -> Response {
    let Some(by) = &visit.colleague else { return StatusCode::FORBIDDEN.into_response() };
    let refused = |status: StatusCode, wrong| (status, changing(&team, &visit, wrong)).into_response();
    let [present, typed, again] = ["present", "password", "again"].map(|field| visit.fields.text(field));
    if typed != again {
        let again = views::say(&team, &visit, "team-differ");
        return refused(StatusCode::UNPROCESSABLE_ENTITY, Wrong { again, ..Wrong::default() });
    }
    let counted = by.name.to_string();
    if !team.may_try(&counted, visit.asker) {
        let present = views::say(&team, &visit, "team-wait");
        return refused(StatusCode::TOO_MANY_REQUESTS, Wrong { present, ..Wrong::default() });
    }
    match team::change_password(&team.hub, by, (present, typed)).await {
        Ok(colleague) => {
            team.sign_ins_by_account.forgive(&(counted, visit.asker));
            team.sessions.close_where(|visitor| visitor.name == colleague.name);
            let told = Told { said: Some("team-chosen"), ..Told::default() };
            entered(&team, &visit, &colleague, (NODES, told))
        }
        Err(refusal) => {
            let text = views::refusal(&team, &visit, &refusal);
            let wrong = if refusal.reason() == refusals::SIGN_IN_WRONG.code {
                Wrong { present: views::say(&team, &visit, "team-present-wrong"), ..Wrong::default() }
            } else {
                Wrong { password: text, ..Wrong::default() }
            };
            refused(StatusCode::UNPROCESSABLE_ENTITY, wrong)
        }
    }
}

fn changing(team: &Team, visit: &Visit, wrong: Wrong) -> Response {
    views::page(&PasswordPage {
        name: visit.colleague.as_ref().map(|by| by.name.to_string()).unwrap_or_default(),
        least: limits::PASSWORD_CHARS_MIN,
        wrong_present: wrong.present,
        wrong_password: wrong.password,
        wrong_again: wrong.again,
        frame: views::frame(team, visit, "team-change-password"),
    })
}

fn choosing(team: &Team, visit: &Visit, colleague: &Colleague, wrong: Wrong) -> Response {
    let frame = views::frame(team, visit, "team-welcome");
    views::page(&WelcomePage {
        action: visit.here.clone(),
        name: colleague.name.to_string(),
        full_name: colleague.full_name.clone(),
        least: limits::PASSWORD_CHARS_MIN,
        wrong_password: wrong.password,
        wrong_again: wrong.again,
        frame,
    })
}

fn link_over(team: &Team, visit: &Visit, refusal: &Refusal) -> Response {
    if refusal.kind() != RefusalKind::NotFound {
        return views::refused(team, visit, refusal);
    }
    (StatusCode::NOT_FOUND, views::plain(team, visit, "team-link-over")).into_response()
}
