//! People: finding them, and the file of one of them.

use askama::Template;

use crate::{
    form::Input,
    frame::Frame,
    parts::{Moment, TripRow},
};

/// The page on which people are found.
#[derive(Debug, Template)]
#[template(path = "people.html")]
pub struct PeoplePage<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// The letters typed.
    pub field: Input,
    /// Whether a search was made.
    pub made: bool,
    /// Whether somebody who is not found can be registered.
    pub may_register: bool,
    /// Who was found: page, name, what tells people of one name apart.
    pub hits: Vec<(String, String, String)>,
}

/// The page of a person.
#[derive(Debug, Template)]
#[template(path = "person.html")]
pub struct PersonPage<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// The name: not in the title of the page, which histories keep.
    pub name: String,
    /// The page on which a request of the person is taken.
    pub request: String,
    /// The page on which contact details are corrected; empty if they cannot be.
    pub contact: String,
    /// What lasts longer than a ride: address and words.
    pub ways: Vec<(String, String)>,
    /// The person's account; empty for who may not see it.
    pub account: String,
    /// Who it is.
    pub facts: Vec<(String, String)>,
    /// What the person has chosen.
    pub choices: Vec<(String, String)>,
    /// Where the person usually goes.
    pub habits: Vec<(String, String)>,
    /// Trips, newest first.
    pub trips: Vec<TripRow>,
    /// What happened to the file, newest first.
    pub moments: Vec<Moment>,
}
