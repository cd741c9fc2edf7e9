//! The closed lists that can be typed, as the contract names them. Must never decide what a code means: the node does,
//! and these lists only let a mistake be told before anything is sent.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

/// Languages of the interface.
pub(super) const LANGUAGES: [&str; 2] = ["fr", "en"];
/// Why a report is taken back.
pub(super) const WITHDRAWALS: [&str; 4] = ["wrong-counts", "wrong-model", "test-data", "other"];
/// How many volunteers a platform has.
pub(super) const BANDS: [&str; 5] = ["under-5", "5-9", "10-19", "20-49", "50-plus"];
/// What the node may do by itself.
pub(super) const DECISIONS: [&str; 2] = ["auto", "ask"];
/// What a rule says about what the node does by itself.
pub(super) const RULE_DECISIONS: [&str; 3] = ["auto", "ask", UNSAID];
/// That a rule says nothing about something.
pub(super) const UNSAID: &str = "unsaid";
/// What somebody is at the platform.
pub(super) const ROLES: [&str; 6] =
    ["coordinator", "driver", "prescriber", "treasurer", "administrator", "auditor"];
/// May a neighbour be asked to carry a person.
pub(super) const SHARING: [&str; 3] = ["always", "ask", "never"];
/// Whether others may be in the car.
pub(super) const POOLING: [&str; 2] = ["alone", "agreed"];
/// The same for one trip, which may say no more than the person has said for all.
pub(super) const POOLING_OF_TRIP: [&str; 3] = ["alone", "agreed", "as-person"];
/// Needs that bear on who can drive.
pub(super) const NEEDS: [&str; 12] = [
    "wheelchair-manual",
    "wheelchair-electric",
    "transfer-possible",
    "walking-aid",
    "visual",
    "hearing",
    "cognitive",
    "companion",
    "assistance-dog",
    "child-seat",
    "door-to-door",
    "luggage",
];
/// How somebody wishes to be reached.
pub(super) const CHANNELS: [&str; 4] = ["phone", "sms", "email", "letter"];
/// What a person does for a living, or is kept from doing.
pub(super) const SITUATIONS: [&str; 8] =
    ["jobseeker", "employed", "training", "retired", "disability", "minimum-income", "other", "unknown"];
/// Papers of volunteers.
pub(super) const DOCUMENTS: [&str; 5] =
    ["licence", "insurer-acceptance", "roadworthiness-test", "charter", "training"];
/// What a driver is to the carrier.
pub(super) const DRIVER_STATUS: [&str; 2] = ["volunteer", "employee"];
/// Whom a search looks for.
pub(super) const SEARCH_KINDS: [&str; 3] = ["person", "volunteer", "prescriber"];
/// Yes or no.
pub(super) const YES_NO: [&str; 2] = ["yes", "no"];
/// Why a person travels.
pub(super) const PURPOSES: [&str; 6] =
    ["health", "shopping", "administrative", "social", "work-training", "other"];
/// Why a driver says no (`DriverRefusesRequest.reason`).
pub(super) const DRIVER_REFUSALS: [&str; 6] =
    ["not-free", "too-far", "vehicle", "no-answer", "withdrew", "other"];
/// Who calls a trip off (`CancelRequest.by`).
pub(super) const CANCELLED_BY: [&str; 5] = ["person", "platform", "prescriber", "volunteer", "destination"];
/// Why a trip is called off (`CancelRequest.reason`).
pub(super) const CANCEL_REASONS: [&str; 13] = [
    "unspecified",
    "illness",
    "hospital",
    "appointment-moved",
    "appointment-cancelled",
    "other-transport",
    "weather",
    "no-longer-needed",
    "duplicate",
    "driver",
    "vehicle",
    "death",
    "other",
];
/// How a trip that is over really ended.
pub(super) const ENDINGS: [&str; 3] = ["completed", "no-show", "driver-absent"];
/// Why how a trip ended is put right.
pub(super) const CORRECTION_REASONS: [&str; 5] = ["typing", "outcome", "kilometres", "wrong-trip", "other"];
/// What a series does on holidays.
pub(super) const HOLIDAY_RULES: [&str; 3] = ["keep", "skip", "ask"];
/// Who was not there (`NoShowRequest.who`).
pub(super) const ABSENTEES: [&str; 2] = ["person", "driver"];
/// Other words for a code.
const SYNONYMS: [(&str, &str); 2] = [("unavailable", "not-free"), ("beneficiary", "person")];
/// Why nobody could serve a trip (`DeclareUnmetRequest.reason`).
pub(super) const UNMET: [&str; 8] = [
    "no-driver",
    "no-vehicle",
    "needs",
    "out-of-area",
    "out-of-frame",
    "too-late",
    "withdrawn",
    "unanswered",
];
/// Why a neighbour's trip is given back (`GiveBackRequest.reason`).
pub(super) const GIVE_BACK: [&str; 5] = ["no-driver", "needs", "vehicle", "details", "coordinator"];
/// What an outcome is disputed for (`JudgeOutcomeRequest.disputed`).
pub(super) const DISPUTE: [&str; 3] = ["result", "distance", "other"];
/// Who carries for the other by an agreement, seen from here.
pub(super) const CARRIERS: [&str; 3] = ["both", "us", "them"];
/// What takes the place of a line of a month: what became of it, or what the other of the two has signed.
pub(super) const SETTLEMENT_CORRECTIONS: [&str; 5] =
    ["driven", "no-show", "at-the-door", "nothing", "as-the-other"];
/// How far two members trust one another.
pub(super) const TRUST: [&str; 3] = ["ordinary", "trusted", "preferred"];

/// Reads one of `codes`, or another word for it, into the code.
pub(super) fn any_of(codes: &'static [&'static str]) -> impl TypedValueParser<Value = String> {
    let values = codes.iter().map(|code| {
        let synonyms = SYNONYMS.iter().filter(move |(_, meant)| meant == code).map(|(word, _)| *word);
        PossibleValue::new(*code).aliases(synonyms)
    });
    PossibleValuesParser::new(values).map(|typed| {
        let known = SYNONYMS.iter().find(|(word, _)| *word == typed);
        known.map_or_else(|| typed.clone(), |(_, code)| (*code).to_owned())
    })
}

/// A distance that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("12,5")]
pub(super) struct NotADistance;

/// Reads kilometres with up to three decimals, after a comma or a point, into metres.
pub(super) fn metres(text: &str) -> Result<u32, NotADistance> {
    let text = text.trim();
    let (whole, decimals) = text.split_once([',', '.']).unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || decimals.len() > 3 || !digits(whole) || !digits(decimals) {
        return Err(NotADistance);
    }
    let kilometres: u32 = whole.parse().map_err(|_| NotADistance)?;
    let rest: u32 = format!("{decimals:0<3}").parse().map_err(|_| NotADistance)?;
    kilometres.checked_mul(1000).and_then(|metres| metres.checked_add(rest)).ok_or(NotADistance)
}

/// When the node offers what nobody here can drive: a code, and hours where it is in the last ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Offering {
    /// `ask`, `at-once`, `within`, or that it is unsaid.
    pub(super) code: String,
    /// How many hours before the pickup.
    pub(super) hours: u32,
}

/// What is no [`Offering`]; it shows what some are like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("ask, at-once, 48")]
pub(super) struct NotAnOffering;

/// Reads `ask`, `at-once` or a number of hours.
pub(super) fn offering(text: &str) -> Result<Offering, NotAnOffering> {
    let text = text.trim();
    if matches!(text, "ask" | "at-once") {
        return Ok(Offering { code: text.to_owned(), hours: 0 });
    }
    let hours = text.trim_end_matches(['h', ' ']).parse().map_err(|_| NotAnOffering)?;
    Ok(Offering { code: "within".to_owned(), hours })
}

/// The same, or that a rule says nothing about it.
pub(super) fn offering_or_unsaid(text: &str) -> Result<Offering, NotAnOffering> {
    if text.trim() == UNSAID { Ok(Offering { code: UNSAID.to_owned(), hours: 0 }) } else { offering(text) }
}

/// Reads one of `codes`, or an empty text: alone, it takes a whole list away.
pub(super) fn any_of_or_none(codes: &'static [&'static str]) -> impl TypedValueParser<Value = String> {
    PossibleValuesParser::new(codes.iter().copied().chain([""]).map(PossibleValue::new))
}

#[cfg(test)]
mod tests {
    use maillage_domain::{
        person::{Pooling, Sharing},
        request::Purpose,
        roles::Role,
        trip::{Absentee, CancelReason, CancelledBy, CorrectionReason, DriverRefusal, UnmetReason},
    };
    use maillage_federation::needs::Need;

    use super::*;

    #[test]
    fn the_lists_are_those_of_the_rules() {
        assert_eq!(Need::ALL.map(Need::code), NEEDS);
        let roles: Vec<&str> = Role::ALL.iter().map(|value| value.code()).collect();
        assert_eq!(roles, ROLES);
        let sharing: Vec<&str> = Sharing::ALL.iter().map(|value| value.code()).collect();
        assert_eq!(sharing, SHARING);
        let pooling: Vec<&str> = Pooling::ALL.iter().map(|value| value.code()).collect();
        assert_eq!(pooling, POOLING);
        assert_eq!(pooling, POOLING_OF_TRIP[..2]);
        let purposes: Vec<&str> = Purpose::ALL.iter().map(|value| value.code()).collect();
        assert_eq!(purposes, PURPOSES);
        let unmet: Vec<&str> = UnmetReason::ALL.iter().map(|value| value.code()).collect();
        assert_eq!(unmet, UNMET);
        let refusals: Vec<&str> = DriverRefusal::ALL.iter().map(|value| value.code()).collect();
        assert_eq!(refusals, DRIVER_REFUSALS);
        let here = CancelledBy::ALL.iter().filter(|by| **by != CancelledBy::Origin);
        assert_eq!(here.map(|value| value.code()).collect::<Vec<_>>(), CANCELLED_BY);
        let said_by_people = CancelReason::ALL.iter().filter(|reason| **reason != CancelReason::Series);
        assert_eq!(said_by_people.map(|value| value.code()).collect::<Vec<_>>(), CANCEL_REASONS);
        let corrections: Vec<&str> = CorrectionReason::ALL.iter().map(|value| value.code()).collect();
        assert_eq!(corrections, CORRECTION_REASONS);
        let absent: Vec<&str> = Absentee::ALL.iter().map(|value| value.code()).collect();
        assert_eq!(absent, ABSENTEES);
    }

    #[test]
    fn another_word_for_a_code_is_read_as_the_code() {
        let command =
            || clap::Command::new("x").arg(clap::Arg::new("by").value_parser(any_of(&CANCELLED_BY)));
        for (typed, code) in [("person", "person"), ("beneficiary", "person"), ("platform", "platform")] {
            let matches = command().try_get_matches_from(["x", typed]).unwrap();
            assert_eq!(matches.get_one::<String>("by").map(String::as_str), Some(code));
        }
        for typed in ["origin", "unavailable", ""] {
            assert!(command().try_get_matches_from(["x", typed]).is_err(), "{typed:?}");
        }
    }

    #[test]
    fn kilometres_are_read_into_metres_or_refused() {
        for (text, expected) in [
            ("12", Ok(12_000)),
            ("12,5", Ok(12_500)),
            ("0.041", Ok(41)),
            (" 7, ", Ok(7_000)),
            ("4294967,295", Ok(u32::MAX)),
            ("4294967,296", Err(NotADistance)),
            ("", Err(NotADistance)),
            (",5", Err(NotADistance)),
            ("-1", Err(NotADistance)),
            ("1,2345", Err(NotADistance)),
            ("1e3", Err(NotADistance)),
            ("12 km", Err(NotADistance)),
        ] {
            assert_eq!(metres(text), expected, "{text:?}");
        }
    }
}
