//! What the export writes: only what may be shown, a word for every column, and a directory that is there whole or not at all.

use std::fs;

use maillage_proto::hub::v1 as proto;

use super::{
    Published,
    files::{Unfinished, csv_bytes},
    files_of,
    tables::Cell,
};

fn cells(totals: [i64; 2]) -> Vec<proto::CellTotal> {
    let of = |(cell, total): (&str, i64)| proto::CellTotal { cell: cell.to_owned(), total, noise_2sd: 139 };
    ["trips-fulfilled", "trips-not-fulfilled"].into_iter().zip(totals).map(of).collect()
}

fn point(period: &str, model: &str, shown: Option<[i64; 2]>) -> proto::SeriesPoint {
    let withheld = proto::WithheldFigure { code: "too-few-territories".to_owned(), sentence: None };
    proto::SeriesPoint {
        period: period.to_owned(),
        model: model.to_owned(),
        territories: 3,
        reports: 3,
        withheld: shown.is_none().then_some(withheld),
        cells: shown.map(cells).unwrap_or_default(),
        ..Default::default()
    }
}

fn figure(value: Option<f64>) -> proto::ShownFigure {
    let tells = proto::WithheldFigure { code: "tells-a-part".to_owned(), sentence: None };
    let outcome =
        value.map_or(proto::shown_figure::Outcome::Withheld(tells), proto::shown_figure::Outcome::Value);
    proto::ShownFigure { outcome: Some(outcome) }
}

fn compared(model: &str, value: Option<f64>) -> proto::ComparedModel {
    proto::ComparedModel { model: model.to_owned(), figure: Some(figure(value)), ..Default::default() }
}

fn unserved() -> Vec<proto::UnservedCommune> {
    vec![proto::UnservedCommune {
        insee: "48001".to_owned(),
        name: "Albaret-le-Comtal".to_owned(),
        departement: "48".to_owned(),
        territory: "200069151".to_owned(),
        inhabitants: 180,
    }]
}

fn flows() -> Vec<proto::FlowsReply> {
    vec![proto::FlowsReply {
        year: 2025,
        flows: vec![proto::Flow { from: "200034031".to_owned(), to: "200034049".to_owned(), handovers: 12 }],
        pairs_withheld: 2,
        needed: 11,
    }]
}

fn published() -> Published {
    let points = vec![
        point("2026-01", "", None),
        point("2026-01", "a@1", Some([-7, 12])),
        point("2026-02", "a@1", None),
        point("2026-03", "a@1", Some([100, 1])),
        point("2026-03", "b@1", None),
    ];
    let series = proto::SeriesReply { vocabulary: "v1/pulse".to_owned(), points, ..Default::default() };
    let few = proto::WithheldFigure { code: "too-few-persons".to_owned(), sentence: None };
    let territory = |siren: &str, total: Option<i64>| proto::TerritoryView {
        siren: siren.to_owned(),
        name: "CC d’ici, et de là".to_owned(),
        persons: total.map(|total| proto::NoisyTotal { total, noise_2sd: 35 }),
        withheld: total.is_none().then(|| few.clone()),
        ..Default::default()
    };
    Published {
        comparisons: vec![proto::CompareReply {
            indicator: "trips-per-1000".to_owned(),
            standing: "exploratory".to_owned(),
            from: "2025-07".to_owned(),
            to: "2026-06".to_owned(),
            models: vec![compared("a@1", None), compared("c@1", Some(4.5))],
            pairs: vec![proto::ComparedPair {
                first: "a@1".to_owned(),
                second: "c@1".to_owned(),
                conclusion: "not-detected".to_owned(),
                difference: Some(proto::FirstOpinion { value: 1.25, detectable: 2.5, ..Default::default() }),
                detectable_by_both: Some(figure(Some(3.5))),
                ..Default::default()
            }],
            ..Default::default()
        }],
        series: vec![series],
        coverage: proto::CoverageReply::default(),
        half_year: "2026-H1".to_owned(),
        territories: vec![territory("200034031", Some(120)), territory("200034049", None)],
        targets: proto::TargetsReply::default(),
        unserved: unserved(),
        flows: flows(),
        reports: vec![
            proto::ReceivedReport { territory: "200034031".to_owned(), ..Default::default() },
            proto::ReceivedReport {
                territory: "200034049".to_owned(),
                period: "2026-06".to_owned(),
                quarantined_at: "2026-07-02T00:00:00Z".to_owned(),
                quarantined_by: "A".to_owned(),
                quarantined_because: "trop, de trajets".to_owned(),
                ..Default::default()
            },
            proto::ReceivedReport {
                territory: "200066561".to_owned(),
                withdrawn_at: "2026-07-03T00:00:00Z".to_owned(),
                withdrawn_because: "test-data".to_owned(),
                ..Default::default()
            },
        ],
    }
}

fn file(name: &str) -> String {
    let files = files_of(&published()).unwrap();
    let (_, bytes) = files.into_iter().find(|(file, _)| file == name).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_withheld_figure_is_an_empty_field_with_its_reason() {
    let text = file("series_totals.csv");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[..4],
        [
            "vocabulary,period,model,cell,total,noise_2sd,territories,reports,withheld",
            "v1/pulse,2026-01,,trips-fulfilled,,,3,3,too-few-territories",
            "v1/pulse,2026-01,,trips-not-fulfilled,,,3,3,too-few-territories",
            "v1/pulse,2026-01,a@1,trips-fulfilled,-7,139,3,3,",
        ]
    );
    let persons = file("territories.csv");
    assert!(persons.contains("200034031,\"CC d’ici, et de là\",2026-H1,0,0,0,0,120,35,\n"), "{persons}");
    assert!(persons.contains(",2026-H1,0,0,0,0,,,too-few-persons\n"), "{persons}");
    let json: serde_json::Value = serde_json::from_str(&file("series_totals.json")).unwrap();
    assert_eq!(json[0]["total"], serde_json::Value::Null);
    assert_eq!((json[2]["total"].as_i64(), json[2]["withheld"].is_null()), (Some(-7), true));
}

#[test]
fn totals_are_of_the_periods_shown_and_of_no_other() {
    let text = file("totals.csv");
    let lines: Vec<&str> = text.lines().skip(1).collect();
    // 2 × 40 × √6 = 195.96.
    assert_eq!(
        lines,
        [
            "v1/pulse,a@1,trips-fulfilled,93,196,2,1,",
            "v1/pulse,a@1,trips-not-fulfilled,13,196,2,1,",
            "v1/pulse,b@1,trips-fulfilled,,,0,1,no-period-shown",
            "v1/pulse,b@1,trips-not-fulfilled,,,0,1,no-period-shown",
        ]
    );
}

#[test]
fn a_comparison_says_over_which_months_and_why_a_figure_is_not_there() {
    let models = file("comparison_models.csv");
    let rows: Vec<&str> = models.lines().skip(1).collect();
    assert_eq!(
        rows,
        [
            "trips-per-1000,exploratory,2025-07,2026-06,a@1,0,0,,,,tells-a-part,",
            "trips-per-1000,exploratory,2025-07,2026-06,c@1,0,0,4.5,,,,",
        ]
    );
    let pairs = file("comparison_pairs.csv");
    let row = pairs.lines().nth(1).unwrap();
    assert_eq!(row, "trips-per-1000,exploratory,2025-07,2026-06,a@1,c@1,,,not-detected,1.25,,,2.5,3.5,,0,");
    assert_eq!(Cell::number(Some(-0.012_345_6)), Cell::Number(-0.012_35), "four digits");
    assert_eq!((Cell::number(Some(0.0)), Cell::number(None)), (Cell::Number(0.0), Cell::Empty));
}

#[test]
fn communes_without_a_node_and_flows_between_territories_are_told_and_hidden_pairs_only_said_to_be() {
    let communes = file("communes_not_served.csv");
    assert_eq!(communes.lines().nth(1).unwrap(), "48001,Albaret-le-Comtal,48,200069151,180");
    let flows = file("flows.csv");
    let rows: Vec<&str> = flows.lines().skip(1).collect();
    assert_eq!(rows, ["2025,200034031,200034049,12,", "2025,,,,too-few-handovers"]);
}

#[test]
fn reports_that_do_not_count_are_told_with_who_decided_and_why() {
    let text = file("reports_not_counted.csv");
    let lines: Vec<&str> = text.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            "200034049,2026-06,,,quarantined,2026-07-02T00:00:00Z,A,\"trop, de trajets\"",
            "200066561,,,,withdrawn,2026-07-03T00:00:00Z,,test-data",
        ]
    );
}

#[test]
fn every_column_of_every_file_is_in_the_dictionary_with_words_in_both_languages() {
    let dictionary = file("dictionary.csv");
    let mut reader = csv::Reader::from_reader(dictionary.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    for (name, bytes) in files_of(&published()).unwrap() {
        let Some(table) = name.strip_suffix(".csv").filter(|table| *table != "dictionary") else { continue };
        let text = String::from_utf8(bytes).unwrap();
        for column in text.lines().next().unwrap().split(',') {
            assert!(rows.iter().any(|row| &row[0] == table && &row[1] == column), "{table} {column}");
        }
    }
    for row in &rows {
        for (place, text) in row.iter().enumerate().filter(|(place, _)| *place != 2) {
            assert!(!text.is_empty() && !text.starts_with("data-"), "{place} of {row:?}");
        }
        assert_ne!(row[4], row[5], "{row:?}");
    }
}

#[test]
fn the_manifest_knows_every_file_by_its_bytes() {
    let manifest: serde_json::Value = serde_json::from_str(&file("manifest.json")).unwrap();
    let files = files_of(&published()).unwrap();
    assert_eq!(manifest["files"].as_array().unwrap().len(), files.len() - 1);
    for entry in manifest["files"].as_array().unwrap() {
        let (_, bytes) = files.iter().find(|(name, _)| *name == entry["name"].as_str().unwrap()).unwrap();
        assert_eq!(entry["blake3"].as_str().unwrap(), blake3::hash(bytes).to_hex().as_str());
    }
}

#[test]
fn numbers_are_written_as_they_are_read_again() {
    let rows = [vec![Cell::Number(0.1 + 0.2), Cell::Number(-1e-9), Cell::Integer(i64::MIN), Cell::Empty]];
    let text = String::from_utf8(csv_bytes(&["a", "b", "c", "d"], &rows).unwrap()).unwrap();
    assert_eq!(text, "a,b,c,d\n0.30000000000000004,-0.000000001,-9223372036854775808,\n");
}

#[test]
fn a_directory_is_there_whole_or_not_at_all_and_replaces_nothing() {
    let parent = tempfile::tempdir().unwrap();
    let to = parent.path().join("figures");
    let names = || -> Vec<String> {
        let entries = fs::read_dir(parent.path()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    let broken_off = Unfinished::create(&to).unwrap();
    broken_off.write("a.csv", b"a\n").unwrap();
    assert!(!to.exists() && names().len() == 1);
    assert!(broken_off.write("a.csv", b"b\n").is_err(), "no file twice");
    drop(broken_off);
    assert_eq!(names(), [""; 0], "nothing is left of what broke off");
    let whole = Unfinished::create(&to).unwrap();
    whole.write("a.csv", b"a\n").unwrap();
    whole.finish().unwrap();
    assert_eq!(names(), ["figures"]);
    assert_eq!(fs::read(to.join("a.csv")).unwrap(), b"a\n");
    let Err(maillage_platform::cli::Failure::Refused(refusal)) = Unfinished::create(&to) else {
        panic!("over another")
    };
    assert_eq!(refusal.reason(), "export-exists");
}
