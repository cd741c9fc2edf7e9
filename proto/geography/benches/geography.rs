//! How long the geography takes to load, and a name to be found. Run: `cargo bench -p maillage-geography`.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use maillage_geography::{Geography, InseeCode, great_circle_m};

fn load(criterion: &mut Criterion) {
    criterion.bench_function("load all tables", |bencher| bencher.iter(Geography::read_again));
    let geography = Geography::embedded();
    criterion.bench_function("decompress the map", |bencher| bencher.iter(|| geography.map_json()));
}

fn lookup(criterion: &mut Criterion) {
    let geography = Geography::embedded();
    for query in ["s", "saint", "Villefranche-d'Albigeois"] {
        criterion.bench_function(&format!("ten communes named {query}"), |bencher| {
            bencher.iter(|| geography.communes_named(black_box(query), 10));
        });
    }
    criterion.bench_function("communes of a postal code", |bencher| {
        bencher.iter(|| geography.communes_by_postal_code(black_box("81600")));
    });
    let commune = |code| geography.commune(&InseeCode::parse(code).expect("a code")).expect("a commune");
    let (albi, castres) = (commune("81004").place, commune("81065").place);
    criterion.bench_function("great-circle distance", |bencher| {
        bencher.iter(|| great_circle_m(black_box(albi), black_box(castres)));
    });
}

criterion_group!(benches, load, lookup);
criterion_main!(benches);
