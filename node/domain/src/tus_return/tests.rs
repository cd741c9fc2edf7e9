//! The figures against a naive recount, and at their edges.

use proptest::prelude::*;

use super::*;

fn id<K>(number: u8) -> Id<K> {
    Id::new(1_790_000_000_000, [number; 10])
}

fn trip(number: u8) -> TripFact {
    TripFact {
        trip: id(number),
        person: Some(id(1)),
        driver: Some(Driver::Volunteer(id(2))),
        frame: Some(Frame::SocialTransport),
        verdict: Verdict::Within,
        excepted: false,
        ground: Some(Ground::Residence),
        loaded_m: 10_000,
        contribution: Some(Cents::new(320)),
    }
}

fn counted(trips: &[TripFact]) -> TusReturn {
    let mut counted = TusReturn::default();
    for trip in trips {
        counted.add(trip);
    }
    counted
}

#[test]
fn trips_to_verify_and_of_other_frames_are_counted_apart() {
    let of = |number, frame, verdict| TripFact { frame, verdict, ..trip(number) };
    let all = counted(&[
        of(1, Some(Frame::SocialTransport), Verdict::Within),
        of(2, Some(Frame::SocialTransport), Verdict::ToBeVerified),
        of(3, None, Verdict::ToBeVerified),
        of(4, Some(Frame::PublicService), Verdict::Within),
        of(5, Some(Frame::SocialTransport), Verdict::Outside),
        of(6, None, Verdict::Outside),
        TripFact { excepted: true, ..of(7, None, Verdict::Outside) },
        TripFact { excepted: true, ..of(8, Some(Frame::SocialTransport), Verdict::Outside) },
        // Signed before it was needed: what lies within a frame is carried within it.
        TripFact { excepted: true, ..of(9, None, Verdict::ToBeVerified) },
    ]);
    let counts = [
        Figure::Trips,
        Figure::TripsToVerify,
        Figure::TripsOtherFrame,
        Figure::TripsExcepted,
        Figure::TripsUndecided,
    ];
    assert_eq!(counts.map(|figure| all.count(figure)), [1, 3, 2, 2, 1]);
    assert_eq!(all.items(Figure::TripsExcepted).collect::<Vec<_>>(), [7, 8].map(|n| Item::Trip(id(n))));
    assert_eq!((all.count(Figure::Beneficiaries), all.loaded_m), (1, 10_000));
}

#[test]
fn somebody_of_both_grounds_is_one_beneficiary_and_the_benefit_does_not_matter() {
    let resources = |code: &str| Some(Ground::Resources(code.to_owned()));
    let all = counted(&[
        trip(1),
        TripFact { ground: resources("rsa"), ..trip(2) },
        TripFact { ground: resources("withheld"), ..trip(3) },
    ]);
    let counts = [Figure::Beneficiaries, Figure::ByResidence, Figure::ByResources];
    assert_eq!(counts.map(|figure| all.count(figure)), [1, 1, 1]);
}

#[test]
fn a_neighbours_person_is_no_beneficiary_of_ours_but_the_trip_is() {
    let all = counted(&[TripFact { person: None, ground: None, ..trip(1) }]);
    assert_eq!((all.count(Figure::Trips), all.neighbours_trips, all.count(Figure::Beneficiaries)), (1, 1, 0));
}

#[test]
fn means_are_rounded_to_the_nearest_and_absent_without_anything_to_divide() {
    assert_eq!(TusReturn::default().mean_m(), None);
    let metres = |number, loaded_m| TripFact { loaded_m, ..trip(number) };
    assert_eq!(counted(&[metres(1, 1), metres(2, 2)]).mean_m(), Some(2));
    assert_eq!(counted(&[metres(1, 1), metres(2, 1), metres(3, 2)]).mean_m(), Some(1));
    let vehicle =
        |number, owner, places| VehicleFact { vehicle: VehicleKey::Asset(id(number)), owner, places };
    let fleet = TusReturn::with_vehicles([
        vehicle(1, VehicleOwner::Own, 9),
        vehicle(2, VehicleOwner::Own, 5),
        vehicle(2, VehicleOwner::Own, 5),
        vehicle(3, VehicleOwner::Lent, 5),
    ]);
    assert_eq!(fleet.mean_places_tenths(VehicleOwner::Own), Some(70));
    assert_eq!((fleet.count(Figure::OwnVehicles), fleet.count(Figure::LentVehicles)), (2, 1));
    assert_eq!(TusReturn::default().mean_places_tenths(VehicleOwner::Lent), None);
}

fn any_trip() -> impl Strategy<Value = TripFact> {
    (0_u8..30, 0_u8..6, 0_u8..4, 0_usize..5, 0_usize..3, 0_u8..3, 0_u32..200_000, 0_i64..3_000).prop_map(
        |(number, person, driver, frame, verdict, ground, loaded_m, cents)| TripFact {
            trip: id(number),
            person: (person > 0).then(|| id(person)),
            excepted: false,
            driver: match driver {
                0 => None,
                1 => Some(Driver::Staff(id(driver))),
                3 => Some(Driver::Employee(id(driver))),
                _ => Some(Driver::Volunteer(id(driver))),
            },
            frame: Frame::ALL.get(frame).copied(),
            verdict: Verdict::ALL[verdict],
            ground: match ground {
                0 => None,
                1 => Some(Ground::Residence),
                _ => Some(Ground::Resources("rsa".to_owned())),
            },
            loaded_m,
            contribution: (cents < 2_500).then(|| Cents::new(cents)),
        },
    )
}

proptest! {
    #[test]
    fn the_figures_are_those_of_a_naive_recount(trips in prop::collection::vec(any_trip(), 0..60)) {
        let mut seen = BTreeSet::new();
        let first: Vec<&TripFact> = trips.iter().filter(|trip| seen.insert(trip.trip)).collect();
        let kept: Vec<TripFact> = first.iter().map(|trip| (*trip).clone()).collect();
        let all = counted(&kept);
        let of: Vec<&TripFact> = kept
            .iter()
            .filter(|trip| trip.frame == Some(Frame::SocialTransport) && trip.verdict == Verdict::Within)
            .collect();
        prop_assert_eq!(all.count(Figure::Trips), of.len());
        let people: BTreeSet<_> = of.iter().filter_map(|trip| trip.person).collect();
        prop_assert_eq!(all.count(Figure::Beneficiaries), people.len());
        let drivers: BTreeSet<_> = of.iter().filter_map(|trip| trip.driver).collect();
        prop_assert_eq!(all.count(Figure::Drivers), drivers.len());
        prop_assert_eq!(all.loaded_m, of.iter().map(|trip| u64::from(trip.loaded_m)).sum::<u64>());
        let asked: i64 = of.iter().filter_map(|trip| trip.contribution).map(Cents::get).sum();
        prop_assert_eq!(all.contributions.get(), asked);
        let apart = [
            Figure::TripsToVerify,
            Figure::TripsOtherFrame,
            Figure::TripsExcepted,
            Figure::TripsUndecided,
        ];
        let apart: usize = apart.iter().map(|figure| all.count(*figure)).sum();
        prop_assert_eq!(all.count(Figure::Trips) + apart, kept.len());
        for figure in Figure::ALL {
            prop_assert_eq!(all.items(*figure).count(), all.count(*figure));
        }
    }

    #[test]
    fn the_order_of_the_trips_does_not_matter_and_each_counts_once(trips in prop::collection::vec(any_trip(), 0..40)) {
        let mut seen = BTreeSet::new();
        let mut kept = trips;
        kept.retain(|trip| seen.insert(trip.trip));
        let forth = counted(&kept);
        kept.reverse();
        let doubled = [kept.clone(), kept].concat();
        prop_assert_eq!(forth, counted(&doubled));
    }
}
