//! Messages in words, in French: nobody was asked for another language. Must never add what the facts do not hold.

use maillage_domain::message::Topic;
use maillage_platform::i18n::{Catalog, FluentValue, Language};

use crate::{
    app::messages::{Letter, StillFacts},
    cli::words::Words,
};

/// The subject of an e-mail.
pub(super) fn subject(catalog: &Catalog, letter: &Letter) -> String {
    text(catalog, letter, "subject")
}

/// The body of an e-mail: what it is about, the drives, the link, the desk.
pub(super) fn body(catalog: &Catalog, letter: &Letter) -> String {
    let mut parts = vec![text(catalog, letter, "body"), drives(catalog, letter)];
    if !letter.facts.still.is_empty() {
        parts.push(say(catalog, "letter-drives-still", &[]));
        parts.push(still(catalog, letter).join("\n"));
    }
    if let Some(url) = &letter.facts.url {
        let key = if is_question(letter) { "letter-answer-link" } else { "letter-look-link" };
        parts.push(say(catalog, key, &[("url", url.clone().into())]));
    }
    parts.push(footer(catalog, letter));
    parts.join("\n\n")
}

/// A text message: one or two sentences.
pub(super) fn short(catalog: &Catalog, letter: &Letter) -> String {
    let drives = drives(catalog, letter).replace('\n', " ; ");
    let phone = &letter.facts.desk_phone;
    let mut parts = vec![text(catalog, letter, "subject"), drives];
    if !letter.facts.still.is_empty() {
        let still = still(catalog, letter).join(" ; ");
        parts.push(format!("{} {still}", say(catalog, "letter-drives-still", &[])));
    }
    match &letter.facts.url {
        Some(url) if is_question(letter) => parts.push(url.clone()),
        Some(_) | None if phone.is_empty() => {}
        Some(_) | None => parts.push(say(catalog, "letter-phone", &[("phone", phone.clone().into())])),
    }
    parts.join("\n")
}

fn is_question(letter: &Letter) -> bool {
    match letter.topic {
        Topic::Offer(_) | Topic::OfferReminder(_) => true,
        Topic::OfferOver(_)
        | Topic::DriveConfirmed(_)
        | Topic::DriveCancelled(_)
        | Topic::TripConfirmed(_)
        | Topic::TripTomorrow(_)
        | Topic::TripCancelled(_) => false,
    }
}

fn text(catalog: &Catalog, letter: &Letter, part: &str) -> String {
    let facts = &letter.facts;
    let words = Words::new(catalog, Language::French);
    let answer_by = facts.answer_by.map(|at| words.instant(&at.to_string())).unwrap_or_default();
    let args: [(&str, FluentValue<'_>); 4] = [
        ("recipient", facts.recipient.clone().into()),
        ("territory", facts.territory.clone().into()),
        ("other", facts.other.clone().into()),
        ("answer_by", answer_by.into()),
    ];
    // Whoever drives others on that day is not told to stay at home.
    let others = if letter.facts.still.is_empty() { "" } else { "-still" };
    say(catalog, &format!("letter-{}{others}-{part}", letter.topic.code()), &args)
}

/// What is driven all the same, with when to set out.
fn still(catalog: &Catalog, letter: &Letter) -> Vec<String> {
    let words = Words::new(catalog, Language::French);
    let line = |still: &StillFacts| {
        let args = [
            ("start", words.instant(&still.start.to_string()).into()),
            ("when", words.instant(&still.leg.pickup.to_string()).into()),
            ("from", still.leg.from.clone().into()),
            ("to", still.leg.to.clone().into()),
            ("other", still.other.clone().into()),
        ];
        say(catalog, "letter-drive-still", &args)
    };
    letter.facts.still.iter().map(line).collect()
}

fn drives(catalog: &Catalog, letter: &Letter) -> String {
    let words = Words::new(catalog, Language::French);
    let line = |leg: &crate::app::messages::LegFacts| {
        let args = [
            ("when", words.instant(&leg.pickup.to_string()).into()),
            ("from", leg.from.clone().into()),
            ("to", leg.to.clone().into()),
        ];
        let drive = say(catalog, "letter-drive", &args);
        match leg.meeting {
            None => drive,
            Some(meeting) => {
                let args = [("drive", drive.into()), ("meeting", meeting.code().into())];
                say(catalog, "letter-drive-met", &args)
            }
        }
    };
    letter.facts.legs.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn footer(catalog: &Catalog, letter: &Letter) -> String {
    let args = [
        ("territory", letter.facts.territory.clone().into()),
        ("phone", letter.facts.desk_phone.clone().into()),
    ];
    say(
        catalog,
        if letter.facts.desk_phone.is_empty() { "letter-footer" } else { "letter-footer-phone" },
        &args,
    )
}

fn say(catalog: &Catalog, key: &str, args: &[(&str, FluentValue<'_>)]) -> String {
    catalog.text(Language::French, key, args)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use maillage_domain::trip::Leg;
    use maillage_federation::ids::Id;

    use super::*;
    use crate::app::messages::{Facts, LegFacts};

    #[test]
    fn who_has_others_in_the_car_is_never_told_to_stay_at_home() {
        let catalog = crate::cli::catalog().unwrap();
        let leg = |from: &str| LegFacts {
            leg: Leg::Outbound,
            meeting: None,
            pickup: Timestamp::UNIX_EPOCH,
            from: from.to_owned(),
            to: "Albi".to_owned(),
        };
        let letter = |still: Vec<StillFacts>| Letter {
            id: Id::new(1, [1; 10]),
            topic: Topic::DriveCancelled(Id::new(1, [2; 10])),
            address: String::new(),
            facts: Facts { legs: vec![leg("Alban")], other: "Odette".to_owned(), still, ..Facts::default() },
        };
        let home = "vous n’avez pas à vous déplacer";
        let alone = letter(Vec::new());
        assert!(body(&catalog, &alone).contains(home));
        let (start, other) = (Timestamp::UNIX_EPOCH, "Marcel".to_owned());
        let with = letter(vec![StillFacts { start, other, leg: leg("Villefranche") }]);
        for words in [body(&catalog, &with), short(&catalog, &with)] {
            assert!(!words.contains(home), "{words}");
            assert!(words.contains("Marcel") && words.contains("Villefranche"), "{words}");
        }
        assert!(body(&catalog, &with).contains("Odette"));
    }
}
