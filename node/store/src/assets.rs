//! The fleet. A thing that has left it stays in the books.

use jiff::civil::Date;
use maillage_domain::{
    fleet::{Asset, AssetDetails, Outage, Plate, Rate, Upkeep},
    ids::AssetKind,
    money::Cents,
    text::{Line, Notes},
};
use maillage_engine::{EngineError, Record, Table, Transaction, Tree, View};
use maillage_federation::ids::Id;
use serde::{Deserialize, Serialize};

use crate::{
    fields::{after, broken, instant, parsed},
    kinds,
};

/// Things of the fleet by identifier.
pub const TREE: Tree = Tree::named("assets");

const ASSETS: Table<[u8; 16], AssetRecord> = Table::new(TREE);
const KIND: u16 = kinds::ASSET;

/// A thing of the fleet, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AssetRecord {
    id: Id<AssetKind>,
    label: String,
    category: String,
    seats: u8,
    plate: String,
    ownership: String,
    inspection_due: Option<String>,
    insurance_until: Option<String>,
    service_due: Option<String>,
    service_due_m: Option<u32>,
    rate: Option<RateRecord>,
    deposit_cents: i64,
    notes: String,
    odometer_m: u32,
    outages: Vec<OutageRecord>,
    retired: Option<String>,
    revision: u64,
    created_ms: i64,
    /// Written only if it is known, so that what has none is written as before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    in_service: Option<String>,
}

/// What a loan costs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RateRecord {
    per: String,
    cents: i64,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct OutageRecord {
    reason: String,
    from_ms: i64,
    until_ms: Option<i64>,
}

impl Record for AssetRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 1;
}

/// Writes a thing of the fleet, new or changed.
pub fn put(transaction: &mut Transaction<'_>, asset: &Asset) -> Result<(), EngineError> {
    ASSETS.put(transaction, &asset.id.to_array(), &AssetRecord::from(asset))
}

/// One thing of the fleet.
pub fn find(view: &(impl View + ?Sized), id: Id<AssetKind>) -> Result<Option<Asset>, EngineError> {
    ASSETS.get(view, &id.to_array())?.map(Asset::try_from).transpose()
}

/// At most `limit` things in the order they were entered, after one of them.
pub fn list(
    view: &(impl View + ?Sized),
    from: Option<Id<AssetKind>>,
    limit: usize,
) -> Result<Vec<Asset>, EngineError> {
    let rows = ASSETS.scan(view, after(from), limit)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

/// The written form of a day.
pub(crate) fn day_text(day: Option<Date>) -> Option<String> {
    day.map(|day| day.to_string())
}

/// The day of a written form.
pub(crate) fn day(text: Option<&String>, kind: u16) -> Result<Option<Date>, EngineError> {
    text.map(|text| parsed(text, kind)).transpose()
}

impl From<&Asset> for AssetRecord {
    fn from(asset: &Asset) -> Self {
        let Asset { id, details, odometer_m, outages, retired, revision, created } = asset;
        let AssetDetails {
            label,
            category,
            seats,
            plate,
            ownership,
            upkeep,
            rate,
            deposit,
            notes,
            in_service,
        } = details;
        Self {
            id: *id,
            label: label.as_str().to_owned(),
            category: category.code().to_owned(),
            seats: *seats,
            plate: plate.as_ref().map(Plate::as_str).unwrap_or_default().to_owned(),
            ownership: ownership.code().to_owned(),
            inspection_due: day_text(upkeep.inspection_due),
            insurance_until: day_text(upkeep.insurance_until),
            service_due: day_text(upkeep.service_due),
            service_due_m: upkeep.service_due_m,
            rate: rate.map(RateRecord::from),
            deposit_cents: deposit.get(),
            notes: notes.as_str().to_owned(),
            odometer_m: *odometer_m,
            outages: outages.iter().map(OutageRecord::from).collect(),
            retired: day_text(*retired),
            revision: *revision,
            created_ms: created.as_millisecond(),
            in_service: day_text(*in_service),
        }
    }
}

impl TryFrom<AssetRecord> for Asset {
    type Error = EngineError;

    fn try_from(record: AssetRecord) -> Result<Self, EngineError> {
        let details = AssetDetails {
            label: Line::parse(&record.label).map_err(|_| broken(KIND))?,
            category: parsed(&record.category, KIND)?,
            seats: record.seats,
            plate: Plate::parse_optional(&record.plate).map_err(|_| broken(KIND))?,
            ownership: parsed(&record.ownership, KIND)?,
            upkeep: Upkeep {
                inspection_due: day(record.inspection_due.as_ref(), KIND)?,
                insurance_until: day(record.insurance_until.as_ref(), KIND)?,
                service_due: day(record.service_due.as_ref(), KIND)?,
                service_due_m: record.service_due_m,
            },
            rate: record.rate.map(|rate| rate.rate(KIND)).transpose()?,
            deposit: Cents::new(record.deposit_cents),
            notes: Notes::parse(&record.notes).map_err(|_| broken(KIND))?,
            in_service: day(record.in_service.as_ref(), KIND)?,
        };
        Ok(Self {
            id: record.id,
            details,
            odometer_m: record.odometer_m,
            outages: record.outages.iter().map(OutageRecord::outage).collect::<Result<_, _>>()?,
            retired: day(record.retired.as_ref(), KIND)?,
            revision: record.revision,
            created: instant(record.created_ms, KIND)?,
        })
    }
}

impl RateRecord {
    /// The rate of this record, which is part of a record of a kind.
    pub(crate) fn rate(&self, kind: u16) -> Result<Rate, EngineError> {
        Ok(Rate { per: parsed(&self.per, kind)?, cents: Cents::new(self.cents) })
    }
}

impl From<Rate> for RateRecord {
    fn from(rate: Rate) -> Self {
        Self { per: rate.per.code().to_owned(), cents: rate.cents.get() }
    }
}

impl OutageRecord {
    fn outage(&self) -> Result<Outage, EngineError> {
        Ok(Outage {
            reason: parsed(&self.reason, KIND)?,
            from: instant(self.from_ms, KIND)?,
            until: self.until_ms.map(|at| instant(at, KIND)).transpose()?,
        })
    }
}

impl From<&Outage> for OutageRecord {
    fn from(outage: &Outage) -> Self {
        Self {
            reason: outage.reason.code().to_owned(),
            from_ms: outage.from.as_millisecond(),
            until_ms: outage.until.map(jiff::Timestamp::as_millisecond),
        }
    }
}
