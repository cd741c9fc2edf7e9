//! The bytes of every version of every record that was ever written, as files under `golden/`. They are never changed:
//! a record that changes gets a new version and keeps the old file with the way to read it.

mod plans;
mod reports;
mod services;

use std::fmt::Write as _;

use maillage_domain::{
    document::DocumentKind,
    handover::Policy,
    past_trip::{PastJourney, PastTrip},
    prescriber::{NewPrescriber, Prescriber},
    request::{Request, ReturnTime},
    staff::{NewProfessional, Professional},
    trip::{CancelReason, Trip, TripStatus},
};
use maillage_engine::{Record, decode_record, encode_record};
use maillage_federation::directory::Head;

use crate::{
    access_log::{self, AccessRecord, TableExportRecord},
    accounts::{AccountRecord, PointerRecord},
    answered::AnsweredRecord,
    budget::BudgetRecord,
    events::{Actor, EventRecord, NewEvent, Subject},
    inbox::{CursorRecord, SeenRecord},
    outbox::{DeadLetter, DeadLetterRecord, OutboxRecord, OutboxRow},
    past_trips::PastTripRecord,
    persons::PersonRecord,
    prescribers::PrescriberRecord,
    references::{NamedRecord, ReferenceRecord},
    reports::{FrozenReport, ReportRecord},
    requests::RequestRecord,
    samples::{
        account, accounts_of_the_console, every_state, full_person, full_volunteer, id, now, person, request,
        volunteer,
    },
    search_changes::{ChangeRecord, Changed, LatestRecord},
    sequences::SequenceRecord,
    settings::{DirectoryHead, DocumentRules, HandoverPolicy, ModelsInForce, Territory},
    staff::ProfessionalRecord,
    trips::TripRecord,
    volunteers::VolunteerRecord,
};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(pair).collect()
}

/// The record is written as the golden bytes are, and the golden bytes read back as the record.
pub(crate) fn check<R: Record>(golden: &str, record: &R) {
    let written = encode_record(record).unwrap();
    assert_eq!(hex(&written), golden.trim(), "kind {} is written differently", R::KIND);
    let read: R = decode_record(&unhex(golden)).unwrap();
    assert_eq!(encode_record(&read).unwrap(), written, "kind {} is read differently", R::KIND);
}

/// The golden bytes of an older version read back as the record.
pub(crate) fn check_old<R: Record>(golden: &str, record: &R) {
    let read: R = decode_record(&unhex(golden)).unwrap();
    let written = encode_record(record).unwrap();
    assert_eq!(encode_record(&read).unwrap(), written, "kind {} is read differently", R::KIND);
}

#[test]
fn people_of_every_version() {
    check_old(include_str!("../golden/person.v1.hex"), &PersonRecord::from(&person(1, "Canary Calvet")));
    check(include_str!("../golden/person.v2.hex"), &PersonRecord::from(&full_person(1, "Canary Calvet")));
    let old = VolunteerRecord::from(&volunteer(3, "Canary Roques"));
    check_old(include_str!("../golden/volunteer.v1.hex"), &old);
    let volunteer = VolunteerRecord::from(&full_volunteer(3, "Canary Roques"));
    check(include_str!("../golden/volunteer.v2.hex"), &volunteer);
}

#[test]
fn partners_search_and_document_rules_of_version_1() {
    let prescriber = NewPrescriber {
        organisation: "CCAS Canary".to_owned(),
        contact: "Canary Fabre".to_owned(),
        phone: "0563123456".to_owned(),
        email: "canary@exemple.fr".to_owned(),
    };
    let prescriber = Prescriber::register(id(90), prescriber.parse().unwrap(), now());
    check(include_str!("../golden/prescriber.v1.hex"), &PrescriberRecord::from(&prescriber));
    let professional = NewProfessional {
        name: "Canary Blanc".to_owned(),
        function: "coordinatrice".to_owned(),
        may_drive: true,
        ..NewProfessional::default()
    };
    let professional = Professional::register(id(91), professional.parse().unwrap(), now());
    check(include_str!("../golden/professional.v1.hex"), &ProfessionalRecord::from(&professional));
    let change = ChangeRecord { who: Changed::Person(id(1)) };
    check(include_str!("../golden/search_change.v1.hex"), &change);
    check(include_str!("../golden/search_latest.v1.hex"), &LatestRecord { sequence: 7 });
    let required = [DocumentKind::Licence, DocumentKind::Charter].into_iter().collect();
    check(include_str!("../golden/document_rules.v1.hex"), &DocumentRules::from(&required));
}

#[test]
fn requests_of_both_versions() {
    let person = person(1, "Canary Calvet");
    let request = RequestRecord::from(&request(10, &person).0);
    check(include_str!("../golden/request.v2.hex"), &request);
    let old: RequestRecord = decode_record(&unhex(include_str!("../golden/request.v1.hex"))).unwrap();
    let old = Request::try_from(old).unwrap();
    assert_eq!(old.details.back, Some(ReturnTime::At("2026-10-05T09:00:00Z".parse().unwrap())));
    assert_eq!((old.details.late_ok, old.details.model), (false, None));
}

/// Trips of issue 2 read as trips that nobody could annotate, put into a series or cancel with a reason.
#[test]
fn trips_of_version_1_are_read() {
    for golden in include_str!("../golden/trip.v1.hex").lines() {
        let record: TripRecord = decode_record(&unhex(golden)).unwrap();
        let trip = Trip::try_from(record).unwrap();
        assert_eq!((trip.terms.occurrence, trip.terms.late_ok), (None, false));
        assert_eq!((trip.terms.seats, trip.terms.companions), (2, 1));
        if let TripStatus::Cancelled { reason, .. } = trip.status() {
            assert_eq!(reason, CancelReason::Unspecified);
        }
    }
}

#[test]
fn answers_of_version_1() {
    let answered = AnsweredRecord {
        content: vec![7; 16],
        result: id::<()>(7).to_array().to_vec(),
        at_ms: now().as_millisecond(),
    };
    check(include_str!("../golden/answered.v1.hex"), &answered);
}

#[test]
fn trips_from_before_of_version_1() {
    let journey = PastJourney {
        person: id(1),
        volunteer: Some(id(3)),
        day: "2025-03-14".parse().unwrap(),
        pickup: "81003".parse().unwrap(),
        dropoff: "81004".parse().unwrap(),
        loaded_m: 32_000,
        empty_m: 9_000,
    };
    let trip = PastTrip { id: id(7), journey };
    check(include_str!("../golden/past_trip.v1.hex"), &PastTripRecord::from(&trip));
    assert!(PastTrip::try_from(PastTripRecord::from(&trip)).unwrap() == trip);
}

#[test]
fn references_of_version_1() {
    let reference = ReferenceRecord { id: id::<()>(7).to_array().to_vec() };
    check(include_str!("../golden/reference.v1.hex"), &reference);
    check(include_str!("../golden/reference_of.v1.hex"), &NamedRecord { reference: "B-001".to_owned() });
}

#[test]
fn trips_of_version_2() {
    let golden = include_str!("../golden/trip.v2.hex");
    let trips = every_state();
    assert_eq!(golden.lines().count(), trips.len());
    for (golden, trip) in golden.lines().zip(&trips) {
        check(golden, &TripRecord::from(trip));
    }
}

fn row() -> OutboxRow {
    OutboxRow { envelope: id(70), bytes: vec![0, 1, 255], created: now() }
}

#[test]
fn mail_of_version_1() {
    check(include_str!("../golden/outbox.v1.hex"), &OutboxRecord::from(&row()));
    let letter = DeadLetter { row: row(), reason: "round-over".to_owned(), at: now() };
    check(include_str!("../golden/dead_letter.v1.hex"), &DeadLetterRecord::from(&letter));
    let seen = SeenRecord { at_ms: now().as_millisecond() };
    check(include_str!("../golden/inbox_seen.v1.hex"), &seen);
    check(include_str!("../golden/inbox_cursor.v1.hex"), &CursorRecord { cursor: 81_003 });
    check(include_str!("../golden/sequence.v1.hex"), &SequenceRecord { last: 7 });
}

#[test]
fn settings_of_version_1() {
    let territory = Territory { siren: "200034031".to_owned() };
    check(include_str!("../golden/territory.v1.hex"), &territory);
    let model = |key: &str, from: &str, models: ModelsInForce| {
        models.with(key.parse().unwrap(), from.parse().unwrap())
    };
    let models = model("benevoles-association@1", "2026-10", ModelsInForce::default());
    let models = model("hybride-guichet@1", "2027-01", models);
    check(include_str!("../golden/models_in_force.v1.hex"), &models);
    let policy = HandoverPolicy::from(&Policy::default());
    check(include_str!("../golden/handover_policy.v1.hex"), &policy);
    let head = DirectoryHead::from(Head { version: 12, hash: [0xab; 32] });
    check(include_str!("../golden/directory_head.v1.hex"), &head);
}

#[test]
fn reports_budget_and_journals() {
    let report = FrozenReport {
        month: "2026-10".parse().unwrap(),
        vocabulary: "pulse-v1".to_owned(),
        bytes: vec![1, 2, 3],
        frozen_at: now(),
    };
    check(include_str!("../golden/report.v1.hex"), &ReportRecord::from(&report));
    check(include_str!("../golden/budget.v1.hex"), &BudgetRecord { spent: 8_375, half_years: 0 });
    let subjects = vec![
        Subject::Person(id(1)),
        Subject::Volunteer(id(2)),
        Subject::Request(id(3)),
        Subject::Trip(id(4)),
        Subject::Handover(id(5)),
        Subject::Node(id(6)),
    ];
    let event = |actor| NewEvent { at: now(), kind: "trip.requested", subjects: subjects.clone(), actor };
    let golden = include_str!("../golden/event.v1.hex");
    let actors = [Actor::Platform, Actor::Operator("desk".to_owned()), Actor::Neighbour(id(6))];
    assert_eq!(golden.lines().count(), actors.len());
    for (golden, actor) in golden.lines().zip(actors) {
        check_old(golden, &EventRecord::from(event(actor)));
    }
    let access = access_log::Access {
        at: now(),
        subject: Subject::Handover(id(5)),
        actor: Actor::Platform,
        purpose: "award.opened".into(),
    };
    check(include_str!("../golden/access.v1.hex"), &AccessRecord::from(&access));
    let export = access_log::TableExport {
        at: now(),
        actor: Actor::Operator("desk".to_owned()),
        purpose: "table.export".into(),
        table: "persons".into(),
        from: Some("2026-01-01".parse().unwrap()),
        to: None,
    };
    check_old(include_str!("../golden/table_export.v1.hex"), &TableExportRecord::from(&export));
    let export = access_log::TableExport { purpose: "money.export".into(), ..export };
    check(include_str!("../golden/table_export.v2.hex"), &TableExportRecord::from(&export));
}

#[test]
fn events_of_version_3() {
    use crate::events::FieldChange;

    let event = NewEvent {
        at: now(),
        kind: "person.update",
        subjects: vec![Subject::Person(id(1))],
        actor: Actor::Operator("desk".to_owned()),
    };
    let changes = [Some(FieldChange::of("needs")), FieldChange::choice("sharing", "ask", "never")];
    let record = EventRecord::from(event).with(changes.into_iter().flatten().collect());
    check(include_str!("../golden/event.v3.hex"), &record);
}

#[test]
fn events_of_version_2() {
    // Those there were when these bytes were written; more kinds of subjects are no new version before a release.
    let subjects =
        Subject::KINDS.iter().take(20).map(|kind| Subject::of(kind, &id::<()>(9).to_string()).unwrap());
    let subjects: Vec<Subject> = subjects.collect();
    let golden = include_str!("../golden/event.v2.hex");
    let events = subjects.chunks(crate::limits::SUBJECTS).map(|subjects| NewEvent {
        at: now(),
        kind: "loan.add",
        subjects: subjects.to_vec(),
        actor: Actor::Operator("desk".to_owned()),
    });
    assert_eq!(golden.lines().count(), events.len());
    for (golden, event) in golden.lines().zip(events) {
        check_old(golden, &EventRecord::from(event));
    }
}

#[test]
fn erasures_of_version_1() {
    use maillage_domain::erasure::{ErasureReason, ErasureState};

    use crate::{
        erasures::{Erasure, ErasureRecord},
        holdings::Whose,
    };

    let erasure = |state, done| Erasure {
        whose: Whose::Person(id(1)),
        reason: ErasureReason::Asked,
        asked: now(),
        objection: true,
        state,
        rows: 12,
        done,
    };
    let erasures = [erasure(ErasureState::Rows, None), erasure(ErasureState::Done, Some(now()))];
    let golden = include_str!("../golden/erasure.v1.hex");
    assert_eq!(golden.lines().count(), erasures.len());
    for (golden, erasure) in golden.lines().zip(&erasures) {
        check(golden, &ErasureRecord::from(erasure));
    }
}

#[test]
fn accounts_of_version_1() {
    check(include_str!("../golden/account.v1.hex"), &AccountRecord::from(&account()));
    check(include_str!("../golden/account_pointer.v1.hex"), &PointerRecord { account: id(120) });
    let [linked, entered] = accounts_of_the_console();
    check(include_str!("../golden/account-link.v1.hex"), &AccountRecord::from(&linked));
    check(include_str!("../golden/account-password.v1.hex"), &AccountRecord::from(&entered));
}
