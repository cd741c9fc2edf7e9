//! The checks of the loader on tables that are wrong, and the lookups against their plain definitions.

use std::{io::Write, sync::LazyLock};

use flate2::{Compression, write::GzEncoder};
use proptest::prelude::{prop_assert_eq, proptest};

use super::{
    Geography,
    load::{EMBEDDED_FILES, Files, read},
};
use crate::{
    names::{fold, without_article},
    table::{DataReason, decompress},
};

/// How one table is put in the place of the embedded one.
type Put = for<'a> fn(&'a [u8]) -> Files<'a>;

const COMMUNES: Put = |communes| Files { communes, ..EMBEDDED_FILES };
const TERRITORIES: Put = |territories| Files { territories, ..EMBEDDED_FILES };
const NEIGHBOURS: Put = |neighbours| Files { neighbours, ..EMBEDDED_FILES };
const SUCCESSORS: Put = |successors| Files { successors, ..EMBEDDED_FILES };

/// The file and the reason, after one change in one compressed table.
fn refused(put: Put, original: &[u8], from: &str, to: &str) -> (&'static str, DataReason) {
    let text = String::from_utf8(decompress("original", original).expect("whole")).expect("UTF-8");
    assert!(text.contains(from), "the table does not contain {from:?}");
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.replacen(from, to, 1).as_bytes()).expect("memory takes everything");
    refused_bytes(put, &encoder.finish().expect("memory takes everything"))
}

fn refused_bytes(put: Put, bytes: &[u8]) -> (&'static str, DataReason) {
    let error = read(&put(bytes)).expect_err("a table that is wrong");
    (error.file, error.reason)
}

#[test]
fn a_wrong_field_names_its_column() {
    let cases = [
        ("81004,Albi,81,", "8100x,Albi,81,", "insee"),
        ("81004,Albi,81,", "81004,Albi,8x,", "departement"),
        (",248100737,", ",248100738,", "epci_siren"),
        (",mairie,81000", ",gare,81000", "coord_source"),
        (",mairie,81000", ",mairie,8100", "codes_postaux"),
        (",43.92713,", ",93.92713,", "lat, lon"),
        (",43.92713,", ",43.9271312,", "lat"),
        (",51290,", ",-51290,", "population"),
    ];
    for (from, to, expected) in cases {
        let (file, reason) = refused(COMMUNES, EMBEDDED_FILES.communes, from, to);
        assert_eq!(file, "communes.csv.gz");
        assert!(matches!(reason, DataReason::Field { column, .. } if column == expected), "{to}: {reason:?}");
    }
    let (_, kind) = refused(TERRITORIES, EMBEDDED_FILES.territories, ",CC,74,", ",XX,74,");
    assert!(matches!(kind, DataReason::Field { column: "type", .. }), "{kind:?}");
    let (_, method) = refused(NEIGHBOURS, EMBEDDED_FILES.neighbours, ",frontiere,", ",amitie,");
    assert!(matches!(method, DataReason::Field { column: "methode", .. }), "{method:?}");
}

#[test]
fn tables_that_contradict_each_other_are_refused() {
    // 200000008 passes the check digit and is no territory.
    let (_, unknown) = refused(COMMUNES, EMBEDDED_FILES.communes, ",248100737,", ",200000008,");
    assert!(matches!(unknown, DataReason::Dangling { column: "epci_siren", .. }), "{unknown:?}");
    let (_, main) = refused(TERRITORIES, EMBEDDED_FILES.territories, "2.21436,81222", "2.21436,81004");
    assert!(matches!(main, DataReason::Dangling { column: "commune_principale", .. }), "{main:?}");
    let (_, neighbour) = refused(NEIGHBOURS, EMBEDDED_FILES.neighbours, "\n200000172,", "\n200000008,");
    assert!(matches!(neighbour, DataReason::Dangling { column: "siren", .. }), "{neighbour:?}");
    let (_, twice) = refused(COMMUNES, EMBEDDED_FILES.communes, "81005,Albine", "81004,Albine");
    assert!(matches!(twice, DataReason::Twice(ref code) if code == "81004"), "{twice:?}");
}

#[test]
fn a_successor_must_exist_and_the_merged_must_be_gone() {
    let (_, missing) = refused_bytes(SUCCESSORS, b"siren,successor,since\n241200658,200000008,2026-01-01\n");
    assert!(matches!(missing, DataReason::Dangling { column: "successor", .. }), "{missing:?}");
    let (_, alive) = refused_bytes(SUCCESSORS, b"siren,successor,since\n200034031,200034049,2026-01-01\n");
    assert!(matches!(alive, DataReason::Twice(_)), "{alive:?}");
}

#[test]
fn a_flipped_bit_anywhere_in_an_embedded_table_is_noticed() {
    let original = EMBEDDED_FILES.neighbours;
    // The first ten bytes are the gzip header, which holds nothing of the data.
    for position in (10..original.len()).step_by(997) {
        let mut damaged = original.to_vec();
        damaged[position] ^= 1;
        assert!(read(&NEIGHBOURS(&damaged)).is_err(), "bit 0 of byte {position}");
    }
}

/// Folded once: folding all names for each case would take most of the time.
static FOLDED: LazyLock<Vec<String>> =
    LazyLock::new(|| Geography::embedded().communes().iter().map(|commune| fold(&commune.name)).collect());

proptest! {
    #[test]
    fn a_search_is_what_its_definition_says(start in 0_usize..34_875, length in 1_usize..12, limit in 0_usize..40) {
        let geography = Geography::embedded();
        let prefix: String = geography.communes()[start].name.chars().take(length).collect();
        let query = crate::names::fold_query(&prefix);
        let mut expected: Vec<_> = geography
            .communes()
            .iter()
            .zip(FOLDED.iter())
            .filter_map(|(commune, name)| {
                let bare = without_article(name);
                let fit = match () {
                    () if query.is_empty() => return None,
                    () if *name == query => 0,
                    () if bare == Some(&query) => 1,
                    () if name.starts_with(&query) || bare.is_some_and(|bare| bare.starts_with(&query)) => 2,
                    () => return None,
                };
                Some((fit, std::cmp::Reverse(commune.population), commune.insee))
            })
            .collect();
        expected.sort_unstable();
        let expected: Vec<_> = expected.into_iter().map(|(.., insee)| insee).take(limit).collect();
        let found: Vec<_> = geography.communes_named(&prefix, limit).iter().map(|commune| commune.insee).collect();
        prop_assert_eq!(found, expected);
    }
}
