//! The tables of persons: who is in which cell, once, and how much one person can move.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use maillage_federation::models::Bracket;
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};

use super::*;
use crate::pulse::{
    self,
    tests::{End, built, closing, samples, stages},
};

fn id<K>(number: u8) -> Id<K> {
    Id::new(1_700_000_000_000, [number; 10])
}

fn model(number: u8) -> ModelKey {
    format!("model@{}", u16::from(number) + 1).parse().unwrap()
}

fn facts() -> PersonFacts {
    PersonFacts { birth_year: None, needs: Needs::none(), quotient_euros: None, objects: false }
}

fn ride(person: u8, purpose: Purpose, fulfilled: bool) -> CountedTrip {
    CountedTrip { person: id(person), model: model(0), purpose, fulfilled }
}

fn served(person: u8, class: ServiceClass) -> CountedService {
    CountedService { person: id(person), class }
}

fn ended(person: u8, on: &str, pathway: u8, outcome: Outcome) -> CountedExit {
    CountedExit { person: id(person), on: on.parse().unwrap(), pathway: id(pathway), outcome }
}

const PURPOSES: [Purpose; 6] = [
    Purpose::Health,
    Purpose::Shopping,
    Purpose::Administrative,
    Purpose::Social,
    Purpose::WorkTraining,
    Purpose::Other,
];

/// Three models in force, nine persons registered, nothing done.
fn nothing() -> Material {
    let flat = Contribution::Flat { amount_cents: 200 };
    Material {
        half_year: "2026-H2".parse().unwrap(),
        trips: vec![],
        services: vec![],
        exits: vec![],
        persons: (0..9).map(|person| (id(person), facts())).collect(),
        models: vec![(model(0), flat.clone()), (model(1), Contribution::Free), (model(2), flat)],
    }
}

/// The cells of a model that are not zero.
fn cells(material: &Material, of: u8) -> Vec<(&'static str, u64)> {
    let counts = count(material).of_model(&model(of));
    let named = Vocabulary::half_year().cells().map(|(_, cell)| cell).zip(counts);
    named.filter(|(_, count)| *count > 0).collect()
}

#[test]
fn a_person_with_trips_is_in_one_cell_of_each_table_about_trips() {
    let trips = vec![
        ride(1, Purpose::Shopping, true),
        ride(1, Purpose::Health, true),
        ride(1, Purpose::Shopping, false),
        ride(1, Purpose::Health, true),
    ];
    let material = Material { trips, ..nothing() };
    let expected = [
        ("age-not-stated", 1),
        ("need-none", 1),
        ("purpose-health", 1),
        ("tariff-shared-cost", 1),
        ("rate-sixteenths", 12),
    ];
    assert_eq!(cells(&material, 0), expected, "a tie goes to the first purpose");
}

#[test]
fn who_was_helped_otherwise_is_active_and_in_no_table_about_trips() {
    let services = vec![served(1, ServiceClass::Advice), served(1, ServiceClass::Garage)];
    let exits = vec![
        ended(2, "2026-11-02", 1, Outcome::Licence),
        ended(2, "2026-11-02", 2, Outcome::JobFound),
        ended(2, "2026-08-01", 3, Outcome::Deceased),
    ];
    let material = Material { services, exits, ..nothing() };
    let expected = [("age-not-stated", 2), ("need-none", 2), ("service-garage", 1), ("outcome-work", 1)];
    assert_eq!(cells(&material, 0), expected);
    let often =
        vec![served(1, ServiceClass::Advice), served(1, ServiceClass::Loan), served(1, ServiceClass::Advice)];
    let material = Material { services: often, ..nothing() };
    assert!(cells(&material, 0).contains(&("service-advice", 1)), "the most frequent comes before the order");
}

#[test]
fn who_objects_or_is_gone_is_in_no_table() {
    let trips = vec![ride(1, Purpose::Health, true), ride(2, Purpose::Health, true)];
    let services = vec![served(1, ServiceClass::Loan), served(77, ServiceClass::Loan)];
    let mut material = Material { trips, services, ..nothing() };
    material.persons.insert(id(1), PersonFacts { objects: true, ..facts() });
    material.persons.remove(&id(2));
    assert_eq!(count(&material), HalfYearCounts::default());
}

#[test]
fn a_person_is_under_the_model_of_most_trips_and_models_of_the_past_are_the_general_one() {
    let under = |of: u8| CountedTrip { model: model(of), ..ride(1, Purpose::Health, true) };
    let check = |models: &[u8], expected: u8| {
        let material = Material { trips: models.iter().map(|of| under(*of)).collect(), ..nothing() };
        let found: Vec<_> = count(&material).models().cloned().collect();
        assert_eq!(found, [model(expected)], "{models:?}");
    };
    check(&[1, 2, 2], 2);
    check(&[2, 1], 1);
    check(&[7, 7, 1], 0);
    check(&[7, 1, 1], 1);
}

#[test]
fn classes_of_age_need_and_tariff() {
    let of = |year: Option<i16>| age(year, "2026-H1".parse().unwrap());
    for (born, expected) in [
        (None, "age-not-stated"),
        (Some(1967), "age-under-60"),
        (Some(1966), "age-60-74"),
        (Some(1952), "age-60-74"),
        (Some(1951), "age-75-84"),
        (Some(1941), "age-85-over"),
        (Some(1920), "age-85-over"),
        (Some(2026), "age-under-60"),
    ] {
        assert_eq!(of(born), expected, "{born:?}");
    }
    let needs = |needs: &[Need]| need(&needs.iter().copied().collect());
    assert_eq!(needs(&[]), "need-none");
    assert_eq!(needs(&[Need::Luggage, Need::ChildSeat]), "need-none");
    assert_eq!(needs(&[Need::Luggage, Need::Companion]), "need-aid-or-companion");
    assert_eq!(needs(&[Need::Companion, Need::WheelchairManual, Need::TransferPossible]), "need-wheelchair");
    let brackets = vec![
        Bracket { up_to_euros: Some(700), tariff: Tariff::Free },
        Bracket { up_to_euros: None, tariff: Tariff::Flat { amount_cents: 300 } },
    ];
    let scaled = Contribution::IncomeBrackets { brackets };
    let member = |then: Contribution| Contribution::Membership { yearly_cents: 1_000, then: Box::new(then) };
    let kilometres = Contribution::PerKilometre { rate_cents: 20, cap_cents: None };
    assert_eq!(tariff(&scaled, Some(600)), "tariff-free");
    assert_eq!(tariff(&scaled, Some(900)), "tariff-income-scaled");
    assert_eq!(tariff(&member(scaled), None), "tariff-income-scaled");
    assert_eq!(tariff(&member(kilometres.clone()), None), "tariff-shared-cost");
    assert_eq!(tariff(&kilometres, Some(100)), "tariff-shared-cost");
    assert_eq!(tariff(&Contribution::Donation, None), "tariff-free");
    assert_eq!(tariff(&Contribution::Flat { amount_cents: 0 }, None), "tariff-free");
}

#[test]
fn every_class_has_its_cell_in_the_vocabulary() {
    let known: BTreeSet<&str> = Vocabulary::half_year().cells().map(|(_, cell)| cell).collect();
    let services = [
        ServiceClass::Loan,
        ServiceClass::LicenceAid,
        ServiceClass::Garage,
        ServiceClass::FinancialAid,
        ServiceClass::Advice,
    ];
    let outcomes = Outcome::ALL.iter().map(|outcome| outcome_cell(*outcome));
    let all = outcomes.chain(services.map(ServiceClass::cell)).chain(PURPOSES.map(purpose_cell));
    for cell in all {
        assert!(known.contains(cell), "{cell}");
    }
    for group in ["service", "purpose"] {
        let group = Vocabulary::half_year().groups.iter().find(|known| known.name == group).unwrap();
        let order: Vec<&str> = match group.name {
            "service" => services.iter().map(|class| class.cell()).collect(),
            _ => PURPOSES.map(purpose_cell).to_vec(),
        };
        assert_eq!(order, group.cells, "ties go by the order of the vocabulary");
    }
}

#[test]
fn what_was_written_down_late_is_due_and_what_is_older_or_to_come_is_not() {
    let half = |text: &str| text.parse::<HalfYear>().unwrap();
    let due = |day: &str, since: &str| is_due(day.parse().unwrap(), half(since), half("2026-H2"));
    for (day, since, expected) in [
        ("2026-07-01", "2026-H2", true),
        ("2026-12-31", "2026-H2", true),
        ("2027-01-01", "2026-H2", false),
        ("2026-06-30", "2026-H2", false),
        ("2026-06-30", "2026-H1", true),
        ("2025-12-31", "2026-H1", false),
    ] {
        assert_eq!(due(day, since), expected, "{day} since {since}");
    }
}

fn purpose() -> impl Strategy<Value = Purpose> {
    (0..3_u8).prop_map(|number| match number {
        0 => Purpose::Health,
        1 => Purpose::Social,
        _ => Purpose::Other,
    })
}

/// Few persons, several models, so that they meet in cells.
fn material() -> impl Strategy<Value = Material> {
    let trip = (0..6_u8, 0..4_u8, purpose(), any::<bool>()).prop_map(|(person, of, purpose, fulfilled)| {
        CountedTrip { model: model(of), ..ride(person, purpose, fulfilled) }
    });
    let class = (0..3_u8).prop_map(|number| match number {
        0 => ServiceClass::Loan,
        1 => ServiceClass::Garage,
        _ => ServiceClass::Advice,
    });
    let service = (0..6_u8, class).prop_map(|(person, class)| served(person, class));
    let exit =
        (0..6_u8, 1..5_u8, any::<u8>(), 0..Outcome::ALL.len()).prop_map(|(person, day, pathway, outcome)| {
            ended(person, &format!("2026-09-0{day}"), pathway, Outcome::ALL[outcome])
        });
    let person = (1930..2000_i16, any::<(bool, bool)>()).prop_map(|(born, (wheelchair, objects))| {
        let needs = wheelchair.then_some(Need::WheelchairManual).into_iter().collect();
        PersonFacts { birth_year: Some(born), needs, quotient_euros: None, objects: objects && wheelchair }
    });
    let all = (
        proptest::collection::vec(trip, 0..40),
        proptest::collection::vec(service, 0..10),
        proptest::collection::vec(exit, 0..8),
        proptest::collection::vec(person, 5),
    );
    all.prop_map(|(trips, services, exits, persons)| Material {
        trips,
        services,
        exits,
        persons: (0..).map(id).zip(persons).collect(),
        ..nothing()
    })
}

/// The cells of all models together, and by how much another count differs from them, by group: in total, and as a square.
fn moved(with: &HalfYearCounts, without: &HalfYearCounts) -> BTreeMap<&'static str, (u64, u64)> {
    let mut moved: BTreeMap<&'static str, (u64, u64)> = BTreeMap::new();
    for of in (0..4).map(model) {
        let pairs = with.of_model(&of).into_iter().zip(without.of_model(&of));
        for ((group, _), (one, other)) in Vocabulary::half_year().cells().zip(pairs) {
            let (total, square) = moved.entry(group.name).or_default();
            *total += one.abs_diff(other);
            *square += one.abs_diff(other).pow(2);
        }
    }
    moved
}

fn sum(counts: &HalfYearCounts, of: &str) -> u64 {
    moved(counts, &HalfYearCounts::default()).get(of).map_or(0, |(total, _)| *total)
}

#[test]
fn a_journey_that_two_drivers_share_makes_one_trip_of_a_person() {
    for (ends, fulfilled) in [
        ([End::DoneByNeighbour, End::DoneByNeighbour], Some(true)),
        ([End::DoneByNeighbour, End::Unmet], Some(false)),
        ([End::CalledOff, End::CalledOff], None),
    ] {
        let both = stages(ends, [60, 60]);
        let known = pulse::Stages::of(&both.iter().collect::<Vec<_>>());
        let counted = both.iter().filter_map(|trip| CountedTrip::of(trip, Purpose::Health, &known));
        let counted: Vec<bool> = counted.map(|trip| trip.fulfilled).collect();
        assert_eq!(counted, fulfilled.into_iter().collect::<Vec<_>>(), "{ends:?}");
    }
}

proptest! {
    #[test]
    fn nobody_moves_any_table_by_more_than_its_bound_over_all_models_together(
        material in material(),
        person in 0..6_u8,
    ) {
        let mut without = material.clone();
        without.trips.retain(|trip| trip.person != id(person));
        without.services.retain(|service| service.person != id(person));
        without.exits.retain(|exit| exit.person != id(person));
        without.persons.remove(&id(person));
        let moved = moved(&count(&material), &count(&without));
        for group in Vocabulary::half_year().groups {
            let (total, square) = moved[group.name];
            let bound = u64::from(group.person_bound);
            prop_assert!(total <= bound && square <= bound * bound, "{}: {}, {}", group.name, total, square);
        }
    }

    #[test]
    fn each_active_person_is_in_exactly_one_cell_of_a_table(material in material()) {
        let counts = count(&material);
        let countable = |person: &Id<PersonKind>| material.persons.get(person).is_some_and(|facts| !facts.objects);
        let with_trips: BTreeSet<_> =
            material.trips.iter().map(|trip| trip.person).filter(countable).collect();
        let served: BTreeSet<_> =
            material.services.iter().map(|service| service.person).filter(countable).collect();
        let exits: BTreeSet<_> = material.exits.iter().map(|exit| exit.person).filter(countable).collect();
        let active: BTreeSet<_> = with_trips.iter().chain(&served).chain(&exits).collect();
        prop_assert_eq!(sum(&counts, "age"), active.len() as u64);
        prop_assert_eq!(sum(&counts, "need"), active.len() as u64);
        prop_assert_eq!(sum(&counts, "purpose"), with_trips.len() as u64);
        prop_assert_eq!(sum(&counts, "tariff"), with_trips.len() as u64);
        prop_assert_eq!(sum(&counts, "service"), served.len() as u64);
        prop_assert_eq!(sum(&counts, "outcome"), exits.len() as u64);
        prop_assert!(sum(&counts, "rate") <= 16 * with_trips.len() as u64);
    }

    #[test]
    fn the_order_given_does_not_matter(material in material()) {
        let mut turned = material.clone();
        turned.trips.reverse();
        turned.services.reverse();
        turned.exits.reverse();
        prop_assert_eq!(count(&turned), count(&material));
    }

    /// Months are closed one after another, whatever is closed late in them; some are passed over.
    #[test]
    fn each_closed_trip_is_in_exactly_one_half_year(
        samples in samples(),
        late_days in proptest::collection::vec(0..400_i64, 60),
        passed_over in proptest::collection::btree_set(0..20_usize, 0..6),
    ) {
        let mut trips = built(&samples);
        let months: Vec<_> = std::iter::successors(Some("2026-10".parse().unwrap()), |month: &maillage_federation::month::Month| Some(month.next()))
            .take(20)
            .collect();
        let mut seen: BTreeMap<_, Vec<HalfYear>> = BTreeMap::new();
        for (number, month) in months.iter().enumerate() {
            if passed_over.contains(&number) && number < 19 {
                continue;
            }
            // A trip that is closed late was not there when earlier months were closed.
            let there = |index: usize| month.end().duration_since(closing()) >= SignedDuration::from_hours(24 * late_days[index]);
            let due: Vec<Trip> =
                trips.iter().enumerate().filter(|(index, _)| there(*index)).map(|(_, trip)| trip.clone()).collect();
            let pulse = pulse::count(&due, &BTreeSet::new(), month.end(), 3);
            for trip in &mut trips {
                if pulse.consumed.contains(&trip.id()) {
                    *trip = trip.count_in(*month).unwrap();
                    seen.entry(trip.id()).or_default().extend(trip.counted_in().map(HalfYear::of));
                }
            }
        }
        for (sample, trip) in samples.iter().zip(&trips) {
            let ours = !sample.carried && !trip.is_open() && !sample.counted;
            prop_assert_eq!(seen.get(&trip.id()).map_or(0, Vec::len), usize::from(ours));
        }
    }
}
