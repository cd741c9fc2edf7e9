//! The day of the desk: what somebody has to decide first, then who travels when and who drives.

use askama::Template;

use crate::{
    frame::Frame,
    parts::{Badge, TripRow},
};

/// The page of a day.
#[derive(Debug, Template)]
#[template(path = "today.html")]
pub struct Today<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// What somebody has to decide, the most pressing first; of the present day alone.
    pub decisions: Vec<Decision>,
    /// The trips of the day, by time.
    pub trips: Vec<TripRow>,
    /// The same by driver.
    pub drivers: Vec<DriverDay>,
    /// The day, as a date field has it.
    pub day: String,
    /// The page of the day before.
    pub before: String,
    /// The page of the day after.
    pub after: String,
    /// The page of the present day; empty if it is this one.
    pub present: String,
    /// The page of the day sheet.
    pub sheet: String,
    /// What the page can be told from others by: asked again with it, what is the same is not sent again.
    pub seen: String,
}

/// Something that somebody has to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What kind it is.
    pub badge: Badge,
    /// What it is about.
    pub title: String,
    /// What is the matter.
    pub what: String,
    /// What to do.
    pub advice: String,
    /// Where to do it; empty for nowhere here.
    pub path: String,
}

/// What somebody drives on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriverDay {
    /// The name.
    pub name: String,
    /// The phone; may be empty.
    pub phone: String,
    /// The trips, by time.
    pub trips: Vec<TripRow>,
}
