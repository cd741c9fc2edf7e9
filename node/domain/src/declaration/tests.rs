//! What may be declared about a year, and what stands in the way.

use maillage_federation::{
    accounts::{AccountsError, VolunteerBand},
    ids::Id,
};
use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

use super::{
    Cents, Dominance, DrivenTrips, DriverSum, Figure, Obstacle, OpenParts, Proposed, Shares, Typed, YearBooks,
};
use crate::{
    ids::PersonKind,
    pulse::tests::{End, Sample, stages, trip},
};

fn id<K>(number: u8) -> Id<K> {
    Id::new(1_700_000_000_000, [number; 10])
}

fn shares(parts: &[i64]) -> Shares {
    let mut shares = Shares::default();
    for (who, part) in (1..).zip(parts) {
        shares.add::<PersonKind>(id(who), *part);
    }
    shares
}

/// A year in which nothing stands in the way.
fn year() -> YearBooks {
    YearBooks {
        year: 2026,
        models: ["hybride-guichet@1".parse().unwrap()].into(),
        beneficiaries: 11,
        trips: DrivenTrips { count: 120, drivers: shares(&[60, 60]) },
        contributions: shares(&[50_000, 50_000]),
        compensation: shares(&[80_000, 90_000]),
        waivers: shares(&[]),
        statements_open: 0,
        open: OpenParts::default(),
        trips_before: None,
        cost_of_trips: Cents::new(4_000),
        vehicles: 0,
    }
}

fn obstacles(change: impl FnOnce(&mut YearBooks)) -> Vec<Obstacle> {
    obstacles_to(&Typed::default(), change)
}

fn obstacles_to(typed: &Typed, change: impl FnOnce(&mut YearBooks)) -> Vec<Obstacle> {
    let mut year = year();
    change(&mut year);
    year.obstacles("2026-12-31T23:00:00Z".parse().unwrap(), typed)
}

fn typing(figure: Figure, cents: u64) -> Typed {
    Typed { figures: [(figure, cents)].into(), volunteers: None }
}

#[test]
fn nothing_stands_in_the_way_of_eleven_people_and_several_drivers() {
    assert_eq!(obstacles(|_| {}), []);
    let last_second = "2026-12-31T22:59:59Z".parse().unwrap();
    assert_eq!(
        year().obstacles(last_second, &Typed::default()),
        [Obstacle::YearNotOver],
        "by the clock of Paris"
    );
    assert_eq!(obstacles(|year| year.beneficiaries = 10), [Obstacle::FewBeneficiaries { served: 10 }]);
}

#[test]
fn no_sum_is_declared_that_is_one_persons() {
    let one = |percent, missing| Dominance { percent, missing };
    let payer = obstacles(|year| year.contributions = shares(&[861, 139]));
    assert_eq!(payer, [Obstacle::OnePayer(one(87, 13))]);
    assert_eq!(obstacles(|year| year.contributions = shares(&[850, 150])), [], "85 is not above 85");
    assert_eq!(obstacles(|year| year.contributions = shares(&[])), [], "nobody pays");
    let trips = obstacles(|year| year.trips = DrivenTrips { count: 100, drivers: shares(&[86, 14]) });
    assert_eq!(trips, [Obstacle::OneDriver(DriverSum::Trips, one(86, 2))]);
    let by_neighbours = obstacles(|year| year.trips = DrivenTrips { count: 100, drivers: shares(&[80]) });
    assert_eq!(by_neighbours, [], "the other twenty are driven by neighbours");
    let paid = obstacles(|year| year.compensation = shares(&[1]));
    assert_eq!(paid, [Obstacle::OneDriver(DriverSum::Compensation, one(100, 1))]);
    let waived = obstacles(|year| year.waivers = shares(&[10_000, 100]));
    assert_eq!(waived, [Obstacle::OneDriver(DriverSum::Waivers, one(100, 1_665))]);
    let given_up = obstacles(|year| year.contributions = shares(&[100, -90]));
    assert_eq!(given_up, [Obstacle::OnePayer(one(1_000, 108))], "of what is left, one has it all");
}

#[test]
fn what_is_typed_is_held_against_the_books_and_what_is_not_settled_yet() {
    let one = |percent, missing| Dominance { percent, missing };
    let even = |year: &mut YearBooks| year.compensation = shares(&[900, 600]);
    let typed = obstacles_to(&typing(Figure::Compensation, 900), even);
    assert_eq!(typed, [Obstacle::OneDriver(DriverSum::Compensation, one(100, 159))], "the whole of one");
    assert_eq!(obstacles_to(&typing(Figure::Compensation, 1_500), even), []);
    let large = |year: &mut YearBooks| year.contributions = shares(&[90, 10]);
    let hidden = obstacles_to(&typing(Figure::Contributions, 1_000_000), large);
    assert_eq!(hidden, [Obstacle::OnePayer(one(90, 6))], "no large figure hides who pays");
    assert_eq!(obstacles_to(&typing(Figure::Contributions, 0), large), [], "nothing is nobody's");
    let open = obstacles(|year| {
        year.compensation = shares(&[500, 500]);
        year.open.compensation = shares(&[9_000]);
    });
    assert_eq!(open, [Obstacle::OneDriver(DriverSum::Compensation, one(95, 1_177))]);
    let unsigned = obstacles(|year| year.open.waivers = shares(&[9_000]));
    assert_eq!(unsigned, [Obstacle::OneDriver(DriverSum::Waivers, one(100, 1_589))]);
    for figure in [Figure::Contributions, Figure::Compensation, Figure::Waivers] {
        let none = obstacles_to(&typing(figure, 1), |year| {
            year.contributions = shares(&[5, -5]);
            (year.compensation, year.waivers) = (shares(&[]), shares(&[-1]));
        });
        assert_eq!(none, [Obstacle::NotInBooks(figure)], "nobody could say whose it is");
    }
    assert_eq!(obstacles_to(&typing(Figure::Subsidy, 1), |_| {}), [], "no sum of people's parts");
}

#[test]
fn an_empty_book_is_no_zero_and_a_part_is_not_taken_for_the_whole() {
    let year = year();
    let whole = |figure, value| Proposed { figure, value, whole: true };
    let cost = Proposed { figure: Figure::FullCost, value: 4_000, whole: false };
    let expected = [cost, whole(Figure::Contributions, 100_000), whole(Figure::Compensation, 170_000)];
    assert_eq!(year.proposals(), expected);
    let typed = Typed::default();
    let missing = [
        Figure::FullCost,
        Figure::Subsidy,
        Figure::Waivers,
        Figure::Vehicles,
        Figure::StaffFte,
        Figure::Volunteers,
        Figure::SolutionsOpened,
    ];
    assert_eq!(year.missing(&typed), missing);
    assert_eq!(year.declared(&typed, 1), Ok(None));
    let open = YearBooks { statements_open: 1, ..year };
    assert!(open.missing(&typed).contains(&Figure::Compensation), "statements are still to be closed");
}

fn typed() -> Typed {
    let figures = [
        (Figure::FullCost, 904_999),
        (Figure::Subsidy, 505_000),
        (Figure::Waivers, 0),
        (Figure::Vehicles, 0),
        (Figure::StaffFte, 50),
        (Figure::SolutionsOpened, 1),
    ];
    Typed { figures: figures.into(), volunteers: Some(VolunteerBand::Under5) }
}

#[test]
fn what_is_declared_is_what_was_typed_and_what_the_books_know_rounded() {
    let declared = year().declared(&typed(), 3).unwrap().unwrap();
    let figures = declared.figures().unwrap();
    assert_eq!((declared.year, declared.revision, figures.trips), (2026, 3, 100));
    assert_eq!((figures.full_cost_cents, figures.subsidy_cents), (900_000, 510_000));
    assert_eq!((figures.contributions_cents, figures.compensation_cents), (100_000, 170_000));
    assert_eq!(figures.volunteers, VolunteerBand::Under5, "typed, whoever has driven");
    let mut other = typed();
    other.figures.insert(Figure::Contributions, 111_111);
    let declared = year().declared(&other, 3).unwrap().unwrap();
    assert_eq!(declared.figures().unwrap().contributions_cents, 110_000, "what is typed counts, rounded");
    other.figures.insert(Figure::Vehicles, u64::MAX);
    assert_eq!(year().declared(&other, 3), Err(AccountsError::Range("vehicles")));
    let restored = YearBooks { trips_before: Some(250), ..year() };
    let trips = restored.declared(&typed(), 3).unwrap().unwrap().figures().unwrap().trips;
    assert_eq!(trips, 250, "counted before, nobody knows without whom");
    let nowhere = YearBooks { models: [].into(), ..year() };
    assert_eq!(nowhere.declared(&typed(), 1), Err(AccountsError::Models));
}

#[test]
fn trips_are_those_of_our_people_that_were_carried_out() {
    let sample = Sample {
        person: 1,
        end: End::DoneByNeighbour,
        closed_min: 60,
        model: 1,
        carried: false,
        counted: false,
    };
    let trips = [
        trip(10, sample),
        trip(11, Sample { person: 2, counted: true, ..sample }),
        trip(12, Sample { person: 3, ..sample }),
        trip(13, Sample { end: End::Unmet, ..sample }),
        trip(14, Sample { end: End::CalledOff, ..sample }),
        trip(15, Sample { end: End::Open, ..sample }),
    ];
    let driven = DrivenTrips::count(&trips, &[id(3)].into());
    assert_eq!(driven, DrivenTrips { count: 2, drivers: Shares::default() }, "counted in a report or not");
}

#[test]
fn a_journey_in_two_stages_is_one_trip_and_what_is_carried_for_a_neighbour_is_none() {
    let sample = Sample {
        person: 1,
        end: End::DoneByNeighbour,
        closed_min: 60,
        model: 1,
        carried: false,
        counted: false,
    };
    let [near, far] = stages([End::DoneByNeighbour; 2], [60, 60]);
    let mut carried = trip(22, sample);
    carried.terms.origin = trip(23, Sample { carried: true, ..sample }).terms.origin.clone();
    assert_eq!(DrivenTrips::count(&[near, far, carried], &[].into()).count, 1);
}

proptest! {
    #[test]
    fn what_is_missing_is_just_enough(parts in proptest::collection::vec(0..1_000_000_i64, 1..6)) {
        let shares = shares(&parts);
        let total = shares.total();
        match shares.dominance(total) {
            None => prop_assert!(total == 0 || parts.iter().all(|part| part * 100 <= total * 85)),
            Some(Dominance { percent, missing }) => {
                let missing = i64::try_from(missing).unwrap();
                prop_assert!(percent > 85 && missing > 0);
                prop_assert_eq!(shares.dominance(total + missing), None);
                prop_assert!(shares.dominance(total + missing - 1).is_some());
            }
        }
    }

    #[test]
    fn an_amount_declared_is_within_50_euros_of_what_was_typed(cents in 0..10_000_000_000_u64) {
        let mut typed = typed();
        typed.figures.insert(Figure::Contributions, cents);
        let declared = year().declared(&typed, 1).unwrap().unwrap();
        let told = declared.figures().unwrap().contributions_cents;
        prop_assert!(told.is_multiple_of(10_000) && told.abs_diff(cents) <= 5_000);
    }

    #[test]
    fn the_trips_declared_are_within_25_of_those_counted(count in 0..20_000_u64) {
        let trips = DrivenTrips { count, drivers: Shares::default() };
        let declared = YearBooks { trips, ..year() }.declared(&typed(), 1).unwrap().unwrap();
        let trips = declared.figures().unwrap().trips;
        prop_assert!(trips.is_multiple_of(50) && u64::from(trips).abs_diff(count) <= 25);
    }
}
