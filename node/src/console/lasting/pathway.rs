//! One pathway: its line of time, the basket that was chosen together, and the next step. That somebody opened it is noted, since
//! it tells much of a person.

use axum::{
    extract::{Extension, Path, State},
    response::Response,
};
use jiff::civil::Date;
use maillage_console::{
    lasting::{Act, Fact, Field, OnePage},
    parts::Moment,
};
use maillage_domain::{
    ids::PathwayKind,
    pathway::{Milestone, Outcome, Pathway, Stage},
    roles::Operation,
};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;

use super::{
    super::{
        Console,
        desk::{
            self,
            form::{Form, Wrong},
        },
        door::Visit,
        reply::{frame, nothing, page, refused, texts, words},
    },
    basket, facts, finished,
    pathways::badge,
    summed, told,
};
use crate::app::{
    pathways,
    people::{names, partners},
    refusals,
};

/// One pathway.
pub(in crate::console) async fn show(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse() else { return nothing(State(console), Extension(visit)).await };
    desk::shown(&console, &visit, one(&console, &visit, id, &Wrong::new()).await)
}

async fn one(
    console: &Console,
    visit: &Visit,
    id: Id<PathwayKind>,
    wrong: &Wrong,
) -> Result<Response, Refusal> {
    let (app, caller, texts) = (&console.app, visit.caller(), texts(console, visit));
    let pathway = pathways::show(app, &caller, id).await?;
    let name = names::names(app, &caller, [pathway.person])?.remove(&pathway.person).unwrap_or_default();
    let form = Form { console, visit, wrong };
    Ok(page(&OnePage {
        frame: frame(console, visit, texts.say("lasting-pathway")),
        back: ("/pathways".to_owned(), texts.say("lasting-pathway-back")),
        name: name.clone(),
        badges: vec![badge(console, visit, &pathway)],
        wrong: summed(wrong),
        facts: known(console, visit, (&pathway, name))?,
        sections: basket::sections(console, visit, &pathway)?,
        next: next(&form, &pathway)?,
        acts: acts(&form, &pathway)?,
        moments_title: texts.say("lasting-pathway-moments"),
        moments: moments(console, visit, &pathway),
    }))
}

fn known(
    console: &Console,
    visit: &Visit,
    (pathway, name): (&Pathway, String),
) -> Result<Vec<Fact>, Refusal> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let path = format!("/people/{}", pathway.person);
    let mut all = vec![Fact { name: texts.say("lasting-who"), value: name, path }];
    let prescriber = match pathway.prescriber {
        Some(id) => {
            let known = partners::show_prescriber(&console.app, &visit.caller(), id)?;
            known.details.organisation.as_str().to_owned()
        }
        None => String::new(),
    };
    let call = pathway.next_follow_up().map(|(milestone, on)| {
        let args =
            [("milestone", words.code("milestone", milestone.code()).into()), ("on", words.day(on).into())];
        texts.with("lasting-pathway-call", &args)
    });
    all.extend(facts(
        console,
        visit,
        vec![
            ("lasting-pathway-stage", words.code("stage", pathway.stage.code())),
            (
                "lasting-pathway-outcome",
                pathway.exit().map(|exit| words.code("outcome", exit.outcome.code())).unwrap_or_default(),
            ),
            ("lasting-prescriber", prescriber),
            ("lasting-pathway-next-call", call.unwrap_or_default()),
            ("lasting-notes", pathway.notes.as_str().to_owned()),
        ],
    ));
    if let Some(referral) = pathway.referral {
        let (name, value) = (texts.say("lasting-referral"), texts.say("lasting-referral-open-page"));
        all.push(Fact { name, value, path: format!("/referrals/{referral}") });
    }
    Ok(all)
}

/// What happened, in the order of its days.
fn moments(console: &Console, visit: &Visit, pathway: &Pathway) -> Vec<Moment> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let moment = |on: Date, key: &str, detail: String| {
        (on, Moment { when: words.day(on), what: texts.say(key), detail })
    };
    let mut all = vec![moment(pathway.entered, "lasting-pathway-was-entered", String::new())];
    all.extend(pathway.diagnosis().map(|one| moment(one.on, "lasting-pathway-was-diagnosed", String::new())));
    all.extend(pathway.basket_on().map(|on| moment(on, "lasting-pathway-was-agreed", String::new())));
    for (milestone, call) in &pathway.follow_ups {
        let heard = call.heard.map_or("not-reached", Outcome::code);
        let args = [
            ("milestone", words.code("milestone", milestone.code()).into()),
            ("heard", words.code("outcome", heard).into()),
        ];
        all.push(moment(call.on, "lasting-pathway-was-called", texts.with("lasting-pathway-heard", &args)));
    }
    all.extend(pathway.exit().map(|exit| {
        moment(exit.on, "lasting-pathway-was-ended", words.code("outcome", exit.outcome.code()))
    }));
    all.sort_by_key(|(on, _)| *on);
    all.into_iter().map(|(_, moment)| moment).collect()
}

fn step(
    form: &Form<'_>,
    pathway: &Pathway,
    (what, rows): (&'static str, Vec<Vec<Field>>),
    first: &str,
) -> Act {
    let texts = texts(form.console, form.visit);
    Act {
        id: what,
        title: texts.say(&format!("lasting-pathway-{what}")),
        text: texts.say(&format!("lasting-pathway-{what}-text")),
        action: format!("/pathways/{}/{what}", pathway.id),
        etag: pathway.revision.to_string(),
        rows,
        button: texts.say(&format!("lasting-pathway-{what}-do")),
        folded: false,
        open: form.error(first).is_some(),
    }
}

/// The day something was done; today if none is typed.
fn on(form: &Form<'_>, name: &'static str) -> Field {
    let hint = texts(form.console, form.visit).say("lasting-day-hint");
    Field::Line(form.input(name, "lasting-on").of_kind("date").with_hint(hint))
}

/// The next step on the way.
fn next(form: &Form<'_>, pathway: &Pathway) -> Result<Vec<Act>, Refusal> {
    let may = |operation: Operation| operation.allows(form.visit.caller().roles());
    let mut acts = Vec::new();
    match pathway.stage {
        Stage::Entered if may(Operation::PathwayDiagnose) => {
            let advice = basket::advice(form.console, form.visit, pathway)?;
            let advice = Field::Choice(form.choice("advice", "lasting-pathway-advice", advice));
            let rows = vec![vec![on(form, "diagnosed_on")], vec![advice]];
            acts.push(step(form, pathway, ("diagnose", rows), "diagnosed_on"));
        }
        Stage::Diagnosed(_) if may(Operation::PathwayBasket) => {
            acts.extend(put(form, pathway)?);
            if !pathway.basket.is_empty() {
                acts.push(step(form, pathway, ("agree", vec![vec![on(form, "agreed_on")]]), "agreed_on"));
            }
        }
        Stage::Accompanied(..) if may(Operation::PathwayFollowUp) => acts.extend(call(form, pathway)),
        Stage::Entered | Stage::Diagnosed(_) | Stage::Accompanied(..) | Stage::Exited { .. } => {}
    }
    Ok(acts)
}

fn put(form: &Form<'_>, pathway: &Pathway) -> Result<Option<Act>, Refusal> {
    let offered = basket::offered(form.console, form.visit, pathway)?;
    if offered.is_empty() {
        return Ok(None);
    }
    let item = Field::Choice(form.choice("item", "lasting-pathway-item", offered));
    Ok(Some(step(form, pathway, ("put", vec![vec![item]]), "item")))
}

fn call(form: &Form<'_>, pathway: &Pathway) -> Option<Act> {
    pathway.next_follow_up()?;
    let words = words(form.console, form.visit);
    let last = pathway.follow_ups.keys().next_back().copied();
    let open = Milestone::ALL.iter().filter(|one| last.is_none_or(|last| **one > last));
    let milestones = open.map(|one| (one.code().to_owned(), words.code("milestone", one.code())));
    let outcomes = std::iter::once("not-reached").chain(Outcome::ALL.iter().map(|one| one.code()));
    let outcomes = outcomes.map(|code| (code.to_owned(), words.code("outcome", code)));
    let rows = vec![
        vec![
            Field::Choice(form.choice("milestone", "lasting-pathway-milestone", milestones.collect())),
            on(form, "called_on"),
        ],
        vec![Field::Choice(form.choice("heard", "lasting-pathway-how", outcomes.collect()))],
    ];
    Some(step(form, pathway, ("follow-up", rows), "called_on"))
}

/// What else can be done.
fn acts(form: &Form<'_>, pathway: &Pathway) -> Result<Vec<Act>, Refusal> {
    let (words, roles) = (words(form.console, form.visit), form.visit.caller());
    let may = |operation: Operation| operation.allows(roles.roles());
    let folded = |act: Act| Act { folded: true, ..act };
    let mut acts = Vec::new();
    if matches!(pathway.stage, Stage::Accompanied(..)) && may(Operation::PathwayBasket) {
        acts.extend(put(form, pathway)?.map(folded));
    }
    if matches!(pathway.stage, Stage::Entered | Stage::Diagnosed(_)) && may(Operation::PathwayFollowUp) {
        acts.extend(call(form, pathway).map(folded));
    }
    if pathway.is_open() && may(Operation::PathwayExit) {
        let outcomes =
            Outcome::ALL.iter().map(|one| (one.code().to_owned(), words.code("outcome", one.code())));
        let not_said = (String::new(), words.text("desk-not-said", &[]));
        let outcomes = std::iter::once(not_said).chain(outcomes).collect();
        let rows = vec![vec![
            Field::Choice(form.choice("outcome", "lasting-pathway-outcome", outcomes)),
            on(form, "ended_on"),
        ]];
        let open = form.error("outcome").is_some() || form.error("ended_on").is_some();
        acts.push(folded(Act { open, ..step(form, pathway, ("exit", rows), "outcome") }));
    }
    if may(Operation::PathwayNote) {
        let mut seen = form.visit.clone();
        if form.error("notes").is_none() {
            seen.fields.set("notes", pathway.notes.as_str());
        }
        let form = Form { visit: &seen, ..*form };
        let notes = Field::Text(form.lines("notes", "lasting-notes", "lasting-pathway-notes-hint"));
        acts.push(folded(step(&form, pathway, ("note", vec![vec![notes]]), "notes")));
    }
    Ok(acts)
}

/// What is done, with the field that a refusal of it is about; none for what there is not.
async fn act_on(
    console: &Console,
    visit: &Visit,
    (id, what): (Id<PathwayKind>, &str),
) -> Option<(Result<String, Refusal>, &'static str)> {
    Some(match what {
        "diagnose" => (diagnose(console, visit, id).await, "diagnosed_on"),
        "put" => (basket::change(console, visit, id, false).await, "item"),
        "take-out" => (basket::change(console, visit, id, true).await, "basket-title"),
        "agree" => (agree(console, visit, id).await, "agreed_on"),
        "follow-up" => (follow_up(console, visit, id).await, "called_on"),
        "exit" => (exit(console, visit, id).await, "ended_on"),
        "note" => (note(console, visit, id).await, "notes"),
        _ => return None,
    })
}

/// What is done with a pathway, by the last part of the address.
pub(in crate::console) async fn act(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path((id, what)): Path<(String, String)>,
) -> Response {
    let Ok(id) = id.parse::<Id<PathwayKind>>() else {
        return nothing(State(console), Extension(visit)).await;
    };
    // All of it is the desk's.
    if let Err(refusal) = visit.caller().check(Operation::PathwayShow) {
        return refused(&console, &visit, &refusal);
    }
    let Some((done, field)) = act_on(&console, &visit, (id, &what)).await else {
        return nothing(State(console), Extension(visit)).await;
    };
    let again = match &done {
        Ok(_) => None,
        Err(refusal) => {
            let field = if refusal.reason() == "outcome-not-chosen" { "outcome" } else { field };
            Some(one(&console, &visit, id, &vec![(field, told(&console, &visit, refusal))]).await)
        }
    };
    finished(&console, &visit, (&format!("/pathways/{id}"), done), |refusal| {
        again.unwrap_or_else(|| Err(refusal.clone()))
    })
}

async fn diagnose(console: &Console, visit: &Visit, id: Id<PathwayKind>) -> Result<String, Refusal> {
    let fields = &visit.fields;
    let service = match fields.text("advice") {
        "" => None,
        advice => Some(advice.parse().map_err(|_| refusals::unknown("service-unknown").with("id", ""))?),
    };
    let seen = (id, fields.text("etag").to_owned());
    pathways::diagnose(&console.app, &visit.caller(), seen, fields.text("diagnosed_on"), service).await?;
    Ok(texts(console, visit).say("lasting-pathway-diagnose-done"))
}

async fn agree(console: &Console, visit: &Visit, id: Id<PathwayKind>) -> Result<String, Refusal> {
    pathways::agree_basket(&console.app, &visit.caller(), id, visit.fields.text("agreed_on")).await?;
    Ok(texts(console, visit).say("lasting-pathway-agree-done"))
}

async fn follow_up(console: &Console, visit: &Visit, id: Id<PathwayKind>) -> Result<String, Refusal> {
    let fields = &visit.fields;
    let milestone = fields.text("milestone").parse().map_err(|_| refusals::invalid("milestone-unknown"))?;
    let heard = match fields.text("heard") {
        "not-reached" => None,
        code => Some(code.parse().map_err(|_| refusals::invalid("outcome-unknown"))?),
    };
    let called = (milestone, fields.text("called_on"));
    pathways::follow_up(&console.app, &visit.caller(), id, called, heard).await?;
    Ok(texts(console, visit).say("lasting-pathway-follow-up-done"))
}

async fn exit(console: &Console, visit: &Visit, id: Id<PathwayKind>) -> Result<String, Refusal> {
    let fields = &visit.fields;
    let outcome = fields.text("outcome").parse().map_err(|_| refusals::invalid("outcome-not-chosen"))?;
    pathways::exit(&console.app, &visit.caller(), id, fields.text("ended_on"), outcome).await?;
    Ok(texts(console, visit).say("lasting-pathway-exit-done"))
}

async fn note(console: &Console, visit: &Visit, id: Id<PathwayKind>) -> Result<String, Refusal> {
    let (notes, etag) = (visit.fields.text("notes"), visit.fields.text("etag").to_owned());
    pathways::note(&console.app, &visit.caller(), id, notes, etag).await?;
    Ok(texts(console, visit).say("lasting-pathway-note-done"))
}
