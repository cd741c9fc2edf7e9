//! Invitations of territories: made, shown once, taken back. It must never put the secret of one into an address or a log.

use std::sync::Arc;

use axum::{
    extract::{Extension, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use data_encoding::HEXLOWER;
use maillage_platform::secrets::Secret;

use super::{
    Made, Team,
    door::Visit,
    shown::{at_ms, instant},
    views::{self, InvitationRow, InvitationsPage, MadeShown},
};
use crate::{
    limits,
    refusals::{self, store_failed},
    store::Invited,
    team::{self, colleague::Act},
};

pub(super) const INVITATIONS: &str = "/team/invitations";
/// Where an invitation is taken back.
pub(super) const WITHDRAW: &str = "/team/invitations/withdraw";

/// What is wrong with what was typed.
#[derive(Default)]
struct Wrong {
    territory: String,
    hours: String,
}

/// The invitations.
pub(super) async fn invitations(State(team): State<Team>, Extension(visit): Extension<Visit>) -> Response {
    page(&team, &visit, Wrong::default()).await
}

/// Makes one: it is shown on the next page, that once.
pub(super) async fn invite(State(team): State<Team>, Extension(visit): Extension<Visit>) -> Response {
    let Some(by) = &visit.colleague else { return StatusCode::FORBIDDEN.into_response() };
    let hours = match visit.fields.text("hours").trim() {
        "" => Ok(limits::INVITATION_HOURS_DEFAULT),
        typed => typed.parse::<u32>(),
    };
    let Some(hours) = hours.ok().filter(|hours| (1..=limits::INVITATION_HOURS).contains(hours)) else {
        let wrong = Wrong { hours: views::say(&team, &visit, "team-hours-wrong"), ..Wrong::default() };
        return (StatusCode::UNPROCESSABLE_ENTITY, page(&team, &visit, wrong).await).into_response();
    };
    let territory: String =
        visit.fields.text("territory").chars().filter(|letter| !letter.is_whitespace()).collect();
    match team::invite(&team.hub, by, (territory, hours)).await {
        Ok(reply) => {
            let made = Made {
                territory: reply.territory_name,
                expires_at: reply.expires_at,
                enrolment: Secret::new(reply.enrolment_string),
            };
            team.tell(&visit, |told| told.made = Some(Arc::new(made)));
            Redirect::to(INVITATIONS).into_response()
        }
        Err(refusal) if refusal.reason() == refusals::TEAM_FORBIDDEN.code => {
            views::refused(&team, &visit, &refusal)
        }
        Err(refusal) => {
            let wrong = Wrong { territory: views::refusal(&team, &visit, &refusal), ..Wrong::default() };
            (StatusCode::UNPROCESSABLE_ENTITY, page(&team, &visit, wrong).await).into_response()
        }
    }
}

/// Takes one back.
pub(super) async fn withdraw(State(team): State<Team>, Extension(visit): Extension<Visit>) -> Response {
    let Some(by) = &visit.colleague else { return StatusCode::FORBIDDEN.into_response() };
    let which = HEXLOWER.decode(visit.fields.text("invitation").as_bytes()).ok();
    let which: Option<[u8; 32]> = which.and_then(|hash| hash.try_into().ok());
    match team::withdraw(&team.hub, by, which).await {
        Ok(()) => {
            team.tell(&visit, |told| told.said = Some("team-invitation-taken-back"));
            Redirect::to(INVITATIONS).into_response()
        }
        Err(refusal) => views::refused(&team, &visit, &refusal),
    }
}

async fn page(team: &Team, visit: &Visit, wrong: Wrong) -> Response {
    let found = team.hub.store().invitations(limits::INVITATIONS_READ).await;
    let mut found = match found.map_err(|error| store_failed(&error)) {
        Ok(found) => found,
        Err(refusal) => return views::refused(team, visit, &refusal),
    };
    let now_ms = team.hub.now_ms();
    let is_open = |one: &Invited| one.used_by.is_none() && !one.withdrawn && now_ms < one.expires_at_ms;
    // What is still to be used first, then what was made last.
    found.sort_by_key(|one| (!is_open(one), std::cmp::Reverse(one.expires_at_ms)));
    let (words, may_invite) = (views::words(team, visit), views::may(visit, Act::Invite));
    let row = |one: &Invited| {
        let (key, badge) = if one.used_by.is_some() {
            ("team-invitation-used", "badge good")
        } else if one.withdrawn {
            ("team-invitation-withdrawn", "badge")
        } else if is_open(one) {
            ("team-invitation-open", "badge wait")
        } else {
            ("team-invitation-expired", "badge")
        };
        InvitationRow {
            territory: team.territory(one.territory.as_str()),
            siren: one.territory.to_string(),
            state: words.say(key),
            badge,
            expires: at_ms(&words, one.expires_at_ms),
            withdraws: if is_open(one) { HEXLOWER.encode(&one.secret_hash) } else { String::new() },
        }
    };
    let hours = visit.fields.text("hours");
    let made = visit.told.made.as_deref().map(|made| MadeShown {
        text: words.with(
            "team-invited",
            &[
                ("territory", made.territory.as_str().into()),
                ("expires", instant(&words, &made.expires_at).into()),
            ],
        ),
        enrolment: made.enrolment.expose().clone(),
    });
    views::page(&InvitationsPage {
        may_invite,
        territory: visit.fields.text("territory").to_owned(),
        hours: if hours.is_empty() { limits::INVITATION_HOURS_DEFAULT.to_string() } else { hours.to_owned() },
        most_hours: limits::INVITATION_HOURS,
        wrong_territory: wrong.territory,
        wrong_hours: wrong.hours,
        are_more: found.len() > limits::INVITATIONS_ON_A_PAGE,
        rows: found.iter().take(limits::INVITATIONS_ON_A_PAGE).map(row).collect(),
        frame: views::frame(team, visit, "team-invitations"),
        made,
    })
}
