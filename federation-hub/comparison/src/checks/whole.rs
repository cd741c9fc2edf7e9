//! A whole beside its parts: what is withheld of a part must not be had by taking the others off the whole.

use crate::{
    Arm, Count, Density, Elsewhere, Indicator, Measure, Observation, Place, Standing, Territory,
    WholeAndParts, Withheld, whole_and_parts,
};

fn part(name: &str, start: u32, denominators: &[i64]) -> Arm {
    let observation = |(number, x): (u32, &i64)| {
        let place = Place { territory: Territory(start + number), density: Density(0), population: 1_000 };
        Observation::quotient(place, Count::exact(x / 2 + i64::from(number)), Count::exact(*x))
    };
    Arm {
        name: name.to_owned(),
        observations: (0..).zip(denominators).map(observation).collect(),
        elsewhere: Elsewhere::default(),
    }
}

fn shown(parts: &[Arm]) -> WholeAndParts {
    let indicator = Indicator {
        key: "fulfilment-rate".to_owned(),
        standing: Standing::Primary,
        measure: Measure::Counted { grain: 1.0 },
        per: 1.0,
    };
    let observations = parts.iter().flat_map(|part| part.observations.clone()).collect();
    let whole = Arm { name: "national".to_owned(), observations, elsewhere: Elsewhere::default() };
    whole_and_parts(&indicator, whole, parts.to_vec(), Vec::new()).unwrap()
}

#[test]
fn a_whole_is_shown_where_its_hidden_parts_are_enough_by_themselves() {
    let large = || part("a", 0, &[100, 100, 100]);
    let tells = || Err(Withheld::TellsAPart { arm: "national".to_owned() });
    let whole = |parts: &[Arm]| shown(parts).whole.figure.map(crate::Shown::into_inner);
    assert_eq!(whole(&[large()]), Ok(153.0 / 300.0), "nothing is hidden");
    assert_eq!(whole(&[large(), part("b", 10, &[100])]), tells(), "one more is that one");
    assert_eq!(whole(&[large(), part("b", 10, &[100, 100])]), tells(), "two know each other");
    assert_eq!(
        whole(&[large(), part("b", 10, &[100, 100]), part("c", 20, &[100])]),
        Ok(304.0 / 600.0),
        "three are enough"
    );
    assert_eq!(
        whole(&[large(), part("b", 10, &[900, 10]), part("c", 20, &[10])]),
        tells(),
        "three, of which one is nearly all"
    );
    let few = shown(&[part("b", 10, &[100, 100])]);
    let withheld = Withheld::TooFewTerritories { arm: "national".to_owned(), has: 2, needed: 3 };
    assert_eq!(few.whole.figure, Err(withheld), "its own reason comes first");
}

#[test]
fn nothing_of_a_withheld_whole_is_left() {
    let five = part("a", 0, &[100, 90, 80, 70, 60]);
    let alone = shown(std::slice::from_ref(&five));
    assert!(alone.whole.interval.is_ok() && alone.whole.influence.is_ok());
    let whole = shown(&[five, part("b", 10, &[100])]).whole;
    let tells = Withheld::TellsAPart { arm: "national".to_owned() };
    assert_eq!(whole.interval, Err(tells.clone()));
    assert_eq!(whole.typical, Err(tells.clone()));
    assert_eq!(whole.influence, Err(tells));
}

#[test]
fn a_territory_of_two_hidden_parts_is_one_territory() {
    let large = part("a", 0, &[100, 100, 100]);
    // Three reports, two territories.
    let hidden = [part("b", 10, &[100, 100]), part("c", 10, &[100])];
    let mut whole = large.observations.clone();
    whole.extend(hidden[0].observations.iter().copied());
    let whole = Arm { name: "national".to_owned(), observations: whole, elsewhere: Elsewhere::default() };
    let indicator = Indicator {
        key: "x".to_owned(),
        standing: Standing::Exploratory,
        measure: Measure::Declared,
        per: 1.0,
    };
    let parts = [vec![large], hidden.to_vec()].concat();
    let result = whole_and_parts(&indicator, whole, parts, Vec::new()).unwrap();
    assert_eq!(result.whole.figure, Err(Withheld::TellsAPart { arm: "national".to_owned() }));
}

#[test]
fn what_is_in_no_part_stays_too() {
    let large = part("a", 0, &[100, 100, 100]);
    let figure = |outside: &[i64]| {
        let outside = part("", 10, outside).observations;
        let observations = large.observations.iter().chain(&outside).copied().collect();
        let whole = Arm { name: "national".to_owned(), observations, elsewhere: Elsewhere::default() };
        let indicator = Indicator {
            key: "x".to_owned(),
            standing: Standing::Exploratory,
            measure: Measure::Counted { grain: 1.0 },
            per: 1.0,
        };
        whole_and_parts(&indicator, whole, vec![large.clone()], outside).unwrap().whole.figure.is_ok()
    };
    assert_eq!([figure(&[]), figure(&[100]), figure(&[100, 100, 100])], [true, false, true]);
}

/// Persons per inhabitant: what tells of people is the numerator.
#[test]
fn where_the_denominator_is_public_the_rules_are_about_the_noisy_numerator() {
    let figure = |persons: [i64; 3]| {
        let observation = |(number, persons): (u32, i64)| {
            let place = Place { territory: Territory(number), density: Density(0), population: 20_000 };
            Observation::quotient(place, Count::noisy(persons, 3, 10.0), Count::exact(20_000))
        };
        let arm = Arm {
            name: "a".to_owned(),
            observations: (0..).zip(persons).map(observation).collect(),
            elsewhere: Elsewhere::default(),
        };
        let indicator = Indicator {
            key: "x".to_owned(),
            standing: Standing::Primary,
            measure: Measure::Counted { grain: 1.0 },
            per: 1_000.0,
        };
        whole_and_parts(&indicator, arm, Vec::new(), Vec::new()).unwrap().whole.figure
    };
    assert_eq!(figure([900, 50, 40]), Err(Withheld::OneTerritoryDominates { arm: "a".to_owned() }));
    assert!(figure([840, 100, 50]).is_ok());
    // 4 × 10 × √9 = 120.
    assert_eq!(figure([40, 40, 39]), Err(Withheld::DenominatorInNoise { arm: "a".to_owned(), needed: 120 }));
    assert!(figure([40, 40, 40]).is_ok());
}
