//! The life of a pathway, step by step. Must never know a store.

use jiff::civil::date;
use maillage_geography::Geography;
use proptest::prelude::*;

use super::*;
use crate::limits::BASKET_ITEMS;

fn now() -> Timestamp {
    "2027-12-01T08:00:00Z".parse().unwrap()
}

fn id<K>(number: u8) -> Id<K> {
    Id::new(1, [number; 10])
}

fn opened(on: Date) -> Pathway {
    let entry = Entry { person: id(1), referral: None, prescriber: Some(id(2)), on };
    Pathway::open(id(3), entry, Notes::parse("Canary").unwrap(), now()).unwrap()
}

fn diagnose(on: Date) -> PathwayAction {
    PathwayAction::Diagnose(Diagnosis { on, service: None })
}

fn add(number: u8) -> PathwayAction {
    PathwayAction::Add(BasketItem::Loan(id(number)))
}

fn follow_up(milestone: Milestone, on: Date, heard: Option<Outcome>) -> PathwayAction {
    PathwayAction::FollowUp(milestone, FollowUp { on, heard })
}

fn exit(on: Date) -> PathwayAction {
    PathwayAction::Exit(Exit { on, outcome: Outcome::JobFound })
}

fn play(start: &Pathway, actions: &[PathwayAction]) -> Result<Pathway, PathwayError> {
    actions.iter().try_fold(start.clone(), |pathway, action| pathway.apply(action.clone(), now()))
}

#[test]
fn every_action_leads_from_every_stage_where_the_table_says_or_is_refused() {
    let (start, day) = (opened(date(2026, 11, 2)), date(2027, 2, 2));
    let agree = PathwayAction::AgreeBasket { on: day };
    let basket = [diagnose(date(2026, 11, 3)), add(5), add(6)];
    let agreed = [basket.as_slice(), std::slice::from_ref(&agree)].concat();
    let stages = [
        start.clone(),
        play(&start, &basket).unwrap(),
        play(&start, &agreed).unwrap(),
        play(&start, &[exit(day)]).unwrap(),
    ];
    let table = [
        (diagnose(day), ["diagnosed", "diagnosed", "", ""]),
        (add(7), ["", "diagnosed", "accompanied", ""]),
        (PathwayAction::Remove(BasketItem::Loan(id(6))), ["", "diagnosed", "accompanied", ""]),
        (agree, ["", "accompanied", "", ""]),
        (exit(day), ["exited", "exited", "exited", ""]),
        (PathwayAction::Note(Notes::default()), ["entered", "diagnosed", "accompanied", "exited"]),
    ];
    for (action, expected) in table {
        for (pathway, expected) in stages.iter().zip(expected) {
            match pathway.apply(action.clone(), now()) {
                Ok(next) => assert_eq!(next.stage.code(), expected, "{action:?} {pathway:?}"),
                Err(PathwayError::WrongStage { stage, .. }) => {
                    assert_eq!((stage, expected), (pathway.stage.code(), ""), "{action:?}");
                }
                Err(error) => panic!("{action:?} {pathway:?}: {error}"),
            }
        }
    }
}

#[test]
fn a_basket_has_each_thing_once_and_an_agreed_one_is_never_empty() {
    let start = play(&opened(date(2026, 11, 2)), &[diagnose(date(2026, 11, 3))]).unwrap();
    let agree = PathwayAction::AgreeBasket { on: date(2026, 11, 4) };
    assert_eq!(play(&start, std::slice::from_ref(&agree)).err(), Some(PathwayError::EmptyBasket));
    assert_eq!(play(&start, &[add(1), add(1)]).err(), Some(PathwayError::Basket));
    let remove = PathwayAction::Remove(BasketItem::Loan(id(1)));
    assert_eq!(play(&start, &[add(1), remove.clone(), remove.clone()]).err(), Some(PathwayError::Basket));
    assert_eq!(play(&start, &[add(1), agree, remove]).err(), Some(PathwayError::EmptyBasket));
    let many: Vec<PathwayAction> = (0..=u8::try_from(BASKET_ITEMS).unwrap()).map(add).collect();
    assert_eq!(play(&start, &many).err(), Some(PathwayError::BasketFull));
}

#[test]
fn follow_ups_count_from_the_entry_until_a_basket_is_agreed_and_end_with_the_month() {
    let entered = opened(date(2026, 11, 30));
    assert_eq!(entered.next_follow_up(), Some((Milestone::ThreeMonths, date(2027, 2, 28))));
    let actions = [diagnose(date(2026, 12, 1)), add(1), PathwayAction::AgreeBasket { on: date(2027, 1, 15) }];
    let agreed = play(&entered, &actions).unwrap();
    assert_eq!(agreed.due_on(Milestone::ThreeMonths), date(2027, 4, 15));
    assert_eq!(agreed.due_on(Milestone::TwelveMonths), date(2028, 1, 15));
    let reached = |milestone, on| follow_up(milestone, on, Some(Outcome::JobKept));
    let early = play(&agreed, &[reached(Milestone::ThreeMonths, date(2027, 3, 14))]);
    assert_eq!(early.err(), Some(PathwayError::TooEarly(date(2027, 3, 15))));
    let third = play(&agreed, &[reached(Milestone::ThreeMonths, date(2027, 3, 15))]).unwrap();
    assert_eq!(third.next_follow_up(), Some((Milestone::SixMonths, date(2027, 7, 15))));
    let skipped = play(&agreed, &[reached(Milestone::SixMonths, date(2027, 7, 15))]).unwrap();
    assert_eq!(skipped.next_follow_up(), Some((Milestone::TwelveMonths, date(2028, 1, 15))));
    assert_eq!(play(&third, &[exit(date(2027, 9, 1))]).unwrap().next_follow_up(), None);
}

#[test]
fn a_call_that_reached_nobody_can_be_made_again_and_an_answer_is_never_overwritten() {
    let entered = opened(date(2026, 11, 2));
    let call = |heard| follow_up(Milestone::ThreeMonths, date(2027, 2, 2), heard);
    let twice = play(&entered, &[call(None), call(Some(Outcome::Autonomy))]).unwrap();
    assert_eq!(twice.follow_ups[&Milestone::ThreeMonths].heard, Some(Outcome::Autonomy));
    let again = play(&twice, &[call(None)]);
    assert_eq!(again.err(), Some(PathwayError::AlreadyHeard(Milestone::ThreeMonths)));
}

#[test]
fn nothing_happens_after_today_or_before_what_it_follows() {
    let entered = opened(date(2026, 11, 2));
    let refused = |actions: &[PathwayAction]| play(&entered, actions).err();
    assert_eq!(refused(&[diagnose(date(2027, 12, 2))]), Some(PathwayError::InTheFuture));
    let before = PathwayError::TooEarly(date(2026, 11, 2));
    assert_eq!(refused(&[diagnose(date(2026, 11, 1))]), Some(before));
    let agree = PathwayAction::AgreeBasket { on: date(2026, 11, 9) };
    let late = [diagnose(date(2026, 11, 10)), add(1), agree];
    assert_eq!(refused(&late), Some(PathwayError::TooEarly(date(2026, 11, 10))));
    let corrected = [diagnose(date(2026, 11, 10)), diagnose(date(2026, 11, 9))];
    assert_eq!(refused(&corrected), None, "a diagnosis made anew may be earlier");
    let entry = Entry { person: id(1), referral: None, prescriber: None, on: date(2027, 12, 2) };
    let future = Pathway::open(id(3), entry, Notes::default(), now());
    assert_eq!(future.err(), Some(PathwayError::InTheFuture));
}

fn typed() -> NewReferral {
    NewReferral {
        reference: "CCAS 12".to_owned(),
        name: "Canary Calvet".to_owned(),
        phone: "0563123456".to_owned(),
        commune: "81003".to_owned(),
        person_agrees: true,
    }
}

#[test]
fn a_referral_is_made_with_the_persons_agreement_decided_once_and_forgets_its_contact() {
    let geography = Geography::embedded();
    let refused = |change: fn(&mut NewReferral)| {
        let mut new = typed();
        change(&mut new);
        new.parse(geography).err()
    };
    assert_eq!(refused(|new| new.person_agrees = false), Some(ReferralError::NotAgreed));
    assert_eq!(refused(|new| new.commune = "99999".to_owned()), Some(ReferralError::Commune));
    assert_eq!(
        refused(|new| new.reference = String::new()),
        Some(ReferralError::Reference(crate::text::TextError::Empty))
    );
    let referral = Referral::receive(id(9), Some(id(2)), typed().parse(geography).unwrap(), now());
    assert!(referral.contact.is_some());
    assert!(!format!("{referral:?} {:?} {:?}", referral.contact, typed()).contains("Canary"));
    let decided = [
        referral.accept(id(1), id(3), now()).unwrap(),
        referral.decline(DeclineReason::Full, now()).unwrap(),
        referral.withdraw(now()).unwrap(),
    ];
    for decided in decided {
        assert!(decided.contact.is_none());
        let code = decided.state.code();
        assert_eq!(decided.withdraw(now()), Err(ReferralError::Decided(code)));
        assert_eq!(decided.accept(id(1), id(3), now()), Err(ReferralError::Decided(code)));
        assert_eq!(decided.decline(DeclineReason::Full, now()), Err(ReferralError::Decided(code)));
    }
}

#[test]
fn a_prescriber_learns_the_outcome_and_no_stage_on_the_way() {
    let referral =
        Referral::receive(id(9), Some(id(2)), typed().parse(Geography::embedded()).unwrap(), now());
    let accepted = referral.accept(id(1), id(3), now()).unwrap();
    let entered = opened(date(2026, 11, 2));
    let diagnosed = play(&entered, &[diagnose(date(2026, 11, 3))]).unwrap();
    let exited = play(&entered, &[exit(date(2026, 11, 4))]).unwrap();
    assert_eq!(referral.standing(None).code(), "received");
    assert_eq!(accepted.standing(Some(&entered)), accepted.standing(Some(&diagnosed)));
    assert_eq!(accepted.standing(Some(&exited)).outcome(), "job-found");
    let declined = referral.decline(DeclineReason::NotWanted, now()).unwrap();
    assert_eq!(
        (declined.standing(None).code(), declined.standing(None).outcome()),
        ("declined", "not-wanted")
    );
}

proptest! {
    /// The naive count: every day of every act, one by one.
    #[test]
    fn a_person_counts_once_a_year_however_many_services(
        acts in prop::collection::vec((1..6_u8, 0..1200_i64, 0..400_i64), 0..20),
        (from, days) in (0..900_i64, 0..700_i64),
    ) {
        let day = |number: i64| date(2025, 1, 1).saturating_add(number.days());
        let (first, last) = (day(from), day(from + days));
        let mut naive: BTreeMap<i16, BTreeSet<Id<PersonKind>>> = BTreeMap::new();
        for (person, start, length) in &acts {
            for on in (*start..=start + length).map(day).filter(|on| (first..=last).contains(on)) {
                naive.entry(on.year()).or_default().insert(id(*person));
            }
        }
        let acts = acts.iter().map(|(person, start, length)| Act {
            person: id(*person),
            first: day(*start),
            last: day(start + length),
        });
        let counted = Accompanied::of(acts, first, last);
        let once: BTreeSet<_> = naive.values().flatten().copied().collect();
        prop_assert_eq!(counted.persons, once);
        prop_assert_eq!(counted.by_year, naive);
    }
}

fn any_action() -> impl Strategy<Value = PathwayAction> {
    let day = || (0..800_i64).prop_map(|offset| date(2026, 1, 1).saturating_add(offset.days()));
    let milestone =
        prop::sample::select(vec![Milestone::ThreeMonths, Milestone::SixMonths, Milestone::TwelveMonths]);
    let heard = prop::option::of(prop::sample::select(vec![Outcome::JobFound, Outcome::Autonomy]));
    prop_oneof![
        2 => day().prop_map(diagnose),
        3 => (0..4_u8).prop_map(add),
        2 => (0..4_u8).prop_map(|number| PathwayAction::Remove(BasketItem::Loan(id(number)))),
        2 => day().prop_map(|on| PathwayAction::AgreeBasket { on }),
        2 => (milestone, day(), heard).prop_map(|(milestone, on, heard)| follow_up(milestone, on, heard)),
        1 => day().prop_map(exit),
        1 => Just(PathwayAction::Note(Notes::default())),
    ]
}

/// How far a pathway has come: it never goes back.
fn progress(pathway: &Pathway) -> u8 {
    match pathway.stage {
        Stage::Entered => 0,
        Stage::Diagnosed(_) => 1,
        Stage::Accompanied(..) => 2,
        Stage::Exited { .. } => 3,
    }
}

proptest! {
    #[test]
    fn whatever_happens_a_pathway_goes_forward_with_its_days_in_order(
        actions in prop::collection::vec(any_action(), 0..60),
    ) {
        let today = now().to_zoned(maillage_federation::month::paris()).date();
        let mut pathway = opened(date(2026, 2, 1));
        for action in actions {
            let Ok(next) = pathway.apply(action.clone(), now()) else { continue };
            prop_assert!(progress(&next) >= progress(&pathway));
            prop_assert_eq!(next.revision, pathway.revision + 1);
            if let Stage::Exited { exit, .. } = pathway.stage {
                prop_assert!(matches!(action, PathwayAction::Note(_)), "{action:?} after the end");
                prop_assert_eq!(next.stage.code(), "exited");
                prop_assert!(exit.on <= today);
            }
            let diagnosed = next.diagnosis().map(|diagnosis| diagnosis.on);
            let exited = if let Stage::Exited { exit, .. } = next.stage { Some(exit.on) } else { None };
            let days: Vec<Date> =
                [Some(next.entered), diagnosed, next.basket_on(), exited].into_iter().flatten().collect();
            prop_assert!(days.is_sorted() && days.iter().all(|day| *day <= today), "{days:?}");
            prop_assert!(next.basket.len() <= BASKET_ITEMS);
            prop_assert!(next.basket_on().is_none() || !next.basket.is_empty());
            for (milestone, before) in &pathway.follow_ups {
                let after = next.follow_ups.get(milestone);
                prop_assert!(after == Some(before) || before.heard.is_none(), "an answer was overwritten");
            }
            pathway = next;
        }
    }
}
