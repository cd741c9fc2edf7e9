//! Volunteers: all of them with the papers that are about to expire, and one with hours, absences, papers and the coming week.

use askama::Template;

use crate::{
    form::{Choice, Input},
    frame::Frame,
    parts::{Badge, TripRow},
    registering::Tick,
};

/// The page of all volunteers.
#[derive(Debug, Template)]
#[template(path = "volunteers.html")]
pub struct VolunteersPage<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// Papers that have expired or soon will.
    pub expiring: Vec<Expiring>,
    /// Everybody, by name.
    pub all: Vec<VolunteerRow>,
    /// Whether the reader registers volunteers.
    pub may_register: bool,
}

/// A paper that has expired or soon will.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expiring {
    /// The page of the volunteer.
    pub path: String,
    /// The name.
    pub name: String,
    /// The paper.
    pub paper: String,
    /// How pressing it is.
    pub badge: Badge,
}

/// A volunteer in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VolunteerRow {
    /// The page.
    pub path: String,
    /// The name.
    pub name: String,
    /// The phone; may be empty.
    pub phone: String,
    /// The commune.
    pub commune: String,
    /// When the volunteer can drive.
    pub hours: String,
    /// What there is to know at once.
    pub badges: Vec<Badge>,
}

/// The page of a volunteer.
#[derive(Debug, Template)]
#[template(path = "volunteer.html")]
pub struct VolunteerPage<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// Its page.
    pub path: String,
    /// The name: not in the title of the page, which histories keep.
    pub name: String,
    /// What there is to know at once.
    pub badges: Vec<Badge>,
    /// Who it is, and what the volunteer is ready for.
    pub facts: Vec<(String, String)>,
    /// What is wrong, by field: name and words.
    pub wrong: Vec<(String, String)>,
    /// Papers that were seen: which, since when, until when with how that stands.
    pub papers: Vec<Paper>,
    /// Where a paper that was seen is noted.
    pub note_paper: Option<NotePaper>,
    /// Days on which the volunteer is away.
    pub absences: Vec<String>,
    /// Where one more absence is noted: first and last day.
    pub note_absence: Vec<Input>,
    /// The rides of the coming week.
    pub trips: Vec<TripRow>,
}

/// A paper that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// Which.
    pub name: String,
    /// The day it was seen.
    pub seen: String,
    /// How it stands.
    pub badge: Badge,
}

/// Where a paper that was seen is noted.
#[derive(Debug)]
pub struct NotePaper {
    /// The state that was seen.
    pub etag: String,
    /// Which.
    pub kind: Choice,
    /// Of which vehicle, if there are several.
    pub vehicle: Option<Choice>,
    /// When it was seen, and its last day.
    pub days: Vec<Input>,
    /// Whether it is in sight.
    pub open: bool,
}

/// The page on which a volunteer is registered.
#[derive(Debug, Template)]
#[template(path = "volunteer_new.html")]
pub struct NewVolunteerPage<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// What the form calls the registering, so that it is done once.
    pub request: String,
    /// What is wrong, by field: name and words.
    pub wrong: Vec<(String, String)>,
    /// Who is known already and very like: page and name.
    pub alike: Vec<(String, String)>,
    /// Confirmations that are asked for.
    pub confirm: Vec<Tick>,
    /// Communes that are suggested.
    pub communes: Vec<String>,
    /// Name, phone, e-mail.
    pub who: Vec<Input>,
    /// How the volunteer wishes to be reached.
    pub channel: Choice,
    /// Where the volunteer lives.
    pub home: Vec<Input>,
    /// Seats, places for wheelchairs, fiscal horsepower.
    pub car: Vec<Input>,
    /// Whether it is electric.
    pub electric: Tick,
    /// Needs of people that the volunteer drives.
    pub accepts: Vec<Tick>,
    /// From and until, Monday first.
    pub week: Vec<[Input; 2]>,
    /// Whether the volunteer may be promised without being asked.
    pub standing_yes: Tick,
}
