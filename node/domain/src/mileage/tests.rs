//! The fiscal scale against its published checks. Must never know a volunteer.

use proptest::prelude::*;

use super::*;

const KM: u64 = 1_000;

fn scale() -> &'static Scale {
    Scale::of_year(2025).unwrap()
}

fn annual(km: u64, power: u8, electric: bool) -> i64 {
    scale().annual(power, electric, km * KM).get()
}

#[test]
fn the_three_official_checks() {
    assert_eq!(annual(4_000, 5, false), 254_400);
    assert_eq!(annual(12_000, 5, false), 567_900);
    assert_eq!(annual(10_000, 4, false), 473_000);
}

#[test]
fn every_power_in_every_tier_at_its_edges() {
    // (power, 5 000 km, 5 001 km, 20 000 km, 20 001 km), computed by hand from the table of the arrêté.
    let cases = [
        (3, 264_500, 264_532, 738_500, 740_037),
        (4, 303_000, 303_034, 813_000, 814_041),
        (5, 318_000, 318_036, 853_500, 854_043),
        (6, 332_500, 332_737, 893_700, 894_045),
        (7, 348_500, 348_539, 939_500, 940_047),
    ];
    for (power, first, over_first, second, over_second) in cases {
        let found = [5_000, 5_001, 20_000, 20_001].map(|km| annual(km, power, false));
        assert_eq!(found, [first, over_first, second, over_second], "{power} CV");
    }
    assert_eq!(annual(1_000, 1, false), annual(1_000, 3, false), "3 CV and less");
    assert_eq!(annual(1_000, 50, false), annual(1_000, 7, false), "7 CV and more");
    assert_eq!(annual(0, 5, true), 0);
}

#[test]
fn electric_cars_get_a_fifth_more() {
    assert_eq!(annual(4_000, 5, true), 305_280);
    assert_eq!(annual(12_000, 5, true), 681_480);
    assert_eq!(scale().annual(3, true, 1), Cents::ZERO);
}

#[test]
fn a_year_without_figures_is_unknown_or_a_declared_continuation() {
    assert!(Scale::of_year(2021).is_none() && Scale::in_force(2021).is_none());
    assert!(Scale::of_year(2026).is_none());
    let continued = Scale::in_force(2026).unwrap();
    assert!(continued.continued);
    assert_eq!(continued.scale.years(), (2022, 2025));
    assert!(!Scale::in_force(2024).unwrap().continued);
}

#[test]
fn a_line_that_does_not_read_leaves_no_scale_and_every_line_of_ours_reads() {
    assert_eq!(read("2022;2025;3;529;x;1065;370"), None);
    assert_eq!(read("2022;2025;3;529"), None);
    let scales = read(CARS).unwrap();
    assert!(scales.iter().all(|scale| scale.rates.iter().map(|rates| rates.power).eq(3..=7)));
}

proptest! {
    #[test]
    fn trips_add_up_to_the_year_however_it_is_split(
        trips in proptest::collection::vec(0_u64..400_000, 0..300), power in 0_u8..60, electric: bool,
    ) {
        let mut before = 0;
        let mut sum = Cents::ZERO;
        for trip in trips {
            let added = scale().marginal(power, electric, before, trip);
            prop_assert!(!added.is_negative());
            sum = sum.plus(added);
            before += trip;
        }
        prop_assert_eq!(sum, scale().annual(power, electric, before));
    }

    #[test]
    fn more_kilometres_never_come_to_less(
        metres in 0_u64..60_000_000, more in 0_u64..2_000_000, power in 0_u8..60, electric: bool,
    ) {
        for edge in [metres, FIRST_TIER_M.saturating_sub(more / 2), SECOND_TIER_M - more / 2] {
            prop_assert!(scale().annual(power, electric, edge) <= scale().annual(power, electric, edge + more));
        }
    }
}
