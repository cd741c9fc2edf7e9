//! What lasts longer than a day: referrals, series, loans and the fleet, pathways. Lists of rows, one thing with what can be done
//! to it, forms for a new one, and whom it is for.

use std::fmt;

use askama::Template;

use crate::{
    form::{Choice, Input, Lines},
    frame::Frame,
    parts::{Badge, Moment},
    registering::Tick,
};

/// A page of lists.
#[derive(Debug, Template)]
#[template(path = "lasting_list.html")]
pub struct ListPage<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// What it is, in a sentence.
    pub text: String,
    /// Where to go from it: address and words, the first one foremost.
    pub ways: Vec<(String, String)>,
    /// The lists.
    pub sections: Vec<Section>,
}

/// A page of one thing.
#[derive(Debug, Template)]
#[template(path = "lasting_one.html")]
pub struct OnePage<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// The list it is in: address and words.
    pub back: (String, String),
    /// What it is, or whose: not in the title of the page, which histories keep.
    pub name: String,
    /// How it stands.
    pub badges: Vec<Badge>,
    /// What is wrong, by field: name and words.
    pub wrong: Vec<(String, String)>,
    /// What is known of it.
    pub facts: Vec<Fact>,
    /// What belongs to it.
    pub sections: Vec<Section>,
    /// What is to be done next.
    pub next: Vec<Act>,
    /// What else can be done.
    pub acts: Vec<Act>,
    /// What the line of time is called.
    pub moments_title: String,
    /// The line of time.
    pub moments: Vec<Moment>,
}

/// A page with the form for something new.
#[derive(Debug, Template)]
#[template(path = "lasting_form.html")]
pub struct FormPage<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// What it is for, in a sentence.
    pub text: String,
    /// For whom: address, which may be empty, and name; both empty for nobody.
    pub who: (String, String),
    /// Where it is sent.
    pub action: String,
    /// Sent along, unseen.
    pub carried: Vec<(String, String)>,
    /// What is wrong, by field: name and words.
    pub wrong: Vec<(String, String)>,
    /// Suggestions for communes; empty for none.
    pub communes: Vec<String>,
    /// The fields, with a heading each.
    pub groups: Vec<Group>,
    /// What is done.
    pub button: String,
}

/// A page on which somebody is chosen for something.
#[derive(Debug, Template)]
#[template(path = "lasting_pick.html")]
pub struct PickPage<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// Where it is sent.
    pub action: String,
    /// Sent along, unseen.
    pub carried: Vec<(String, String)>,
    /// The letters typed.
    pub field: Input,
    /// Whether a search was made.
    pub made: bool,
    /// Who was found: identifier, name, what tells people of one name apart.
    pub hits: Vec<(String, String, String)>,
}

/// Fields under a heading.
#[derive(Debug)]
pub struct Group {
    /// What names it on its page.
    pub id: &'static str,
    /// The heading.
    pub title: String,
    /// The fields, by row.
    pub rows: Vec<Vec<Field>>,
}

/// A list.
#[derive(Debug, Default)]
pub struct Section {
    /// What names it on its page.
    pub id: &'static str,
    /// The heading.
    pub title: String,
    /// What is said if it is empty.
    pub none: String,
    /// Whether somebody should look at it first.
    pub urgent: bool,
    /// The state that was seen, for the buttons of its rows.
    pub etag: String,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// A row.
#[derive(Debug, Default)]
pub struct Row {
    /// Its page; empty for none.
    pub path: String,
    /// What it is.
    pub title: String,
    /// More about it.
    pub what: String,
    /// How it stands.
    pub badge: Option<Badge>,
    /// What can be done with it.
    pub presses: Vec<Press>,
}

/// A button.
#[derive(Debug)]
pub struct Press {
    /// Where it is sent.
    pub action: String,
    /// The name of what it sends.
    pub name: &'static str,
    /// What it sends.
    pub value: String,
    /// What it says.
    pub label: String,
}

/// Something that is known.
#[derive(Debug)]
pub struct Fact {
    /// What.
    pub name: String,
    /// The value.
    pub value: String,
    /// The page of it, or `tel:`; empty for none.
    pub path: String,
}

/// Something that can be done, with its form.
#[derive(Debug)]
pub struct Act {
    /// What names it on its page.
    pub id: &'static str,
    /// The heading.
    pub title: String,
    /// What it does, in a sentence; may be empty.
    pub text: String,
    /// Where it is sent.
    pub action: String,
    /// The state that was seen.
    pub etag: String,
    /// The fields, by row.
    pub rows: Vec<Vec<Field>>,
    /// What the button says.
    pub button: String,
    /// Whether it is seen only once it is asked for.
    pub folded: bool,
    /// Whether it is unfolded.
    pub open: bool,
}

/// A field of any kind.
#[derive(Debug)]
pub enum Field {
    /// A line.
    Line(Input),
    /// Several lines.
    Text(Lines),
    /// One of a few values.
    Choice(Choice),
    /// Any of a few values.
    Ticks(Ticks),
}

/// Boxes to tick under one heading.
#[derive(Debug, Template)]
#[template(path = "lasting_ticks.html")]
pub struct Ticks {
    /// What names it on its page.
    pub id: &'static str,
    /// The heading; empty for a single box.
    pub label: String,
    /// What is wrong with it; empty if nothing is.
    pub error: String,
    /// The boxes.
    pub ticks: Vec<Tick>,
}

impl fmt::Display for Field {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(field) => field.fmt(formatter),
            Self::Text(field) => field.fmt(formatter),
            Self::Choice(field) => field.fmt(formatter),
            Self::Ticks(field) => field.fmt(formatter),
        }
    }
}

impl Section {
    /// Whether a row has something to press.
    fn is_form(&self) -> bool {
        self.rows.iter().any(|row| !row.presses.is_empty())
    }
}

impl Fact {
    /// Something that is known and has no page.
    pub fn plain(name: String, value: String) -> Self {
        Self { name, value, path: String::new() }
    }
}
