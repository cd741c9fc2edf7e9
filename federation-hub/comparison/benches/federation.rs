//! All comparisons of a national federation: 1 253 nodes under eight models, five years, eight indicators each year, and
//! the changes of model over ten half-years. Figures are made up. Must stay below two seconds.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use maillage_comparison::{
    Arm, Contrasts, Count, Course, Density, Elsewhere, Indicator, Measure, Observation, Panel, Place,
    Privacy, Standing, Study, Territory, changes, compare,
};

const NODES: u32 = 1_253;
const MODELS: u32 = 8;
const YEARS: i64 = 5;
const INDICATORS: i64 = 8;
const HALF_YEARS: usize = 10;

/// A number below `below` that looks drawn, from a place: multiplication by the golden ratio.
fn scattered(place: i64, below: i64) -> i64 {
    place.wrapping_mul(2_654_435_761).wrapping_shr(7).rem_euclid(below)
}

fn place(node: u32) -> Place {
    let population = 4_000 + u32::try_from(scattered(i64::from(node), 60_000)).unwrap_or(0);
    Place {
        territory: Territory(node),
        density: Density(u8::try_from(node / MODELS % 5).unwrap_or(0)),
        population,
    }
}

fn observation(node: u32, turn: i64) -> Observation {
    let place = place(node);
    let asked = i64::from(place.population) / 4 + scattered(i64::from(node) * 31 + turn, 800);
    let part = asked * (55 + scattered(i64::from(node) * 17 + turn, 25) + i64::from(node % MODELS)) / 100;
    Observation::share(place, Count::noisy(part, 12, 40.0), Count::noisy(asked - part, 12, 40.0))
}

fn indicator() -> Indicator {
    let key = "fulfilment-rate".to_owned();
    Indicator { key, standing: Standing::Primary, measure: Measure::Share, per: 1.0 }
}

fn study(turn: i64) -> Study {
    let arm = |model: u32| {
        let nodes = (0..NODES).filter(|node| node % MODELS == model);
        Arm {
            name: model.to_string(),
            observations: nodes.map(|node| observation(node, turn)).collect(),
            elsewhere: Elsewhere::default(),
        }
    };
    Study {
        indicator: indicator(),
        arms: (0..MODELS).map(arm).collect(),
        contrasts: Contrasts::AllPairs,
        privacy: Privacy::Noise { rho_per_year: 0.083_75 },
    }
}

fn panel() -> Panel {
    let course = |node: u32| {
        let changed_at = (node % 5 > 1).then(|| usize::try_from(node % 5 * 2).unwrap_or(1) - 1);
        let observations = (0_i64..).take(HALF_YEARS).map(|period| Some(observation(node, period))).collect();
        Course { place: place(node), changed_at, observations }
    };
    Panel {
        indicator: indicator(),
        periods: HALF_YEARS,
        courses: (0..NODES).map(course).collect(),
        privacy: Privacy::Noise { rho_per_year: 0.083_75 },
    }
}

fn national(criterion: &mut Criterion) {
    let studies: Vec<Study> = (0..YEARS * INDICATORS).map(study).collect();
    let panel = panel();
    let mut group = criterion.benchmark_group("federation");
    group.sample_size(10);
    group.bench_function("1253 nodes, 5 years, 8 indicators, all pairs of 8 models", |bencher| {
        bencher.iter(|| studies.iter().filter(|study| black_box(compare(study)).is_ok()).count());
    });
    group.bench_function("1253 nodes, 10 half-years, changes of model", |bencher| {
        bencher.iter(|| black_box(changes(&panel)));
    });
    group.finish();
}

criterion_group!(benches, national);
criterion_main!(benches);
