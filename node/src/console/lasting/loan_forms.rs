//! What can be done to a loan now, as forms with what was typed into them.

use maillage_console::lasting::{Act, Field, Row, Section};
use maillage_domain::{
    fleet::Asset,
    loan::{Condition, Loan, LoanCancelled, LoanDocument, LoanState},
    roles::Operation,
};
use maillage_platform::refusal::Refusal;

use super::{
    super::{
        Console,
        desk::form::{Form, Wrong},
        door::Visit,
        reply::{texts, words},
    },
    day_and_time, moment, ticks, told,
};
use crate::{
    app::loans::{self, Availability},
    cli::legal::euros,
};

/// What can be done.
pub(super) struct Forms {
    /// The next step.
    pub(super) next: Vec<Act>,
    /// What else.
    pub(super) acts: Vec<Act>,
    /// What is not free, with why.
    pub(super) taken: Option<Section>,
}

/// What can be done to a loan by somebody.
pub(super) fn of(console: &Console, visit: &Visit, (loan, wrong): (&Loan, &Wrong)) -> Result<Forms, Refusal> {
    let roles = visit.caller();
    let may = |operation: Operation| operation.allows(roles.roles());
    let form = Form { console, visit, wrong };
    let mut forms = Forms { next: Vec::new(), acts: Vec::new(), taken: None };
    match &loan.state {
        LoanState::Requested | LoanState::Booked(_) => {
            let is_booked = loan.booking().is_some();
            if is_booked && may(Operation::LoanHandOut) {
                forms.next.push(hand_out(&form, loan));
            }
            if may(Operation::LoanBook) {
                let available = available(console, visit, loan)?;
                forms.taken = taken(console, visit, &available);
                let book = book(&form, loan, &available);
                if is_booked { forms.acts.push(Act { folded: true, ..book }) } else { forms.next.push(book) }
            }
            if may(Operation::LoanCancel) {
                forms.acts.push(cancel(&form, loan));
            }
        }
        LoanState::Out(..) => {
            if may(Operation::LoanTakeBack) {
                forms.next.push(take_back(&form, loan));
            }
            if may(Operation::LoanExtend) {
                forms.acts.push(extend(&form, loan));
            }
        }
        LoanState::Returned(_, out, _) => {
            if may(Operation::LoanClose) {
                forms.next.push(close(&form, loan, out.deposit.get()));
            }
        }
        LoanState::Closed(..) | LoanState::Cancelled { .. } => {}
    }
    Ok(forms)
}

/// The field that a refusal of a form is about.
pub(super) fn field_of(what: &str, usual: &'static str, refusal: &Refusal) -> &'static str {
    match (what, refusal.reason()) {
        ("hand-out", "kilometres-format" | "odometer" | "odometer-backwards" | "odometer-missing") => {
            "out_km"
        }
        ("take-back", "kilometres-format" | "odometer" | "odometer-backwards" | "odometer-missing") => {
            "back_km"
        }
        ("hand-out", "loan-document-missing" | "loan-document-unknown") => "papers",
        ("hand-out", "sum-format" | "service-amount") => "deposit",
        ("take-back", "loan-order" | "time-format" | "time-skipped" | "time-out-of-range") => "back_day",
        ("close", "loan-deposit-kept") => "kept",
        (_, _) => usual,
    }
}

fn act(form: &Form<'_>, loan: &Loan, (what, rows): (&'static str, Vec<Vec<Field>>), first: &str) -> Act {
    let texts = texts(form.console, form.visit);
    Act {
        id: what,
        title: texts.say(&format!("lasting-loan-{what}")),
        text: texts.say(&format!("lasting-loan-{what}-text")),
        action: format!("/loans/{}/{what}", loan.id),
        etag: loan.revision.to_string(),
        rows,
        button: texts.say(&format!("lasting-loan-{what}-do")),
        folded: false,
        open: form.error(first).is_some(),
    }
}

/// What is free for the time of the loan, and what is not; another thing of the kind asked for comes first.
fn available(console: &Console, visit: &Visit, loan: &Loan) -> Result<Availability, Refusal> {
    let span = loan.terms.span;
    let typed = |at| {
        let (day, time) = day_and_time(at);
        moment(&day, &time)
    };
    let (from, until) = (typed(span.from()), typed(span.until()));
    let mut all = loans::free(&console.app, &visit.caller(), None, (&from, &until))?;
    let order = |asset: &Asset| {
        (asset.details.category != loan.terms.category, asset.details.label.as_str().to_lowercase())
    };
    all.free.sort_by_cached_key(order);
    all.taken.retain(|(asset, _)| {
        let is_booked = loan.booking().is_some_and(|booking| booking.asset == asset.id);
        asset.details.category == loan.terms.category && asset.retired.is_none() && !is_booked
    });
    Ok(all)
}

fn taken(console: &Console, visit: &Visit, available: &Availability) -> Option<Section> {
    if available.taken.is_empty() {
        return None;
    }
    let row = |(asset, why): &(Asset, Refusal)| Row {
        path: format!("/fleet/{}", asset.id),
        title: asset.details.label.as_str().to_owned(),
        what: told(console, visit, why),
        ..Row::default()
    };
    Some(Section {
        id: "not-free",
        title: texts(console, visit).say("lasting-loan-not-free"),
        rows: available.taken.iter().map(row).collect(),
        ..Section::default()
    })
}

fn book(form: &Form<'_>, loan: &Loan, available: &Availability) -> Act {
    let words = words(form.console, form.visit);
    let option = |asset: &Asset| {
        let details = &asset.details;
        let category = words.code("asset-category", details.category.code());
        (asset.id.to_string(), format!("{} · {category}", details.label.as_str()))
    };
    let mut options: Vec<(String, String)> = available.free.iter().map(option).collect();
    if options.is_empty() {
        options.push((String::new(), texts(form.console, form.visit).say("lasting-loan-nothing-free")));
    }
    let asset = form.choice("asset", "lasting-asset", options);
    act(form, loan, ("book", vec![vec![Field::Choice(asset)]]), "asset")
}

fn conditions(form: &Form<'_>, name: &'static str) -> Field {
    let codes: Vec<&str> = Condition::ALL.iter().map(|one| one.code()).collect();
    Field::Choice(form.codes(name, "lasting-condition", ("condition", &codes)))
}

fn hand_out(form: &Form<'_>, loan: &Loan) -> Act {
    let (texts, words) = (texts(form.console, form.visit), words(form.console, form.visit));
    let papers = LoanDocument::ALL.iter().map(|one| (one.code(), words.code("document", one.code())));
    let agreed = loan.booking().map_or(0, |booking| booking.deposit.get());
    let kilometres =
        form.input("out_km", "lasting-kilometres").with_hint(texts.say("lasting-kilometres-hint"));
    let deposit = form.input("deposit", "lasting-deposit");
    let deposit = deposit.with_hint(texts.about("lasting-deposit-hint", &euros(words, agreed)));
    let rows = vec![
        vec![conditions(form, "out_condition"), Field::Line(kilometres)],
        vec![ticks(form, ("papers", "lasting-papers"), papers.collect())],
        vec![Field::Line(deposit)],
        vec![Field::Text(form.lines("out_notes", "lasting-out-notes", "lasting-out-notes-hint"))],
    ];
    act(form, loan, ("hand-out", rows), "out_condition")
}

fn take_back(form: &Form<'_>, loan: &Loan) -> Act {
    let texts = texts(form.console, form.visit);
    let kilometres =
        form.input("back_km", "lasting-kilometres").with_hint(texts.say("lasting-kilometres-hint"));
    let day = form.input("back_day", "lasting-back-day").of_kind("date");
    let rows = vec![
        vec![conditions(form, "back_condition"), Field::Line(kilometres)],
        vec![Field::Text(form.lines("damage", "lasting-damage", "lasting-damage-hint"))],
        vec![
            Field::Line(day.with_hint(texts.say("lasting-back-day-hint"))),
            Field::Line(form.input("back_time", "lasting-back-time").of_kind("time")),
        ],
    ];
    act(form, loan, ("take-back", rows), "back_condition")
}

fn extend(form: &Form<'_>, loan: &Loan) -> Act {
    let rows = vec![vec![
        Field::Line(form.input("extend_day", "lasting-until-day").of_kind("date")),
        Field::Line(form.input("extend_time", "lasting-until-time").of_kind("time")),
    ]];
    Act { folded: true, ..act(form, loan, ("extend", rows), "extend_day") }
}

fn close(form: &Form<'_>, loan: &Loan, deposit: i64) -> Act {
    let (texts, words) = (texts(form.console, form.visit), words(form.console, form.visit));
    let owed = euros(words, loan.contribution().get());
    let contribution = form.input("contribution", "lasting-contribution");
    let mut rows =
        vec![vec![Field::Line(contribution.with_hint(texts.about("lasting-contribution-hint", &owed)))]];
    if deposit > 0 {
        let kept = form.input("kept", "lasting-deposit-kept");
        let hint = texts.about("lasting-deposit-kept-hint", &euros(words, deposit));
        rows.push(vec![Field::Line(kept.with_hint(hint))]);
    }
    act(form, loan, ("close", rows), "contribution")
}

fn cancel(form: &Form<'_>, loan: &Loan) -> Act {
    let codes: Vec<&str> = LoanCancelled::ALL.iter().map(|one| one.code()).collect();
    let reason = form.codes("reason", "lasting-why", ("loan-cancelled", &codes));
    Act { folded: true, ..act(form, loan, ("cancel", vec![vec![Field::Choice(reason)]]), "reason") }
}
