//! Fields of forms: a label, what was typed, a hint, and what is wrong with it right beside it, tied together for whoever hears
//! the page instead of seeing it.

use askama::Template;

/// A field of one line.
#[derive(Debug, Clone, Template)]
#[template(path = "input.html")]
pub struct Input {
    /// Its name.
    pub name: &'static str,
    /// What it is, as shown.
    pub label: String,
    /// `text`, `date`, `time`, `password`, `search`, `number`.
    pub kind: &'static str,
    /// What was typed; never for passwords.
    pub value: String,
    /// How it is meant; may be empty.
    pub hint: String,
    /// What is wrong with it; empty if nothing is.
    pub error: String,
    /// Whether it has to be filled in.
    pub required: bool,
    /// What a browser may fill in (`autocomplete`).
    pub autocomplete: &'static str,
    /// The list of suggestions that goes with it; empty for none.
    pub list: &'static str,
    /// Whether the reader begins here.
    pub first: bool,
    /// Whether it is wanted, though the form can be sent without it.
    pub wanted: bool,
}

/// A field of several lines.
#[derive(Debug, Clone, Template)]
#[template(path = "lines.html")]
pub struct Lines {
    /// Its name.
    pub name: &'static str,
    /// What it is, as shown.
    pub label: String,
    /// What was typed.
    pub value: String,
    /// How it is meant; may be empty.
    pub hint: String,
    /// What is wrong with it; empty if nothing is.
    pub error: String,
}

/// A field that takes one of a few values.
#[derive(Debug, Clone, Template)]
#[template(path = "choice.html")]
pub struct Choice {
    /// Its name.
    pub name: &'static str,
    /// What names it on its page, where several fields have one name.
    pub id: &'static str,
    /// What it is, as shown.
    pub label: String,
    /// The values.
    pub options: Vec<Choosable>,
    /// What is wrong with it; empty if nothing is.
    pub error: String,
    /// Whether all values are shown at once, as buttons to choose one of.
    pub open: bool,
}

/// One of a few values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choosable {
    /// The value.
    pub value: String,
    /// What it means, as shown.
    pub label: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Input {
    /// A field for a line of text.
    pub fn text(name: &'static str, label: String, value: String) -> Self {
        Self {
            name,
            label,
            kind: "text",
            value,
            hint: String::new(),
            error: String::new(),
            required: false,
            autocomplete: "off",
            list: "",
            first: false,
            wanted: false,
        }
    }

    /// A field for a password: it never shows what was typed before.
    pub fn password(name: &'static str, label: String, autocomplete: &'static str) -> Self {
        Self { kind: "password", required: true, autocomplete, ..Self::text(name, label, String::new()) }
    }

    /// The field of another kind.
    #[must_use]
    pub fn of_kind(self, kind: &'static str) -> Self {
        Self { kind, ..self }
    }

    /// The field with how it is meant.
    #[must_use]
    pub fn with_hint(self, hint: String) -> Self {
        Self { hint, ..self }
    }

    /// The field with what is wrong with it.
    #[must_use]
    pub fn with_error(self, error: Option<&String>) -> Self {
        Self { error: error.cloned().unwrap_or_default(), ..self }
    }

    fn described_by(&self) -> String {
        described_by(self.name, &self.hint, &self.error)
    }
}

impl Lines {
    fn described_by(&self) -> String {
        described_by(self.name, &self.hint, &self.error)
    }
}

/// What is read out with a field.
fn described_by(name: &str, hint: &str, error: &str) -> String {
    let parts = [("error", error), ("hint", hint)];
    let named = parts.iter().filter(|(_, text)| !text.is_empty()).map(|(part, _)| format!("{name}-{part}"));
    named.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_tied_to_its_label_its_hint_and_what_is_wrong_and_markup_stays_text() {
        let field = Input::text("day", "Le jour".into(), "<b>\"".into()).with_hint("Un jour".into());
        let plain = field.clone().render().unwrap();
        assert!(
            plain.contains("<label for=\"day\">Le jour</label>") && plain.contains("id=\"day\" name=\"day\"")
        );
        assert!(
            plain.contains("value=\"&#60;b&#62;&#34;\"") && plain.contains("aria-describedby=\"day-hint\"")
        );
        assert!(!plain.contains("aria-invalid"));
        let wrong = field.with_error(Some(&"Trop tard".to_owned())).render().unwrap();
        assert!(wrong.contains("id=\"day-error\">Trop tard<") && wrong.contains("aria-invalid=\"true\""));
        assert!(wrong.contains("aria-describedby=\"day-error day-hint\""));
    }

    #[test]
    fn a_password_is_never_shown_again() {
        let field =
            Input { value: "secret".into(), ..Input::password("password", "P".into(), "new-password") };
        assert!(!field.render().unwrap().contains("secret"));
    }
}
