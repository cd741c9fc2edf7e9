//! The table: one line for every tree of the node.

use maillage_domain::{erasure::forget_volunteer, trip::Origin};
use maillage_engine::{EngineError, RecordError, Transaction, Tree};
use maillage_federation::ids::Id;

use super::{Blank, Bond, By, Fate, Holding, Kept, Shown, Who};
use crate::{
    access_log, accounts, agreements, answered, assets, budget, calendar_links, costs, counted_services,
    declarations, driver_links, driver_offers, erasures, events, handovers, inbox, ledger, legal, lives,
    loans, lost_drives, messages, moments, outbox, partners, past_trips, pathways, persons, plans,
    prescribers, reference, references, referrals, report_notes, report_states, reports, requests, roads,
    search_changes, sequences, series, services, settings, settlements, staff, trips, unmet, volunteers,
};

/// Every tree of the node, with what it holds.
pub const ALL: &[Holding] = &[
    // People first: what identifies goes before what it identifies.
    people(persons::TREE, &[own(Who::Person, By::KeyStart, Fate::Remove(remove_person))]),
    people(persons::NAMES_TREE, &[hidden(Who::Person, By::KeyEnd)]),
    people(
        volunteers::TREE,
        &[own(Who::Volunteer, By::KeyStart, Fate::Rewrite(forget_in_volunteer, VOLUNTEER_FIELDS))],
    ),
    people(volunteers::NAMES_TREE, &[hidden(Who::Volunteer, By::KeyEnd)]),
    // Who works for the platform or with it: contacts of a profession, ended by the desk, not by an erasure.
    people(prescribers::TREE, &[]),
    people(staff::TREE, &[]),
    people(partners::TREE, &[]),
    // What keeps the search in memory up to date: who changed, never what.
    people(
        search_changes::TREE,
        &[
            Bond::anonymous(Who::Person, By::Fields(&["person"])),
            Bond::anonymous(Who::Volunteer, By::Fields(&["volunteer"])),
        ],
    ),
    people(
        search_changes::LATEST_TREE,
        &[Bond::index(Who::Person, By::KeyEnd), Bond::index(Who::Volunteer, By::KeyEnd)],
    ),
    // Rides.
    rides(requests::TREE, &[followed(Who::Person, &["person"], Fate::Blank(REQUEST_FIELDS))]),
    rides(
        trips::TREE,
        &[
            followed(Who::Person, &["person"], Fate::Rewrite(forget_in_trip, TRIP_FIELDS)),
            Bond {
                who: Who::Volunteer,
                by: By::Fields(&["volunteer"]),
                follow: false,
                fate: Fate::Keep(Kept::Anonymous),
                shown: Shown::Without(&["address", "needs", "person", "origin", "request"]),
            },
        ],
    ),
    rides(trips::BY_DAY_TREE, &[]),
    rides(trips::BY_PERSON_TREE, &[Bond::index(Who::Person, By::KeyStart)]),
    rides(trips::BY_VOLUNTEER_TREE, &[Bond::index(Who::Volunteer, By::KeyStart)]),
    rides(trips::OPEN_TREE, &[]),
    rides(trips::UNCOUNTED_TREE, &[]),
    rides(trips::COUNTED_TREE, &[]),
    rides(trips::UNMET_TREE, &[]),
    rides(trips::BY_DRIVER_TREE, &[Bond::index(Who::Volunteer, By::KeyStart)]),
    rides(
        past_trips::TREE,
        &[
            own(Who::Person, By::Fields(&["person"]), Fate::Delete),
            Bond {
                who: Who::Volunteer,
                by: By::Fields(&["volunteer"]),
                follow: false,
                fate: Fate::Keep(Kept::Anonymous),
                shown: Shown::Without(&["person"]),
            },
        ],
    ),
    rides(series::TREE, &[followed(Who::Person, &["person"], Fate::Delete)]),
    rides(series::BY_PERSON_TREE, &[hidden(Who::Person, By::KeyStart)]),
    rides(series::EXCEPTIONS_TREE, &[own(Who::Person, By::KeyStart, Fate::Delete)]),
    rides(series::MADE_TREE, &[own(Who::Person, By::KeyStart, Fate::Delete)]),
    rides(series::UNMADE_TREE, &[own(Who::Person, By::KeyStart, Fate::Delete)]),
    rides(
        unmet::TREE,
        &[Bond {
            who: Who::Person,
            by: By::Fields(&["trip"]),
            follow: false,
            fate: Fate::Rewrite(forget_in_unmet, &[("needs", Blank::List), ("home", Blank::Nil)]),
            shown: Shown::Whole,
        }],
    ),
    // Proposals of the planner: trips, and volunteers under their identifiers.
    rides(plans::TREE, &[Bond::anonymous(Who::Volunteer, By::Fields(&["volunteer"]))]),
    rides(plans::LINES_TREE, &[Bond::anonymous(Who::Volunteer, By::Fields(&["volunteer", "nearest"]))]),
    rides(unmet::BY_DAY_TREE, &[]),
    rides(unmet::BY_COMMUNE_TREE, &[]),
    // Handovers.
    handed(
        handovers::OUTGOING_TREE,
        &[followed(Who::Person, &["trips"], Fate::Blank(&[("needs", Blank::List)]))],
    ),
    handed(handovers::OUTGOING_OPEN_TREE, &[]),
    handed(partners::THREADS_TREE, &[own(Who::Person, By::KeyStart, Fate::Blank(&[("needs", Blank::List)]))]),
    handed(partners::NOTICES_TREE, &[]),
    // Marks of what was said, which tell nothing of it.
    handed(partners::SAID_TREE, &[]),
    handed(moments::TREE, &[own(Who::Person, By::KeyStart, Fate::Blank(MOMENT_FIELDS))]),
    handed(moments::SAID_TREE, &[own(Who::Person, By::KeyStart, Fate::Blank(MOMENT_FIELDS))]),
    handed(
        handovers::INCOMING_TREE,
        &[Bond {
            who: Who::Volunteer,
            by: By::Fields(&["volunteer"]),
            follow: false,
            fate: Fate::Keep(Kept::Anonymous),
            shown: Shown::Without(&["details", "offer", "record"]),
        }],
    ),
    handed(handovers::INCOMING_OPEN_TREE, &[]),
    nobody(agreements::TREE),
    // Offers of ours without the needs of whoever travels, until somebody has looked at them.
    handed(lives::LOST_TREE, &[]),
    // Days, distances and sums of handovers, for the books; nobody is named.
    money(settlements::TREE, &[]),
    money(settlements::LEGS_TREE, &[]),
    money(settlements::COLLECTED_TREE, &[]),
    handed(lives::PROOFS_TREE, &[]),
    handed(outbox::TREE, &[]),
    handed(outbox::DEAD_TREE, &[]),
    handed(inbox::SEEN_TREE, &[]),
    handed(inbox::CURSOR_TREE, &[]),
    // Services beyond rides, and the pathway they hang on.
    accompanied(
        referrals::TREE,
        &[
            own(Who::Person, By::Fields(&["person"]), Fate::Blank(REFERRAL_FIELDS)),
            own(Who::Referral, By::KeyStart, Fate::Blank(REFERRAL_FIELDS)),
        ],
    ),
    accompanied(referrals::BY_PRESCRIBER_TREE, &[]),
    accompanied(referrals::OPEN_TREE, &[]),
    accompanied(pathways::TREE, &[followed(Who::Person, &["person"], NO_NOTES)]),
    accompanied(pathways::BY_PERSON_TREE, &[Bond::index(Who::Person, By::InKey)]),
    accompanied(pathways::OPEN_TREE, &[Bond::index(Who::Person, By::InKey)]),
    accompanied(pathways::DUE_TREE, &[]),
    accompanied(services::TREE, &[followed(Who::Person, &["person"], NO_NOTES)]),
    accompanied(services::BY_PERSON_TREE, &[Bond::index(Who::Person, By::InKey)]),
    accompanied(services::BY_TYPE_TREE, &[]),
    accompanied(services::OPEN_TREE, &[]),
    accompanied(loans::TREE, &[followed(Who::Person, &["person"], NO_NOTES)]),
    accompanied(loans::BY_PERSON_TREE, &[Bond::index(Who::Person, By::InKey)]),
    accompanied(loans::BY_ASSET_TREE, &[]),
    accompanied(loans::OPEN_TREE, &[]),
    nobody(loans::POLICY_TREE),
    nobody(assets::TREE),
    // The legal frame of each trip, and who answers for it.
    Holding { tree: legal::CARRIERS_TREE, processing: "frames", bonds: &[] },
    Holding {
        tree: legal::TRIP_FRAMES_TREE,
        processing: "frames",
        bonds: &[own(Who::Person, By::KeyStart, Fate::Blank(FRAME_FIELDS))],
    },
    Holding {
        tree: legal::EXCEPTIONS_TREE,
        processing: "frames",
        bonds: &[own(Who::Person, By::Fields(&["subject_id"]), Fate::Blank(&[("reason", Blank::Withheld)]))],
    },
    Holding { tree: legal::EXCEPTIONS_BY_SUBJECT_TREE, processing: "frames", bonds: &[] },
    nobody(reference::URBAN_UNITS_TREE),
    nobody(reference::INTERCHANGES_TREE),
    nobody(roads::TREE),
    // How drivers and passengers are asked and told.
    told(
        driver_offers::TREE,
        &[
            Bond::anonymous(Who::Person, By::Fields(&["trips"])),
            Bond::anonymous(Who::Volunteer, By::Fields(&["volunteer"])),
        ],
    ),
    told(driver_offers::DUE_TREE, &[]),
    told(driver_offers::BY_TRIP_TREE, &[]),
    told(driver_offers::BY_VOLUNTEER_TREE, &[Bond::index(Who::Volunteer, By::InKey)]),
    told(
        messages::TREE,
        &[
            Bond::anonymous(Who::Person, By::Fields(&["id"])),
            Bond::anonymous(Who::Volunteer, By::Fields(&["id"])),
        ],
    ),
    told(messages::WAITING_TREE, &[]),
    told(messages::BY_ABOUT_TREE, &[]),
    told(
        messages::BY_RECIPIENT_TREE,
        &[Bond::index(Who::Person, By::KeyStart), Bond::index(Who::Volunteer, By::KeyStart)],
    ),
    told(messages::ENDED_TREE, &[]),
    told(messages::FAILED_TREE, &[]),
    told(lost_drives::TREE, &[own(Who::Volunteer, By::KeyStart, Fate::Delete)]),
    told(calendar_links::TREE, &[own(Who::Volunteer, By::Fields(&["volunteer"]), Fate::Delete)]),
    told(calendar_links::BY_VOLUNTEER_TREE, &[hidden(Who::Volunteer, By::KeyStart)]),
    told(driver_links::TREE, &[own(Who::Volunteer, By::Fields(&["volunteer"]), Fate::Delete)]),
    told(driver_links::BY_VOLUNTEER_TREE, &[hidden(Who::Volunteer, By::KeyStart)]),
    // Money.
    money(
        costs::TREE,
        &[
            own(Who::Person, By::Fields(&["person"]), Fate::Blank(&[("quotient_euros", Blank::Nil)])),
            Bond {
                who: Who::Volunteer,
                by: By::Fields(&["volunteer"]),
                follow: false,
                fate: Fate::Keep(Kept::Anonymous),
                shown: Shown::Without(&["person", "quotient_euros", "contribution_cents"]),
            },
        ],
    ),
    money(costs::DRIVER_YEARS_TREE, &[Bond::anonymous(Who::Volunteer, By::KeyStart)]),
    money(
        ledger::ENTRIES_TREE,
        &[
            piece(Who::Person, By::Fields(&["person"])),
            Bond {
                who: Who::Volunteer,
                by: By::Fields(&["volunteer", "by"]),
                follow: false,
                fate: Fate::Keep(Kept::AccountingLaw),
                shown: Shown::Without(&["person"]),
            },
        ],
    ),
    money(ledger::ENTRIES_BY_DAY_TREE, &[]),
    money(ledger::ENTRIES_BY_PARTY_TREE, &PARTIES),
    money(ledger::DUES_TREE, &[]),
    money(
        ledger::RECEIPTS_TREE,
        &[
            followed(Who::Person, &["person", "receipt"], Fate::Keep(Kept::AccountingLaw)),
            followed(Who::Volunteer, &["volunteer", "receipt"], Fate::Keep(Kept::AccountingLaw)),
        ],
    ),
    money(ledger::RECEIPTS_BY_NUMBER_TREE, &[]),
    money(ledger::RECEIPTS_BY_PARTY_TREE, &PARTIES),
    money(ledger::RECEIPTS_OF_TREE, &[]),
    money(
        ledger::STATEMENTS_TREE,
        &[followed(Who::Volunteer, &["volunteer"], Fate::Keep(Kept::AccountingLaw))],
    ),
    money(ledger::STATEMENTS_BY_VOLUNTEER_TREE, &[Bond::index(Who::Volunteer, By::InKey)]),
    money(ledger::STATEMENT_LINES_TREE, &[piece(Who::Volunteer, By::KeyStart)]),
    money(ledger::MILEAGE_TREE, &[Bond::index(Who::Volunteer, By::InKey)]),
    money(ledger::DRIVES_TREE, &[piece(Who::Volunteer, By::Fields(&["volunteer"]))]),
    money(ledger::DRIVES_NOTED_TREE, &[]),
    money(ledger::EXPENSES_TREE, &[piece(Who::Volunteer, By::Fields(&["volunteer"]))]),
    nobody(ledger::ISSUERS_TREE),
    // What a spreadsheet called people and things.
    people(
        references::TREE,
        &[
            own(Who::Person, By::Fields(&["id"]), Fate::Delete),
            own(Who::Volunteer, By::Fields(&["id"]), Fate::Delete),
        ],
    ),
    people(references::BY_ID_TREE, &[hidden(Who::Person, By::KeyEnd), hidden(Who::Volunteer, By::KeyEnd)]),
    // Who did what, and who saw what.
    traced(
        events::TREE,
        &[
            Bond::anonymous(Who::Person, By::Fields(SUBJECTS)),
            Bond::anonymous(Who::Referral, By::Fields(&["referral"])),
            Bond {
                who: Who::Volunteer,
                by: By::Fields(&["volunteer"]),
                follow: false,
                fate: Fate::Keep(Kept::Anonymous),
                shown: Shown::Without(&["person", "request"]),
            },
        ],
    ),
    traced(
        events::BY_SUBJECT_TREE,
        &[Bond::index(Who::Person, By::InKey), Bond::index(Who::Volunteer, By::InKey)],
    ),
    traced(accounts::TREE, &[Bond::anonymous(Who::Volunteer, By::Fields(&["volunteer"]))]),
    traced(accounts::LABELS_TREE, &[]),
    traced(
        answered::TREE,
        &[
            Bond::anonymous(Who::Person, By::Fields(&["result"])),
            Bond::anonymous(Who::Volunteer, By::Fields(&["result"])),
        ],
    ),
    traced(accounts::TOKENS_TREE, &[]),
    traced(
        access_log::TREE,
        &[
            accountable(Who::Person, By::Fields(SUBJECTS)),
            accountable(Who::Volunteer, By::Fields(&["volunteer"])),
        ],
    ),
    // By the same right and as long as the log that it leads to.
    traced(access_log::BY_TIME_TREE, &[kept_index(Who::Person), kept_index(Who::Volunteer)]),
    // A table given out names nobody.
    traced(access_log::EXPORTS_TREE, &[]),
    traced(erasures::TREE, &[Bond::index(Who::Person, By::InKey), Bond::index(Who::Volunteer, By::InKey)]),
    // The node itself.
    counted(reports::TREE),
    counted(report_notes::SILENCES_TREE),
    counted(report_notes::TRUTHS_TREE),
    counted(report_notes::WITHDRAWALS_TREE),
    counted(counted_services::TREE),
    // Sums of whole years, and the name of whoever signed them for the platform.
    counted(declarations::TREE),
    counted(declarations::STATES_TREE),
    // Whom a year was counted without, so that counting it again tells of nobody who objects since.
    Holding {
        tree: declarations::COUNTS_TREE,
        processing: "statistics",
        bonds: &[Bond::index(Who::Person, By::Fields(&["objectors"]))],
    },
    counted(report_states::TREE),
    counted(budget::TREE),
    nobody(sequences::TREE),
    nobody(settings::TREE),
];

/// What a journal calls what an event is about.
const SUBJECTS: &[&str] =
    &["person", "request", "trip", "handover", "series", "loan", "service", "pathway", "driver-offer"];

/// Indexes of pieces by who is concerned.
const PARTIES: [Bond; 2] = [Bond::index(Who::Person, By::InKey), Bond::index(Who::Volunteer, By::InKey)];

/// What `forget_volunteer` takes out.
const VOLUNTEER_FIELDS: &[(&str, Blank)] = &[
    ("name", Blank::Withheld),
    ("phone", Blank::Empty),
    ("email", Blank::Empty),
    ("address", Blank::Empty),
    ("label", Blank::Empty),
    ("documents", Blank::List),
    ("absences", Blank::List),
    ("avoid", Blank::List),
    ("active", Blank::No),
];

/// Who was referred, and by what the prescriber knows the case.
const REFERRAL_FIELDS: &[(&str, Blank)] = &[("contact", Blank::Nil), ("reference", Blank::Empty)];

/// What tells why and where exactly somebody wanted to go.
const REQUEST_FIELDS: &[(&str, Blank)] =
    &[("address", Blank::Empty), ("purpose", Blank::Code("other")), ("notes", Blank::Empty)];

/// What was written about somebody in words; codes, days and amounts stay.
const NO_NOTES: Fate = Fate::Blank(&[("notes", Blank::Empty), ("damage", Blank::Empty)]);

/// That it was a benefit is what is counted, not which one.
const FRAME_FIELDS: &[(&str, Blank)] = &[("reasons", Blank::List), ("ground", Blank::After("resources:"))];

/// What desks wrote to each other about a trip, and where it was to go instead.
const MOMENT_FIELDS: &[(&str, Blank)] =
    &[("text", Blank::Empty), ("pickup_address", Blank::Empty), ("dropoff_address", Blank::Empty)];

/// What `forget_person` takes out of a trip.
const TRIP_FIELDS: &[(&str, Blank)] =
    &[("address", Blank::Empty), ("needs", Blank::List), ("notes", Blank::Empty)];

const fn people(tree: Tree, bonds: &'static [Bond]) -> Holding {
    Holding { tree, processing: "people", bonds }
}

const fn rides(tree: Tree, bonds: &'static [Bond]) -> Holding {
    Holding { tree, processing: "rides", bonds }
}

const fn handed(tree: Tree, bonds: &'static [Bond]) -> Holding {
    Holding { tree, processing: "handovers", bonds }
}

const fn traced(tree: Tree, bonds: &'static [Bond]) -> Holding {
    Holding { tree, processing: "traceability", bonds }
}

const fn accompanied(tree: Tree, bonds: &'static [Bond]) -> Holding {
    Holding { tree, processing: "pathways", bonds }
}

const fn told(tree: Tree, bonds: &'static [Bond]) -> Holding {
    Holding { tree, processing: "messages", bonds }
}

const fn money(tree: Tree, bonds: &'static [Bond]) -> Holding {
    Holding { tree, processing: "money", bonds }
}

const fn counted(tree: Tree) -> Holding {
    Holding { tree, processing: "statistics", bonds: &[] }
}

const fn nobody(tree: Tree) -> Holding {
    Holding { tree, processing: "node", bonds: &[] }
}

const fn own(who: Who, by: By, fate: Fate) -> Bond {
    Bond { who, by, follow: false, fate, shown: Shown::Whole }
}

/// An index that goes with the person.
const fn hidden(who: Who, by: By) -> Bond {
    Bond { who, by, follow: false, fate: Fate::Delete, shown: Shown::No }
}

/// A piece of the books.
const fn piece(who: Who, by: By) -> Bond {
    Bond { who, by, follow: false, fate: Fate::Keep(Kept::AccountingLaw), shown: Shown::Whole }
}

const fn followed(who: Who, fields: &'static [&'static str], fate: Fate) -> Bond {
    Bond { who, by: By::Fields(fields), follow: true, fate, shown: Shown::Whole }
}

const fn accountable(who: Who, by: By) -> Bond {
    Bond { who, by, follow: false, fate: Fate::Keep(Kept::Accountability), shown: Shown::Whole }
}

/// A row of an index over what is kept to be accountable.
const fn kept_index(who: Who) -> Bond {
    let fate = Fate::Keep(Kept::Accountability);
    Bond { who, by: By::InKey, follow: false, fate, shown: Shown::No }
}

/// A person with everything the search knows.
fn remove_person(transaction: &mut Transaction<'_>, key: &[u8]) -> Result<(), EngineError> {
    let id = Id::from_bytes(key).map_err(|_| RecordError::Key("the identifier of a person"))?;
    persons::remove(transaction, id)
}

/// A volunteer without anything that identifies.
fn forget_in_volunteer(transaction: &mut Transaction<'_>, key: &[u8]) -> Result<(), EngineError> {
    let id = Id::from_bytes(key).map_err(|_| RecordError::Key("the identifier of a volunteer"))?;
    let Some(mut volunteer) = volunteers::find(transaction, id)? else { return Ok(()) };
    forget_volunteer(&mut volunteer);
    volunteers::put(transaction, &volunteer)
}

/// An entry of the ledger without what the person needed and where they live: its row under that commune goes too.
fn forget_in_unmet(transaction: &mut Transaction<'_>, key: &[u8]) -> Result<(), EngineError> {
    let id = Id::from_bytes(key).map_err(|_| RecordError::Key("the identifier of a trip"))?;
    unmet::forget(transaction, id)
}

/// A trip without where exactly it went and what the person needed; communes, times, distances and the driver stay.
fn forget_in_trip(transaction: &mut Transaction<'_>, key: &[u8]) -> Result<(), EngineError> {
    let id = Id::from_bytes(key).map_err(|_| RecordError::Key("the identifier of a trip"))?;
    let Some(mut trip) = trips::find(transaction, id)? else { return Ok(()) };
    if let Origin::Carried { .. } = trip.terms.origin {
        return Ok(());
    }
    trip.terms.forget_person();
    trips::put(transaction, &trip)
}
