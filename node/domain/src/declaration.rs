//! What a platform declares about a year: what its books propose, what has to be typed, and what stands in the way. Pure counting; must
//! never count volunteers, whose number is typed as a band, nor let a sum pass that is one person's for the most part: no noise hides it.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use maillage_federation::{
    accounts::{AccountsError, Declared, Figures, Said, VolunteerBand, rounded_cents, rounded_trips},
    ids::{Id, TripKind},
    models::ModelKey,
    month::Month,
};

use crate::{
    ids::PersonKind,
    limits::{BENEFICIARIES_TO_DECLARE, DOMINANCE_PERCENT},
    money::Cents,
    pulse::{Cell, Stages},
    text::Name,
    trip::{Stage, Trip},
};

/// Who has which part of a sum, in cents or trips.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shares(BTreeMap<[u8; 16], i64>);

/// One part is nearly all of a sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dominance {
    /// The part in hundredths of the sum, rounded up.
    pub percent: u32,
    /// By how much the sum would have to grow, by others, for the part not to be too large.
    pub missing: u64,
}

/// What the books of a platform know of a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YearBooks {
    /// The civil year.
    pub year: i16,
    /// The participation models in force.
    pub models: BTreeSet<ModelKey>,
    /// People to whom anything was rendered.
    pub beneficiaries: u64,
    /// Trips carried out, and who drove them.
    pub trips: DrivenTrips,
    /// What people owed for what was rendered to them, whether it was paid, given up or neither: no membership, no donation.
    pub contributions: Shares,
    /// What volunteers were paid by statement.
    pub compensation: Shares,
    /// What volunteers gave up, by the day they signed.
    pub waivers: Shares,
    /// Statements about the year that are not closed, not paid, or not given up.
    pub statements_open: u32,
    /// What they would come to if they were closed, and paid or given up.
    pub open: OpenParts,
    /// Trips as declared before, where this node does not know any more whom they were counted without: they stand.
    pub trips_before: Option<u32>,
    /// What the trips cost: kilometres and hours at the wheel, no desk.
    pub cost_of_trips: Cents,
    /// Vehicles of the fleet.
    pub vehicles: u32,
}

/// What is not settled yet of what volunteers spent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenParts {
    /// To be paid.
    pub compensation: Shares,
    /// To be given up.
    pub waivers: Shares,
}

/// Trips of a year that were carried out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DrivenTrips {
    /// How many: a shared journey is one.
    pub count: u64,
    /// How many each volunteer or paid driver drove, or shared.
    pub drivers: Shares,
}

/// A figure that a person types, or the books propose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    /// Everything the platform has cost.
    FullCost,
    /// What funders gave.
    Subsidy,
    /// What people owed.
    Contributions,
    /// What volunteers were owed and took.
    Compensation,
    /// What volunteers gave up.
    Waivers,
    /// Vehicles.
    Vehicles,
    /// Full-time equivalents.
    StaffFte,
    /// The band of volunteers.
    Volunteers,
    /// Solutions opened.
    SolutionsOpened,
}

/// Figures as typed; those left out are taken from the books where they know them whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    /// In cents, hundredths of full-time equivalents, or numbers.
    pub figures: BTreeMap<Figure, u64>,
    /// How many volunteers.
    pub volunteers: Option<VolunteerBand>,
}

/// A figure as the books have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proposed {
    /// Which.
    pub figure: Figure,
    /// Its value.
    pub value: u64,
    /// Whether the books know it whole; otherwise it is a part of what has to be typed.
    pub whole: bool,
}

/// What stands in the way of a declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// The year is not over.
    YearNotOver,
    /// Too few people were served.
    FewBeneficiaries {
        /// How many were.
        served: u64,
    },
    /// One person owes nearly all of the contributions.
    OnePayer(Dominance),
    /// One driver has nearly all of something.
    OneDriver(DriverSum, Dominance),
    /// A sum of people's parts was typed of which the books know nothing: nobody could say whose it is.
    NotInBooks(Figure),
}

/// A sum that is made up of drivers' parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DriverSum {
    /// Trips.
    Trips,
    /// What volunteers are paid.
    Compensation,
    /// What they give up.
    Waivers,
}

/// Who answers for a declaration. Stays on this node.
#[derive(Clone, PartialEq, Eq)]
pub struct Signatory {
    /// Name.
    pub name: Name,
    /// What that person is at the platform.
    pub function: Name,
}

impl Figure {
    /// Every figure, in the order they are declared.
    pub const ALL: [Self; 9] = [
        Self::FullCost,
        Self::Subsidy,
        Self::Contributions,
        Self::Compensation,
        Self::Waivers,
        Self::Vehicles,
        Self::StaffFte,
        Self::Volunteers,
        Self::SolutionsOpened,
    ];

    /// Its name, as typed and shown.
    pub fn code(self) -> &'static str {
        match self {
            Self::FullCost => "full-cost",
            Self::Subsidy => "subsidy",
            Self::Contributions => "contributions",
            Self::Compensation => "compensation",
            Self::Waivers => "waivers",
            Self::Vehicles => "vehicles",
            Self::StaffFte => "staff-fte",
            Self::Volunteers => "volunteers",
            Self::SolutionsOpened => "solutions-opened",
        }
    }
}

impl DriverSum {
    /// Its name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Trips => "trips",
            Self::Compensation => "compensation",
            Self::Waivers => "waivers",
        }
    }
}

impl Obstacle {
    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::YearNotOver => "declaration-year-not-over",
            Self::FewBeneficiaries { .. } => "declaration-few-beneficiaries",
            Self::OnePayer(_) => "declaration-one-payer",
            Self::OneDriver(..) => "declaration-one-driver",
            Self::NotInBooks(_) => "declaration-not-in-books",
        }
    }
}

impl Shares {
    /// Adds to somebody's part; below zero takes away from it.
    pub fn add<K>(&mut self, who: Id<K>, part: i64) {
        let sum = self.0.entry(who.to_array()).or_default();
        *sum = sum.saturating_add(part);
    }

    /// All parts together.
    pub fn total(&self) -> i64 {
        self.0.values().fold(0, |total: i64, part| total.saturating_add(*part))
    }

    /// These parts and others together.
    #[must_use]
    fn with(&self, others: &Self) -> Self {
        let mut all = self.clone();
        for (who, part) in &others.0 {
            let sum = all.0.entry(*who).or_default();
            *sum = sum.saturating_add(*part);
        }
        all
    }

    /// Whether somebody's part is above 85 hundredths of a sum, and what would be needed for it not to be. Of nothing, nobody has a part.
    pub fn dominance(&self, sum: i64) -> Option<Dominance> {
        let largest = i128::from(self.0.values().copied().max()?);
        let (sum, most) = (i128::from(sum), i128::from(DOMINANCE_PERCENT));
        if sum <= 0 || largest * 100 <= sum * most {
            return None;
        }
        let needed = (largest * 100 + most - 1) / most;
        let percent = (largest * 100 + sum - 1) / sum;
        Some(Dominance {
            percent: u32::try_from(percent).unwrap_or(u32::MAX),
            missing: u64::try_from(needed - sum).unwrap_or(u64::MAX),
        })
    }
}

impl DrivenTrips {
    /// Counts the trips of our own people among those of a year, carried out here or by a neighbour; none of a person who objects to
    /// statistics. A shared journey counts once, for both of its drivers.
    pub fn count(trips: &[Trip], objectors: &BTreeSet<Id<PersonKind>>) -> Self {
        let all: Vec<&Trip> = trips.iter().collect();
        let stages = Stages::of(&all);
        let far = |trip: &&Trip| trip.terms.relay.filter(|relay| relay.stage == Stage::Far);
        let far: BTreeMap<Id<TripKind>, &Trip> =
            trips.iter().filter_map(|trip| far(&trip).map(|relay| (relay.other, trip))).collect();
        let mut driven = Self::default();
        for trip in trips {
            let counts = trip.person().is_some_and(|person| !objectors.contains(&person))
                && stages.are_complete(trip)
                && stages.cell(trip) == Some(Cell::Fulfilled);
            if !counts {
                continue;
            }
            driven.count += 1;
            let other = far.get(&trip.id()).and_then(|trip| trip.volunteer());
            let drivers: BTreeSet<_> = trip.volunteer().into_iter().chain(other).collect();
            for driver in drivers {
                driven.drivers.add(driver, 1);
            }
        }
        driven
    }
}

impl YearBooks {
    /// What stands in the way of a declaration at an instant with figures as typed, in order. A sum that people's parts make up is held
    /// against the smaller of what is typed and what the books have, with what is not settled yet: nobody hides in what is typed on top.
    pub fn obstacles(&self, now: Timestamp, typed: &Typed) -> Vec<Obstacle> {
        let over = Month::new(self.year, 12).is_ok_and(|last| now >= last.end());
        let few = self.beneficiaries < BENEFICIARIES_TO_DECLARE;
        let trips = i64::try_from(self.trips.count).unwrap_or(i64::MAX);
        let compensation = self.compensation.with(&self.open.compensation);
        let waivers = self.waivers.with(&self.open.waivers);
        let sums = [
            (Figure::Contributions, &self.contributions),
            (Figure::Compensation, &compensation),
            (Figure::Waivers, &waivers),
        ];
        let typed_of =
            |figure| typed.figures.get(&figure).map(|cents| i64::try_from(*cents).unwrap_or(i64::MAX));
        let unknown = sums
            .iter()
            .filter(|(figure, parts)| typed_of(*figure).is_some_and(|cents| cents > 0) && parts.total() <= 0);
        let [payer, compensation, waivers] = sums.map(|(figure, parts)| {
            let total = parts.total();
            parts.dominance(typed_of(figure).map_or(total, |cents| cents.min(total)))
        });
        let drivers = [
            (DriverSum::Trips, self.trips.drivers.dominance(trips)),
            (DriverSum::Compensation, compensation),
            (DriverSum::Waivers, waivers),
        ];
        let drivers = drivers.into_iter().filter_map(|(sum, dominance)| Some((sum, dominance?)));
        (!over)
            .then_some(Obstacle::YearNotOver)
            .into_iter()
            .chain(few.then_some(Obstacle::FewBeneficiaries { served: self.beneficiaries }))
            .chain(payer.map(Obstacle::OnePayer))
            .chain(drivers.map(|(sum, dominance)| Obstacle::OneDriver(sum, dominance)))
            .chain(unknown.map(|(figure, _)| Obstacle::NotInBooks(*figure)))
            .collect()
    }

    /// What the books propose. An empty book proposes nothing: that there was none of it, somebody has to say.
    pub fn proposals(&self) -> Vec<Proposed> {
        let settled = self.statements_open == 0;
        let all = [
            (Figure::FullCost, self.cost_of_trips.get(), false),
            (Figure::Contributions, self.contributions.total(), true),
            (Figure::Compensation, self.compensation.total(), settled),
            (Figure::Waivers, self.waivers.total(), settled),
            (Figure::Vehicles, self.vehicles.into(), true),
        ];
        let proposed = |(figure, value, whole)| {
            let value = u64::try_from(value).ok().filter(|value| *value > 0)?;
            Some(Proposed { figure, value, whole })
        };
        all.into_iter().filter_map(proposed).collect()
    }

    /// The figures that are neither typed nor known whole by the books.
    pub fn missing(&self, typed: &Typed) -> Vec<Figure> {
        let known = |figure: Figure| match figure {
            Figure::Volunteers => typed.volunteers.is_some(),
            Figure::FullCost
            | Figure::Subsidy
            | Figure::Contributions
            | Figure::Compensation
            | Figure::Waivers
            | Figure::Vehicles
            | Figure::StaffFte
            | Figure::SolutionsOpened => self.value(typed, figure).is_some(),
        };
        Figure::ALL.into_iter().filter(|figure| !known(*figure)).collect()
    }

    /// The declaration about the year, its amounts rounded to 100 euros and its trips to 50; none while figures are missing.
    ///
    /// # Errors
    /// A figure that is out of range, and models that are none.
    pub fn declared(&self, typed: &Typed, revision: u32) -> Result<Option<Declared>, AccountsError> {
        let Some(figures) = self.figures(typed)? else { return Ok(None) };
        let declared = Declared { year: self.year, revision, said: Said::Figures(Box::new(figures)) };
        declared.check()?;
        Ok(Some(declared))
    }

    fn figures(&self, typed: &Typed) -> Result<Option<Figures>, AccountsError> {
        let (Some(volunteers), true) = (typed.volunteers, self.missing(typed).is_empty()) else {
            return Ok(None);
        };
        let sum = |figure| self.value(typed, figure).unwrap_or_default();
        let number =
            |figure: Figure| u32::try_from(sum(figure)).map_err(|_| AccountsError::Range(figure.code()));
        Ok(Some(Figures {
            models: self.models.iter().cloned().collect(),
            full_cost_cents: rounded_cents(sum(Figure::FullCost)),
            subsidy_cents: rounded_cents(sum(Figure::Subsidy)),
            contributions_cents: rounded_cents(sum(Figure::Contributions)),
            compensation_cents: rounded_cents(sum(Figure::Compensation)),
            waivers_cents: rounded_cents(sum(Figure::Waivers)),
            vehicles: number(Figure::Vehicles)?,
            staff_fte_hundredths: number(Figure::StaffFte)?,
            volunteers,
            trips: self.trips_before.unwrap_or_else(|| rounded_trips(self.trips.count)),
            solutions_opened: number(Figure::SolutionsOpened)?,
        }))
    }

    fn value(&self, typed: &Typed, figure: Figure) -> Option<u64> {
        let whole = |proposed: &Proposed| proposed.figure == figure && proposed.whole;
        let from_books = || self.proposals().into_iter().find(whole).map(|proposed| proposed.value);
        typed.figures.get(&figure).copied().or_else(from_books)
    }
}

impl std::fmt::Debug for Signatory {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Signatory(–)")
    }
}
