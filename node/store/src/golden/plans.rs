//! The bytes of proposed plans and of their lines, and that what was kept is found, replaced and forgotten.

use jiff::civil::date;
use maillage_domain::{
    plan_rules::PlanRules,
    roads::RoadsSource,
    trip::{Assignment, DrivenVehicle, WhichVehicle},
};

use super::check;
use crate::{
    plan_rules::{self, PlanRulesRecord},
    plans::{self, Line, LineRecord, Outcome, PlanRecord, PlannedLoad, Proposal},
    samples::{at, engine, id, now},
};

fn drive() -> Assignment {
    Assignment {
        volunteer: id(50),
        start: at("2026-10-06T06:40:00Z"),
        pickup: at("2026-10-06T07:00:00Z"),
        arrival: at("2026-10-06T07:30:00Z"),
        end: at("2026-10-06T08:05:00Z"),
        empty_m: 31_250,
        vehicle: Some(DrivenVehicle {
            which: WhichVehicle::Own(2),
            places: 4,
            power: Some(5),
            electric: true,
        }),
        own_trip: false,
        shared: None,
    }
}

fn proposal() -> Proposal {
    let drives = Outcome::Drives { drives: vec![drive(), drive()], accepted: true };
    let nobody = Outcome::Nobody { code: "busy".to_owned(), nearest: Some(id(51)), missing: 900 };
    Proposal {
        id: id(1),
        date: date(2026, 10, 6),
        made: now(),
        seed: 7,
        iterations: 20_000,
        cut_short: true,
        deadhead_m: 62_500,
        loaded_m: 40_000,
        gini_permille: [310, 270],
        roads: RoadsSource::Router,
        rules_from: Some(date(2026, 9, 1)),
        loads: vec![PlannedLoad {
            volunteer: id(50),
            wished_m: Some(400_000),
            before_m: 120_000,
            after_m: 151_250,
        }],
        lines: vec![
            Line { trips: vec![id(10), id(11)], outcome: drives, company: Vec::new() },
            Line { trips: vec![id(12)], outcome: nobody, company: Vec::new() },
        ],
    }
}

#[test]
fn plans_are_written_as_they_always_were() {
    let proposal = proposal();
    check(include_str!("../../golden/day_plan.v1.hex"), &PlanRecord::of(&proposal, 2));
    let golden = include_str!("../../golden/day_plan_line.v1.hex");
    assert_eq!(golden.lines().count(), proposal.lines.len());
    for (golden, line) in golden.lines().zip(&proposal.lines) {
        check(golden, &LineRecord::from(line));
    }
}

#[test]
fn rules_are_written_as_they_always_were_and_the_oldest_go() {
    let from = |day, fairness| {
        let rules = PlanRules { from: day, ..PlanRules::built_in() };
        rules.with("fairness_permille", fairness).unwrap()
    };
    let [first, second, third] =
        [from(date(2026, 6, 1), 1), from(date(2026, 10, 6), 2), from(date(2027, 1, 1), 3)];
    check(include_str!("../../golden/plan_rules.v1.hex"), &PlanRulesRecord::from([first].as_slice()));
    let store = engine();
    for rules in [third, first, from(date(2026, 10, 6), 9), second] {
        store.transact("test", move |transaction| plan_rules::put(transaction, rules, 2)).unwrap();
    }
    assert_eq!(plan_rules::all(&store), Ok(vec![second, third]));
}

#[test]
fn a_proposal_is_found_until_it_is_replaced_or_its_day_is_over() {
    let store = engine();
    let (first, shorter) =
        (proposal(), Proposal { id: id(2), lines: proposal().lines.split_off(1), ..proposal() });
    let later = Proposal { id: id(3), date: date(2026, 10, 7), ..proposal() };
    let put = |plan: &Proposal| {
        let plan = plan.clone();
        store.transact("test", move |transaction| plans::put(transaction, &plan)).unwrap();
    };
    put(&first);
    put(&later);
    assert_eq!(plans::find(&store, first.date), Ok(Some(first)));
    put(&shorter);
    assert_eq!(plans::find(&store, shorter.date), Ok(Some(shorter.clone())));
    store.transact("test", |transaction| plans::forget_before(transaction, date(2026, 10, 7))).unwrap();
    assert_eq!(plans::find(&store, shorter.date), Ok(None));
    assert_eq!(plans::find(&store, later.date), Ok(Some(later)));
}
