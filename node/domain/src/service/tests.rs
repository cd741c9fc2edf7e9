//! The life of each kind of service, step by step. Must never know a store.

use std::collections::BTreeSet;

use jiff::civil::date;

use super::{
    advice::Conclusion, financial_aid::FinancialAidAction as Aid, garage::GarageAction as Repair,
    licence_aid::LicenceAidAction as Licence, outreach::OutreachAction as Visit, *,
};

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
