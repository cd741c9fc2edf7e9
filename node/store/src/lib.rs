//! The node's schema over the engine: versioned records, indexes, outbox, inbox, budget.
//!
//! One module per family of records. Records are structs of their own, apart from the domain types, so that either can
//! change; the bytes of every version that was ever written stay in the tests. Functions read from any view (the engine,
//! or a transaction that sees its own writes) and write inside a transaction of the caller's.
//!
//! Invariants:
//! - Must never know tokio, a message format, a clock or a random generator, nor hold a rule of the territory.
//! - An index is written in the same transaction as its record, and a hit is checked against the record again, since two
//!   reads may straddle a commit.
//! - A record that makes no sense is an error, never a guess, and its contents are in no message: records have no `Debug`.
//! - The number of a kind of record ([`kinds`]) is never reused.

pub mod access_log;
pub mod accounts;
pub mod agreements;
pub mod answered;
pub mod assets;
pub mod budget;
pub mod calendar_links;
pub mod costs;
pub mod counted_services;
pub mod declarations;
pub mod driver_links;
pub mod driver_offers;
pub mod erasures;
pub mod events;
mod fields;
pub mod handover_rules;
pub mod handovers;
pub mod holdings;
pub mod inbox;
mod indexes;
pub mod kinds;
pub mod ledger;
pub mod legal;
pub mod limits;
pub mod lives;
pub mod loans;
pub mod lost_drives;
pub mod messages;
pub mod moments;
mod names;
pub mod offer_policy;
pub mod outbox;
pub mod partners;
pub mod past_trips;
pub mod pathways;
pub mod persons;
pub mod plan_rules;
pub mod plans;
pub mod prescribers;
pub mod reference;
pub mod references;
pub mod referrals;
pub mod report_notes;
pub mod report_states;
pub mod reports;
pub mod requests;
pub mod roads;
pub mod search_changes;
mod sequences;
pub mod series;
pub mod services;
pub mod settings;
pub mod settlements;
pub mod staff;
pub mod stands;
pub mod trips;
pub mod unmet;
pub mod volunteers;

#[cfg(test)]
mod golden;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

use maillage_engine::{Options, Tree};

/// Version of this schema. A store written under a newer one is refused by the engine.
pub const SCHEMA_VERSION: u32 = 1;

/// Every tree of a node.
pub const TREES: &[Tree] = &[
    access_log::TREE,
    access_log::BY_TIME_TREE,
    access_log::EXPORTS_TREE,
    agreements::TREE,
    assets::TREE,
    accounts::LABELS_TREE,
    accounts::TOKENS_TREE,
    accounts::TREE,
    answered::TREE,
    budget::TREE,
    costs::DRIVER_YEARS_TREE,
    costs::TREE,
    counted_services::TREE,
    declarations::COUNTS_TREE,
    declarations::STATES_TREE,
    declarations::TREE,
    erasures::TREE,
    events::BY_SUBJECT_TREE,
    calendar_links::BY_VOLUNTEER_TREE,
    calendar_links::TREE,
    driver_links::BY_VOLUNTEER_TREE,
    driver_links::TREE,
    driver_offers::BY_TRIP_TREE,
    driver_offers::BY_VOLUNTEER_TREE,
    driver_offers::DUE_TREE,
    driver_offers::TREE,
    events::TREE,
    handovers::INCOMING_OPEN_TREE,
    handovers::INCOMING_TREE,
    handovers::OUTGOING_OPEN_TREE,
    handovers::OUTGOING_TREE,
    moments::SAID_TREE,
    moments::TREE,
    inbox::CURSOR_TREE,
    inbox::SEEN_TREE,
    ledger::DRIVES_NOTED_TREE,
    ledger::DRIVES_TREE,
    ledger::DUES_TREE,
    ledger::ENTRIES_BY_DAY_TREE,
    ledger::ENTRIES_BY_PARTY_TREE,
    ledger::ENTRIES_TREE,
    ledger::EXPENSES_TREE,
    ledger::ISSUERS_TREE,
    ledger::MILEAGE_TREE,
    ledger::RECEIPTS_BY_NUMBER_TREE,
    ledger::RECEIPTS_BY_PARTY_TREE,
    ledger::RECEIPTS_OF_TREE,
    ledger::RECEIPTS_TREE,
    ledger::STATEMENTS_BY_VOLUNTEER_TREE,
    ledger::STATEMENTS_TREE,
    lives::LOST_TREE,
    lives::PROOFS_TREE,
    ledger::STATEMENT_LINES_TREE,
    lost_drives::TREE,
    messages::BY_ABOUT_TREE,
    messages::BY_RECIPIENT_TREE,
    messages::ENDED_TREE,
    messages::FAILED_TREE,
    messages::TREE,
    messages::WAITING_TREE,
    plans::LINES_TREE,
    plans::TREE,
    legal::CARRIERS_TREE,
    legal::EXCEPTIONS_BY_SUBJECT_TREE,
    legal::EXCEPTIONS_TREE,
    legal::TRIP_FRAMES_TREE,
    loans::BY_ASSET_TREE,
    loans::BY_PERSON_TREE,
    loans::OPEN_TREE,
    loans::POLICY_TREE,
    loans::TREE,
    outbox::DEAD_TREE,
    outbox::TREE,
    partners::NOTICES_TREE,
    partners::SAID_TREE,
    partners::THREADS_TREE,
    partners::TREE,
    past_trips::TREE,
    pathways::BY_PERSON_TREE,
    pathways::DUE_TREE,
    pathways::OPEN_TREE,
    pathways::TREE,
    persons::NAMES_TREE,
    persons::TREE,
    references::BY_ID_TREE,
    references::TREE,
    reference::INTERCHANGES_TREE,
    reference::URBAN_UNITS_TREE,
    referrals::BY_PRESCRIBER_TREE,
    referrals::OPEN_TREE,
    referrals::TREE,
    prescribers::TREE,
    report_notes::SILENCES_TREE,
    report_notes::TRUTHS_TREE,
    report_notes::WITHDRAWALS_TREE,
    report_states::TREE,
    reports::TREE,
    requests::TREE,
    roads::TREE,
    search_changes::LATEST_TREE,
    search_changes::TREE,
    sequences::TREE,
    services::BY_PERSON_TREE,
    services::BY_TYPE_TREE,
    services::OPEN_TREE,
    services::TREE,
    settings::TREE,
    settlements::COLLECTED_TREE,
    settlements::LEGS_TREE,
    settlements::TREE,
    staff::TREE,
    series::BY_PERSON_TREE,
    series::EXCEPTIONS_TREE,
    series::MADE_TREE,
    series::TREE,
    series::UNMADE_TREE,
    trips::BY_DAY_TREE,
    trips::BY_DRIVER_TREE,
    trips::BY_PERSON_TREE,
    trips::BY_VOLUNTEER_TREE,
    trips::COUNTED_TREE,
    trips::OPEN_TREE,
    trips::TREE,
    trips::UNCOUNTED_TREE,
    trips::UNMET_TREE,
    unmet::BY_COMMUNE_TREE,
    unmet::BY_DAY_TREE,
    unmet::TREE,
    volunteers::NAMES_TREE,
    volunteers::TREE,
];

/// How a node opens its store.
pub const fn options() -> Options {
    Options::new(TREES, SCHEMA_VERSION)
}
