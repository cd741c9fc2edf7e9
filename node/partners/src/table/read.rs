//! Lines as messages: all of a file or nothing of it, with every fault by line and column. What goes out is read too, for a
//! partner's own program and for the proof that nothing is lost on the way.

use std::collections::BTreeMap;

use maillage_federation::{
    handover::{LegOutcome, LegResult, Offer, OfferedLeg},
    ids::{HandoverKind, Id},
    limits,
    needs::Needs,
};
use maillage_geography::{InseeCode, Siren};

use super::{
    columns::Column,
    rows::{self, Row},
    words::{ANSWERS, Answer, CALL_OFF, GIVE_BACK, NEEDS, RESULTS, SENT, STEPS, Sent, Words, YES_NO, value},
};
use crate::{
    amounts::{km, thousandths},
    fault::{Fault, Faults, Why, repeated},
    gather::{Gathering, Part},
    messages::{About, Award, ExactLeg, Offered, OwnWords, Passenger, Said, ToPartner},
    shown::Shown,
    times::{self, CIVIL_EXAMPLE},
};

/// Highest price of one line, in thousandths of a euro.
const FARE: u32 = 10_000_000;

/// What a partner answers. Lines without an answer say nothing.
///
/// # Errors
/// Everything that is wrong, in the order of the file; nothing of it may be taken then.
pub fn read_answers(bytes: &[u8], shown: &Shown) -> Result<Vec<Said>, Vec<Fault>> {
    let mut gathering = Gathering::default();
    for row in rows::read(bytes)?.iter().filter(|row| !row.cell(Column::Answer).is_empty()) {
        let mut reader = Reader { row, faults: &mut gathering.faults };
        let Some((about, leg, part)) = reader.answer(shown) else { continue };
        let number = row.cell(Column::Number).to_owned();
        gathering.take(about, leg, (row.place(Column::Answer), number), part);
    }
    gathering.finish()
}

/// What is sent to a partner, read back.
///
/// # Errors
/// As [`read_answers`].
pub fn read_sent(bytes: &[u8]) -> Result<Vec<ToPartner>, Vec<Fault>> {
    let mut faults = Faults::default();
    let mut messages = Vec::new();
    let mut open: BTreeMap<(About, bool), usize> = BTreeMap::new();
    for row in &rows::read(bytes)? {
        let mut reader = Reader { row, faults: &mut faults };
        let Some(message) = reader.sent() else { continue };
        let award = matches!(message, ToPartner::Award(_));
        let legs = matches!(message, ToPartner::Offer(_)) || award;
        let key = (message.about(), award);
        if let Some(index) = open.get(&key).filter(|_| legs) {
            if !messages.get_mut(*index).is_some_and(|earlier| add_leg(earlier, message)) {
                faults.add(row.whole(), Why::LegsDiffer);
            }
            continue;
        }
        if legs {
            open.insert(key, messages.len());
        }
        messages.push(message);
    }
    for ((about, _), index) in open {
        let legs = match messages.get(index) {
            Some(ToPartner::Offer(offered)) => offered.offer.legs.len(),
            Some(ToPartner::Award(award)) => award.legs.len(),
            _ => about.legs,
        };
        if legs != about.legs {
            faults.add(crate::Place::File, Why::LegMissing { leg: legs + 1 });
        }
    }
    faults.or(messages)
}

/// Adds the next leg of the same message.
fn add_leg(earlier: &mut ToPartner, next: ToPartner) -> bool {
    match (earlier, next) {
        (ToPartner::Offer(earlier), ToPartner::Offer(next)) => {
            let same = Offer { legs: earlier.offer.legs.clone(), ..next.offer.clone() } == earlier.offer;
            earlier.offer.legs.extend(next.offer.legs);
            same && earlier.offer.legs.len() <= earlier.about.legs
        }
        (ToPartner::Award(earlier), ToPartner::Award(next)) => {
            let same = Award { legs: earlier.legs.clone(), ..(*next).clone() } == **earlier;
            earlier.legs.extend(next.legs);
            same && earlier.legs.len() <= earlier.about.legs
        }
        _ => false,
    }
}

struct Reader<'a> {
    row: &'a Row,
    faults: &'a mut Faults,
}

impl Reader<'_> {
    fn answer(&mut self, shown: &Shown) -> Option<(About, Option<usize>, Part)> {
        let handover = self.id();
        let round = self.number(Column::Round, (1, limits::ROUNDS));
        let part = self.part();
        let handover: Id<HandoverKind> = handover?;
        let Some(legs) = shown.legs(handover) else {
            return self.fault(Column::Handover, Why::UnknownHandover);
        };
        let leg = self.leg(legs)?;
        Some((About { handover, round: round?, legs }, leg, part?))
    }

    fn part(&mut self) -> Option<Part> {
        Some(match self.word(Column::Answer, ANSWERS)? {
            Answer::Bid => {
                let firm = self.optional_word(Column::Firm, YES_NO);
                let pickup_ms = self.time(Column::Time);
                let extra_m = self.optional(Column::EmptyKm, Self::metres);
                let fare = self.optional(Column::Fare, |reader, column| reader.thousandths(column, 2, FARE));
                Part::Bid {
                    firm: firm?.unwrap_or(false),
                    pickup_ms: pickup_ms?,
                    extra_m: extra_m?.unwrap_or(0),
                    fare_cents: fare?.map(|thousandths| thousandths / 10),
                }
            }
            Answer::Decline => Part::Decline(self.optional_word(Column::AnswerReason, GIVE_BACK)?),
            Answer::Accept => Part::Accept,
            Answer::GiveBack => Part::GiveBack(self.word(Column::AnswerReason, GIVE_BACK)?),
            Answer::Progress => {
                let step = self.word(Column::Step, STEPS);
                let at_ms = self.optional(Column::Time, Self::time);
                Part::Progress { step: step?, at_ms: at_ms? }
            }
            Answer::Outcome => {
                let result = self.word(Column::Result, RESULTS)?;
                // What was driven is settled by the kilometre: it has to be told.
                let loaded_m = if result == LegResult::Completed {
                    self.metres(Column::LoadedKm)
                } else {
                    self.optional(Column::LoadedKm, Self::metres).map(Option::unwrap_or_default)
                };
                let empty_m = self.optional(Column::EmptyKm, Self::metres);
                let (loaded_m, empty_m) = (loaded_m?, empty_m?.unwrap_or(0));
                Part::Outcome(LegOutcome { result, loaded_m, empty_m, contribution_cents: 0 })
            }
            Answer::CallOffSeen => Part::CallOffSeen,
            Answer::Text => Part::Text(OwnWords(self.text(Column::AnswerText, true)?)),
        })
    }

    fn sent(&mut self) -> Option<ToPartner> {
        let kind = self.word(Column::Message, SENT);
        let handover = self.id();
        let round = self.number(Column::Round, (1, limits::ROUNDS));
        let legs = self.number(Column::Legs, (1, 2));
        let legs = usize::try_from(legs?).unwrap_or(1);
        let about = About { handover: handover?, round: round?, legs };
        Some(match kind? {
            Sent::Offer => ToPartner::Offer(Offered { about, offer: self.offer()? }),
            Sent::Award => ToPartner::Award(Box::new(self.award(about)?)),
            Sent::Lapsed => ToPartner::Lapsed(about),
            Sent::Closed => ToPartner::Closed(about),
            Sent::Withdrawn => ToPartner::Withdrawn(about),
            Sent::Cancelled => {
                let (reason, at_ms) = (self.word(Column::Reason, CALL_OFF), self.time(Column::At));
                ToPartner::Cancelled { about, reason: reason?, at_ms: at_ms? }
            }
            Sent::AccountSeen => {
                ToPartner::AccountSeen { about, disputed: self.word(Column::Disputed, YES_NO)? }
            }
            Sent::Text => ToPartner::Text { about, text: OwnWords(self.text(Column::Text, true)?) },
        })
    }

    fn offer(&mut self) -> Option<Offer> {
        let territory = self.row.cell(Column::Territory);
        let territory = match Siren::parse(territory) {
            Ok(siren) => Some(siren),
            Err(_) => self.fault(Column::Territory, Why::NotAnId { value: repeated(territory) }),
        };
        let (pickup, dropoff) = (self.commune(Column::PickupInsee), self.commune(Column::DropoffInsee));
        let (start, end) = (self.time(Column::Earliest), self.time(Column::Latest));
        let (distance, needs) = (self.metres(Column::Distance), self.needs());
        let seats = self.number(Column::Seats, (1, limits::SEATS));
        let accept_within = (limits::ACCEPT_WITHIN_MIN_S, limits::ACCEPT_WITHIN_S);
        let accept_within_s = self.number(Column::AcceptWithin, accept_within);
        let leg = OfferedLeg {
            pickup: pickup?,
            dropoff: dropoff?,
            window_start_ms: start?,
            window_end_ms: end?,
            distance_band_m: distance?,
        };
        Some(Offer {
            origin_territory: territory?,
            legs: vec![leg],
            seats: seats?,
            needs: needs?,
            reply_by_ms: self.time(Column::ReplyBy)?,
            accept_within_s: accept_within_s?,
            agreed_only: false,
            widening: None,
            goes_with: None,
        })
    }

    fn award(&mut self, about: About) -> Option<Award> {
        let leg = ExactLeg {
            pickup: self.commune(Column::PickupInsee)?,
            pickup_address: self.text(Column::PickupAddress, false)?,
            dropoff: self.commune(Column::DropoffInsee)?,
            dropoff_address: self.text(Column::DropoffAddress, false)?,
            earliest_pickup_ms: self.time(Column::Earliest)?,
            latest_arrival_ms: self.time(Column::Latest)?,
        };
        let passenger = Passenger {
            name: self.text(Column::Name, true)?,
            phone: self.text(Column::Phone, false)?,
            needs: self.needs()?,
            companions: self.number(Column::Companions, (0, limits::SEATS))?,
            driver_notes: self.text(Column::DriverNotes, false)?,
        };
        Some(Award {
            about,
            accept_by_ms: self.time(Column::AcceptBy)?,
            seats: self.number(Column::Seats, (1, limits::SEATS))?,
            passenger,
            legs: vec![leg],
            desk_phone: self.text(Column::DeskPhone, false)?,
        })
    }

    fn fault<T>(&mut self, column: Column, why: Why) -> Option<T> {
        self.faults.add(self.row.place(column), why);
        None
    }

    fn given(&mut self, column: Column) -> Option<&str> {
        if self.row.cell(column).is_empty() {
            return self.fault(column, Why::Missing);
        }
        Some(self.row.cell(column))
    }

    /// A cell that may be blank.
    #[expect(clippy::option_option, reason = "wrong; or blank, or a value")]
    fn optional<T>(
        &mut self,
        column: Column,
        read: impl FnOnce(&mut Self, Column) -> Option<T>,
    ) -> Option<Option<T>> {
        if self.row.cell(column).is_empty() { Some(None) } else { read(self, column).map(Some) }
    }

    fn id(&mut self) -> Option<Id<HandoverKind>> {
        let cell = self.given(Column::Handover)?;
        let (read, shown) = (cell.parse(), repeated(cell));
        read.ok().or_else(|| self.fault(Column::Handover, Why::NotAnId { value: shown }))
    }

    #[expect(clippy::option_option, reason = "wrong; or blank, or a value")]
    fn leg(&mut self, legs: usize) -> Option<Option<usize>> {
        let most = u32::try_from(legs).unwrap_or(1);
        let leg = self.optional(Column::Leg, |reader, column| reader.number(column, (1, most)))?;
        Some(leg.map(|leg| usize::try_from(leg).unwrap_or(1).saturating_sub(1)))
    }

    fn number(&mut self, column: Column, (least, most): (u32, u32)) -> Option<u32> {
        let cell = self.given(column)?;
        let read = cell.parse().ok().filter(|number| (least..=most).contains(number));
        let value = repeated(cell);
        read.or_else(|| {
            let (least, most) = (least.to_string(), most.to_string());
            self.fault(column, Why::NotANumber { value, least, most })
        })
    }

    fn metres(&mut self, column: Column) -> Option<u32> {
        self.thousandths(column, 3, limits::DISTANCE_M)
    }

    fn thousandths(&mut self, column: Column, decimals: usize, most: u32) -> Option<u32> {
        let cell = self.given(column)?;
        let read = thousandths(cell, decimals).filter(|number| *number <= most);
        let value = repeated(cell);
        read.or_else(|| self.fault(column, Why::NotANumber { value, least: "0".to_owned(), most: km(most) }))
    }

    fn time(&mut self, column: Column) -> Option<i64> {
        let cell = self.given(column)?;
        let read = times::read(cell, CIVIL_EXAMPLE);
        read.map_or_else(|why| self.fault(column, why), Some)
    }

    fn word<T: Copy>(&mut self, column: Column, words: &Words<T>) -> Option<T> {
        let cell = self.given(column)?;
        let read = value(words, cell);
        read.map_or_else(|why| self.fault(column, why), Some)
    }

    #[expect(clippy::option_option, reason = "wrong; or blank, or a value")]
    fn optional_word<T: Copy>(&mut self, column: Column, words: &Words<T>) -> Option<Option<T>> {
        self.optional(column, |reader, column| reader.word(column, words))
    }

    fn text(&mut self, column: Column, needed: bool) -> Option<String> {
        let cell = if needed { self.given(column)? } else { self.row.cell(column) };
        let (text, long) = (cell.to_owned(), cell.chars().count() > limits::TEXT_CHARS);
        if long { self.fault(column, Why::TooLong { limit: limits::TEXT_CHARS }) } else { Some(text) }
    }

    fn commune(&mut self, column: Column) -> Option<InseeCode> {
        let cell = self.given(column)?;
        let (read, value) = (InseeCode::parse(cell), repeated(cell));
        read.ok().or_else(|| self.fault(column, Why::NotAnId { value }))
    }

    fn needs(&mut self) -> Option<Needs> {
        let mut needs = Vec::new();
        for part in self.row.cell(Column::Needs).split([',', '|']).map(str::trim) {
            if part.is_empty() {
                continue;
            }
            match value(NEEDS, part) {
                Ok(need) => needs.push(need),
                Err(why) => return self.fault(Column::Needs, why),
            }
        }
        Some(needs.into_iter().collect())
    }
}
