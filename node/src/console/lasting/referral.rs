//! One referral: whom to call until it is decided, and what became of it. The desk takes it or says that it cannot help; whoever
//! made it may take it back. Another prescriber's is as unknown as one that does not exist.

use axum::{
    extract::{Extension, Path, State},
    response::Response,
};
use maillage_console::lasting::{Act, Fact, Field, OnePage, Press, Row, Section};
use maillage_domain::{
    account::Scope,
    ids::{PersonKind, ReferralKind},
    pathway::{DeclineReason, ReferralStanding},
    person::Person,
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
        people::{detail, found},
        reply::{frame, nothing, on_to, page, refused, texts, words},
    },
    facts, finished,
    referrals::{PAGE, badge},
    summed, told, unprocessable,
};
use crate::{
    app::{
        people::{names, partners},
        referrals::{self, Referred, SeenReferral},
        refusals,
    },
    cli::words::commune,
};

/// Somebody who may be the referred person: identifier, name, what tells people of one name apart.
type Alike = (String, String, String);

/// One referral.
pub(in crate::console) async fn show(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse() else { return nothing(State(console), Extension(visit)).await };
    desk::shown(&console, &visit, one(&console, &visit, id, (&Wrong::new(), Vec::new())))
}

fn one(
    console: &Console,
    visit: &Visit,
    id: Id<ReferralKind>,
    (wrong, alike): (&Wrong, Vec<Alike>),
) -> Result<Response, Refusal> {
    let (caller, texts, words) = (visit.caller(), texts(console, visit), words(console, visit));
    let seen = referrals::show(&console.app, &caller, id)?;
    let referral = &seen.referral;
    let contact = referral.contact.as_ref();
    let phone = contact.map(|contact| contact.phone.as_str().to_owned()).unwrap_or_default();
    let mut known = facts(
        console,
        visit,
        vec![
            ("lasting-reference-of", referral.reference.as_str().to_owned()),
            ("lasting-prescriber", prescriber(console, visit, &seen)?),
            ("lasting-referral-made", words.instant(&referral.created.to_string())),
            ("desk-name", contact.map(|contact| contact.name.as_str().to_owned()).unwrap_or_default()),
            (
                "desk-home-commune",
                contact.map(|contact| commune(&contact.commune.to_string())).unwrap_or_default(),
            ),
        ],
    );
    if !phone.is_empty() {
        known.push(Fact {
            path: format!("tel:{}", phone.replace(' ', "")),
            name: texts.say("console-fact-phone"),
            value: phone,
        });
    }
    if let Some(pathway) = seen.pathway {
        known.push(Fact {
            name: texts.say("lasting-pathway"),
            value: texts.say("lasting-pathway-open-page"),
            path: format!("/pathways/{pathway}"),
        });
    }
    let waits = seen.standing == ReferralStanding::Received;
    Ok(page(&OnePage {
        frame: frame(console, visit, texts.say("lasting-referral")),
        back: (PAGE.to_owned(), texts.say("lasting-referral-back")),
        name: texts.about("lasting-referral-name", referral.reference.as_str()),
        badges: vec![badge(console, visit, seen.standing)],
        wrong: summed(wrong),
        facts: known,
        sections: same_person(console, visit, id, alike).into_iter().collect(),
        next: if waits { deciding(console, visit, id, wrong) } else { Vec::new() },
        acts: if waits { taking_back(console, visit, id) } else { Vec::new() },
        moments_title: String::new(),
        moments: Vec::new(),
    }))
}

/// Who referred the person, for the desk.
fn prescriber(console: &Console, visit: &Visit, seen: &SeenReferral) -> Result<String, Refusal> {
    let caller = visit.caller();
    match seen.referral.prescriber {
        Some(id) if caller.scope() == Scope::Everything => {
            let known = partners::show_prescriber(&console.app, &caller, id)?;
            Ok(known.details.organisation.as_str().to_owned())
        }
        Some(_) | None => Ok(String::new()),
    }
}

/// People who may be the one that was referred, each with a button, and one for somebody else.
fn same_person(console: &Console, visit: &Visit, id: Id<ReferralKind>, alike: Vec<Alike>) -> Option<Section> {
    if alike.is_empty() {
        return None;
    }
    let texts = texts(console, visit);
    let action = format!("{PAGE}/{id}/accept");
    let mut rows: Vec<Row> = Vec::new();
    for (person, name, detail) in alike {
        rows.push(Row {
            path: format!("/people/{person}"),
            title: name,
            what: detail,
            badge: None,
            presses: vec![Press {
                action: action.clone(),
                name: "person",
                value: person,
                label: texts.say("lasting-referral-same"),
            }],
        });
    }
    let label = texts.say("lasting-referral-other");
    let other = Press { action, name: "person", value: "new".to_owned(), label };
    rows.push(Row { title: texts.say("lasting-referral-nobody"), presses: vec![other], ..Row::default() });
    Some(Section {
        id: "alike",
        title: texts.say("lasting-referral-alike"),
        none: String::new(),
        urgent: true,
        etag: String::new(),
        rows,
    })
}

/// What the desk decides.
fn deciding(console: &Console, visit: &Visit, id: Id<ReferralKind>, wrong: &Wrong) -> Vec<Act> {
    let (caller, texts, words) = (visit.caller(), texts(console, visit), words(console, visit));
    let form = Form { console, visit, wrong };
    let mut acts = Vec::new();
    let act = |what: &'static str, rows, folded, open| Act {
        id: what,
        title: texts.say(&format!("lasting-referral-{what}")),
        text: texts.say(&format!("lasting-referral-{what}-text")),
        action: format!("{PAGE}/{id}/{what}"),
        etag: String::new(),
        rows,
        button: texts.say(&format!("lasting-referral-{what}-do")),
        folded,
        open,
    };
    if Operation::ReferralAccept.allows(caller.roles()) {
        acts.push(act("accept", Vec::new(), false, false));
        let letters = form.input("letters", "console-who-letters").of_kind("search");
        let letters = letters.with_hint(texts.say("console-who-hint"));
        let open = form.error("letters").is_some();
        acts.push(act("find", vec![vec![Field::Line(letters)]], true, open));
    }
    if Operation::ReferralDecline.allows(caller.roles()) {
        let reasons = DeclineReason::ALL
            .iter()
            .map(|reason| (reason.code().to_owned(), words.code("decline", reason.code())));
        let reason = form.choice("reason", "lasting-why", reasons.collect());
        acts.push(act("decline", vec![vec![Field::Choice(reason)]], true, form.error("reason").is_some()));
    }
    acts
}

/// Whoever referred the person takes it back.
fn taking_back(console: &Console, visit: &Visit, id: Id<ReferralKind>) -> Vec<Act> {
    let texts = texts(console, visit);
    if !Operation::ReferralWithdraw.allows(visit.caller().roles()) {
        return Vec::new();
    }
    vec![Act {
        id: "withdraw",
        title: texts.say("lasting-referral-withdraw"),
        text: texts.say("lasting-referral-withdraw-text"),
        action: format!("{PAGE}/{id}/withdraw"),
        etag: String::new(),
        rows: Vec::new(),
        button: texts.say("lasting-referral-withdraw-do"),
        folded: true,
        open: false,
    }]
}

/// What is done with a referral, by the last part of the address.
pub(in crate::console) async fn act(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path((id, what)): Path<(String, String)>,
) -> Response {
    let Ok(id) = id.parse::<Id<ReferralKind>>() else {
        return nothing(State(console), Extension(visit)).await;
    };
    let path = format!("{PAGE}/{id}");
    let done = match what.as_str() {
        "accept" => return accept(&console, &visit, id).await,
        "find" => return find(&console, &visit, id).await,
        "decline" => decline(&console, &visit, id).await,
        "withdraw" => withdraw(&console, &visit, id).await,
        _ => return nothing(State(console), Extension(visit)).await,
    };
    finished(&console, &visit, (&path, done), |refusal| {
        let wrong = vec![("reason", told(&console, &visit, refusal))];
        one(&console, &visit, id, (&wrong, Vec::new()))
    })
}

async fn decline(console: &Console, visit: &Visit, id: Id<ReferralKind>) -> Result<String, Refusal> {
    visit.caller().check(Operation::ReferralDecline)?;
    let unknown = |_| refusals::invalid("referral-decline-unknown");
    let reason = visit.fields.text("reason").parse().map_err(unknown)?;
    referrals::decline(&console.app, &visit.caller(), id, reason).await?;
    Ok(texts(console, visit).say("lasting-referral-declined"))
}

async fn withdraw(console: &Console, visit: &Visit, id: Id<ReferralKind>) -> Result<String, Refusal> {
    referrals::withdraw(&console.app, &visit.caller(), id).await?;
    Ok(texts(console, visit).say("lasting-referral-withdrawn"))
}

/// Looks for the file that the referred person may have already.
async fn find(console: &Console, visit: &Visit, id: Id<ReferralKind>) -> Response {
    let page = async {
        visit.caller().check(Operation::ReferralAccept)?;
        let hits = found(console, visit, visit.fields.text("letters")).await?;
        let row = |person: &Person| {
            (person.id.to_string(), person.details.name.as_str().to_owned(), detail(console, person))
        };
        let texts = texts(console, visit);
        let wrong = match &hits {
            None => vec![("letters", texts.say("console-need-letters"))],
            Some(hits) if hits.is_empty() => vec![("letters", texts.say("console-found-none"))],
            Some(_) => Wrong::new(),
        };
        let alike = hits.unwrap_or_default().iter().map(row).collect();
        one(console, visit, id, (&wrong, alike))
    };
    desk::shown(console, visit, page.await)
}

/// Takes the referral: for a person who has a file, or one who is registered from it. Whoever is very like is shown first.
async fn accept(console: &Console, visit: &Visit, id: Id<ReferralKind>) -> Response {
    let whom = match visit.fields.text("person") {
        "" => Ok(Referred::New),
        "new" => Ok(Referred::NewAnyway),
        known => known.parse().map(Referred::Known),
    };
    let Ok(whom) = whom else { return nothing(State(console.clone()), Extension(visit.clone())).await };
    let refusal = match referrals::accept(&console.app, &visit.caller(), id, whom).await {
        Ok(pathway) => {
            let said = texts(console, visit).say("lasting-referral-accepted");
            return on_to(console, visit, &format!("/pathways/{}", pathway.id), Some((false, said)));
        }
        Err(refusal) => refusal,
    };
    if refusal.reason() == "person-duplicate" {
        return unprocessable(console, visit, told_alike(console, visit, id, &refusal));
    }
    if super::is_about_what_was_asked(&refusal) {
        let wrong = vec![("reason", told(console, visit, &refusal))];
        return unprocessable(console, visit, one(console, visit, id, (&wrong, Vec::new())));
    }
    refused(console, visit, &refusal)
}

fn told_alike(
    console: &Console,
    visit: &Visit,
    id: Id<ReferralKind>,
    refusal: &Refusal,
) -> Result<Response, Refusal> {
    let told = refusal.details().get("candidates").cloned().unwrap_or_default();
    let ids: Vec<Id<PersonKind>> = told.split_whitespace().filter_map(|id| id.parse().ok()).collect();
    let names = names::names(&console.app, &visit.caller(), ids.iter().copied())?;
    let row =
        |id: &Id<PersonKind>| (id.to_string(), names.get(id).cloned().unwrap_or_default(), String::new());
    let wrong = vec![("alike-title", texts(console, visit).say("lasting-referral-duplicate"))];
    one(console, visit, id, (&wrong, ids.iter().map(row).collect()))
}
