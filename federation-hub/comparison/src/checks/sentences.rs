//! Every sentence that can be asked for is in the hub's catalogues, in both languages, with the arguments it is given.

use crate::{
    Density, Withheld,
    sentence::{Argument, CODES, Sentence},
};

const CATALOGUES: [(&str, &str); 2] = [
    ("fr", include_str!("../../../locales/fr/comparison.ftl")),
    ("en", include_str!("../../../locales/en/comparison.ftl")),
];

fn message(catalogue: &str, code: &str) -> Option<String> {
    catalogue.lines().find_map(|line| line.strip_prefix(code)?.strip_prefix(" = ").map(str::to_owned))
}

/// Every argument used in a message is one that the sentence has.
pub(super) fn check(sentence: &Sentence) {
    assert!(CODES.contains(&sentence.code), "{} is not in CODES", sentence.code);
    for (language, catalogue) in CATALOGUES {
        let text = message(catalogue, sentence.code)
            .unwrap_or_else(|| panic!("{} is missing in {language}", sentence.code));
        for used in text.split("{ $").skip(1).filter_map(|rest| rest.split(' ').next()) {
            let given = sentence.arguments.iter().any(|(name, _)| *name == used);
            assert!(given, "{language} {} uses {used}, which is not given", sentence.code);
        }
    }
}

fn every_withheld() -> Vec<Withheld> {
    let arm = || "benevoles@1".to_owned();
    vec![
        Withheld::TooFewTerritories { arm: arm(), has: 2, needed: 3 },
        Withheld::OneTerritoryDominates { arm: arm() },
        Withheld::DenominatorInNoise { arm: arm(), needed: 900 },
        Withheld::TooFewAboveNoise { arm: arm(), has: 4, needed: 5 },
        Withheld::StratumTooThin { arm: arm(), density: Density(2), has: 1, needed: 2 },
        Withheld::TellsAPart { arm: arm() },
        Withheld::HiddenPeriod { arm: arm() },
        Withheld::ChangesDominated,
        Withheld::ChangesInNoise,
        Withheld::TooFewChanges { has: 2, needed: 8 },
        Withheld::TooFewUnchanged { has: 2, needed: 8 },
        Withheld::NoVariation,
        Withheld::Confounded,
        Withheld::Concentrated,
        Withheld::TooManyColumns,
        Withheld::NotEstimable,
    ]
}

#[test]
fn every_reason_has_its_sentence_and_its_code() {
    for withheld in every_withheld() {
        let sentence = withheld.sentence();
        check(&sentence);
        assert_eq!(sentence.code.strip_prefix("comparison-withheld-"), Some(withheld.code()));
    }
    let needed = Withheld::TooFewTerritories { arm: "a".to_owned(), has: 2, needed: 3 }.sentence();
    assert_eq!(
        needed.arguments.last(),
        Some(&("needed", Argument::Count(3))),
        "what would be needed is said"
    );
}

#[test]
fn every_code_is_in_both_catalogues_and_no_message_is_left_over() {
    for (language, catalogue) in CATALOGUES {
        let messages: Vec<&str> = catalogue
            .lines()
            .filter(|line| !line.starts_with(['#', ' ']))
            .filter_map(|line| line.split_once(" = ").map(|(name, _)| name))
            .filter(|name| name.starts_with("comparison-"))
            .collect();
        for code in CODES {
            assert!(messages.contains(&code), "{code} is missing in {language}");
        }
        for message in messages {
            assert!(CODES.contains(&message), "{message} in {language} is never asked for");
        }
    }
}

#[test]
fn no_sentence_claims_a_cause() {
    let causes = [
        "because",
        "due to",
        "thanks to",
        "causes",
        "leads to",
        "parce que",
        "grâce à",
        "à cause",
        "entraîne",
        "permet",
    ];
    for (language, catalogue) in CATALOGUES {
        let text = catalogue.to_lowercase();
        for cause in causes {
            assert!(!text.contains(cause), "{language}: {cause}");
        }
        let associated = if language == "fr" { "associé" } else { "associated with" };
        assert!(message(catalogue, "comparison-detected").unwrap().contains(associated));
        assert!(message(catalogue, "comparison-change-associated").unwrap().contains(associated));
    }
}
