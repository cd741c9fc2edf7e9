//! One loan: where it stands, what was agreed, how the thing went out and came back, and the next step of its life. That somebody
//! opened it is noted.

use axum::{
    extract::{Extension, Path, State},
    response::Response,
};
use maillage_console::{
    lasting::{Fact, OnePage},
    parts::Moment,
};
use maillage_domain::{
    ids::{AssetKind, LoanKind},
    loan::{Loan, LoanState},
    roles::Operation,
};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;

use super::{
    super::{
        Console,
        desk::{self, form::Wrong},
        door::Visit,
        reply::{frame, nothing, page, refused, texts, words},
    },
    all_of,
    asset::kilometres,
    facts, finished, fixed, loan_forms,
    loans::badge,
    moment, summed, told,
};
use crate::{
    app::{
        fleet,
        loans::{self, NewHandOut, NewTakeBack},
        people::names,
        refusals,
    },
    cli::legal::euros,
};

/// One loan.
pub(in crate::console) async fn show(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse() else { return nothing(State(console), Extension(visit)).await };
    desk::shown(&console, &visit, one(&console, &visit, id, &Wrong::new()).await)
}

async fn one(console: &Console, visit: &Visit, id: Id<LoanKind>, wrong: &Wrong) -> Result<Response, Refusal> {
    let (app, caller, texts) = (&console.app, visit.caller(), texts(console, visit));
    let loan = loans::show(app, &caller, id).await?;
    let name = names::names(app, &caller, [loan.person])?.remove(&loan.person).unwrap_or_default();
    let forms = loan_forms::of(console, visit, (&loan, wrong))?;
    Ok(page(&OnePage {
        frame: frame(console, visit, texts.say("lasting-loan")),
        back: ("/loans".to_owned(), texts.say("lasting-loan-back")),
        name: name.clone(),
        badges: vec![badge(console, visit, &loan)],
        wrong: summed(wrong),
        facts: known(console, visit, (&loan, name))?,
        sections: forms.taken.into_iter().collect(),
        next: forms.next,
        acts: forms.acts,
        moments_title: texts.say("lasting-loan-moments"),
        moments: moments(console, visit, &loan),
    }))
}

fn known(console: &Console, visit: &Visit, (loan, name): (&Loan, String)) -> Result<Vec<Fact>, Refusal> {
    let (app, caller) = (&console.app, visit.caller());
    let (texts, words) = (texts(console, visit), words(console, visit));
    let opens = Operation::PersonShow.allows(caller.roles());
    let path = if opens { format!("/people/{}", loan.person) } else { String::new() };
    let mut all = vec![Fact { name: texts.say("lasting-who"), value: name, path }];
    if let Some(booking) = loan.booking() {
        let asset = fleet::show(app, &caller, booking.asset)?;
        all.push(Fact {
            name: texts.say("lasting-asset"),
            value: asset.details.label.as_str().to_owned(),
            path: format!("/fleet/{}", booking.asset),
        });
    }
    let sum = |cents: i64| if cents == 0 { String::new() } else { euros(words, cents) };
    let span = loan.terms.span;
    let booking = loan.booking();
    let rate = booking.and_then(|booking| booking.rate).map(|rate| {
        let args = [
            ("sum", euros(words, rate.cents.get()).into()),
            ("per", words.code("rate-per", rate.per.code()).into()),
        ];
        texts.with("lasting-rate", &args)
    });
    let settlement = loan.settlement();
    all.extend(facts(
        console,
        visit,
        vec![
            ("lasting-category", words.code("asset-category", loan.terms.category.code())),
            ("console-when", words.span(&span.from().to_string(), &span.until().to_string())),
            ("console-purpose", words.code("purpose", loan.terms.purpose.code())),
            ("lasting-asset-rate", rate.unwrap_or_default()),
            ("lasting-deposit", booking.map(|booking| sum(booking.deposit.get())).unwrap_or_default()),
            (
                "lasting-contribution",
                settlement.map(|all| euros(words, all.contribution_due.get())).unwrap_or_default(),
            ),
            ("lasting-deposit-kept", settlement.map(|all| sum(all.deposit_kept.get())).unwrap_or_default()),
            ("lasting-notes", loan.terms.notes.as_str().to_owned()),
        ],
    ));
    Ok(all)
}

/// What became of the loan, oldest first.
fn moments(console: &Console, visit: &Visit, loan: &Loan) -> Vec<Moment> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let at = |at: jiff::Timestamp| words.instant(&at.to_string());
    let metres = |metres: Option<u32>| metres.map(|metres| words.kilometres(metres));
    let told = |parts: [Option<String>; 5]| {
        let parts = parts.into_iter().flatten().filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join(" · ")
    };
    let mut moments = vec![Moment {
        when: at(loan.created),
        what: texts.say("lasting-loan-was-asked"),
        detail: String::new(),
    }];
    if let Some(out) = loan.hand_out() {
        let papers: Vec<String> = out.documents.iter().map(|one| one.code().to_owned()).collect();
        moments.push(Moment {
            when: at(out.at),
            what: texts.say("lasting-loan-was-handed-out"),
            detail: told([
                Some(words.code("condition", out.condition.code())),
                metres(out.odometer_m),
                Some(words.codes("document", &papers)),
                Some(out.by.as_str().to_owned()),
                Some(out.notes.as_str().to_owned()),
            ]),
        });
    }
    if let Some(back) = loan.take_back() {
        moments.push(Moment {
            when: at(back.at),
            what: texts.say("lasting-loan-was-taken-back"),
            detail: told([
                Some(words.code("condition", back.condition.code())),
                metres(back.odometer_m),
                Some(back.by.as_str().to_owned()),
                Some(back.damage.as_str().to_owned()),
                None,
            ]),
        });
    }
    let ended = match &loan.state {
        LoanState::Closed(.., settlement) => Some((settlement.at, "lasting-loan-was-closed", String::new())),
        LoanState::Cancelled { reason, at } => {
            Some((*at, "lasting-loan-was-cancelled", words.code("loan-cancelled", reason.code())))
        }
        LoanState::Requested | LoanState::Booked(_) | LoanState::Out(..) | LoanState::Returned(..) => None,
    };
    moments.extend(ended.map(|(when, key, detail)| Moment { when: at(when), what: texts.say(key), detail }));
    moments
}

/// What is done with a loan, by the last part of the address.
pub(in crate::console) async fn act(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path((id, what)): Path<(String, String)>,
) -> Response {
    let Ok(id) = id.parse::<Id<LoanKind>>() else {
        return nothing(State(console), Extension(visit)).await;
    };
    let (operation, field) = match what.as_str() {
        "book" => (Operation::LoanBook, "asset"),
        "hand-out" => (Operation::LoanHandOut, "out_condition"),
        "extend" => (Operation::LoanExtend, "extend_day"),
        "take-back" => (Operation::LoanTakeBack, "back_condition"),
        "close" => (Operation::LoanClose, "contribution"),
        "cancel" => (Operation::LoanCancel, "reason"),
        _ => return nothing(State(console), Extension(visit)).await,
    };
    if let Err(refusal) = visit.caller().check(operation) {
        return refused(&console, &visit, &refusal);
    }
    let done = match what.as_str() {
        "book" => book(&console, &visit, id).await,
        "hand-out" => hand_out(&console, &visit, id).await,
        "extend" => extend(&console, &visit, id).await,
        "take-back" => take_back(&console, &visit, id).await,
        "close" => close(&console, &visit, id).await,
        _ => cancel(&console, &visit, id).await,
    };
    let again = match &done {
        Ok(_) => None,
        Err(refusal) => {
            let wrong = vec![(loan_forms::field_of(&what, field, refusal), told(&console, &visit, refusal))];
            Some(one(&console, &visit, id, &wrong).await)
        }
    };
    finished(&console, &visit, (&format!("/loans/{id}"), done), |refusal| {
        again.unwrap_or_else(|| Err(refusal.clone()))
    })
}

async fn book(console: &Console, visit: &Visit, id: Id<LoanKind>) -> Result<String, Refusal> {
    let unknown = |_| refusals::invalid("thing-not-chosen");
    let asset: Id<AssetKind> = visit.fields.text("asset").parse().map_err(unknown)?;
    let etag = visit.fields.text("etag").to_owned();
    loans::book(&console.app, &visit.caller(), id, asset, etag).await?;
    Ok(texts(console, visit).say("lasting-loan-book-done"))
}

async fn hand_out(console: &Console, visit: &Visit, id: Id<LoanKind>) -> Result<String, Refusal> {
    let fields = &visit.fields;
    let new = NewHandOut {
        at: String::new(),
        condition: fields.text("out_condition").to_owned(),
        odometer_m: kilometres(fields.text("out_km"))?,
        deposit_cents: cents(fields.text("deposit"))?,
        documents: all_of(fields, "papers"),
        by: visit.caller().label().to_owned(),
        notes: fields.text("out_notes").to_owned(),
    };
    loans::hand_out(&console.app, &visit.caller(), id, new).await?;
    Ok(texts(console, visit).say("lasting-loan-hand-out-done"))
}

async fn extend(console: &Console, visit: &Visit, id: Id<LoanKind>) -> Result<String, Refusal> {
    let fields = &visit.fields;
    let until = moment(fields.text("extend_day"), fields.text("extend_time"));
    let etag = fields.text("etag").to_owned();
    loans::extend(&console.app, &visit.caller(), id, &until, etag).await?;
    Ok(texts(console, visit).say("lasting-loan-extend-done"))
}

async fn take_back(console: &Console, visit: &Visit, id: Id<LoanKind>) -> Result<String, Refusal> {
    let fields = &visit.fields;
    let new = NewTakeBack {
        at: moment(fields.text("back_day"), fields.text("back_time")),
        condition: fields.text("back_condition").to_owned(),
        odometer_m: kilometres(fields.text("back_km"))?,
        by: visit.caller().label().to_owned(),
        damage: fields.text("damage").to_owned(),
    };
    let loan = loans::take_back(&console.app, &visit.caller(), id, new).await?;
    let owed = euros(words(console, visit), loan.contribution().get());
    Ok(texts(console, visit).about("lasting-loan-take-back-done", &owed))
}

async fn close(console: &Console, visit: &Visit, id: Id<LoanKind>) -> Result<String, Refusal> {
    let fields = &visit.fields;
    let contribution = cents(fields.text("contribution"))?;
    let kept = cents(fields.text("kept"))?.unwrap_or_default();
    loans::close(&console.app, &visit.caller(), id, contribution, kept).await?;
    Ok(texts(console, visit).say("lasting-loan-close-done"))
}

async fn cancel(console: &Console, visit: &Visit, id: Id<LoanKind>) -> Result<String, Refusal> {
    let unknown = |_| refusals::invalid("loan-cancelled-unknown");
    let reason = visit.fields.text("reason").parse().map_err(unknown)?;
    loans::cancel(&console.app, &visit.caller(), id, reason).await?;
    Ok(texts(console, visit).say("lasting-loan-cancel-done"))
}

/// A sum in euros as typed, in cents; none if nothing was typed.
pub(super) fn cents(typed: &str) -> Result<Option<i64>, Refusal> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    let read = fixed(typed.trim().trim_end_matches('€'), 2).and_then(|cents| i64::try_from(cents).ok());
    read.map(Some).ok_or_else(|| refusals::invalid("sum-format"))
}
