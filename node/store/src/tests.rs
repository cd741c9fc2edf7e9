//! The schema as its users see it: what is written is found, indexes never tell more or less than the records.

mod accounts;
mod durable;
mod journals;
mod ledger;
mod legal;
mod mail;
mod offers;
mod people;
mod roads;
mod trips;

use maillage_engine::{Engine, EngineError, Transaction};

use crate::{TREES, kinds};

/// Runs a transaction that has to succeed.
fn write<T: Send + 'static>(
    engine: &Engine,
    body: impl FnOnce(&mut Transaction<'_>) -> Result<T, EngineError> + Send + 'static,
) -> T {
    engine.transact("test", body).unwrap()
}

#[test]
fn no_tree_is_declared_twice() {
    let names: std::collections::BTreeSet<_> = TREES.iter().map(|tree| tree.name()).collect();
    assert_eq!(names.len(), TREES.len());
}

/// Numbers of kinds of every family.
const KINDS: [u16; 88] = [
    kinds::AGREEMENT,
    kinds::HANDOVER_RULES,
    kinds::SETTLEMENT_LEG,
    kinds::SETTLEMENT,
    kinds::COLLECTED,
    kinds::PERSON,
    kinds::HANDOVER_MOMENT,
    kinds::VOLUNTEER,
    kinds::REQUEST,
    kinds::TRIP,
    kinds::OUTBOX,
    kinds::DEAD_LETTER,
    kinds::INBOX_SEEN,
    kinds::INBOX_CURSOR,
    kinds::SEQUENCE,
    kinds::TERRITORY,
    kinds::MODELS_IN_FORCE,
    kinds::HANDOVER_POLICY,
    kinds::DIRECTORY_HEAD,
    kinds::OTHER_SETTINGS,
    kinds::INCARNATION,
    kinds::HUB_EPOCH,
    kinds::HUB_PROOF,
    kinds::HANDOVER_LOST,
    kinds::HANDOVER_OUTGOING,
    kinds::HANDOVER_INCOMING,
    kinds::REPORT,
    kinds::BUDGET,
    kinds::EVENT,
    kinds::ACCESS,
    kinds::TABLE_EXPORT,
    kinds::MONEY_ENTRY,
    kinds::MONEY_DRIVE,
    kinds::MONEY_EXPENSE,
    kinds::MONEY_STATEMENT,
    kinds::MONEY_STATEMENT_LINE,
    kinds::MONEY_MILEAGE,
    kinds::MONEY_RECEIPT,
    kinds::MONEY_ISSUER,
    kinds::DRIVER_OFFER,
    kinds::MESSAGE,
    kinds::CALENDAR_LINK,
    kinds::DRIVER_LINK,
    kinds::OFFER_POLICY,
    kinds::CARRIER,
    kinds::URBAN_COMMUNE,
    kinds::INTERCHANGE,
    kinds::TRIP_FRAME,
    kinds::FRAME_EXCEPTION,
    kinds::TRIP_COST,
    kinds::DRIVER_YEAR,
    kinds::DEFAULT_CARRIER,
    kinds::SCHOOL_HOLIDAYS,
    kinds::REFERENCE_IMPORTS,
    kinds::MODEL_RULES,
    kinds::LOCAL_PARAMETERS,
    kinds::ERASURE,
    kinds::RETENTION,
    kinds::ACCOUNT,
    kinds::ACCOUNT_POINTER,
    kinds::PRESCRIBER,
    kinds::PROFESSIONAL,
    kinds::SEARCH_CHANGE,
    kinds::SEARCH_LATEST,
    kinds::DOCUMENT_RULES,
    kinds::PLAN_RULES,
    kinds::DAY_PLAN,
    kinds::DAY_PLAN_LINE,
    kinds::SERIES,
    kinds::SERIES_EXCEPTION,
    kinds::SERIES_MADE,
    kinds::SERIES_UNMADE,
    kinds::PAST_TRIP,
    kinds::UNMET,
    kinds::ASSET,
    kinds::LOAN,
    kinds::LOAN_POLICY,
    kinds::SERVICE,
    kinds::PATHWAY,
    kinds::REFERRAL,
    kinds::LOST_DRIVE,
    kinds::ANSWERED,
    kinds::ROAD,
    kinds::ROAD_CALIBRATIONS,
    kinds::PARTNER,
    kinds::PARTNER_THREAD,
    kinds::PARTNER_NOTICE,
    kinds::PARTNER_SAID,
];

#[test]
fn no_number_of_a_kind_is_used_twice() {
    assert_eq!(std::collections::BTreeSet::from(KINDS).len(), KINDS.len());
}
