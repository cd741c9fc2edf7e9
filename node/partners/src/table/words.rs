//! The words of cells, in French and in English. Every enumeration both ways; must never fall back to a guess.

use maillage_federation::{
    handover::{GiveBackReason, LegResult, ProgressStep},
    needs::Need,
};

use crate::{
    fault::{Why, repeated},
    messages::CallOff,
};

/// A word for each value: French, English.
pub(super) type Words<T> = [(T, &'static str, &'static str)];

/// What is said to a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    Offer,
    Award,
    Lapsed,
    Closed,
    Withdrawn,
    Cancelled,
    AccountSeen,
    Text,
}

/// What a partner answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Bid,
    Decline,
    Accept,
    GiveBack,
    Progress,
    Outcome,
    CallOffSeen,
    Text,
}

pub(super) const SENT: &Words<Sent> = &[
    (Sent::Offer, "offre", "offer"),
    (Sent::Award, "attribution", "award"),
    (Sent::Lapsed, "echu", "lapsed"),
    (Sent::Closed, "clos", "closed"),
    (Sent::Withdrawn, "retire", "withdrawn"),
    (Sent::Cancelled, "annule", "cancelled"),
    (Sent::AccountSeen, "bilan-vu", "account-seen"),
    (Sent::Text, "texte", "text"),
];

pub(super) const ANSWERS: &Words<Answer> = &[
    (Answer::Bid, "proposition", "bid"),
    (Answer::Decline, "sans-suite", "decline"),
    (Answer::Accept, "accord", "accept"),
    (Answer::GiveBack, "restitution", "give-back"),
    (Answer::GiveBack, "refus", "refuse"),
    (Answer::Progress, "avancement", "progress"),
    (Answer::Outcome, "bilan", "outcome"),
    (Answer::CallOffSeen, "annulation-vue", "call-off-seen"),
    (Answer::Text, "texte", "text"),
];

pub(super) const GIVE_BACK: &Words<GiveBackReason> = &[
    (GiveBackReason::NoDriver, "sans-chauffeur", "no-driver"),
    (GiveBackReason::Needs, "besoins", "needs"),
    (GiveBackReason::Vehicle, "vehicule", "vehicle"),
    (GiveBackReason::Details, "renseignements", "details"),
    (GiveBackReason::Coordinator, "decision", "coordinator"),
];

pub(super) const CALL_OFF: &Words<CallOff> = &[
    (CallOff::Mistake, "erreur", "mistake"),
    (CallOff::Time, "horaire", "time"),
    (CallOff::NotNeeded, "plus-besoin", "not-needed"),
    (CallOff::Unable, "empechement", "unable"),
    (CallOff::Other, "autre", "other"),
];

pub(super) const STEPS: &Words<ProgressStep> = &[
    (ProgressStep::DriverFound, "chauffeur-trouve", "driver-found"),
    (ProgressStep::DriverLost, "chauffeur-perdu", "driver-lost"),
    (ProgressStep::PickedUp, "a-bord", "picked-up"),
];

pub(super) const RESULTS: &Words<LegResult> = &[
    (LegResult::Completed, "fait", "completed"),
    (LegResult::NoShow, "absent", "no-show"),
    (LegResult::NotDone, "non-fait", "not-done"),
];

pub(super) const YES_NO: &Words<bool> = &[
    (true, "oui", "yes"),
    (false, "non", "no"),
    (true, "1", "true"),
    (false, "0", "false"),
    (true, "x", "vrai"),
    (false, "faux", "-"),
];

pub(super) const NEEDS: &Words<Need> = &[
    (Need::WheelchairManual, "fauteuil-manuel", "wheelchair-manual"),
    (Need::WheelchairElectric, "fauteuil-electrique", "wheelchair-electric"),
    (Need::TransferPossible, "transfert-possible", "transfer-possible"),
    (Need::WalkingAid, "aide-a-la-marche", "walking-aid"),
    (Need::Visual, "vue", "visual"),
    (Need::Hearing, "audition", "hearing"),
    (Need::Cognitive, "reperes", "cognitive"),
    (Need::Companion, "accompagnant", "companion"),
    (Need::AssistanceDog, "chien-d-assistance", "assistance-dog"),
    (Need::ChildSeat, "siege-enfant", "child-seat"),
    (Need::DoorToDoor, "porte-a-porte", "door-to-door"),
    (Need::Luggage, "bagages", "luggage"),
];

/// The French word of a value.
pub(super) fn word<T: PartialEq>(words: &Words<T>, value: T) -> &'static str {
    words.iter().find(|(known, _, _)| *known == value).map_or("", |(_, french, _)| french)
}

/// The value of a word in either language, whatever its case and accents.
pub(super) fn value<T: Copy>(words: &Words<T>, cell: &str) -> Result<T, Why> {
    let folded = unaccented(cell);
    let found = words.iter().find(|(_, french, english)| *french == folded || *english == folded);
    found.map(|(value, _, _)| *value).ok_or_else(|| Why::NotOneOf {
        value: repeated(cell),
        allowed: words.iter().map(|(_, french, _)| *french).collect::<Vec<_>>().join(", "),
    })
}

fn unaccented(cell: &str) -> String {
    let plain = |c: char| match c {
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'à' | 'â' => 'a',
        'î' | 'ï' => 'i',
        'ô' => 'o',
        'û' | 'ù' | 'ü' => 'u',
        'ç' => 'c',
        ' ' | '_' => '-',
        other => other,
    };
    cell.trim().to_lowercase().chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use maillage_federation::needs::Need;

    use super::{ANSWERS, Answer, CALL_OFF, GIVE_BACK, NEEDS, RESULTS, SENT, STEPS, Words, value, word};

    fn both_ways<T: Copy + PartialEq + std::fmt::Debug>(words: &Words<T>) {
        for (known, french, english) in words {
            assert_eq!(value(words, french).unwrap(), *known);
            assert_eq!(value(words, english).unwrap(), *known);
            assert_eq!(value(words, word(words, *known)).unwrap(), *known);
        }
    }

    #[test]
    fn every_word_is_read_in_both_languages() {
        both_ways(SENT);
        both_ways(ANSWERS);
        both_ways(GIVE_BACK);
        both_ways(CALL_OFF);
        both_ways(STEPS);
        both_ways(RESULTS);
        both_ways(NEEDS);
        assert_eq!(value(ANSWERS, "Proposition").unwrap(), Answer::Bid);
        for need in Need::ALL {
            assert!(!word(NEEDS, need).is_empty(), "{need}");
        }
    }
}
