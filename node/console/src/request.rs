//! Taking a request while the caller is on the line: one form whose parts follow one another, which keeps whatever was typed.

use askama::Template;

use crate::{
    form::{Choice, Input, Lines},
    frame::Frame,
    parts::{Candidates, Legal},
};

/// The page.
#[derive(Debug, Template)]
#[template(path = "request.html")]
pub struct RequestPage<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// Everything typed that is not shown as a field.
    pub carried: Vec<(String, String)>,
    /// Who travels, or the search for it.
    pub who: Who,
    /// What is wrong, by field: name and words; shown on top as well, with the way to each.
    pub wrong: Vec<(String, String)>,
    /// Why exceptions are signed, where the request needs them.
    pub signing: Vec<Lines>,
    /// What would become of it.
    pub check: Option<Check<'a>>,
}

/// Who travels.
#[derive(Debug)]
pub enum Who {
    /// Not said yet.
    Search(Search),
    /// Somebody, with what is asked for.
    Chosen(Box<Chosen>),
}

/// The search for a person.
#[derive(Debug)]
pub struct Search {
    /// The letters typed.
    pub field: Input,
    /// Whether a search was made.
    pub made: bool,
    /// Who was found.
    pub hits: Vec<Hit>,
    /// Whether somebody who is not found can be registered.
    pub may_register: bool,
}

/// Somebody who was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The person.
    pub id: String,
    /// The name.
    pub name: String,
    /// What tells people of one name apart: commune, phone.
    pub detail: String,
}

/// A person with what is asked for.
#[derive(Debug)]
pub struct Chosen {
    /// The person.
    pub id: String,
    /// The name.
    pub name: String,
    /// What the desk needs in sight: home, phone, needs.
    pub facts: Vec<(String, String)>,
    /// Where the person usually goes: what the button says, and what it says beside.
    pub habits: Vec<(String, String)>,
    /// Communes that are suggested.
    pub communes: Vec<String>,
    /// Where to.
    pub place: Vec<Input>,
    /// Why.
    pub purpose: Choice,
    /// The day.
    pub day: Input,
    /// Whether the time is that of being there or of being fetched.
    pub kind: Choice,
    /// The time.
    pub time: Input,
    /// Whether and when back.
    pub back: Choice,
    /// The time of the way back.
    pub back_time: Input,
    /// What is rarely said: elsewhere than at home, company, tolerance.
    pub more: Vec<Input>,
    /// Whether the rare things are in sight.
    pub more_open: bool,
    /// Whether being late is acceptable: a field of its own.
    pub late_ok: bool,
    /// What the driver should know.
    pub notes: Lines,
}

/// What would become of a request.
#[derive(Debug)]
pub struct Check<'a> {
    /// Its trips.
    pub legs: Vec<LegCheck<'a>>,
    /// Who could drive.
    pub candidates: Candidates<'a>,
}

/// A trip that would be made.
#[derive(Debug)]
pub struct LegCheck<'a> {
    /// Which way, from where to where.
    pub title: String,
    /// When.
    pub when: String,
    /// How far.
    pub distance: String,
    /// The law.
    pub legal: Legal<'a>,
}
