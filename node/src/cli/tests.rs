//! The command line as a person and a program meet it, without a node: texts complete in both languages, words, exit
//! codes.

use std::{collections::BTreeSet, ffi::OsString, fs, path::Path};

use clap::CommandFactory as _;
use maillage_federation::{
    agreement,
    handover::Refused,
    statistics::{Vocabulary, WithdrawalReason},
};
use maillage_platform::{
    cli::{ExitCode, Format, Output, missing_help_keys},
    i18n::{Catalog, Language},
    refusal::{Refusal, RefusalKind},
};
use maillage_proto::node::v1 as proto;

use super::{
    TEXTS, arguments::Arguments, catalog, codes, failure::CommandError, handovers, planning, reports, roads,
    run_with, session::Session, trips, words::Words,
};

/// Runs the program and gives its exit code, standard output and standard error.
fn run(arguments: &[&str]) -> (ExitCode, String, String) {
    let args: Vec<OsString> =
        std::iter::once("maillage-node").chain(arguments.iter().copied()).map(Into::into).collect();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = run_with(&args, &mut out, &mut err).unwrap();
    (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

fn lacking(keys: impl IntoIterator<Item = String>) -> Vec<String> {
    let catalog = catalog().unwrap();
    let lacks = |key: &String| Language::ALL.into_iter().any(|language| !catalog.has(language, key));
    keys.into_iter().filter(lacks).collect()
}

fn french(check: impl Fn(Words<'_>)) {
    check(Words::new(&catalog().unwrap(), Language::French));
}

/// Everything that can happen to a handover (`HandoverMoment.what`).
const MOMENTS: [&str; 24] = [
    "offered",
    "bid",
    "awarded",
    "accepted",
    "refused",
    "lapsed",
    "released",
    "withdrawn",
    "cancelled",
    "expired",
    "closed",
    "outcome",
    "message",
    "driver-found",
    "driver-lost",
    "picked-up",
    "carried-by",
    "countersigned",
    "disputed",
    "change-asked",
    "change-agreed",
    "change-not-agreed",
    "change-lapsed",
    "unreadable",
];

#[test]
fn every_command_and_argument_has_its_help_in_both_languages() {
    let catalog = catalog().unwrap();
    assert_eq!(missing_help_keys(&Arguments::command(), &catalog), Vec::<String>::new());
    assert_eq!(catalog.differences(), Vec::<String>::new());
}

#[test]
fn no_help_text_is_left_over() {
    let catalog = catalog().unwrap();
    let platform = Catalog::new(&[]).unwrap().keys(Language::French);
    let without_help: Vec<(Language, String)> = TEXTS
        .iter()
        .map(|(language, text)| {
            (
                *language,
                text.lines().filter(|line| !line.starts_with("cli-node")).collect::<Vec<_>>().join("\n"),
            )
        })
        .collect();
    let sources: Vec<(Language, &str)> =
        without_help.iter().map(|(language, text)| (*language, text.as_str())).collect();
    let wanted: BTreeSet<String> =
        missing_help_keys(&Arguments::command(), &Catalog::new(&sources).unwrap()).into_iter().collect();
    let known = catalog.keys(Language::French);
    let left_over: Vec<&String> = known
        .iter()
        .filter(|key| key.starts_with("cli-") && !platform.contains(*key) && !wanted.contains(*key))
        .collect();
    assert_eq!(left_over, Vec::<&String>::new());
}

#[test]
fn every_refusal_that_the_sources_name_has_its_text() {
    let mut reasons = BTreeSet::new();
    collect_reasons(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut reasons);
    assert!(reasons.len() > 50, "the sources name {} reasons only", reasons.len());
    assert_eq!(lacking(reasons.iter().map(|reason| format!("refusal-{reason}"))), Vec::<String>::new());
}

/// The first text literal after each call that makes a refusal.
fn collect_reasons(folder: &Path, reasons: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect_reasons(&path, reasons);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            let source = fs::read_to_string(&path).unwrap();
            for call in ["invalid(", "conflict(", "unknown(", "CommandError::usage(", "Refusal::new("] {
                reasons.extend(source.split(call).skip(1).filter_map(first_literal));
            }
        }
    }
}

/// The code in a call's arguments, up to the end of the statement.
fn first_literal(rest: &str) -> Option<String> {
    let end = rest.find([')', ';'])?;
    let literal = rest.get(..end)?.split('"').nth(1)?;
    let is_code = |letter: char| letter.is_ascii_lowercase() || letter == '-';
    (!literal.is_empty() && literal.chars().all(is_code)).then(|| literal.to_owned())
}

#[test]
fn every_refusal_of_the_arbiter_has_its_text() {
    let all = [
        Refused::Unknown,
        Refused::Exists,
        Refused::NotYours,
        Refused::WrongRound,
        Refused::WrongState,
        Refused::TooLate,
        Refused::NotEligible,
        Refused::NoLiveBid,
        Refused::BadDeadline,
        Refused::BadTerms,
        Refused::TooManyWords,
        Refused::ChangePending,
        Refused::NoSuchChange,
        Refused::ChangeLocked,
        Refused::NoAgreement,
        Refused::AgreementNotInForce,
        Refused::AgreementOtherWay,
    ];
    assert_eq!(lacking(all.map(|refused| format!("refusal-{}", refused.code()))), Vec::<String>::new());
}

/// Everything a desk may have to look at (`HandoverConcern.what`).
const CONCERNS: [&str; 10] = [
    "uncertain",
    "returned",
    "to-answer",
    "to-choose",
    "change-asked",
    "account-missing",
    "disputed",
    "message",
    "refused",
    "lost",
];

#[test]
fn everything_that_can_happen_to_a_handover_has_its_word() {
    assert_eq!(lacking(CONCERNS.map(|what| format!("concern-{what}")).into_iter()), Vec::<String>::new());
    assert_eq!(lacking(MOMENTS.map(|what| format!("moment-{what}")).into_iter()), Vec::<String>::new());
}

#[test]
fn every_code_of_the_contract_has_its_word() {
    let statuses =
        ["requested", "offered", "confirmed", "picked-up", "completed", "cancelled", "no-show", "unmet"];
    let custodies = ["local", "offered-out", "uncertain", "held-by-neighbour", "carried-for-neighbour"];
    let states = [
        "sending",
        "open",
        "awarded",
        "held",
        "released",
        "withdrawn",
        "expired",
        "cancelled",
        "done",
        "closed",
        "refused",
    ];
    let drivers = [
        "inactive",
        "too-few-seats",
        "no-wheelchair-place",
        "need-not-accepted",
        "unknown-home",
        "too-far",
        "window-too-short",
        "absent",
        "unavailable",
        "not-both-legs",
        "busy",
    ];
    let merits = ["standing-yes", "lives-there", "waits", "goes-home-between", "within-rounds", "shares"];
    let actions = [
        "offer-to-a-driver",
        "accept",
        "refuse",
        "pick-up-the-person-of",
        "complete",
        "record-a-no-show-for",
        "cancel",
        "declare-unmet",
        "hand-over",
        "mark-as-uncertain",
        "let-a-neighbour-hold",
        "take-back",
        "take-a-neighbours-outcome-for",
    ];
    let lists: [(&str, &[&str]); 18] = [
        ("need", &codes::NEEDS),
        ("sharing", &codes::SHARING),
        ("purpose", &codes::PURPOSES),
        ("decision", &codes::DECISIONS),
        ("driver-refusal", &codes::DRIVER_REFUSALS),
        ("cancelled-by", &codes::CANCELLED_BY),
        ("unmet", &codes::UNMET),
        ("give-back", &codes::GIVE_BACK),
        ("dispute", &codes::DISPUTE),
        ("status", &statuses),
        ("custody", &custodies),
        ("leg", &["outbound", "return"]),
        ("direction", &["outgoing", "incoming"]),
        ("handover-state", &states),
        ("link", &["not-joined", "connecting", "attached", "refused"]),
        ("reason", &drivers),
        ("why-not", &drivers),
        ("action", &actions),
    ];
    let keys = lists.iter().flat_map(|(list, codes)| codes.iter().map(move |code| format!("{list}-{code}")));
    assert_eq!(lacking(keys), Vec::<String>::new());
    assert_eq!(lacking(merits.map(|merit| format!("reason-{merit}"))), Vec::<String>::new());
}

#[test]
fn every_code_of_reports_has_its_word() {
    let reasons = WithdrawalReason::ALL.map(WithdrawalReason::code);
    assert_eq!(reasons, codes::WITHDRAWALS);
    let cells: Vec<&str> =
        Vocabulary::all().iter().flat_map(Vocabulary::cells).map(|(_, cell)| cell).collect();
    let lists: [(&str, &[&str]); 4] = [
        ("report-state", &["frozen", "sent", "refused", "withdrawn", "withheld", "few-beneficiaries"]),
        ("report-silent", &["withheld", "few-beneficiaries"]),
        ("withdrawn", &codes::WITHDRAWALS),
        ("cell", &cells),
    ];
    let keys = lists.iter().flat_map(|(list, codes)| codes.iter().map(move |code| format!("{list}-{code}")));
    assert_eq!(lacking(keys), Vec::<String>::new());
}

#[test]
fn every_code_of_riding_together_has_its_word() {
    let keys = codes::POOLING.iter().map(|code| format!("pooling-{code}"));
    let refused = ["decided", "consent", "stale"].map(|why| format!("dispatch-plan-line-{why}"));
    let others = ["attention-company-not-agreed", "refusal-pooling-unknown", "dispatch-relax-pooling"];
    assert_eq!(lacking(keys.chain(refused).chain(others.map(str::to_owned))), Vec::<String>::new());
}

#[test]
fn every_code_and_refusal_of_agreements_has_its_word() {
    let lists: [(&str, &[&str]); 5] = [
        ("agreement-carrier", &codes::CARRIERS),
        ("agreement-trust", &codes::TRUST),
        ("agreement-side", &["us", "them"]),
        ("agreement-said", &["propose", "accept", "decline", "take-back", "end"]),
        ("agreement-state", &["none", "sending", "proposed", "to-come", "in-force", "ended"]),
    ];
    let keys = lists.iter().flat_map(|(list, codes)| codes.iter().map(move |code| format!("{list}-{code}")));
    let refusals = agreement::Refused::ALL.map(|refused| format!("refusal-{}", refused.code()));
    assert_eq!(lacking(keys.chain(refusals)), Vec::<String>::new());
}

#[test]
fn every_code_of_settlements_has_its_word() {
    let lists: [(&str, &[&str]); 4] = [
        ("settlement-result", &["driven", "no-show", "at-the-door", "nothing"]),
        ("settlement-state", &["open", "signed-by-us", "signed-by-them", "settled", "different"]),
        ("settlement-difference", &["missing-here", "missing-there", "otherwise"]),
        ("settlement-trouble", &["version", "other-month", "no-agreement"]),
    ];
    let keys = lists.iter().flat_map(|(list, codes)| codes.iter().map(move |code| format!("{list}-{code}")));
    assert_eq!(lacking(keys), Vec::<String>::new());
}

#[test]
fn times_and_distances_are_those_of_a_coordinator() {
    french(|words| {
        assert_eq!(words.instant("2026-10-05T12:05:00Z"), "lun. 5 oct. 2026, 14\u{a0}h\u{a0}05");
        assert_eq!(words.instant("2026-12-25T23:30:00Z"), "sam. 26 déc. 2026, 0\u{a0}h\u{a0}30");
        assert_eq!(words.instant("bientôt"), "bientôt");
        let span = words.span("2026-10-05T06:20:00Z", "2026-10-05T07:30:00Z");
        assert_eq!(span, "lun. 5 oct. 2026, 8\u{a0}h\u{a0}20 – 9\u{a0}h\u{a0}30");
        for (metres, text) in [(0, "0,0"), (12_349, "12,3"), (12_350, "12,4"), (999_960, "1000,0")] {
            assert_eq!(words.kilometres(metres), format!("{text}\u{a0}km"));
        }
        assert_eq!(words.duration(59 * 60 + 1), "1\u{a0}h\u{a0}00");
        assert_eq!(words.duration(12 * 60), "12\u{a0}min");
        assert_eq!(
            words.availability("mon 08:00-18:00,tue 09:00-12:00"),
            "lun. 08:00-18:00, mar. 09:00-12:00"
        );
        assert_eq!(words.decimal(1.19, 2), "1,19");
    });
    let catalog = catalog().unwrap();
    let words = Words::new(&catalog, Language::English);
    assert_eq!(words.instant("2026-10-05T12:05:00Z"), "Mon 5 Oct 2026, 14:05");
    assert_eq!(words.kilometres(12_350), "12.4\u{a0}km");
}

#[test]
fn refusals_and_reasons_are_told_with_words_for_their_codes() {
    french(|words| {
        let refusal = Refusal::new(RefusalKind::Conflict, "trip-wrong-status")
            .with("action", "pick up the person of")
            .with("status", "cancelled");
        let text = words.refusal(&refusal);
        assert!(text.contains("noter la prise en charge") && text.contains("annulé"), "{text}");
        let refusal = Refusal::new(RefusalKind::InvalidInput, "commune-outside-territory")
            .with("field", "home")
            .with("commune", "81004")
            .with("territory", "200034031");
        let text = words.refusal(&refusal);
        assert!(text.contains("Albi (81004)") && text.contains("(200034031)"), "{text}");
        let figures = [("wanted_m", "61240"), ("limit_m", "50000")];
        let figures = figures.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect();
        let reason = proto::Reason { code: "too-far".to_owned(), figures };
        assert_eq!(words.reason(&reason), "61,2\u{a0}km de chez lui à chez lui, sa limite est 50,0\u{a0}km");
        let unknown = proto::Reason { code: "never-heard-of".to_owned(), figures: [].into() };
        assert_eq!(words.reason(&unknown), "never-heard-of");
    });
}

/// What a part of a command prints in French.
fn printed(print: impl Fn(&mut Session<'_>) -> Result<(), CommandError>) -> String {
    let catalog = catalog().unwrap();
    let mut bytes = Vec::new();
    let output = Output::new(&mut bytes, Format::Text, &catalog, Language::French);
    print(&mut Session::new(Path::new("nowhere"), output, Words::new(&catalog, Language::French))).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn an_uncertain_owner_is_said_with_the_time_and_the_other_desks_phone() {
    let certain = proto::Handover {
        partner: "node-2".to_owned(),
        partner_territory: "CC Centre Tarn".to_owned(),
        partner_phone: "05 63 00 00 02".to_owned(),
        ..proto::Handover::default()
    };
    let uncertain = proto::Handover { uncertain_since: "2026-10-05T12:05:00Z".to_owned(), ..certain.clone() };
    let unnamed = proto::Handover {
        partner_territory: String::new(),
        partner_phone: String::new(),
        ..uncertain.clone()
    };
    let text = |handover: &proto::Handover| printed(|session| handovers::warn_uncertain(session, handover));
    assert_eq!(text(&certain), "");
    assert_eq!(
        text(&uncertain),
        "Incertain depuis lun. 5 oct. 2026, 14\u{a0}h\u{a0}05\u{a0}; appelez l’autre guichet (CC Centre Tarn)\u{a0}: 05 63 00 00 02\n"
    );
    assert!(text(&unnamed).contains("(node-2). Son téléphone n’est pas connu"), "{}", text(&unnamed));
}

#[test]
fn suggestions_name_who_can_and_say_of_everybody_else_why_not() {
    let reason = |code: &str| proto::Reason { code: code.to_owned(), figures: [].into() };
    let suggestion = proto::SuggestReply {
        candidates: vec![proto::Candidate {
            volunteer: "v1".to_owned(),
            name: "Jean".to_owned(),
            extra_m: 12_340,
            pickup_at: vec!["2026-10-05T06:20:00Z".to_owned()],
            standing_yes: true,
            reasons: vec![reason("standing-yes"), reason("lives-there")],
        }],
        refusals: vec![proto::Refusal {
            volunteer: "v2".to_owned(),
            name: "Lise".to_owned(),
            reason: Some(reason("no-wheelchair-place")),
        }],
        distance_source: "estimate".to_owned(),
        attribution: String::new(),
    };
    let text = printed(|session| trips::show_suggestion(session, &suggestion));
    for expected in [
        "Jean",
        "12,3\u{a0}km",
        "8\u{a0}h\u{a0}20",
        "peut être promis sans demander\u{a0}; habite",
        "Lise",
        "fauteuil",
        "distance estimée",
    ] {
        assert!(text.contains(expected), "{expected} in\n{text}");
    }
    assert!(!text.contains("OpenStreetMap"), "an estimate owes nobody anything:\n{text}");
    let routed = proto::SuggestReply { distance_source: "router".to_owned(), ..suggestion };
    let text = printed(|session| trips::show_suggestion(session, &routed));
    assert!(text.contains("distance par la route – © les contributeurs d'OpenStreetMap – ODbL"), "{text}");
    let nobody = printed(|session| trips::show_suggestion(session, &proto::SuggestReply::default()));
    assert!(nobody.contains("Personne ne peut conduire") && nobody.contains("handover offer"), "{nobody}");
}

#[test]
fn a_plan_says_on_which_roads_it_was_made() {
    let plan = proto::DayPlan { distance_source: "estimate".to_owned(), ..proto::DayPlan::default() };
    let text = printed(|session| planning::show_plan(session, &plan));
    assert!(text.contains("distance estimée") && !text.contains("OpenStreetMap"), "{text}");
    let routed = proto::DayPlan { distance_source: "router".to_owned(), ..plan };
    let text = printed(|session| planning::show_plan(session, &routed));
    assert!(text.contains("distance par la route – © les contributeurs d'OpenStreetMap – ODbL"), "{text}");
    let answer = |source: &str| proto::SuggestInDayReply {
        distance_source: source.to_owned(),
        ..proto::SuggestInDayReply::default()
    };
    let text = printed(|session| planning::show_answer(session, &answer("estimate")));
    assert!(text.contains("distance estimée") && !text.contains("OpenStreetMap"), "{text}");
    let text = printed(|session| planning::show_answer(session, &answer("router")));
    assert!(text.contains("distance par la route") && text.contains("OpenStreetMap"), "{text}");
}

#[test]
fn the_state_of_the_router_and_a_calibration_are_said_in_words() {
    let assumed = |detour_thousandths, speed_m_per_h| {
        Some(proto::RoadAssumptions { detour_thousandths, speed_m_per_h })
    };
    let none = proto::RoadsState { assumptions: assumed(1_300, 45_000), ..proto::RoadsState::default() };
    let text = printed(|session| roads::show_roads(session, &none));
    for expected in ["aucun routeur", "1,30", "45,0\u{a0}km/h", "hypothèses déclarées"] {
        assert!(text.contains(expected), "{expected} in\n{text}");
    }
    let resting = proto::RoadsState {
        url: "http://127.0.0.1:5000".to_owned(),
        engine: "osrm".to_owned(),
        breaker: "open".to_owned(),
        breaker_until: "2026-10-05T12:05:00Z".to_owned(),
        last_error: "timed-out".to_owned(),
        last_error_at: "2026-10-05T12:04:00Z".to_owned(),
        calibrated_from: "2026-10-01".to_owned(),
        calibrated_pairs: 182,
        ..none
    };
    let text = printed(|session| roads::show_roads(session, &resting));
    for expected in ["laissé en paix", "14\u{a0}h\u{a0}05", "n’a pas répondu à temps", "182", "OpenStreetMap"]
    {
        assert!(text.contains(expected), "{expected} in\n{text}");
    }
    let reply = proto::CalibrateReply {
        old: assumed(1_300, 45_000),
        new: assumed(1_412, 52_300),
        lower_quartile: assumed(1_330, 47_000),
        upper_quartile: assumed(1_560, 58_900),
        pairs: 182,
        ..proto::CalibrateReply::default()
    };
    let text = printed(|session| roads::show_calibration(session, &reply));
    for expected in ["1,30", "1,41", "1,33 – 1,56", "52,3\u{a0}km/h", "182", "Rien n’est changé"] {
        assert!(text.contains(expected), "{expected} in\n{text}");
    }
}

#[test]
fn every_failure_of_a_router_has_its_words() {
    use crate::app::roads::{Nonsense, RouterError};
    let nonsense = [
        Nonsense::Dimensions,
        Nonsense::Negative,
        Nonsense::NotFinite,
        Nonsense::Gap,
        Nonsense::Short,
        Nonsense::Long,
        Nonsense::Fast,
        Nonsense::Slow,
        Nonsense::Snapped,
    ];
    let failures = [
        RouterError::Resting,
        RouterError::Unreachable,
        RouterError::TimedOut,
        RouterError::TooLarge,
        RouterError::Status(500),
        RouterError::Unreadable,
        RouterError::Refused,
    ];
    let all = failures.into_iter().chain(nonsense.map(RouterError::Nonsense));
    let keys: Vec<String> = all.map(|error| format!("router-error-{}", error.code())).collect();
    assert_eq!(lacking(keys), Vec::<String>::new());
}

#[test]
fn a_preview_says_in_plain_words_what_somebody_could_guess() {
    let preview = proto::ReportPreview {
        period: "2026-10".to_owned(),
        sections: vec![proto::PreviewSection {
            model: "hybride-guichet@1".to_owned(),
            cells: vec!["trips-fulfilled".to_owned()],
            true_counts: vec![41],
            noise_2sd: vec![80],
        }],
        budget_used: "9/3200".to_owned(),
        budget_limit: "27/800".to_owned(),
        sigma: 40,
        counts_known: true,
        ..proto::ReportPreview::default()
    };
    let text = printed(|session| reports::preview(session, &preview));
    for expected in
        ["devine juste 58 fois sur 100 au lieu de 50", "ε = 2,01", "trajets assurés", "41", "± 80", "9/3200"]
    {
        assert!(text.contains(expected), "{expected} in\n{text}");
    }
}

#[test]
fn help_is_french_unless_asked_otherwise_and_shows_nothing_of_clap() {
    let (code, out, err) = run(&["--lang", "fr", "trip", "cancel", "--help"]);
    assert_eq!((code, err.as_str()), (ExitCode::Ok, ""));
    assert!(out.contains("Annule un trajet") && out.contains("person (le bénéficiaire)"), "{out}");
    for english in ["possible values", "default:", "env:", "Usage:", "Print"] {
        assert!(!out.contains(english), "{english} in {out}");
    }
    let (_, out, _) = run(&["trip", "cancel", "--help", "--lang=en"]);
    assert!(out.contains("Calls a trip off"), "{out}");
    assert!(!run(&["--lang", "fr", "serve", "--help"]).1.contains("clock"), "the simulated clock is hidden");
}

#[test]
fn mistakes_on_the_command_line_end_with_2_in_words_and_as_json() {
    let requested =
        ["request", "add", "--lang", "fr", "--person", "p", "--to-commune", "81004", "--purpose", "health"];
    let both =
        [&requested[..], &["--arrive-by", "2026-10-05T09:30", "--pickup-at", "2026-10-05T08:30"]].concat();
    for arguments in [
        &["--lang", "fr"][..],
        &["--lang", "fr", "trip", "list"],
        &["--lang", "fr", "trip", "list", "--open", "--day", "2026-10-05"],
        &["--lang", "fr", "trip", "cancel", "t", "--by", "neighbour"],
        &requested,
        &both,
        &["--lang", "fr", "init", "--territory", "200034032"],
        &["--lang", "fr", "init", "--territory", "200034031", "--model", "hybride"],
    ] {
        let (code, out, err) = run(arguments);
        assert_eq!((code, out.as_str()), (ExitCode::Usage, ""), "{arguments:?}: {err}");
        assert!(!err.is_empty(), "{arguments:?}");
    }
    let (code, out, _) = run(&["--json", "trip", "list"]);
    assert!(out.starts_with("{\"error\":{\"reason\":\"usage\",\"details\":{"), "{out}");
    assert_eq!(code, ExitCode::Usage);
}

#[test]
fn an_ambiguous_commune_is_listed_before_anything_is_sent() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("nowhere");
    let person =
        ["person", "add", "--name", "Odette", "--lang", "fr", "--data", data.to_str().unwrap(), "--commune"];
    let (code, out, err) = run(&[&person[..], &["Castres"]].concat());
    assert_eq!((code, out.as_str()), (ExitCode::Usage, ""));
    assert!(err.contains("81065  Castres (81)") && err.contains("02142  Castres (02)"), "{err}");
    let (_, out, _) = run(&[&["--json"], &person[..], &["Castres"]].concat());
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(told["error"]["reason"], "commune-ambiguous");
    assert!(told["error"]["details"]["candidates"].as_str().unwrap().contains("81065"));
}

#[test]
fn a_node_that_is_not_there_is_said_to_people_and_programs() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("nowhere");
    let (code, out, err) = run(&["status", "--json", "--lang", "fr", "--data", data.to_str().unwrap()]);
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(told["error"]["reason"], "directory-missing");
    assert_eq!(code, ExitCode::Refused);
    assert!(err.contains("nowhere") && err.contains("maillage-node init"), "{err}");
}

#[test]
fn a_mistyped_enrolment_string_is_refused_and_not_repeated() {
    let (code, out, err) = run(&["join", "MAILLAGE1-SECRETCANARY", "--lang", "fr", "--json"]);
    assert_eq!(code, ExitCode::Refused);
    assert!(out.contains("enrolment-string-checksum"), "{out}");
    assert!(!out.contains("CANARY") && !err.contains("CANARY"), "{err}");
}
