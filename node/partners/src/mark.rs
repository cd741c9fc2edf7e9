//! What a partner says as bytes that never change: by them a word that is said again is known, in either format and after any
//! change of how files look. Must never be written differently: a word that was taken would be taken again.

use maillage_federation::handover::{GiveBackReason, LegResult, ProgressStep};

use crate::messages::{FromPartner, Said};

/// Of this way to write it.
const VERSION: u8 = 1;

impl Said {
    /// Everything that makes it the word it is, the partner's own number included. Where it stands in a file is no part of it.
    pub fn as_bytes(&self) -> Vec<u8> {
        let about = self.message.about();
        let mut bytes = Bytes(vec![VERSION, kind(&self.message)]);
        bytes.0.extend(about.handover.to_array());
        bytes.number(about.round);
        bytes.0.push(u8::try_from(about.legs).unwrap_or(u8::MAX));
        match &self.message {
            FromPartner::Bid { bid, fare_cents, .. } => {
                bytes.0.push(u8::from(bid.firm));
                bid.pickup_ms.iter().for_each(|at| bytes.instant(Some(*at)));
                bytes.number(bid.extra_m);
                bytes.0.push(u8::from(fare_cents.is_some()));
                bytes.number(fare_cents.unwrap_or_default());
            }
            FromPartner::Decline { reason, .. } => bytes.0.push(reason.map_or(0, reason_code)),
            FromPartner::GiveBack { reason, .. } => bytes.0.push(reason_code(*reason)),
            FromPartner::Progress { leg, step, at_ms, .. } => {
                bytes.0.push(u8::try_from(*leg).unwrap_or(u8::MAX));
                bytes.0.push(match step {
                    ProgressStep::DriverFound => 1,
                    ProgressStep::DriverLost => 2,
                    ProgressStep::PickedUp => 3,
                });
                bytes.instant(*at_ms);
            }
            FromPartner::Outcome { legs, .. } => {
                for leg in legs {
                    bytes.0.push(match leg.result {
                        LegResult::Completed => 1,
                        LegResult::NoShow => 2,
                        LegResult::NotDone => 3,
                    });
                    bytes.number(leg.loaded_m);
                    bytes.number(leg.empty_m);
                }
            }
            FromPartner::Text { text, .. } => bytes.text(&text.0),
            FromPartner::Accept(_) | FromPartner::CallOffSeen(_) => {}
        }
        bytes.text(&self.number);
        bytes.0
    }
}

/// Big-endian numbers, texts after their length.
struct Bytes(Vec<u8>);

impl Bytes {
    fn number(&mut self, number: u32) {
        self.0.extend(number.to_be_bytes());
    }

    fn instant(&mut self, ms: Option<i64>) {
        self.0.push(u8::from(ms.is_some()));
        self.0.extend(ms.unwrap_or_default().to_be_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(u32::try_from(text.len()).unwrap_or(u32::MAX));
        self.0.extend(text.as_bytes());
    }
}

fn kind(message: &FromPartner) -> u8 {
    match message {
        FromPartner::Bid { .. } => 1,
        FromPartner::Decline { .. } => 2,
        FromPartner::Accept(_) => 3,
        FromPartner::GiveBack { .. } => 4,
        FromPartner::Progress { .. } => 5,
        FromPartner::Outcome { .. } => 6,
        FromPartner::CallOffSeen(_) => 7,
        FromPartner::Text { .. } => 8,
    }
}

fn reason_code(reason: GiveBackReason) -> u8 {
    match reason {
        GiveBackReason::NoDriver => 1,
        GiveBackReason::Needs => 2,
        GiveBackReason::Vehicle => 3,
        GiveBackReason::Details => 4,
        GiveBackReason::Coordinator => 5,
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fmt::Write as _};

    use maillage_federation::{
        handover::{Bid, GiveBackReason, LegOutcome, LegResult, ProgressStep},
        ids::Id,
    };

    use crate::{About, FromPartner, OwnWords, Place, Said};

    fn every_message() -> Vec<FromPartner> {
        let about = About { handover: Id::new(1_700_000_000_000, [7; 10]), round: 3, legs: 2 };
        let bid = Bid { firm: true, pickup_ms: vec![1_000, -2_000], extra_m: 12_500, agreement: None };
        let reason = GiveBackReason::Vehicle;
        let leg = |result| LegOutcome { result, loaded_m: 30_000, empty_m: 4_000, contribution_cents: 0 };
        vec![
            FromPartner::Bid { about, bid: bid.clone(), fare_cents: Some(4_500) },
            FromPartner::Bid { about, bid: bid.clone(), fare_cents: None },
            FromPartner::Bid { about, bid: Bid { firm: false, ..bid }, fare_cents: None },
            FromPartner::Decline { about, reason: None },
            FromPartner::Decline { about, reason: Some(reason) },
            FromPartner::Accept(about),
            FromPartner::Accept(About { round: 4, ..about }),
            FromPartner::GiveBack { about, reason },
            FromPartner::Progress { about, leg: 1, step: ProgressStep::PickedUp, at_ms: Some(5) },
            FromPartner::Progress { about, leg: 1, step: ProgressStep::PickedUp, at_ms: None },
            FromPartner::Progress { about, leg: 0, step: ProgressStep::DriverLost, at_ms: None },
            FromPartner::Outcome { about, legs: vec![leg(LegResult::Completed), leg(LegResult::NoShow)] },
            FromPartner::Outcome { about, legs: vec![leg(LegResult::NotDone), leg(LegResult::NoShow)] },
            FromPartner::CallOffSeen(about),
            FromPartner::Text { about, text: OwnWords("été".to_owned()) },
        ]
    }

    fn said(message: FromPartner, number: &str) -> Vec<u8> {
        Said { place: Place::File, number: number.to_owned(), message }.as_bytes()
    }

    #[test]
    fn what_was_taken_once_is_known_for_ever() {
        let hex = |bytes: Vec<u8>| {
            bytes.iter().fold(String::new(), |mut text, byte| {
                let _ = write!(text, "{byte:02x}");
                text
            })
        };
        let written: Vec<String> =
            every_message().into_iter().map(|message| hex(said(message, "12"))).collect();
        let golden: Vec<&str> = include_str!("../golden/said.v1.hex").lines().collect();
        assert_eq!(written, golden, "{}", written.join("\n"));
    }

    #[test]
    fn no_two_words_are_the_same_bytes() {
        let messages = every_message();
        let all: BTreeSet<Vec<u8>> = messages
            .iter()
            .flat_map(|message| ["", "1", "2"].map(|number| said(message.clone(), number)))
            .collect();
        assert_eq!(all.len(), messages.len() * 3);
    }
}
