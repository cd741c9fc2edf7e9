//! What platforms declare about their years, and whether that counts.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    extract::{Extension, Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use maillage_platform::refusal::Refusal;
use maillage_proto::{federation::v1::AccountsFigures, hub::v1 as proto};

use super::{
    Team,
    door::Visit,
    reports::{decided, decision, left_out},
    shown::{hundredths, instant},
    views::{self, AccountsPage, AccountsRow, Decide, DeclaredPage, Figure},
};
use crate::{accounts::AccountsService, dashboard::words::Words, refusals, team};

pub(super) const ACCOUNTS: &str = "/team/accounts";

/// Newest revisions, the newest year first, then by the names of territories.
pub(super) async fn accounts(State(team): State<Team>, Extension(visit): Extension<Visit>) -> Response {
    match list(&team, String::new()).await {
        Ok(all) => {
            let mut newest: BTreeMap<(u32, String), proto::ReceivedAccounts> = BTreeMap::new();
            for one in all {
                newest.insert((one.year, one.node.clone()), one);
            }
            let mut newest: Vec<_> = newest.into_values().collect();
            newest.sort_by_key(|one| {
                (std::cmp::Reverse(one.year), maillage_geography::fold(&one.territory_name))
            });
            let words = views::words(&team, &visit);
            views::page(&AccountsPage {
                rows: newest.iter().map(|one| row(&words, one)).collect(),
                frame: views::frame(&team, &visit, "team-accounts"),
            })
        }
        Err(refusal) => views::refused(&team, &visit, &refusal),
    }
}

/// What one node has declared about a year.
pub(super) async fn show(
    State(team): State<Team>,
    Extension(visit): Extension<Visit>,
    Path(which): Path<(String, String)>,
) -> Response {
    match page(&team, &visit, &which, String::new()).await {
        Ok(response) => response,
        Err(refusal) => views::refused(&team, &visit, &refusal),
    }
}

/// Decides whether it counts.
pub(super) async fn decide(
    State(team): State<Team>,
    Extension(visit): Extension<Visit>,
    Path(which): Path<(String, String)>,
) -> Response {
    let Some(by) = &visit.colleague else { return StatusCode::FORBIDDEN.into_response() };
    let verdict = visit.verdict(&which);
    let lift = verdict.lift;
    let refusal = match team::decide_accounts(&team.hub, by, verdict).await {
        Ok(()) => {
            let said = if lift { "team-accounts-lifted" } else { "team-accounts-quarantined" };
            return decided(&team, &visit, said);
        }
        Err(refusal) => refusal,
    };
    let is_typed = refusal.reason() == refusals::DECISION_MALFORMED.code;
    let wrong = views::refusal(&team, &visit, &refusal);
    match page(&team, &visit, &which, wrong).await {
        Ok(shown) if is_typed => (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response(),
        Ok(_) | Err(_) => views::refused(&team, &visit, &refusal),
    }
}

/// Every revision, by year, territory, node and revision.
async fn list(team: &Team, node: String) -> Result<Vec<proto::ReceivedAccounts>, Refusal> {
    let request = proto::ListAccountsRequest { year: 0, node };
    Ok(AccountsService::new(Arc::clone(&team.hub)).list(request).await?.accounts)
}

async fn page(
    team: &Team,
    visit: &Visit,
    (node, year): &(String, String),
    wrong: String,
) -> Result<Response, Refusal> {
    let words = views::words(team, visit);
    let revisions = list(team, node.clone()).await?;
    let of_year = |one: &&proto::ReceivedAccounts| one.year.to_string() == *year;
    let unknown = || Refusal::from(refusals::ACCOUNTS_UNKNOWN).with("year", year);
    let newest = revisions.iter().rfind(of_year).ok_or_else(unknown)?;
    let mut decisions: Vec<_> = revisions.iter().filter(of_year).flat_map(|one| &one.decisions).collect();
    decisions.sort_by(|one, other| one.at.cmp(&other.at));
    let lifts = !newest.quarantined_at.is_empty();
    let decide = Decide {
        action: format!("{ACCOUNTS}/{node}/{year}"),
        lifts,
        title: words.say(if lifts { "team-accounts-lift" } else { "team-accounts-leave-out" }),
        text: words.say(if lifts { "team-accounts-lift-text" } else { "team-accounts-leave-out-text" }),
        hint: words.say("team-accounts-reason-hint"),
        ..Decide::of(visit, wrong)
    };
    Ok(views::page(&DeclaredPage {
        accounts: row(&words, newest),
        revision: newest.revision.to_string(),
        hash: newest.hash.clone(),
        figures: newest.figures.as_ref().map(|figures| shown(&words, figures)).unwrap_or_default(),
        decisions: decisions.into_iter().map(|one| decision(&words, one)).collect(),
        decide: views::may(visit, team::colleague::Act::Decide).then_some(decide),
        frame: views::frame(team, visit, "team-declared"),
    }))
}

fn row(words: &Words<'_>, one: &proto::ReceivedAccounts) -> AccountsRow {
    let (key, badge) = if !one.quarantined_at.is_empty() {
        ("team-accounts-left-out", "badge bad")
    } else if one.figures.is_none() {
        ("team-accounts-withdrawn", "badge")
    } else if !one.in_force {
        ("team-accounts-replaced", "badge")
    } else if one.revoked {
        ("team-accounts-of-revoked", "badge wait")
    } else {
        ("team-accounts-count", "badge good")
    };
    AccountsRow {
        address: format!("{ACCOUNTS}/{}/{}", one.node, one.year),
        territory: if one.territory_name.is_empty() {
            one.territory.clone()
        } else {
            one.territory_name.clone()
        },
        year: one.year.to_string(),
        received: instant(words, &one.received_at),
        state: words.say(key),
        badge,
        reason: left_out(words, &one.quarantined_by, &one.quarantined_because),
    }
}

fn shown(words: &Words<'_>, figures: &AccountsFigures) -> Vec<Figure> {
    let AccountsFigures {
        models,
        full_cost_cents,
        subsidy_cents,
        contributions_cents,
        compensation_cents,
        waivers_cents,
        vehicles,
        staff_fte_hundredths,
        volunteers,
        trips,
        solutions_opened,
    } = figures;
    let decimals = |cents: u64| hundredths(words, cents);
    [
        ("team-models", models.join(", ")),
        ("account-full-cost", decimals(*full_cost_cents)),
        ("account-subsidy", decimals(*subsidy_cents)),
        ("account-contributions", decimals(*contributions_cents)),
        ("account-compensation", decimals(*compensation_cents)),
        ("account-waivers", decimals(*waivers_cents)),
        ("account-vehicles", words.count(*vehicles)),
        ("account-staff-fte", decimals(u64::from(*staff_fte_hundredths))),
        ("column-volunteers", words.say(&format!("band-{volunteers}"))),
        ("account-trips", words.count(*trips)),
        ("account-solutions-opened", words.count(*solutions_opened)),
    ]
    .map(|(key, value)| Figure { label: words.say(key), value })
    .into()
}
