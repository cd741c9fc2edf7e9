//! Fields of forms with what was typed into them and what is wrong, for the pages of the desk.

use maillage_console::form::{Choice, Choosable, Input, Lines};

use crate::console::{
    Console,
    door::Visit,
    reply::{texts, words},
};

/// What is wrong with what was typed, by field.
pub(in crate::console) type Wrong = Vec<(&'static str, String)>;

/// The fields of a page with what was typed into them.
pub(in crate::console) struct Form<'a> {
    pub(in crate::console) console: &'a Console,
    pub(in crate::console) visit: &'a Visit,
    pub(in crate::console) wrong: &'a [(&'static str, String)],
}

impl Form<'_> {
    /// What is wrong with a field.
    pub(in crate::console) fn error(&self, name: &str) -> Option<&String> {
        self.wrong.iter().find(|(field, _)| *field == name).map(|(_, text)| text)
    }

    /// A field of one line.
    pub(in crate::console) fn input(&self, name: &'static str, label: &str) -> Input {
        let typed = self.visit.fields.text(name).to_owned();
        Input::text(name, texts(self.console, self.visit).say(label), typed).with_error(self.error(name))
    }

    /// A field of several lines.
    pub(in crate::console) fn lines(&self, name: &'static str, label: &str, hint: &str) -> Lines {
        let texts = texts(self.console, self.visit);
        Lines {
            name,
            label: texts.say(label),
            value: self.visit.fields.text(name).to_owned(),
            hint: texts.say(hint),
            error: self.error(name).cloned().unwrap_or_default(),
        }
    }

    /// A choice among values; the one sent before, or the first, is chosen.
    pub(in crate::console) fn choice(
        &self,
        name: &'static str,
        label: &str,
        options: Vec<(String, String)>,
    ) -> Choice {
        self.choice_of((name, name), label, options)
    }

    /// A choice among the codes of a list; the empty code says that nothing is said.
    pub(in crate::console) fn codes(
        &self,
        name: &'static str,
        label: &str,
        (list, codes): (&str, &[&str]),
    ) -> Choice {
        let words = words(self.console, self.visit);
        let option = |code: &&str| {
            let label = match *code {
                "" => words.text("desk-not-said", &[]),
                code => words.code(list, code),
            };
            ((*code).to_owned(), label)
        };
        self.choice(name, label, codes.iter().map(option).collect())
    }

    /// The same under another name on its page.
    pub(in crate::console) fn choice_of(
        &self,
        (id, name): (&'static str, &'static str),
        label: &str,
        options: Vec<(String, String)>,
    ) -> Choice {
        let typed = self.visit.fields.text(name);
        let is_typed = options.iter().any(|(value, _)| value == typed);
        let option = |(index, (value, label)): (usize, (String, String))| Choosable {
            chosen: if is_typed { value == typed } else { index == 0 },
            value,
            label,
        };
        Choice {
            name,
            id,
            label: texts(self.console, self.visit).say(label),
            options: options.into_iter().enumerate().map(option).collect(),
            error: self.error(name).cloned().unwrap_or_default(),
            open: false,
        }
    }
}
