//! The form as it is shown: what was typed in every field, and what would become of it.

use axum::response::Response;
use maillage_console::{
    form::{Choice, Choosable, Input, Lines},
    request::{Check, Chosen, Hit, LegCheck, RequestPage, Search, Who},
    texts::Texts,
};
use maillage_domain::{habits::Habit, person::Person, request::Purpose, roles::Operation};

use super::{Traveller, read::Wrong};
use crate::{
    app::trips::{ForeseenLeg, Preview},
    console::{
        Console, communes,
        door::Visit,
        people::{detail, facts, habit, letters},
        reply::{frame, page, texts, words},
        shown,
    },
};

/// Every field of the form that is shown once a person is chosen.
const SHOWN_FIELDS: [&str; 15] = [
    "to_commune",
    "to_address",
    "purpose",
    "day",
    "time",
    "kind",
    "back",
    "back_time",
    "notes",
    "from_commune",
    "from_address",
    "companions",
    "tolerance",
    "late_ok",
    "person",
];
/// What buttons and tokens send: never carried along.
const NEVER_CARRIED: [&str; 5] = ["forgery", "step", "volunteer", "habit", "letters"];

/// What the form shows beside what was typed.
#[derive(Default)]
pub(super) struct Shown<'a> {
    /// Who travels; none while that is searched for.
    pub(super) person: Option<&'a Person>,
    /// Where the person usually goes.
    pub(super) habits: &'a [Habit],
    /// Who was found.
    pub(super) hits: Vec<Person>,
    /// Whether a search was made.
    pub(super) searched: bool,
    /// What is wrong, by field.
    pub(super) wrong: Wrong,
    /// What would become of the request.
    pub(super) preview: Option<Preview>,
}

impl<'a> Shown<'a> {
    /// The form for somebody.
    pub(super) fn of(traveller: &'a Traveller) -> Self {
        Self { person: Some(&traveller.person), habits: &traveller.habits, ..Self::default() }
    }
}

/// The page.
pub(super) fn show(console: &Console, visit: &Visit, shown: Shown<'_>) -> Response {
    let texts = texts(console, visit);
    let fields = Typed { console, visit, texts, wrong: &shown.wrong };
    let signing = fields.signing(shown.preview.as_ref());
    let is_hidden = |name: &str| {
        let is_shown = shown.person.is_some() && SHOWN_FIELDS.contains(&name);
        let is_signed = signing.iter().any(|field| field.name == name);
        !is_shown && !is_signed && !NEVER_CARRIED.contains(&name)
    };
    let carried = visit.fields.pairs().iter().filter(|(name, value)| is_hidden(name) && !value.is_empty());
    let carried: Vec<(String, String)> = carried.cloned().collect();
    let who = match shown.person {
        Some(person) => Who::Chosen(Box::new(fields.chosen(person, shown.habits))),
        None => Who::Search(Search {
            field: letters(console, visit, visit.fields.text("letters").to_owned(), fields.error("letters")),
            made: shown.searched,
            hits: shown.hits.iter().map(|person| hit(console, person)).collect(),
            may_register: Operation::PersonAdd.allows(visit.caller().roles()),
        }),
    };
    let check = shown.preview.as_ref().map(|preview| fields.check(preview));
    // In the order of the form.
    let place = |name: &str| SHOWN_FIELDS.iter().position(|shown| *shown == name);
    let mut wrong = shown.wrong.clone();
    wrong.sort_by_key(|(field, _)| place(field));
    let wrong = wrong.into_iter().map(|(field, text)| (field.to_owned(), text)).collect();
    page(&RequestPage {
        frame: frame(console, visit, texts.say("console-request")),
        carried,
        who,
        wrong,
        signing,
        check,
    })
}

fn hit(console: &Console, person: &Person) -> Hit {
    Hit {
        id: person.id.to_string(),
        name: person.details.name.as_str().to_owned(),
        detail: detail(console, person),
    }
}

/// The fields with what was typed into them.
struct Typed<'a, 'b> {
    console: &'a Console,
    visit: &'b Visit,
    texts: Texts<'a>,
    wrong: &'b Wrong,
}

impl<'a> Typed<'a, '_> {
    fn error(&self, name: &str) -> Option<&String> {
        self.wrong.iter().find(|(field, _)| *field == name).map(|(_, text)| text)
    }

    fn input(&self, name: &'static str, label: &str) -> Input {
        let typed = self.visit.fields.text(name).to_owned();
        Input::text(name, self.texts.say(label), typed).with_error(self.error(name))
    }

    fn choice(&self, name: &'static str, label: &str, options: &[(&str, String)], usual: &str) -> Choice {
        let typed = self.visit.fields.text(name);
        let chosen = if typed.is_empty() { usual } else { typed };
        let option = |(value, label): &(&str, String)| Choosable {
            value: (*value).to_owned(),
            label: label.clone(),
            chosen: *value == chosen,
        };
        Choice {
            name,
            label: self.texts.say(label),
            options: options.iter().map(option).collect(),
            error: self.error(name).cloned().unwrap_or_default(),
            id: name,
            open: true,
        }
    }

    fn chosen(&self, person: &Person, habits: &[Habit]) -> Chosen {
        let (texts, fields) = (self.texts, &self.visit.fields);
        let words = words(self.console, self.visit);
        let app = &self.console.app;
        let hint = |field: Input, key: &str| field.with_hint(texts.say(key));
        let commune = |name, label, key| Input { list: "communes", ..hint(self.input(name, label), key) };
        let wanted = |field: Input| Input { wanted: true, ..field };
        let purposes: Vec<(&str, String)> =
            Purpose::ALL.iter().map(|one| (one.code(), words.code("purpose", one.code()))).collect();
        let kinds =
            [("arrive", texts.say("console-kind-arrive")), ("pickup", texts.say("console-kind-pickup"))];
        let backs = [
            ("none", texts.say("console-back-none")),
            ("at", texts.say("console-back-at")),
            ("call", texts.say("console-back-call")),
        ];
        let rare = ["from_commune", "from_address", "companions", "tolerance", "late_ok"];
        Chosen {
            id: person.id.to_string(),
            name: person.details.name.as_str().to_owned(),
            facts: facts(self.console, self.visit, person, false),
            habits: habits.iter().map(|one| habit(self.console, self.visit, one)).collect(),
            communes: communes::suggested(app.geography, &app.profile.territory),
            place: vec![
                wanted(commune("to_commune", "console-to-commune", "console-commune-hint")),
                hint(self.input("to_address", "console-to-address"), "console-address-hint"),
            ],
            purpose: self.choice("purpose", "console-purpose", &purposes, ""),
            day: wanted(self.input("day", "console-day").of_kind("date")),
            kind: self.choice("kind", "console-time-kind", &kinds, "arrive"),
            time: wanted(self.input("time", "console-time").of_kind("time")),
            back: self.choice("back", "console-back", &backs, "none"),
            back_time: hint(self.input("back_time", "console-back-time"), "console-back-time-hint")
                .of_kind("time"),
            more: vec![
                commune("from_commune", "console-from-commune", "console-from-hint"),
                self.input("from_address", "console-from-address"),
                self.input("companions", "console-companions"),
                hint(self.input("tolerance", "console-tolerance"), "console-tolerance-hint"),
            ],
            more_open: rare.iter().any(|name| !fields.text(name).is_empty() || self.error(name).is_some()),
            late_ok: fields.text("late_ok") == "1",
            notes: self.lines("notes", "console-notes", "console-notes-hint"),
        }
    }

    fn lines(&self, name: &'static str, label: &str, hint: &str) -> Lines {
        Lines {
            name,
            label: self.texts.say(label),
            value: self.visit.fields.text(name).to_owned(),
            hint: self.texts.say(hint),
            error: self.error(name).cloned().unwrap_or_default(),
        }
    }

    /// Where exceptions are signed: those that the request needs, as far as that is known, and those that it was refused for.
    fn signing(&self, preview: Option<&Preview>) -> Vec<Lines> {
        let is_outside = |leg: &ForeseenLeg| leg.frame.verdict == maillage_domain::legal::Verdict::Outside;
        let frame = preview.is_some_and(|preview| preview.legs.iter().any(is_outside));
        let access = preview.is_some_and(|preview| preview.needs_prescription);
        let needed =
            [(frame, "sign_frame", "console-sign-frame"), (access, "sign_access", "console-sign-access")];
        let needed = needed.into_iter().filter(|(needed, name, _)| *needed || self.error(name).is_some());
        needed.map(|(_, name, label)| self.lines(name, label, "console-sign-hint")).collect()
    }

    fn check(&self, preview: &Preview) -> Check<'a> {
        let ask = (&preview.suggestion, "console-ask-and-save");
        Check {
            legs: preview.legs.iter().map(|leg| self.leg(leg)).collect(),
            candidates: shown::candidates(self.console, self.visit, ask),
        }
    }

    fn leg(&self, leg: &ForeseenLeg) -> LegCheck<'a> {
        let words = words(self.console, self.visit);
        let (trip, geography) = (&leg.trip, self.console.app.geography);
        let title = self.texts.with(
            "console-leg-title",
            &[
                ("leg", words.code("leg", trip.terms.leg.code()).into()),
                ("from", shown::commune(geography, &trip.terms.pickup).into()),
                ("to", shown::commune(geography, &trip.terms.dropoff).into()),
            ],
        );
        LegCheck {
            title,
            when: shown::day_and_hours(words, trip),
            distance: words.kilometres(trip.terms.direct_m),
            legal: shown::legal(self.console, self.visit, (&leg.frame, leg.asked)),
        }
    }
}
