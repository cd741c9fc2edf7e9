//! What a trip costs under each model, against tables and properties. Must never cost through the store.

use maillage_federation::models::{Catalogue, Contribution};
use proptest::prelude::*;

use super::*;

fn model(key: &str) -> Model {
    Catalogue::embedded().unwrap().model(&key.parse().unwrap()).unwrap().clone()
}

fn facts(loaded_m: u32, empty_m: u32) -> CostFacts {
    CostFacts {
        on: "2025-06-02".parse().unwrap(),
        loaded_m,
        empty_m,
        vehicle: Some(CarFacts { power: 5, electric: false }),
        quotient_euros: None,
        cap: None,
        side: Side::Both,
        employee: false,
        fleet: false,
        drive_s: Some(5_400),
        asked_m: None,
        paid_m: 0,
    }
}

fn costed(facts: &CostFacts, key: &str) -> Costing {
    cost(facts, &model(key), YearBefore::default()).unwrap()
}

fn cents(costing: &Costing) -> [i64; 6] {
    let Costing { cost, contribution, compensation, waived, carrier, volunteer, .. } = *costing;
    [cost, contribution, compensation, waived, carrier, volunteer].map(Cents::get)
}

/// 30 km with the person, 20 km without, 5 CV: 50 km at 0.636 €.
#[test]
fn who_pays_what_under_each_model() {
    let facts = facts(30_000, 20_000);
    for (key, expected) in [
        // 0.25 €/km with the person; the volunteer waives all of it.
        ("membres-association@1", [3_180, 750, 0, 3_180, -750, 3_180]),
        // 0.32 €/km; 0.40 €/km home to home is paid.
        ("benevoles-association@1", [3_180, 960, 2_000, 0, 1_040, 1_180]),
        // A free donation; 0.25 €/km with the person.
        ("entraide-pairs@1", [3_180, 0, 750, 0, 750, 2_430]),
        // 3 €; the fiscal scale home to home.
        ("hybride-guichet@1", [3_180, 300, 3_180, 0, 2_880, 0]),
        // 0.20 €/km; the fiscal scale with the person only.
        ("plateforme-mutualisee@1", [3_180, 600, 1_908, 0, 1_308, 1_272]),
        // The quotient is not known: as the last bracket.
        ("quotient-familial@1", [3_180, 960, 2_000, 0, 1_040, 1_180]),
        // Professionals: all of it is the territory's.
        ("service-prescription@1", [3_180, 0, 0, 0, 3_180, 0]),
    ] {
        assert_eq!(cents(&costed(&facts, key)), expected, "{key}");
    }
}

#[test]
fn hours_of_a_paid_driver_are_in_the_cost_or_said_to_be_missing() {
    let facts = facts(30_000, 20_000);
    let blank = costed(&facts, "service-prescription@1");
    assert_eq!((blank.cost, blank.wages, blank.wages_unknown), (Cents::new(3_180), Cents::ZERO, true));
    let hourly = |key: &str| Model { hourly_cents: Some(2_200), ..model(key) };
    let paid = cost(&facts, &hourly("service-prescription@1"), YearBefore::default()).unwrap();
    // An hour and a half at 22 €, and the kilometres: all of it is the territory's.
    assert_eq!(cents(&paid), [6_480, 0, 0, 0, 6_480, 0]);
    assert_eq!((paid.wages, paid.wages_unknown), (Cents::new(3_300), false));
    let volunteers = cost(&facts, &hourly("benevoles-association@1"), YearBefore::default()).unwrap();
    assert_eq!((volunteers.wages, volunteers.wages_unknown), (Cents::ZERO, false), "nobody is paid here");
    let untimed = CostFacts { drive_s: None, ..facts };
    let untimed = cost(&untimed, &hourly("service-prescription@1"), YearBefore::default()).unwrap();
    assert!(untimed.wages_unknown);
}

#[test]
fn an_employee_and_a_car_of_the_fleet_are_not_compensated() {
    let employee = CostFacts { employee: true, ..facts(30_000, 20_000) };
    let costing = costed(&employee, "benevoles-association@1");
    assert_eq!(cents(&costing), [3_180, 960, 0, 0, 2_220, 0]);
    assert!(costing.wages_unknown);
    let minibus = CostFacts { fleet: true, ..facts(30_000, 20_000) };
    let costing = costed(&minibus, "membres-association@1");
    assert_eq!((cents(&costing), costing.wages_unknown), ([3_180, 750, 0, 0, 2_430, 0], false));
}

#[test]
fn the_quotient_decides_the_bracket() {
    for (quotient, contribution) in [(0, 0), (400, 0), (401, 300), (800, 300), (1_200, 600), (1_201, 960)] {
        let facts = CostFacts { quotient_euros: Some(quotient), ..facts(30_000, 0) };
        let costing = costed(&facts, "quotient-familial@1");
        assert_eq!(costing.contribution, Cents::new(contribution), "{quotient}");
    }
}

#[test]
fn a_contribution_is_rounded_down_and_capped() {
    for (loaded_m, cents) in [(0, 0), (31, 0), (32, 1), (3_124, 99), (3_125, 100), (100_000, 3_200)] {
        assert_eq!(asked(&model("benevoles-association@1"), None, loaded_m), Cents::new(cents), "{loaded_m}");
    }
    for (loaded_m, cents) in [(49_999, 999), (50_000, 1_000), (50_005, 1_000), (90_000, 1_000)] {
        assert_eq!(asked(&model("plateforme-mutualisee@1"), None, loaded_m), Cents::new(cents), "{loaded_m}");
    }
}

#[test]
fn no_model_asks_more_than_the_law_allows() {
    let short = CostFacts { cap: Some(Cents::new(160)), ..facts(5_000, 0) };
    let costing = costed(&short, "hybride-guichet@1");
    assert_eq!((costing.contribution, costing.carrier), (Cents::new(160), Cents::new(158)));
    let far = CostFacts { cap: Some(Cents::new(960)), ..facts(30_000, 0) };
    assert_eq!(costed(&far, "hybride-guichet@1").contribution, Cents::new(300));
}

#[test]
fn electric_cars_cost_a_fifth_more_and_a_model_may_not_pay_it() {
    let electric =
        CostFacts { vehicle: Some(CarFacts { power: 5, electric: true }), ..facts(30_000, 20_000) };
    let costing = costed(&electric, "hybride-guichet@1");
    assert_eq!((costing.cost, costing.compensation), (Cents::new(3_816), Cents::new(3_816)));
    let mut plain = model("hybride-guichet@1");
    plain.compensation = Compensation::FiscalScale { empty_kilometres: true, electric_rise: false };
    let costing = cost(&electric, &plain, YearBefore::default()).unwrap();
    assert_eq!((costing.cost, costing.compensation), (Cents::new(3_816), Cents::new(3_180)));
    assert_eq!(costing.volunteer, Cents::new(636));
}

#[test]
fn the_scale_goes_on_through_the_year_by_what_the_model_counts() {
    let before = YearBefore { loaded_m: 4_990_000, empty_m: 3_000_000, valued_m: None };
    let home_to_home = cost(&facts(20_000, 0), &model("hybride-guichet@1"), before).unwrap();
    // 5 CV between 5 000 and 20 000 km: 0.357 €/km.
    assert_eq!(home_to_home.compensation, Cents::new(714));
    let with_person = cost(&facts(20_000, 0), &model("plateforme-mutualisee@1"), before).unwrap();
    // From 4 990 to 5 010 km: over the edge of the first tier.
    let edge = Scale::in_force(2025).unwrap().scale.marginal(5, false, 4_990_000, 20_000);
    assert_eq!(with_person.compensation, edge);
    assert_ne!(edge, Cents::new(714));
}

#[test]
fn a_trip_shared_with_a_neighbour_is_paid_for_on_its_side() {
    let driver =
        costed(&CostFacts { side: Side::Driver, ..facts(30_000, 20_000) }, "benevoles-association@1");
    assert_eq!(cents(&driver), [3_180, 0, 2_000, 0, 2_000, 1_180]);
    let person =
        costed(&CostFacts { side: Side::Person, ..facts(30_000, 20_000) }, "benevoles-association@1");
    assert_eq!(cents(&person), [0, 960, 0, 0, -960, 0]);
}

#[test]
fn what_was_assumed_is_said_and_a_year_without_scale_refused() {
    let unknown = costed(&CostFacts { vehicle: None, ..facts(30_000, 20_000) }, "hybride-guichet@1");
    assert!(unknown.vehicle_assumed && unknown.cost == Cents::new(3_180));
    let later = CostFacts { on: "2099-01-01".parse().unwrap(), ..facts(1, 1) };
    assert!(costed(&later, "hybride-guichet@1").scale_continued);
    let earlier = CostFacts { on: "1999-01-01".parse().unwrap(), ..facts(1, 1) };
    let refused = cost(&earlier, &model("hybride-guichet@1"), YearBefore::default());
    assert_eq!(refused, Err(CostingError::ScaleUnknown(1999)));
}

/// Any contribution and compensation, reasonable or not.
fn any_model() -> impl Strategy<Value = Model> {
    let contribution = prop_oneof![
        Just(Contribution::Free),
        Just(Contribution::Donation),
        (0..10_000_u32).prop_map(|amount_cents| Contribution::Flat { amount_cents }),
        (0..500_u32, proptest::option::of(0..5_000_u32))
            .prop_map(|(rate_cents, cap_cents)| Contribution::PerKilometre { rate_cents, cap_cents }),
    ];
    let compensation = prop_oneof![
        Just(Compensation::Waived),
        (0..200_u32, any::<bool>())
            .prop_map(|(rate_cents, empty_kilometres)| Compensation::Flat { rate_cents, empty_kilometres }),
        (any::<bool>(), any::<bool>()).prop_map(|(empty_kilometres, electric_rise)| {
            Compensation::FiscalScale { empty_kilometres, electric_rise }
        }),
    ];
    let workforce = prop_oneof![
        Just(Workforce::Volunteers),
        Just(Workforce::Professionals),
        Just(Workforce::Hybrid),
        Just(Workforce::Peers),
    ];
    let hourly = proptest::option::of(0..10_000_u32);
    (contribution, compensation, workforce, hourly).prop_map(
        |(contribution, compensation, workforce, hourly)| Model {
            contribution,
            compensation,
            workforce,
            hourly_cents: hourly,
            ..model("benevoles-association@1")
        },
    )
}

fn any_facts() -> impl Strategy<Value = CostFacts> {
    let vehicle = proptest::option::of((1..=12_u8, any::<bool>()));
    let side = prop_oneof![Just(Side::Both), Just(Side::Driver), Just(Side::Person)];
    let paid = (any::<bool>(), any::<bool>(), proptest::option::of(0..40_000_u32));
    (0..400_000_u32, 0..400_000_u32, vehicle, side, paid).prop_map(
        |(loaded_m, empty_m, vehicle, side, (employee, fleet, drive_s))| CostFacts {
            vehicle: vehicle.map(|(power, electric)| CarFacts { power, electric }),
            side,
            employee,
            fleet,
            drive_s,
            ..facts(loaded_m, empty_m)
        },
    )
}

/// What was driven for a flat rate moves no tier of what is paid or given up by the scale; what the kilometres are deemed
/// to cost goes on from all of them.
#[test]
fn only_what_the_scale_valued_moves_the_tiers_of_what_is_paid_by_it() {
    let facts = facts(30_000, 20_000);
    let before = YearBefore { loaded_m: 6_000_000, empty_m: 0, valued_m: Some(0) };
    for key in ["hybride-guichet@1", "benevoles-association@1"] {
        let model = model(key);
        let model = Model { compensation: Compensation::Waived, ..model.clone() };
        let scaled = Compensation::FiscalScale { empty_kilometres: true, electric_rise: true };
        for compensation in [Compensation::Waived, scaled] {
            let model = Model { compensation, ..model.clone() };
            let mixed = cost(&facts, &model, before).unwrap();
            let first = cost(&facts, &model, YearBefore::default()).unwrap();
            assert_eq!((mixed.compensation, mixed.waived), (first.compensation, first.waived));
            assert!(mixed.cost < first.cost, "the second tier is cheaper");
        }
    }
}

proptest! {
    /// Nobody pays for what nothing costs, and nothing that costs is paid by nobody.
    #[test]
    fn what_everybody_pays_adds_up_to_the_cost(
        facts in any_facts(),
        model in any_model(),
        loaded_m in 0..30_000_000_u64,
        empty_m in 0..30_000_000_u64,
        valued_m in proptest::option::of(0..30_000_000_u64),
    ) {
        let costing = cost(&facts, &model, YearBefore { loaded_m, empty_m, valued_m }).unwrap();
        let paid = costing.contribution.plus(costing.carrier).plus(costing.volunteer);
        prop_assert_eq!(paid, costing.cost);
        prop_assert!(!costing.contribution.is_negative() && !costing.compensation.is_negative());
        prop_assert!(costing.waived.is_zero() || costing.compensation.is_zero());
        let own_driver = facts.side != Side::Person && model.workforce != Workforce::Professionals;
        let own_driver = own_driver && !facts.employee && !facts.fleet;
        prop_assert!(own_driver || costing.volunteer.is_zero());
        prop_assert!(!costing.wages.is_negative() && (costing.wages.is_zero() || !costing.wages_unknown));
    }

    /// Under the fiscal scale home to home a volunteer neither gains nor loses, whatever came before.
    #[test]
    fn the_full_scale_leaves_the_volunteer_whole(facts in any_facts(), loaded_m in 0..30_000_000_u64) {
        let before = YearBefore { loaded_m, ..YearBefore::default() };
        let costing = cost(&facts, &model("hybride-guichet@1"), before).unwrap();
        prop_assert!(costing.volunteer.is_zero());
    }

    /// Further never costs the person less.
    #[test]
    fn asking_rises_with_the_distance(model in any_model(), short in 0..200_000_u32, more in 0..200_000_u32) {
        prop_assert!(asked(&model, None, short) <= asked(&model, None, short + more));
    }
}
