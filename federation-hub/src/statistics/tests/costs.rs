//! What models cost, by hand: over which trips and persons, of which declarations, and where it would tell what one territory has declared.

use std::sync::Arc;

use maillage_comparison::Withheld;
use maillage_federation::{
    accounts::{Declared, Figures, Said, VolunteerBand},
    ids::Id,
    models::Catalogue,
};
use maillage_geography::{Geography, Siren};
use maillage_proto::hub::v1::{CompareReply, CompareRequest, DeclaredTotal, TargetsRequest, shown_figure};

use super::{Desk, ONE, OTHER, Range, indicators::half_year, received_in};
use crate::{
    statistics::{
        costs::tells_a_part,
        costs::{CostKey, Costs, costs},
    },
    store::{ReceivedAccounts, ReceivedReport},
};

fn territories(number: usize) -> Vec<Siren> {
    Geography::embedded().territories().iter().step_by(31).take(number).map(|one| one.siren).collect()
}

fn declared(territory: Siren, year: i16, models: &[&str], euros: u64, trips: u32) -> ReceivedAccounts {
    let figures = Figures {
        models: models.iter().map(|model| model.parse().unwrap()).collect(),
        full_cost_cents: 100 * euros,
        subsidy_cents: 0,
        contributions_cents: 0,
        compensation_cents: 0,
        waivers_cents: 0,
        vehicles: 0,
        staff_fte_hundredths: 0,
        volunteers: VolunteerBand::Under5,
        trips,
        solutions_opened: 0,
    };
    let declared = Declared { year, revision: 1, said: Said::Figures(Box::new(figures)) };
    ReceivedAccounts {
        node: Id::new(1, [1; 10]),
        territory,
        hash: *blake3::hash(&[territory.as_str().as_bytes(), &declared.encode()].concat()).as_bytes(),
        declared,
        received_at_ms: 0,
        envelope: vec![],
        quarantine: vec![],
    }
}

/// What several territories declare of 2026 under one model each: euros and trips.
fn of_2026(all: &[(&str, u64, u32)]) -> Vec<ReceivedAccounts> {
    // One node declares once about a year: each territory has its own.
    let own =
        |(place, (territory, (model, euros, trips))): (u8, (Siren, &(&str, u64, u32)))| ReceivedAccounts {
            node: Id::new(1, [place; 10]),
            ..declared(territory, 2026, &[model], *euros, *trips)
        };
    (1..).zip(territories(all.len()).into_iter().zip(all)).map(own).collect()
}

fn persons(territory: Siren, period: &str, model: &str, persons: i64) -> ReceivedReport {
    let cells = half_year([persons, 0, 0], [0; 6], 0);
    received_in("v1/half-year", territory, period, &[(model, cells)])
}

fn desk(accounts: Vec<ReceivedAccounts>, reports: Vec<ReceivedReport>) -> Desk {
    Desk {
        reports: Arc::new(reports),
        accounts,
        members: Arc::default(),
        pilot: Arc::default(),
        geography: Geography::embedded(),
        catalogue: Arc::new(Catalogue::embedded().unwrap()),
    }
}

fn ask(desk: &Desk, cost: CostKey) -> Costs {
    costs(desk, cost, Range::default(), None).unwrap().unwrap()
}

/// The cost of the first model.
fn figure(desk: &Desk, cost: CostKey) -> Result<f64, Withheld> {
    ask(desk, cost).comparison.arms.remove(0).figure.map(maillage_comparison::Shown::into_inner)
}

fn notes(costs: &Costs) -> Vec<&str> {
    costs.comparison.notes.iter().map(|note| note.code).collect()
}

/// The hub's reply for the tests of the command line: nine territories of each model.
pub(crate) fn sample_costs() -> CompareReply {
    let of = |place: u32| {
        let model = if place.is_multiple_of(2) { ONE } else { OTHER };
        (model, 20_000 + 500 * u64::from(place), 1_000 + 50 * (place % 5))
    };
    let all: Vec<(&str, u64, u32)> = (0..18).map(of).collect();
    let request = CompareRequest { indicator: "cost-per-trip".into(), ..CompareRequest::default() };
    desk(of_2026(&all), vec![]).compare(&request).unwrap()
}

#[test]
fn a_cost_per_trip_is_all_euros_over_all_trips_of_those_who_ran_one_model() {
    let mut all = of_2026(&[(ONE, 10_000, 500), (ONE, 20_000, 1_000), (ONE, 33_000, 1_650)]);
    let three = desk(all.clone(), vec![]);
    assert_eq!(figure(&three, CostKey::PerTrip), Ok(20.0));
    assert_eq!(notes(&ask(&three, CostKey::PerTrip))[1..], ["figures-note-costs-of-year"]);
    let of_two = territories(4)[3];
    all.push(ReceivedAccounts { node: Id::new(1, [4; 10]), ..declared(of_two, 2026, &[ONE, OTHER], 9, 950) });
    let four = desk(all, vec![]);
    let answer = ask(&four, CostKey::PerTrip);
    assert_eq!(figure(&four, CostKey::PerTrip), Ok(20.0), "nobody knows which euro was whose");
    assert_eq!((answer.received, notes(&answer)[2]), (3, "figures-note-costs-set-aside"));
    let request = CompareRequest { indicator: "cost-per-trip".into(), ..CompareRequest::default() };
    assert_eq!(four.compare(&request).unwrap().set_aside, 1);
}

#[test]
fn a_cost_rests_on_three_territories_on_trips_beyond_the_rounding_and_on_no_amount_alone() {
    let of = |all: &[(&str, u64, u32)]| figure(&desk(of_2026(all), vec![]), CostKey::PerTrip);
    let few = of(&[(ONE, 10_000, 500), (ONE, 20_000, 1_000)]);
    assert!(matches!(few, Err(Withheld::TooFewTerritories { has: 2, needed: 3, .. })), "{few:?}");
    // 4 × 50/√12 × √3 is 100.
    let rounded = of(&[(ONE, 10_000, 50), (ONE, 20_000, 0), (ONE, 20_000, 0)]);
    assert!(matches!(rounded, Err(Withheld::DenominatorInNoise { .. })), "{rounded:?}");
    assert!(of(&[(ONE, 10_000, 50), (ONE, 20_000, 50), (ONE, 20_000, 50)]).is_ok());
    let dear = of(&[(ONE, 900_000, 500), (ONE, 20_000, 500), (ONE, 20_000, 500)]);
    assert_eq!(
        dear,
        Err(Withheld::OneTerritoryDominates { arm: ONE.to_owned() }),
        "one has nearly all euros"
    );
    let large = of(&[(ONE, 20_000, 9_000), (ONE, 20_000, 500), (ONE, 20_000, 500)]);
    assert_eq!(large, Err(Withheld::OneTerritoryDominates { arm: ONE.to_owned() }));
}

#[test]
fn a_cost_is_of_one_year_the_newest_whose_december_is_asked_for() {
    let mut all = of_2026(&[(ONE, 10_000, 500), (ONE, 10_000, 500), (ONE, 10_000, 500)]);
    for before in all.clone() {
        let earlier = declared(before.territory, 2025, &[ONE], 30_000, 500);
        all.push(ReceivedAccounts { node: before.node, ..earlier });
    }
    let desk = desk(all, vec![]);
    let until = |to: &str| {
        let range = Range { from: None, to: Some(to.parse().unwrap()) };
        let costs = costs(&desk, CostKey::PerTrip, range, None).unwrap()?;
        costs.comparison.arms.into_iter().next().unwrap().figure.ok().map(|figure| *figure)
    };
    assert_eq!([until("2026-12"), until("2026-11"), until("2025-11")], [Some(20.0), Some(60.0), None]);
}

#[test]
fn a_year_that_few_have_declared_so_far_hides_no_other_and_it_is_said() {
    let mut all = of_2026(&[(ONE, 10_000, 500), (ONE, 10_000, 500), (ONE, 10_000, 500)]);
    let early = |place: usize| {
        let before: &ReceivedAccounts = &all[place];
        ReceivedAccounts { node: before.node, ..declared(before.territory, 2027, &[ONE], 30_000, 500) }
    };
    let early = [early(0), early(1), early(2)];
    all.extend_from_slice(&early[..2]);
    let two = ask(&desk(all.clone(), vec![]), CostKey::PerTrip);
    assert_eq!((two.year, notes(&two)[2]), (2026, "figures-note-costs-begun"));
    all.push(early[2].clone());
    let three = ask(&desk(all, vec![]), CostKey::PerTrip);
    assert_eq!((three.year, notes(&three).len()), (2027, 2));
    let alone = ask(&desk(early[..2].to_vec(), vec![]), CostKey::PerTrip);
    assert_eq!(
        (alone.year, notes(&alone).len()),
        (2027, 2),
        "where there is no other, it says what is missing"
    );
}

#[test]
fn the_noise_of_persons_stands_in_what_a_cost_per_person_may_show() {
    let of = |amounts: [u64; 3], halves: [i64; 2]| {
        let accounts = of_2026(&amounts.map(|euros| (ONE, euros, 500)));
        let of_one =
            |one: Siren| [persons(one, "2026-06", ONE, halves[0]), persons(one, "2026-12", ONE, halves[1])];
        let reports = territories(3).into_iter().flat_map(of_one).collect();
        figure(&desk(accounts, reports), CostKey::PerPerson)
    };
    // 120 persons against four deviations of six noisy sums of three cells: as many counted exactly would be enough.
    let few = of([10_000; 3], [20, 20]);
    assert!(matches!(few, Err(Withheld::DenominatorInNoise { .. })), "{few:?}");
    assert!(of([10_000; 3], [200, 200]).is_ok());
    let dear = of([900_000, 20_000, 20_000], [200, 200]);
    assert_eq!(
        dear,
        Err(Withheld::OneTerritoryDominates { arm: ONE.to_owned() }),
        "persons are known to be noisy"
    );
    assert_eq!(
        of([10_000; 3], [-5, 405]),
        Ok(0.01 * (3_000_000.0 / 1_200.0)),
        "what is below nothing counts as it came"
    );
}

#[test]
fn a_cost_per_person_is_over_the_persons_of_both_half_years_under_the_same_model() {
    let accounts = of_2026(&[(ONE, 10_000, 500), (ONE, 20_000, 500), (ONE, 30_000, 500), (ONE, 7_000, 500)]);
    let all = territories(4);
    let mut reports: Vec<ReceivedReport> = all
        .iter()
        .flat_map(|territory| {
            [persons(*territory, "2026-06", ONE, 100), persons(*territory, "2026-12", ONE, 150)]
        })
        .collect();
    let told = ask(&desk(accounts.clone(), reports.clone()), CostKey::PerPerson);
    assert_eq!((told.received, notes(&told)[2]), (4 + 8, "figures-note-costs-per-half-year"));
    assert_eq!(
        figure(&desk(accounts.clone(), reports.clone()), CostKey::PerPerson),
        Ok(0.01 * (6_700_000.0 / 1_000.0))
    );
    // Of the three others alone, it would tell the fourth beside the cost per trip of all four.
    let last = reports.pop().unwrap();
    let tells = Err(Withheld::TellsAPart { arm: ONE.to_owned() });
    assert_eq!(figure(&desk(accounts.clone(), reports.clone()), CostKey::PerPerson), tells, "one alone");
    reports.push(persons(last.territory, "2026-12", OTHER, 150));
    assert_eq!(figure(&desk(accounts.clone(), reports.clone()), CostKey::PerPerson), tells, "of another");
    reports.pop();
    reports.push(persons(last.territory, "2025-12", ONE, 150));
    let answer = ask(&desk(accounts, reports.clone()), CostKey::PerPerson);
    assert_eq!((answer.received, notes(&answer)[3]), (3 + 6, "figures-note-costs-set-aside"));
    // Three that are left out are enough.
    let six = [(ONE, 10_000, 500); 6];
    let shown = figure(&desk(of_2026(&six), reports), CostKey::PerPerson);
    assert_eq!(shown, Ok(0.01 * (3_000_000.0 / 750.0)));
}

#[test]
fn what_is_declared_stands_in_nothing_that_is_published_and_it_is_said() {
    let accounts = of_2026(&[(ONE, 10_000, 500), (ONE, 20_000, 500), (ONE, 30_000, 500)]);
    let desk = desk(accounts, vec![]);
    let request =
        CompareRequest { indicator: "cost-per-trip".into(), published: true, ..CompareRequest::default() };
    assert_eq!(desk.compare(&request).unwrap_err().reason(), "costs-not-published");
    let targets = |published| {
        let request = maillage_proto::hub::v1::TargetsRequest { year: 2026, published };
        let solutions = desk.targets(request).unwrap().targets.remove(1);
        solutions.withheld.map(|withheld| withheld.code)
    };
    assert_eq!(targets(true).as_deref(), Some("declared-not-published"));
    assert_ne!(targets(false).as_deref(), Some("declared-not-published"));
}

#[test]
fn no_national_sum_stands_beside_costs_that_would_tell_what_a_few_have_declared() {
    let shown = [(ONE, 10_000, 500), (ONE, 20_000, 500), (ONE, 30_000, 500)];
    let beside = |others: &[(&str, u64, u32)]| {
        let all = [shown.as_slice(), others].concat();
        tells_a_part(&desk(of_2026(&all), vec![]), 2026)
    };
    assert!(!beside(&[]), "the whole is the model");
    assert!(beside(&[(OTHER, 10_000, 500)]) && beside(&[(OTHER, 10_000, 500), (OTHER, 10_000, 500)]));
    let three = [(OTHER, 10_000, 500), (OTHER, 10_000, 500), (OTHER, 10_000, 500)];
    assert!(!beside(&three));
    let one_has_most = [(OTHER, 90_000, 500), (OTHER, 1_000, 500), (OTHER, 1_000, 500)];
    assert!(beside(&one_has_most), "what is withheld of a model is what is left");
    assert!(!tells_a_part(&desk(of_2026(&shown), vec![]), 2025), "nothing is declared");
    let few = of_2026(&[(ONE, 10_000, 500), (ONE, 20_000, 500)]);
    assert!(!tells_a_part(&desk(few, vec![]), 2026), "nothing is shown beside it");
    // The cost per person leaves out a territory that the cost per trip has: it is withheld by itself, and tells nothing.
    let accounts = of_2026(&[(ONE, 10_000, 500), (ONE, 20_000, 500), (ONE, 30_000, 500), (ONE, 7_000, 500)]);
    let of_three = territories(3).into_iter();
    let reports = of_three
        .flat_map(|one| [persons(one, "2026-06", ONE, 100), persons(one, "2026-12", ONE, 100)])
        .collect();
    assert!(!tells_a_part(&desk(accounts, reports), 2026));
}

#[test]
fn what_is_compared_by_cost_is_asked_for_as_any_indicator() {
    let reply = sample_costs();
    assert_eq!((reply.indicator.as_str(), reply.standing.as_str()), ("cost-per-trip", "exploratory"));
    assert_eq!((reply.models.len(), reply.pairs.len(), reply.reports), (2, 1, 18));
    let figure = reply.models[0].figure.as_ref().and_then(|figure| figure.outcome.as_ref());
    assert!(matches!(figure, Some(shown_figure::Outcome::Value(euros)) if (20.0..25.0).contains(euros)));
    assert_eq!(reply.guesses_right_percent, 0, "outside of the guarantee");
    let desk = desk(vec![], vec![]);
    let request = CompareRequest { indicator: "cost-per-person".into(), ..CompareRequest::default() };
    assert_eq!(desk.compare(&request).unwrap_err().reason(), "nothing-reported");
}

#[test]
fn new_solutions_are_those_declared_in_the_years_that_may_be_shown() {
    let opening = |year, all: &[u32]| -> Vec<ReceivedAccounts> {
        let own = |(place, (territory, opened)): (u8, (Siren, &u32))| {
            let mut one = declared(territory, year, &[ONE], 10_000, 500);
            let Said::Figures(figures) = &mut one.declared.said else { panic!("figures") };
            figures.solutions_opened = *opened;
            ReceivedAccounts { node: Id::new(1, [place; 10]), ..one }
        };
        (1..).zip(territories(all.len()).into_iter().zip(all)).map(own).collect()
    };
    let (early, late) = (opening(2025, &[2, 1, 3]), opening(2026, &[4, 4, 0, 5]));
    let all = || [early.as_slice(), &late].concat();
    let target = |accounts: Vec<ReceivedAccounts>, year| {
        let reply = desk(accounts, vec![]).targets(TargetsRequest { year, published: false }).unwrap();
        reply.targets.into_iter().find(|target| target.key == "solutions-opened").unwrap()
    };
    let total = |accounts, year| target(accounts, year).progress.and_then(|progress| progress.declared);
    let declared = |total, from_year, to_year, declarations| {
        Some(DeclaredTotal { total, from_year, to_year, declarations })
    };
    assert_eq!(total(all(), 0), declared(19, 2025, 2026, 7));
    assert_eq!(total(all(), 2025), declared(6, 2025, 2025, 3));
    let told = target([early.as_slice(), &late[..2]].concat(), 0);
    let progress = told.progress.unwrap();
    assert_eq!(progress.declared, declared(6, 2025, 2025, 3), "two territories are not shown");
    assert_eq!(progress.notes[1].code, "figures-note-declared-year-withheld");
    let withheld = |accounts, year| target(accounts, year).withheld.unwrap().code;
    assert_eq!(withheld(late[..2].to_vec(), 0), "too-few-territories");
    assert_eq!(total(opening(2026, &[9, 1, 0]), 0), declared(10, 2026, 2026, 3), "no secret of anybody");
    assert_eq!((withheld(all(), 2024), withheld(vec![], 0)), ("not-declared".into(), "not-declared".into()));
}
