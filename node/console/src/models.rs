//! The laboratory of participation models, and the ledger of unmet need: bars with the table they come from.

use askama::Template;

use crate::{
    form::{Choice, Input},
    frame::Frame,
    places::Places,
};

/// The width of a bar, in the units it is drawn in.
const WIDTH: i64 = 1_000;

/// The trips of a period under every model.
#[derive(Debug, Template)]
#[template(path = "models.html")]
pub struct ModelsPage<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// The period.
    pub period: Input,
    /// What was compared.
    pub facts: Vec<(String, String)>,
    /// Whether there is anything to compare.
    pub any: bool,
    /// A bar for each model.
    pub bars: Vec<ModelBar>,
    /// Who pays: the class of its part of a bar, and its name.
    pub legend: Vec<(&'static str, String)>,
    /// The headings of the table.
    pub headings: Vec<String>,
    /// The table: the model, and its figures.
    pub rows: Vec<(String, Vec<String>)>,
    /// What is to be known of the figures.
    pub notes: Vec<String>,
}

/// Who pays what under a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelBar {
    /// The model.
    pub name: String,
    /// How it is used here; may be empty.
    pub used: String,
    /// The bar in words.
    pub words: String,
    /// Its parts.
    pub parts: Vec<Part>,
    /// Where nothing is.
    pub zero: i64,
}

/// A part of a bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Who pays it.
    pub class: &'static str,
    /// Where it begins.
    pub x: i64,
    /// How wide it is.
    pub width: i64,
}

/// The ledger of unmet need.
#[derive(Debug, Template)]
#[template(path = "unmet.html")]
pub struct UnmetPage<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// First and last day, and commune.
    pub fields: Vec<Input>,
    /// Communes that are suggested.
    pub communes: Vec<String>,
    /// Why.
    pub reason: Choice,
    /// How many there are, and how many were served later.
    pub total: String,
    /// By commune of pickup, the most first.
    pub by_commune: Vec<Tally>,
    /// The same on a map.
    pub map: Option<Places<'a>>,
    /// By reason, the most first.
    pub by_reason: Vec<Tally>,
    /// The trips, for whoever may see them.
    pub rows: Vec<UnmetRow>,
    /// The next page of them; empty for none.
    pub next: String,
}

/// How many there are of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// What.
    pub name: String,
    /// How many.
    pub count: u64,
    /// How long its bar is, of a hundred.
    pub percent: u64,
}

/// A trip that nobody could carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmetRow {
    /// Its page.
    pub path: String,
    /// The day it was wanted on.
    pub day: String,
    /// Commune of pickup.
    pub from: String,
    /// Why.
    pub reason: String,
    /// Needs.
    pub needs: String,
    /// When somebody was served after all; empty if not.
    pub served: String,
}

/// The parts of bars drawn to one scale, from the sums of each (negative for who gains), with where nothing is. What is gained
/// stands left of that.
pub fn bars<const N: usize>(classes: [&'static str; N], all: &[[i64; N]]) -> Vec<(Vec<Part>, i64)> {
    let sum = |sums: &[i64; N], keep: fn(&i64) -> bool| -> i64 { sums.iter().copied().filter(keep).sum() };
    let gained = all.iter().map(|sums| -sum(sums, |one| *one < 0)).max().unwrap_or(0);
    let paid = all.iter().map(|sums| sum(sums, |one| *one > 0)).max().unwrap_or(0);
    let whole = (gained + paid).max(1);
    let scaled = |cents: i64| i64::try_from(i128::from(cents) * i128::from(WIDTH) / i128::from(whole));
    let scaled = |cents: i64| scaled(cents).unwrap_or(WIDTH);
    let zero = scaled(gained);
    let drawn = |sums: &[i64; N]| {
        let (mut left, mut right) = (0, 0);
        let mut parts = Vec::new();
        for (class, cents) in classes.into_iter().zip(sums) {
            let (from, to) = if *cents < 0 {
                left += cents;
                (left, left - cents)
            } else {
                right += cents;
                (right - cents, right)
            };
            let x = zero + scaled(from);
            let width = zero + scaled(to) - x;
            if width > 0 {
                parts.push(Part { class, x, width });
            }
        }
        (parts, zero)
    };
    all.iter().map(drawn).collect()
}

/// Counts with bars, the most first.
pub fn tallies(counts: impl IntoIterator<Item = (String, u64)>) -> Vec<Tally> {
    let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
    counts.sort_by(|one, other| (other.1, &one.0).cmp(&(one.1, &other.0)));
    let most = counts.first().map_or(1, |(_, count)| (*count).max(1));
    let tally = |(name, count)| Tally { name, count, percent: count * 100 / most };
    counts.into_iter().map(tally).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_drawn_to_one_scale_and_who_gains_stands_left_of_nothing() {
        let drawn = bars(["a", "b", "c"], &[[100, 200, 0], [50, -100, 350]]);
        let parts = |index: usize| -> Vec<(&str, i64, i64)> {
            let (parts, _): &(Vec<Part>, i64) = drawn.get(index).unwrap();
            parts.iter().map(|part| (part.class, part.x, part.width)).collect()
        };
        assert_eq!(parts(0), [("a", 200, 200), ("b", 400, 400)]);
        assert_eq!(parts(1), [("a", 200, 100), ("b", 0, 200), ("c", 300, 700)]);
        assert!(drawn.iter().all(|(_, zero)| *zero == 200));
        assert_eq!(bars(["a"], &[[0]]), [(Vec::new(), 0)]);
        assert!(bars(["a"], &[]).is_empty());
    }

    #[test]
    fn the_most_stand_first_and_names_settle_what_is_equal() {
        let told = tallies([("b".to_owned(), 2), ("a".to_owned(), 2), ("c".to_owned(), 4)]);
        let told: Vec<(&str, u64, u64)> =
            told.iter().map(|one| (one.name.as_str(), one.count, one.percent)).collect();
        assert_eq!(told, [("c", 4, 100), ("a", 2, 50), ("b", 2, 50)]);
    }
}
