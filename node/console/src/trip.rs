//! A trip: where it stands, what can be done now, and how it came to that.

use askama::Template;

use crate::{
    form::{Choice, Input},
    frame::Frame,
    parts::{Badge, Candidates, Legal, Moment},
};

/// The page of a trip.
#[derive(Debug, Template)]
#[template(path = "trip.html")]
pub struct TripPage<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// Its page.
    pub path: String,
    /// When.
    pub when: String,
    /// Where it stands.
    pub badge: Badge,
    /// Who travels: the page, empty for a neighbour's, and the name.
    pub who: (String, String),
    /// What there is to know.
    pub facts: Vec<(String, String)>,
    /// The other leg: its page and what it says; empty for none.
    pub other: (String, String),
    /// The page of the handover it is in; empty for none.
    pub handover: String,
    /// Who could drive, while nobody is asked.
    pub candidates: Option<Candidates<'a>>,
    /// Whether the neighbours can be asked, and whether the person has to agree first.
    pub neighbours: Option<Neighbours>,
    /// The question that waits for an answer.
    pub question: Option<Question>,
    /// What can be said of its end.
    pub ending: Option<Ending>,
    /// The law.
    pub legal: Option<Legal<'a>>,
    /// How it came to that, oldest first.
    pub moments: Vec<Moment>,
}

/// Asking the neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Neighbours {
    /// The person wants to be asked each time.
    pub to_agree: bool,
    /// The person does not want it at all.
    pub never: bool,
}

/// A driver is asked, and the desk may bring the answer.
#[derive(Debug)]
pub struct Question {
    /// Who.
    pub name: String,
    /// The phone; may be empty.
    pub phone: String,
    /// By when an answer is wanted.
    pub until: String,
    /// Why no.
    pub reason: Choice,
}

/// What can be said of the end of a trip.
#[derive(Debug)]
pub struct Ending {
    /// On whose word it is called off.
    pub by: Choice,
    /// Why.
    pub reason: Choice,
    /// Why nobody could carry it; none if somebody is to.
    pub unmet: Option<Choice>,
    /// Whether it can be said that the person is on board, was brought, or was not there.
    pub on_the_road: bool,
    /// Kilometres with the person, for when it is done.
    pub driven: Input,
}
