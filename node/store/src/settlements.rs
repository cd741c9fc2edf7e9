//! What months come to with other members: legs as they were booked, what somebody has put right, what the two have signed,
//! and what drivers collected from passengers of others. Days, distances and sums of handovers; nobody is named.

use jiff::civil::Date;
use maillage_domain::settlement::{Account, Booked, Carrier, Correction, Said};
use maillage_engine::{EngineError, Record, RecordError, Table, Transaction, Tree, View};
use maillage_federation::{
    ids::{EnvelopeKind, HandoverKind, Id, NodeKind, TripKind},
    month::Month,
    settlement::{LegKey, Line, Signed, What},
};
use serde::{Deserialize, Serialize};

use crate::{
    fields::{broken, instant, parsed, upgraded},
    kinds,
};

/// Legs, by the other member, the month and the leg.
pub const LEGS_TREE: Tree = Tree::named("settlement_legs");
/// What the two have signed, by the other member, the month and who carried.
pub const TREE: Tree = Tree::named("settlements");
/// What was collected, by the trip.
pub const COLLECTED_TREE: Tree = Tree::named("settlement_collected");

type Node = [u8; 16];

/// A member and a month, and a leg of a handover.
type LegPlace = ((Node, u32), (Node, u32));

const LEGS: Table<LegPlace, LegRecord> = Table::new(LEGS_TREE);
const ACCOUNTS: Table<(Node, u32, u16), AccountRecord> = Table::new(TREE);
const COLLECTED: Table<Node, CollectedRecord> = Table::new(COLLECTED_TREE);

/// A leg, version 2. In version 1 what was put right had the day and the version of what was booked.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LegRecord {
    carrier: String,
    day: String,
    version: u32,
    what: Option<WhatRecord>,
    corrected: Option<CorrectionRecord>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct WhatRecord {
    result: String,
    loaded_m: u32,
    empty_m: u32,
    contribution_cents: u32,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct CorrectionRecord {
    what: Option<WhatRecord>,
    reason: String,
    at_ms: i64,
    /// Day and version of the agreement; none: as booked.
    #[serde(default)]
    under: Option<(String, u32)>,
}

/// What the two have signed about a direction of a month, version 1, in the bytes of the contract; no bytes: nothing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AccountRecord {
    #[serde(with = "crate::fields::bytes")]
    ours: Vec<u8>,
    ours_at_ms: i64,
    envelope: Option<Id<EnvelopeKind>>,
    refused: Option<String>,
    #[serde(with = "crate::fields::bytes")]
    theirs: Vec<u8>,
    theirs_at_ms: i64,
}

/// What was collected for a trip, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CollectedRecord {
    cents: u32,
}

impl Record for LegRecord {
    const KIND: u16 = kinds::SETTLEMENT_LEG;
    const VERSION: u16 = 2;

    fn upgrade(version: u16, payload: &[u8]) -> Result<Self, RecordError> {
        match version {
            1 => upgraded(kinds::SETTLEMENT_LEG, payload),
            version => Err(RecordError::Unreadable { kind: kinds::SETTLEMENT_LEG, version }),
        }
    }
}

impl Record for AccountRecord {
    const KIND: u16 = kinds::SETTLEMENT;
    const VERSION: u16 = 1;
}

impl Record for CollectedRecord {
    const KIND: u16 = kinds::COLLECTED;
    const VERSION: u16 = 1;
}

/// Notes down what was collected from the passenger of another member, in cents.
///
/// # Errors
/// Those of the engine.
pub fn put_collected(
    transaction: &mut Transaction<'_>,
    trip: Id<TripKind>,
    cents: u32,
) -> Result<(), EngineError> {
    COLLECTED.put(transaction, &trip.to_array(), &CollectedRecord { cents })
}

/// What was collected from the passenger of another member, in cents.
///
/// # Errors
/// Those of the engine.
pub fn collected(view: &(impl View + ?Sized), trip: Id<TripKind>) -> Result<u32, EngineError> {
    Ok(COLLECTED.get(view, &trip.to_array())?.map_or(0, |record| record.cents))
}

/// Writes a leg in the books with a member.
///
/// # Errors
/// Those of the engine.
pub fn put_leg(
    transaction: &mut Transaction<'_>,
    other: Id<NodeKind>,
    leg: &Booked,
) -> Result<(), EngineError> {
    let month = month_of(leg).ok_or_else(|| broken(kinds::SETTLEMENT_LEG))?;
    LEGS.put(transaction, &leg_key(other, month, leg.key), &LegRecord::from(leg))
}

/// One leg in the books with a member.
///
/// # Errors
/// Those of the engine, and a record that no longer makes sense.
pub fn leg(
    view: &(impl View + ?Sized),
    (other, month): (Id<NodeKind>, Month),
    key: LegKey,
) -> Result<Option<Booked>, EngineError> {
    LEGS.get(view, &leg_key(other, month, key))?.map(|record| record.booked(key)).transpose()
}

/// Every leg of a month in the books with a member.
///
/// # Errors
/// As [`leg`].
pub fn legs(
    view: &(impl View + ?Sized),
    other: Id<NodeKind>,
    month: Month,
) -> Result<Vec<Booked>, EngineError> {
    let rows = LEGS.scan_prefix(view, &(other.to_array(), number(month)), usize::MAX)?;
    let booked = |((_, (handover, leg)), record): (LegPlace, LegRecord)| {
        let handover: Id<HandoverKind> =
            Id::from_bytes(&handover).map_err(|_| broken(kinds::SETTLEMENT_LEG))?;
        record.booked(LegKey { handover, leg })
    };
    rows.into_iter().map(booked).collect()
}

/// Writes what the two have signed.
///
/// # Errors
/// Those of the engine.
pub fn put_account(transaction: &mut Transaction<'_>, account: &Account) -> Result<(), EngineError> {
    let Account { other, carrier, month, .. } = account;
    let key = (other.to_array(), number(*month), side(*carrier));
    ACCOUNTS.put(transaction, &key, &AccountRecord::from(account))
}

/// What the two have signed about a month and direction.
///
/// # Errors
/// As [`leg`].
pub fn account(
    view: &(impl View + ?Sized),
    other: Id<NodeKind>,
    (month, carrier): (Month, Carrier),
) -> Result<Account, EngineError> {
    let found = ACCOUNTS.get(view, &(other.to_array(), number(month), side(carrier)))?;
    let none = Account::open(other, carrier, month);
    found.map_or(Ok(none.clone()), |record| record.account(none))
}

/// The month and direction that an envelope of ours is about, while the hub has not answered it.
///
/// # Errors
/// As [`leg`].
pub fn said_in(
    view: &(impl View + ?Sized),
    other: Id<NodeKind>,
    envelope: Id<EnvelopeKind>,
) -> Result<Option<Account>, EngineError> {
    for ((_, month, carrier), record) in ACCOUNTS.scan_prefix(view, &other.to_array(), usize::MAX)? {
        if record.envelope == Some(envelope) {
            let carrier = if carrier == side(Carrier::Us) { Carrier::Us } else { Carrier::Them };
            let none = Account::open(other, carrier, month_from(month)?);
            return record.account(none).map(Some);
        }
    }
    Ok(None)
}

/// The month a leg is settled in; none for a day out of range.
fn month_of(leg: &Booked) -> Option<Month> {
    Month::of_day(leg.day).ok()
}

fn leg_key(other: Id<NodeKind>, month: Month, key: LegKey) -> ((Node, u32), (Node, u32)) {
    ((other.to_array(), number(month)), (key.handover.to_array(), key.leg))
}

/// A month as a number that sorts as months do.
fn number(month: Month) -> u32 {
    u32::from(month.year().unsigned_abs()) * 100 + u32::from(month.number().unsigned_abs())
}

fn month_from(number: u32) -> Result<Month, EngineError> {
    let year = i16::try_from(number / 100).unwrap_or_default();
    let month = i8::try_from(number % 100).unwrap_or_default();
    Month::new(year, month).map_err(|_| broken(kinds::SETTLEMENT))
}

fn side(carrier: Carrier) -> u16 {
    match carrier {
        Carrier::Us => 1,
        Carrier::Them => 2,
    }
}

impl From<&Booked> for LegRecord {
    fn from(leg: &Booked) -> Self {
        let Booked { key: _, carrier, day, version, what, corrected } = leg;
        Self {
            carrier: carrier.code().to_owned(),
            day: day.to_string(),
            version: *version,
            what: what.map(WhatRecord::from),
            corrected: corrected.map(CorrectionRecord::from),
        }
    }
}

impl LegRecord {
    fn booked(self, key: LegKey) -> Result<Booked, EngineError> {
        let Self { carrier, day, version, what, corrected } = self;
        let kind = kinds::SETTLEMENT_LEG;
        let day = parsed(&day, kind)?;
        Ok(Booked {
            key,
            carrier: parsed(&carrier, kind)?,
            day,
            version,
            what: what.map(WhatRecord::what).transpose()?,
            corrected: corrected.map(|corrected| corrected.correction((day, version))).transpose()?,
        })
    }
}

impl From<Correction> for CorrectionRecord {
    fn from(correction: Correction) -> Self {
        let Correction { line, reason, at } = correction;
        Self {
            what: line.map(|line| WhatRecord::from(line.what)),
            reason: reason.code().to_owned(),
            at_ms: at.as_millisecond(),
            under: line.map(|line| (line.day.to_string(), line.version)),
        }
    }
}

impl CorrectionRecord {
    fn correction(self, booked: (Date, u32)) -> Result<Correction, EngineError> {
        let Self { what, reason, at_ms, under } = self;
        let kind = kinds::SETTLEMENT_LEG;
        let (day, version) = match under {
            Some((day, version)) => (parsed(&day, kind)?, version),
            None => booked,
        };
        let what = what.map(WhatRecord::what).transpose()?;
        Ok(Correction {
            line: what.map(|what| Line { day, version, what }),
            reason: parsed(&reason, kind)?,
            at: instant(at_ms, kind)?,
        })
    }
}

impl From<What> for WhatRecord {
    fn from(what: What) -> Self {
        let result = match what {
            What::Driven { .. } => "driven",
            What::NoShow => "no-show",
            What::AtTheDoor => "at-the-door",
        };
        let [loaded_m, empty_m, contribution_cents] = what.numbers();
        Self { result: result.to_owned(), loaded_m, empty_m, contribution_cents }
    }
}

impl WhatRecord {
    fn what(self) -> Result<What, EngineError> {
        let Self { result, loaded_m, empty_m, contribution_cents } = self;
        match result.as_str() {
            "driven" => Ok(What::Driven { loaded_m, empty_m, contribution: contribution_cents }),
            "no-show" => Ok(What::NoShow),
            "at-the-door" => Ok(What::AtTheDoor),
            _ => Err(broken(kinds::SETTLEMENT_LEG)),
        }
    }
}

impl From<&Account> for AccountRecord {
    fn from(account: &Account) -> Self {
        let (ours, theirs) = (account.ours.as_ref(), account.theirs.as_ref());
        Self {
            ours: ours.map(|said| said.signed.encode()).unwrap_or_default(),
            ours_at_ms: ours.map_or(0, |said| said.at.as_millisecond()),
            envelope: ours.and_then(|said| said.envelope),
            refused: ours.and_then(|said| said.refused.clone()),
            theirs: theirs.map(|(signed, _)| signed.encode()).unwrap_or_default(),
            theirs_at_ms: theirs.map_or(0, |(_, at)| at.as_millisecond()),
        }
    }
}

impl AccountRecord {
    fn account(self, none: Account) -> Result<Account, EngineError> {
        let Self { ours, ours_at_ms, envelope, refused, theirs, theirs_at_ms } = self;
        let read = |bytes: &[u8]| {
            let signed = (!bytes.is_empty()).then(|| Signed::decode(bytes)).transpose();
            signed.map_err(|_| broken(kinds::SETTLEMENT))
        };
        let ours = read(&ours)?.map(|signed| {
            let at = instant(ours_at_ms, kinds::SETTLEMENT)?;
            Ok::<_, EngineError>(Said { signed, at, envelope, refused })
        });
        let theirs = read(&theirs)?
            .map(|signed| Ok::<_, EngineError>((signed, instant(theirs_at_ms, kinds::SETTLEMENT)?)));
        Ok(Account { ours: ours.transpose()?, theirs: theirs.transpose()?, ..none })
    }
}

#[cfg(test)]
mod tests {
    use maillage_domain::settlement::{Account, Booked, Carrier, Correction, Said, statement};
    use maillage_domain::trip::CorrectionReason;
    use maillage_engine::{Engine, EngineError};
    use maillage_federation::{
        settlement::{LegKey, Line, Signed, What},
        signing::Signer,
    };

    use super::{AccountRecord, CollectedRecord, LegRecord};
    use crate::samples::{id, now};

    fn booked(number: u8) -> Booked {
        let driven = What::Driven { loaded_m: 30_000, empty_m: 12_000, contribution: 250 };
        Booked {
            key: LegKey { handover: id(number), leg: 1 },
            carrier: Carrier::Us,
            day: "2026-10-06".parse().unwrap(),
            version: 3,
            what: Some(driven),
            corrected: Some(Correction {
                line: Some(Line { day: "2026-10-07".parse().unwrap(), version: 4, what: What::NoShow }),
                reason: CorrectionReason::Outcome,
                at: now(),
            }),
        }
    }

    /// The same as a node of version 1 wrote it: of the day and version of what was booked.
    fn booked_before(number: u8) -> Booked {
        let booked = booked(number);
        let line = Line { day: booked.day, version: booked.version, what: What::NoShow };
        Booked {
            corrected: booked.corrected.map(|correction| Correction { line: Some(line), ..correction }),
            ..booked
        }
    }

    fn account() -> Account {
        let month = "2026-10".parse().unwrap();
        let signed = |by, counter| {
            let statement = statement((id(1), id(2)), month, [booked_before(7)]);
            let signer = Signer::from_seed(&[by; 32]);
            Signed::sign(statement, counter, (&"essai".parse().unwrap(), id(by)), &signer)
        };
        Account {
            ours: Some(Said {
                signed: signed(1, 4),
                at: now(),
                envelope: Some(id(9)),
                refused: Some("settlement-too-many".to_owned()),
            }),
            theirs: Some((signed(2, 8), now())),
            ..Account::open(id(2), Carrier::Us, month)
        }
    }

    #[test]
    fn settlements_keep_their_bytes_and_lose_nothing() {
        let before = crate::golden::unhex(include_str!("../golden/settlement_leg.v1.hex"));
        let before: LegRecord = maillage_engine::decode_record(&before).unwrap();
        assert_eq!(before.booked(booked(7).key).unwrap(), booked_before(7));
        crate::golden::check(include_str!("../golden/settlement_leg.v2.hex"), &LegRecord::from(&booked(7)));
        crate::golden::check(include_str!("../golden/settlement.v1.hex"), &AccountRecord::from(&account()));
        crate::golden::check(include_str!("../golden/collected.v1.hex"), &CollectedRecord { cents: 250 });
        let engine = Engine::memory(crate::options());
        let other = id(2);
        let nothing = Booked { what: None, corrected: None, carrier: Carrier::Them, ..booked(8) };
        let of_november = Booked { day: "2026-11-06".parse().unwrap(), ..booked(9) };
        engine
            .transact::<(), EngineError, _>("put", move |transaction| {
                for leg in [booked(7), nothing, of_november] {
                    super::put_leg(transaction, other, &leg)?;
                }
                super::put_account(transaction, &account())?;
                super::put_collected(transaction, id(3), 250)
            })
            .unwrap();
        let month = "2026-10".parse().unwrap();
        assert_eq!(super::legs(&engine, other, month).unwrap(), [booked(7), nothing]);
        assert_eq!(super::legs(&engine, id(1), month).unwrap(), []);
        assert_eq!(super::leg(&engine, (other, month), nothing.key).unwrap(), Some(nothing));
        let read = |carrier| super::account(&engine, other, (month, carrier)).unwrap();
        assert_eq!(read(Carrier::Us), account());
        assert_eq!(read(Carrier::Them), Account::open(other, Carrier::Them, month));
        assert_eq!(super::said_in(&engine, other, id(9)).unwrap(), Some(account()));
        assert_eq!(super::said_in(&engine, other, id(8)).unwrap(), None);
        assert_eq!(
            (super::collected(&engine, id(3)).unwrap(), super::collected(&engine, id(4)).unwrap()),
            (250, 0)
        );
    }
}
