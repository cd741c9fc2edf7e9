//! What is kept of half-years: withheld, taken back, charged, interrupted by a loss of power, forgotten by a backup of the node or of the
//! hub. None of it leads to a second draw.

use std::sync::Arc;

use maillage_federation::{
    envelope::Body,
    statistics::{Report, Withdrawal, WithdrawalReason},
};
use maillage_node::app::{
    handover::{receipts, recovery},
    report::{self, Closed, journal, restored::HubReports},
};
use maillage_store::{
    budget::{self, BudgetError, Share},
    report_notes::SilenceReason,
    report_states::ReportState,
};

use crate::{
    driving::reason,
    half_years::{
        AUTUMN, advise, close, close_months, closed, leaving, local, noise, period, set, truth, unmet, world,
    },
    world::{A, B, World, ready},
};

#[test]
fn a_period_that_is_withheld_is_used_up_and_never_drawn() {
    let (mut world, persons) = world();
    let trip = unmet(&world, persons[0], ("2026-10-06", "health"));
    advise(&world, persons[1], "2026-10-01");
    let withhold = |world: &World, of: &str| ready(journal::withhold(world.app(A), &local(), period(of)));
    assert_eq!(reason(withhold(&world, "2026-10")), "report-period-not-over");
    set(&world, "2026-11-01T08:00:00Z");
    withhold(&world, "2026-10").unwrap();
    let noise = noise();
    let month =
        ready(report::close(world.app(A), &local(), "2026-10".parse().unwrap(), Arc::clone(&noise) as _));
    assert_eq!(reason(month), "report-withheld");
    assert_eq!(
        world.trip(A, trip).counted_in(),
        Some("2026-10".parse().unwrap()),
        "and is in no later month"
    );
    assert_eq!(reason(withhold(&world, "2026-H2")), "report-period-not-over");
    close_months(&world, &AUTUMN[1..2]);
    set(&world, "2027-01-01T08:00:00Z");
    assert_eq!(reason(withhold(&world, "2026-H2")), "report-months-open");
    withhold(&world, "2026-12").unwrap();
    let first = withhold(&world, "2026-H2").unwrap();
    let again = withhold(&world, "2026-H2").unwrap();
    for closed in [first, again, close(&world, "2026-H2", &noise).unwrap()] {
        let Closed::Silent(silence, spent) = closed else { panic!("a report") };
        assert_eq!((silence.reason, spent), (SilenceReason::Withheld, 115), "charged like any other, once");
    }
    world.settle();
    assert_eq!((noise.draws(), world.hub.reports.len()), (0, 1), "November alone");
    close_months(&world, &["2027-01", "2027-06"]);
    assert_eq!(truth(&world, "2027-H1"), [], "what was kept back does not come out of a later report");
    assert_eq!(reason(withhold(&world, "2026-11")), "report-frozen", "what has left has left");
}

#[test]
fn a_report_taken_back_stays_frozen_and_is_told_once() {
    let (mut world, persons) = world();
    unmet(&world, persons[0], ("2026-10-06", "health"));
    close_months(&world, &AUTUMN);
    let withdraw = |world: &World, of: &str, why: &str| {
        ready(journal::withdraw(world.app(A), &local(), period(of), why.into()))
    };
    assert_eq!(reason(withdraw(&world, "2026-H2", "wrong-counts")), "report-unknown");
    let noise = noise();
    let kept = closed(&world, "2026-H2", &noise);
    assert_eq!(reason(withdraw(&world, "2026-H2", "Mme Calvet")), "withdrawal-reason");
    let taken = withdraw(&world, "2026-H2", "wrong-counts").unwrap();
    assert!(!taken.report().unwrap().withdrawn.as_ref().unwrap().told);
    withdraw(&world, "2026-H2", "other").unwrap();
    let expected = Withdrawal {
        period: "2026-12".parse().unwrap(),
        vocabulary: "v1/half-year".into(),
        report_hash: kept.report.hash(),
        reason: WithdrawalReason::WrongCounts,
    };
    let twice = vec![expected.clone(), expected.clone()];
    assert_eq!(
        leaving(&world),
        (vec![kept.report.clone()], twice),
        "as said first, until the hub has heard it"
    );
    world.settle();
    assert!(world.hub.withdrawals.iter().all(|said| *said == (world.id(A), expected.clone())));
    withdraw(&world, "2026-H2", "other").unwrap();
    assert_eq!(leaving(&world).1, [], "not again once it has");
    let again = closed(&world, "2026-H2", &noise);
    assert_eq!(again.frozen.bytes, kept.frozen.bytes);
    assert_eq!((again.spent, noise.draws()), (115, 29), "its budget stays spent, and nothing is drawn again");
    assert!(again.withdrawn.unwrap().told);
    assert_eq!(reason(ready(journal::withhold(world.app(A), &local(), period("2026-H2")))), "report-frozen");
    assert!(leaving(&world) == (vec![], vec![]), "nothing leaves in its place");
}

#[test]
fn a_budget_that_is_used_up_lets_nothing_leave_and_marks_nothing() {
    let (world, persons) = world();
    unmet(&world, persons[0], ("2026-10-06", "health"));
    advise(&world, persons[1], "2026-10-01");
    close_months(&world, &AUTUMN);
    let charge: Result<u64, maillage_engine::TransactError<BudgetError>> =
        world.app(A).store.transact("test.charge", |transaction| {
            budget::charge(transaction, (2026, Share::HalfYears), 89, 176)
        });
    charge.unwrap();
    let before = truth(&world, "2026-H2");
    let noise = noise();
    assert_eq!(reason(close(&world, "2026-H2", &noise)), "report-budget-exhausted");
    assert_eq!(leaving(&world).0.len(), 0);
    assert_eq!(truth(&world, "2026-H2"), before);
    let withheld = ready(journal::withhold(world.app(A), &local(), period("2026-H2")));
    assert_eq!(reason(withheld), "report-budget-exhausted");
    // Months have a share of their own.
    close_months(&world, &["2027-01"]);
}

#[test]
fn a_node_that_loses_power_anywhere_in_closing_a_half_year_sends_one_draw_at_most() {
    let mut counted = [0, 0];
    for (step, seed) in (0..10_u64).flat_map(|step| [(step, 0), (step, 2 * step + 1)]) {
        let (mut world, persons) = world();
        unmet(&world, persons[0], ("2026-10-06", "health"));
        advise(&world, persons[1], "2026-10-01");
        close_months(&world, &AUTUMN);
        let noise = noise();
        world.nodes[A].disk.fail_after_operations(step);
        let told = close(&world, "2026-H2", &noise);
        world.nodes[A].crash(seed);
        let left = leaving(&world).0;
        assert!(left.len() <= 1 && (told.is_err() || left.len() == 1), "{step} {seed}");
        counted[left.len()] += 1;
        let after = closed(&world, "2026-H2", &noise);
        assert_eq!(after.spent, 115, "{step} {seed}");
        assert_eq!(leaving(&world).0, std::slice::from_ref(&after.report), "{step} {seed}");
        if let (Some(first), Ok(told)) = (left.first(), told) {
            let told = &told.report().unwrap().frozen.bytes;
            assert_eq!((first, told), (&after.report, &after.frozen.bytes), "{step} {seed}");
        }
        world.carry_and_lose_the_answer(A);
        world.nodes[A].crash(seed + 1);
        world.settle();
        let of_half_years =
            world.hub.reports.iter().filter(|(_, report)| report.vocabulary == "v1/half-year");
        assert_eq!(
            of_half_years.map(|(_, report)| report).collect::<Vec<_>>(),
            [&after.report],
            "{step} {seed}"
        );
        close_months(&world, &["2027-01", "2027-06"]);
        assert_eq!(truth(&world, "2027-H1"), [], "{step} {seed}: nothing is counted twice");
    }
    assert!(
        counted[0] > 0 && counted[1] > 0,
        "the power never failed on both sides of the commit: {counted:?}"
    );
}

#[test]
fn a_backup_from_before_a_half_year_draws_nothing_again() {
    let (mut world, persons) = world();
    unmet(&world, persons[0], ("2026-10-06", "health"));
    advise(&world, persons[1], "2026-10-01");
    close_months(&world, &AUTUMN[..2]);
    let backup = world.back_up(A);
    close_months(&world, &AUTUMN[2..]);
    let noise = noise();
    let sent = closed(&world, "2026-H2", &noise);
    ready(journal::withdraw(world.app(A), &local(), period("2026-H2"), "test-data".into())).unwrap();
    world.settle();
    world.restore(A, backup);
    assert_eq!(reason(close(&world, "2026-H2", &noise)), "report-months-open");
    let month =
        ready(report::close(world.app(A), &local(), "2026-12".parse().unwrap(), Arc::clone(&noise) as _));
    assert_eq!(reason(month), "restored-not-reconciled", "nothing is drawn before the hub was asked");
    let hub = HubReports {
        reports: world.hub.reports.iter().map(|(_, report)| report.clone()).collect(),
        withdrawals: world.hub.withdrawals.iter().map(|(_, withdrawal)| withdrawal.clone()).collect(),
        ..HubReports::default()
    };
    for _ in 0..2 {
        ready(recovery::reconcile(world.app(A), Vec::new(), Vec::new(), hub.clone())).unwrap();
        let again = closed(&world, "2026-H2", &noise);
        assert_eq!((again.frozen.bytes.as_slice(), again.spent), (sent.frozen.bytes.as_slice(), 115));
        let withdrawn = again.withdrawn.unwrap();
        assert_eq!((withdrawn.reason, withdrawn.told), (WithdrawalReason::TestData, true));
    }
    assert_eq!((noise.draws(), leaving(&world)), (29, (vec![], vec![])));
    let shown = journal::show(world.app(A), &local(), period("2026-H2")).unwrap();
    assert!(shown.truth.is_none() && shown.closed.is_some(), "what it was made of is not known any more");
    close_months(&world, &["2027-01", "2027-06"]);
    assert_eq!(truth(&world, "2027-H1"), [], "what was counted then is not counted once more");
}

#[test]
fn a_hub_that_was_restored_gets_the_same_bytes_and_hears_again_what_was_taken_back() {
    let (mut world, persons) = world();
    unmet(&world, persons[0], ("2026-10-06", "health"));
    close_months(&world, &AUTUMN);
    let noise = noise();
    let sent = closed(&world, "2026-H2", &noise);
    ready(journal::withdraw(world.app(A), &local(), period("2026-H2"), "wrong-model".into())).unwrap();
    world.settle();
    let months: Vec<Report> = world.hub.reports.iter().map(|(_, report)| report.clone()).collect();
    let months: Vec<Report> = months.into_iter().filter(|report| report.vocabulary == "v1/pulse").collect();
    ready(recovery::send_reports_again(world.app(A), months.clone().into())).unwrap();
    let (reports, withdrawals) = leaving(&world);
    assert_eq!((reports, withdrawals.len()), (vec![sent.report.clone()], 1));
    world.settle();
    // A hub that knows all of it hears nothing more.
    let hub = HubReports {
        reports: [months, vec![sent.report]].concat(),
        withdrawals: vec![world.hub.withdrawals[0].1.clone()],
        ..HubReports::default()
    };
    ready(recovery::send_reports_again(world.app(A), hub)).unwrap();
    assert_eq!((leaving(&world), noise.draws()), ((vec![], vec![]), 29));
}

#[test]
fn a_report_that_an_older_hub_did_not_understand_is_sent_again_as_it_was_drawn() {
    let (world, persons) = world();
    unmet(&world, persons[0], ("2026-10-06", "health"));
    close_months(&world, &AUTUMN);
    let noise = noise();
    let sent = closed(&world, "2026-H2", &noise);
    let rows = maillage_store::outbox::pending(&world.app(A).store, 99).unwrap();
    let (sequence, _) = rows.last().unwrap();
    let said = Some(Body::Report(sent.report.clone()));
    ready(receipts::bury(world.app(A), *sequence, "report-malformed".into(), said)).unwrap();
    assert_eq!(leaving(&world).0, []);
    let withdrawn = ready(journal::withdraw(world.app(A), &local(), period("2026-H2"), "other".into()));
    assert_eq!(reason(withdrawn), "report-not-received");
    let again = closed(&world, "2026-H2", &noise);
    assert_eq!((again.frozen.bytes, again.state), (sent.frozen.bytes, ReportState::Frozen));
    assert_eq!((leaving(&world).0, noise.draws()), (vec![sent.report], 29));
    assert!(world.waiting(B).is_empty());
}

#[test]
fn a_withdrawal_that_a_hub_did_not_take_is_said_again_and_so_is_one_that_a_restored_hub_lost() {
    let (mut world, persons) = world();
    unmet(&world, persons[0], ("2026-10-06", "health"));
    close_months(&world, &AUTUMN);
    let sent = closed(&world, "2026-H2", &noise());
    world.settle();
    let withdraw =
        |world: &World| ready(journal::withdraw(world.app(A), &local(), period("2026-H2"), "other".into()));
    withdraw(&world).unwrap();
    // An older hub does not know such a letter, and it is put aside.
    let rows = maillage_store::outbox::pending(&world.app(A).store, 99).unwrap();
    let said = leaving(&world).1.pop().map(Body::Withdrawal);
    ready(receipts::bury(world.app(A), rows.last().unwrap().0, "unknown-kind".into(), said)).unwrap();
    assert_eq!(leaving(&world).1, []);
    withdraw(&world).unwrap();
    assert_eq!(leaving(&world).1.len(), 1, "it is said again");
    // A hub that was restored meanwhile has neither the report nor heard of it.
    ready(recovery::send_reports_again(world.app(A), HubReports::default())).unwrap();
    let (reports, withdrawals) = leaving(&world);
    assert_eq!((reports, withdrawals.len()), (vec![sent.report], 2));
    world.settle();
    let kept = closed(&world, "2026-H2", &noise());
    assert!(kept.withdrawn.unwrap().told);
}

#[test]
fn what_was_over_before_a_node_began_to_count_is_in_no_half_year() {
    let (world, persons) = world();
    unmet(&world, persons[0], ("2026-10-06", "health"));
    set(&world, "2027-01-03T08:00:00Z");
    unmet(&world, persons[1], ("2027-01-06", "shopping"));
    // No month of 2026 was ever closed: January uses up both trips.
    close_months(&world, &["2027-01", "2027-06"]);
    assert_eq!(reason(close(&world, "2026-H2", &noise())), "report-months-open");
    let counted = truth(&world, "2027-H1");
    assert!(counted.contains(&("purpose-shopping", 1)) && counted.contains(&("need-none", 1)), "{counted:?}");
}
