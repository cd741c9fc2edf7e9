//! The French fiscal mileage scale: what a kilometre in one's own car is deemed to cost, by year of income, fiscal power
//! and the kilometres of the whole year. Figures, sources and validity are in `data/mileage/cars.csv`. Must never guess:
//! a year without published figures is unknown, or a continuation that says so.

use std::sync::LazyLock;

use crate::money::Cents;

const CARS: &str = include_str!("../data/mileage/cars.csv");

/// End of the first tier, in metres of the year.
const FIRST_TIER_M: u64 = 5_000_000;
/// End of the second tier, in metres of the year.
const SECOND_TIER_M: u64 = 20_000_000;
/// Micro-euros in a cent: a rate in thousandths of a euro per kilometre times metres gives micro-euros.
const MICROS_PER_CENT: u128 = 10_000;
/// Micro-euros in a euro.
const MICROS_PER_EURO: u128 = 1_000_000;

static SCALES: LazyLock<Vec<Scale>> = LazyLock::new(|| read(CARS).unwrap_or_default());

/// The scale of one stretch of years.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scale {
    first: i16,
    last: i16,
    /// Ordered by power, the last one for that power and more.
    rates: Vec<Rates>,
}

/// The scale used for a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InForce {
    /// The scale.
    pub scale: &'static Scale,
    /// The figures of that year were not known to this program: those of the last known year go on. Whoever prints an
    /// amount says so.
    pub continued: bool,
}

/// Rates of one fiscal power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rates {
    power: u8,
    first_milli: u32,
    second_milli: u32,
    second_constant_euros: u32,
    third_milli: u32,
}

impl Scale {
    /// The scale published for the income of a year, if this program knows it.
    pub fn of_year(year: i16) -> Option<&'static Self> {
        SCALES.iter().find(|scale| (scale.first..=scale.last).contains(&year))
    }

    /// The scale of a year, or, for a year after the last published one, that one declared as continued. None before the
    /// first known year.
    pub fn in_force(year: i16) -> Option<InForce> {
        if let Some(scale) = Self::of_year(year) {
            return Some(InForce { scale, continued: false });
        }
        let last = SCALES.iter().max_by_key(|scale| scale.last)?;
        (year > last.last).then_some(InForce { scale: last, continued: true })
    }

    /// First and last year it was published for.
    pub fn years(&self) -> (i16, i16) {
        (self.first, self.last)
    }

    /// What the kilometres of a whole year come to, with a car of so many CV (3 and fewer, 7 and more are one class each).
    ///
    /// One rounding, to the nearest cent (half upwards), after the rise of 20 % for electric cars. Never less for more
    /// kilometres: at the edges of the tiers the official figures are equal or step upwards (by 2 to 15 €), never down.
    pub fn annual(&self, power: u8, electric: bool, metres: u64) -> Cents {
        let Some(rates) = self.rates_of(power) else { return Cents::ZERO };
        let (milli, constant) = if metres <= FIRST_TIER_M {
            (rates.first_milli, 0)
        } else if metres <= SECOND_TIER_M {
            (rates.second_milli, u128::from(rates.second_constant_euros) * MICROS_PER_EURO)
        } else {
            (rates.third_milli, 0)
        };
        let micros = u128::from(metres) * u128::from(milli) + constant;
        let (numerator, denominator) = if electric { (6, 5) } else { (1, 1) };
        let divisor = MICROS_PER_CENT * denominator;
        let cents = (micros * numerator + divisor / 2) / divisor;
        Cents::new(i64::try_from(cents).unwrap_or(i64::MAX))
    }

    /// What a trip adds to the year: the scale of the kilometres with it, less the scale of those before it. Never below
    /// zero, see [`Self::annual`]; the trips of a year add up to `annual` of all of them, in whatever order they come.
    pub fn marginal(&self, power: u8, electric: bool, before_m: u64, trip_m: u64) -> Cents {
        let with = self.annual(power, electric, before_m.saturating_add(trip_m));
        let without = self.annual(power, electric, before_m);
        with.minus(without)
    }

    fn rates_of(&self, power: u8) -> Option<&Rates> {
        self.rates.iter().find(|rates| power <= rates.power).or(self.rates.last())
    }
}

/// Reads the data file; none if a line does not read.
fn read(text: &str) -> Option<Vec<Scale>> {
    let mut scales: Vec<Scale> = Vec::new();
    for line in text.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_digit())) {
        let mut cells = line.split(';').map(str::trim);
        let (first, last) = (cells.next()?.parse().ok()?, cells.next()?.parse().ok()?);
        let rates = Rates {
            power: cells.next()?.parse().ok()?,
            first_milli: cells.next()?.parse().ok()?,
            second_milli: cells.next()?.parse().ok()?,
            second_constant_euros: cells.next()?.parse().ok()?,
            third_milli: cells.next()?.parse().ok()?,
        };
        match scales.iter_mut().find(|scale| (scale.first, scale.last) == (first, last)) {
            Some(scale) => scale.rates.push(rates),
            None => scales.push(Scale { first, last, rates: vec![rates] }),
        }
    }
    Some(scales)
}

#[cfg(test)]
mod tests;
