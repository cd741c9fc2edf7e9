//! Taking a request while the caller is on the line: one form that is sent again and again and keeps whatever was typed. What a
//! use case refuses is said beside the field it is about. Must never do anything but what its button says.

mod read;
mod view;

use axum::{
    extract::{Extension, State},
    http::{StatusCode, Uri},
    response::{IntoResponse as _, Response},
};
use maillage_domain::{
    habits::Habit,
    ids::{PersonKind, VolunteerKind},
    person::Person,
    request::NewRequest,
    roles::Operation,
};
use maillage_federation::ids::Id;
use maillage_platform::refusal::{Refusal, RefusalKind};

use self::{
    read::{Wrong, field_of, read_request},
    view::{Shown, show},
};
use super::{
    Console,
    door::Visit,
    drafts,
    fields::Fields,
    people::found,
    reply::{on_to, refused, texts, words},
};
use crate::app::{
    caller::Caller,
    once::Once,
    people::{self, history::history},
    trips::{self, Preview, Signed},
};

/// The page of this form.
pub(super) const PAGE: &str = "/requests/new";

/// Somebody whose request is taken, and where she or he usually goes.
struct Traveller {
    person: Person,
    habits: Vec<Habit>,
}

/// An empty form, or the one that was typed before a session ended.
pub(super) async fn show_new(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    uri: Uri,
) -> Response {
    let mut visit = visit;
    let query = Fields::read(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    // A form of somebody else stays where it is: it is asked for by its own address.
    let draft = drafts::newest(&console, &visit, PAGE, |draft| {
        ["", draft.text("person")].contains(&query.text("person"))
            && ["", draft.text("request_id")].contains(&query.text("form"))
    });
    visit.is_back = draft.is_some();
    visit.fields = match draft {
        Some(typed) => typed.without(&["volunteer", "habit"]),
        // Nothing else: what stands in an address stays in histories.
        None => only_person(&query),
    };
    if visit.is_back {
        drafts::say_back(&console, &visit);
    }
    take(&console, visit, "").await
}

/// The person that an address names.
fn only_person(query: &Fields) -> Fields {
    let mut fields = Fields::default();
    fields.set("person", query.text("person"));
    fields
}

/// Says something on the page that is shown now.
fn say(console: &Console, visit: &Visit, key: &str) {
    if let Some(cookie) = &visit.session {
        let said = texts(console, visit).say(key);
        console.sessions.change(cookie, |visitor| visitor.said = Some((false, said)));
    }
}

/// What the form was sent for.
pub(super) async fn send(State(console): State<Console>, Extension(visit): Extension<Visit>) -> Response {
    let step = visit.fields.text("step").to_owned();
    let step = match step.as_str() {
        "find" | "other" | "check" | "save" => step,
        // A button that says something else: whom to ask, which habit, who travels.
        _ if !visit.fields.text("volunteer").is_empty() => "ask".to_owned(),
        _ if !visit.fields.text("habit").is_empty() => "habit".to_owned(),
        _ => String::new(),
    };
    take(&console, visit, &step).await
}

async fn take(console: &Console, mut visit: Visit, step: &str) -> Response {
    if let Err(refusal) = visit.caller().check(Operation::RequestAdd) {
        return refused(console, &visit, &refusal);
    }
    if visit.fields.text("request_id").is_empty() {
        let id: Id<maillage_domain::ids::RequestKind> = console.app.new_id();
        visit.fields.set("request_id", id.to_string());
    }
    if step == "other" {
        visit.fields.set("person", "");
    }
    let Ok(person) = visit.fields.text("person").parse::<Id<PersonKind>>() else {
        return search(console, &visit, step).await;
    };
    let traveller = match open(console, &visit, person).await {
        Ok(traveller) => traveller,
        Err(refusal) if refusal.kind() == RefusalKind::NotFound => {
            visit.fields.set("person", "");
            return search(console, &visit, "").await;
        }
        Err(refusal) => return refused(console, &visit, &refusal),
    };
    match step {
        "habit" => as_usual(console, visit, &traveller),
        "check" => checked(console, &visit, &traveller).await,
        "save" => saved(console, &visit, &traveller, None).await,
        "ask" => {
            let volunteer = visit.fields.text("volunteer").parse().ok();
            saved(console, &visit, &traveller, volunteer).await
        }
        _ => show(console, &visit, Shown::of(&traveller)),
    }
}

async fn search(console: &Console, visit: &Visit, step: &str) -> Response {
    if step != "find" {
        return show(console, visit, Shown::default());
    }
    match found(console, visit, visit.fields.text("letters")).await {
        Ok(Some(hits)) => show(console, visit, Shown { hits, searched: true, ..Shown::default() }),
        Ok(None) => {
            let wrong = vec![("letters", texts(console, visit).say("console-need-letters"))];
            show(console, visit, Shown { wrong, ..Shown::default() })
        }
        Err(refusal) => refused(console, visit, &refusal),
    }
}

/// Opens the file, which is noted, with where the person usually goes.
async fn open(console: &Console, visit: &Visit, person: Id<PersonKind>) -> Result<Traveller, Refusal> {
    let (app, caller) = (&console.app, visit.caller());
    let person = people::show_person(app, &caller, person).await?;
    let habits = history(app, &caller, person.id, None, 0).await?.habits;
    Ok(Traveller { person, habits })
}

/// Fills in where the person usually goes, what for and at what time; whatever was typed elsewhere stays.
fn as_usual(console: &Console, mut visit: Visit, traveller: &Traveller) -> Response {
    let chosen = visit.fields.text("habit").parse::<usize>().ok();
    if let Some(habit) = chosen.and_then(|chosen| traveller.habits.get(chosen)) {
        let commune = console.app.geography.commune(&habit.place.commune);
        let commune = commune.map_or_else(|| habit.place.commune.to_string(), super::communes::shown);
        visit.fields.set("to_commune", commune);
        visit.fields.set("to_address", habit.place.address.as_str());
        visit.fields.set("purpose", habit.purpose.code());
        if visit.fields.text("time").is_empty() {
            visit.fields.set("time", format!("{:02}:{:02}", habit.minute / 60, habit.minute % 60));
        }
    }
    show(console, &visit, Shown::of(traveller))
}

async fn checked(console: &Console, visit: &Visit, traveller: &Traveller) -> Response {
    let new = match read_request(console, visit) {
        Ok(new) => new,
        Err(wrong) => return again(console, visit, traveller, wrong),
    };
    match trips::preview(&console.app, &visit.caller(), traveller.person.id, new).await {
        Ok(preview) => show(console, visit, Shown { preview: Some(preview), ..Shown::of(traveller) }),
        Err(refusal) => not_taken(console, visit, traveller, &refusal),
    }
}

/// Takes the request; and asks somebody to drive, if that was the button.
async fn saved(
    console: &Console,
    visit: &Visit,
    traveller: &Traveller,
    volunteer: Option<Id<VolunteerKind>>,
) -> Response {
    let new = match read_request(console, visit) {
        Ok(new) => new,
        Err(wrong) => return again(console, visit, traveller, wrong),
    };
    let taken = match take_once(console, visit, traveller.person.id, new.clone()).await {
        Ok(taken) => taken,
        Err(refusal) if matches!(refusal.reason(), "out-of-frame" | "prescription-needed") => {
            return to_be_signed(console, visit, traveller, (&refusal, new)).await;
        }
        // Changed after it was sent: another request, if that is meant.
        Err(refusal) if refusal.reason() == "request-id-reused" => {
            let mut visit = visit.clone();
            let id: Id<maillage_domain::ids::RequestKind> = console.app.new_id();
            visit.fields.set("request_id", id.to_string());
            say(console, &visit, "console-sent-already");
            return (StatusCode::CONFLICT, show(console, &visit, Shown::of(traveller))).into_response();
        }
        Err(refusal) => return not_taken(console, visit, traveller, &refusal),
    };
    let texts = texts(console, visit);
    let Some(volunteer) = volunteer else {
        return on_to(console, visit, &format!("/trips/{taken}"), Some((false, texts.say("console-saved"))));
    };
    let app = &console.app;
    let name = people::show_volunteer(app, &visit.caller(), volunteer)
        .map(|volunteer| volunteer.details.name.as_str().to_owned())
        .unwrap_or_default();
    let said = match trips::offer_to_driver(app, &visit.caller(), taken, volunteer, false).await {
        Ok(_) => (false, texts.about("console-saved-asked", &name)),
        Err(refusal) => {
            let why = words(console, visit).refusal(&refusal);
            (true, texts.with("console-saved-not-asked", &[("name", name.into()), ("why", why.into())]))
        }
    };
    on_to(console, visit, &format!("/trips/{taken}"), Some(said))
}

/// Takes the request once, however often the button is pressed; gives its first trip.
async fn take_once(
    console: &Console,
    visit: &Visit,
    person: Id<PersonKind>,
    new: NewRequest,
) -> Result<Id<maillage_federation::ids::TripKind>, Refusal> {
    let fields = &visit.fields;
    let signed = Signed {
        frame: trips::signed_reason(fields.text("sign_frame"))?,
        access: trips::signed_reason(fields.text("sign_access"))?,
    };
    let content =
        fields.without(&["forgery", "request_id", "step", "letters", "volunteer", "habit"]).written();
    let once = Once::read(fields.text("request_id"), Operation::RequestAdd, content.as_bytes())?;
    let caller: Caller = visit.caller().asking_once(once);
    let (_, legs) = trips::add_request_signed(&console.app, &caller, person, new, signed).await?;
    let first = legs.first().map(maillage_domain::trip::Trip::id);
    first.ok_or_else(|| Refusal::new(RefusalKind::Internal, "internal"))
}

/// The request needs an exception that nobody has signed: what speaks against it is shown, with the place to sign.
async fn to_be_signed(
    console: &Console,
    visit: &Visit,
    traveller: &Traveller,
    (refusal, new): (&Refusal, NewRequest),
) -> Response {
    // What would become of it is a help: where it cannot be told, the reason is still signed.
    let preview: Option<Preview> =
        trips::preview(&console.app, &visit.caller(), traveller.person.id, new).await.ok();
    let field = if refusal.reason() == "out-of-frame" { "sign_frame" } else { "sign_access" };
    let wrong = vec![(field, words(console, visit).refusal(refusal))];
    let shown = show(console, visit, Shown { wrong, preview, ..Shown::of(traveller) });
    (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response()
}

/// What a use case refuses, beside the field it is about.
fn not_taken(console: &Console, visit: &Visit, traveller: &Traveller, refusal: &Refusal) -> Response {
    match refusal.kind() {
        RefusalKind::InvalidInput | RefusalKind::Conflict | RefusalKind::NotFound => {
            let wrong = vec![(field_of(refusal), words(console, visit).refusal(refusal))];
            again(console, visit, traveller, wrong)
        }
        RefusalKind::Forbidden
        | RefusalKind::Unauthenticated
        | RefusalKind::Unavailable
        | RefusalKind::Exhausted
        | RefusalKind::Internal => refused(console, visit, refusal),
    }
}

fn again(console: &Console, visit: &Visit, traveller: &Traveller, wrong: Wrong) -> Response {
    let shown = show(console, visit, Shown { wrong, ..Shown::of(traveller) });
    (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response()
}
