//! Settings, reports, budget, events, access log.

use maillage_domain::handover::{Decision, Policy};
use maillage_engine::{EngineError, TransactError, View as _};
use maillage_federation::{
    accounts::{Declared, Said},
    directory::Head,
    ids::Id,
    statistics::WithdrawalReason,
};
use maillage_geography::Siren;

use super::write;
use crate::{
    access_log::{self, Access},
    budget::{self, BudgetError, Share},
    counted_services::{self, Countable},
    declarations::{self, DeclarationState, DeclareError, SignedDeclaration},
    events::{self, Actor, NewEvent, Subject},
    report_notes::{self, Silence, SilenceReason, TrueCounts, WithdrawnReport},
    reports::{self, FreezeError, FrozenReport},
    samples::{engine, id, now},
    settings::{self, DirectoryHead, HandoverPolicy, ModelsInForce, Territory},
};

#[test]
fn settings_are_there_once_written() {
    let engine = engine();
    assert_eq!(settings::find::<Territory>(&engine), Ok(None));
    let policy = Policy { bidding: Decision::Ask, award_wait_min: 7, ..Policy::default() };
    let head = Head { version: 3, hash: [9; 32] };
    let record = HandoverPolicy::from(&policy);
    write(&engine, move |transaction| {
        settings::put(transaction, &Territory { siren: "200034031".to_owned() })?;
        settings::put(transaction, &record)?;
        settings::put(transaction, &DirectoryHead::from(head))
    });
    let territory = settings::find::<Territory>(&engine).unwrap().unwrap();
    assert_eq!(territory.siren::<Siren>(), Ok("200034031".parse().unwrap()));
    assert_eq!(settings::find::<HandoverPolicy>(&engine).unwrap().map(Policy::from), Some(policy));
    let read = settings::find::<DirectoryHead>(&engine).unwrap().unwrap();
    assert_eq!(Head::try_from(read), Ok(head));
}

#[test]
fn a_model_is_in_force_from_its_first_month_until_the_next() {
    let model = |text: &str| text.parse().unwrap();
    let month = |text: &str| text.parse().unwrap();
    let models = ModelsInForce::default()
        .with(model("a@1"), month("2026-10"))
        .with(model("b@1"), month("2027-03"))
        .with(model("c@1"), month("2027-01"));
    let in_month = |text: &str| models.in_month(month(text)).map(ToString::to_string);
    assert_eq!(in_month("2026-09"), None);
    assert_eq!(in_month("2026-12"), Some("a@1".to_owned()));
    assert_eq!(in_month("2027-01"), Some("c@1".to_owned()));
    assert_eq!(in_month("2030-01"), Some("c@1".to_owned()));
    assert_eq!(models.all().len(), 2);
}

fn report(month: &str, bytes: &[u8]) -> FrozenReport {
    FrozenReport {
        month: month.parse().unwrap(),
        vocabulary: "pulse-v1".to_owned(),
        bytes: bytes.to_vec(),
        frozen_at: now(),
    }
}

#[test]
fn a_report_is_frozen_once() {
    let engine = engine();
    let put =
        |report: FrozenReport| engine.transact("test", move |transaction| reports::put(transaction, &report));
    assert_eq!(put(report("2026-10", b"one")), Ok(()));
    assert_eq!(put(report("2026-10", b"one")), Ok(()));
    let frozen = FreezeError::Frozen("2026-10".parse().unwrap());
    assert_eq!(put(report("2026-10", b"two")), Err(TransactError::Aborted(frozen)));
    assert_eq!(put(report("2026-11", b"two")), Ok(()));
    let other = FrozenReport { vocabulary: "tables-v1".to_owned(), ..report("2026-10", b"three") };
    assert_eq!(put(other), Ok(()));
    let found = reports::find(&engine, "2026-10".parse().unwrap(), "pulse-v1").unwrap();
    assert_eq!(found, Some(report("2026-10", b"one")));
    let months: Vec<_> =
        reports::list(&engine, 9).unwrap().iter().map(|report| report.month.to_string()).collect();
    assert_eq!(months, ["2026-11", "2026-10", "2026-10"]);
    let large = report("2026-12", &vec![0; 70_000]);
    assert!(matches!(put(large), Err(TransactError::Aborted(FreezeError::Engine(EngineError::TooLarge(_))))));
}

#[test]
fn the_budget_of_a_year_is_exact_and_ends() {
    let engine = engine();
    let charge = |year: u16, amount: u64| {
        engine.transact("test", move |transaction| {
            budget::charge(transaction, (year, Share::Months), amount, 12)
        })
    };
    for month in 1..=12 {
        assert_eq!(charge(2026, 1), Ok(month));
    }
    let exhausted = BudgetError::Exhausted { year: 2026, spent: 12, amount: 1, limit: 12 };
    assert_eq!(charge(2026, 1), Err(TransactError::Aborted(exhausted)));
    assert_eq!(charge(2027, 12), Ok(12));
    let overflow = BudgetError::Exhausted { year: 2027, spent: 12, amount: u64::MAX, limit: 12 };
    assert_eq!(charge(2027, u64::MAX), Err(TransactError::Aborted(overflow)));
    assert_eq!((budget::spent(&engine, 2026), budget::spent(&engine, 2028)), (Ok(12), Ok(0)));
}

#[test]
fn months_and_half_years_have_a_share_each() {
    let engine = engine();
    let charge = |share: Share, amount: u64| {
        engine.transact("test", move |transaction| budget::charge(transaction, (2026, share), amount, 12))
    };
    assert_eq!(charge(Share::Months, 12), Ok(12));
    assert_eq!(charge(Share::HalfYears, 7), Ok(7), "what months have used up is not the half-years'");
    assert!(charge(Share::Months, 1).is_err(), "nor the other way round");
    let exhausted = BudgetError::Exhausted { year: 2026, spent: 7, amount: 6, limit: 12 };
    assert_eq!(charge(Share::HalfYears, 6), Err(TransactError::Aborted(exhausted)));
    assert_eq!(budget::spent(&engine, 2026), Ok(19));
}

#[test]
fn what_a_half_year_has_used_up_stays_used_up() {
    let engine = engine();
    let same = [7; 10];
    let loan = Countable::Loan(Id::new(1, same));
    write(&engine, move |transaction| {
        counted_services::mark(transaction, loan, "2026-06".parse().unwrap())?;
        counted_services::mark(transaction, loan, "2026-12".parse().unwrap())
    });
    assert_eq!(counted_services::is_marked(&engine, loan), Ok(true));
    for other in [Countable::Service(Id::new(1, same)), Countable::Pathway(Id::new(1, same))] {
        assert_eq!(counted_services::is_marked(&engine, other), Ok(false), "{other:?}");
    }
}

#[test]
fn what_is_noted_beside_a_report_is_found_again() {
    let engine = engine();
    let month = |text: &str| text.parse::<maillage_federation::month::Month>().unwrap();
    let silence = |period: &str, reason| Silence {
        month: month(period),
        vocabulary: "v1/half-year".to_owned(),
        reason,
        at: now(),
    };
    let withheld = silence("2026-06", SilenceReason::Withheld);
    let few = silence("2026-12", SilenceReason::FewBeneficiaries);
    let truth = TrueCounts { sections: vec![("a@1".parse().unwrap(), vec![1, 2, 3])] };
    let withdrawn = WithdrawnReport { reason: WithdrawalReason::WrongCounts, at: now(), told: false };
    let (first, second) = (withheld.clone(), few.clone());
    let (counts, taken_back) = (truth.clone(), withdrawn.clone());
    write(&engine, move |transaction| {
        report_notes::put_silence(transaction, &first)?;
        report_notes::put_silence(transaction, &second)?;
        report_notes::put_truth(transaction, (second.month, "v1/half-year"), counts)?;
        report_notes::put_withdrawal(transaction, (second.month, "v1/half-year"), &taken_back)
    });
    assert_eq!(report_notes::silences(&engine, 9), Ok(vec![few.clone(), withheld]));
    assert_eq!(report_notes::silence(&engine, few.month, "v1/half-year"), Ok(Some(few.clone())));
    assert_eq!(report_notes::silence(&engine, few.month, "v1/pulse"), Ok(None));
    assert_eq!(report_notes::truth(&engine, few.month, "v1/half-year"), Ok(Some(truth)));
    assert_eq!(report_notes::withdrawal(&engine, few.month, "v1/half-year"), Ok(Some(withdrawn)));
    assert_eq!(report_notes::withdrawal(&engine, month("2026-06"), "v1/half-year"), Ok(None));
}

#[test]
fn each_revision_of_a_declaration_is_kept_as_it_was_signed() {
    let engine = engine();
    let taken_back = |year, revision, reason| SignedDeclaration {
        declared: Declared { year, revision, said: Said::Withdrawn(reason) },
        at: now(),
        signatory: None,
    };
    let second = taken_back(2026, 2, WithdrawalReason::TestData);
    let third = taken_back(2026, 3, WithdrawalReason::WrongCounts);
    let earlier = taken_back(2025, 9, WithdrawalReason::Other);
    let put = |signed: &SignedDeclaration| {
        let signed = signed.clone();
        engine.transact("test", move |transaction| declarations::put(transaction, &signed))
    };
    for signed in [&second, &third, &earlier] {
        assert!(put(signed).is_ok());
    }
    assert_eq!(declarations::newest(&engine, 2026), Ok(Some(third.clone())));
    assert_eq!(declarations::newest(&engine, 2027), Ok(None));
    assert!(put(&second).is_ok(), "the same again");
    let other = put(&taken_back(2026, 2, WithdrawalReason::Other));
    assert_eq!(other, Err(TransactError::Aborted(DeclareError::Signed(2026, 2))));
    assert_eq!(declarations::list(&engine, 9), Ok(vec![third, second.clone(), earlier]));
    assert_eq!(declarations::find(&engine, 2026, 2), Ok(Some(second)));
    let key = (2026, 2);
    assert_eq!(declarations::state(&engine, key), Ok(DeclarationState::Waiting));
    for state in [
        DeclarationState::Posted,
        DeclarationState::Refused("accounts-stale".to_owned()),
        DeclarationState::Sent,
        DeclarationState::Waiting,
    ] {
        let noted = state.clone();
        write(&engine, move |transaction| declarations::put_state(transaction, key, &noted));
        assert_eq!(declarations::state(&engine, key), Ok(state));
    }
}

#[test]
fn whom_a_year_was_counted_without_is_kept_as_it_was_first() {
    let engine = engine();
    assert_eq!(declarations::objectors(&engine, 2026), Ok(None));
    for objectors in [[].into(), [id(1)].into()] {
        write(&engine, move |transaction| declarations::keep_objectors(transaction, 2026, objectors));
        assert_eq!(declarations::objectors(&engine, 2026), Ok(Some([].into())));
    }
    write(&engine, |transaction| declarations::keep_objectors(transaction, 2027, [id(1)].into()));
    assert_eq!(declarations::objectors(&engine, 2027), Ok(Some([id(1)].into())));
}

#[test]
fn a_draw_without_its_charge_is_not_kept() {
    let engine = engine();
    let refused = engine.transact("test", |transaction| {
        reports::put(transaction, &report("2026-10", b"one")).map_err(|_| ())?;
        budget::charge(transaction, (2026, Share::Months), 13, 12).map_err(|_| ())
    });
    assert_eq!(refused, Err(TransactError::Aborted(())));
    assert_eq!(reports::list(&engine, 9), Ok(Vec::new()));
}

#[test]
fn events_are_read_newest_first_in_pages() {
    let engine = engine();
    for number in 1..=5_u8 {
        let event = NewEvent {
            at: now(),
            kind: "trip.requested",
            subjects: vec![Subject::Trip(id(number)); 20],
            actor: Actor::Operator("desk".to_owned()),
        };
        assert_eq!(write(&engine, |transaction| events::record(transaction, event)), u64::from(number));
    }
    let page = events::list(&engine, None, 2).unwrap();
    assert_eq!(page.iter().map(|event| event.sequence).collect::<Vec<_>>(), [5, 4]);
    let rest = events::list(&engine, Some(4), 9).unwrap();
    assert_eq!(rest.iter().map(|event| event.sequence).collect::<Vec<_>>(), [3, 2, 1]);
    assert_eq!(rest[2].subjects, vec![Subject::Trip(id(1)); 8]);
    assert_eq!(
        (rest[2].kind.as_str(), &rest[2].actor),
        ("trip.requested", &Actor::Operator("desk".to_owned()))
    );
    let long = NewEvent { at: now(), kind: "x", subjects: vec![], actor: Actor::Operator("x".repeat(81)) };
    assert!(engine.transact("test", |transaction| events::record(transaction, long)).is_err());
}

#[test]
fn a_person_can_be_told_who_saw_what() {
    let engine = engine();
    let access = |subject: Subject, purpose: &'static str| Access {
        at: now(),
        subject,
        actor: Actor::Neighbour(id(6)),
        purpose: purpose.into(),
    };
    let all = [
        access(Subject::Person(id(1)), "person.shown"),
        access(Subject::Trip(id(1)), "trip.shown"),
        access(Subject::Person(id(2)), "person.shown"),
        access(Subject::Person(id(1)), "award.sealed"),
    ];
    let written = all.clone();
    write(&engine, move |transaction| {
        written.iter().try_for_each(|access| access_log::record(transaction, access))
    });
    let of = |subject| access_log::of(&engine, subject, 9).unwrap();
    assert_eq!(of(Subject::Person(id(1))), [all[3].clone(), all[0].clone()]);
    assert_eq!(of(Subject::Trip(id(1))), [all[1].clone()]);
    assert_eq!(of(Subject::Node(id(1))), []);
}

#[test]
fn accesses_are_found_by_time_also_those_from_before_there_was_an_index() {
    let engine = engine();
    let hour = |hours: i64| now() + jiff::SignedDuration::from_hours(hours);
    let at = |hours: i64, number: u8| Access {
        at: hour(hours),
        subject: Subject::Person(id(number)),
        actor: Actor::Platform,
        purpose: "person.shown".into(),
    };
    let all = [at(3, 1), at(1, 2), at(2, 1), at(1, 1), at(4, 2)];
    let written = all.clone();
    write(&engine, move |transaction| {
        written.iter().try_for_each(|access| access_log::record(transaction, access))
    });
    let between = |from: i64, until: i64| {
        let (mut found, mut mark) = (Vec::new(), None::<Vec<u8>>);
        loop {
            let span = (hour(from), hour(until));
            let (page, next) = access_log::between(&engine, span, mark.as_deref(), 2).unwrap();
            found.extend(page);
            mark = next;
            if mark.is_none() {
                return found;
            }
        }
    };
    let by_time = || vec![all[3].clone(), all[1].clone(), all[2].clone(), all[0].clone(), all[4].clone()];
    assert_eq!(between(0, 9), by_time());
    assert_eq!(between(1, 2), [all[3].clone(), all[1].clone()], "until before its end");
    // As a store is that has never had the index.
    let index = || engine.scan_prefix(access_log::BY_TIME_TREE, &[], 99).unwrap();
    let rows = index();
    let gone = rows.clone();
    write(&engine, move |transaction| {
        gone.iter().try_for_each(|(key, _)| transaction.delete(access_log::BY_TIME_TREE, key))
    });
    assert_eq!(between(0, 9), []);
    let mut after = None::<Vec<u8>>;
    loop {
        let from = after.clone();
        after = write(&engine, move |transaction| access_log::index_older(transaction, from.as_deref(), 2));
        if after.is_none() {
            break;
        }
    }
    assert_eq!((index(), between(0, 9)), (rows, by_time()));
    let first = index()[0].0.clone();
    let back = first.clone();
    write(&engine, move |transaction| transaction.delete(access_log::BY_TIME_TREE, &first));
    assert_eq!(write(&engine, |transaction| access_log::index_older(transaction, None, 9)), None);
    assert_eq!(between(0, 9).len(), 4, "once for good");
    write(&engine, move |transaction| transaction.put(access_log::BY_TIME_TREE, back, Vec::new()));
    let old = access_log::older_than(&engine, hour(2), 9).unwrap();
    write(&engine, move |transaction| old.iter().try_for_each(|(tree, key)| transaction.delete(*tree, key)));
    assert_eq!(between(0, 9), [all[2].clone(), all[0].clone(), all[4].clone()]);
    assert_eq!(access_log::of(&engine, Subject::Person(id(1)), 9).unwrap(), [all[2].clone(), all[0].clone()]);
}

fn happened(kind: &'static str, subjects: Vec<Subject>) -> NewEvent {
    NewEvent { at: now(), kind, subjects, actor: Actor::Platform }
}

#[test]
fn events_are_found_after_a_sequence_and_by_what_they_are_about() {
    let engine = engine();
    let (ours, other) = (Subject::Person(id(1)), Subject::Volunteer(id(1)));
    write(&engine, move |transaction| {
        events::record(transaction, happened("a", vec![ours]))?;
        events::record(transaction, happened("b", vec![other]))?;
        events::record(transaction, happened("c", vec![other, ours]))
    });
    let kinds = |found: Vec<events::Event>| found.into_iter().map(|event| event.kind).collect::<Vec<_>>();
    assert_eq!(kinds(events::after(&engine, 0, 9).unwrap()), ["a", "b", "c"]);
    assert_eq!(kinds(events::after(&engine, 1, 1).unwrap()), ["b"]);
    assert_eq!(kinds(events::after(&engine, 3, 9).unwrap()), [""; 0]);
    assert_eq!(kinds(events::about(&engine, ours, None, 9).unwrap()), ["c", "a"]);
    assert_eq!(kinds(events::about(&engine, ours, Some(3), 9).unwrap()), ["a"]);
    assert_eq!(kinds(events::about(&engine, other, None, 1).unwrap()), ["c"]);
    assert_eq!(kinds(events::about(&engine, Subject::Person(id(2)), None, 9).unwrap()), [""; 0]);
    assert_eq!(events::newest(&engine), Ok(3));
}

#[test]
fn events_from_before_the_index_become_findable_once() {
    let engine = engine();
    let subject = Subject::Trip(id(1));
    for _ in 0..3 {
        write(&engine, move |transaction| events::record(transaction, happened("old", vec![subject])));
    }
    write(&engine, move |transaction| {
        for (key, _) in transaction.scan_prefix(events::BY_SUBJECT_TREE, &[], 9)? {
            transaction.delete(events::BY_SUBJECT_TREE, &key)?;
        }
        Ok(())
    });
    let about = || events::about(&engine, subject, None, 9).unwrap().len();
    let index = || write(&engine, |transaction| events::index_older(transaction, 2));
    assert_eq!((about(), index(), about(), index(), about(), index()), (0, 2, 2, 1, 3, 0));
    write(&engine, move |transaction| events::record(transaction, happened("new", vec![subject])));
    assert_eq!((index(), about()), (0, 4));
}

#[test]
fn a_subject_is_read_back_from_how_programs_see_it() {
    for kind in Subject::KINDS {
        let subject = Subject::of(kind, &id::<()>(3).to_string()).unwrap();
        assert_eq!((subject.kind(), subject.id()), (*kind, id::<()>(3).to_string()));
    }
    assert_eq!(Subject::of("trip", "x"), None);
    assert_eq!(Subject::of("planet", &id::<()>(3).to_string()), None);
}
