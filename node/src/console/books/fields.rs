//! The fields of the forms of the books, with what was typed into them and what is wrong.

use maillage_console::{
    books::{Field, TickField},
    form::{Choice, Choosable, Input},
};
use maillage_domain::ledger::Method;

use crate::console::{
    Console,
    door::Visit,
    reply::{texts, words},
};

/// What is wrong with what was typed, by field.
pub(super) type Wrong = Vec<(&'static str, String)>;

/// The fields of a form.
pub(super) struct Asked<'a> {
    pub(super) console: &'a Console,
    pub(super) visit: &'a Visit,
    pub(super) wrong: &'a [(&'static str, String)],
}

impl Asked<'_> {
    /// What is wrong with a field.
    fn error(&self, name: &str) -> Option<&String> {
        self.wrong.iter().find(|(field, _)| *field == name).map(|(_, text)| text)
    }

    fn input(&self, name: &'static str, kind: &'static str) -> Input {
        let texts = texts(self.console, self.visit);
        let typed = self.visit.fields.text(name).to_owned();
        let label = texts.say(&format!("books-field-{name}"));
        Input::text(name, label, typed).of_kind(kind).with_error(self.error(name))
    }

    /// A field of one line, with how it is meant.
    pub(super) fn line(&self, name: &'static str, hint: &str) -> Field {
        let hint = if hint.is_empty() { String::new() } else { texts(self.console, self.visit).say(hint) };
        Field::Line(self.input(name, "text").with_hint(hint))
    }

    /// A sum of euros that has to be typed.
    pub(super) fn amount(&self) -> Field {
        let hint = texts(self.console, self.visit).say("books-amount-hint");
        Field::Line(Input { wanted: true, first: true, ..self.input("amount", "text").with_hint(hint) })
    }

    /// A day; without one it is today.
    pub(super) fn day(&self) -> Field {
        let hint = texts(self.console, self.visit).say("books-day-hint");
        Field::Line(self.input("day", "date").with_hint(hint))
    }

    /// A day that has to be said.
    pub(super) fn wanted_day(&self, hint: &str) -> Field {
        let hint = texts(self.console, self.visit).say(hint);
        Field::Line(Input { wanted: true, ..self.input("day", "date").with_hint(hint) })
    }

    /// A note that stays inside.
    pub(super) fn note(&self) -> Field {
        self.line("note", "books-note-hint")
    }

    /// How money changed hands.
    pub(super) fn method(&self) -> Field {
        let words = words(self.console, self.visit);
        let method = |method: &Method| (method.code().to_owned(), words.code("money-method", method.code()));
        self.choice("method", Method::ALL.iter().map(method).collect())
    }

    /// One of a few values: what was sent before, or the first.
    pub(super) fn choice(&self, name: &'static str, options: Vec<(String, String)>) -> Field {
        let typed = self.visit.fields.text(name);
        let is_typed = options.iter().any(|(value, _)| value == typed);
        let option = |(index, (value, label)): (usize, (String, String))| Choosable {
            chosen: if is_typed { value == typed } else { index == 0 },
            value,
            label,
        };
        Field::One(Choice {
            name,
            id: name,
            label: texts(self.console, self.visit).say(&format!("books-field-{name}")),
            options: options.into_iter().enumerate().map(option).collect(),
            error: self.error(name).cloned().unwrap_or_default(),
            open: false,
        })
    }

    /// A box to tick.
    pub(super) fn tick(&self, name: &'static str, label: String) -> Field {
        Field::Tick(TickField {
            name,
            label,
            ticked: self.visit.fields.text(name) == "1",
            error: self.error(name).cloned().unwrap_or_default(),
        })
    }
}
