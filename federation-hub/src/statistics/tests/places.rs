//! Coverage, deserts, the persons of territories and flows by hand.

use std::collections::BTreeMap;

use maillage_federation::{half_year::HalfYear, statistics::Vocabulary};
use maillage_geography::{Geography, Siren};

use super::{ONE, OTHER, indicators::half_year, received, received_in};
use crate::{
    statistics::{
        Range,
        coverage::{
            PersonsWithheld, Served, TerritoryFigures, coverage, deserts, newest_half_year, territories,
        },
        flows::is_over,
        targets::Noisy,
    },
    store::ReceivedReport,
};

/// Monts d'Alban, all in the Tarn.
const ALBAN: &str = "200034031";

fn alban() -> Siren {
    ALBAN.parse().unwrap()
}

/// One commune less than all of Monts d'Alban.
fn all_but_one() -> Served {
    let communes = Geography::embedded().communes_of(&alban()).skip(1).map(|commune| commune.insee);
    Served { communes: communes.collect(), territories: [alban()].into() }
}

#[test]
fn areas_count_communes_inhabitants_and_territories() {
    let geography = Geography::embedded();
    let nothing = coverage(&[], geography, &Served::default(), Range::default());
    assert_eq!(nothing.whole.communes as usize, geography.communes().len());
    assert_eq!((nothing.whole.communes_served, nothing.whole.inhabitants_served), (0, 0));
    assert_eq!(nothing.whole.territories as usize, geography.territories().len());
    let by_departement: u32 = nothing.departements.values().map(|area| area.communes).sum();
    assert_eq!(by_departement, nothing.whole.communes);

    let served = all_but_one();
    let reports = [received(alban(), "2026-01", ONE, [3, 4])];
    let some = coverage(&reports, geography, &served, Range::default());
    let communes: Vec<_> = geography.communes_of(&alban()).collect();
    let inhabitants: u64 = communes[1..].iter().map(|commune| u64::from(commune.population)).sum();
    let tarn = some.departements[&"81".parse().unwrap()];
    for area in [some.whole, tarn] {
        assert_eq!(area.communes_served as usize, communes.len() - 1);
        assert_eq!(area.inhabitants_served, inhabitants);
        assert_eq!((area.territories_with_node, area.territories_reporting), (1, 1));
    }
    assert_eq!(some.departements[&"75".parse().unwrap()].communes_served, 0);
    let later = Range { from: Some("2026-02".parse().unwrap()), to: None };
    assert_eq!(coverage(&reports, geography, &served, later).whole.territories_reporting, 0);
}

#[test]
fn deserts_come_page_by_page_in_the_order_of_codes() {
    let (geography, served) = (Geography::embedded(), all_but_one());
    let tarn = Some("81".parse().unwrap());
    let (all, more) = deserts(geography, &served, tarn, None, 1_000);
    let in_tarn = geography.communes().iter().filter(|commune| commune.departement.as_str() == "81").count();
    assert_eq!((all.len(), more), (in_tarn - served.communes.len(), false));
    assert!(all.is_sorted_by_key(|commune| commune.insee));
    let left = geography.communes_of(&alban()).next().unwrap();
    assert!(all.iter().any(|commune| commune.insee == left.insee), "the one that is not served");
    let (first, more) = deserts(geography, &served, tarn, None, 10);
    assert_eq!((first.as_slice(), more), (&all[..10], true));
    let (second, _) = deserts(geography, &served, tarn, Some(first[9].insee), 10);
    assert_eq!(second, all[10..20]);
    let (last, more) = deserts(geography, &served, tarn, Some(all[all.len() - 3].insee), 2);
    assert_eq!((last.as_slice(), more), (&all[all.len() - 2..], false), "exactly to the end");
}

/// Persons of the first territories by SIREN, in this half-year.
fn persons(numbers: &[i64]) -> BTreeMap<usize, Result<i64, PersonsWithheld>> {
    let all = Geography::embedded().territories();
    let report = |(place, number): (usize, &i64)| {
        received_in(
            "v1/half-year",
            all[place].siren,
            "2026-06",
            &[(ONE, half_year([*number, 5, -5], [0; 6], 0))],
        )
    };
    let reports: Vec<ReceivedReport> = numbers.iter().enumerate().map(report).collect();
    let newest = newest_half_year(&reports);
    assert_eq!(newest, HalfYear::ending("2026-06".parse().unwrap()));
    let shown = territories(&reports, Geography::embedded(), &Served::default(), &[].into(), newest);
    let of = |(place, one): (usize, TerritoryFigures)| (place, one.persons.map(|noisy| noisy.total));
    shown.into_iter().enumerate().map(of).collect()
}

#[test]
fn persons_of_a_territory_are_shown_above_46_and_only_if_they_tell_no_other() {
    let few = Err(PersonsWithheld::TooFewPersons { needed: 46 });
    let protects = Err(PersonsWithheld::ProtectsAnother);
    let of = |numbers: &[i64]| persons(numbers).into_values().collect::<Vec<_>>();
    assert_eq!(of(&[47, 900]), [Ok(47), Ok(900)]);
    assert_eq!(of(&[46, 46, -3, 47]), [few, few, few, Ok(47)]);
    assert_eq!(
        of(&[46, 300, 200, 100, 500]),
        [few, Ok(300), protects, protects, Ok(500)],
        "two more are hidden, the smallest"
    );
    assert_eq!(of(&[46, 300]), [few, Ok(300)], "the sum of two is not published");
    assert_eq!(of(&[40, 30, 20, 900, 800]), [few, few, few, Ok(900), Ok(800)], "three are enough");
    assert_eq!(
        of(&[40, -20, -30, 900, 900]),
        [few, few, few, protects, protects],
        "not where one of them is nearly all, or there is nothing but noise"
    );
    assert_eq!(of(&[10]), [few]);
}

#[test]
fn persons_of_a_territory_are_hidden_where_the_sum_of_its_model_would_tell_another() {
    let all = Geography::embedded().territories();
    let numbers = [(ONE, 300), (ONE, 200), (ONE, 40), (OTHER, 30), (OTHER, 20), (OTHER, 500), (OTHER, 400)];
    let report = |(place, (model, number)): (usize, &(&str, i64))| {
        let cells = half_year([*number, 0, 0], [0; 6], 0);
        received_in("v1/half-year", all[place].siren, "2026-06", &[(model, cells)])
    };
    let of = |numbers: &[(&str, i64)]| {
        let reports: Vec<ReceivedReport> = numbers.iter().enumerate().map(report).collect();
        let newest = newest_half_year(&reports);
        let shown = territories(&reports, Geography::embedded(), &Served::default(), &[].into(), newest);
        shown.into_iter().map(|one| one.persons.map(|noisy| noisy.total)).collect::<Vec<_>>()
    };
    let few = Err(PersonsWithheld::TooFewPersons { needed: 46 });
    let protects = Err(PersonsWithheld::ProtectsAnother);
    // 540 less what is shown of the first model would be the third territory; of the second, 400 would be nearly all that is hidden.
    assert_eq!(of(&numbers), [protects, protects, few, few, few, protects, protects]);
    assert_eq!(of(&[numbers[0], numbers[1], (ONE, 100)]), [Ok(300), Ok(200), Ok(100)]);
    // Two models of two territories each are withheld: the whole less the published one and what is shown of them would be the fifth.
    let third = "service-prescription@1";
    let beside =
        [(ONE, 40), (ONE, 40), (ONE, 40), (ONE, 300), (OTHER, 30), (OTHER, 300), (third, 300), (third, 301)];
    let shown = of(&beside);
    assert_eq!(shown[..5], [few, few, few, Ok(300), few]);
    assert_eq!(shown[5..].iter().filter(|one| **one == protects).count(), 2, "{shown:?}");
}

#[test]
fn a_territory_of_two_models_carries_the_noise_of_both() {
    let of_both = |number: i64| {
        let sections = [ONE, OTHER].map(|model| (model, half_year([number, 0, 0], [0; 6], 0)));
        let reports = [received_in("v1/half-year", alban(), "2026-06", &sections)];
        let served = all_but_one();
        let shown =
            territories(&reports, Geography::embedded(), &served, &[].into(), newest_half_year(&reports));
        assert_eq!((shown.len(), shown[0].has_node), (1, true));
        assert_eq!(shown[0].area.communes_served, shown[0].area.communes - 1);
        shown[0].persons
    };
    // 2 × 10 × √6 = 48.99.
    assert_eq!(of_both(30), Err(PersonsWithheld::TooFewPersons { needed: 60 }));
    assert_eq!(of_both(31), Ok(Noisy { total: 62, noise_2sd: 49 }));
    let silent = territories(&[], Geography::embedded(), &all_but_one(), &[].into(), None);
    assert_eq!(silent[0].persons, Err(PersonsWithheld::NotReported));
    assert_eq!(newest_half_year(&[received(alban(), "2026-06", ONE, [1, 1])]), None, "a month is none");
    assert_eq!(Vocabulary::half_year().denominator, "need");
}

#[test]
fn flows_of_a_year_are_told_from_april_in_paris() {
    assert!(!is_over(2026, "2027-03-31T21:59:59Z".parse().unwrap()));
    assert!(is_over(2026, "2027-03-31T22:00:00Z".parse().unwrap()));
    assert!(is_over(2026, "2028-01-01T00:00:00Z".parse().unwrap()));
}

#[test]
fn persons_are_hidden_where_trips_over_persons_or_the_pilot_would_tell_a_hidden_territory() {
    let all = Geography::embedded().territories();
    let numbers = [30, 300, 310, 320, 330, 340, 350, 360, 370, 380];
    let months = ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06"];
    let hidden = |missing: bool, pilot: &[usize]| {
        let mut reports = Vec::new();
        for (place, number) in numbers.iter().enumerate() {
            let node = maillage_federation::ids::Id::new(u64::try_from(place).unwrap(), [7; 10]);
            let months = months.iter().skip(usize::from(missing && place == 0));
            let trips = months.map(|month| received(all[place].siren, month, ONE, [400, 10]));
            let persons = half_year([*number, 0, 0], [0; 6], 0);
            let persons = received_in("v1/half-year", all[place].siren, "2026-06", &[(ONE, persons)]);
            reports.extend(trips.chain([persons]).map(|report| ReceivedReport { node, ..report }));
        }
        let pilot = pilot.iter().map(|place| all[*place].siren).collect();
        let newest = newest_half_year(&reports);
        let shown = territories(&reports, Geography::embedded(), &Served::default(), &pilot, newest);
        let hidden = shown.iter().enumerate().filter(|(_, one)| one.persons.is_err());
        hidden.map(|(place, _)| place).collect::<Vec<_>>()
    };
    assert_eq!(hidden(false, &[]), [0, 1, 2], "three together");
    assert_eq!(hidden(true, &[]), [0, 1, 2, 3], "three besides the one whose trips are not over its persons");
    assert_eq!(hidden(false, &[0, 7, 8, 9]), [0, 1, 2, 3, 7, 8], "three of the pilot, and three of the rest");
}
