//! The time line of each handover, by the hub's order, and what this node has said and the hub has not answered yet. Words,
//! notes and addresses in it are personal data: they go with the person. Must never be ordered by a clock.

use jiff::Timestamp;
use maillage_domain::handover::{Happening, Moment};
use maillage_engine::{EngineError, Record, Table, Transaction, Tree, View};
use maillage_federation::{
    handover::{
        AwardLeg, CarriedBy, ChangeDetails, Circle, DisputeReason, LegOutcome, LegResult, OutcomeDetails,
        ProgressStep, Word,
    },
    ids::{EnvelopeKind, HandoverKind, Id, NodeKind, TripKind},
};
use serde::{Deserialize, Serialize};

use crate::{
    fields::{broken, instant, parsed},
    kinds,
};

/// Moments by handover and revision.
pub const TREE: Tree = Tree::named("handover_moments");
/// What was said and is not answered yet, by handover and envelope.
pub const SAID_TREE: Tree = Tree::named("handover_said");

const MOMENTS: Table<([u8; 16], u64), MomentRecord> = Table::new(TREE);
const SAID: Table<([u8; 16], [u8; 16]), MomentRecord> = Table::new(SAID_TREE);

/// A moment, version 1. What does not belong to its code is empty.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MomentRecord {
    at_ms: i64,
    by: Option<Id<NodeKind>>,
    code: String,
    text: String,
    reason: String,
    leg: u32,
    when_ms: Option<i64>,
    carried: Option<CarriedRecord>,
    outcome: Vec<OutcomeRecord>,
    change: u64,
    legs: Vec<LegRecord>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct OutcomeRecord {
    result: String,
    loaded_m: u32,
    empty_m: u32,
    /// Since settlements exist; left out when there is none, so that moments before them stay as first written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    contribution_cents: Option<u32>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct CarriedRecord {
    carrier: String,
    frame: String,
    verdict: String,
    ground: String,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct LegRecord {
    trip: Id<TripKind>,
    pickup: String,
    pickup_address: String,
    dropoff: String,
    dropoff_address: String,
    earliest_pickup_ms: i64,
    latest_arrival_ms: i64,
}

impl Record for MomentRecord {
    const KIND: u16 = kinds::HANDOVER_MOMENT;
    const VERSION: u16 = 1;
}

/// Writes a moment. The same revision again replaces it: the hub decides once.
///
/// # Errors
/// Those of the engine.
pub fn put(transaction: &mut Transaction<'_>, moment: &Moment) -> Result<(), EngineError> {
    let key = (moment.handover.to_array(), moment.revision);
    MOMENTS.put(transaction, &key, &MomentRecord::new(moment.at, moment.by, &moment.what))
}

/// The moments of a handover, in the order of the hub.
///
/// # Errors
/// Those of the engine, and a record that no longer makes sense.
pub fn of(view: &(impl View + ?Sized), handover: Id<HandoverKind>) -> Result<Vec<Moment>, EngineError> {
    let rows = MOMENTS.scan_prefix(view, &handover.to_array(), usize::MAX)?;
    rows.into_iter().map(|((_, revision), record)| record.moment(handover, revision)).collect()
}

/// Keeps what an envelope says until the hub has answered it: what is sealed in it cannot be read again.
///
/// # Errors
/// Those of the engine.
pub fn say(
    transaction: &mut Transaction<'_>,
    (handover, envelope): (Id<HandoverKind>, Id<EnvelopeKind>),
    at: Timestamp,
    what: &Happening,
) -> Result<(), EngineError> {
    SAID.put(transaction, &(handover.to_array(), envelope.to_array()), &MomentRecord::new(at, None, what))
}

/// What an envelope said, which waits no longer.
///
/// # Errors
/// As [`of`].
pub fn answered(
    transaction: &mut Transaction<'_>,
    (handover, envelope): (Id<HandoverKind>, Id<EnvelopeKind>),
) -> Result<Option<Happening>, EngineError> {
    let key = (handover.to_array(), envelope.to_array());
    let Some(record) = SAID.get(transaction, &key)? else { return Ok(None) };
    SAID.delete(transaction, &key)?;
    record.happening().map(Some)
}

/// Forgets what an envelope said that is given up, whatever handover it was about.
///
/// # Errors
/// Those of the engine.
pub fn give_up(transaction: &mut Transaction<'_>, envelope: Id<EnvelopeKind>) -> Result<(), EngineError> {
    for (key, _) in SAID.scan(transaction, .., usize::MAX)? {
        if key.1 == envelope.to_array() {
            SAID.delete(transaction, &key)?;
        }
    }
    Ok(())
}

/// The moment of a handover under a revision.
///
/// # Errors
/// As [`of`].
pub fn at(
    view: &(impl View + ?Sized),
    handover: Id<HandoverKind>,
    revision: u64,
) -> Result<Option<Moment>, EngineError> {
    let record = MOMENTS.get(view, &(handover.to_array(), revision))?;
    record.map(|record| record.moment(handover, revision)).transpose()
}

/// What was said about a handover and waits for the hub, and since when by the clock of this node, in the order in which it
/// was said.
///
/// # Errors
/// As [`of`].
pub fn said(
    view: &(impl View + ?Sized),
    handover: Id<HandoverKind>,
) -> Result<Vec<(Timestamp, Happening)>, EngineError> {
    let rows = SAID.scan_prefix(view, &handover.to_array(), usize::MAX)?;
    let waiting = |(_, record): (([u8; 16], [u8; 16]), MomentRecord)| {
        Ok((instant(record.at_ms, kinds::HANDOVER_MOMENT)?, record.happening()?))
    };
    rows.into_iter().map(waiting).collect()
}

/// Takes words, notes and addresses out of the time line of a handover.
///
/// # Errors
/// Those of the engine.
pub fn forget(transaction: &mut Transaction<'_>, handover: Id<HandoverKind>) -> Result<(), EngineError> {
    for (key, record) in MOMENTS.scan_prefix(transaction, &handover.to_array(), usize::MAX)? {
        MOMENTS.put(transaction, &key, &record.without_personal_data())?;
    }
    for (key, record) in SAID.scan_prefix(transaction, &handover.to_array(), usize::MAX)? {
        SAID.put(transaction, &key, &record.without_personal_data())?;
    }
    Ok(())
}

impl MomentRecord {
    fn new(at: Timestamp, by: Option<Id<NodeKind>>, what: &Happening) -> Self {
        let mut record = Self {
            at_ms: at.as_millisecond(),
            by,
            code: what.code().to_owned(),
            text: String::new(),
            reason: String::new(),
            leg: 0,
            when_ms: None,
            carried: None,
            outcome: Vec::new(),
            change: 0,
            legs: Vec::new(),
        };
        match what {
            Happening::Outcome(outcome) => {
                record.outcome = outcome.legs.iter().map(OutcomeRecord::from).collect();
            }
            Happening::Word(word) => record.take_word(word),
            Happening::ChangeAsked(details) => {
                record.text.clone_from(&details.note);
                record.legs = details.legs.iter().map(LegRecord::from).collect();
            }
            Happening::ChangeAnswered { change, .. } => record.change = *change,
            Happening::Widened(circle) => record.reason = circle.number().to_string(),
            Happening::Offered
            | Happening::Bid
            | Happening::Awarded
            | Happening::Accepted
            | Happening::Refused
            | Happening::Lapsed
            | Happening::Released
            | Happening::Withdrawn
            | Happening::Cancelled
            | Happening::Expired
            | Happening::Closed
            | Happening::ChangeLapsed
            | Happening::Unreadable => {}
        }
        record
    }

    fn moment(self, handover: Id<HandoverKind>, revision: u64) -> Result<Moment, EngineError> {
        let (at, by) = (instant(self.at_ms, kinds::HANDOVER_MOMENT)?, self.by);
        Ok(Moment { handover, revision, at, by, what: self.happening()? })
    }

    fn take_word(&mut self, word: &Word) {
        match word {
            Word::Message { text } => self.text.clone_from(text),
            Word::Progress { leg, step: _, at_ms } => (self.leg, self.when_ms) = (*leg, *at_ms),
            Word::CarriedBy(CarriedBy { leg, carrier, frame, verdict, ground }) => {
                self.leg = *leg;
                self.carried = Some(CarriedRecord {
                    carrier: carrier.clone(),
                    frame: frame.clone(),
                    verdict: verdict.clone(),
                    ground: ground.clone(),
                });
            }
            Word::Countersigned => {}
            Word::Disputed { reason, text } => {
                reason.code().clone_into(&mut self.reason);
                self.text.clone_from(text);
            }
        }
    }

    fn happening(self) -> Result<Happening, EngineError> {
        let wrong = || broken(kinds::HANDOVER_MOMENT);
        let progress = |step| Happening::Word(Word::Progress { leg: self.leg, step, at_ms: self.when_ms });
        Ok(match self.code.as_str() {
            "offered" => Happening::Offered,
            "bid" => Happening::Bid,
            "awarded" => Happening::Awarded,
            "accepted" => Happening::Accepted,
            "refused" => Happening::Refused,
            "lapsed" => Happening::Lapsed,
            "released" => Happening::Released,
            "withdrawn" => Happening::Withdrawn,
            "cancelled" => Happening::Cancelled,
            "expired" => Happening::Expired,
            "closed" => Happening::Closed,
            "outcome" => {
                let legs = self.outcome.into_iter().map(LegOutcome::try_from).collect::<Result<_, _>>()?;
                Happening::Outcome(OutcomeDetails { legs })
            }
            "message" => Happening::Word(Word::Message { text: self.text }),
            "driver-found" => progress(ProgressStep::DriverFound),
            "driver-lost" => progress(ProgressStep::DriverLost),
            "picked-up" => progress(ProgressStep::PickedUp),
            "carried-by" => {
                let carried = self.carried.ok_or_else(wrong)?;
                Happening::Word(Word::CarriedBy(CarriedBy {
                    leg: self.leg,
                    carrier: carried.carrier,
                    frame: carried.frame,
                    verdict: carried.verdict,
                    ground: carried.ground,
                }))
            }
            "countersigned" => Happening::Word(Word::Countersigned),
            "disputed" => {
                let reason = DisputeReason::ALL.into_iter().find(|reason| reason.code() == self.reason);
                Happening::Word(Word::Disputed { reason: reason.ok_or_else(wrong)?, text: self.text })
            }
            "change-asked" => {
                let legs = self.legs.into_iter().map(AwardLeg::try_from).collect::<Result<_, _>>()?;
                Happening::ChangeAsked(ChangeDetails { legs, note: self.text })
            }
            "change-agreed" => Happening::ChangeAnswered { change: self.change, agreed: true },
            "change-not-agreed" => Happening::ChangeAnswered { change: self.change, agreed: false },
            "change-lapsed" => Happening::ChangeLapsed,
            "widened" => {
                let circle = self.reason.parse().ok().and_then(Circle::of_number);
                Happening::Widened(circle.ok_or_else(wrong)?)
            }
            "unreadable" => Happening::Unreadable,
            _ => return Err(wrong()),
        })
    }

    fn without_personal_data(mut self) -> Self {
        self.text.clear();
        for leg in &mut self.legs {
            leg.pickup_address.clear();
            leg.dropoff_address.clear();
        }
        self
    }
}

impl From<&LegOutcome> for OutcomeRecord {
    fn from(leg: &LegOutcome) -> Self {
        let result = match leg.result {
            LegResult::Completed => "completed",
            LegResult::NoShow => "no-show",
            LegResult::NotDone => "not-done",
        };
        let LegOutcome { result: _, loaded_m, empty_m, contribution_cents } = *leg;
        let contribution_cents = Some(contribution_cents).filter(|cents| *cents > 0);
        Self { result: result.to_owned(), loaded_m, empty_m, contribution_cents }
    }
}

impl TryFrom<OutcomeRecord> for LegOutcome {
    type Error = EngineError;

    fn try_from(leg: OutcomeRecord) -> Result<Self, EngineError> {
        let result = match leg.result.as_str() {
            "completed" => LegResult::Completed,
            "no-show" => LegResult::NoShow,
            "not-done" => LegResult::NotDone,
            _ => return Err(broken(kinds::HANDOVER_MOMENT)),
        };
        let OutcomeRecord { result: _, loaded_m, empty_m, contribution_cents } = leg;
        Ok(Self { result, loaded_m, empty_m, contribution_cents: contribution_cents.unwrap_or_default() })
    }
}

impl From<&AwardLeg> for LegRecord {
    fn from(leg: &AwardLeg) -> Self {
        Self {
            trip: leg.trip,
            pickup: leg.pickup.to_string(),
            pickup_address: leg.pickup_address.clone(),
            dropoff: leg.dropoff.to_string(),
            dropoff_address: leg.dropoff_address.clone(),
            earliest_pickup_ms: leg.earliest_pickup_ms,
            latest_arrival_ms: leg.latest_arrival_ms,
        }
    }
}

impl TryFrom<LegRecord> for AwardLeg {
    type Error = EngineError;

    fn try_from(leg: LegRecord) -> Result<Self, EngineError> {
        Ok(Self {
            trip: leg.trip,
            pickup: parsed(&leg.pickup, kinds::HANDOVER_MOMENT)?,
            pickup_address: leg.pickup_address,
            dropoff: parsed(&leg.dropoff, kinds::HANDOVER_MOMENT)?,
            dropoff_address: leg.dropoff_address,
            earliest_pickup_ms: leg.earliest_pickup_ms,
            latest_arrival_ms: leg.latest_arrival_ms,
            meeting: None,
        })
    }
}

#[cfg(test)]
mod tests {
    //! Whatever can happen comes back from the store as it was, and gives its words up when the person is forgotten.

    use maillage_engine::Engine;

    use super::*;
    use crate::samples::{id, now};

    fn leg() -> AwardLeg {
        AwardLeg {
            trip: id(3),
            pickup: "81003".parse().unwrap(),
            pickup_address: "1 rue Imaginaire".to_owned(),
            dropoff: "81004".parse().unwrap(),
            dropoff_address: "2 rue Imaginaire".to_owned(),
            earliest_pickup_ms: 1,
            latest_arrival_ms: 2,
            meeting: None,
        }
    }

    fn everything() -> Vec<Happening> {
        let carried = CarriedBy {
            leg: 1,
            carrier: "Association d’essai".to_owned(),
            frame: "tus".to_owned(),
            verdict: "within".to_owned(),
            ground: "R3133-1".to_owned(),
        };
        let text = "Canary".to_owned();
        let progress = |step| Happening::Word(Word::Progress { leg: 1, step, at_ms: Some(7) });
        vec![
            Happening::Offered,
            Happening::Bid,
            Happening::Awarded,
            Happening::Accepted,
            Happening::Refused,
            Happening::Lapsed,
            Happening::Released,
            Happening::Withdrawn,
            Happening::Cancelled,
            Happening::Expired,
            Happening::Closed,
            Happening::Outcome(OutcomeDetails {
                legs: vec![LegOutcome {
                    result: LegResult::NoShow,
                    loaded_m: 5,
                    empty_m: 6,
                    contribution_cents: 0,
                }],
            }),
            Happening::Word(Word::Message { text: text.clone() }),
            progress(ProgressStep::DriverFound),
            progress(ProgressStep::DriverLost),
            progress(ProgressStep::PickedUp),
            Happening::Word(Word::CarriedBy(carried)),
            Happening::Word(Word::Countersigned),
            Happening::Word(Word::Disputed { reason: DisputeReason::Distance, text: text.clone() }),
            Happening::ChangeAsked(ChangeDetails { legs: vec![leg()], note: text }),
            Happening::ChangeAnswered { change: 4, agreed: true },
            Happening::ChangeAnswered { change: 4, agreed: false },
            Happening::ChangeLapsed,
            Happening::Unreadable,
        ]
    }

    #[test]
    fn whatever_happened_is_read_back_in_the_order_of_the_hub_and_forgotten_with_the_person() {
        let engine = Engine::memory(crate::options());
        let moments: Vec<Moment> = (1..)
            .zip(everything())
            .map(|(revision, what)| Moment { handover: id(1), revision, at: now(), by: Some(id(2)), what })
            .collect();
        let written = moments.clone();
        let said = move |transaction: &mut Transaction<'_>| {
            written.iter().rev().try_for_each(|moment| put(transaction, moment))?;
            say(transaction, (id(1), id(8)), now(), &everything()[12])?;
            put(transaction, &Moment { handover: id(9), ..written[0].clone() })
        };
        engine.transact::<(), EngineError, _>("moments", said).unwrap();
        assert_eq!(of(&engine, id(1)).unwrap(), moments);
        assert_eq!(self::said(&engine, id(1)).unwrap(), [(now(), everything()[12].clone())]);
        engine.transact::<(), EngineError, _>("forget", |transaction| forget(transaction, id(1))).unwrap();
        let left = of(&engine, id(1)).unwrap();
        assert_eq!(left.len(), moments.len());
        for moment in &left {
            if let Happening::Word(Word::Message { text } | Word::Disputed { text, .. }) = &moment.what {
                assert_eq!(text, "");
            }
            if let Happening::ChangeAsked(details) = &moment.what {
                let AwardLeg { pickup_address, dropoff_address, .. } = &details.legs[0];
                assert_eq!([&details.note, pickup_address, dropoff_address], ["", "", ""]);
            }
        }
        assert_eq!(
            self::said(&engine, id(1)).unwrap(),
            [(now(), Happening::Word(Word::Message { text: String::new() }))]
        );
        let answer = |transaction: &mut Transaction<'_>| answered(transaction, (id(1), id(8)));
        assert!(engine.transact::<_, EngineError, _>("answered", answer).unwrap().is_some());
        assert!(engine.transact::<_, EngineError, _>("answered", answer).unwrap().is_none());
    }

    /// The bytes of version 1, a line for every thing that can happen. They are never changed.
    #[test]
    fn the_first_version_of_whatever_can_happen_still_reads() {
        let golden = include_str!("../golden/handover-moment.v1.hex");
        assert_eq!(golden.lines().count(), everything().len());
        for (golden, what) in golden.lines().zip(everything()) {
            crate::golden::check(golden, &MomentRecord::new(now(), Some(id(2)), &what));
        }
    }
}
