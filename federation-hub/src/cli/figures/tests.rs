//! What people and programs read of the figures: words for everything, in both languages, and never a figure where there is a reason.

use std::io;

use maillage_platform::{
    cli::{Format, Output},
    i18n::Language,
};
use maillage_proto::hub::v1 as proto;
use serde_json::Value;

use super::{coverage, deserts, flows, indicators, series, targets, territories};
use crate::{
    cli::{changes::changes, texts},
    statistics::tests::sample_desk,
};

fn printed(
    format: Format,
    language: Language,
    print: impl FnOnce(&mut Output<'_>) -> io::Result<()>,
) -> String {
    let (mut out, catalog) = (Vec::new(), texts());
    print(&mut Output::new(&mut out, format, &catalog, language)).unwrap();
    String::from_utf8(out).unwrap()
}

fn followed(indicator: &str, vocabulary: &str) -> proto::SeriesReply {
    let request = proto::SeriesRequest {
        indicator: indicator.to_owned(),
        vocabulary: vocabulary.to_owned(),
        ..Default::default()
    };
    sample_desk().series(&request).unwrap()
}

/// Everything there is, one after the other.
fn everything(format: Format, language: Language) -> String {
    let desk = sample_desk();
    let (rate, persons) = (followed("fulfilment-rate", ""), followed("persons-per-1000", ""));
    let (pulse, half_year) = (followed("", "v1/pulse"), followed("", "v1/half-year"));
    let areas = desk.coverage(&proto::CoverageRequest::default()).unwrap();
    let request = proto::ListDesertsRequest { departement: "48".to_owned(), limit: 3, ..Default::default() };
    let unserved = desk.deserts(&request).unwrap();
    let listed = desk.territories(&proto::ListTerritoriesRequest::default()).unwrap();
    let aims = desk.targets(proto::TargetsRequest::default()).unwrap();
    let flow = proto::Flow { from: "200034031".to_owned(), to: "200034049".to_owned(), handovers: 12 };
    let carried = proto::FlowsReply { year: 2025, flows: vec![flow], pairs_withheld: 2, needed: 11 };
    printed(format, language, |output| {
        indicators(output)?;
        for reply in [&rate, &persons, &pulse, &half_year] {
            series(output, reply)?;
        }
        coverage(output, &areas)?;
        deserts(output, &unserved.communes)?;
        territories(output, &listed.half_year, &listed.territories)?;
        targets(output, &aims)?;
        flows(output, &carried)
    })
}

#[test]
fn changes_of_model_have_words_in_both_languages_and_one_document() {
    let shown = proto::ShownFigure { outcome: Some(proto::shown_figure::Outcome::Value(0.052)) };
    let cell = proto::ChangeCell {
        changed_at: "2026-H1".to_owned(),
        half_year: "2026-H2".to_owned(),
        territories: 9,
        unchanged: 12,
        effect: Some(shown),
    };
    let sentence = proto::Sentence {
        code: "comparison-change-associated".to_owned(),
        arguments: [
            ("indicator", proto::sentence_argument::Value::Key("fulfilment-rate".to_owned())),
            ("changing", proto::sentence_argument::Value::Count(9)),
            ("effect", proto::sentence_argument::Value::Figure(0.052)),
        ]
        .map(|(name, value)| proto::SentenceArgument { name: name.to_owned(), value: Some(value) })
        .into(),
    };
    let reply = proto::ChangesReply {
        indicator: "fulfilment-rate".to_owned(),
        model: "hybride-guichet@1".to_owned(),
        cells: vec![cell],
        overall: Some(proto::ChangeEffect {
            value: 0.052,
            p: 0.0004,
            p_before: Some(0.41),
            ..Default::default()
        }),
        diagnostic: Some(proto::ChangeDiagnostic {
            value: 0.02,
            negative_weight: 0.25,
            ..Default::default()
        }),
        sentence: Some(sentence),
        left_out: 3,
        several_models: 2,
        reports: 240,
        ..Default::default()
    };
    for (language, words) in [
        (Language::French, ["5,2\u{a0}points", "< 0,001", "0,410", "25,0\u{a0}%"]),
        (Language::English, ["5.2\u{a0}points", "< 0.001", "0.410", "25.0%"]),
    ] {
        let text = printed(Format::Text, language, |output| changes(output, &reply));
        for word in words {
            assert!(text.contains(word), "{word}: {text}");
        }
        assert!(!text.contains("changes-") && !text.contains("column-") && !text.contains('{'), "{text}");
    }
    let text = printed(Format::Json, Language::French, |output| changes(output, &reply));
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["cells"][0]["effect"], 0.052);
    assert_eq!((&document["overall"]["p"], &document["left_out"]), (&0.0004.into(), &3.into()));
}

#[test]
fn everything_has_words_in_both_languages() {
    let french = everything(Format::Text, Language::French);
    for words in [
        "« tous ensemble »",
        "Rien n’est montré\u{a0}: le modèle « tous ensemble » a 2 territoires et il en faut 3.",
        "n’est montré qu’au-delà de 46",
        "Pas encore connu",
        "Calculé à partir de 240 déclarations",
        "moins de 11 passages de relais\u{a0}: 2",
    ] {
        let words = words.replace("« ", "«\u{a0}").replace(" »", "\u{a0}»");
        assert!(french.contains(&words), "{words}: {french}");
    }
    let english = everything(Format::Text, Language::English);
    for words in
        ["the model “all together” has 2 territories", "only shown above 46", "Not known yet", "not named"]
    {
        assert!(english.contains(words), "{words}: {english}");
    }
    for text in [french, english] {
        for key in ["column-", "figures-", "comparison-", "target-", "model-", "{"] {
            assert!(!text.contains(key), "{key}: {text}");
        }
    }
}

#[test]
fn a_point_shows_its_total_with_the_noise_or_nothing() {
    let pulse = followed("", "v1/pulse");
    let text = printed(Format::Text, Language::English, |output| series(output, &pulse));
    let january = text.lines().find(|line| line.contains("“all together”")).unwrap();
    // 20 sections of σ = 40: 2 × 40 × √20 = 357.8.
    assert!(january.starts_with("2026-01") && january.contains("± 358"), "{january}");
    let persons = followed("", "v1/half-year");
    let text = printed(Format::Text, Language::English, |output| series(output, &persons));
    assert!(!text.contains('±') && text.contains('—'), "{text}");
}

#[test]
fn programs_get_one_document_a_question_with_codes_for_reasons() {
    let text = everything(Format::Json, Language::French);
    let documents: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(documents.len(), 10);
    assert_eq!(documents[0][0]["key"], "fulfilment-rate");
    let pulse = &documents[3]["points"][0];
    assert_eq!((pulse["cells"][0]["noise_2sd"].as_u64(), pulse["withheld"].is_null()), (Some(358), true));
    let half_year = &documents[4]["points"][0];
    assert_eq!(half_year["withheld"], "too-few-territories");
    assert!(half_year["cells"].as_array().unwrap().is_empty());
    assert!(documents[1]["points"][0]["figure"].is_f64());
    assert_eq!(documents[7]["territories"][0]["withheld"], "too-few-persons");
    assert_eq!(documents[8]["targets"][1]["withheld"], "not-declared");
}
