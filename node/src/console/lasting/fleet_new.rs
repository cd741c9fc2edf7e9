//! A vehicle that comes into the fleet. Every field keeps what was typed.

use axum::{
    extract::{Extension, State},
    response::Response,
};
use maillage_console::{
    form::Input,
    lasting::{Field, FormPage, Group},
};
use maillage_domain::{
    fleet::{Asset, AssetCategory, NewAsset, Ownership, RateUnit},
    roles::Operation,
};
use maillage_platform::refusal::Refusal;

use super::{
    super::{
        Console,
        desk::{
            self,
            form::{Form, Wrong},
        },
        door::Visit,
        reply::{frame, on_to, page, refused, texts, words},
    },
    asset::kilometres,
    carried, content, is_about_what_was_asked, kept,
    loan::cents,
    renewed, summed, told, unprocessable,
};
use crate::app::{fleet, once::Once};

/// The page of this form.
pub(super) const NEW: &str = "/fleet/new";

/// An empty form, or the one that was typed before a session ended.
pub(in crate::console) async fn show(
    State(console): State<Console>,
    Extension(mut visit): Extension<Visit>,
) -> Response {
    visit.fields = kept(&visit).unwrap_or_default();
    desk::shown(&console, &visit, form(&console, &visit, &Wrong::new()))
}

/// Enters a vehicle, once however often the button is pressed.
pub(in crate::console) async fn send(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
) -> Response {
    if visit.fields.text("step") != "save" {
        return desk::shown(&console, &visit, form(&console, &visit, &Wrong::new()));
    }
    match entered(&console, &visit).await {
        Ok(asset) => {
            let said = texts(&console, &visit).say("lasting-fleet-added");
            on_to(&console, &visit, &format!("/fleet/{}", asset.id), Some((false, said)))
        }
        Err(refusal) if is_about_what_was_asked(&refusal) => {
            let visit = renewed(&visit, &refusal);
            let wrong = vec![(field_of(&visit, &refusal), told(&console, &visit, &refusal))];
            unprocessable(&console, &visit, form(&console, &visit, &wrong))
        }
        Err(refusal) => refused(&console, &visit, &refusal),
    }
}

async fn entered(console: &Console, visit: &Visit) -> Result<Asset, Refusal> {
    visit.caller().check(Operation::AssetAdd)?;
    let fields = &visit.fields;
    let typed = |name: &str| fields.text(name).to_owned();
    let new = NewAsset {
        label: typed("label"),
        category: typed("category"),
        seats: fields.text("seats").trim().parse().unwrap_or_default(),
        plate: typed("plate"),
        ownership: typed("ownership"),
        inspection_due: typed("inspection_due"),
        insurance_until: typed("insurance_until"),
        service_due: typed("service_due"),
        service_due_m: 0,
        rate_per: typed("rate_per"),
        rate_cents: cents(fields.text("rate"))?.unwrap_or_default(),
        deposit_cents: cents(fields.text("deposit"))?.unwrap_or_default(),
        notes: typed("notes"),
        in_service: String::new(),
    };
    let odometer_m = kilometres(fields.text("kilometres"))?.unwrap_or_default();
    let once = Once::read(fields.text("request_id"), Operation::AssetAdd, content(visit).as_bytes())?;
    fleet::add(&console.app, &visit.caller().asking_once(once), new, odometer_m).await
}

/// The field that a refusal is about.
fn field_of(visit: &Visit, refusal: &Refusal) -> &'static str {
    let detail = |name: &str| refusal.details().get(name).map(String::as_str).unwrap_or_default();
    match (refusal.reason(), detail("upkeep"), detail("field")) {
        ("asset-category-unknown", _, _) => "category",
        ("asset-ownership-unknown", _, _) => "ownership",
        ("asset-seats", _, _) => "seats",
        ("asset-plate", _, _) => "plate",
        ("asset-date", "inspection", _) => "inspection_due",
        ("asset-date", "insurance", _) => "insurance_until",
        ("asset-date", _, _) => "service_due",
        ("kilometres-format" | "odometer", _, _) => "kilometres",
        ("asset-rate-unknown", _, _) => "rate_per",
        ("sum-format" | "service-amount", _, _) if cents(visit.fields.text("rate")).is_ok() => "deposit",
        ("sum-format" | "service-amount", _, _) => "rate",
        (_, _, "notes") => "notes",
        (_, _, _) => "label",
    }
}

fn form(console: &Console, visit: &Visit, wrong: &Wrong) -> Result<Response, Refusal> {
    visit.caller().check(Operation::AssetAdd)?;
    let texts = texts(console, visit);
    let form = Form { console, visit, wrong };
    Ok(page(&FormPage {
        frame: frame(console, visit, texts.say("lasting-fleet-new")),
        text: texts.say("lasting-fleet-new-text"),
        who: (String::new(), String::new()),
        action: NEW.to_owned(),
        carried: carried(console, visit),
        wrong: summed(wrong),
        communes: Vec::new(),
        groups: vec![
            Group { id: "vehicle", title: texts.say("lasting-asset"), rows: vehicle(&form) },
            Group { id: "due", title: texts.say("lasting-fleet-dates"), rows: dates(&form) },
            Group { id: "loan", title: texts.say("lasting-fleet-terms"), rows: terms(&form) },
        ],
        button: texts.say("lasting-fleet-add"),
    }))
}

fn vehicle(form: &Form<'_>) -> Vec<Vec<Field>> {
    let texts = texts(form.console, form.visit);
    let wanted = |name, label| Field::Line(Input { wanted: true, ..form.input(name, label) });
    let hinted = |name, label, hint: &str| Field::Line(form.input(name, label).with_hint(texts.say(hint)));
    let categories: Vec<&str> = AssetCategory::ALL.iter().map(|one| one.code()).collect();
    let ownerships: Vec<&str> = Ownership::ALL.iter().map(|one| one.code()).collect();
    vec![
        vec![wanted("label", "lasting-label"), hinted("plate", "lasting-plate", "lasting-plate-hint")],
        vec![
            Field::Choice(form.codes("category", "lasting-category", ("asset-category", &categories))),
            Field::Choice(form.codes("ownership", "lasting-ownership", ("ownership", &ownerships))),
        ],
        vec![
            hinted("seats", "lasting-asset-seats", "lasting-seats-hint"),
            hinted("kilometres", "lasting-kilometres", "lasting-kilometres-hint"),
        ],
    ]
}

fn dates(form: &Form<'_>) -> Vec<Vec<Field>> {
    let day = |name, label| Field::Line(form.input(name, label).of_kind("date"));
    vec![vec![
        day("insurance_until", "lasting-insurance_until"),
        day("inspection_due", "lasting-inspection_due"),
        day("service_due", "lasting-service_due"),
    ]]
}

fn terms(form: &Form<'_>) -> Vec<Vec<Field>> {
    let (texts, words) = (texts(form.console, form.visit), words(form.console, form.visit));
    let nothing = (String::new(), texts.say("lasting-rate-none"));
    let units = RateUnit::ALL.iter().map(|one| (one.code().to_owned(), words.code("rate-per", one.code())));
    let units = std::iter::once(nothing).chain(units).collect();
    let euros = |name, label| Field::Line(form.input(name, label).with_hint(texts.say("lasting-euros-hint")));
    vec![
        vec![
            euros("rate", "lasting-asset-rate"),
            Field::Choice(form.choice("rate_per", "lasting-rate-per", units)),
            euros("deposit", "lasting-deposit"),
        ],
        vec![Field::Text(form.lines("notes", "lasting-notes", "lasting-loan-notes-hint"))],
    ]
}
