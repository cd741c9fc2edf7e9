//! How far the national targets are, by what reports can carry. Persons of a half-year are told apart by their node alone, so that
//! somebody who is active in both halves of a year, or in two territories, is counted in each. Neither sum is a number of people of
//! the year nor a bound of it, and it must never be told as one, nor anything guessed that nobody has declared.

use std::collections::BTreeSet;

use maillage_comparison::Withheld;
use maillage_federation::{half_year::HalfYear, month::Month, statistics::Vocabulary};
use maillage_geography::{Geography, Siren};

use super::{
    Range,
    material::{Counting, counting, fingerprint},
    series::{self, PeriodSums},
};
use crate::{ledger::Sum, store::ReceivedReport};

/// A target of the programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TargetKey {
    /// People accompanied in a year.
    PeopleAccompanied,
    /// New solutions opened.
    SolutionsOpened,
    /// Beneficiaries of the pilot.
    PilotBeneficiaries,
}

/// The targets, for one year.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Targets {
    /// The year; none if nobody reported a half-year.
    pub(super) year: Option<i16>,
    /// Each.
    pub(super) each: Vec<Target>,
    /// Reports they rest on.
    pub(super) reports: u32,
    /// BLAKE3 over their hashes.
    pub(super) fingerprint: [u8; 32],
}

/// One target.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Target {
    /// Which.
    pub(super) key: TargetKey,
    /// How far it is.
    pub(super) progress: Result<Progress, Unknown>,
}

/// How far a target is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Progress {
    /// Persons of the half-year with the larger sum, added up over territories.
    pub(super) larger_half_year: Noisy,
    /// Persons of both half-years, where there are both: who is active in both counts twice.
    pub(super) both_half_years: Option<Noisy>,
    /// Half-years it rests on.
    pub(super) half_years: Vec<HalfYear>,
    /// Whether a half-year of the year was reported and may not be shown.
    pub(super) incomplete: bool,
}

/// A sum of noisy counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Noisy {
    /// The sum; may be negative.
    pub(super) total: i64,
    /// Two standard deviations of its noise, rounded up.
    pub noise_2sd: u64,
}

/// Why it is not known how far a target is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unknown {
    /// Nobody reported a half-year of the year.
    NothingReported,
    /// Nobody has told this hub which territories are the pilot's.
    PilotNotNamed,
    /// It is in the yearly accounts that territories declare, and none has.
    NotDeclared,
    /// What is declared has no noise, and does not stand in what is published.
    DeclaredNotPublished,
    /// It may not be shown.
    Withheld(Withheld),
}

impl TargetKey {
    /// Every one.
    pub(super) const ALL: [Self; 3] =
        [Self::PeopleAccompanied, Self::SolutionsOpened, Self::PilotBeneficiaries];

    /// Its code.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::PeopleAccompanied => "people-accompanied",
            Self::SolutionsOpened => "solutions-opened",
            Self::PilotBeneficiaries => "pilot-beneficiaries",
        }
    }

    /// What the programme aims at.
    pub(super) fn goal(self) -> u64 {
        match self {
            Self::PeopleAccompanied => 72_000,
            Self::SolutionsOpened => 400,
            Self::PilotBeneficiaries => 1_000,
        }
    }
}

/// The targets in a year; without one, in the newest of which a half-year was reported.
pub(super) fn targets(
    reports: &[ReceivedReport],
    geography: &Geography,
    pilot: &BTreeSet<Siren>,
    year: Option<i16>,
) -> Targets {
    let counting = counting(reports);
    let vocabulary = Vocabulary::half_year();
    let (mut sums, _) = series::sums(&counting, geography, &vocabulary, Range::default());
    let year = year.or_else(|| sums.last_key_value().map(|(period, _)| period.year()));
    sums.retain(|period, _| Some(period.year()) == year);
    let of_year: Vec<(Month, &PeriodSums<'_>)> = sums.iter().map(|(period, sums)| (*period, sums)).collect();
    let used: Vec<&ReceivedReport> = of_year.iter().flat_map(|(_, sums)| sums.reports.clone()).collect();
    let in_pilot: Vec<Counting<'_>> =
        counting.iter().filter(|one| pilot.contains(&one.received.territory)).cloned().collect();
    let (mut of_pilot, _) = series::sums(&in_pilot, geography, &vocabulary, Range::default());
    of_pilot.retain(|period, _| Some(period.year()) == year);
    let of_pilot: Vec<(Month, &PeriodSums<'_>)> =
        of_pilot.iter().map(|(period, sums)| (*period, sums)).collect();
    let target = |key| {
        let progress = match key {
            TargetKey::PeopleAccompanied => people(&of_year, &vocabulary),
            TargetKey::PilotBeneficiaries if pilot.is_empty() => Err(Unknown::PilotNotNamed),
            TargetKey::PilotBeneficiaries => people(&of_pilot, &vocabulary),
            // No report carries it: what is declared of it is told beside, from [`super::solutions`].
            TargetKey::SolutionsOpened => Err(Unknown::NotDeclared),
        };
        Target { key, progress }
    };
    Targets {
        year,
        each: TargetKey::ALL.map(target).into(),
        reports: u32::try_from(used.len()).unwrap_or(u32::MAX),
        fingerprint: fingerprint(used),
    }
}

/// People of the half-years of a year.
fn people(of_year: &[(Month, &PeriodSums<'_>)], vocabulary: &Vocabulary) -> Result<Progress, Unknown> {
    let shown: Vec<_> = of_year.iter().filter(|(_, sums)| sums.withheld().is_none()).collect();
    let Some((_, largest)) = shown.iter().max_by_key(|(_, sums)| sums.whole.denominator(vocabulary).0) else {
        let reason = of_year.last().and_then(|(_, sums)| sums.withheld());
        return Err(reason.map_or(Unknown::NothingReported, Unknown::Withheld));
    };
    let mut all = Sum::default();
    for (_, sums) in &shown {
        all.add_all(&sums.whole);
    }
    let half_years: BTreeSet<HalfYear> = shown.iter().map(|(period, _)| HalfYear::of(*period)).collect();
    Ok(Progress {
        larger_half_year: Noisy::of(&largest.whole, vocabulary),
        both_half_years: (half_years.len() > 1).then(|| Noisy::of(&all, vocabulary)),
        half_years: half_years.into_iter().collect(),
        incomplete: shown.len() < of_year.len(),
    })
}

impl Noisy {
    /// The persons or trips of a sum.
    pub(super) fn of(sum: &Sum, vocabulary: &Vocabulary) -> Self {
        let (total, noise_2sd) = sum.denominator(vocabulary);
        let bound = if total < 0 { i64::MIN } else { i64::MAX };
        Self { total: i64::try_from(total).unwrap_or(bound), noise_2sd }
    }
}
