//! The life of each kind of service, step by step. Must never know a store.

use std::collections::BTreeSet;

use jiff::{ToSpan as _, civil::date};
use proptest::prelude::*;

use super::{
    advice::{AdviceAction as Appointment, Conclusion},
    financial_aid::FinancialAidAction as Aid,
    garage::GarageAction as Repair,
    licence_aid::LicenceAidAction as Licence,
    outreach::OutreachAction as Visit,
    *,
};
use crate::limits::{AMOUNT_CENTS, LESSON_HOURS};

const REASON: ServiceReason = ServiceReason::Other;

fn now() -> Timestamp {
    "2026-10-05T08:00:00Z".parse().unwrap()
}

fn today() -> Date {
    date(2026, 10, 5)
}

fn person() -> ServiceSubject {
    ServiceSubject::Person(Id::new(1, [1; 10]))
}

fn commune() -> ServiceSubject {
    ServiceSubject::Commune("81003".parse().unwrap())
}

fn open(subject: ServiceSubject, case: Case) -> Service {
    Service::open(Id::new(1, [2; 10]), subject, case, Notes::default(), now()).unwrap()
}

/// Applies actions one after another to a new service; tells the last state, or the first refusal.
fn play(start: &Service, actions: &[ServiceAction]) -> Result<String, ServiceError> {
    let mut service = start.clone();
    for action in actions {
        service = service.apply(action.clone(), now())?;
    }
    Ok(service.case.state().to_owned())
}

/// Checks a table: from the state after some actions, each further action leads to a state, or (empty) is refused in it.
fn check(start: &Service, actions: &[ServiceAction], table: &[(&[usize], &[&str])]) {
    for (way, expected) in table {
        let way: Vec<ServiceAction> = way.iter().map(|index| actions[*index].clone()).collect();
        let from = play(start, &way).unwrap();
        for (action, expected) in actions.iter().zip(*expected) {
            let outcome = play(start, &[way.as_slice(), std::slice::from_ref(action)].concat());
            match outcome {
                Ok(state) => assert_eq!(state, *expected, "{action:?} from {from}"),
                Err(ServiceError::WrongState { state, .. }) => {
                    assert_eq!((state, *expected), (from.as_str(), ""), "{action:?} from {from}");
                }
                Err(error) => panic!("{action:?} from {from}: {error}"),
            }
        }
        assert_eq!(expected.len(), actions.len());
    }
}

#[test]
fn advice_is_planned_then_held_or_missed_and_planned_anew() {
    let start = open(person(), Case::Advice(AdviceForm::Diagnosis, Advice::Planned { at: now() }));
    let actions = [
        AdviceAction::Replan { at: now() },
        AdviceAction::Hold { on: today(), conclusions: BTreeSet::from([Conclusion::Loan]) },
        AdviceAction::Miss { on: today() },
        AdviceAction::Cancel { reason: REASON },
    ]
    .map(ServiceAction::Advice);
    check(
        &start,
        &actions,
        &[
            (&[], &["planned", "held", "missed", "cancelled"]),
            (&[1], &["", "", "", ""]),
            (&[2], &["planned", "", "", "cancelled"]),
            (&[3], &["", "", "", ""]),
        ],
    );
    let nothing = AdviceAction::Hold { on: today(), conclusions: BTreeSet::new() };
    assert_eq!(play(&start, &[ServiceAction::Advice(nothing)]), Err(ServiceError::NoConclusion));
    assert_eq!(start.rendered(), None);
    assert_eq!(start.apply(actions[2].clone(), now()).unwrap().rendered(), None, "missed is not rendered");
    assert_eq!(start.apply(actions[1].clone(), now()).unwrap().rendered(), Some(today()));
}

#[test]
fn licence_aid_is_granted_learnt_with_and_obtained_or_given_up() {
    let start = open(person(), Case::LicenceAid(LicenceCategory::B, LicenceAid::Applied));
    let actions = [
        Licence::Grant { amount: Cents::new(80_000), on: today() },
        Licence::Refuse { reason: REASON },
        Licence::AddLessons { hours: 20 },
        Licence::PassTheory { on: today() },
        Licence::Obtain { on: today() },
        Licence::Abandon { reason: REASON },
    ]
    .map(ServiceAction::LicenceAid);
    let learning = ["", "", "lessons", "theory-passed", "obtained", "abandoned"];
    check(
        &start,
        &actions,
        &[
            (&[], &["granted", "refused", "", "", "", "abandoned"]),
            (&[1], &[""; 6]),
            (&[0], &learning),
            (&[0, 2], &learning),
            (&[0, 3], &["", "", "theory-passed", "", "obtained", "abandoned"]),
            (&[0, 2, 3, 4], &[""; 6]),
            (&[0, 5], &[""; 6]),
        ],
    );
    let lessons = |hours| ServiceAction::LicenceAid(Licence::AddLessons { hours });
    let granted = start.apply(actions[0].clone(), now()).unwrap();
    assert_eq!(play(&granted, &[lessons(LESSON_HOURS)]), Ok("lessons".to_owned()));
    assert_eq!(play(&granted, &[lessons(LESSON_HOURS), lessons(1)]), Err(ServiceError::Hours));
    assert_eq!(play(&granted, &[lessons(0)]), Err(ServiceError::Hours));
    assert_eq!(granted.rendered(), Some(today()));
}

#[test]
fn a_repair_is_estimated_agreed_and_done_and_the_share_is_part_of_it() {
    let start = open(person(), Case::Garage(Garage::Requested));
    let cents = Cents::new;
    let actions = [
        Repair::Estimate { estimate: cents(50_000) },
        Repair::Agree { share: cents(10_000) },
        Repair::Repair { amount: cents(45_000), share: cents(9_000), on: today() },
        Repair::Refuse { reason: ServiceReason::NotWorthIt },
    ]
    .map(ServiceAction::Garage);
    check(
        &start,
        &actions,
        &[
            (&[], &["estimated", "", "", "refused"]),
            (&[0], &["estimated", "agreed", "", "refused"]),
            (&[0, 1], &["estimated", "", "repaired", "refused"]),
            (&[0, 1, 2], &[""; 4]),
            (&[3], &[""; 4]),
        ],
    );
    let agree = |share| ServiceAction::Garage(Repair::Agree { share: cents(share) });
    let estimated = start.apply(actions[0].clone(), now()).unwrap();
    for (share, expected) in [
        (0, Ok("agreed".to_owned())),
        (50_000, Ok("agreed".to_owned())),
        (50_001, Err(ServiceError::ShareAboveAmount)),
        (-1, Err(ServiceError::Amount)),
    ] {
        assert_eq!(play(&estimated, &[agree(share)]), expected);
    }
}

#[test]
fn financial_aid_is_granted_then_paid_or_refused() {
    let start = open(person(), Case::FinancialAid(FinancialAid::Asked { asked: Cents::new(5_000) }));
    let actions = [
        Aid::Grant { amount: Cents::new(4_000) },
        Aid::Refuse { reason: ServiceReason::NoBudget },
        Aid::Pay { on: today() },
    ]
    .map(ServiceAction::FinancialAid);
    check(
        &start,
        &actions,
        &[
            (&[], &["granted", "refused", ""]),
            (&[0], &["", "refused", "paid"]),
            (&[0, 2], &[""; 3]),
            (&[1], &[""; 3]),
        ],
    );
    let nothing = ServiceAction::FinancialAid(Aid::Grant { amount: Cents::ZERO });
    assert_eq!(play(&start, &[nothing]), Err(ServiceError::Amount));
}

#[test]
fn a_visit_is_done_or_called_off_and_is_for_a_commune() {
    let start = open(commune(), Case::Outreach(Outreach::Planned { at: now() }));
    let actions = [
        Visit::Replan { at: now() },
        Visit::Finish { on: today(), attendance: 0 },
        Visit::Cancel { reason: REASON },
    ]
    .map(ServiceAction::Outreach);
    check(&start, &actions, &[(&[], &["planned", "done", "cancelled"]), (&[1], &[""; 3]), (&[2], &[""; 3])]);
    let refused =
        |subject, case| Service::open(Id::new(1, [2; 10]), subject, case, Notes::default(), now()).err();
    let visit = Case::Outreach(Outreach::Planned { at: now() });
    assert_eq!(refused(person(), visit), Some(ServiceError::Subject));
    assert_eq!(refused(commune(), Case::Garage(Garage::Requested)), Some(ServiceError::Subject));
}

#[test]
fn an_action_for_another_kind_and_a_day_after_today_are_refused() {
    let garage = open(person(), Case::Garage(Garage::Requested));
    let pay = ServiceAction::FinancialAid(Aid::Pay { on: today() });
    let wrong = ServiceError::WrongKind { wanted: ServiceType::FinancialAid, found: ServiceType::Garage };
    assert_eq!(play(&garage, &[pay]), Err(wrong));
    let visit = open(commune(), Case::Outreach(Outreach::Planned { at: now() }));
    let finish = |on| ServiceAction::Outreach(Visit::Finish { on, attendance: 9 });
    assert_eq!(play(&visit, &[finish(date(2026, 10, 6))]), Err(ServiceError::InTheFuture));
    assert_eq!(play(&visit, &[finish(date(2026, 10, 4))]), Ok("done".to_owned()));
}

fn any_action() -> impl Strategy<Value = ServiceAction> {
    let day = || (-3..2_i64).prop_map(|offset| today().saturating_add(offset.days()));
    let cents =
        || prop_oneof![Just(0), Just(-1), 1..200_000_i64, Just(AMOUNT_CENTS + 1)].prop_map(Cents::new);
    let conclusions = any::<bool>()
        .prop_map(|some| if some { BTreeSet::from([Conclusion::Rides]) } else { BTreeSet::new() });
    let advice = prop_oneof![
        Just(Appointment::Replan { at: now() }),
        (day(), conclusions).prop_map(|(on, conclusions)| Appointment::Hold { on, conclusions }),
        day().prop_map(|on| Appointment::Miss { on }),
        Just(Appointment::Cancel { reason: REASON }),
    ];
    let licence = prop_oneof![
        (cents(), day()).prop_map(|(amount, on)| Licence::Grant { amount, on }),
        Just(Licence::Refuse { reason: REASON }),
        (0..LESSON_HOURS + 2).prop_map(|hours| Licence::AddLessons { hours }),
        day().prop_map(|on| Licence::PassTheory { on }),
        day().prop_map(|on| Licence::Obtain { on }),
        Just(Licence::Abandon { reason: REASON }),
    ];
    let repair = prop_oneof![
        cents().prop_map(|estimate| Repair::Estimate { estimate }),
        cents().prop_map(|share| Repair::Agree { share }),
        (cents(), cents(), day()).prop_map(|(amount, share, on)| Repair::Repair { amount, share, on }),
        Just(Repair::Refuse { reason: REASON }),
    ];
    let aid = prop_oneof![
        cents().prop_map(|amount| Aid::Grant { amount }),
        Just(Aid::Refuse { reason: REASON }),
        day().prop_map(|on| Aid::Pay { on }),
    ];
    let visit = prop_oneof![
        Just(Visit::Replan { at: now() }),
        (day(), any::<u16>()).prop_map(|(on, attendance)| Visit::Finish { on, attendance }),
        Just(Visit::Cancel { reason: REASON }),
    ];
    prop_oneof![
        advice.prop_map(ServiceAction::Advice),
        licence.prop_map(ServiceAction::LicenceAid),
        repair.prop_map(ServiceAction::Garage),
        aid.prop_map(ServiceAction::FinancialAid),
        visit.prop_map(ServiceAction::Outreach),
    ]
}

/// A service of each kind, just opened.
fn opened() -> [Service; 5] {
    [
        open(person(), Case::Advice(AdviceForm::Diagnosis, Advice::Planned { at: now() })),
        open(person(), Case::LicenceAid(LicenceCategory::B, LicenceAid::Applied)),
        open(person(), Case::Garage(Garage::Requested)),
        open(person(), Case::FinancialAid(FinancialAid::Asked { asked: Cents::new(5_000) })),
        open(commune(), Case::Outreach(Outreach::Planned { at: now() })),
    ]
}

/// The sums a service is about: each is something, and what the person pays is a part of it.
fn sums_hold(case: &Case) -> bool {
    let sum = |cents: Cents| (1..=AMOUNT_CENTS).contains(&cents.get());
    match case {
        Case::LicenceAid(_, state) => {
            state.grant().is_none_or(|grant| sum(grant.amount) && grant.lesson_hours <= LESSON_HOURS)
        }
        Case::Garage(Garage::Estimated { estimate }) => sum(*estimate),
        Case::Garage(
            Garage::Agreed { estimate: whole, share } | Garage::Repaired { amount: whole, share, .. },
        ) => sum(*whole) && (Cents::ZERO..=*whole).contains(share),
        Case::FinancialAid(FinancialAid::Granted { amount } | FinancialAid::Paid { amount, .. }) => {
            sum(*amount)
        }
        Case::Advice(..) | Case::Garage(_) | Case::FinancialAid(_) | Case::Outreach(_) => true,
    }
}

proptest! {
    #[test]
    fn whatever_happens_a_service_stays_of_its_kind_and_ends_once(
        kind in 0..5_usize,
        actions in prop::collection::vec(any_action(), 0..80),
    ) {
        let mut service = opened()[kind].clone();
        for action in actions {
            let wanted = action.kind();
            let next = match service.apply(action, now()) {
                Ok(next) => next,
                Err(error) => {
                    let wrong_kind = matches!(error, ServiceError::WrongKind { .. } | ServiceError::InTheFuture);
                    prop_assert!(wanted == service.case.kind() || wrong_kind, "{error}");
                    continue;
                }
            };
            prop_assert!(service.case.is_open(), "{} changed", service.case.state());
            prop_assert_eq!(next.case.kind(), wanted);
            prop_assert_eq!(next.revision, service.revision + 1);
            prop_assert!(next.rendered().is_none_or(|on| on <= today()));
            prop_assert!(service.rendered().is_none_or(|on| next.rendered() == Some(on)), "rendered twice");
            prop_assert!(sums_hold(&next.case), "{:?}", next.case);
            service = next;
        }
    }
}
