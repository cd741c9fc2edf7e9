//! What leaves the node as statistics: what waits for a decision, what became of each period, and a period cell by cell. True
//! counts stand here and nowhere else outside the store.

use askama::Template;

use crate::{form::Choice, frame::Frame, parts::Badge};

/// The page of all periods.
#[derive(Debug, Template)]
#[template(path = "statistics.html")]
pub struct StatisticsPage<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// What it means for somebody, in one sentence.
    pub meaning: String,
    /// The budget of the year.
    pub budget: Budget,
    /// What waits to be sent or withheld: page and period.
    pub due: Vec<(String, String)>,
    /// The month that is not over: page and period.
    pub running: (String, String),
    /// Whether the reader may send and withhold.
    pub decides: bool,
    /// What became of each period, newest first.
    pub journal: Vec<Entry>,
    /// What was declared about years, newest first; none if the reader may not see it.
    pub declared: Vec<DeclaredYear>,
}

/// How much of a year's budget of privacy is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// Units used.
    pub used: u64,
    /// Units of a year.
    pub limit: u64,
    /// The same in words.
    pub text: String,
}

/// A period that is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its page.
    pub path: String,
    /// The period.
    pub period: String,
    /// What became of it.
    pub badge: Badge,
    /// When it was closed.
    pub at: String,
    /// The beginning of its hash; empty without a report.
    pub hash: String,
}

/// What was declared about a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredYear {
    /// The year.
    pub year: String,
    /// The year and the revision, as a heading.
    pub title: String,
    /// What became of it.
    pub badge: Badge,
    /// Whether another took its place.
    pub replaced: bool,
    /// When and by whom it was signed.
    pub signed: String,
    /// Figures in words; for one that was taken back, why.
    pub figures: Vec<(String, String)>,
}

/// The page of a period.
#[derive(Debug, Template)]
#[template(path = "period.html")]
pub struct PeriodPage<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// Its address.
    pub path: String,
    /// What became of it; none while it is open.
    pub badge: Option<Badge>,
    /// What is to be known of it before the figures.
    pub told: Vec<String>,
    /// Cell by cell, for each model.
    pub tables: Vec<CellTable>,
    /// The budget of the year.
    pub budget: Budget,
    /// What it means for somebody.
    pub meaning: String,
    /// What has left, to the letter; none while nothing has.
    pub bytes: Option<Bytes>,
    /// What can be decided now.
    pub decision: Decision,
}

/// The cells of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellTable {
    /// The model.
    pub model: String,
    /// Its cells.
    pub rows: Vec<Cell>,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// What it counts.
    pub name: String,
    /// The true count; empty if it is not known any more.
    pub truth: String,
    /// Twice the deviation of the noise.
    pub margin: String,
    /// What leaves; empty while nothing was drawn.
    pub leaves: String,
}

/// What has left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bytes {
    /// Where the bytes are fetched.
    pub path: String,
    /// How many they are.
    pub size: String,
    /// Their hash.
    pub hash: String,
    /// The bytes themselves in hexadecimal digits.
    pub hex: String,
}

/// What can be decided about a period.
#[derive(Debug)]
pub enum Decision {
    /// Nothing, by this reader or at this time.
    Nothing,
    /// It can be sent or withheld.
    Send,
    /// Its report can be taken back, for a reason.
    TakeBack(Choice),
}
