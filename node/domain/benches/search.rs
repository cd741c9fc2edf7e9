//! How long it takes to find somebody among 20 000 synthetic people by what a coordinator types. What is to be held: under
//! 20 ms for each.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use maillage_domain::{
    search::{Query, SearchEntry, SearchIndex, Who},
    text::Phone,
};
use maillage_federation::ids::Id;

const PEOPLE: u32 = 20_000;
const FIRST: [&str; 16] = [
    "Odette",
    "Jeanne",
    "Marie",
    "Léon",
    "Jean-Pierre",
    "Monique",
    "André",
    "Simone",
    "Élodie",
    "Paulette",
    "René",
    "Yvette",
    "Michel",
    "Nathalie",
    "Karim",
    "Aïcha",
];
const STARTS: [&str; 24] = [
    "Cal", "Roq", "Bou", "Mar", "Fab", "Del", "Lau", "Pui", "Gar", "Sol", "Vid", "Tou", "Cas", "Ber", "Rou",
    "Mon", "Pel", "Azé", "Cou", "Dur", "Esc", "Fou", "Gui", "Lac",
];
const MIDDLES: [&str; 20] = [
    "vet", "mel", "che", "tin", "ri", "ma", "rent", "gni", "de", "ran", "al", "lou", "tan", "nard", "ques",
    "ta", "fi", "bas", "sac", "ber",
];
const ENDS: [&str; 8] = ["", "s", "et", "ac", "ou", "ier", "in", "el"];
const COMMUNES: [&str; 8] = [
    "Alban",
    "Réalmont",
    "Villefranche-d'Albigeois",
    "Teillet",
    "Valence-d'Albigeois",
    "Trébas",
    "Paulinet",
    "Ambialet",
];

fn of<'a>(list: &[&'a str], number: u32) -> &'a str {
    list.get(number as usize % list.len()).copied().unwrap_or_default()
}

fn index() -> SearchIndex {
    let mut index = SearchIndex::default();
    for number in 0..PEOPLE {
        let mixed = number.wrapping_mul(2_654_435_761);
        let last =
            format!("{}{}{}", of(&STARTS, mixed >> 3), of(&MIDDLES, mixed >> 9), of(&ENDS, mixed >> 15));
        let name = format!("{} {last}", of(&FIRST, mixed >> 19));
        let phone = Phone::parse(&format!("06{:08}", mixed % 100_000_000)).ok();
        let mut random = [0; 10];
        for (place, byte) in random.iter_mut().zip(number.to_be_bytes()) {
            *place = byte;
        }
        let who = Who::Person(Id::new(1, random));
        index.put(SearchEntry::new(who, &[&name], of(&COMMUNES, mixed >> 5), phone.as_ref(), true));
    }
    index
}

fn bench(criterion: &mut Criterion) {
    let index = index();
    for typed in
        ["o", "cal", "clavet odete", "jean pierre roques", "monique realmont", "06 12 34", "bougnies"]
    {
        let query = Query::parse(typed);
        criterion.bench_function(&format!("20 000 people: {typed}"), |bencher| {
            bencher.iter(|| index.search(black_box(&query), |_| true, 20));
        });
    }
    criterion.bench_function("20 000 people: alike", |bencher| {
        bencher.iter(|| index.alike(black_box("Odette Calvet"), None, |_| true));
    });
}

criterion_group!(benches, bench);
criterion_main!(benches);
