//! Planning: the week by driver, a day with what a proposed plan means line by line, and what nobody has yet on top of both.

use askama::Template;

use crate::{
    frame::Frame,
    parts::{Badge, TripRow},
};

/// The page of a week.
#[derive(Debug, Template)]
#[template(path = "week.html")]
pub struct WeekPage<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// A day of the week, as a date field has it.
    pub day: String,
    /// The page of the week before.
    pub before: String,
    /// The page of the week after.
    pub after: String,
    /// The page of the present week; empty if it is this one.
    pub present: String,
    /// The days.
    pub days: Vec<WeekDay>,
    /// What nobody has yet, by day.
    pub open: Vec<OpenDay>,
    /// Who drives what.
    pub drivers: Vec<DriverWeek>,
    /// Trips of nobody here, by day: with neighbours, or that nobody could carry.
    pub elsewhere: Vec<DriverDay>,
    /// Who drives nothing that week: page, name, when the volunteer can drive.
    pub free: Vec<(String, String, String)>,
    /// The first day that a plan can be proposed for; empty if none can.
    pub plan_from: String,
}

/// A day of a week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeekDay {
    /// Its page.
    pub path: String,
    /// What it is called.
    pub name: String,
    /// Whether it is the present day.
    pub is_present: bool,
    /// Whether a plan is proposed for it.
    pub is_planned: bool,
}

/// What nobody has yet on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenDay {
    /// The page of the day.
    pub path: String,
    /// The day.
    pub name: String,
    /// The trips.
    pub trips: Vec<TripRow>,
}

/// The week of somebody who drives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriverWeek {
    /// The page.
    pub path: String,
    /// The name.
    pub name: String,
    /// The days.
    pub cells: Vec<DriverDay>,
}

/// A day of somebody who drives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DriverDay {
    /// Whether the volunteer is away.
    pub is_away: bool,
    /// The rides.
    pub trips: Vec<TripRow>,
}

/// The page of a day.
#[derive(Debug, Template)]
#[template(path = "plan.html")]
pub struct DayPage<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// Its page.
    pub path: String,
    /// The page of the week.
    pub week: String,
    /// The page of the day before.
    pub before: String,
    /// The page of the day after.
    pub after: String,
    /// What nobody has yet.
    pub open: Vec<TripRow>,
    /// Whether a plan can be proposed.
    pub may_plan: bool,
    /// What is proposed.
    pub plan: Option<Plan>,
    /// Who drives what.
    pub drivers: Vec<Round>,
    /// Trips of nobody here.
    pub elsewhere: Vec<TripRow>,
}

/// What somebody drives on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// The volunteer.
    pub id: String,
    /// The page.
    pub path: String,
    /// The name.
    pub name: String,
    /// The phone; may be empty.
    pub phone: String,
    /// The rides.
    pub trips: Vec<TripRow>,
    /// How many of the rides would be free again if the volunteer could not come; 0 if that cannot be said any more.
    pub released: usize,
}

/// A plan as proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Which one: what is accepted is of this plan and of no other.
    pub id: String,
    /// When it was made, and how far everybody would drive.
    pub made: String,
    /// The same in figures.
    pub sums: String,
    /// Where distances come from.
    pub source: String,
    /// Whether the search ended early.
    pub cut_short: bool,
    /// The lines.
    pub lines: Vec<PlanLine>,
    /// How kilometres would lie on the volunteers: name, wish, before, with the plan.
    pub loads: Vec<[String; 4]>,
}

/// A line of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanLine {
    /// Its number.
    pub number: String,
    /// How it stands.
    pub badge: Badge,
    /// What it means, in a sentence.
    pub meaning: String,
    /// More about it: who rides together, who was nearest.
    pub more: Vec<String>,
    /// The trips.
    pub trips: Vec<TripRow>,
    /// What the button that accepts it says; empty if it cannot be accepted.
    pub accept: String,
}

impl DriverDay {
    /// The rides.
    fn rides(&self) -> &[TripRow] {
        &self.trips
    }
}

impl Round {
    /// How many of the rides would be free again.
    fn released(&self) -> usize {
        self.released
    }
}

impl Plan {
    /// How many lines can be accepted.
    fn acceptable(&self) -> usize {
        self.lines.iter().filter(|line| !line.accept.is_empty()).count()
    }
}
